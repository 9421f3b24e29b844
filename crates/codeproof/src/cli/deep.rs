//! Flags of scans that use models.

use clap::{Args, ValueEnum};
use codeproof_llm::OnExceed;

use crate::settings::CostLimit;

/// How a scan uses models.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Models")]
pub(crate) struct DeepArguments {
    /// Let models draft findings and vote on them: deep, demo, or a profile of your settings [default: offline]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Go on with a stored scan that was paused, interrupted or killed; its own flags count, with those given here on top
    #[arg(long, value_name = "ID", conflicts_with = "path")]
    pub resume: Option<i64>,
    /// US dollars that models may cost in this scan, all parts of it together; `none` lifts the limit [default: 2.0]
    #[arg(long, value_name = "USD")]
    pub max_cost: Option<CostLimit>,
    /// Tokens that models may use in this scan, prompts and answers together [default: no limit]
    #[arg(long, value_name = "N")]
    pub max_tokens: Option<u64>,
    /// What happens at such a limit [default: warn]
    #[arg(long, value_name = "WHAT")]
    pub on_exceed: Option<OnExceedName>,
    /// Keep no prompts and answers in the database
    #[arg(long)]
    pub no_keep: bool,
    /// List drafts that were rejected, that nobody could judge, and that were dropped, each with the reason
    #[arg(long)]
    pub with_drafts: bool,
}

/// What happens at a limit, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnExceedName {
    /// The scan goes on and says so.
    Warn,
    /// Nothing more is sent; the scan can be resumed.
    Pause,
    /// Nothing more is sent; the scan ends with what it has.
    Stop,
}

impl From<OnExceedName> for OnExceed {
    fn from(name: OnExceedName) -> Self {
        match name {
            OnExceedName::Warn => Self::Warn,
            OnExceedName::Pause => Self::Pause,
            OnExceedName::Stop => Self::Stop,
        }
    }
}
