//! The folder of a session: written file by file under temporary names, and never over what somebody changed.
//!
//! `session.json` lists what was written with its SHA-256. Before anything is replaced it lists the old and the new
//! hashes, so that a session that is killed in between is no stranger to the next one.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use codeproof_prove::Proof;
use codeproof_split::{OutputFile, Split, document};
use codeproof_types::sha256;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Session;

/// The list of what was written.
const MANIFEST: &str = "session.json";

/// Why a folder cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The system refuses.
    #[error("cannot {doing} {}: {source}", path.display())]
    System {
        /// What was tried.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// Somebody changed it, or it was never ours.
    #[error(
        "{} was changed since it was written, or was not written by codeproof; give another --out, or --force to replace it",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// It leads somewhere else, or is the file that is split.
    #[error("{} {why}; give another --out", path.display())]
    Refused {
        /// The place.
        path: PathBuf,
        /// What it is.
        why: &'static str,
    },
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenFile {
    /// Its name in the session's folder.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// What `session.json` says.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    session: Option<String>,
    file: String,
    source_sha256: String,
    /// By name; two hashes while a file is being replaced.
    files: BTreeMap<String, Vec<String>>,
}

/// Where a session writes.
pub(super) struct OutputFolder {
    path: PathBuf,
    /// The file that is split, canonical.
    original: PathBuf,
}

impl OutputFolder {
    /// The folder in `out` that is named as the file without its extension. Nothing is made yet.
    pub(super) fn plan(out: &Path, file: &Path) -> Result<Self, FolderError> {
        let failed = |doing, path: &Path| {
            let path = path.to_owned();
            move |source| FolderError::System { doing, path, source }
        };
        let original = file.canonicalize().map_err(failed("read", file))?;
        let stem = file.file_stem().unwrap_or_default();
        let path = std::path::absolute(out).map_err(failed("find", out))?.join(stem);
        match path.symlink_metadata() {
            Ok(found) if !found.is_dir() => {
                Err(FolderError::Refused { path, why: "is there and is no folder of its own" })
            }
            _ => Ok(Self { path, original }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the documents and the programs of a split whose secrets are masked; a proof's programs in place of those
    /// that it replaces.
    pub(super) fn write(
        &self,
        shown: &Split,
        proof: Option<&Proof>,
        session: &Session,
        force: bool,
    ) -> Result<Vec<WrittenFile>, FolderError> {
        let mut files = vec![
            text_file("boundaries.json", &document::boundaries(shown)),
            text_file("parameters.json", &document::parameters(shown)),
        ];
        let replaced = proof.map(|proof| proof.replaced.as_slice()).unwrap_or_default();
        let is_replaced = |file: &&OutputFile| !replaced.iter().any(|other| other.name == file.name);
        files.extend(shown.files.iter().filter(is_replaced).cloned());
        files.extend(replaced.iter().cloned());
        if let Some(proof) = proof {
            files.push(text_file("proof.json", &json!(proof)));
        }
        files.retain(|file| is_plain(&file.name));
        self.put(&files, session, force)
    }

    fn put(&self, files: &[OutputFile], session: &Session, force: bool) -> Result<Vec<WrittenFile>, FolderError> {
        std::fs::create_dir_all(&self.path).map_err(self.failed("make", ""))?;
        let before = self.manifest();
        let written: Vec<WrittenFile> =
            files.iter().map(|file| WrittenFile { name: file.name.clone(), sha256: sha256(&file.bytes) }).collect();
        let mut to_write = Vec::new();
        for (file, new) in files.iter().zip(&written) {
            if self.must_write(file, new, &before, force)? {
                to_write.push(file);
            }
        }
        let mut manifest = Manifest {
            session: session.session.clone(),
            file: session.file.clone(),
            source_sha256: session.source_sha256.clone(),
            files: before.files.clone(),
        };
        for new in &written {
            manifest.files.entry(new.name.clone()).or_default().push(new.sha256.clone());
        }
        self.put_manifest(&manifest)?;
        for file in to_write {
            self.put_file(&file.name, &file.bytes)?;
        }
        self.remove_stale(&before, &written);
        manifest.files = written.iter().map(|new| (new.name.clone(), vec![new.sha256.clone()])).collect();
        self.put_manifest(&manifest)?;
        Ok(written)
    }

    /// Whether a file is to be written: not when it is there already.
    fn must_write(
        &self,
        file: &OutputFile,
        new: &WrittenFile,
        before: &Manifest,
        force: bool,
    ) -> Result<bool, FolderError> {
        let path = self.path.join(&file.name);
        let Ok(found) = path.symlink_metadata() else { return Ok(true) };
        if !found.is_file() {
            return Err(FolderError::Refused { path, why: "is there and is no plain file" });
        }
        let bytes = std::fs::read(&path).map_err(self.failed("read", &file.name))?;
        if bytes == file.bytes {
            return Ok(false);
        }
        if path.canonicalize().is_ok_and(|path| path == self.original) {
            return Err(FolderError::Refused { path, why: "is the file that is split" });
        }
        let hash = sha256(&bytes);
        let is_ours = before.files.get(&new.name).is_some_and(|hashes| hashes.contains(&hash));
        if is_ours || force { Ok(true) } else { Err(FolderError::Changed { path }) }
    }

    /// Programs of scanners that are no more, unless somebody changed them.
    fn remove_stale(&self, before: &Manifest, written: &[WrittenFile]) {
        for (name, hashes) in &before.files {
            if !is_plain(name) || written.iter().any(|file| file.name == *name) {
                continue;
            }
            let path = self.path.join(name);
            let is_plain_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
            let bytes = if is_plain_file { std::fs::read(&path).unwrap_or_default() } else { Vec::new() };
            if is_plain_file && hashes.contains(&sha256(&bytes)) {
                // What cannot be removed does no harm: no document names it.
                let _ = std::fs::remove_file(&path);
            }
        }
    }

    /// What was written before; nothing when there is no list, or it is no list of ours.
    fn manifest(&self) -> Manifest {
        let text = std::fs::read_to_string(self.path.join(MANIFEST)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn put_manifest(&self, manifest: &Manifest) -> Result<(), FolderError> {
        self.put_file(MANIFEST, format!("{:#}\n", json!(manifest)).as_bytes())
    }

    /// A file takes its name when it is whole.
    fn put_file(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let failed = |source| self.failed("write", name)(source);
        let mut file = tempfile::Builder::new().prefix(".codeproof-").tempfile_in(&self.path).map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // What temporary files are not: readable for whoever may read the folder.
            file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(failed)?;
        }
        file.persist(self.path.join(name)).map(drop).map_err(|error| failed(error.error))
    }

    fn failed(&self, doing: &'static str, name: &str) -> impl FnOnce(std::io::Error) -> FolderError + use<> {
        let path = if name.is_empty() { self.path.clone() } else { self.path.join(name) };
        move |source| FolderError::System { doing, path, source }
    }
}

/// Whether a name names a file in the folder, and none of ours that are hidden.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']) && name != MANIFEST
}

fn text_file(name: &str, document: &Value) -> OutputFile {
    OutputFile { name: name.to_owned(), bytes: format!("{document:#}\n").into_bytes() }
}

#[cfg(test)]
mod tests {
    use codeproof_split::{Options, Source, split};

    use super::*;

    const FILE: &str = "LIMIT = 5\n\n\ndef scan_gap(rows):\n    return [row for row in rows if row['gap'] > LIMIT]\n\n\n\
                        print(scan_gap([{'gap': 7}]))\n";

    struct Place {
        folder: tempfile::TempDir,
    }

    impl Place {
        fn new() -> Self {
            let place = Self { folder: tempfile::tempdir().expect("a temporary folder") };
            std::fs::write(place.file(), FILE).expect("a file");
            place
        }

        fn file(&self) -> PathBuf {
            self.folder.path().join("scans.py")
        }

        fn out(&self) -> PathBuf {
            self.folder.path().join("out")
        }

        fn write(&self, out: &Path, force: bool) -> Result<Vec<WrittenFile>, FolderError> {
            let source = Source::new("scans.py", FILE);
            let split = split(&source, &Options::default());
            let folder = OutputFolder::plan(out, &self.file())?;
            folder.write(&split, None, &Session::new(&self.file(), &source, folder.path()), force)
        }
    }

    #[test]
    fn what_was_written_is_written_again_and_what_was_changed_is_kept() {
        let place = Place::new();
        let written = place.write(&place.out(), false).expect("it is written");
        assert!(written.iter().any(|file| file.name == "boundaries.json"));
        assert_eq!(place.write(&place.out(), false).expect("again"), written);
        let changed = place.out().join("scans/parameters.json");
        std::fs::write(&changed, "mine").expect("a change");
        let error = place.write(&place.out(), false).expect_err("it was changed");
        assert!(error.to_string().contains("--force"), "{error}");
        assert_eq!(std::fs::read_to_string(&changed).expect("it is there"), "mine");
        place.write(&place.out(), true).expect("by force");
        let left = std::fs::read_dir(place.out().join("scans")).expect("a folder").flatten();
        assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with('.')), "nothing is left");
    }

    #[test]
    fn nothing_is_written_elsewhere_or_over_the_original() {
        let place = Place::new();
        let elsewhere = place.folder.path().join("elsewhere");
        std::fs::create_dir_all(&elsewhere).expect("a folder");
        std::fs::create_dir_all(place.out()).expect("a folder");
        std::os::unix::fs::symlink(&elsewhere, place.out().join("scans")).expect("a link");
        let error = place.write(&place.out(), true).expect_err("it leads elsewhere");
        assert!(error.to_string().contains("no folder of its own"), "{error}");
        assert_eq!(std::fs::read_dir(&elsewhere).expect("a folder").count(), 0);
    }

    #[test]
    fn programs_of_scanners_that_are_no_more_go() {
        let place = Place::new();
        place.write(&place.out(), false).expect("it is written");
        let folder = place.out().join("scans");
        let manifest = std::fs::read_to_string(folder.join(MANIFEST)).expect("the list");
        let hash = sha256(b"old");
        let manifest = manifest.replacen("\"files\": {", &format!("\"files\": {{\"old.py\": [\"{hash}\"],"), 1);
        std::fs::write(folder.join(MANIFEST), manifest).expect("a list");
        std::fs::write(folder.join("old.py"), "old").expect("a program");
        place.write(&place.out(), false).expect("again");
        assert!(!folder.join("old.py").exists());
    }
}
