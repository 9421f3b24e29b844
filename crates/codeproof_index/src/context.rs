//! What a reader needs to understand one place: the definition around it, what that calls, who calls it, what it uses,
//! and how it is reached; ranked, within a budget of tokens, with a list of what was left out (seed 000, "Context
//! Retriever").
//!
//! Everything is offered first in its short form (a head, or the lines of a call), nearest first; then what is left of
//! the budget makes callees whole, again nearest first. So a long list of callers never hides a callee, nor the other
//! way round.

use std::collections::BTreeSet;

use codeproof_syntax::estimate_tokens;
use codeproof_types::{CallKind, RepoPath, Resolution, SymbolKind};

use crate::entity::is_class;
use crate::files::{Family, SymbolId};
use crate::index::{Call, Index};
use crate::view::View;

/// Lines shown around a call, before and behind.
const LINES_AROUND_CALL: u32 = 2;

/// Lines of a definition's head: enough for parameters one to a line and a first statement.
const HEAD_LINES_MAX: u32 = 12;

/// Names looked up in one definition; more is a table, not code.
const NAMES_MAX: usize = 2_000;

/// Words looked up in the text of a type.
const TYPE_WORDS_MAX: usize = 20;

/// Tokens that the heading of a part costs, beside its text.
const HEADING_TOKENS: u32 = 12;

/// What a part of a context is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartKind {
    /// The definition that holds the place.
    Definition,
    /// An import of its file that it uses.
    Import,
    /// A definition it calls.
    Callee,
    /// A place that calls it.
    Caller,
    /// A macro, type, constant or variable it uses.
    Used,
}

impl PartKind {
    /// The word for people and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Import => "import",
            Self::Callee => "callee",
            Self::Caller => "caller",
            Self::Used => "used",
        }
    }
}

/// One piece of code in a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is to the place.
    pub kind: PartKind,
    /// Its file.
    pub path: RepoPath,
    /// First line, 1-based.
    pub first_line: u32,
    /// Last line, inclusive.
    pub last_line: u32,
    /// Qualified name of the definition; for callers of the one that calls; empty at file level.
    pub name: String,
    /// Why it is here, in a few words: `called in line 12`.
    pub why: String,
    /// How sure the link is; `None` for what needs none.
    pub resolution: Option<Resolution>,
    /// Whether all of the definition is shown.
    pub is_whole: bool,
    /// The lines.
    pub text: String,
    /// Estimated tokens with its heading.
    pub tokens: u32,
}

/// Something that did not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What it is to the place.
    pub kind: PartKind,
    /// Its file.
    pub path: RepoPath,
    /// Its first line.
    pub line: u32,
    /// Its qualified name.
    pub name: String,
    /// Whether its head is among the parts, so that only the rest is missing.
    pub head_is_shown: bool,
    /// Estimated tokens it would have taken.
    pub tokens: u32,
}

/// The context of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The definition that holds the place; `None` at file level.
    pub definition: Option<SymbolId>,
    /// From an entry point to the definition, both included; empty when nothing leads there.
    pub entry_path: Vec<SymbolId>,
    /// What is shown, by kind, then by rank.
    pub parts: Vec<Part>,
    /// What did not fit.
    pub left_out: Vec<LeftOut>,
    /// Estimated tokens of all parts.
    pub tokens: u32,
}

/// Lines of text of a file: the whole file's, or an error told to nobody because the part is left out then.
pub type ReadText<'t> = &'t dyn Fn(&RepoPath) -> Option<String>;

/// A place that names a definition without calling it, such as a row in a table of functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAt {
    /// The file.
    pub path: RepoPath,
    /// 1-based line.
    pub line: u32,
}

/// Gathers the context of a line within `budget` tokens. `read` gives the text of a file; `named` are places that name
/// the definition, in whatever way they were found, and are shown behind its callers. `None` when the file is not in
/// the index or has no such line.
pub fn for_location(
    index: &Index,
    path: &RepoPath,
    line: u32,
    budget: u32,
    read: ReadText<'_>,
    named: &[NamedAt],
) -> Option<Context> {
    let text = read(path)?;
    let lines: Vec<&str> = text.lines().collect();
    if line == 0 || line as usize > lines.len() {
        return None;
    }
    let definition = index.symbol_at(path, line);
    let mut builder =
        Builder { index, read, budget, spent: 0, parts: Vec::new(), left_out: Vec::new(), files: Vec::new() };
    let (first, last) = match definition {
        Some(id) => lines_of(index, id),
        None => (1, u32::try_from(lines.len()).unwrap_or(u32::MAX)),
    };
    builder.definition(definition, path, (first, last), line);
    let calls: Vec<Call<'_>> = match definition {
        Some(id) => index.callees(id),
        None => index.calls_of(path).into_iter().filter(|call| call.from.is_none()).collect(),
    };
    builder.imports(path, (first, last), &lines);
    let callees = builder.callee_heads(definition, &calls, line);
    if let Some(id) = definition {
        builder.callers(id);
        builder.named(named);
    }
    builder.used(definition, path, (first, last), &calls);
    builder.whole_callees(&callees);
    let entry_path = definition.and_then(|id| index.path_from_entry(id)).unwrap_or_default();
    let Builder { mut parts, left_out, spent, .. } = builder;
    parts.sort_by_key(|part| part.kind);
    Some(Context { definition, entry_path, parts, left_out, tokens: spent })
}

/// The lines of a definition with its decorators.
fn lines_of(index: &Index, id: SymbolId) -> (u32, u32) {
    let symbol = index.place(id).symbol;
    (symbol.decorated_first_line, symbol.last_line)
}

struct Builder<'b> {
    index: &'b Index,
    read: ReadText<'b>,
    budget: u32,
    spent: u32,
    parts: Vec<Part>,
    left_out: Vec<LeftOut>,
    /// Texts read so far.
    files: Vec<(RepoPath, Option<Vec<String>>)>,
}

impl Builder<'_> {
    fn lines(&mut self, path: &RepoPath, first: u32, last: u32) -> Option<String> {
        if !self.files.iter().any(|(known, _)| known == path) {
            let text = (self.read)(path).map(|text| text.lines().map(str::to_owned).collect());
            self.files.push((path.clone(), text));
        }
        let lines = self.files.iter().find(|(known, _)| known == path)?.1.as_ref()?;
        let end = (last as usize).min(lines.len());
        let start = (first.max(1) as usize - 1).min(end);
        Some(lines[start..end].join("\n"))
    }

    fn room(&self) -> u32 {
        self.budget.saturating_sub(self.spent)
    }

    /// Adds a part if it fits.
    fn add(&mut self, part: Part) -> bool {
        if part.tokens > self.room() {
            let Part { kind, path, first_line: line, name, tokens, .. } = part;
            self.left_out.push(LeftOut { kind, path, line, name, head_is_shown: false, tokens });
            return false;
        }
        self.spent += part.tokens;
        self.parts.push(part);
        true
    }

    /// The definition itself: whole when it takes no more than half of the budget, else its head and what is near.
    fn definition(&mut self, id: Option<SymbolId>, path: &RepoPath, (first, last): (u32, u32), line: u32) {
        let name = id.map(|id| self.index.place(id).name).unwrap_or_default();
        let Some(text) = self.lines(path, first, last) else { return };
        let whole = estimate_tokens(&text) + HEADING_TOKENS;
        let part = |first_line, last_line, is_whole, text: String, tokens| Part {
            kind: PartKind::Definition,
            path: path.clone(),
            first_line,
            last_line,
            name: name.clone(),
            why: format!("holds line {line}"),
            resolution: None,
            is_whole,
            text,
            tokens,
        };
        if whole <= self.budget / 2 {
            self.add(part(first, last, true, text, whole));
            return;
        }
        let (from, to) = self.window(path, (first, last), line, self.budget / 2);
        let head_last = id.map_or(first, |_| (first + HEAD_LINES_MAX / 3).min(last));
        if from > head_last + 1
            && let Some(head) = self.lines(path, first, head_last)
        {
            let tokens = estimate_tokens(&head) + HEADING_TOKENS;
            self.add(part(first, head_last, false, head, tokens));
        }
        let from = if from > head_last + 1 { from } else { first };
        if let Some(text) = self.lines(path, from, to) {
            let tokens = estimate_tokens(&text) + HEADING_TOKENS;
            self.add(part(from, to, false, text, tokens));
        }
        self.left_out.push(LeftOut {
            kind: PartKind::Definition,
            path: path.clone(),
            line: first,
            name,
            head_is_shown: true,
            tokens: whole,
        });
    }

    /// The most lines around `line` that fit.
    fn window(&mut self, path: &RepoPath, (first, last): (u32, u32), line: u32, tokens_max: u32) -> (u32, u32) {
        let (mut from, mut to) = (line, line);
        loop {
            let (wider_from, wider_to) = (from.saturating_sub(2).max(first), (to + 2).min(last));
            let text = self.lines(path, wider_from, wider_to).unwrap_or_default();
            if (wider_from, wider_to) == (from, to) || estimate_tokens(&text) + HEADING_TOKENS > tokens_max {
                return (from, to);
            }
            (from, to) = (wider_from, wider_to);
        }
    }

    /// The imports that make names known which stand in the lines.
    fn imports(&mut self, path: &RepoPath, (first, last): (u32, u32), lines: &[&str]) {
        let body = lines[(first as usize - 1).min(lines.len())..(last as usize).min(lines.len())].join("\n");
        let words = words(&body);
        let mut seen = BTreeSet::new();
        for (import, target) in self.index.imports_of(path) {
            let known = crate::files::bound_name(import, self.index.language_of(path));
            let is_used = words.contains(known) || known == "*" && target.is_some();
            let is_outside = import.line < first || last < import.line;
            // Headers make names known that no import says; the definitions used show them better.
            let is_header = import.name.is_empty() && import.module.ends_with(".h");
            if !is_used || !is_outside || is_header || !seen.insert(import.line) {
                continue;
            }
            let Some(text) = self.lines(path, import.line, import.line) else { continue };
            let tokens = estimate_tokens(&text) + 2;
            self.add(Part {
                kind: PartKind::Import,
                path: path.clone(),
                first_line: import.line,
                last_line: import.line,
                name: known.to_owned(),
                why: target.map_or_else(|| "from outside".to_owned(), |target| format!("from {target}")),
                resolution: None,
                is_whole: true,
                text,
                tokens,
            });
        }
    }

    /// The heads of what is called, nearest to `line` first.
    fn callee_heads(&mut self, of: Option<SymbolId>, calls: &[Call<'_>], line: u32) -> Vec<SymbolId> {
        let mut ranked: Vec<(&Call<'_>, SymbolId)> = calls
            .iter()
            .filter_map(|call| Some((call, call.to?)))
            .filter(|(_, to)| Some(*to) != of && !self.is_inside(*to, of))
            .collect();
        ranked.sort_by_key(|(call, _)| (call.site.position.line.abs_diff(line), call.site.position));
        let mut seen = BTreeSet::new();
        let mut callees = Vec::new();
        for (call, to) in ranked {
            if !seen.insert(to) {
                continue;
            }
            let place = self.index.place(to);
            let (path, name) = (place.path.clone(), place.name.clone());
            let (first, last) = lines_of(self.index, to);
            let head_last = self.head_end(to);
            let Some(text) = self.lines(&path, first, head_last) else { continue };
            let verb = if call.site.kind == CallKind::Call { "called" } else { "named" };
            let tokens = estimate_tokens(&text) + HEADING_TOKENS;
            let part = Part {
                kind: PartKind::Callee,
                path,
                first_line: first,
                last_line: head_last,
                name,
                why: format!("{verb} in line {}", call.site.position.line),
                resolution: Some(call.resolution),
                is_whole: head_last == last,
                text,
                tokens,
            };
            if self.add(part) {
                callees.push(to);
            }
        }
        callees
    }

    /// Where the head of a definition ends: its signature; small definitions are all head.
    fn head_end(&self, id: SymbolId) -> u32 {
        let symbol = self.index.place(id).symbol;
        let lines = symbol.last_line - symbol.decorated_first_line + 1;
        if lines <= 4 {
            return symbol.last_line;
        }
        // A line of a signature holds about eighty characters, and its parameters may stand one to a line.
        let commas = symbol.signature.matches(',').count();
        let by_length = symbol.signature.len() / 80;
        let head = u32::try_from(by_length.max(if symbol.signature.len() > 100 { commas } else { 0 })).unwrap_or(0);
        (symbol.first_line + head.min(HEAD_LINES_MAX)).min(symbol.last_line)
    }

    fn is_inside(&self, id: SymbolId, of: Option<SymbolId>) -> bool {
        let Some(of) = of.filter(|of| of.file == id.file) else { return false };
        let (outer, inner) = (lines_of(self.index, of), lines_of(self.index, id));
        outer.0 <= inner.0 && inner.1 <= outer.1
    }

    /// The places that call the definition, surest first.
    fn callers(&mut self, of: SymbolId) {
        let index = self.index;
        let mut callers = index.callers(of);
        callers.retain(|call| call.from != Some(of));
        callers.sort_by_key(|call| (call.resolution, is_test(call.path), call.path, call.site.position));
        let mut seen = BTreeSet::new();
        for call in callers {
            // One place of each caller shows how it calls.
            if !seen.insert((call.path, call.from)) {
                continue;
            }
            let line = call.site.position.line;
            let bounds = call.from.map_or((1, u32::MAX), |from| lines_of(index, from));
            let first = line.saturating_sub(LINES_AROUND_CALL).max(bounds.0);
            let last = (line + LINES_AROUND_CALL).min(bounds.1);
            let Some(text) = self.lines(call.path, first, last) else { continue };
            let name = call.from.map(|from| index.place(from).name).unwrap_or_default();
            let verb = if call.site.kind == CallKind::Call { "calls it" } else { "names it" };
            let tokens = estimate_tokens(&text) + HEADING_TOKENS;
            self.add(Part {
                kind: PartKind::Caller,
                path: call.path.clone(),
                first_line: first,
                last_line: last,
                name,
                why: format!("{verb} in line {line}"),
                resolution: Some(call.resolution),
                is_whole: false,
                text,
                tokens,
            });
        }
    }

    /// Places that name the definition without a call.
    fn named(&mut self, places: &[NamedAt]) {
        for place in places {
            let within = self.index.symbol_at(&place.path, place.line);
            let bounds = within.map_or((1, u32::MAX), |within| lines_of(self.index, within));
            let first = place.line.saturating_sub(1).max(bounds.0);
            let last = (place.line + 1).min(bounds.1);
            let Some(text) = self.lines(&place.path, first, last) else { continue };
            let tokens = estimate_tokens(&text) + HEADING_TOKENS;
            self.add(Part {
                kind: PartKind::Caller,
                path: place.path.clone(),
                first_line: first,
                last_line: last,
                name: within.map(|within| self.index.place(within).name).unwrap_or_default(),
                why: format!("names it in line {}, without a call", place.line),
                resolution: None,
                is_whole: false,
                text,
                tokens,
            });
        }
    }

    /// Macros, types, constants and classes whose names stand in the definition; behind a type that is another name for
    /// a struct, the struct.
    fn used(&mut self, of: Option<SymbolId>, path: &RepoPath, (first, last): (u32, u32), calls: &[Call<'_>]) {
        let Some(body) = self.lines(path, first, last) else { return };
        let called: BTreeSet<SymbolId> = calls.iter().filter_map(|call| call.to).collect();
        for word in words(&body).into_iter().take(NAMES_MAX) {
            let Some(id) = self.index.definition_of_word(path, of, word) else { continue };
            if called.contains(&id) {
                continue;
            }
            let Some(text) = self.one_used(of, id) else { continue };
            if self.index.place(id).symbol.kind == SymbolKind::Type {
                let named = words(&text).into_iter().take(TYPE_WORDS_MAX);
                let behind: Vec<SymbolId> = named
                    .filter_map(|word| self.index.definition_of_word(path, of, word))
                    .filter(|it| *it != id)
                    .collect();
                for id in behind {
                    self.one_used(of, id);
                }
            }
        }
    }

    /// Adds one definition that is used, if it is not shown yet, and gives its text.
    fn one_used(&mut self, of: Option<SymbolId>, id: SymbolId) -> Option<String> {
        if Some(id) == of || self.is_inside(id, of) || self.is_inside_other(of, id) {
            return None;
        }
        let place = self.index.place(id);
        let (path, name, kind) = (place.path.clone(), place.name.clone(), place.symbol.kind);
        if self.parts.iter().any(|part| part.name == name && part.path == path && part.why == kind.name()) {
            return None;
        }
        let (first, last) = lines_of(self.index, id);
        let text = self.lines(&path, first, last)?;
        let tokens = estimate_tokens(&text) + HEADING_TOKENS;
        // A class or a long table is shown by its head; who wants it whole asks for its own context.
        let head = first + 3;
        let is_whole = tokens <= 250 || head >= last;
        let (text, last, tokens) = match is_whole {
            true => (text, last, tokens),
            false => {
                let text = self.lines(&path, first, head).unwrap_or_default();
                let tokens = estimate_tokens(&text) + HEADING_TOKENS;
                (text, head, tokens)
            }
        };
        self.add(Part {
            kind: PartKind::Used,
            path,
            first_line: first,
            last_line: last,
            name,
            why: kind.name().to_owned(),
            resolution: None,
            is_whole,
            text: text.clone(),
            tokens,
        });
        Some(text)
    }

    /// Whether `outer` holds the definition, so that showing it would show the definition again.
    fn is_inside_other(&self, of: Option<SymbolId>, outer: SymbolId) -> bool {
        of.is_some_and(|of| self.is_inside(of, Some(outer)))
    }

    /// Makes callees whole while there is room.
    fn whole_callees(&mut self, callees: &[SymbolId]) {
        for id in callees {
            let place = self.index.place(*id);
            let (path, name, kind) = (place.path.clone(), place.name.clone(), place.symbol.kind);
            let (first, last) = lines_of(self.index, *id);
            let shown = self.parts.iter().position(|part| {
                part.kind == PartKind::Callee && part.name == name && part.path == path && part.first_line == first
            });
            let Some(shown) = shown.filter(|at| !self.parts[*at].is_whole) else { continue };
            let Some(text) = self.lines(&path, first, last) else { continue };
            let tokens = estimate_tokens(&text) + HEADING_TOKENS;
            let more = tokens.saturating_sub(self.parts[shown].tokens);
            // A class is named far more often than it must be read.
            if more > self.room() || is_class(kind) && tokens > 400 {
                self.left_out.push(LeftOut {
                    kind: PartKind::Callee,
                    path,
                    line: first,
                    name,
                    head_is_shown: true,
                    tokens,
                });
                continue;
            }
            self.spent += more;
            let part = &mut self.parts[shown];
            (part.text, part.last_line, part.tokens, part.is_whole) = (text, last, tokens, true);
        }
    }
}

/// The words of a text that can be names, each once, in the order in which they come first.
fn words(text: &str) -> Words<'_> {
    let mut seen = BTreeSet::new();
    let mut order = Vec::new();
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
        if word.len() > 1 && !word.starts_with(|c: char| c.is_ascii_digit()) && seen.insert(word) {
            order.push(word);
        }
    }
    Words { seen, order }
}

struct Words<'t> {
    seen: BTreeSet<&'t str>,
    order: Vec<&'t str>,
}

impl Words<'_> {
    fn contains(&self, word: &str) -> bool {
        self.seen.contains(word)
    }
}

impl<'t> IntoIterator for Words<'t> {
    type Item = &'t str;
    type IntoIter = std::vec::IntoIter<&'t str>;

    fn into_iter(self) -> Self::IntoIter {
        self.order.into_iter()
    }
}

/// Whether a path is one of tests: they show least about how something is used in earnest.
fn is_test(path: &RepoPath) -> bool {
    path.components().any(|part| {
        let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
        matches!(stem.as_str(), "test" | "tests" | "spec" | "specs" | "__tests__")
            || stem.starts_with("test_")
            || stem.ends_with("_test")
            || stem.ends_with("test") && part.contains('.')
    })
}

impl Index {
    /// What a word in a definition means when it is no call: a macro, type, constant or class in sight of the file.
    pub(crate) fn definition_of_word(&self, path: &RepoPath, at: Option<SymbolId>, word: &str) -> Option<SymbolId> {
        let file = self.files().at(path)?;
        let named = self.files().named(word);
        if named.is_empty() {
            return None;
        }
        let view = View::new(self.files(), self.manifests(), file);
        let found = crate::resolve::word_in_sight(&view, file, at.map(|at| at.symbol), word)?;
        let kind = self.files().symbol(found).kind;
        use SymbolKind::{Constant, EnumCase, Macro, Type};
        let is_wanted = is_class(kind) || matches!(kind, Macro | Type | Constant);
        match kind {
            // A case is understood by its enum.
            EnumCase => {
                self.files()[found.file].parent(found.symbol).map(|symbol| SymbolId { file: found.file, symbol })
            }
            _ if is_wanted && view.family(found.file) == Family::of(self.files()[file].language) => Some(found),
            _ => None,
        }
    }
}
