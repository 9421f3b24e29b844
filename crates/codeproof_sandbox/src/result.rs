//! Reading a result that an untrusted program printed: bounded in bytes, depth and what it would take in memory before
//! anything is built from it.

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
    /// Built, it would take more memory than the policy allows: small text can stand for much.
    #[error("the result would take more than {0} MiB of memory")]
    TooLarge(u64),
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
        let shape = Shape::of(line);
        if shape.depth > policy.result_depth {
            return Err(ResultProblem::TooDeep(policy.result_depth));
        }
        if shape.built_bytes > policy.result_built_bytes {
            return Err(ResultProblem::TooLarge(policy.result_built_bytes >> 20));
        }
        serde_json::from_str(line).map_err(|error| ResultProblem::NotJson(error.to_string()))
    }
}

/// Bytes of a value when it is built.
const VALUE_BYTES: u64 = size_of::<serde_json::Value>() as u64;

/// Bytes of an object when it is built: a node of its tree has room for eleven names and values, however few there are.
const OBJECT_BYTES: u64 = 11 * (VALUE_BYTES + size_of::<String>() as u64) + 16;

/// What text in JSON would become. Wrong for text that is no JSON, and never too small for text that is.
struct Shape {
    /// How deep brackets nest outside strings.
    depth: usize,
    /// Bytes of all values, without their text.
    built_bytes: u64,
}

impl Shape {
    fn of(line: &str) -> Self {
        let mut shape = Self { depth: 0, built_bytes: VALUE_BYTES };
        let mut depth = 0_usize;
        let (mut in_string, mut escaped) = (false, false);
        for byte in line.bytes() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'[' | b'{' if !in_string => {
                    depth += 1;
                    shape.depth = shape.depth.max(depth);
                    shape.built_bytes += if byte == b'{' { OBJECT_BYTES } else { VALUE_BYTES };
                }
                b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
                b',' if !in_string => shape.built_bytes += VALUE_BYTES,
                _ => {}
            }
        }
        shape
    }
}
