//! What the caller of a map chooses.

use crate::TextOptions;

/// The parts of a map that were asked for. A part that was not is left out, not shown as empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapParts {
    /// Routes and middleware.
    pub routes: bool,
    /// Migrations and the tables they leave.
    pub migrations: bool,
    /// Models and relationships.
    pub models: bool,
    /// What does not fit together.
    pub concerns: bool,
}

impl MapParts {
    /// Everything.
    pub const ALL: Self = Self { routes: true, migrations: true, models: true, concerns: true };
    /// Routes alone.
    pub const ROUTES: Self = Self { routes: true, migrations: false, models: false, concerns: false };
    /// Migrations and tables alone.
    pub const MIGRATIONS: Self = Self { routes: false, migrations: true, models: false, concerns: false };
    /// Models alone.
    pub const MODELS: Self = Self { routes: false, migrations: false, models: true, concerns: false };
}

impl Default for MapParts {
    fn default() -> Self {
        Self::ALL
    }
}

/// Choices of the caller for a map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapOptions {
    /// What was looked at, as a title: usually the name of the folder.
    pub target: String,
    /// The parts that were asked for.
    pub parts: MapParts,
    /// What stands before a path in a link of the page: empty for links relative to the page, the address of a folder
    /// (`https://host/owner/name/blob/COMMIT/`) for others. Only `http`, `https` and `file` are taken as schemes.
    /// Without it places are text.
    pub link_base: Option<String>,
    /// How the text format is laid out.
    pub text: TextOptions,
    /// When the map was made, in milliseconds since 1970; shown on the page.
    pub generated_at_ms: Option<i64>,
    /// The version of codeproof; shown on the page.
    pub version: String,
}
