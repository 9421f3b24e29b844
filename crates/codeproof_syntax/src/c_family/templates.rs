//! Templates: macros among their parameters, and what the grammar lacks in them.

use super::canvas::Canvas;
use super::parts::{Head, Part};
use super::words::Role;

impl Head<'_> {
    /// Writes `int` for parameters of a template that are macros: `template <class T, REQUIRES(is_ok<T>::value)>`.
    pub(super) fn mend_template_parameters(&self, angles: std::ops::Range<usize>, canvas: &mut Canvas<'_>) {
        let mut depth = 0_usize;
        for part in angles {
            match self.parts[part] {
                Part::Punctuation(_, b'<') => depth += 1,
                Part::Punctuation(_, b'>') => depth = depth.saturating_sub(1),
                // `template <class T, enable_if_t<is_ok<T>>* = nullptr>`
                Part::Punctuation(at, b'*' | b'&') if depth == 1 && self.is_punctuation(part + 1, b'=') => {
                    canvas.blank(self.tokens[at].range.clone());
                }
                Part::Word(name) if depth == 1 && self.is_parentheses(part + 1) && self.word(name).len() >= 3 => {
                    let is_first = matches!(self.parts[part - 1], Part::Punctuation(_, b'<' | b','));
                    let is_last = matches!(self.parts.get(part + 2), Some(Part::Punctuation(_, b'>' | b',')));
                    if is_first && is_last && self.role(part) == Some(Role::Name) {
                        self.blank(part, canvas);
                        self.blank(part + 1, canvas);
                        canvas.put_all(self.tokens[name].range.start, b"int");
                    }
                }
                _ => {}
            }
        }
    }
}
