//! What PHP's own functions and constants do with values, where computing says more than a spec could.

use super::arguments::Arguments;
use super::{Frame, State, Walker};
use crate::ir::{Argument, BodyKind, Constant, Expr, ExprId};
use crate::kinds::Trust;
use crate::value::regex::{self, Anchoring, Dialect};
use crate::value::{
    Cell, CellKind, Chars, Encoding, Facts, Key, Kind, Label, Move, Origin, Reason, Source, Spot, Traits, Value,
};

/// PHP's constants that decide what its functions do: numbers of the manual.
const NUMBERS: &[(&str, i64)] = &[
    ("ENT_COMPAT", 2),
    ("ENT_QUOTES", 3),
    ("ENT_NOQUOTES", 0),
    ("ENT_HTML401", 0),
    ("ENT_SUBSTITUTE", 8),
    ("ENT_IGNORE", 4),
    ("ENT_HTML5", 48),
    ("ENT_XHTML", 32),
    ("FILTER_VALIDATE_INT", 257),
    ("FILTER_VALIDATE_BOOLEAN", 258),
    ("FILTER_VALIDATE_BOOL", 258),
    ("FILTER_VALIDATE_FLOAT", 259),
    ("FILTER_VALIDATE_REGEXP", 272),
    ("FILTER_VALIDATE_URL", 273),
    ("FILTER_VALIDATE_EMAIL", 274),
    ("FILTER_VALIDATE_IP", 275),
    ("FILTER_VALIDATE_MAC", 276),
    ("FILTER_VALIDATE_DOMAIN", 277),
    ("FILTER_DEFAULT", 516),
    ("FILTER_UNSAFE_RAW", 516),
    ("FILTER_SANITIZE_STRING", 513),
    ("FILTER_SANITIZE_STRIPPED", 513),
    ("FILTER_SANITIZE_ENCODED", 514),
    ("FILTER_SANITIZE_SPECIAL_CHARS", 515),
    ("FILTER_SANITIZE_EMAIL", 517),
    ("FILTER_SANITIZE_URL", 518),
    ("FILTER_SANITIZE_NUMBER_INT", 519),
    ("FILTER_SANITIZE_NUMBER_FLOAT", 520),
    ("FILTER_SANITIZE_MAGIC_QUOTES", 521),
    ("FILTER_SANITIZE_FULL_SPECIAL_CHARS", 522),
    ("FILTER_SANITIZE_ADD_SLASHES", 523),
    ("LIBXML_NOENT", 2),
    ("LIBXML_DTDLOAD", 4),
    ("LIBXML_DTDATTR", 8),
    ("LIBXML_NONET", 2048),
    ("CURLOPT_URL", 10002),
    ("CURLOPT_PROXY", 10004),
    ("CURLOPT_REFERER", 10016),
    ("CURLOPT_USERAGENT", 10018),
    ("CURLOPT_COOKIE", 10022),
    ("EXTR_OVERWRITE", 0),
    ("EXTR_SKIP", 1),
    ("EXTR_PREFIX_INVALID", 4),
    ("EXTR_IF_EXISTS", 6),
    ("PATHINFO_DIRNAME", 1),
    ("PATHINFO_BASENAME", 2),
    ("PATHINFO_EXTENSION", 4),
    ("PATHINFO_FILENAME", 8),
    ("JSON_UNESCAPED_UNICODE", 256),
    ("EXTR_PREFIX_ALL", 3),
    ("JSON_UNESCAPED_SLASHES", 64),
    ("JSON_HEX_TAG", 1),
    ("JSON_HEX_AMP", 2),
    ("JSON_HEX_APOS", 4),
    ("JSON_HEX_QUOT", 8),
    ("JSON_PRETTY_PRINT", 128),
    ("PHP_URL_SCHEME", 0),
    ("PHP_URL_HOST", 1),
    ("LDAP_ESCAPE_FILTER", 1),
    ("LDAP_ESCAPE_DN", 2),
];

/// The value of a constant of the language, by its name in any case.
pub(super) fn constant(name: &str, path: &str) -> Option<Value> {
    let upper = name.to_ascii_uppercase();
    if let Some((_, number)) = NUMBERS.iter().find(|(known, _)| *known == upper) {
        return Some(Value::constant(Constant::Int(*number)));
    }
    let _ = path;
    match upper.as_str() {
        "PHP_EOL" => Some(Value::text("\n")),
        "DIRECTORY_SEPARATOR" => Some(Value::text("/")),
        "__DIR__" => Some(Value::of(Kind::Harmless)),
        "__FILE__" | "__LINE__" | "__CLASS__" | "__FUNCTION__" | "__METHOD__" | "__NAMESPACE__" | "PHP_VERSION"
        | "PHP_OS" | "PHP_OS_FAMILY" => Some(Value::of(Kind::Harmless)),
        "PHP_INT_MAX" | "PHP_INT_SIZE" | "M_PI" | "NAN" | "INF" => Some(Value::of(Kind::Number)),
        _ => None,
    }
}

impl<'p> Walker<'p> {
    /// A function by its name; `None` when nothing is to be said beyond what specs say.
    #[expect(clippy::too_many_lines, reason = "one line for each function")]
    pub(super) fn php_function(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let first = arguments.at(0);
        match name {
            "sprintf" | "vsprintf" => {
                let format = first?.clone();
                let given: Vec<Value> = match name {
                    "sprintf" => arguments.by_place.iter().skip(1).map(|it| it.value.clone()).collect(),
                    _ => self.listed(state, arguments.at(1)?)?.into_iter().map(|(_, value)| value).collect(),
                };
                Some(self.formatted(frame, state, expr, &format, &given))
            }
            // What follows is no page: a browser shows nothing in it as markup.
            "header" => {
                let text = first?.as_str()?.to_ascii_lowercase();
                let (name, kind) = text.split_once(':')?;
                let is_page = ["html", "xml", "svg"].iter().any(|word| kind.contains(word));
                if name.trim() == "content-type" && !is_page {
                    state.pages.clear();
                }
                None
            }
            "printf" | "vprintf" => {
                let format = first?.clone();
                let given: Vec<Value> = arguments.by_place.iter().skip(1).map(|it| it.value.clone()).collect();
                let text = self.formatted(frame, state, expr, &format, &given);
                let bytes = frame.body.bytes_of(expr);
                self.output(frame, state, &text, bytes, bytes);
                Some(Value::of(Kind::Number))
            }
            "func_get_args" => {
                // What the function was given beyond its parameters is not known.
                let mut cell = Cell::new(CellKind::Array);
                for (number, _) in (0u32..).zip(&frame.body.parameters) {
                    cell.push(state.local(crate::ir::Local(number)));
                }
                cell.set_somewhere(&Value::unknown());
                Some(state.allocate(cell))
            }
            "implode" | "join" => {
                let (glue, pieces) = match (first?, arguments.at(1)) {
                    (glue, Some(pieces)) if state.cell_of(pieces).is_some() || state.cell_of(glue).is_none() => {
                        (glue.clone(), pieces.clone())
                    }
                    (pieces, glue) => (glue.cloned().unwrap_or_else(|| Value::text("")), pieces.clone()),
                };
                Some(self.joined_text(frame, state, expr, &glue, &pieces))
            }
            "explode" | "preg_split" | "str_split" | "mb_str_split" => {
                let subject = arguments.at(usize::from(name == "explode" || name == "preg_split"))?.clone();
                if let (Some(text), Some(separator), "explode") =
                    (subject.as_str(), first.and_then(Value::as_str), name)
                    && !separator.is_empty()
                {
                    let mut cell = Cell::new(CellKind::Array);
                    text.split(separator).for_each(|part| cell.push(Value::text(part)));
                    return Some(state.allocate(cell));
                }
                let mut cell = Cell::new(CellKind::Array);
                let part = self.through(frame, state, expr, &[subject], name);
                cell.set_somewhere(&part);
                Some(state.allocate(cell))
            }
            "str_replace" | "str_ireplace" => self.str_replace(frame, state, expr, arguments),
            "preg_replace" => {
                let (pattern, with, subject) = (first?.clone(), arguments.at(1)?.clone(), arguments.at(2)?.clone());
                let removed = pattern.as_str().map_or(Chars::NONE, |pattern| regex::removed(pattern, Dialect::Php));
                let put_in = with.as_str().map_or(Chars::ALL, Chars::of);
                let carried = self.through(frame, state, expr, &[subject, with], name);
                let removed = removed.without(put_in);
                if removed == Chars::NONE {
                    return Some(carried);
                }
                let (spot, what) = (frame.spot_of(expr), Move::Cleaned(name.into()));
                Some(carried.map_labels(&mut |label| {
                    Label { facts: label.facts.removing(removed), ..label.clone() }.stepped(spot, what.clone())
                }))
            }
            "filter_var" => {
                let filter = match arguments.at(1) {
                    Some(filter) => filter.as_int()?,
                    None => 516,
                };
                Some(self.filtered(frame, state, expr, first?, filter))
            }
            "strtolower"
            | "strtoupper"
            | "trim"
            | "ltrim"
            | "rtrim"
            | "chop"
            | "ucfirst"
            | "lcfirst"
            | "ucwords"
            | "nl2br"
            | "strval"
            | "mb_strtolower"
            | "mb_strtoupper"
            | "utf8_encode"
            | "utf8_decode"
            | "mb_convert_encoding"
            | "iconv"
            | "strrev"
            | "wordwrap"
            | "str_pad"
            | "chunk_split" => {
                let value = if name == "iconv" { arguments.at(2)? } else { first? };
                match value.as_str() {
                    Some(text) => Some(match name {
                        "strtolower" | "mb_strtolower" => Value::text(&text.to_lowercase()),
                        "strtoupper" | "mb_strtoupper" => Value::text(&text.to_uppercase()),
                        "trim" if arguments.by_place.len() == 1 => Value::text(text.trim()),
                        "strval" => Value::text(text),
                        _ => Value::of(Kind::Harmless),
                    }),
                    None => Some(self.as_text(state, value)),
                }
            }
            "substr" | "mb_substr" | "strstr" | "stristr" | "strrchr" => {
                let value = self.as_text(state, first?);
                if value.as_str().is_some() && name.ends_with("substr") {
                    let start = arguments.at(1).cloned();
                    let stop = match (start.as_ref().and_then(Value::as_int), arguments.at(2).and_then(Value::as_int)) {
                        (Some(start), Some(count)) if start >= 0 && count >= 0 => {
                            Some(Value::constant(Constant::Int(start.saturating_add(count))))
                        }
                        (_, Some(count)) => Some(Value::constant(Constant::Int(count))),
                        _ => None,
                    };
                    return Some(self.slice(state, &value, start.as_ref(), stop.as_ref()));
                }
                Some(self.through(frame, state, expr, &[value], name))
            }
            "strlen" | "count" | "sizeof" | "mb_strlen" => match first.and_then(Value::as_str) {
                Some(text) if name != "count" => Some(Value::constant(Constant::Int(i64::try_from(text.len()).ok()?))),
                _ => Some(Value::of(Kind::Number)),
            },
            "settype" => {
                let target = arguments.by_place.first()?.expr?;
                let value = first?.clone();
                let to = arguments.at(1)?.as_str()?.to_ascii_lowercase();
                let converted = match to.as_str() {
                    "int" | "integer" | "float" | "double" | "bool" | "boolean" => self.number(state, &[value]),
                    _ => value,
                };
                let spot = frame.spot_of(expr);
                let converted = converted.map_labels(&mut |label| label.stepped(spot, Move::Cleaned("settype".into())));
                self.put_back(frame, state, target, converted);
                Some(Value::of(Kind::Number))
            }
            "array_merge" | "array_replace" | "array_merge_recursive" => {
                let mut cell = Cell::new(CellKind::Array);
                for given in arguments.all() {
                    match state.cell_of(&given.value) {
                        Some((_, part)) => {
                            let part = part.clone();
                            for (key, value) in &part.entries {
                                match key {
                                    Key::Int(_) if name == "array_merge" => cell.push(value.clone()),
                                    key => cell.set(key.clone(), value.clone()),
                                }
                            }
                            if !part.is_exact {
                                cell.set_somewhere(&part.rest);
                            }
                        }
                        None => cell.set_somewhere(&given.value.with_kind(Kind::Unknown)),
                    }
                }
                Some(state.allocate(cell))
            }
            "array_keys" | "array_values" | "array_unique" | "array_filter" | "array_reverse" | "array_slice"
            | "array_flip" | "range" => {
                if name == "range" {
                    return Some(Value::of(Kind::Number));
                }
                let (_, from) = state.cell_of(first?)?;
                let from = from.clone();
                let mut cell = Cell::new(CellKind::Array);
                for (key, value) in &from.entries {
                    let as_value = match key {
                        Key::Int(number) => Value::constant(Constant::Int(*number)),
                        Key::Text(text) => Value::text(text),
                    };
                    match name {
                        "array_keys" => cell.push(as_value),
                        "array_values" | "array_reverse" | "array_slice" => cell.push(value.clone()),
                        "array_flip" => {
                            if let Some(key) = value.as_constant().and_then(|constant| Key::of(constant, true)) {
                                cell.set(key, as_value);
                            }
                        }
                        _ => cell.set(key.clone(), value.clone()),
                    }
                }
                if !from.is_exact || matches!(name, "array_reverse" | "array_slice") {
                    let rest =
                        if name == "array_keys" { Value::tainted(from.rest.labels().to_vec()) } else { from.any() };
                    cell.set_somewhere(&rest);
                    cell.blur();
                }
                Some(state.allocate(cell))
            }
            "array_push" | "array_unshift" | "array_pop" | "array_shift" => {
                let target = first?.clone();
                let (id, cell) = state.cell_of(&target)?;
                let cell = cell.clone();
                match name {
                    "array_push" => {
                        for given in arguments.by_place.iter().skip(1) {
                            state.change(id, |cell| cell.push(given.value.clone()));
                        }
                        Some(Value::of(Kind::Number))
                    }
                    "array_unshift" => {
                        for given in arguments.by_place.iter().skip(1) {
                            state.change(id, |cell| cell.set_somewhere(&given.value));
                        }
                        Some(Value::of(Kind::Number))
                    }
                    _ => {
                        let at = if name == "array_pop" { -1 } else { 0 };
                        let mut removed = None;
                        state.change(id, |cell| removed = super::python::remove_at(cell, at));
                        Some(removed.unwrap_or_else(|| cell.any()))
                    }
                }
            }
            "array_map" | "array_walk" | "usort" => {
                let (function, items) =
                    if name == "array_map" { (first?, arguments.at(1)?) } else { (arguments.at(1)?, first?) };
                let (function, items) = (function.clone(), items.clone());
                let listed = self.listed(state, &items).filter(|listed| listed.len() <= 16);
                let mut cell = Cell::new(CellKind::Array);
                match listed {
                    Some(listed) => {
                        for (key, value) in listed {
                            let given = Arguments::of(std::slice::from_ref(&value));
                            let result = self.call_value(frame, state, expr, &function, &given, "a function");
                            match key.as_constant().and_then(|constant| Key::of(constant, true)) {
                                Some(key) => cell.set(key, result),
                                None => cell.push(result),
                            }
                        }
                    }
                    None => {
                        let item = self.any_of(state, &items);
                        let given = Arguments::of(std::slice::from_ref(&item));
                        let result = self.call_value(frame, state, expr, &function, &given, "a function");
                        cell.set_somewhere(&result);
                    }
                }
                Some(state.allocate(cell))
            }
            "call_user_func" => {
                let function = first?.clone();
                if !function.labels().is_empty() {
                    return None;
                }
                let rest: Vec<Value> = arguments.by_place.iter().skip(1).map(|given| given.value.clone()).collect();
                Some(self.call_value(frame, state, expr, &function, &Arguments::of(&rest), "a function"))
            }
            "compact" => {
                let mut cell = Cell::new(CellKind::Array);
                for given in arguments.by_place.iter() {
                    let names = match self.listed(state, &given.value) {
                        Some(listed) => listed.into_iter().map(|(_, value)| value).collect(),
                        None => vec![given.value.clone()],
                    };
                    for name in names {
                        let Some(name) = name.as_str() else { continue };
                        let at = frame.body.locals.iter().position(|local| frame.file.module.name(*local) == name);
                        if let Some(local) = at.and_then(|at| u32::try_from(at).ok()) {
                            cell.set(Key::Text(name.into()), state.local(crate::ir::Local(local)));
                        }
                    }
                }
                Some(state.allocate(cell))
            }
            "in_array" | "array_key_exists" | "is_array" | "is_string" | "is_numeric" | "is_int" | "is_null"
            | "empty" | "function_exists" | "class_exists" | "defined" | "strcmp" | "strcasecmp" | "strncmp"
            | "str_contains" | "str_starts_with" | "str_ends_with" | "strpos" | "stripos" | "strrpos"
            | "is_resource" | "is_object" => Some(Value::of(Kind::Number)),
            "stripslashes"
            | "html_entity_decode"
            | "htmlspecialchars_decode"
            | "urldecode"
            | "rawurldecode"
            | "base64_decode"
            | "hex2bin"
            | "convert_uudecode"
            | "gzuncompress"
            | "gzinflate"
            | "quoted_printable_decode" => {
                let carried = self.through(frame, state, expr, &[first?.clone()], name);
                Some(
                    carried
                        .map_labels(&mut |label| Label { facts: Encoding::Decode.apply(label.facts), ..label.clone() }),
                )
            }
            // Laravel's addresses: the text behind the program's own beginning, unless that is an address itself.
            "url" | "secure_url" | "asset" | "secure_asset" => Some(self.as_text(state, first?)),
            _ if name.starts_with(['@', '|']) => self.template_function(frame, state, expr, name, arguments),
            _ => None,
        }
    }

    /// `sprintf`.
    fn formatted(&mut self, frame: &Frame<'p>, state: &State, expr: ExprId, format: &Value, given: &[Value]) -> Value {
        let Some(text) = format.as_str() else {
            let mut parts = vec![self.as_text(state, format)];
            parts.extend(given.iter().map(|value| self.as_text(state, value)));
            return Value::concatenated(&parts);
        };
        let mut parts: Vec<Value> = Vec::new();
        let (mut rest, mut next) = (text, 0);
        while let Some(at) = rest.find('%') {
            parts.push(Value::text(&rest[..at]));
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                parts.push(Value::text("%"));
                rest = after;
                continue;
            }
            let end = rest.find(|char: char| char.is_ascii_alphabetic()).unwrap_or(rest.len());
            let modifiers = &rest[..end];
            let conversion = rest[end..].chars().next();
            rest = rest.get(end + 1..).unwrap_or_default();
            let place = match modifiers.split_once('$').and_then(|(place, _)| place.parse::<usize>().ok()) {
                Some(place) => place.saturating_sub(1),
                None => {
                    next += 1;
                    next - 1
                }
            };
            let value = given.get(place).cloned().unwrap_or_default();
            let is_number =
                matches!(conversion, Some('d' | 'u' | 'f' | 'F' | 'e' | 'E' | 'g' | 'G' | 'x' | 'X' | 'o' | 'b' | 'c'));
            parts.push(if is_number { self.number(state, &[value]) } else { self.as_text(state, &value) });
        }
        parts.push(Value::text(rest));
        let spot = frame.spot_of(expr);
        Value::concatenated(&parts).map_labels(&mut |label| label.stepped(spot, Move::Combined))
    }

    fn str_replace(
        &mut self,
        frame: &Frame<'p>,
        state: &mut State,
        expr: ExprId,
        arguments: &Arguments,
    ) -> Option<Value> {
        let texts = |walker: &Self, value: &Value| -> Option<Vec<String>> {
            match walker.listed(state, value) {
                Some(listed) => listed.into_iter().map(|(_, value)| value.as_str().map(str::to_owned)).collect(),
                None => value.as_str().map(|text| vec![text.to_owned()]),
            }
        };
        let subject = self.as_text(state, arguments.at(2)?);
        let (from, to) = (arguments.at(0)?, arguments.at(1)?);
        let Some(from) = texts(self, from) else {
            return Some(self.through(frame, state, expr, &[subject, to.clone()], "str_replace"));
        };
        let with = texts(self, to);
        let mut text = subject;
        for (number, from) in from.iter().enumerate() {
            let to = match &with {
                Some(with) if with.len() == 1 && state.cell_of(to).is_none() => Value::text(&with[0]),
                Some(with) => Value::text(with.get(number).map_or("", String::as_str)),
                None => to.clone(),
            };
            text = self.replaced(state, &text, from, &to);
        }
        let (spot, what) = (frame.spot_of(expr), Move::Cleaned("str_replace".into()));
        Some(text.map_labels(&mut |label| label.stepped(spot, what.clone())))
    }

    /// `filter_var($value, $filter)`, as the manual's lists of filters say.
    fn filtered(&mut self, frame: &Frame<'p>, state: &State, expr: ExprId, value: &Value, filter: i64) -> Value {
        let carried = self.through(frame, state, expr, std::slice::from_ref(value), "filter_var");
        if carried.labels().is_empty() {
            return if value.is_harmless() { Value::of(Kind::Harmless) } else { carried };
        }
        let (spot, what) = (frame.spot_of(expr), Move::Cleaned("filter_var".into()));
        carried.map_labels(&mut |label| {
            let facts = filter_facts(filter, label.facts);
            Label { facts, ..label.clone() }.stepped(spot, what.clone())
        })
    }

    /// What PHP's tests tell; `true` when nothing more is to be asked.
    pub(super) fn assume_php(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        test: ExprId,
        callee: ExprId,
        given: &'p [Argument],
        outcome: bool,
    ) -> bool {
        let Expr::Global(name) = frame.body.expr(callee) else { return false };
        let name = frame.file.module.name(*name);
        let argument = |at: usize| given.get(at).map(|argument| argument.value);
        let spot = frame.spot_of(test);
        match name {
            "in_array" if outcome => {
                let (Some(item), Some(list)) = (argument(0), argument(1)) else { return true };
                let list = self.cell_or_value(frame, state, list);
                if state.labels(&list).is_empty() {
                    self.assume_listed(frame, state, item, &list, spot);
                }
                true
            }
            "array_key_exists" | "key_exists" if outcome => {
                let (Some(item), Some(list)) = (argument(0), argument(1)) else { return true };
                let list = self.cell_or_value(frame, state, list);
                if state.labels(&list).is_empty() {
                    self.refine(frame, state, item, &mut |value| super::conditions::allowed(value, spot));
                }
                true
            }
            "preg_match" | "preg_match_all" => {
                let (Some(pattern), Some(subject)) = (argument(0), argument(1)) else { return true };
                let pattern = self.quietly(frame, state, pattern);
                let Some(pattern) = pattern.as_str() else { return true };
                let chars = if outcome {
                    regex::allowed(pattern, Dialect::Php, Anchoring::Search)
                } else {
                    regex::forbidden(pattern, Dialect::Php).map(Chars::complement)
                };
                if let Some(chars) = chars {
                    self.narrow(frame, state, subject, Facts { chars, ..Facts::raw() });
                    self.refine(frame, state, subject, &mut |value| {
                        if value.labels().is_empty() { value.clone() } else { value.because(Reason::Checked(spot)) }
                    });
                }
                true
            }
            // What they give is a place, or false: only the comparison with false tells.
            "strpos" | "stripos" | "str_contains" | "strstr" | "mb_strpos" | "strrpos" => {
                let (Some(text), Some(part)) = (argument(0), argument(1)) else { return true };
                let part = self.quietly(frame, state, part);
                if let Some(part) = part.as_str() {
                    self.assume_holds(frame, state, text, part, outcome);
                }
                if outcome && name != "str_contains" {
                    return true;
                }
                true
            }
            "str_starts_with" if outcome => {
                let (Some(text), Some(start)) = (argument(0), argument(1)) else { return true };
                let start = self.quietly(frame, state, start);
                self.assume_start(frame, state, text, &start);
                true
            }
            "filter_var" if outcome => {
                let (Some(subject), Some(filter)) = (argument(0), argument(1)) else { return true };
                let filter = self.quietly(frame, state, filter);
                if let Some(filter) = filter.as_int().filter(|filter| (257..=277).contains(filter)) {
                    self.believe_input(frame, state, subject, spot);
                    self.narrow(frame, state, subject, filter_facts(filter, Facts::raw()));
                }
                true
            }
            "is_numeric" | "is_int" | "is_integer" | "is_float" | "is_long" | "is_bool" if outcome => {
                if let Some(subject) = argument(0) {
                    self.narrow(frame, state, subject, Encoding::Number.apply(Facts::raw()));
                }
                true
            }
            "ctype_digit" if outcome => {
                if let Some(subject) = argument(0) {
                    self.narrow(frame, state, subject, Encoding::Integer.apply(Facts::raw()));
                }
                true
            }
            "ctype_alnum" | "ctype_alpha" | "ctype_xdigit" | "ctype_lower" | "ctype_upper" if outcome => {
                if let Some(subject) = argument(0) {
                    self.narrow(frame, state, subject, Encoding::Word.apply(Facts::raw()));
                }
                true
            }
            _ => false,
        }
    }

    /// What a page validates it does not trust: a variable that nothing in the page sets is input that the surroundings
    /// (an including page, `register_globals`, `extract`) put there.
    fn believe_input(&mut self, frame: &Frame<'p>, state: &mut State, subject: ExprId, spot: Spot) {
        let Expr::Local(local) = frame.body.expr(subject) else { return };
        let is_unset = state.local(*local) == Value::unknown();
        if is_unset && frame.depth == 0 && frame.body.kind == BodyKind::File {
            let source = Source { trust: Trust::Remote, what: "input that is validated here".into(), spot };
            let label = Label::new(Origin::Source(std::sync::Arc::new(source)));
            state.set_local(*local, Value::tainted(vec![label]));
        }
    }

    /// The value of an expression with its cell, when it is a variable.
    fn cell_or_value(&mut self, frame: &mut Frame<'p>, state: &mut State, expr: ExprId) -> Value {
        match frame.body.expr(expr) {
            Expr::Local(local) => state.local(*local),
            Expr::Dict(_) | Expr::Attribute(..) | Expr::Index(..) => {
                let was_quiet = std::mem::replace(&mut self.is_quiet, true);
                let value = self.eval(frame, state, expr);
                self.is_quiet = was_quiet;
                value
            }
            _ => self.quietly(frame, state, expr),
        }
    }
}

/// What a filter leaves possible (php.net, "Validate filters" and "Sanitize filters").
fn filter_facts(filter: i64, facts: Facts) -> Facts {
    match filter {
        257 => Encoding::Integer.apply(facts),
        258 => Encoding::Boolean.apply(facts),
        259 => Encoding::Number.apply(facts),
        // An address of a mail: letters, digits and what RFC 5321 allows outside of quotes.
        274 => Facts { chars: facts.chars.and(Chars::word().or(Chars::of("!#$%&'*+-/=?^`{|}~.@[]:"))), ..facts },
        275 | 276 => Facts { chars: Chars::word().or(Chars::of(".:-")), ..facts },
        273 => Facts { chars: facts.chars.without(Chars::of(" \t\r\n\0")), ..facts },
        277 => facts,
        513 => Encoding::HtmlDouble.apply(Encoding::StripTags.apply(facts)).removing(Chars::of("'\"")),
        514 => Encoding::Url.apply(facts),
        // Filters for showing text: what they escape and drop changed between versions and depends on flags, and both
        // turn text that is stored or compared into other text. They are believed in pages only.
        515 | 522 => {
            let facts = Encoding::Html.apply(facts);
            Facts { traits: facts.traits.or(Traits::PAGE_ONLY), ..facts }
        }
        517 => Facts { chars: facts.chars.and(Chars::word().or(Chars::of("!#$%&'*+-/=?^`{|}~.@[]"))), ..facts },
        518 => Facts { chars: facts.chars.without(Chars::of(" \t\r\n\0")), ..facts },
        519 => Facts { chars: facts.chars.and(Chars::range('0', '9').or(Chars::of("+-"))), ..facts },
        520 => Facts { chars: facts.chars.and(Chars::range('0', '9').or(Chars::of("+-"))), ..facts },
        521 | 523 => Encoding::Backslash.apply(facts),
        _ => facts,
    }
}
