//! A map for a terminal.

mod concerns;
mod models;
mod routes;
mod schema;
mod writer;

use std::io::{self, Write};

use codeproof_types::laravel::LaravelMap;

use super::{MapOptions, summary};
use crate::text::Style;
use writer::Lines;

/// Writes the text: the head with counts, routes by prefix, migrations and tables, models, what does not fit, limits,
/// and a last line with the counts.
pub(super) fn write_map(map: &LaravelMap, options: &MapOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::new(&options.text);
    lines.paragraph(&summary::title(map, options), Style::Heading);
    if options.parts.routes {
        routes::draw(map, &mut lines);
    }
    if options.parts.migrations {
        schema::draw(map, options.text.verbose, &mut lines);
    }
    if options.parts.models {
        models::draw(map, &mut lines);
    }
    if options.parts.concerns {
        concerns::draw(map, &mut lines);
    }
    concerns::draw_limits(map, &mut lines);
    lines.blank();
    for sentence in summary::sentences(map, options) {
        lines.paragraph(&sentence, Style::Heading);
    }
    lines.write(out)
}
