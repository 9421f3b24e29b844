//! One definition among several of one name, or the honest answer that several fit.

use codeproof_types::Language;

use super::habits::last_definition_wins;
use super::parameters::takes;
use crate::entity::is_class;
use crate::files::SymbolId;
use crate::view::View;

/// Definitions looked at under one name; with more there is no telling.
pub(super) const CANDIDATES_MAX: usize = 256;

/// What came of choosing among candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Choice {
    /// There is none.
    #[default]
    None,
    /// One fits.
    One(SymbolId),
    /// Several fit.
    Several,
}

/// The one of `candidates` that fits a call with that many arguments.
pub(super) fn choose(view: &View<'_>, candidates: &[SymbolId], arguments: Option<u32>, language: Language) -> Choice {
    match candidates {
        [] => return Choice::None,
        [one] => return Choice::One(*one),
        _ if candidates.len() > CANDIDATES_MAX => return Choice::Several,
        _ => {}
    }
    // The parts of a partial or reopened class are one class: the first stands for all.
    let name = &view.symbol(candidates[0]).qualified_name;
    let is_part = |id: &SymbolId| is_class(view.symbol(*id).kind) && view.symbol(*id).qualified_name == *name;
    if matches!(language, Language::CSharp | Language::Ruby) && candidates.iter().all(is_part) {
        return Choice::One(candidates[0]);
    }
    let one_file = candidates.iter().all(|it| it.file == candidates[0].file);
    if one_file && last_definition_wins(language) {
        return candidates.last().map_or(Choice::None, |last| Choice::One(*last));
    }
    // Overloads differ in what they take.
    let fits = |id: &&SymbolId| arguments.is_none_or(|count| takes(view.symbol(**id), count));
    let fitting: Vec<_> = candidates.iter().filter(fits).collect();
    match fitting[..] {
        [one] => Choice::One(*one),
        // One file with the same function twice has it under two conditions: the first is what most builds take.
        [first, ..] if one_file && matches!(language, Language::C | Language::Cpp) => {
            let same = |it: &&SymbolId| view.symbol(**it).signature == view.symbol(*first).signature;
            if language == Language::C || fitting.iter().all(same) { Choice::One(*first) } else { Choice::Several }
        }
        _ => Choice::Several,
    }
}
