//! `codeproof split`, `run` and `inspect`: their flags.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use codeproof_sandbox::Part;
use codeproof_split::TemplateStyle;

use super::DatabaseArguments;

/// Takes a Python file with several trading scanners apart: each becomes a program of its own, with the values it really
/// uses, and `--prove` shows by running that it finds what it found before.
///
/// Writes OUT/NAME/ with boundaries.json, parameters.json and one template per scanner. The file itself is not changed, and
/// is run only with --prove, inside a sandbox without network.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct SplitArguments {
    /// The Python file
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// Folder in which a folder of the file's name is made
    #[arg(long, value_name = "DIR", required = true, value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Run original, templates and mutants, and compare what they find
    #[arg(long, requires = "data")]
    pub prove: bool,
    /// Folder with market data for --prove; programs see it read-only
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data: Option<PathBuf>,
    /// A second folder with data, on which the same must be found, too
    #[arg(long, value_name = "DIR", requires = "data", value_hint = ValueHint::DirPath)]
    pub data2: Option<PathBuf>,
    /// Prove only this scanner; may be given several times
    #[arg(long = "scanner", value_name = "NAME", requires = "prove")]
    pub scanners: Vec<String>,
    /// File that says where scanners are, as JSON: [{"name": …, "start_line": …, "end_line": …}], or a boundaries.json
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub boundaries: Option<PathBuf>,
    /// How much a template has around its scanner
    #[arg(long, value_name = "STYLE", default_value = "standard")]
    pub template: TemplateName,
    /// Ask this model of your settings where scanners are; what it says counts only where code is
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// For reading, or one JSON object
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: SplitFormat,
    /// List every parameter, and why its value is the effective one
    #[arg(short, long)]
    pub verbose: bool,
    /// Replace files that were changed since they were written
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub runner: RunnerArguments,
    /// Programs that run at a time [default: one per core, as memory allows]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
    /// Values that are changed at most, to see whose rows change
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub mutants: usize,
    /// Seconds after which no further value is changed; what was not run by then is said
    #[arg(long, value_name = "S", requires = "prove")]
    pub time_budget: Option<u64>,
    /// Run every proof anew
    #[arg(long)]
    pub no_cache: bool,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
    /// Do not store the session
    #[arg(long, conflicts_with = "db")]
    pub no_store: bool,
    /// Database that keeps the session, sqlite://PATH or postgres://… [default: codeproof.db in the data folder]
    #[arg(long, value_name = "URL")]
    pub db: Option<String>,
    /// Your settings file [default: $XDG_CONFIG_HOME/codeproof/config.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<SplitCommand>,
}

const EXAMPLES: &str = "\
Examples:
  codeproof split scans.py --out parts                            take it apart, run nothing
  codeproof split scans.py --out parts --prove --data data        and prove each part on your data
  codeproof run parts/scans/gap.py --data data                    run one part in the sandbox
  codeproof split verify                                          the sessions there are
  codeproof split check cases.jsonl --source .                    judge assignments of values to scanners
A file that is called check or verify is given as ./check.";

/// What else can be done with splits.
#[derive(Debug, Subcommand)]
pub(crate) enum SplitCommand {
    /// Judges given assignments of values to scanners: one JSON verdict per line
    Check(SplitCheckArguments),
    /// Checks that stored parameters and written files are still what they were
    Verify(VerifyArguments),
}

#[derive(Debug, Args)]
pub(crate) struct SplitCheckArguments {
    /// The assignments, one JSON object per line: {"file", "assignment": …}
    #[arg(value_hint = ValueHint::FilePath)]
    pub cases: PathBuf,
    /// Folder of the files they are about
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub source: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// The session's id; without it the latest 20 are listed
    pub session: Option<String>,
    /// Put stored parameters back that are not what they were
    #[arg(long, requires = "session")]
    pub restore: bool,
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// What runs programs, and what they may use.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunnerArguments {
    /// The interpreter: a name, or bin/python of a virtual environment [default: python3]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::ExecutablePath)]
    pub python: Option<PathBuf>,
    /// Folder with modules that the file imports; programs see it read-only; may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub pythonpath: Vec<PathBuf>,
    /// Seconds that one run may take
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,
    /// Memory of one run, in MiB; pandas wants 1024
    #[arg(long, value_name = "MB", default_value_t = 2048, value_parser = clap::value_parser!(u32).range(64..=1_048_576))]
    pub memory: u32,
    /// Run without these parts of the isolation where this machine refuses them, separated by commas (`codeproof doctor`
    /// lists the parts)
    #[arg(long, value_name = "PART", value_delimiter = ',', value_parser = part)]
    pub allow_weaker: Vec<Part>,
    /// Run a file that the inspection finds critical
    #[arg(long)]
    pub allow_unsafe: bool,
}

fn part(name: &str) -> Result<Part, String> {
    Part::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Part::ALL.iter().map(|part| part.name()).collect();
        format!("the parts are {}", names.join(", "))
    })
}

/// Runs one template in the sandbox and prints the rows it finds.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The template, as `codeproof split` wrote it; what lies beside it is there, too
    #[arg(value_hint = ValueHint::FilePath)]
    pub template: PathBuf,
    /// Folder with market data; the program sees it read-only
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data: PathBuf,
    /// Only these symbols, separated by commas
    #[arg(long, value_name = "A,B")]
    pub symbols: Option<String>,
    /// Only rows of this day
    #[arg(long, value_name = "DATE")]
    pub scan_date: Option<String>,
    /// Another value of a parameter; may be given several times
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// Write the rows to a CSV file, too
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub csv: Option<PathBuf>,
    /// For reading, or one JSON object
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: SplitFormat,
    #[command(flatten)]
    pub runner: RunnerArguments,
}

/// Says what a Python file could do if nothing held it: processes, network, files, hidden code. Nothing is run.
///
/// Exit code 1 when the file is critical: such a file is not run unless --allow-unsafe says so.
#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// The Python file
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// For reading, or one JSON object
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: SplitFormat,
}

/// A format of these commands, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SplitFormat {
    Text,
    Json,
}

/// A style of templates, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateName {
    Minimal,
    Standard,
    Enterprise,
}

impl From<TemplateName> for TemplateStyle {
    fn from(name: TemplateName) -> Self {
        match name {
            TemplateName::Minimal => Self::Minimal,
            TemplateName::Standard => Self::Standard,
            TemplateName::Enterprise => Self::Enterprise,
        }
    }
}
