//! Texts of the scanned files as models may see them: as they were when the scan began, secrets masked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use codeproof_detect::Detector;
use codeproof_source::Snapshot;
use codeproof_types::RepoPath;

/// Bytes of texts that are kept for the next chunk of the same file.
const BYTES_MAX: usize = 16 << 20;

/// Masked texts; the last ones used are kept.
pub(super) struct MaskedTexts<'s> {
    snapshot: &'s Snapshot,
    detector: &'s Detector,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    texts: HashMap<RepoPath, Arc<MaskedText>>,
    order: VecDeque<RepoPath>,
    bytes: usize,
}

/// A file's lines, secrets masked: a mask keeps the number of lines.
pub(super) struct MaskedText {
    text: String,
    /// Byte range of each line, without its end.
    lines: Vec<(usize, usize)>,
}

impl MaskedText {
    fn new(text: String) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let shown = line.strip_suffix('\n').unwrap_or(line);
            let shown = shown.strip_suffix('\r').unwrap_or(shown);
            lines.push((start, start + shown.len()));
            start += line.len();
        }
        Self { text, lines }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// One line, 1-based, without its end; empty when there is none.
    pub(super) fn line(&self, line: u32) -> &str {
        let range = (line as usize).checked_sub(1).and_then(|at| self.lines.get(at));
        range.map_or("", |(start, end)| &self.text[*start..*end])
    }

    /// Lines `first..=last`, 1-based; cut at the end of the file.
    pub(super) fn lines(&self, first: u32, last: u32) -> Vec<String> {
        let last = last.min(u32::try_from(self.lines.len()).unwrap_or(u32::MAX));
        (first.max(1)..=last).map(|line| self.line(line).to_owned()).collect()
    }
}

impl<'s> MaskedTexts<'s> {
    /// Reads from `snapshot` and masks with the secret rules of `detector`.
    pub(super) fn new(snapshot: &'s Snapshot, detector: &'s Detector) -> Self {
        Self { snapshot, detector, kept: Mutex::default() }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// When the file is gone, cannot be read, or has changed since the scan began.
    pub(super) fn of(&self, path: &RepoPath) -> Result<Arc<MaskedText>, String> {
        if let Some(known) = self.kept().texts.get(path) {
            return Ok(Arc::clone(known));
        }
        let files = &self.snapshot.files;
        let at =
            files.binary_search_by(|file| file.path.cmp(path)).map_err(|_| format!("{path} is not in the scan"))?;
        let source = self.snapshot.read(&files[at]).map_err(|error| error.to_string())?;
        let text = Arc::new(MaskedText::new(self.detector.mask_file(path, &source.text).into_owned()));
        self.kept().keep(path.clone(), Arc::clone(&text));
        Ok(text)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, path: RepoPath, text: Arc<MaskedText>) {
        self.bytes += text.text.len();
        if let Some(other) = self.texts.insert(path.clone(), text) {
            // Two threads read it at once.
            self.bytes -= other.text.len();
            return;
        }
        self.order.push_back(path);
        while self.bytes > BYTES_MAX && self.order.len() > 1 {
            let Some(oldest) = self.order.pop_front() else { break };
            self.bytes -= self.texts.remove(&oldest).map_or(0, |text| text.text.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one_and_lose_their_ends() {
        let text = MaskedText::new("a\r\nb\n\nc".to_owned());
        assert_eq!(text.lines(1, 9), ["a", "b", "", "c"]);
        assert_eq!((text.line(0), text.line(2), text.line(5)), ("", "b", ""));
    }
}
