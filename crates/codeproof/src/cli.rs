//! Commands and flags, with the texts a person learns them from.

mod deep;
mod map;
mod models;
mod split;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use codeproof_report::{ContextFormat, Format, GraphFormat};
use codeproof_types::Severity;

pub(crate) use deep::DeepArguments;
pub(crate) use map::{MapArguments, MapPartName};
pub(crate) use models::{
    CheckArguments, ListArguments, ModelsArguments, ModelsCommand, PricesArguments, ProfilesArguments,
};
pub(crate) use split::{
    InspectArguments, RunArguments, RunnerArguments, SplitArguments, SplitCheckArguments, SplitCommand, SplitFormat,
    VerifyArguments,
};

/// Scans code for vulnerabilities and secrets, and proves what it says.
///
/// Every finding quotes the lines it is about, checked against the file. Works offline; scanned code is never executed.
#[derive(Debug, Parser)]
#[command(name = "codeproof", version, max_term_width = 100, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  codeproof scan .                                   look at this folder
  codeproof scan . --fail-on high                    the same for CI: exit code 1 on high or critical findings
  codeproof scan . -o report.sarif -o report.md      write two reports at once
  codeproof scan . --since main                      only what this branch changed
  codeproof scan . --baseline old.json               only what an earlier report does not have
  codeproof scan https://github.com/redis/redis --ref 7.4.0    a repository, without cloning it yourself
  codeproof explain src/app.py:120                   why a line is dangerous, or why it is not
  codeproof map . -o map.html                        a Laravel application's routes, tables and models on one page
  codeproof rules python-eval                        what a rule finds, why, and what to write instead

Exit codes: 0 done, 1 findings at or above --fail-on, 2 wrong use or settings, 3 an input could not be read, 130
interrupted.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Scan(Box<ScanArguments>),
    /// Lists earlier scans, or shows one again
    Scans(ScansArguments),
    /// Shows one finding with its evidence
    Show(ShowArguments),
    Diff(DiffArguments),
    /// Lists all rules, or explains one
    Rules(RulesArguments),
    /// Prints the definitions in a folder or file
    Symbols(FactsArguments),
    /// Prints the call sites and class references in a folder or file
    Calls(FactsArguments),
    /// Prints the imports in a folder or file
    Imports(FactsArguments),
    Chunks(ChunksArguments),
    /// Shows who calls a definition
    Callers(ReferencesArguments),
    /// Shows what a definition calls
    Callees(ReferencesArguments),
    /// Draws the call graph around a definition
    Graph(GraphArguments),
    /// Shows what one needs to understand a line: what holds it, what that calls, who calls it
    Context(ContextArguments),
    Explain(ExplainArguments),
    /// Follows a variable both ways: where its data comes from, every line it reaches, and the sinks among them
    Trace(TraceArguments),
    /// Lists the functions of a program that give foreign data, hand a parameter to a sink, or clean one, and why
    #[command(name = "specs-of")]
    SpecsOf(SpecsOfArguments),
    /// Indexes a program: what it defines, calls and imports, and where that leads
    Index(IndexArguments),
    Map(MapArguments),
    Split(Box<SplitArguments>),
    Run(RunArguments),
    Inspect(InspectArguments),
    Models(ModelsArguments),
    Profiles(ProfilesArguments),
    /// Writes a commented codeproof.toml into a project, or examples of models into your settings
    Init(InitArguments),
    /// Says what works on this machine, and where codeproof keeps its files
    Doctor(DoctorArguments),
    /// Prints completions for a shell, to be sourced by it
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Looks for vulnerabilities, weaknesses and secrets in a folder, a file, or a commit of a git repository.
///
/// Files ignored by git are left out unless git tracks them; vendored, generated and minified files are searched for
/// secrets only. What was not read is listed at the end of every report.
///
/// A finding is accepted by a comment on its line or the line above:  # codeproof: ignore[rule-id] reason
#[derive(Debug, Clone, Args)]
pub(crate) struct ScanArguments {
    /// Folder or file to look at, or a repository: https://HOST/PATH, USER@HOST:PATH, ssh://, file://, a bare one's folder
    #[arg(value_name = "PATH|URL", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// Look at a commit of the repository: a branch, a tag, a whole commit id, or a name such as refs/pull/7/head
    #[arg(long = "ref", value_name = "REV")]
    pub revision: Option<String>,
    /// Report only findings on lines that changed since HEAD left REV (its merge base with HEAD); staged, unstaged and
    /// untracked changes count
    #[arg(long, value_name = "REV", conflicts_with = "revision")]
    pub since: Option<String>,
    /// Compare with an earlier JSON or SARIF report: findings that are in it are counted and not shown, and do not count
    /// for --fail-on; what was fixed since is listed
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Environment variable that holds the token or USER:PASSWORD for a private repository [default: CODEPROOF_GIT_TOKEN]
    #[arg(long, value_name = "NAME")]
    pub git_token_env: Option<String>,
    #[command(flatten)]
    pub report: ReportArguments,
    #[command(flatten)]
    pub deep: DeepArguments,
    /// End with exit code 1 when there are open findings of this severity or above [default: none]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Leave out findings below this severity [default: info]
    #[arg(long, value_name = "SEVERITY")]
    pub min_severity: Option<SeverityName>,
    /// Folder (or one file) with your own rules: ast-grep YAML and gitleaks TOML; may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub rules: Vec<PathBuf>,
    /// Folder with your own specs, which say what functions do with data (docs/specs.md); may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub specs: Vec<PathBuf>,
    /// List the places that look dangerous and were shown to be harmless, each with the reason
    #[arg(long)]
    pub with_safe: bool,
    /// Look only at files that match the glob; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Leave out files that match the glob; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Run all rules on vendored, generated and minified files, too
    #[arg(long)]
    pub all: bool,
    /// Show every path of every list, and the texts of a rule with each of its findings
    #[arg(short, long)]
    pub verbose: bool,
    /// Do not read the scanned project's codeproof.toml
    #[arg(long)]
    pub no_project_settings: bool,
    #[command(flatten)]
    pub common: CommonArguments,
    /// Analyse every file anew and leave the cache as it is
    #[arg(long)]
    pub no_cache: bool,
    /// Do not store the scan: `codeproof scans` and `codeproof show` will not know it
    #[arg(long, conflicts_with = "db")]
    pub no_store: bool,
    /// Database that keeps the scan, sqlite://PATH or postgres://… [default: codeproof.db in the data folder]
    #[arg(long, value_name = "URL")]
    pub db: Option<String>,
}

/// Where reports go, and in which formats.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReportArguments {
    /// Format of the report on standard output, or of the one file given with -o
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<FormatName>,
    /// Write the report to a file instead; may be given several times, then the extensions choose the formats
    /// (.txt .json .sarif .md .html)
    #[arg(short, long = "output", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub outputs: Vec<PathBuf>,
}

/// Flags of every command that reads a tree.
#[derive(Debug, Clone, Args)]
pub(crate) struct CommonArguments {
    /// Your settings file [default: $XDG_CONFIG_HOME/codeproof/config.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Threads to work with [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub jobs: Option<u16>,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ScansArguments {
    /// The scan to show again; without it the latest 20 are listed
    pub id: Option<i64>,
    /// Format of the report of one scan
    #[arg(long, value_name = "FORMAT", requires = "id")]
    pub format: Option<FormatName>,
    /// List drafts that were rejected, that nobody could judge, and that were dropped, each with the reason
    #[arg(long, requires = "id")]
    pub with_drafts: bool,
    #[command(flatten)]
    pub database: DatabaseArguments,
    #[command(subcommand)]
    pub change: Option<ScansCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScansCommand {
    /// Lets a running scan finish what is on its way and wait for `codeproof scan --resume`
    Pause(ScanChangeArguments),
    /// Ends a running or paused scan for good; what it found is kept
    Cancel(ScanChangeArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ScanChangeArguments {
    /// The scan's number
    pub id: i64,
    #[command(flatten)]
    pub database: DatabaseArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// The finding's number, as scan reports print it
    pub finding: i64,
    /// Print the prompts and answers that led to it, too, as far as they are kept
    #[arg(long)]
    pub exchanges: bool,
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// Compares two reports: what is new, what was fixed, what is still there.
///
/// Findings are the same when their fingerprints are; lines that moved do not matter. Each report is the number of a
/// scan, as `codeproof scans` lists them, or a JSON or SARIF file of codeproof.
#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The earlier report: a scan's number or a file
    #[arg(value_hint = ValueHint::FilePath)]
    pub old: PathBuf,
    /// The later report: a scan's number or a file
    #[arg(value_hint = ValueHint::FilePath)]
    pub new: PathBuf,
    #[command(flatten)]
    pub report: ReportArguments,
    /// End with exit code 1 when there are new open findings of this severity or above [default: none]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// List the unchanged findings as well
    #[arg(short, long)]
    pub verbose: bool,
    #[command(flatten)]
    pub database: DatabaseArguments,
}

#[derive(Debug, Args)]
pub(crate) struct DatabaseArguments {
    /// Database to read, sqlite://PATH or postgres://… [default: codeproof.db in the data folder]
    #[arg(long, value_name = "URL")]
    pub db: Option<String>,
    /// Your settings file [default: $XDG_CONFIG_HOME/codeproof/config.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArguments {
    /// The rule to explain; without it all rules are listed
    pub id: Option<String>,
    /// Folder (or one file) with your own rules; may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub rules: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Your settings file [default: $XDG_CONFIG_HOME/codeproof/config.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct FactsArguments {
    /// Folder or file to look at
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// One JSON object per line, or a table for reading
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    pub format: FactsFormat,
    #[command(flatten)]
    pub common: CommonArguments,
}

/// Cuts code into chunks for a model, and tells which ones need none.
///
/// Functions and classes stay whole where they fit; every line is in one chunk. A chunk needs no model when a definite
/// rule says what is wrong with it, or when every risky site in it (a query, a command, a parser, a decision about
/// access, …) has a form that is safe, or there is none. Vendored, generated and minified files are left out.
#[derive(Debug, Args)]
pub(crate) struct ChunksArguments {
    /// Folder or file to look at
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// Tokens of a chunk with its imports at most, estimated; a single line may be longer
    #[arg(long, value_name = "N", default_value_t = 1500, value_parser = clap::value_parser!(u32).range(50..=1_000_000))]
    pub tokens: u32,
    /// One JSON object per line, or a table for reading
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    pub format: FactsFormat,
    /// Print only how many chunks there are, how many need no model, and why
    #[arg(long)]
    pub summary: bool,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ReferencesArguments {
    /// Name of a definition (`total`, `Order.total`, `App\\Order::total`), or its place as FILE:LINE
    pub name: String,
    /// Folder of the program
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// For reading, or one JSON array
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReferencesFormat,
    /// Show every place of every list
    #[arg(short, long)]
    pub verbose: bool,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct GraphArguments {
    /// Name of a definition, or its place as FILE:LINE
    pub name: String,
    /// Folder of the program
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// Which way calls are followed
    #[arg(long, value_name = "DIRECTION", default_value = "callees")]
    pub direction: GraphDirection,
    /// How many calls away
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub depth: u32,
    /// Definitions shown at most
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub nodes: usize,
    /// Count mentions of classes as calls
    #[arg(long)]
    pub mentions: bool,
    /// Format of the graph
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: GraphFormatName,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ContextArguments {
    /// The place, as PATH:LINE
    #[arg(value_name = "PATH:LINE")]
    pub place: String,
    /// Tokens that the context may take, estimated
    #[arg(long, value_name = "N", default_value_t = 4000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub budget: u32,
    /// Folder of the whole program [default: the repository around the file, else this folder]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub root: Option<PathBuf>,
    /// Format of the context
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ContextFormatName,
    #[command(flatten)]
    pub common: CommonArguments,
}

/// Says of each dangerous call on a line why it is a finding, or why it is safe
///
/// For a call that a rule or spec knows, prints the chain from where foreign data enters to this line, or the recorded reason
/// why there is none: the branch is decided, the data was made harmless, only constants arrive.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The place, as PATH:LINE
    #[arg(value_name = "PATH:LINE")]
    pub place: String,
    /// Folder of the whole program [default: the repository around the file, else this folder]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub root: Option<PathBuf>,
    /// Folder (or one file) with your own rules; may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub rules: Vec<PathBuf>,
    /// Folder with your own specs (docs/specs.md); may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub specs: Vec<PathBuf>,
    /// For reading, or one JSON object
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReferencesFormat,
    /// Show every step of long chains
    #[arg(short, long)]
    pub verbose: bool,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct TraceArguments {
    /// The variable, as PATH:LINE:NAME; a parameter, a variable that is set or used on the line, or the last part of
    /// `self.name`
    #[arg(value_name = "PATH:LINE:NAME")]
    pub place: String,
    /// Folder of the whole program [default: the repository around the file, else this folder]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub root: Option<PathBuf>,
    /// Folder with your own specs (docs/specs.md); may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub specs: Vec<PathBuf>,
    /// For reading, or one JSON object
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReferencesFormat,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct SpecsOfArguments {
    /// Folder of the program
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// Folder with your own specs (docs/specs.md); may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub specs: Vec<PathBuf>,
    /// For reading, or one JSON array
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReferencesFormat,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct IndexArguments {
    /// Folder of the program
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// Keep the definitions, references and imports as rows of the database
    #[arg(long)]
    pub persist: bool,
    /// List the places where the program is entered from outside
    #[arg(long)]
    pub entry_points: bool,
    /// Database for --persist [default: sqlite://$XDG_DATA_HOME/codeproof/codeproof.db]
    #[arg(long, value_name = "URL")]
    pub db: Option<String>,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The project's folder
    #[arg(default_value = ".", value_hint = ValueHint::DirPath)]
    pub path: PathBuf,
    /// Replace a codeproof.toml that is already there
    #[arg(long)]
    pub force: bool,
    /// Write examples of models into your own settings file instead, or print them when you have one
    #[arg(long, conflicts_with = "force")]
    pub models: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// Formats of `codeproof scan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    /// For reading in a terminal
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for GitHub code scanning and editors
    Sarif,
    /// For pull requests and wikis
    Markdown,
    /// One self-contained page with filters, for a browser
    Html,
}

/// Formats of `codeproof symbols`, `calls` and `imports`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FactsFormat {
    /// One JSON object per line
    Jsonl,
    /// For reading in a terminal
    Text,
}

/// Formats of `codeproof callers`, `callees` and `explain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReferencesFormat {
    /// For reading in a terminal
    Text,
    /// For programs
    Json,
}

/// Directions of `codeproof graph`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphDirection {
    /// To what is called
    Callees,
    /// To those who call
    Callers,
}

/// Formats of `codeproof graph`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormatName {
    /// A tree for reading in a terminal
    Text,
    /// For programs
    Json,
    /// A Mermaid flowchart
    Mermaid,
    /// For Graphviz
    Dot,
}

/// Formats of `codeproof context`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ContextFormatName {
    /// For reading in a terminal
    Text,
    /// For programs
    Json,
    /// For prompts and pull requests
    Markdown,
}

/// Severities as flag values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeverityName {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

/// Values of `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    None,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Text => Self::Text,
            FormatName::Json => Self::Json,
            FormatName::Sarif => Self::Sarif,
            FormatName::Markdown => Self::Markdown,
            FormatName::Html => Self::Html,
        }
    }
}

impl From<GraphFormatName> for GraphFormat {
    fn from(name: GraphFormatName) -> Self {
        match name {
            GraphFormatName::Text => Self::Text,
            GraphFormatName::Json => Self::Json,
            GraphFormatName::Mermaid => Self::Mermaid,
            GraphFormatName::Dot => Self::Dot,
        }
    }
}

impl From<ContextFormatName> for ContextFormat {
    fn from(name: ContextFormatName) -> Self {
        match name {
            ContextFormatName::Text => Self::Text,
            ContextFormatName::Json => Self::Json,
            ContextFormatName::Markdown => Self::Markdown,
        }
    }
}

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Critical => Self::Critical,
            SeverityName::High => Self::High,
            SeverityName::Medium => Self::Medium,
            SeverityName::Low => Self::Low,
            SeverityName::Info => Self::Info,
        }
    }
}

impl FailOn {
    /// The lowest severity that fails; `None` when nothing does.
    pub(crate) fn threshold(self) -> Option<Severity> {
        match self {
            Self::Critical => Some(Severity::Critical),
            Self::High => Some(Severity::High),
            Self::Medium => Some(Severity::Medium),
            Self::Low => Some(Severity::Low),
            Self::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn flags_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
