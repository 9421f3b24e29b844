//! What can be wrong with a profile, and with an answer.

use codeproof_replies::ReplyStatus;
use thiserror::Error;

/// Why a profile cannot be used as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileError {
    /// A name stands for nothing in the settings.
    #[error(
        "profile {profile:?}, {entry}: there is no model {model:?}; {}",
        known_names(nearest.as_deref(), "add [models.NAME] to your settings")
    )]
    UnknownModel {
        /// The profile.
        profile: String,
        /// The analyzer or verifier, as `analyzer "fast"`.
        entry: String,
        /// The name.
        model: String,
        /// The model whose name is nearest.
        nearest: Option<String>,
    },
    /// Two entries of one list have the same name.
    #[error("profile {profile:?}: two {list} are called {name:?}; give each its own `name`")]
    DuplicateName {
        /// The profile.
        profile: String,
        /// `analyzers` or `verifiers`.
        list: &'static str,
        /// The name.
        name: String,
    },
    /// A glob that is none.
    #[error("profile {profile:?}, {entry}: the file_filter {source}")]
    BadGlob {
        /// The profile.
        profile: String,
        /// The analyzer or verifier.
        entry: String,
        /// The glob, and why it is none.
        source: InvalidGlob,
    },
    /// A template that would not do what it says.
    #[error("profile {profile:?}, {entry}: prompt_template {problem}")]
    BadTemplate {
        /// The profile.
        profile: String,
        /// The analyzer or verifier.
        entry: String,
        /// What is wrong.
        problem: TemplateProblem,
    },
    /// Nobody is left to ask.
    #[error("profile {profile:?} is not enabled; set `enabled = true`, or choose another profile")]
    Disabled {
        /// The profile.
        profile: String,
    },
}

/// A glob that is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{glob:?} is not a glob ({why}); write it as \"*.c\" or \"src/**\"")]
pub struct InvalidGlob {
    /// The glob.
    pub glob: String,
    /// The compiler's words.
    pub why: String,
}

fn known_names(nearest: Option<&str>, otherwise: &str) -> String {
    nearest.map_or_else(|| otherwise.to_owned(), |name| format!("did you mean {name:?}?"))
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateProblem {
    /// A placeholder that stands for nothing.
    #[error("has the placeholder {{{name}}}, which stands for nothing here; {}; write {{{{ for a brace", known_names(nearest.as_deref(), &format!("known are {known}")))]
    Unknown {
        /// The name between the braces.
        name: String,
        /// The known name that is nearest.
        nearest: Option<String>,
        /// All known names.
        known: String,
    },
    /// A placeholder without which the model would see nothing to judge.
    #[error("lacks the placeholder {{{name}}}: without it the model does not see {what}")]
    Missing {
        /// The name.
        name: &'static str,
        /// What it stands for.
        what: &'static str,
    },
    /// A brace that opens nothing.
    #[error("has an opening brace without a closing one in line {line}; write {{{{ for a brace")]
    Unclosed {
        /// 1-based line of the template.
        line: usize,
    },
}

/// Why an answer is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", words(*status))]
pub struct ReplyProblem {
    /// What the answer amounts to; never `ok`.
    pub status: ReplyStatus,
}

impl ReplyProblem {
    /// Whether the answer may hold what was asked for in a form that another model can mend.
    pub fn can_be_mended(self) -> bool {
        self.status == ReplyStatus::Malformed
    }
}

fn words(status: ReplyStatus) -> &'static str {
    match status {
        ReplyStatus::Ok | ReplyStatus::Malformed => "the answer is not in the form it was asked for",
        ReplyStatus::Clean => "the answer says that there is nothing to report instead of voting",
        ReplyStatus::Empty => "the answer is empty",
        ReplyStatus::Refusal => "the model declined to answer",
        ReplyStatus::Truncated => "the answer was cut off at its limit of tokens; raise max_tokens of the model",
        ReplyStatus::EchoOnly => "the answer only repeats what it was shown",
    }
}
