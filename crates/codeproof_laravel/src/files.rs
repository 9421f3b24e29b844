//! Where an application's files come from: a folder of the disk, or texts held in memory.

use std::collections::BTreeMap;

use codeproof_source::Folder;

use crate::php::Files;

/// Paths and texts.
#[derive(Debug, Clone, Default)]
pub struct FolderOfTexts {
    texts: BTreeMap<String, String>,
}

impl FolderOfTexts {
    /// A folder of these files; paths are from its root, with `/`.
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        Self { texts: files.into_iter().map(|(path, text)| (path.into(), text.into())).collect() }
    }
}

impl Files for FolderOfTexts {
    fn read(&self, path: &str) -> Option<String> {
        self.texts.get(path).cloned()
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let start = if folder.is_empty() { String::new() } else { format!("{}/", folder.trim_end_matches('/')) };
        self.texts.keys().filter(|path| path.starts_with(&start)).cloned().collect()
    }

    fn has(&self, path: &str) -> bool {
        self.texts.contains_key(path)
    }
}

impl Files for Folder {
    fn read(&self, path: &str) -> Option<String> {
        Folder::read(self, path)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Folder::list(self, folder)
    }

    fn has(&self, path: &str) -> bool {
        Folder::has(self, path)
    }

    fn has_folder(&self, path: &str) -> bool {
        Folder::has_folder(self, path)
    }

    fn folders(&self, folder: &str) -> Vec<String> {
        Folder::folders(self, folder)
    }
}
