//! What flows and sites are called: steps, sources, sinks and reasons as sentences.

use codeproof_dataflow::{Move, Reason, Trust};

/// Where data enters, as the beginning of a sentence: `The query string of the request`.
pub(super) fn source(trust: Option<Trust>, what: &str, function: Option<&str>) -> String {
    match (trust, function) {
        (Some(_), _) => capitalised(what),
        (None, Some(function)) => format!("The parameter {} of `{}`", code(what), short(function)),
        (None, None) => format!("The parameter {}", code(what)),
    }
}

/// The note at the place where data enters.
pub(super) fn source_note(trust: Option<Trust>, what: &str) -> String {
    match trust {
        Some(Trust::Remote) => format!("{what} enters here"),
        Some(Trust::Stored) => format!("{what}: others wrote it earlier"),
        Some(Trust::Local) => format!("{what} is read here"),
        Some(Trust::Operator) => format!("{what}: who starts the program writes it"),
        Some(Trust::WeakRandom | Trust::WeakDigest) => format!("{what} is made here"),
        Some(Trust::Sensitive) => format!("{what} should stay inside"),
        None => format!("the parameter {}: whatever callers pass", code(what)),
    }
}

/// What is added to the message of a flow when it is not sure that foreign data arrives.
pub(super) fn doubt(trust: Option<Trust>, is_certain: bool) -> &'static str {
    match (trust, is_certain) {
        (Some(Trust::Operator), _) => " Only who starts the program writes it.",
        (None, _) => " Whether that is foreign data is up to callers outside of the scanned files.",
        (Some(_), false) => " Not every call on the way is known, so what arrives may be something else.",
        (Some(_), true) => "",
    }
}

/// What happened to the data at one step, as the end of a sentence about it.
pub(super) fn step(what: &Move) -> String {
    match what {
        Move::Stored(name) => format!("is stored in {}", code(name)),
        Move::Combined => "becomes part of a text".to_owned(),
        Move::Through(name) => format!("goes through {}", code(&short(name))),
        Move::Passed(name) => format!("is passed on as {}", code(name)),
        Move::Returned(name) => format!("comes back from {}", code(&short(name))),
        Move::Cleaned(name) => format!("goes through {} (which does not help here)", code(&short(name))),
    }
}

/// Steps on one line as one note: `goes through `get` and is stored in `name``. Words that repeat are said once.
pub(super) fn joined(steps: &[String]) -> String {
    let mut said: Vec<&str> = Vec::new();
    for step in steps {
        if !said.contains(&step.as_str()) {
            said.push(step);
        }
    }
    match said.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Fills the places of a template.
pub(super) fn filled(template: &str, source: &str, callee: &str, danger: &str) -> String {
    template.replace("{Source}", source).replace("{callee}", &short(callee)).replace("{danger}", danger)
}

/// A name as a person says it: of a long one the class and the method.
pub(super) fn short(name: &str) -> String {
    let name = name.rsplit('\\').next().unwrap_or(name);
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    match name.rsplitn(3, '.').collect::<Vec<_>>().as_slice() {
        [last, before, _] if is_plain => format!("{before}.{last}"),
        _ => name.to_owned(),
    }
}

/// A name between backticks; words of ours as they are.
fn code(name: &str) -> String {
    if name.is_empty() || name.contains(' ') { name.to_owned() } else { format!("`{name}`") }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

/// Why a value is what it is; `quote` is the code at the reason's place, `place` its line.
pub(super) fn reason(reason: &Reason, quote: &str, place: &str) -> String {
    match reason {
        Reason::Decided(_, outcome) => format!("the branch is decided: `{quote}` is always {outcome} ({place})"),
        Reason::Compared(_) => format!("only these constants: `{quote}` ({place})"),
        Reason::Checked(_) => format!("was checked by `{quote}` ({place})"),
        Reason::Cleaned(_, callee) => format!("made harmless by `{}` ({place})", short(callee)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened_to_what_a_person_says() {
        for (name, said) in [
            ("os.system", "os.system"),
            ("django.db.models.QuerySet.raw", "QuerySet.raw"),
            ("PDO::query", "PDO::query"),
            ("App\\Models\\User::find", "User::find"),
            ("echo", "echo"),
            ("an item", "an item"),
        ] {
            assert_eq!(short(name), said);
        }
    }

    #[test]
    fn steps_of_one_line_are_one_sentence() {
        let steps = [Move::Through("get".into()), Move::Through("get".into()), Move::Stored("name".into())];
        let steps: Vec<String> = steps.iter().map(step).collect();
        assert_eq!(joined(&steps), "goes through `get` and is stored in `name`");
    }
}
