//! Flags of `codeproof models` and `codeproof profiles`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::ReferencesFormat;
use crate::commands::models_parse::ModelsParseArguments;

/// Lists the models of your settings: where they are, what they may do, what they cost, whether their keys are set
///
/// Nothing is sent. docs/models.md tells how to set one up; `codeproof init --models` writes examples.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ModelsArguments {
    #[command(subcommand)]
    pub command: Option<ModelsCommand>,
    #[command(flatten)]
    pub list: ListArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    Check(CheckArguments),
    Prices(PricesArguments),
    Parse(ModelsParseArguments),
}

/// Where settings are read, and how the answer is printed.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// For reading, or JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReferencesFormat,
    /// Your settings file [default: $XDG_CONFIG_HOME/codeproof/config.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

/// Asks each model one small question for each of its roles, and says what works
///
/// Shows how long it took, the tokens, whether the server counts them, whether it takes lists of prompts, whether it
/// keeps to a schema, and whether the answers could be read. Exit code 3 when a model failed. It costs a few hundred
/// tokens per role.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The models to ask; without names all of your settings
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    #[command(flatten)]
    pub list: ListArguments,
}

/// Shows the prices that costs are counted with
///
/// A model is looked up by the server's name for it. A model without a price is never free: its tokens are counted as
/// unpriced, and a limit of cost that is to be kept needs a price in your settings.
#[derive(Debug, Args)]
pub(crate) struct PricesArguments {
    /// The server's name of a model, or your name of one in your settings; without it the table is listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Read a price table (LiteLLM's keys) and say what it would change; `price_table` in `[llm]` of your settings makes
    /// scans use it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "name")]
    pub update_from: Option<PathBuf>,
    #[command(flatten)]
    pub list: ListArguments,
}

/// Lists the profiles of scans, or shows one with the prompts it sends
#[derive(Debug, Args)]
pub(crate) struct ProfilesArguments {
    /// The profile to show; without it all are listed
    pub name: Option<String>,
    #[command(flatten)]
    pub list: ListArguments,
}
