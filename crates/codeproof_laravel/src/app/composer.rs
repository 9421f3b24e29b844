//! `composer.json` and `composer.lock`: where classes are looked for, and the framework's version.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::php::Files;

/// Packages of one pattern that are looked at.
const PACKAGES_MAX: usize = 2_000;

/// What composer's files say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Composer {
    /// Namespace prefix and folder.
    pub(crate) prefixes: Vec<(String, String)>,
    /// Files that are always loaded.
    pub(crate) always: Vec<String>,
    /// The framework's version as written, `v` and operators left out.
    pub(crate) version: Option<String>,
    /// Names of the packages that are asked for or locked.
    pub(crate) packages: Vec<String>,
    /// Providers of the application's own packages, which Laravel discovers.
    pub(crate) discovered: Vec<String>,
}

impl Composer {
    /// The major version; 0 when none is known.
    pub(crate) fn major(&self) -> u32 {
        let version = self.version.as_deref().unwrap_or_default();
        version.split(['.', '|', ' ', ',']).next().and_then(|it| it.parse().ok()).unwrap_or(0)
    }
}

/// Reads both files; without them the habits of a fresh application hold.
pub(crate) fn composer(files: &dyn Files) -> Composer {
    let manifest = json(files, "composer.json");
    let mut composer = Composer::default();
    composer.add(&manifest, "");
    for path in package_manifests(files, &manifest) {
        // A package inside the repository that the application asks for.
        let package = json(files, &path);
        let name = package["name"].as_str().unwrap_or_default();
        if !name.is_empty() && (manifest["require"][name].is_string() || manifest["replace"][name].is_string()) {
            let folder = path.trim_end_matches("composer.json");
            composer.add(&package, folder);
            composer.discovered.extend(providers(&package));
        }
    }
    if !files.has("bootstrap/app.php") {
        // A package by itself: any application that installs it registers its providers.
        composer.discovered.extend(providers(&manifest));
    }
    composer.discovered.extend(module_providers(files));
    if composer.prefixes.is_empty() {
        composer.prefixes.push(("App\\".to_owned(), "app".to_owned()));
    }
    for section in ["require", "require-dev"] {
        composer.packages.extend(manifest[section].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    }
    composer.version = version(files, &manifest);
    composer
}

/// The `composer.json` of packages that the application keeps in its own repository (`"type": "path"`).
fn package_manifests(files: &dyn Files, manifest: &Json) -> Vec<String> {
    let repositories: Vec<&Json> = match &manifest["repositories"] {
        Json::Object(named) => named.values().collect(),
        Json::Array(list) => list.iter().collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for repository in repositories.into_iter().filter(|it| it["type"] == "path") {
        let url = repository["url"].as_str().unwrap_or_default().trim_start_matches("./").trim_matches('/');
        if url.is_empty() || url.starts_with('.') {
            continue;
        }
        let manifests = folders_like(files, url).into_iter().map(|folder| format!("{folder}/composer.json"));
        found.extend(manifests.filter(|path| files.has(path)));
    }
    found
}

/// The folders that a pattern such as `packages/*/*` means; one star stands for a part of the path, or some of it.
fn folders_like(files: &dyn Files, pattern: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for part in pattern.split('/') {
        let next = |folder: &String| {
            let below = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            match part.split_once('*') {
                None => vec![below(part)],
                Some((start, end)) => {
                    let fits = |name: &String| name.starts_with(start) && name.ends_with(end.trim_start_matches('*'));
                    files.folders(folder).iter().filter(|name| fits(name)).map(|name| below(name)).collect()
                }
            }
        };
        found = found.iter().flat_map(next).take(PACKAGES_MAX).collect();
    }
    found
}

/// The providers that a package asks Laravel to register.
fn providers(manifest: &Json) -> Vec<String> {
    let listed = manifest["extra"]["laravel"]["providers"].as_array();
    listed.into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

/// Providers of modules kept in `Modules/`, each with its `module.json`; `modules_statuses.json` says which are on.
fn module_providers(files: &dyn Files) -> Vec<String> {
    let statuses = json(files, "modules_statuses.json");
    let mut found = Vec::new();
    for path in files.list("Modules").into_iter().filter(|path| path.ends_with("/module.json")) {
        let module = json(files, &path);
        let is_off = module["name"].as_str().is_some_and(|name| statuses[name] == false);
        if !is_off {
            let providers = module["providers"].as_array().into_iter().flatten();
            found.extend(providers.filter_map(Json::as_str).map(str::to_owned));
        }
    }
    found
}

impl Composer {
    fn add(&mut self, manifest: &Json, folder: &str) {
        for section in ["psr-4", "psr-0"] {
            for (prefix, folders) in manifest["autoload"][section].as_object().into_iter().flatten() {
                let several = folders.as_array().cloned().unwrap_or_else(|| vec![folders.clone()]);
                for written in several.iter().filter_map(Json::as_str) {
                    self.prefixes.push((prefix.clone(), format!("{folder}{}", written.trim_start_matches("./"))));
                }
            }
        }
        let always = manifest["autoload"]["files"].as_array();
        self.always.extend(
            always
                .into_iter()
                .flatten()
                .filter_map(Json::as_str)
                .map(|path| format!("{folder}{}", path.trim_start_matches("./"))),
        );
    }
}

/// The framework's version as written, `v` and operators left out.
pub(super) fn version(files: &dyn Files, manifest: &Json) -> Option<String> {
    // A lock file is large: only the two texts of each package are kept.
    let lock: Option<Lock> = files.read("composer.lock").and_then(|text| serde_json::from_str(&text).ok());
    let locked = lock.into_iter().flat_map(|lock| lock.packages).find(|it| it.name == "laravel/framework");
    let locked = locked.and_then(|package| package.version);
    let written = locked.or_else(|| manifest["require"]["laravel/framework"].as_str().map(str::to_owned))?;
    Some(written.trim_start_matches(|character: char| !character.is_ascii_digit()).to_owned())
}

#[derive(Deserialize)]
struct Lock {
    packages: Vec<LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    name: String,
    version: Option<String>,
}

/// A file as JSON; null when it is not there or no JSON.
pub(super) fn json(files: &dyn Files, path: &str) -> Json {
    files.read(path).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Json::Null)
}
