//! What ends a flow.

use codeproof_types::ScanId;

/// Why a flow ended without a result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The tree could not be listed.
    #[error(transparent)]
    Source(#[from] codeproof_source::Error),
    /// The rules could not be loaded.
    #[error(transparent)]
    Rules(#[from] codeproof_detect::Error),
    /// What functions do to data could not be loaded.
    #[error(transparent)]
    Specs(#[from] codeproof_dataflow::SpecError),
    /// The database refused.
    #[error("{}{source}", .scan.map(|scan| format!("scan {scan} was stopped: ")).unwrap_or_default())]
    Store {
        /// The scan whose rows were being written.
        scan: Option<ScanId>,
        /// The database's reason.
        source: Box<codeproof_store::Error>,
    },
    /// A model's settings cannot work.
    #[error(transparent)]
    Models(#[from] codeproof_llm::Error),
    /// A profile cannot work.
    #[error(transparent)]
    Profile(#[from] codeproof_judge::ProfileError),
    /// A filter of an analyzer or verifier is no glob.
    #[error(
        "{name}: the file_filter {:?} is not a glob ({}); write it as \"*.c\" or \"src/**\"",
        source.glob,
        source.why
    )]
    FileFilter {
        /// The analyzer or verifier.
        name: String,
        /// The glob, and what is wrong with it.
        source: codeproof_judge::InvalidGlob,
    },
    /// The worker threads could not be started.
    #[error("cannot start {jobs} worker threads: {source}; use a smaller --jobs")]
    Threads {
        /// How many were wanted.
        jobs: usize,
        /// The system's words.
        source: rayon::ThreadPoolBuildError,
    },
    /// There is nothing to map.
    #[error("{} holds no Laravel application{}", root.display(), hint(below))]
    NotLaravel {
        /// The folder.
        root: std::path::PathBuf,
        /// Folders below it that do.
        below: Vec<String>,
    },
    /// Another framework of the same family.
    #[error("{} is a Lumen application, whose router is another one; only Laravel's is followed", root.display())]
    Lumen {
        /// The folder.
        root: std::path::PathBuf,
    },
    /// A setting names a rule that does not exist.
    #[error(
        "the settings give a severity to {rule:?}, which is not a rule, or is off; `codeproof rules` lists the rules"
    )]
    UnknownRule {
        /// The name.
        rule: String,
    },
}

impl Error {
    /// A filter of the analyzer or verifier `name` is no glob.
    pub(crate) fn file_filter(name: &str, source: codeproof_judge::InvalidGlob) -> Self {
        Self::FileFilter { name: name.to_owned(), source }
    }

    /// Whether another process goes on with the scan.
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self, Self::Store { source, .. } if matches!(**source, codeproof_store::Error::ScanTaken { .. }))
    }

    /// The database refused while the rows of `scan` were written; `None` before it had a number.
    pub(crate) fn store(scan: Option<ScanId>, source: codeproof_store::Error) -> Self {
        Self::Store { scan, source: Box::new(source) }
    }
}

/// Folders named in an error.
const HINTS_MAX: usize = 8;

/// Where an application was found, or how one is known.
fn hint(below: &[String]) -> String {
    match below {
        [] => {
            ": its composer.json does not ask for laravel/framework, and it has no bootstrap/app.php with routes; give \
               the folder of an application"
                .to_owned()
        }
        [one] => format!("; {one} does: give that folder"),
        several => {
            let more = if several.len() > HINTS_MAX { ", …" } else { "" };
            format!("; these folders do: {}{more}", several[..several.len().min(HINTS_MAX)].join(", "))
        }
    }
}
