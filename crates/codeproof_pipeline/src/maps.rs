//! Maps of Laravel applications: of one folder when somebody asks, of every application of a tree in a scan.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::Ordering;

use codeproof_detect::{Detector, FlowText};
use codeproof_laravel::{ApplicationKind, Parts, detect, map};
use codeproof_source::{Folder, Snapshot, WalkConfig};
use codeproof_store::{MappedApplication, MappedRepository, Store};
use codeproof_types::laravel::{Concern, LaravelMap, Route, UnknownPart};
use codeproof_types::{FileFacts, Finding, Problem, ProblemKind, RepoPath};

use crate::map_secrets::mask_secrets;
use crate::tree::Tree;
use crate::{Error, Handles, Request};

/// Folders between the root of a tree and an application in it.
const DEPTH_MAX: usize = 4;

/// Applications of one tree that are mapped; more are copies or examples.
const APPLICATIONS_MAX: usize = 20;

/// The map of one folder.
#[derive(Debug)]
pub struct Mapped {
    /// The folder, canonical.
    pub root: std::path::PathBuf,
    /// What the application registers.
    pub map: LaravelMap,
    /// Files that were there and could not be read.
    pub problems: Vec<Problem>,
    /// How many files the folder has, when all were listed.
    files: Option<u64>,
}

/// Maps the application at `root`; `detector` is made when there is a text in which secrets must be masked.
///
/// # Errors
/// When the folder cannot be read, or holds no Laravel application; then the error names those below it.
pub fn map_application(
    root: &Path,
    walk: &WalkConfig,
    parts: Parts,
    detector: &mut dyn FnMut() -> Result<Detector, codeproof_detect::Error>,
) -> Result<Mapped, Error> {
    let folder = Folder::open(root, walk)?;
    match detect(&folder) {
        Some(ApplicationKind::Application | ApplicationKind::Part | ApplicationKind::Package) => {}
        Some(ApplicationKind::Lumen) => return Err(Error::Lumen { root: root.to_owned() }),
        None => {
            let below = candidates(folder.list("").iter().map(String::as_str)).into_iter();
            let is_one = |path: &String| {
                let below = Folder::open(&root.join(path), walk).ok().and_then(|below| detect(&below));
                below == Some(ApplicationKind::Application)
            };
            return Err(Error::NotLaravel { root: root.to_owned(), below: below.filter(is_one).collect() });
        }
    }
    let mut map = map(&folder, parts);
    add_unread(&mut map, &folder);
    let mut made = None;
    let mut failed = None;
    mask_secrets(&mut map, &mut |text| {
        if made.is_none() && failed.is_none() {
            match detector() {
                Ok(detector) => made = Some(detector),
                Err(error) => failed = Some(error),
            }
        }
        made.as_ref().map_or_else(String::new, |detector| detector.mask(text).into_owned())
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    let files = (parts == Parts::ALL).then(|| folder.list("").len() as u64);
    Ok(Mapped { root: folder.root().to_owned(), map, problems: folder.problems(), files })
}

/// Files that were asked for and not read are limits of the map.
fn add_unread(map: &mut LaravelMap, folder: &Folder) {
    map.limits.extend(folder.problems().into_iter().map(|problem| UnknownPart {
        reason: problem.message,
        path: problem.path.map(String::from).unwrap_or_default(),
        line: problem.line.unwrap_or(0),
    }));
}

/// Which routes of a map are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapFilter {
    /// Only routes without any of these in front of them.
    pub without_middleware: Vec<String>,
    /// Only routes whose URI matches one of these patterns, in which a star stands for anything; all when empty.
    pub uris: Vec<String>,
    /// Routes that the framework registers by itself, too.
    pub with_framework: bool,
}

impl MapFilter {
    /// Takes the other routes out of a map.
    pub fn apply(&self, map: &mut LaravelMap) {
        let routes = std::mem::take(&mut map.routes);
        let is_wanted = |route: &Route| {
            let is_open = |name: &String| codeproof_laravel::without_middleware(route, name, map);
            let matches = |pattern: &String| is_match(pattern.trim_matches('/'), route.full_uri.trim_matches('/'));
            (self.with_framework || !route.framework)
                && (self.uris.is_empty() || self.uris.iter().any(matches))
                && self.without_middleware.iter().all(is_open)
        };
        map.routes = routes.into_iter().filter(is_wanted).collect();
    }
}

/// Whether a text matches a pattern in which a star stands for any characters. O(pattern × text) at worst.
fn is_match(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    rest.ends_with(last)
}

/// Writes the map of a folder in place of the one the database has of it.
///
/// # Errors
/// When the database refuses.
pub async fn store_map(store: &Store, mapped: &Mapped) -> Result<(), Error> {
    let application = MappedApplication { subfolder: "", map: &mapped.map };
    let repository = MappedRepository {
        root: mapped.root.display().to_string(),
        name: name_of(&mapped.root),
        commit: None,
        files: mapped.files,
    };
    store.replace_maps(&repository, &[application]).await.map(drop).map_err(|source| Error::store(None, source))
}

/// What people call a folder: its last part.
fn name_of(root: &Path) -> String {
    root.file_name().map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Folders that may hold an application: those of `composer.json`, sorted, with `/`; empty for the root.
fn candidates<'p>(paths: impl Iterator<Item = &'p str>) -> BTreeSet<String> {
    let manifests = paths.filter_map(|path| path.strip_suffix("composer.json"));
    let folders = manifests.filter(|folder| folder.is_empty() || folder.ends_with('/'));
    folders.map(|folder| folder.trim_end_matches('/').to_owned()).filter(|folder| depth(folder) <= DEPTH_MAX).collect()
}

fn depth(folder: &str) -> usize {
    folder.split('/').filter(|part| !part.is_empty()).count()
}

/// The applications of a scanned tree.
pub(crate) struct Maps {
    /// By the folder of the application in the tree.
    found: BTreeMap<String, LaravelMap>,
    /// Whether there are more than are mapped.
    has_more: bool,
}

impl Maps {
    /// Maps every application of the tree that starts by itself. Files that the scan leaves out are read, too: an
    /// application is only understood as a whole.
    pub(crate) fn of(request: &Request, tree: &Tree, handles: &Handles<'_>) -> Self {
        let walk = WalkConfig { max_file_bytes: request.walk.max_file_bytes, ..WalkConfig::default() };
        let snapshot = &tree.snapshot;
        let folders = match tree.changed {
            // What changed may lie in an application whose manifest did not.
            Some(_) => snapshot.files.iter().flat_map(|file| folders_above(&file.path)).collect(),
            None => {
                let own = snapshot.files.iter().filter(|file| !file.class.is_secrets_only());
                candidates(own.map(|file| file.path.as_str()))
            }
        };
        let mut maps = Self { found: BTreeMap::new(), has_more: false };
        for subfolder in folders {
            if handles.stop.load(Ordering::Relaxed) {
                break;
            }
            let Ok(folder) = Folder::open(&snapshot.root().join(&subfolder), &walk) else { continue };
            if detect(&folder) != Some(ApplicationKind::Application) {
                continue;
            }
            if maps.found.len() >= APPLICATIONS_MAX {
                maps.has_more = true;
                break;
            }
            let mut map = map(&folder, Parts::ALL);
            add_unread(&mut map, &folder);
            mask_secrets(&mut map, &mut |text| handles.detector.mask(text).into_owned());
            maps.found.insert(subfolder, map);
        }
        maps
    }

    /// What of the applications could not be followed.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (subfolder, map) in &self.found {
            for limit in &map.limits {
                let message = format!("the map of the Laravel application is not whole: {}", limit.reason);
                let path = RepoPath::new(below(subfolder, &limit.path)).ok();
                let line = Some(limit.line).filter(|line| *line > 0 && path.is_some());
                problems.push(Problem { path, line, kind: ProblemKind::Limit, message });
            }
        }
        if self.has_more {
            let message = format!("more than {APPLICATIONS_MAX} Laravel applications; the others were not mapped");
            problems.push(Problem { path: None, line: None, kind: ProblemKind::Limit, message });
        }
        problems
    }

    /// What does not fit together in them, as findings of the rules that are on, by path.
    pub(crate) fn findings(&self, snapshot: &Snapshot, detector: &Detector) -> Vec<Finding> {
        let mut by_path: BTreeMap<RepoPath, Vec<Concern>> = BTreeMap::new();
        for (subfolder, map) in &self.found {
            for concern in &map.concerns {
                if let Ok(path) = RepoPath::new(below(subfolder, &concern.path)) {
                    by_path.entry(path).or_default().push(concern.clone());
                }
            }
        }
        let mut findings = Vec::new();
        for (path, concerns) in by_path {
            // What the scan leaves out has no findings.
            let Some(file) = snapshot.file(&path) else { continue };
            let Ok(source) = snapshot.read(file) else { continue };
            let language = codeproof_syntax::language_of(&path, &source.text);
            let parsed = language.and_then(|language| codeproof_syntax::parse(&source.text, language).0);
            let facts = parsed.map_or_else(FileFacts::default, |parsed| codeproof_syntax::facts(&source.text, &parsed));
            let text = FlowText::new((path, file.class), file.hash, language, source.text, &facts, detector);
            findings.extend(detector.concern_findings(&concerns, &text));
        }
        findings
    }

    /// Writes them in place of those the database has of this tree; nothing for a tree that never had one, nor when only
    /// what changed was looked at: that may be one application of several.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn store(&self, store: &Store, request: &Request, tree: &Tree) -> Result<(), Error> {
        if tree.changed.is_some() {
            return Ok(());
        }
        let (root, commit) = match &request.checkout {
            Some(checkout) => (request.root.display().to_string(), Some(checkout.commit().to_owned())),
            None => (tree.snapshot.root().display().to_string(), None),
        };
        let failed = |source| Error::store(None, source);
        let is_known = || async { store.repository(&root).await.map(|found| found.is_some()).map_err(failed) };
        if self.found.is_empty() && !is_known().await? {
            return Ok(());
        }
        let name = name_of(Path::new(root.trim_end_matches(".git")));
        let files = Some(tree.snapshot.files.len() as u64);
        let repository = MappedRepository { root: root.clone(), name, commit, files };
        let applications: Vec<_> =
            self.found.iter().map(|(subfolder, map)| MappedApplication { subfolder, map }).collect();
        store.replace_maps(&repository, &applications).await.map(drop).map_err(failed)
    }
}

/// The path of an application's file in the tree.
fn below(subfolder: &str, path: &str) -> String {
    if subfolder.is_empty() { path.to_owned() } else { format!("{subfolder}/{path}") }
}

/// The folders that hold a file, the nearest last, no deeper than an application may lie.
fn folders_above(path: &RepoPath) -> Vec<String> {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    (0..parts.len().min(DEPTH_MAX + 1)).map(|count| parts[..count].join("/")).collect()
}

#[cfg(test)]
mod tests {
    use codeproof_detect::Config;
    use codeproof_laravel::FolderOfTexts;
    use codeproof_types::laravel::ConcernKind;

    use super::*;

    /// The files of an example, each behind a line `//- path`.
    fn files(text: &str) -> FolderOfTexts {
        let parts = text.split("//- ").skip(1).filter_map(|part| part.split_once('\n'));
        FolderOfTexts::new(parts)
    }

    #[test]
    fn every_rule_for_maps_keeps_its_word() {
        let detector = Detector::new(Config::default()).expect("the built-in rules load");
        let mut wrong = Vec::new();
        for kind in ConcernKind::ALL {
            let word = serde_json::to_value(kind).expect("a kind is a word");
            let id = format!("laravel-{}", word.as_str().unwrap_or_default().replace('_', "-"));
            let rule = detector.rule(&id).unwrap_or_else(|| panic!("there is no rule {id}"));
            let fires = |example: &String| {
                let map = map(&files(example), Parts::ALL);
                map.concerns.iter().any(|concern| concern.kind == *kind)
            };
            wrong.extend(rule.bad.iter().filter(|example| !fires(example)).map(|it| format!("{id} is quiet on\n{it}")));
            wrong.extend(rule.good.iter().filter(|example| fires(example)).map(|it| format!("{id} speaks of\n{it}")));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("api/*", "api/users/{user}", true),
            ("api/*", "web/api/users", false),
            ("api", "api", true),
            ("api", "api/x", false),
            ("*/edit", "posts/{post}/edit", true),
            ("*a*b*", "xaxbx", true),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(is_match(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn applications_lie_where_a_manifest_lies() {
        let paths = ["composer.json", "back/composer.json", "x/mycomposer.json", "a/b/c/d/e/composer.json"];
        assert_eq!(candidates(paths.into_iter()), BTreeSet::from([String::new(), "back".to_owned()]));
        let path = RepoPath::new("back/routes/web.php").unwrap();
        assert_eq!(folders_above(&path), ["", "back", "back/routes"]);
    }
}
