//! Foreign text made harmless in Mermaid: what could be syntax, markup or a directive is replaced by a character that
//! looks like it.

/// Characters of one line of a label.
const LABEL_CHARACTERS_MAX: usize = 80;

/// Characters of a word of a column.
const WORD_CHARACTERS_MAX: usize = 60;

/// Text between double quotes.
pub(super) fn label(text: &str) -> String {
    let mut escaped: String = text.chars().take(LABEL_CHARACTERS_MAX).map(in_quotes).collect();
    if escaped.trim().is_empty() {
        escaped = "–".to_owned();
    }
    // Mermaid's lexers take `direction LR` for a statement wherever in a line it stands, in quotes, too.
    if escaped.to_ascii_lowercase().contains("direction") {
        escaped = escaped.chars().map(|it| if it.is_whitespace() { '_' } else { it }).collect();
    }
    escaped
}

/// Quotes and backslashes end or escape, `<` and `&` are markup, `#` and `;` are Mermaid's own entities, `%` starts
/// directives and comments, a backtick Markdown, `$` formulas; bars and curly braces are syntax to other readers.
fn in_quotes(character: char) -> char {
    match character {
        '"' | '#' | '$' | '%' | '&' | ';' | '<' | '>' | '^' | '`' | '{' | '|' | '}' => wide(character),
        '\\' => '\u{2216}',
        character if character.is_control() => ' ',
        character => character,
    }
}

/// The full-width form of a visible ASCII character (Unicode, block "Halfwidth and Fullwidth Forms").
fn wide(character: char) -> char {
    match character {
        '{' => '❴',
        '}' => '❵',
        '|' => '∣',
        other => char::from_u32(u32::from(other) + 0xFEE0).unwrap_or('\u{fffd}'),
    }
}

/// The name of an entity between double quotes: letters, digits and what stands in names of tables. A sign twice would
/// be a line of a relation, and with blanks some names would be statements (`direction LR`).
pub(super) fn entity(text: &str) -> String {
    let mut escaped = String::new();
    let mut last = ' ';
    for character in text.chars().take(LABEL_CHARACTERS_MAX) {
        let safe = match character {
            '-' | '.' if last == character => '_',
            '-' | '.' | '_' => character,
            other if other.is_alphanumeric() => other,
            other if other.is_ascii_graphic() => wide(other),
            _ => '_',
        };
        escaped.push(safe);
        last = character;
    }
    let escaped = escaped.trim();
    if escaped.is_empty() { "–".to_owned() } else { escaped.to_owned() }
}

/// A column's name or type: a word of ASCII letters, digits and underscores that is no key's mark.
pub(super) fn word(text: &str) -> String {
    let letters = text.chars().take(WORD_CHARACTERS_MAX);
    let word: String = letters.map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
    let is_mark = ["pk", "fk", "uk"].iter().any(|mark| word.eq_ignore_ascii_case(mark));
    let starts_well = word.starts_with(|first: char| first.is_ascii_alphabetic());
    match (starts_well, is_mark) {
        (true, false) => word,
        (true, true) => format!("{word}_"),
        (false, _) => format!("c_{word}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_becomes_text() {
        assert_eq!(label("GET /{order}\"];x-->y"), "GET /❴order❵＂]；x--＞y");
        assert_eq!(label("%%{init: 1}%% <b>#quot;"), "％％❴init: 1❵％％ ＜b＞＃quot；");
        assert_eq!(label("Api\\User\n"), "Api∖User ");
        assert_eq!([label(""), label(" ")], ["–", "–"]);
        assert_eq!(entity("a--b..c\"{d}"), "a-_b._c＂❴d❵");
        assert_eq!(entity("漢字.users"), "漢字.users");
        assert_eq!(label("GET /direction lr · x"), "GET_/direction_lr_·_x");
        assert_eq!(entity("direction LR"), "direction_LR");
        assert_eq!(
            [word("user_id"), word("PK"), word("2fa"), word("größe"), word("")],
            ["user_id", "PK_", "c_2fa", "gr__e", "c_"]
        );
    }
}
