//! Models with their tables and relationships.

use codeproof_types::laravel::{LaravelMap, Model, Relationship};

use super::writer::{Lines, cell};
use crate::map::names;
use crate::numbers;
use crate::text::Style;

pub(super) fn draw(map: &LaravelMap, lines: &mut Lines) {
    lines.heading(&format!("Models: {}", numbers::grouped(numbers::count(map.models.len()))));
    for model in &map.models {
        draw_model(model, lines);
    }
}

fn draw_model(model: &Model, lines: &mut Lines) {
    let table = match (&model.table_name, model.is_abstract) {
        (Some(table), _) => format!("table {}", names::name(table)),
        (None, true) => "abstract".to_owned(),
        (None, false) => "table not known".to_owned(),
    };
    let place = names::place(&model.file_path, model.line);
    let cells = [cell(&names::class(&model.name), 0, Some(Style::Heading)), cell(&table, 0, None)];
    lines.row(&cells, 2, &place, Some(Style::Name));
    let columns = model.relationships.iter().map(|it| it.name.chars().count()).max().unwrap_or(0).min(24);
    for relationship in &model.relationships {
        let name = cell(&names::name(&relationship.name), columns, None);
        lines.row(&[name], 4, &relation_text(relationship), Some(Style::Quiet));
        for part in &relationship.unknown {
            lines.indented(&format!("not known: {}", names::reason(part)), 6, Style::Alert);
        }
    }
    for part in &model.unknown {
        lines.indented(&format!("not known: {}", names::reason(part)), 4, Style::Alert);
    }
}

/// `hasMany Song by user_id`, `belongsToMany Role through role_user`.
fn relation_text(relationship: &Relationship) -> String {
    let related = relationship.related.as_deref();
    let related = match (related, relationship.kind.as_str()) {
        (Some(related), _) => names::class(related),
        (None, "morphTo") => "any model".to_owned(),
        (None, _) => "?".to_owned(),
    };
    let mut text = format!("{} {related}", names::name(&relationship.kind));
    if let Some(pivot) = &relationship.pivot_table {
        text.push_str(&format!(" through {}", names::name(pivot)));
    } else if let Some(through) = &relationship.through {
        text.push_str(&format!(" through {}", names::class(through)));
    }
    if let Some(key) = &relationship.foreign_key {
        text.push_str(&format!(" by {}", names::name(key)));
    }
    text
}
