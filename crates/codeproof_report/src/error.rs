//! Why a file is not a report that can be read.

/// What is wrong with a file that should have been a report of codeproof. Reads well after "cannot read FILE: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is nothing in it.
    #[error("it is empty; a JSON or SARIF report of codeproof was expected")]
    Empty,
    /// It ends too early.
    #[error("it ends in the middle of line {line}: the report was not written to its end")]
    CutOff {
        /// The last line, from 1.
        line: usize,
    },
    /// It is something else.
    #[error("it is no JSON ({why} in line {line}); a JSON or SARIF report of codeproof was expected")]
    NotJson {
        /// Where, from 1.
        line: usize,
        /// What the parser says.
        why: String,
    },
    /// It is JSON of something else.
    #[error("it is JSON, but no report of codeproof: it has neither `format_version` with `findings` nor `runs`")]
    NotAReport,
    /// A form of JSON this version does not know.
    #[error(
        "it is a JSON report of form {version:?}, and this version of codeproof reads form \"1\"; use the codeproof \
             that wrote it, or make the report again"
    )]
    OtherJsonVersion {
        /// What `format_version` says.
        version: String,
    },
    /// A version of SARIF this version does not know.
    #[error("it is SARIF {version}, and codeproof reads SARIF 2.1.0")]
    OtherSarifVersion {
        /// What `version` says.
        version: String,
    },
    /// A log of other tools.
    #[error(
        "it was written by {tools}; findings are compared by codeproof's own fingerprints \
             (`partialFingerprints` with the key \"codeproof/v1\"), so a baseline has to be a report of codeproof"
    )]
    OtherTool {
        /// The names in the log.
        tools: String,
    },
    /// A result without our fingerprint.
    #[error(
        "its result {number} has no fingerprint of codeproof (`partialFingerprints` with the key \
             \"codeproof/v1\"), so it cannot be compared"
    )]
    NoFingerprint {
        /// The result, from 1.
        number: usize,
    },
    /// A part that does not fit.
    #[error("it is a {form} report, but damaged: {why}")]
    Damaged {
        /// JSON or SARIF.
        form: &'static str,
        /// What does not fit, and where.
        why: String,
    },
}
