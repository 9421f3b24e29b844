//! Reports read back: which form a file has is seen from what it says, not from its name.

mod sarif;

use codeproof_types::ScanReport;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::{ReadError, json};

/// Reads a JSON or SARIF report of codeproof. SARIF holds less: no hashes of files, no texts of rules, and texts may be
/// cut; what it holds of findings is enough to compare and to show them.
///
/// ```
/// let error = codeproof_report::read_report(b"{\"version\": \"2.1.0\", \"runs\": []}").unwrap_err();
/// assert!(error.to_string().starts_with("it was written by no tool"));
/// ```
///
/// # Errors
/// When it is something else, of another version, of another tool, or damaged; the error says which.
pub fn read_report(bytes: &[u8]) -> Result<ScanReport, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(ReadError::Empty);
    }
    let marks: Marks = parse(bytes)?;
    match marks {
        Marks { runs: Some(_), version, .. } => sarif::read(bytes, version.as_ref().and_then(|word| word.as_str())),
        Marks { format_version: Some(version), findings: Some(_), .. } if version == json::FORMAT_VERSION => {
            serde_json::from_slice(bytes).map_err(|error| damaged("JSON", &error))
        }
        Marks { format_version: Some(version), .. } => {
            let version = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
            Err(ReadError::OtherJsonVersion { version: crate::clean::one_line(&version) })
        }
        _ => Err(ReadError::NotAReport),
    }
}

/// What tells the forms apart.
#[derive(Deserialize)]
struct Marks {
    format_version: Option<serde_json::Value>,
    findings: Option<IgnoredAny>,
    version: Option<serde_json::Value>,
    runs: Option<IgnoredAny>,
}

fn parse(bytes: &[u8]) -> Result<Marks, ReadError> {
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => ReadError::CutOff { line: error.line() },
        // JSON, but a list, a number or text.
        serde_json::error::Category::Data => ReadError::NotAReport,
        _ => ReadError::NotJson { line: error.line(), why: reason(&error) },
    })
}

/// The parser's words without the place, which is said apart.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let words = text.rsplit_once(" at line ").map_or(text.as_str(), |(words, _)| words);
    crate::clean::one_line(words)
}

fn damaged(form: &'static str, error: &serde_json::Error) -> ReadError {
    ReadError::Damaged { form, why: crate::clean::one_line(&error.to_string()) }
}
