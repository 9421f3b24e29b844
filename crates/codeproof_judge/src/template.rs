//! Instructions that users write, with placeholders: `{code}` and its like. `{{` is a brace.
//!
//! A template is read once, from left to right, and what is put in is never read again: code that holds `{code}` stays
//! as it is.

use crate::error::TemplateProblem;

/// Least likeness (Jaro-Winkler, 0-1) of a name that is proposed for an unknown one: a slip or two, not another word.
const LIKENESS_MIN: f64 = 0.8;

/// What a template may say and must say.
pub(crate) struct Slots {
    /// The placeholders.
    pub(crate) known: &'static [&'static str],
    /// Those that may not be missing, with what they stand for.
    pub(crate) required: &'static [(&'static str, &'static str)],
}

/// Of analyzers.
pub(crate) const ANALYZER: Slots =
    Slots { known: &["code", "format", "imports", "language", "path", "symbol"], required: &[("code", "the code")] };

/// Of verifiers.
pub(crate) const VERIFIER: Slots = Slots {
    known: &["code", "context", "criteria", "finding", "format", "language", "path", "symbol"],
    required: &[("finding", "what it shall judge"), ("context", "the code around it")],
};

/// A part of a template.
enum Part<'t> {
    Text(&'t str),
    /// The name between braces, and the text with its braces.
    Slot(&'t str, &'t str),
}

/// Every reason why `template` would not do what it says; empty when it is fine.
pub(crate) fn problems(template: &str, slots: &Slots) -> Vec<TemplateProblem> {
    let (parts, unclosed) = read(template);
    let names: Vec<&str> = parts.iter().filter_map(Part::name).collect();
    let unknown = names.iter().filter(|name| !slots.known.contains(name)).map(|name| TemplateProblem::Unknown {
        name: crate::fence::one_line(name),
        nearest: nearest(name, slots.known.iter().copied()),
        known: slots.known.iter().map(|known| format!("{{{known}}}")).collect::<Vec<_>>().join(", "),
    });
    let missing = slots.required.iter().filter(|(name, _)| !names.contains(name));
    let missing = missing.map(|(name, what)| TemplateProblem::Missing { name, what });
    let unclosed = unclosed.map(|line| TemplateProblem::Unclosed { line });
    unclosed.into_iter().chain(unknown).chain(missing).collect()
}

/// The template with `values` put in. What it lacks of the `appended` ones comes behind, each as a paragraph; a
/// placeholder without a value stays as it is written.
pub(crate) fn render(template: &str, values: &[(&str, &str)], appended: &[&str]) -> String {
    let (parts, _) = read(template);
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut text: String = parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text,
            Part::Slot(name, written) => value(name).unwrap_or(written),
        })
        .collect();
    let is_absent = |name: &&&str| !parts.iter().any(|part| part.name() == Some(name));
    for value in appended.iter().filter(is_absent).filter_map(|name| value(name)) {
        let gap = if text.ends_with('\n') { "\n" } else { "\n\n" };
        text.push_str(gap);
        text.push_str(value);
    }
    text
}

/// Whether a template has a place for `name`.
pub(crate) fn asks_for(template: &str, name: &str) -> bool {
    read(template).0.iter().any(|part| part.name() == Some(name))
}

/// The known name that is nearest to `name`, when one is near.
pub(crate) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let lower = name.to_lowercase();
    let near = known.map(|known| (strsim::jaro_winkler(&lower, &known.to_lowercase()), known));
    let best = near.filter(|(likeness, _)| *likeness >= LIKENESS_MIN).max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.map(|(_, known)| known.to_owned())
}

impl<'t> Part<'t> {
    fn name(&self) -> Option<&'t str> {
        match self {
            Self::Slot(name, _) => Some(name),
            Self::Text(_) => None,
        }
    }
}

/// The parts, and the 1-based line of a brace that is never closed in its line: from there on all is text.
fn read(template: &str) -> (Vec<Part<'_>>, Option<usize>) {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        parts.push(Part::Text(&rest[..at]));
        let from_brace = &rest[at..];
        if let Some(behind) = from_brace.strip_prefix("{{") {
            parts.push(Part::Text("{"));
            rest = behind;
            continue;
        }
        match from_brace.find(['}', '\n']).filter(|end| from_brace[*end..].starts_with('}')) {
            Some(end) => {
                parts.push(Part::Slot(from_brace[1..end].trim(), &from_brace[..=end]));
                rest = &from_brace[end + 1..];
            }
            None => {
                parts.push(Part::Text(from_brace));
                let before = template.len() - from_brace.len();
                return (parts, Some(template[..before].matches('\n').count() + 1));
            }
        }
    }
    parts.push(Part::Text(rest));
    (parts, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, expected: &[&str]) {
        let found: Vec<String> = problems(template, &ANALYZER).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_put_in_is_never_read_again() {
        let values = [("code", "print('{path} {{ {')"), ("path", "a.py"), ("format", "*DRAFT")];
        assert_eq!(
            render("Look {{at {path}:\n{ code }}\n{nothing}", &values, &["format"]),
            "Look {at a.py:\nprint('{path} {{ {')}\n{nothing}\n\n*DRAFT"
        );
        assert_eq!(render("{format} {code}", &values, &["format"]), "*DRAFT print('{path} {{ {')");
        assert_eq!(render("a\n{ code\n{path}", &values, &[]), "a\n{ code\n{path}");
    }

    #[test]
    fn mistakes_are_named() {
        check("{path}\n{code}\n{{\"findings\": []}", &[]);
        check(
            "{cod}",
            &[
                "has the placeholder {cod}, which stands for nothing here; did you mean \"code\"?; write {{ for a brace",
                "lacks the placeholder {code}: without it the model does not see the code",
            ],
        );
        check(
            "{code} {weather}",
            &["has the placeholder {weather}, which stands for nothing here; known are {code}, {format}, {imports}, \
               {language}, {path}, {symbol}; write {{ for a brace"],
        );
        check("{code}\n if (x) {", &["has an opening brace without a closing one in line 2; write {{ for a brace"]);
    }
}
