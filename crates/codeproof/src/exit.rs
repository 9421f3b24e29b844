//! The exit codes, a contract with scripts and CI.

use std::process::ExitCode;

/// How the program ended. When several hold, [`Exit::Interrupted`] beats [`Exit::Usage`] beats [`Exit::Findings`]
/// beats [`Exit::Failed`] beats [`Exit::Success`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: looked at everything; nothing at or above `--fail-on`.
    Success,
    /// 1: findings at or above `--fail-on`.
    Findings,
    /// 2: wrong use or settings; nothing was looked at.
    Usage,
    /// 3: an input could not be read or an engine failed.
    Failed,
    /// 130: interrupted by the user; what was found until then is kept.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Success => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Failed => 3,
            Exit::Interrupted => 130,
        })
    }
}
