//! What a voter is shown around a draft: its definition, what that calls, who calls it, how it is reached.

use codeproof_index::Index;
use codeproof_index::context::PartKind;
use codeproof_judge::{CodeLines, ContextPart};
use codeproof_types::{Comment, Finding, Language, RepoPath};

use super::texts::MaskedTexts;

/// Paths of the tree that are shown; a larger tree is shown by its folders.
const PATHS_MAX: usize = 200;

/// Entry points that are shown.
const ENTRY_POINTS_MAX: usize = 60;

/// Lines around the finding that are shown in any case, before and behind.
const LINES_AROUND: u32 = 20;

/// Makes contexts over one program.
pub(super) struct Surroundings<'a> {
    index: &'a Index,
    texts: &'a MaskedTexts<'a>,
    tokens_max: u32,
    /// Paths of the tree, the same for every draft.
    pub(super) tree: Vec<String>,
    /// Where the outside world enters, the same for every draft.
    pub(super) entry_points: Vec<String>,
}

/// What is shown around one draft.
pub(super) struct Context {
    /// The lines around it.
    pub(super) code: CodeLines,
    /// What belongs to it elsewhere, the most important first.
    pub(super) parts: Vec<ContextPart>,
}

impl<'a> Surroundings<'a> {
    pub(super) fn new(
        index: &'a Index,
        texts: &'a MaskedTexts<'a>,
        paths: impl Iterator<Item = &'a RepoPath>,
        tokens_max: u32,
    ) -> Self {
        let entry_points = index.entry_points().into_iter().take(ENTRY_POINTS_MAX).map(|(id, kind)| {
            let place = index.place(id);
            format!("{} ({}) {}:{}", place.name, kind.name(), place.path, place.symbol.first_line)
        });
        Self { index, texts, tokens_max, tree: tree(paths), entry_points: entry_points.collect() }
    }

    /// The context of a finding.
    ///
    /// # Errors
    /// When its file has changed or is gone.
    pub(super) fn of(&self, finding: &Finding, language: Option<Language>) -> Result<Context, String> {
        let place = &finding.location;
        let text = self.texts.of(&place.path)?;
        let read = |path: &RepoPath| Some(self.texts.of(path).ok()?.text().to_owned());
        let found = codeproof_index::context::for_location(
            self.index,
            &place.path,
            place.first_line,
            self.tokens_max,
            &read,
            &[],
        );
        let first = place.first_line.saturating_sub(LINES_AROUND).max(1);
        let mut code = CodeLines {
            path: place.path.clone(),
            language,
            symbol: self.symbol(&place.path, place.first_line),
            preamble: Vec::new(),
            first_line: first,
            lines: text.lines(first, place.last_line.saturating_add(LINES_AROUND)),
        };
        let mut parts = Vec::new();
        if let Some(found) = found {
            for part in found.parts {
                // The definition itself is what is judged, not what stands around it.
                if part.kind == PartKind::Definition && part.is_whole && part.path == place.path {
                    code.first_line = part.first_line;
                    code.lines = text.lines(part.first_line, part.last_line);
                    continue;
                }
                parts.push(ContextPart {
                    heading: format!("{} {} ({})", part.kind.name(), part.name, part.why),
                    path: part.path,
                    first_line: part.first_line,
                    lines: part.text.lines().map(str::to_owned).collect(),
                });
            }
        }
        Ok(Context { code, parts })
    }

    /// The comments of a file, in its order.
    pub(super) fn comments(&self, path: &RepoPath) -> &[Comment] {
        self.index.comments_of(path)
    }

    /// Qualified name of the definition around a line.
    pub(super) fn symbol(&self, path: &RepoPath, line: u32) -> Option<String> {
        self.index.symbol_at(path, line).map(|id| self.index.place(id).name)
    }
}

/// The paths of the tree; of a large one its folders with the number of files in each.
fn tree<'a>(paths: impl Iterator<Item = &'a RepoPath>) -> Vec<String> {
    let paths: Vec<&str> = paths.map(RepoPath::as_str).collect();
    if paths.len() <= PATHS_MAX {
        return paths.into_iter().map(str::to_owned).collect();
    }
    let mut folders = std::collections::BTreeMap::<&str, usize>::new();
    for path in &paths {
        *folders.entry(path.rsplit_once('/').map_or(".", |(folder, _)| folder)).or_default() += 1;
    }
    let more = folders.len().saturating_sub(PATHS_MAX);
    let mut shown: Vec<String> =
        folders.into_iter().take(PATHS_MAX).map(|(folder, files)| format!("{folder}/ ({files} files)")).collect();
    if more > 0 {
        shown.push(format!("{more} more folders"));
    }
    shown
}
