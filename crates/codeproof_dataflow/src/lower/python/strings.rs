//! Text: prefixes, implicit concatenation, f-strings; and numbers.

use super::escapes::{Escapes, decode};
use super::kinds::Kind;
use super::{LEVELS_MAX, Lowering};
use crate::ir::{Argument, Bytes, Constant, Expr, ExprId};

/// What the letters before the quotes say.
#[derive(Debug, Clone, Copy, Default)]
struct Prefix {
    is_raw: bool,
    is_bytes: bool,
    is_format: bool,
    is_template: bool,
    /// Bytes of the letters.
    length: usize,
}

impl Prefix {
    fn of(source: &str) -> Self {
        let mut prefix = Self::default();
        for byte in source.bytes().take_while(u8::is_ascii_alphabetic) {
            prefix.length += 1;
            match byte.to_ascii_lowercase() {
                b'r' => prefix.is_raw = true,
                b'b' => prefix.is_bytes = true,
                b'f' => prefix.is_format = true,
                b't' => prefix.is_template = true,
                _ => {}
            }
        }
        prefix
    }

    fn escapes(self) -> Escapes {
        Escapes { is_raw: self.is_raw, is_bytes: self.is_bytes, doubles_braces: self.is_format || self.is_template }
    }
}

/// A text on its way together: parts that are done, and constant text behind them.
#[derive(Default)]
struct Parts {
    done: Vec<ExprId>,
    text: String,
    text_bytes: Bytes,
    is_bytes: bool,
    is_template: bool,
}

impl Parts {
    fn push_text(&mut self, source: &str, escapes: Escapes, bytes: Bytes) {
        if self.text.is_empty() {
            self.text_bytes.start = bytes.start;
        }
        self.text_bytes.end = bytes.end;
        decode(source, escapes, &mut self.text);
    }
}

impl Lowering<'_> {
    /// The string, or strings beside each other, at the cursor.
    pub(super) fn string(&mut self, bytes: Bytes) -> ExprId {
        let mut parts = Parts::default();
        match self.kind() {
            Kind::String => self.string_into(&mut parts, bytes),
            _ => self.each_child(|lowering, kind| {
                if kind == Kind::String {
                    let bytes = lowering.bytes();
                    lowering.string_into(&mut parts, bytes);
                }
            }),
        }
        if parts.done.is_empty() {
            let constant = if parts.is_bytes { Constant::Bytes } else { Constant::Str };
            return self.add(Expr::Constant(constant(parts.text.into())), bytes);
        }
        self.end_text(&mut parts);
        let expr = match parts.is_template {
            // Whoever gets a template joins its parts in its own way.
            true => Expr::Unknown(parts.done.into()),
            false => Expr::Text(parts.done.into()),
        };
        self.add(expr, bytes)
    }

    fn end_text(&mut self, parts: &mut Parts) {
        if !parts.text.is_empty() {
            let text = std::mem::take(&mut parts.text);
            parts.done.push(self.add(Expr::Constant(Constant::Str(text.into())), parts.text_bytes));
        }
    }

    fn string_into(&mut self, parts: &mut Parts, bytes: Bytes) {
        let source = self.source_of(bytes);
        let prefix = Prefix::of(source);
        parts.is_bytes |= prefix.is_bytes;
        parts.is_template |= prefix.is_template;
        if prefix.is_format || prefix.is_template {
            return self.format_into(prefix, parts);
        }
        let content = unquoted(&source[prefix.length..]);
        parts.push_text(content, prefix.escapes(), bytes);
    }

    fn format_into(&mut self, prefix: Prefix, parts: &mut Parts) {
        self.each_child(|lowering, kind| match kind {
            Kind::StringContent => {
                let bytes = lowering.bytes();
                parts.push_text(lowering.source_of(bytes), prefix.escapes(), bytes);
            }
            Kind::Interpolation => {
                if let Some(text) = lowering.debug_text() {
                    let as_is = Escapes { is_raw: true, ..Escapes::default() };
                    parts.push_text(lowering.source_of(text), as_is, text);
                }
                lowering.end_text(parts);
                let part = lowering.interpolation();
                parts.done.push(part);
            }
            _ => {}
        });
    }

    /// The `x=` of `{x=}`.
    fn debug_text(&mut self) -> Option<Bytes> {
        let mut text = self.bytes();
        text.start += 1;
        let mut equals = None;
        self.each_child(|lowering, kind| {
            if kind == Kind::Equals {
                equals = Some(lowering.bytes().end);
            }
        });
        Some(Bytes { end: equals?, ..text })
    }

    /// `{x}`; `{x!r}` is `repr(x)`, `{x:>10}` is `format(x, '>10')`.
    fn interpolation(&mut self) -> ExprId {
        let bytes = self.bytes();
        let (mut value, mut conversion, mut format) = (None, None, None);
        self.each_child(|lowering, kind| match kind {
            Kind::TypeConversion => conversion = Some(lowering.source()),
            Kind::FormatSpecifier => format = lowering.format(),
            Kind::Equals if conversion.is_none() => conversion = Some("="),
            _ if kind.is_token() => {}
            _ if value.is_none() => value = Some(lowering.expr_below(2)),
            _ => {}
        });
        let Some(mut value) = value else { return self.nothing(bytes) };
        let function = match conversion {
            Some("!r") => Some("repr"),
            Some("!s") => Some("str"),
            Some("!a") => Some("ascii"),
            Some("=") if format.is_none() => Some("repr"),
            _ => None,
        };
        let argument = |value| Argument { name: None, value, is_mapping: false };
        if let Some(function) = function {
            value = self.call_of(function, vec![argument(value)], bytes);
        }
        if let Some(format) = format {
            value = self.call_of("format", vec![argument(value), argument(format)], bytes);
        }
        value
    }

    /// What stands behind the colon in `{x:…}`; `None` when that is nothing.
    fn format(&mut self) -> Option<ExprId> {
        if self.levels + 2 >= LEVELS_MAX {
            return None;
        }
        let bytes = self.bytes();
        let mut parts = Parts::default();
        let mut at = bytes.start + 1;
        let as_is = Escapes { is_raw: true, ..Escapes::default() };
        self.levels += 2;
        self.each_child(|lowering, kind| {
            if kind == Kind::FormatExpression {
                let hole = lowering.bytes();
                let before = Bytes { start: at, end: hole.start };
                parts.push_text(lowering.source_of(before), as_is, before);
                lowering.end_text(&mut parts);
                let part = lowering.interpolation();
                parts.done.push(part);
                at = hole.end;
            }
        });
        self.levels -= 2;
        let rest = Bytes { start: at, end: bytes.end };
        parts.push_text(self.source_of(rest), as_is, rest);
        if parts.done.is_empty() {
            let text: Box<str> = parts.text.into();
            return (!text.is_empty()).then(|| self.add(Expr::Constant(Constant::Str(text)), bytes));
        }
        self.end_text(&mut parts);
        Some(self.add(Expr::Text(parts.done.into()), bytes))
    }

    pub(super) fn integer(&mut self) -> Expr {
        match whole_number(self.source()) {
            Some(number) => Expr::Constant(Constant::Int(number)),
            None => Expr::Unknown(Box::default()),
        }
    }

    pub(super) fn float(&mut self) -> Expr {
        match self.source().replace('_', "").parse() {
            Ok(number) => Expr::Constant(Constant::Float(number)),
            Err(_) => Expr::Unknown(Box::default()),
        }
    }
}

/// What stands in the quotes; the closing ones may be missing.
fn unquoted(source: &str) -> &str {
    for quotes in ["\"\"\"", "'''", "\"", "'"] {
        if let Some(inner) = source.strip_prefix(quotes) {
            return inner.strip_suffix(quotes).unwrap_or(inner);
        }
    }
    source
}

/// The value of a whole number that fits; none for imaginary ones.
fn whole_number(source: &str) -> Option<i64> {
    if let Ok(number) = source.parse() {
        // `0777` was octal in Python 2, and is an error now.
        let is_octal = source.len() > 1 && source.starts_with('0');
        return if is_octal { i64::from_str_radix(source, 8).ok() } else { Some(number) };
    }
    let digits = source.replace('_', "");
    let digits = digits.trim_end_matches(['l', 'L']);
    let lower = digits.to_ascii_lowercase();
    match lower.get(..2) {
        Some("0x") => i64::from_str_radix(&lower[2..], 16).ok(),
        Some("0o") => i64::from_str_radix(&lower[2..], 8).ok(),
        Some("0b") => i64::from_str_radix(&lower[2..], 2).ok(),
        _ => lower.parse().ok(),
    }
}
