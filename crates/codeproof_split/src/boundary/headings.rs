//! Comments that head a part of the file: `# === Gap scanner ===` names what follows.

use std::collections::BTreeMap;

use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use super::pattern;
use super::structure::{Unit, UnitKind};
use crate::trace::UnitId;
use codeproof_python::Module;

/// Characters of a heading that are kept.
const HEADING_MAX: usize = 120;

/// Words that make a comment a heading without any rule around it.
const WORDS: &[&str] =
    &["scan", "scanner", "screen", "screener", "setup", "pattern", "strategy", "signal", "section", "module"];

/// The headings of a file's units: the nearest before each, unless another definition stands in between.
pub(crate) fn of_units(module: &Module, units: &[Unit]) -> BTreeMap<UnitId, String> {
    let headings = headings(module);
    let holds = |unit: &&Unit| !matches!(unit.kind, UnitKind::Closure | UnitKind::Entry);
    let mut starts: Vec<u32> = units.iter().filter(holds).map(|unit| unit.range.start().to_u32()).collect();
    starts.sort_unstable();
    let mut found = BTreeMap::new();
    for unit in units {
        let start = unit.range.start().to_u32();
        let Some((at, text)) = headings.range(..start).next_back() else { continue };
        let between = starts.partition_point(|other| *other < start) - starts.partition_point(|other| other <= at);
        if between == 0 {
            found.insert(unit.id, text.clone());
        }
    }
    found
}

/// Comments with a line of their own that are framed by a rule, or that say what they head; by where they start.
fn headings(module: &Module) -> BTreeMap<u32, String> {
    let is_rule_char = |char: char| matches!(char, '#' | '-' | '=' | '*' | '~' | '_' | '%');
    let tokens = module.parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
    let comments: Vec<(u32, u32, &str)> = tokens
        .map(|token| token.range())
        .filter_map(|range| {
            let line = module.lines.line(range.start());
            let before = module.text.get(module.lines.start(line) as usize..range.start().to_usize())?;
            let text = module.text.get(range.to_std_range())?;
            before.trim().is_empty().then(|| (range.start().to_u32(), line, text))
        })
        .collect();
    let is_rule = |text: &str| text.len() >= 5 && text.chars().all(|char| is_rule_char(char) || char == ' ');
    let mut found = BTreeMap::new();
    for (at, (start, line, text)) in comments.iter().enumerate() {
        let clean: String =
            text.trim_matches(|char| is_rule_char(char) || char == ' ').chars().take(HEADING_MAX).collect();
        if !clean.chars().any(char::is_alphabetic) {
            continue;
        }
        let beside = |other: Option<&(u32, u32, &str)>| {
            other.is_some_and(|(_, beside, text)| beside.abs_diff(*line) == 1 && is_rule(text))
        };
        let framed = beside(at.checked_sub(1).and_then(|before| comments.get(before))) || beside(comments.get(at + 1));
        let ruled = text.trim_start_matches('#').trim_start().starts_with(['-', '=', '*', '~', '%']);
        let says = pattern::parts(&clean).iter().any(|part| WORDS.contains(&part.as_str()));
        if framed || ruled || says && clean.split_whitespace().count() <= 8 {
            found.insert(*start, clean);
        }
    }
    found
}
