//! Lines of a tree, for code frames: cut from the bytes a finding was made from, or not shown at all.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use codeproof_types::{ContentHash, LineIndex, RepoPath, SnippetError, Snippets};

use crate::open::{Bytes, open_below, read_limited};
use crate::{Snapshot, SourceText};

/// The largest file read for a snippet: far above any limit a scan is run with.
const MAX_BYTES: u64 = 256 << 20;

/// The file asked for last, decoded: reports ask file by file.
#[derive(Debug, Default)]
pub(crate) struct LastFile(Mutex<Option<Arc<Kept>>>);

#[derive(Debug)]
struct Kept {
    path: RepoPath,
    hash: ContentHash,
    text: String,
    lines: LineIndex,
}

impl LastFile {
    /// Cuts lines from the file, which `read` reads, and checks against the hash, unless it is the last one.
    fn lines(
        &self,
        (path, hash): (&RepoPath, ContentHash),
        (first, last): (u32, u32),
        read: impl FnOnce() -> Result<String, SnippetError>,
    ) -> Result<Vec<String>, SnippetError> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = match slot.as_ref().filter(|kept| kept.path == *path && kept.hash == hash) {
            Some(kept) => Arc::clone(kept),
            None => {
                let text = read()?;
                let lines = LineIndex::new(&text);
                Arc::clone(slot.insert(Arc::new(Kept { path: path.clone(), hash, text, lines })))
            }
        };
        drop(slot);
        Ok(kept.cut(first, last))
    }
}

impl Kept {
    /// Lines `first..=last`, 1-based, as far as there are any.
    fn cut(&self, first: u32, last: u32) -> Vec<String> {
        let lines = first.max(1)..=last.min(self.lines.line_count());
        lines.map(|line| self.lines.line_text(&self.text, line).to_owned()).collect()
    }
}

impl Snippets for Snapshot {
    fn lines(&self, path: &RepoPath, hash: ContentHash, first: u32, last: u32) -> Result<Vec<String>, SnippetError> {
        self.last_file.lines((path, hash), (first, last), || {
            let unknown =
                || SnippetError::Unreadable { path: path.clone(), why: "it is not in the snapshot".to_owned() };
            let file = self.file(path).ok_or_else(unknown)?;
            if file.hash != hash {
                return Err(SnippetError::Changed { path: path.clone() });
            }
            Ok(self.read(file)?.text)
        })
    }
}

/// The tree of a stored scan, of which only the folder is known. Paths are opened below it without following links.
#[derive(Debug)]
pub struct StoredTree {
    root: PathBuf,
    last_file: LastFile,
}

impl StoredTree {
    /// A tree at `root`, which is not looked at until lines are asked for.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), last_file: LastFile::default() }
    }

    fn read(&self, path: &RepoPath, hash: ContentHash) -> Result<String, SnippetError> {
        let changed = || SnippetError::Changed { path: path.clone() };
        let bytes = open_below(&self.root, Path::new(path.as_str()))
            .and_then(|file| read_limited(file, MAX_BYTES))
            .map_err(|error| SnippetError::Unreadable { path: path.clone(), why: error.to_string() })?;
        match bytes {
            Bytes::Whole(bytes) if ContentHash::of(&bytes) == hash => {
                SourceText::decode(path, bytes).map(|text| text.text).ok_or_else(changed)
            }
            Bytes::Whole(_) | Bytes::OverLimit(_) => Err(changed()),
        }
    }
}

impl Snippets for StoredTree {
    fn lines(&self, path: &RepoPath, hash: ContentHash, first: u32, last: u32) -> Result<Vec<String>, SnippetError> {
        self.last_file.lines((path, hash), (first, last), || self.read(path, hash))
    }
}
