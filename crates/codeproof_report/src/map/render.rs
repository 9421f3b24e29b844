//! The door of maps: one function for all formats.

use std::io::{self, Write};

use codeproof_types::laravel::LaravelMap;

use super::{MapFormat, MapOptions, html, json, mermaid, svg, text};

/// Writes `map` to `out` in `format`.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_map(map: &LaravelMap, format: MapFormat, options: &MapOptions, out: &mut dyn Write) -> io::Result<()> {
    match format {
        MapFormat::Text => text::write_map(map, options, out),
        MapFormat::Json => json::write_map(map, options, out),
        MapFormat::Mermaid => mermaid::write_map(map, options, out),
        MapFormat::Svg => svg::write_map(map, options, out),
        MapFormat::Html => html::write_map(map, options, out),
    }
}
