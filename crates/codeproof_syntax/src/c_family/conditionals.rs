//! Preprocessor conditionals: which arms there are, and which one a compiler on a common machine would take.

use super::Dialect;
use super::tokens::{Directive, Token, TokenKind};

/// One `#if … #endif`.
#[derive(Debug)]
pub(super) struct Group {
    /// Its arms, in order; never empty.
    pub(super) arms: Vec<Arm>,
    /// The token of its `#endif`; `None` when the file ends before it.
    pub(super) end: Option<usize>,
    /// Whether every arm closes the brackets it opens and no others.
    pub(super) is_balanced: bool,
    /// The arm that is kept where only one can be.
    pub(super) chosen: Option<usize>,
}

impl Group {
    /// The tokens between the directives of an arm.
    pub(super) fn tokens_of(&self, arm: usize) -> std::ops::Range<usize> {
        let next = self.arms.get(arm + 1).map(|arm| arm.directive).or(self.end);
        let start = self.arms[arm].directive + 1;
        start..next.unwrap_or(start).max(start)
    }
}

/// One arm of a conditional.
#[derive(Debug)]
pub(super) struct Arm {
    /// The token of its directive.
    pub(super) directive: usize,
    brackets: Brackets,
}

/// What a run of tokens does to the depth of brackets.
#[derive(Debug, Clone, Copy, Default)]
struct Brackets {
    depth: i64,
    lowest: i64,
}

impl Brackets {
    fn is_balanced(self) -> bool {
        self.depth == 0 && self.lowest >= 0
    }

    fn then(&mut self, next: Brackets) {
        self.lowest = self.lowest.min(self.depth + next.lowest);
        self.depth += next.depth;
    }
}

/// The conditionals of a file.
#[derive(Debug, Default)]
pub(super) struct Conditionals {
    /// In the order of their `#if`.
    pub(super) groups: Vec<Group>,
    /// Token and group of each conditional directive that belongs to one, in file order.
    directives: Vec<(usize, usize)>,
}

impl Conditionals {
    /// The group that a conditional directive belongs to; `None` for a stray `#else` or `#endif`.
    pub(super) fn group_of(&self, token: usize) -> Option<usize> {
        let at = self.directives.binary_search_by_key(&token, |(directive, _)| *directive).ok()?;
        Some(self.directives[at].1)
    }
}

/// Finds all conditionals. O(tokens).
pub(super) fn conditionals(text: &str, tokens: &[Token], dialect: Dialect) -> Conditionals {
    let mut found = Conditionals::default();
    // The open groups, with the effect of the tokens around them up to their `#if`.
    let mut open: Vec<(usize, Brackets)> = Vec::new();
    let mut running = Brackets::default();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Punctuation(b'(' | b'[' | b'{') => running.depth += 1,
            TokenKind::Punctuation(b')' | b']' | b'}') => {
                running.depth -= 1;
                running.lowest = running.lowest.min(running.depth);
            }
            TokenKind::Directive(Directive::If) => {
                let group = found.groups.len();
                let arm = Arm { directive: index, brackets: Brackets::default() };
                found.groups.push(Group { arms: vec![arm], end: None, is_balanced: true, chosen: None });
                found.directives.push((index, group));
                open.push((group, std::mem::take(&mut running)));
            }
            TokenKind::Directive(kind @ (Directive::ElseIf | Directive::Else | Directive::EndIf)) => {
                let Some((group, _)) = open.last() else { continue };
                found.directives.push((index, *group));
                let group = &mut found.groups[*group];
                if let Some(arm) = group.arms.last_mut() {
                    arm.brackets = std::mem::take(&mut running);
                }
                if kind != Directive::EndIf {
                    group.arms.push(Arm { directive: index, brackets: Brackets::default() });
                } else if let Some((_, around)) = open.pop() {
                    running = around;
                    running.then(close(group, index, text, tokens, dialect));
                }
            }
            _ => {}
        }
    }
    found
}

/// Completes a group; hands out what it does to the brackets around it.
fn close(group: &mut Group, end: usize, text: &str, tokens: &[Token], dialect: Dialect) -> Brackets {
    group.end = Some(end);
    group.is_balanced = group.arms.iter().all(|arm| arm.brackets.is_balanced());
    let is_possible = |arm: &Arm| !is_unlikely(&text[tokens[arm.directive].range.clone()], dialect);
    group.chosen = group.arms.iter().position(is_possible);
    match group.chosen {
        Some(chosen) if !group.is_balanced => group.arms[chosen].brackets,
        _ => Brackets::default(),
    }
}

/// Macros of systems and compilers that most readers of a tree do not build with.
const UNLIKELY: &[&str] = &[
    "_WIN32",
    "WIN32",
    "_WIN64",
    "WIN64",
    "__WIN32__",
    "_WIN32_WCE",
    "UNDER_CE",
    "_MSC_VER",
    "__BORLANDC__",
    "__MINGW32__",
    "__MINGW64__",
    "__CYGWIN__",
    "__APPLE__",
    "__MACH__",
    "macintosh",
    "MSDOS",
    "__MSDOS__",
    "__DJGPP__",
    "OS2",
    "__OS2__",
    "AMIGA",
    "__AMIGA__",
    "VMS",
    "__VMS",
    "_AIX",
    "__hpux",
    "__sun",
    "__SYMBIAN32__",
];

/// Whether a directive asks for what is false on most machines: `0`, another system, or C++ in C.
fn is_unlikely(directive: &str, dialect: Dialect) -> bool {
    let line = directive.trim_start_matches('#').trim_start();
    let (word, condition) = line.split_at(line.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(line.len()));
    let condition = condition.trim();
    let mut names = condition
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|name| !name.is_empty() && *name != "defined")
        .peekable();
    let is_negated = matches!(word, "ifndef" | "elifndef") || condition.contains('!');
    if word == "else" || is_negated || names.peek().is_none() {
        return false;
    }
    names.all(|name| name == "0" || UNLIKELY.contains(&name) || dialect == Dialect::C && name == "__cplusplus")
}
