//! `codeproof map`: its flags.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use codeproof_report::MapFormat;

/// Draws the map of a Laravel application: its routes as Laravel itself would register them, its tables after all
/// migrations, its models and how they hang together. Nothing of it is executed.
///
/// Every row says how certain it is: `exact`, `conditional` when it hangs on something outside the code, such as an
/// environment variable, `partial` when a part of it is not known; and why.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct MapArguments {
    /// Folder of the application
    #[arg(default_value = ".", value_hint = ValueHint::DirPath)]
    pub path: PathBuf,
    /// Format of the map on standard output, or of the one file given with -o
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<MapFormatName>,
    /// Only this part, which is then read alone and not stored
    #[arg(long, value_name = "PART")]
    pub only: Option<MapPartName>,
    /// Only routes that nothing of this name stands in front of: an alias, a group, a class; `auth` is everything that
    /// asks for a sign-in or a signature. May be given several times
    #[arg(long, value_name = "NAME")]
    pub without_middleware: Vec<String>,
    /// Only routes whose URI matches: `api/*`, `*/edit`; a star stands for anything. May be given several times
    #[arg(long = "route", value_name = "PATTERN")]
    pub routes: Vec<String>,
    /// Routes that the framework registers by itself, too
    #[arg(long)]
    pub with_framework: bool,
    /// List every migration operation, not only those that lose data
    #[arg(short, long)]
    pub verbose: bool,
    /// What stands before a path in links of the page, such as https://HOST/OWNER/NAME/blob/COMMIT/ [default: the way
    /// from the page to the application]
    #[arg(long, value_name = "URL")]
    pub link_base: Option<String>,
    /// Write the map to a file instead; may be given several times, then the extensions choose the formats
    /// (.txt .json .md .svg .html)
    #[arg(short, long = "output", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub outputs: Vec<PathBuf>,
    /// Do not store the map
    #[arg(long, conflicts_with = "db")]
    pub no_store: bool,
    /// Database that keeps the map, sqlite://PATH or postgres://… [default: codeproof.db in the data folder]
    #[arg(long, value_name = "URL")]
    pub db: Option<String>,
    /// Your settings file [default: $XDG_CONFIG_HOME/codeproof/config.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  codeproof map .                                    routes, tables, models, and what does not fit together
  codeproof map . -o map.html                        one page with diagrams and a table of routes to search
  codeproof map . --only routes --route 'api/*'      the routes of the API
  codeproof map . --without-middleware auth          what answers without a sign-in
  codeproof map . --format mermaid > map.md          diagrams for a README or a wiki";

/// A format of a map, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MapFormatName {
    Text,
    Json,
    Mermaid,
    Svg,
    Html,
}

impl From<MapFormatName> for MapFormat {
    fn from(name: MapFormatName) -> Self {
        match name {
            MapFormatName::Text => Self::Text,
            MapFormatName::Json => Self::Json,
            MapFormatName::Mermaid => Self::Mermaid,
            MapFormatName::Svg => Self::Svg,
            MapFormatName::Html => Self::Html,
        }
    }
}

/// A part of a map, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MapPartName {
    Routes,
    Migrations,
    Models,
}
