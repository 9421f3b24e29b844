//! A column as SQL writes it: its type in the database's own word, and the rest by Laravel's names.

use codeproof_types::laravel::{Column, ForeignKey, IndexKind, TableIndex};
use serde_json::Value as Json;
use std::collections::BTreeMap;

use super::statement::{Reader, references};
use super::tokens::{Kind, Token};

/// A column with what its own words ask for beside it.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) column: Column,
    pub(super) index: Option<TableIndex>,
    pub(super) foreign_key: Option<ForeignKey>,
}

/// A change of a part of a column that is there.
#[derive(Debug)]
pub(in crate::schema) struct Patch {
    pub(in crate::schema) column: String,
    pub(in crate::schema) kind: Option<String>,
    pub(in crate::schema) nullable: Option<bool>,
    /// `Some(None)` takes the default away.
    pub(in crate::schema) default: Option<Option<Json>>,
}

/// Words that go on with the name of a type.
const TYPE_WORDS: &[&str] = &["varying", "precision", "without", "with", "time", "zone", "large", "object", "varchar"];
/// Words that end the expression of a default.
const OPTIONS: &[&str] = &[
    "not",
    "null",
    "default",
    "auto_increment",
    "autoincrement",
    "primary",
    "unique",
    "comment",
    "on",
    "references",
    "generated",
    "check",
    "constraint",
    "after",
    "first",
    "collate",
    "character",
    "key",
    "as",
    "using",
    "invisible",
    "visible",
    "storage",
    "compression",
];

/// `name type options …`.
pub(super) fn definition(reader: &mut Reader<'_, '_>, source: &str) -> Option<Definition> {
    let name = reader.name()?;
    let (kind, mut modifiers) = type_of(reader, source)?;
    let mut column =
        Column { name: name.clone(), kind, nullable: true, default: None, change: false, modifiers: BTreeMap::new() };
    if matches!(column.kind.as_str(), "serial" | "bigserial" | "smallserial") {
        modifiers.insert("autoIncrement".to_owned(), Json::Bool(true));
        column.nullable = false;
    }
    let (mut index, mut foreign_key) = (None, None);
    while let Some(token) = reader.peek() {
        if reader.accept(&["not", "null"]) {
            column.nullable = false;
        } else if reader.accept(&["default"]) {
            column.default = expression(reader, source);
            if column.default.as_ref().and_then(Json::as_str).is_some_and(|text| text.starts_with("nextval(")) {
                modifiers.insert("autoIncrement".to_owned(), Json::Bool(true));
                column.default = None;
            }
        } else if reader.accept_one(&["auto_increment", "autoincrement"]) {
            modifiers.insert("autoIncrement".to_owned(), Json::Bool(true));
        } else if reader.accept(&["primary"]) {
            reader.accept(&["key"]);
            column.nullable = false;
            index = Some(TableIndex { kind: IndexKind::Primary, columns: vec![name.clone()], name: None });
        } else if reader.accept(&["unique"]) {
            reader.accept(&["key"]);
            index = Some(TableIndex { kind: IndexKind::Unique, columns: vec![name.clone()], name: None });
        } else if reader.accept_one(&["comment", "after"]) {
            let word = if token.is("comment") { "comment" } else { "after" };
            if let Some(value) = reader.peek() {
                modifiers.insert(word.to_owned(), Json::String(value.text().into_owned()));
                reader.at += 1;
            }
        } else if reader.accept(&["first"]) {
            modifiers.insert("first".to_owned(), Json::Bool(true));
        } else if reader.accept(&["unsigned"]) {
            modifiers.insert("unsigned".to_owned(), Json::Bool(true));
        } else if reader.is("references") {
            foreign_key = Some(references(reader, vec![name.clone()], None));
        } else if reader.accept(&["on", "update"]) {
            expression(reader, source);
            modifiers.insert("useCurrentOnUpdate".to_owned(), Json::Bool(true));
        } else if reader.accept_one(&["collate", "constraint"]) {
            reader.name();
        } else if reader.is("(") {
            reader.parenthesised();
        } else {
            reader.at += 1;
        }
    }
    column.modifiers = modifiers;
    Some(Definition { column, index, foreign_key })
}

/// The database's word for a type, and what its parentheses say.
pub(super) fn type_of(reader: &mut Reader<'_, '_>, source: &str) -> Option<(String, BTreeMap<String, Json>)> {
    let first = reader.peek().filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted));
    let mut modifiers = BTreeMap::new();
    // SQLite allows a column without a type.
    let Some(first) = first.filter(|token| !OPTIONS.iter().any(|word| token.is(word)) || token.is("character")) else {
        return reader.peek().is_none().then(|| (String::new(), modifiers));
    };
    let mut kind = first.text().to_lowercase();
    reader.at += 1;
    while reader.accept(&["."]) {
        kind = reader.peek()?.text().to_lowercase();
        reader.at += 1;
    }
    let mut arguments = None;
    loop {
        if arguments.is_none() && reader.is("(") {
            arguments = reader.parenthesised();
        } else if let Some(token) = reader.peek().filter(|token| TYPE_WORDS.iter().any(|word| token.is(word))) {
            kind = format!("{kind} {}", token.text().to_lowercase());
            reader.at += 1;
        } else if reader.accept_one(&["unsigned"]) {
            modifiers.insert("unsigned".to_owned(), Json::Bool(true));
        } else {
            break;
        }
    }
    let values: Vec<Json> = arguments
        .unwrap_or_default()
        .iter()
        .filter(|token| !token.is(","))
        .map(|token| literal(token, source).unwrap_or(Json::Null))
        .collect();
    let mut put = |name: &str, value: Option<&Json>| {
        if let Some(value) = value {
            modifiers.insert(name.to_owned(), value.clone());
        }
    };
    match kind.as_str() {
        "enum" | "set" => put("allowed", Some(&Json::Array(values))),
        "decimal" | "numeric" | "double" | "float" => {
            put("total", values.first());
            put("places", values.get(1));
        }
        kind if kind.contains("time") => put("precision", values.first()),
        _ => put("length", values.first()),
    }
    Some((kind, modifiers))
}

fn literal(token: &Token<'_>, source: &str) -> Option<Json> {
    let written = source.get(token.start..token.end)?;
    match token.kind {
        Kind::Text | Kind::Quoted => Some(Json::String(token.text().into_owned())),
        Kind::Number => serde_json::from_str(written).ok().filter(Json::is_number),
        _ => None,
    }
}

/// A default: a literal, else the text of its expression; `NULL` is none.
pub(super) fn expression(reader: &mut Reader<'_, '_>, source: &str) -> Option<Json> {
    let first = reader.peek()?;
    reader.at += 1;
    let mut last = first;
    if first.is("(") {
        reader.at -= 1;
        reader.parenthesised();
        last = reader.tokens.get(reader.at.checked_sub(1)?)?;
    }
    while let Some(token) = reader.peek().filter(|token| !OPTIONS.iter().any(|word| token.is(word)) && !token.is(",")) {
        if token.is("(") {
            reader.parenthesised();
        } else {
            reader.at += 1;
        }
        last = reader.tokens.get(reader.at.checked_sub(1)?)?;
    }
    if let Some(value) = literal(first, source) {
        return Some(value);
    }
    if first.start == last.start {
        for (word, value) in [("true", Json::Bool(true)), ("false", Json::Bool(false))] {
            if first.is(word) {
                return Some(value);
            }
        }
        if first.is("null") {
            return None;
        }
    }
    Some(Json::String(source.get(first.start..last.end)?.to_owned()))
}
