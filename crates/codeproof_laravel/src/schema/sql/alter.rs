//! `ALTER TABLE`: its actions, as MySQL, PostgreSQL and SQLite write them.

use codeproof_types::laravel::{DropKind, DroppedPart, Operation, RenamedPart};

use super::column::{Patch, definition, expression, type_of};
use crate::schema::record::NO_NAME;

use super::statement::{Change, Reader, constraint, split};

/// What an `ALTER TABLE` does; the reader stands behind these words.
pub(super) fn alter(reader: &mut Reader<'_, '_>, source: &str) -> Vec<Change> {
    reader.accept(&["if", "exists"]);
    reader.accept(&["only"]);
    // Where a name should stand that is made when it runs, its action may come at once.
    let lacks_name = ["add", "drop", "modify", "change", "alter", "rename"].iter().any(|word| reader.is(word));
    let name = if lacks_name { Some(NO_NAME.to_owned()) } else { reader.name() };
    let Some(table) = name else { return Vec::new() };
    reader.accept(&["*"]);
    let mut change = Change::new(Operation::Alter, table.clone());
    let mut renamed = None;
    for part in split(&reader.tokens[reader.at..]) {
        let mut action = Reader::new(part);
        if let Some(to) = table_name(&mut action) {
            renamed = Some(to);
        } else {
            act(&mut action, &mut change, source);
        }
    }
    let mut changes = vec![change];
    if let Some(to) = renamed {
        changes.push(Change { to: Some(to), ..Change::new(Operation::Rename, table) });
    }
    changes
}

/// `RENAME TO name`.
fn table_name(reader: &mut Reader<'_, '_>) -> Option<String> {
    let start = reader.at;
    let is_rename = reader.accept(&["rename"]);
    let is_other = ["column", "index", "key", "constraint"].iter().any(|word| reader.is(word));
    if !is_rename || is_other {
        reader.at = start;
        return None;
    }
    let has_word = reader.accept_one(&["to", "as"]);
    let name = reader.name();
    if !has_word && reader.is("to") {
        // PostgreSQL: `RENAME old TO new` is a column.
        reader.at = start;
        return None;
    }
    name
}

fn act(reader: &mut Reader<'_, '_>, change: &mut Change, source: &str) {
    if reader.accept(&["add"]) {
        add(reader, change, source);
    } else if reader.accept(&["drop"]) {
        drop(reader, change);
    } else if reader.accept(&["change"]) {
        reader.accept(&["column"]);
        let Some(from) = reader.name() else { return };
        if let Some(mut definition) = definition(reader, source) {
            definition.column.change = true;
            let to = definition.column.name.clone();
            if from != to {
                change.renames.push(RenamedPart { kind: "column".to_owned(), from, to });
            }
            change.add(definition);
        }
    } else if reader.accept(&["modify"]) {
        reader.accept(&["column"]);
        if let Some(mut definition) = definition(reader, source) {
            definition.column.change = true;
            change.add(definition);
        }
    } else if reader.accept(&["rename"]) {
        let kind = if reader.accept_one(&["index", "key"]) {
            "index"
        } else if reader.accept(&["constraint"]) {
            return;
        } else {
            reader.accept(&["column"]);
            "column"
        };
        if let (Some(from), true, Some(to)) = (reader.name(), reader.accept(&["to"]), reader.name()) {
            change.renames.push(RenamedPart { kind: kind.to_owned(), from, to });
        }
    } else if reader.accept(&["alter"]) {
        reader.accept(&["column"]);
        change.patches.extend(patch(reader, source));
    }
}

fn add(reader: &mut Reader<'_, '_>, change: &mut Change, source: &str) {
    if constraint(reader, change) {
        return;
    }
    reader.accept(&["column"]);
    reader.accept(&["if", "not", "exists"]);
    if let Some(several) = reader.parenthesised() {
        for part in split(several) {
            if let Some(definition) = definition(&mut Reader::new(part), source) {
                change.add(definition);
            }
        }
    } else if let Some(definition) = definition(reader, source) {
        change.add(definition);
    }
}

fn drop(reader: &mut Reader<'_, '_>, change: &mut Change) {
    let mut part = |kind, name| change.dropped.push(DroppedPart { kind, name, columns: Vec::new() });
    if reader.accept(&["primary", "key"]) {
        return part(DropKind::Primary, None);
    }
    if reader.accept(&["foreign", "key"]) {
        reader.accept(&["if", "exists"]);
        return part(DropKind::Foreign, reader.name());
    }
    if reader.accept_one(&["index", "key"]) {
        reader.accept(&["if", "exists"]);
        return part(DropKind::Index, reader.name());
    }
    if reader.accept_one(&["constraint", "check"]) {
        reader.accept(&["if", "exists"]);
        let name = reader.name().unwrap_or_default();
        // What kind it is only its name says.
        let kind = match name.to_lowercase() {
            lower if lower.contains("unique") || lower.ends_with("_key") => DropKind::Unique,
            lower if lower.ends_with("_pkey") || lower.contains("primary") => DropKind::Primary,
            _ => DropKind::Foreign,
        };
        return part(kind, Some(name));
    }
    if reader.accept_one(&["partition", "default", "expression"]) {
        return;
    }
    reader.accept(&["column"]);
    reader.accept(&["if", "exists"]);
    change.dropped_columns.extend(reader.name());
}

/// `ALTER COLUMN name …`.
fn patch(reader: &mut Reader<'_, '_>, source: &str) -> Option<Patch> {
    let mut patch = Patch { column: reader.name()?, kind: None, nullable: None, default: None };
    if reader.accept(&["set", "data", "type"]) || reader.accept(&["type"]) {
        patch.kind = type_of(reader, source).map(|(kind, _)| kind);
    } else if reader.accept(&["set", "not", "null"]) {
        patch.nullable = Some(false);
    } else if reader.accept(&["drop", "not", "null"]) {
        patch.nullable = Some(true);
    } else if reader.accept(&["set", "default"]) {
        patch.default = Some(expression(reader, source));
    } else if reader.accept(&["drop", "default"]) {
        patch.default = Some(None);
    } else {
        return None;
    }
    Some(patch)
}
