//! Constants by name, and numbers.

use super::Lowering;
use super::names::NameKind;
use super::table::At;
use crate::ir::{Constant, Expr, ExprId};

impl Lowering<'_> {
    /// A name that stands alone: a constant, `true`, `exit`.
    pub(super) fn constant(&mut self, at: At) -> ExprId {
        let written = self.text_of(at);
        let known = match written.trim_start_matches('\\') {
            name if name.eq_ignore_ascii_case("true") => Some(Constant::Bool(true)),
            name if name.eq_ignore_ascii_case("false") => Some(Constant::Bool(false)),
            name if name.eq_ignore_ascii_case("null") => Some(Constant::None),
            name if name.eq_ignore_ascii_case("exit") || name.eq_ignore_ascii_case("die") => {
                return self.add(Expr::Exit(None), at);
            }
            _ => None,
        };
        if let Some(known) = known {
            return self.add(Expr::Constant(known), at);
        }
        let name = if written.starts_with("__") {
            let magic = written.to_ascii_uppercase();
            self.builder.name(&magic)
        } else {
            self.names.resolve(NameKind::Constant, written, &mut self.builder)
        };
        self.add(Expr::Global(name), at)
    }

    /// A whole number; what does not fit is not known.
    pub(super) fn integer(&mut self, at: At) -> ExprId {
        let expr = match whole_number(self.text_of(at)) {
            Some(number) => Expr::Constant(Constant::Int(number)),
            None => Expr::Unknown(Box::default()),
        };
        self.add(expr, at)
    }

    pub(super) fn float(&mut self, at: At) -> ExprId {
        let digits = self.text_of(at).replace('_', "");
        let expr = match digits.parse() {
            Ok(number) => Expr::Constant(Constant::Float(number)),
            Err(_) => Expr::Unknown(Box::default()),
        };
        self.add(expr, at)
    }
}

/// The value of `12`, `0x1F`, `0b11`, `017`, `0o17`, `1_000`.
pub(super) fn whole_number(written: &str) -> Option<i64> {
    let cleaned;
    let digits = if written.contains('_') {
        cleaned = written.replace('_', "");
        &cleaned
    } else {
        written
    };
    let Some(rest) = digits.strip_prefix('0').filter(|rest| !rest.is_empty()) else { return digits.parse().ok() };
    let (radix, rest) = match rest.as_bytes()[0] {
        b'x' | b'X' => (16, &rest[1..]),
        b'b' | b'B' => (2, &rest[1..]),
        b'o' | b'O' => (8, &rest[1..]),
        _ => (8, rest),
    };
    i64::from_str_radix(rest, radix).ok()
}
