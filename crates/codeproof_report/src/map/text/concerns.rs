//! What does not fit together, and what is missing because of limits.

use codeproof_types::laravel::{Concern, LaravelMap};

use super::writer::{Lines, cell};
use crate::clean;
use crate::map::{names, summary};
use crate::numbers;
use crate::text::Style;

/// Characters of a message that are shown.
const MESSAGE_CHARACTERS_MAX: usize = 600;

pub(super) fn draw(map: &LaravelMap, lines: &mut Lines) {
    if !map.concerns.is_empty() {
        lines.heading(&format!("Does not fit together: {}", numbers::grouped(numbers::count(map.concerns.len()))));
    }
    for (title, concerns) in summary::concern_groups(map) {
        lines.indented(&title, 2, Style::Heading);
        for concern in concerns {
            draw_concern(concern, lines);
        }
    }
}

pub(super) fn draw_limits(map: &LaravelMap, lines: &mut Lines) {
    if !map.limits.is_empty() {
        lines.heading("Not followed, so what hangs on it is missing:");
    }
    for limit in &map.limits {
        lines.indented(&names::place(&limit.path, limit.line), 2, Style::Name);
        lines.indented(&clean::short(&limit.reason, MESSAGE_CHARACTERS_MAX), 4, Style::Quiet);
    }
}

fn draw_concern(concern: &Concern, lines: &mut Lines) {
    let place = names::place(&concern.path, concern.start_line);
    lines.row(&[cell(&names::name(&concern.subject), 0, None)], 4, &place, Some(Style::Name));
    lines.indented(&clean::short(&concern.message, MESSAGE_CHARACTERS_MAX), 6, Style::Quiet);
}
