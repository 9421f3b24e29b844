//! Notebooks, which are not Python though they look like it: their JSON, and the commands that only a notebook knows. The
//! user is told what to do instead of "invalid syntax".

use crate::{Problem, ProblemKind};

/// Characters of a command that are shown.
const SHOWN_MAX: usize = 60;

/// Bytes of the text in which the words of a notebook's JSON are looked for at its end and its beginning.
const ENDS: usize = 4096;

/// The JSON of a notebook under the name of a script.
pub(super) fn document(text: &str) -> Option<Problem> {
    let body = text.trim_ascii();
    if !body.starts_with('{') || !body.ends_with('}') {
        return None;
    }
    let begins = body.get(..body.floor_char_boundary(ENDS)).unwrap_or(body);
    let ends = body.get(body.floor_char_boundary(body.len().saturating_sub(ENDS))..).unwrap_or(body);
    let has = |word: &str| begins.contains(word) || ends.contains(word);
    (has("\"cells\"") && (has("\"nbformat\"") || has("\"cell_type\""))).then(|| {
        let message = "a notebook (JSON), no Python file: export it as a script (jupyter nbconvert --to script)";
        Problem::new(ProblemKind::Notebook, 1, message)
    })
}

/// The command of a notebook on a line at which Python stops: `!pip install x`, `%matplotlib inline`, `df?`, `files = !ls`.
pub(super) fn command(text: &str, line: u32) -> Option<Problem> {
    let written = text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?.trim();
    let is_mark = |text: &str| {
        let mut chars = text.chars();
        let first = chars.next();
        let next = if text.starts_with("%%") { text.chars().nth(2) } else { chars.next() };
        matches!(first, Some('!' | '%')) && next.is_some_and(|next| next.is_alphabetic() || next == '!')
    };
    let assigned = written.split_once(" = ").is_some_and(|(_, value)| is_mark(value.trim_start()));
    let asks = written.ends_with('?') || (written.starts_with('?') && written.len() > 1);
    (is_mark(written) || assigned || asks).then(|| {
        let shown: String = written.chars().take(SHOWN_MAX).collect();
        let message = format!("`{shown}` is a notebook's command, not Python: take it out, or put `#` before it");
        Problem::new(ProblemKind::Syntax, line, message)
    })
}
