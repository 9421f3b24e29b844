//! `codeproof map`.

use std::path::{Path, PathBuf};

use codeproof_pipeline::{MapFilter, Mapped, Parts};
use codeproof_report::{MapFormat, MapOptions, MapParts, TextOptions, render_map};
use codeproof_source::WalkConfig;

use super::{database, program, scan};
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
    let targets = plan(arguments)?;
    let user = settings::load_user(arguments.config.as_deref())?;
    let walk = WalkConfig { max_file_bytes: user.max_file_bytes.max(FILE_BYTES), ..WalkConfig::default() };
    let (parts, shown) = parts(arguments);
    let mut mapped =
        codeproof_pipeline::map_application(&arguments.path, &walk, parts).map_err(scan::pipeline_failure)?;
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

/// One `-o`: `--format` rules, else its extension; several: their extensions rule.
fn plan(arguments: &MapArguments) -> Result<Vec<Target>, Failure> {
    let named = arguments.format.map(MapFormat::from);
    match arguments.outputs.as_slice() {
        [] => Ok(vec![(None, named.unwrap_or(MapFormat::Text))]),
        [one] => {
            let format = named.or_else(|| MapFormat::from_extension(one)).unwrap_or(MapFormat::Text);
            Ok(vec![(Some(one.clone()), format)])
        }
        several => several
            .iter()
            .map(|path| match MapFormat::from_extension(path) {
                Some(format) => Ok((Some(path.clone()), format)),
                None => Err(Failure::usage(format_args!("the extension of {} names no format", path.display()))
                    .help("with several -o, use the extensions .txt, .json, .md, .svg or .html")),
            })
            .collect(),
    }
}

fn store(arguments: &MapArguments, user: &settings::UserSettings, mapped: &Mapped) -> Result<(), Failure> {
    let named = arguments.db.is_some() || user.db.is_some();
    if !named && let Err(why) = scan::usual_place_is_there() {
        output::to_stderr(&format!("the map is not stored: {why}\n"));
        return Ok(());
    }
    let url = database::url(arguments.db.as_deref(), user)?;
    super::runtime()?.block_on(async {
        let store = database::open(&url).await?;
        let stored = codeproof_pipeline::store_map(&store, mapped).await.map_err(scan::pipeline_failure);
        let closed = store.close().await.map_err(database::store_failure);
        stored.and(closed)
    })
}

fn write(arguments: &MapArguments, mapped: &Mapped, targets: &[Target], shown: MapParts) -> Result<(), Failure> {
    for (file, format) in targets {
        let text = TextOptions {
            color: file.is_none() && output::stdout_is_colored(),
            width: if file.is_none() { output::terminal_width() } else { 100 },
            verbose: arguments.verbose,
        };
        let options = MapOptions {
            target: title(&arguments.path, &mapped.root),
            parts: shown,
            link_base: arguments.link_base.clone(),
            text,
            generated_at_ms: Some(super::now_ms()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let render = |out: &mut dyn std::io::Write| render_map(&mapped.map, *format, &options, out);
        match file {
            None => output::to_stdout(render)?,
            Some(file) => {
                output::to_file(file, render)?;
                output::to_stderr(&format!("wrote {}\n", file.display()));
            }
        }
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
