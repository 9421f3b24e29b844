//! The door of maps: one function for all formats.

use std::io::{self, Write};

use codeproof_types::laravel::LaravelMap;

use super::{MapFormat, MapOptions, json, text};

/// Writes `map` to `out` in `format`.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_map(map: &LaravelMap, format: MapFormat, options: &MapOptions, out: &mut dyn Write) -> io::Result<()> {
    match format {
        MapFormat::Text => text::write_map(map, options, out),
        MapFormat::Json => json::write_map(map, options, out),
        MapFormat::Mermaid | MapFormat::Svg | MapFormat::Html => {
            Err(io::Error::new(io::ErrorKind::Unsupported, format!("maps as {format} are not written yet")))
        }
    }
}
