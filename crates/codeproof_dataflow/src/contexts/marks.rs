//! Sinks for which it does not matter where the data stands, only which marks it can hold.

use super::{Danger, Escape};
use crate::value::Facts;

/// A header is one line: CR or LF begin another one.
pub(super) fn danger_in_header(facts: &Facts) -> Danger {
    Danger::when(facts.holds("\r\n"), "can begin another header by a line's end", "holds no line's end")
}

/// A record is one line: CR or LF forge another one.
pub(super) fn danger_in_log(facts: &Facts) -> Danger {
    Danger::when(facts.holds("\r\n"), "can forge a record by a line's end", "holds no line's end")
}

/// Every template language marks its code by one of these: `{{`, `{%`, `$name`, `<%`, `@directive`, `#set`, and a line that
/// begins with `%`.
pub(super) fn danger_in_template(facts: &Facts) -> Danger {
    let brings = facts.holds("{<$@#") || facts.holds("%") && facts.holds("\n");
    Danger::when(brings, "is part of the template's code", "holds no mark that begins a template's code")
}

/// Declarations, and with them entities, begin with `<!`.
pub(super) fn danger_in_xml(facts: &Facts) -> Danger {
    Danger::when(facts.holds("<"), "can declare entities", "holds no `<` and so declares no entity")
}

/// No format of objects gets along with words and numbers alone.
pub(super) fn danger_in_objects(facts: &Facts) -> Danger {
    if facts.is_number() {
        return Danger::No("is a number");
    }
    Danger::when(!facts.is_word(), "chooses which objects are made", "holds only letters, digits and underscores")
}

/// A pattern that takes exponential time needs a quantifier. Quoting puts a backslash before each.
pub(super) fn danger_in_regex(facts: &Facts) -> Danger {
    if facts.is_number() {
        return Danger::No("is a number");
    }
    let how = "is part of the pattern and can hold quantifiers";
    Danger::when(facts.brings("*+{", Escape::Backslash), how, "holds no quantifier of a pattern")
}

/// `{field.attribute}` and `%s`.
pub(super) fn danger_in_format(facts: &Facts) -> Danger {
    Danger::when(facts.holds("{%"), "is part of the format", "holds neither `{` nor `%`")
}
