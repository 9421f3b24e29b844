//! The parameters of a function, from the text of its head.

use codeproof_types::{Language, Symbol};

/// Where the parameters of a function start: the first parenthesis behind its name, as attributes may stand before.
fn parameters_at(symbol: &Symbol) -> Option<usize> {
    let signature = symbol.signature.as_str();
    let name = signature.find(&symbol.name).map_or(0, |at| at + symbol.name.len());
    signature[name..].find('(').map(|open| name + open)
}

/// Whether a function can be called with `count` arguments, as far as the commas of its head tell.
pub(super) fn takes(symbol: &Symbol, count: u32) -> bool {
    let signature = symbol.signature.as_str();
    let Some(open) = parameters_at(symbol) else { return true };
    let (mut depth, mut parameters, mut optional, mut is_open_ended, mut is_empty) = (0i32, 0u32, 0u32, false, true);
    for (at, byte) in signature.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b')' | b']' | b'}' | b'>' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            b',' if depth == 1 => parameters += 1,
            b'=' if depth == 1 => optional += 1,
            b'.' if signature[at..].starts_with("...") => is_open_ended = true,
            _ => {}
        }
        is_empty &= byte.is_ascii_whitespace() || byte == b'(';
    }
    let is_void = signature[open..].trim_start_matches('(').trim_start().starts_with("void)");
    let parameters = if is_empty || is_void { 0 } else { parameters + 1 };
    is_open_ended || (parameters.saturating_sub(optional) <= count && count <= parameters)
}

/// Whether `name` is a parameter by the text of a function's head.
pub(super) fn has_parameter(symbol: &Symbol, language: Language, name: &str) -> bool {
    let Some(open) = parameters_at(symbol) else { return false };
    // Most heads do not hold the name at all.
    symbol.signature[open..].contains(name)
        && parameters(&symbol.signature[open..]).any(|parameter| parameter_name(parameter, language) == name)
}

/// The parameters in a text that starts with their parenthesis, cut at the commas between them.
fn parameters(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0u32;
    let mut start = 1;
    let mut bytes = text.bytes().enumerate();
    std::iter::from_fn(move || {
        for (at, byte) in bytes.by_ref() {
            match byte {
                b'(' | b'[' | b'{' | b'<' => depth += 1,
                b')' | b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let is_end = depth == 0 && matches!(byte, b')' | b']' | b'}');
            if is_end || depth == 1 && byte == b',' {
                let parameter = text.get(start..at)?;
                start = at + 1;
                return Some(parameter);
            }
            if depth == 0 {
                return None;
            }
        }
        None
    })
}

/// The name in a parameter: behind its type or before it, as the language has it.
fn parameter_name(parameter: &str, language: Language) -> &str {
    let last_word = |text: &'_ str| -> usize {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        text.char_indices().rev().take_while(|(_, c)| is_word(*c)).last().map_or(text.len(), |(at, _)| at)
    };
    let before_default = parameter.split('=').next().unwrap_or(parameter);
    match language {
        Language::C | Language::Cpp | Language::Java | Language::CSharp => {
            let name = before_default.split('[').next().unwrap_or_default().trim_end();
            &name[last_word(name)..]
        }
        Language::Php => before_default.split('$').nth(1).unwrap_or_default().trim_end(),
        _ => {
            let name = before_default.split([':', '?']).next().unwrap_or_default().trim();
            let name = if language == Language::Go { name.split(' ').next().unwrap_or(name) } else { name };
            &name[last_word(name)..]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: Language, parameter: &str, name: &str) {
        assert_eq!(parameter_name(parameter, language), name);
    }

    #[test]
    fn finds_names() {
        check(Language::C, " const char *name[4]", "name");
        check(Language::Java, " final List<String> rows", "rows");
        check(Language::Php, " ?User $user = null", "user");
        check(Language::Python, " *args", "args");
        check(Language::TypeScript, " private readonly rows?: Row[]", "rows");
        check(Language::Go, " store *st.Store", "store");
        check(Language::Rust, " mut self", "self");
        check(Language::CSharp, " Type t\u{201d}pe", "pe");
        check(Language::CSharp, " Type t\u{201d}", "");
        check(Language::C, "", "");
    }
}
