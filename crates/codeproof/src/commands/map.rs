//! `codeproof map`.

use std::path::{Path, PathBuf};

use codeproof_detect::{Config, Detector};
use codeproof_pipeline::{MapFilter, Mapped, Parts};
use codeproof_report::{MapFormat, MapOptions, MapParts, render_map};
use codeproof_source::WalkConfig;

use super::{database, program, reports, scan};
use crate::cli::{MapArguments, MapPartName};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, settings};

/// Bytes of a file of an application that is read: dumps of schemas are large.
const FILE_BYTES: u64 = 16 << 20;

/// Where a map goes and in which format; `None` is standard output.
type Target = (Option<PathBuf>, MapFormat);

/// Maps the application, stores the map and writes it.
pub(crate) fn run(arguments: &MapArguments) -> Result<Exit, Failure> {
    scan::check_path(&arguments.path)?;
    let usual = (MapFormat::Text, ".txt, .json, .md, .svg or .html");
    let named = arguments.format.map(MapFormat::from);
    let targets = reports::plan_files(named, &arguments.outputs, usual, MapFormat::from_extension)?;
    let user = settings::load_user(arguments.config.as_deref())?;
    let walk = WalkConfig { max_file_bytes: user.max_file_bytes.max(FILE_BYTES), ..WalkConfig::default() };
    let (parts, shown) = parts(arguments);
    let mut detector = || Detector::new(Config { salt: database::salt(), ..Config::default() });
    let mut mapped = codeproof_pipeline::map_application(&arguments.path, &walk, parts, &mut detector)
        .map_err(scan::pipeline_failure)?;
    // A part of the map would take the place of the whole.
    if parts == Parts::ALL && !arguments.no_store {
        store(arguments, &user, &mapped)?;
    }
    let filter = MapFilter {
        without_middleware: arguments.without_middleware.clone(),
        uris: arguments.routes.clone(),
        with_framework: arguments.with_framework,
    };
    filter.apply(&mut mapped.map);
    write(arguments, &mapped, &targets, shown)?;
    Ok(program::exit_with(&mapped.problems))
}

/// What is read, and what of it is shown. Who asks for some routes wants routes.
fn parts(arguments: &MapArguments) -> (Parts, MapParts) {
    let asks_for_routes = !arguments.without_middleware.is_empty() || !arguments.routes.is_empty();
    match arguments.only {
        Some(MapPartName::Routes) => (Parts::ROUTES, MapParts::ROUTES),
        Some(MapPartName::Migrations) => (Parts::MIGRATIONS, MapParts::MIGRATIONS),
        Some(MapPartName::Models) => (Parts::MODELS, MapParts::MODELS),
        None if asks_for_routes => (Parts::ROUTES, MapParts::ROUTES),
        None => (Parts::ALL, MapParts::ALL),
    }
}

fn store(arguments: &MapArguments, user: &settings::UserSettings, mapped: &Mapped) -> Result<(), Failure> {
    let url = match database::url_to_write(arguments.db.as_deref(), user)? {
        Ok(url) => url,
        Err(why) => {
            output::to_stderr(&format!("the map is not stored: {why}\n"));
            return Ok(());
        }
    };
    super::runtime()?.block_on(async {
        let store = database::open(&url).await?;
        let stored = codeproof_pipeline::store_map(&store, mapped).await.map_err(scan::pipeline_failure);
        let closed = store.close().await.map_err(database::store_failure);
        stored.and(closed)
    })
}

fn write(arguments: &MapArguments, mapped: &Mapped, targets: &[Target], shown: MapParts) -> Result<(), Failure> {
    for (file, format) in targets {
        let options = MapOptions {
            target: title(&arguments.path, &mapped.root),
            parts: shown,
            link_base: arguments.link_base.clone().or_else(|| way_from(file.as_deref()?, &mapped.root)),
            text: reports::text_options(file.as_deref(), arguments.verbose),
            generated_at_ms: Some(super::now_ms()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        reports::write_to(file.as_deref(), |out| render_map(&mapped.map, *format, &options, out))?;
    }
    Ok(())
}

/// What the map calls the application: the path as given; for `.`, which says nothing elsewhere, the folder's name.
fn title(path: &Path, root: &Path) -> String {
    match root.file_name() {
        Some(name) if path.as_os_str() == "." => name.to_string_lossy().into_owned(),
        _ => path.display().to_string(),
    }
}

/// The way from the folder of a page to the application, for links that work as long as both stay where they are.
fn way_from(page: &Path, root: &Path) -> Option<String> {
    let folder = page.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().ok()?;
    let shared = folder.components().zip(root.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared).map(|_| "..");
    let down = root.components().skip(shared).map(|part| part.as_os_str().to_str());
    let down: Vec<&str> = down.collect::<Option<_>>()?;
    let way: Vec<&str> = up.chain(down).collect();
    Some(if way.is_empty() { String::new() } else { format!("{}/", way.join("/")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_from_the_page_to_the_application() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("it is there");
        std::fs::create_dir_all(root.join("out")).expect("folders");
        std::fs::create_dir_all(root.join("shop")).expect("folders");
        let way = |page: &str, application: &str| way_from(&root.join(page), &root.join(application));
        assert_eq!(way("out/map.html", "shop").as_deref(), Some("../shop/"));
        assert_eq!(way("shop/map.html", "shop").as_deref(), Some(""));
        assert_eq!(way("map.html", "shop").as_deref(), Some("shop/"));
        assert_eq!(way("nowhere/map.html", "shop"), None);
    }
}
