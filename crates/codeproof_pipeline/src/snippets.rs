//! Code frames from the scanned tree, checked and masked.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use codeproof_detect::Detector;
use codeproof_source::StoredTree;
use codeproof_types::{ContentHash, RepoPath, SnippetError, Snippets};

/// Reads lines for reports: the file must still have the hash the finding was made from, and secrets are masked in the
/// whole file before a line of it is shown. Keeps the last file, because reports ask file by file.
pub struct MaskedSnippets<'d> {
    tree: StoredTree,
    detector: &'d Detector,
    last: Mutex<Option<MaskedFile>>,
}

struct MaskedFile {
    path: RepoPath,
    hash: ContentHash,
    lines: Vec<String>,
}

impl<'d> MaskedSnippets<'d> {
    /// Reads below the scanned path (a folder, or the one file that was scanned) and masks with the secret rules of
    /// `detector`.
    pub fn new(scanned: &Path, detector: &'d Detector) -> Self {
        let folder = match scanned.parent() {
            Some(parent) if scanned.is_file() && parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) if scanned.is_file() => parent,
            _ => scanned,
        };
        Self { tree: StoredTree::new(folder), detector, last: Mutex::default() }
    }

    fn masked(&self, path: &RepoPath, hash: ContentHash) -> Result<MaskedFile, SnippetError> {
        let text = self.tree.lines(path, hash, 1, u32::MAX)?.join("\n");
        let lines = self.detector.mask_file(path, &text).split('\n').map(str::to_owned).collect();
        Ok(MaskedFile { path: path.clone(), hash, lines })
    }
}

impl Snippets for MaskedSnippets<'_> {
    fn lines(&self, path: &RepoPath, hash: ContentHash, first: u32, last: u32) -> Result<Vec<String>, SnippetError> {
        let mut kept = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match kept.take() {
            Some(file) if file.path == *path && file.hash == hash => file,
            _ => self.masked(path, hash)?,
        };
        let end = file.lines.len().min(last as usize);
        let start = (first.max(1) as usize - 1).min(end);
        let lines = file.lines[start..end].to_vec();
        *kept = Some(file);
        Ok(lines)
    }
}
