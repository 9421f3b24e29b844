//! Reading a result that an untrusted program printed: bounded in bytes and depth before anything is built from it.

use crate::{Outcome, Policy};

/// Why a program's result cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResultProblem {
    /// It printed nothing, or its last line is not UTF-8.
    #[error("the program printed no result")]
    Missing,
    /// Longer than the policy allows.
    #[error("the result has {0} bytes, more than allowed")]
    TooLong(usize),
    /// Deeper than the policy allows.
    #[error("the result nests more than {0} levels deep")]
    TooDeep(usize),
    /// Not JSON.
    #[error("the last line is not JSON: {0}")]
    NotJson(String),
}

impl Outcome {
    /// The last line of standard output as JSON, within the policy's bounds. Whether it is the result that was asked
    /// for (names, shape) is for the caller to check: a program can print anything.
    ///
    /// # Errors
    /// When there is no such line, or it is too long, too deep or not JSON.
    pub fn result(&self, policy: &Policy) -> Result<serde_json::Value, ResultProblem> {
        let line = self.last_line().ok_or(ResultProblem::Missing)?;
        if line.len() > policy.result_bytes {
            return Err(ResultProblem::TooLong(line.len()));
        }
        if depth(line) > policy.result_depth {
            return Err(ResultProblem::TooDeep(policy.result_depth));
        }
        serde_json::from_str(line).map_err(|error| ResultProblem::NotJson(error.to_string()))
    }
}

/// How deep brackets nest outside strings. Wrong for text that is no JSON, and never too small for text that is.
fn depth(line: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in line.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
