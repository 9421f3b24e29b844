//! Places that name a definition without calling it: tables of functions, callbacks, handlers of routes.
//!
//! Found by the word alone, in code of the same language outside of comments: a hint for a reader, not a reference.

use std::collections::HashSet;

use codeproof_index::SymbolId;
use codeproof_types::{LineIndex, Position, RepoPath};

use crate::Program;

/// Places looked at; a word that stands in more is no name that anybody looks for.
const MENTIONS_MAX: usize = 500;

/// Bytes of an import statement that are looked through.
const IMPORT_BYTES_MAX: usize = 4_000;

/// A word's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The file.
    pub path: RepoPath,
    /// The place.
    pub position: Position,
    /// The innermost definition around it.
    pub within: Option<SymbolId>,
}

/// Where the name of `of` stands in code of its language without being a call, a mention of a class or a definition;
/// at most 500 places, in the order of path and place. O(bytes of the language's files).
pub fn mentions(program: &Program, of: SymbolId) -> Vec<Mention> {
    let index = &program.index;
    let name = index.place(of).symbol.name.clone();
    if name.len() < 3 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for path in index.paths_that_can_name(of) {
        let Some(source) = program.file(path).and_then(|file| program.snapshot.read(file).ok()) else { continue };
        if !source.text.contains(&name) {
            continue;
        }
        let lines = LineIndex::new(&source.text);
        let called: HashSet<Position> = index.calls_of(path).iter().map(|call| call.site.position).collect();
        let imported: HashSet<u32> = index.imports_of(path).iter().map(|(import, _)| import.line).collect();
        let defined: HashSet<u32> = index
            .symbols_of(path)
            .into_iter()
            .map(|id| index.place(id).symbol)
            .filter(|symbol| symbol.name == name)
            .flat_map(|symbol| symbol.decorated_first_line..=symbol.first_line)
            .collect();
        let comments = index.comments_of(path);
        for (at, _) in source.text.match_indices(&name) {
            let before = source.text[..at].chars().next_back();
            let after = source.text[at + name.len()..].chars().next();
            let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
            let in_comment = || {
                let inside = comments.partition_point(|comment| comment.span.end <= at);
                comments.get(inside).is_some_and(|comment| comment.span.start <= at)
            };
            if is_part(before) || is_part(after) || in_comment() {
                continue;
            }
            // A list of imported names goes over several lines.
            let in_import = || {
                imported.iter().any(|line| {
                    let start = lines.line_range(&source.text, *line).map_or(at, |range| range.start);
                    let between = source.text.get(start..at).unwrap_or_default();
                    between.len() < IMPORT_BYTES_MAX
                        && between.contains(['(', '{'])
                        && !between.contains([')', '}', ';'])
                })
            };
            if in_import() {
                continue;
            }
            let position = lines.position(&source.text, at);
            // A word before parentheses is a call, or the declaration of a function.
            let is_called = source.text[at + name.len()..].trim_start().starts_with('(');
            if is_called
                || called.contains(&position)
                || defined.contains(&position.line)
                || imported.contains(&position.line)
            {
                continue;
            }
            let within = index.symbol_at(path, position.line);
            found.push(Mention { path: path.clone(), position, within });
            if found.len() >= MENTIONS_MAX {
                return found;
            }
        }
    }
    found
}
