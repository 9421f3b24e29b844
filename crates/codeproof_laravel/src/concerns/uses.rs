//! Where PHP and Blade texts name routes: a walk over characters that knows comments and strings.

/// A name of a route in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) name: String,
    /// The line, 1-based.
    pub(super) line: u32,
}

/// What a text says about names of routes.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Names that must be there.
    pub(super) uses: Vec<Use>,
    /// Names that are asked for first: `Route::has('x')`.
    pub(super) asked: Vec<String>,
    /// Literals that name something: `->name('x')`, `'as' => 'x'`.
    pub(super) given: Vec<String>,
}

/// Functions and methods whose first argument is the name of a route.
const FUNCTIONS: &[&str] = &["route", "to_route", "signedRoute", "temporarySignedRoute", "redirectToRoute"];
/// What may stand in front of these as methods; `$request->route('x')` is a parameter.
const OWNERS: &[&str] = &[
    "redirect()->",
    "url()->",
    "URL::",
    "Redirect::",
    "back()->",
    "response()->",
    "Response::",
    "UrlGenerator::",
    "app('url')->",
    "app('redirect')->",
    "Redirector::",
];

/// Reads the text of a PHP file.
pub(super) fn of_php(text: &str) -> Said {
    let mut said = Said::default();
    let mut place = text.find("<?").unwrap_or(text.len());
    let bytes = text.as_bytes();
    while place < bytes.len() {
        place = match bytes[place] {
            b'\'' | b'"' => closing(bytes, place),
            b'/' if text[place..].starts_with("//") => end_of_line(text, place),
            b'#' if !text[place..].starts_with("#[") => end_of_line(text, place),
            b'/' if text[place..].starts_with("/*") => {
                text[place..].find("*/").map_or(bytes.len(), |end| place + end + 2)
            }
            b'<' if text[place..].starts_with("<<<") => end_of_heredoc(text, place),
            byte if byte.is_ascii_alphabetic() || byte == b'_' => word(text, place, &mut said),
            _ => place + 1,
        };
    }
    said
}

/// Reads a Blade template: what stands in `{{ }}`, in directives, bound attributes and PHP blocks.
pub(super) fn of_blade(text: &str) -> Said {
    let mut said = Said::default();
    let text = without_comments(text);
    let bytes = text.as_bytes();
    let mut place = 0;
    while place < bytes.len() {
        let byte = bytes[place];
        let is_word = byte.is_ascii_alphabetic() || byte == b'_';
        place = if is_word {
            let mut here = Said::default();
            let end = word(&text, place, &mut here);
            if !(here.uses.is_empty() && here.asked.is_empty()) && is_php(&text[..place]) {
                said.uses.append(&mut here.uses);
                said.asked.append(&mut here.asked);
            }
            end
        } else {
            place + 1
        };
    }
    said
}

/// Whether a place in a template is PHP, by what stands in front of it.
fn is_php(before: &str) -> bool {
    let inside = |open: &str, close: &str| match (before.rfind(open), before.rfind(close)) {
        (Some(open), Some(close)) => open > close,
        (Some(_), None) => true,
        _ => false,
    };
    if inside("{{", "}}") {
        return !before[..before.rfind("{{").unwrap_or(0)].ends_with('@');
    }
    if inside("{!!", "!!}") || inside("<?php", "?>") || inside("@php", "@endphp") {
        return true;
    }
    let line = &before[before.rfind('\n').map_or(0, |place| place + 1)..];
    let bound = line.rfind(" :").is_some_and(|place| line[place..].matches('"').count() == 1);
    bound || in_directive(line)
}

/// `@if(route('x') …`: the parenthesis of a directive on this line is still open.
fn in_directive(line: &str) -> bool {
    let Some(at) = line.rfind('@') else { return false };
    let rest = &line[at + 1..];
    let name = rest.find(|it: char| !it.is_alphanumeric()).unwrap_or(rest.len());
    if name == 0 || !rest[name..].trim_start().starts_with('(') {
        return false;
    }
    rest.matches('(').count() > rest.matches(')').count()
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{--") {
        kept.push_str(&rest[..start]);
        let end = rest[start..].find("--}}").map_or(rest.len(), |end| start + end + 4);
        kept.extend(rest[start..end].chars().filter(|it| *it == '\n'));
        rest = &rest[end..];
    }
    kept.push_str(rest);
    kept
}

/// Reads a word and what follows it; gives the place behind it.
fn word(text: &str, start: usize, said: &mut Said) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    while end < bytes.len() && (bytes[end].is_ascii_alphanumeric() || bytes[end] == b'_') {
        end += 1;
    }
    let name = &text[start..end];
    let is_use = FUNCTIONS.contains(&name);
    if !is_use && !matches!(name, "has" | "name" | "as") {
        return end;
    }
    let Some((literal, is_whole)) = first_argument(&text[end..]) else { return end };
    let before = tail(&text[..start]);
    match name {
        "has" => said.asked.push(literal.to_owned()),
        "name" | "as" => said.given.push(literal.to_owned()),
        _ if is_whole && is_call(&before, name) && is_name(literal) => {
            let line = u32::try_from(text[..start].matches('\n').count() + 1).unwrap_or(u32::MAX);
            said.uses.push(Use { name: literal.to_owned(), line });
        }
        _ => {}
    }
    end
}

/// A function by itself, or a method of what makes addresses.
fn is_call(before: &str, name: &str) -> bool {
    if OWNERS.iter().any(|owner| before.ends_with(owner)) {
        return true;
    }
    let is_method =
        before.ends_with("->") || before.ends_with("::") || before.ends_with("$") || before.ends_with("function");
    let joins = before.chars().next_back().is_some_and(|it| it.is_alphanumeric() || it == '_' || it == '$');
    let is_keyword = ["return", "echo", "print", "and", "or", "yield"].iter().any(|word| before.ends_with(word));
    matches!(name, "route" | "to_route") && !is_method && (!joins || is_keyword)
}

fn is_name(literal: &str) -> bool {
    let is_sign = |it: char| it.is_alphanumeric() || matches!(it, '.' | '-' | '_' | ':' | '/');
    !literal.is_empty() && !literal.starts_with('.') && !literal.ends_with('.') && literal.chars().all(is_sign)
}

/// The last characters in front of a place, blanks left out.
fn tail(text: &str) -> String {
    let mut kept: Vec<char> = text.chars().rev().filter(|it| !it.is_whitespace()).take(24).collect();
    kept.reverse();
    kept.into_iter().collect()
}

/// The literal that a call begins with (or that follows `'as' =>`), and whether the argument ends with it.
fn first_argument(rest: &str) -> Option<(&str, bool)> {
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('(') {
        Some(rest) => rest.trim_start(),
        None => rest.strip_prefix(['\'', '"'])?.trim_start().strip_prefix("=>")?.trim_start(),
    };
    let quote = rest.chars().next().filter(|it| matches!(it, '\'' | '"'))?;
    let inner = &rest[1..];
    let end = inner.find(quote)?;
    let after = inner[end + 1..].trim_start();
    Some((&inner[..end], after.starts_with([',', ')'])))
}

fn closing(bytes: &[u8], start: usize) -> usize {
    let mut place = start + 1;
    while place < bytes.len() {
        match bytes[place] {
            b'\\' => place += 1,
            byte if byte == bytes[start] => return place + 1,
            _ => {}
        }
        place += 1;
    }
    bytes.len()
}

fn end_of_line(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |end| start + end)
}

fn end_of_heredoc(text: &str, start: usize) -> usize {
    let head = text[start + 3..].trim_start_matches([' ', '\t', '\'', '"']);
    let length = head.find(|it: char| !(it.is_alphanumeric() || it == '_')).unwrap_or(head.len());
    let label = &head[..length];
    if label.is_empty() {
        return start + 3;
    }
    let mut place = end_of_line(text, start);
    while place < text.len() {
        let next = end_of_line(text, place + 1);
        if text[place + 1..next].trim_start().starts_with(label) {
            return next;
        }
        place = next;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{of_blade, of_php};

    fn names(said: &super::Said) -> Vec<(&str, u32)> {
        said.uses.iter().map(|it| (&*it.name, it.line)).collect()
    }

    #[test]
    fn php_names_routes_in_code_only() {
        let text = "<?php
// route('comment')
$a = 'route(\\'string\\')'; /* route('block') */ # route('hash')
return route('one.two', ['a' => 1]);
$b = redirect()
    ->route('far.away');
$c = $request->route('parameter') . route('begun.' . $x) . $this->route('id') . Foo::route('y');
$d = URL::temporarySignedRoute('signed', now()) ?: to_route('to') ?: !Route::has('asked');
$e = <<<HTML
 route('heredoc')
 HTML;
function route('no') {} $route('no'); my_route('no'); route(\"inter.$x\");
";
        let said = of_php(text);
        assert_eq!(names(&said), [("one.two", 4), ("far.away", 6), ("signed", 8), ("to", 8)]);
        assert_eq!(said.asked, ["asked"]);
    }

    #[test]
    fn templates_name_routes_in_php_only() {
        let text = "<a href=\"{{ route('echo') }}\">route('text')</a>
{{-- route('comment') --}} {!! route('raw') !!}
@if(Route::has('asked') && url() === route('directive')) <x-a :href=\"route('bound')\" href=\"route('plain')\"/>
<script>fetch(route('script'))</script> @{{ route('kept') }}
@php
  $x = route('block');
@endphp
";
        let said = of_blade(text);
        assert_eq!(names(&said), [("echo", 1), ("raw", 2), ("directive", 3), ("bound", 3), ("block", 6)]);
        assert_eq!(said.asked, ["asked"]);
    }
}
