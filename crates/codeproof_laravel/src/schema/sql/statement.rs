//! What one statement of SQL does to tables: the kinds that make, change or empty them.

use codeproof_types::laravel::{DropKind, DroppedPart, ForeignKey, IndexKind, Operation, RenamedPart, TableIndex};

use super::column::{Definition, Patch};
use super::tokens::{Kind, Statement, Token};

/// What a statement does to one table.
#[derive(Debug)]
pub(in crate::schema) struct Change {
    pub(in crate::schema) operation: Operation,
    pub(in crate::schema) table: String,
    pub(in crate::schema) to: Option<String>,
    pub(in crate::schema) columns: Vec<codeproof_types::laravel::Column>,
    pub(in crate::schema) patches: Vec<Patch>,
    pub(in crate::schema) indexes: Vec<TableIndex>,
    pub(in crate::schema) foreign_keys: Vec<ForeignKey>,
    pub(in crate::schema) dropped_columns: Vec<String>,
    pub(in crate::schema) dropped: Vec<DroppedPart>,
    pub(in crate::schema) renames: Vec<RenamedPart>,
    /// Whether all rows go.
    pub(in crate::schema) loses_rows: bool,
    /// Whether it does nothing when the table is there already.
    pub(in crate::schema) unless_there: bool,
    /// The table whose columns it gets (`CREATE TABLE … LIKE …`).
    pub(in crate::schema) like: Option<String>,
    /// Whether it gets columns that the statement does not name (`CREATE TABLE … AS SELECT …`).
    pub(in crate::schema) is_open: bool,
}

impl Change {
    pub(super) fn new(operation: Operation, table: String) -> Self {
        Self {
            operation,
            table,
            to: None,
            columns: Vec::new(),
            patches: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            dropped_columns: Vec::new(),
            dropped: Vec::new(),
            renames: Vec::new(),
            loses_rows: false,
            unless_there: false,
            like: None,
            is_open: false,
        }
    }

    /// Adds a column and what its own words ask for.
    pub(super) fn add(&mut self, definition: Definition) {
        self.indexes.extend(definition.index);
        self.foreign_keys.extend(definition.foreign_key);
        self.columns.push(definition.column);
    }
}

/// Tokens read one after the other.
#[derive(Debug)]
pub(super) struct Reader<'s, 't> {
    pub(super) tokens: &'s [Token<'t>],
    pub(super) at: usize,
}

impl<'s, 't> Reader<'s, 't> {
    pub(super) fn new(tokens: &'s [Token<'t>]) -> Self {
        Self { tokens, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<&'s Token<'t>> {
        self.tokens.get(self.at)
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is(word))
    }

    /// Takes these words when they stand here.
    pub(super) fn accept(&mut self, words: &[&str]) -> bool {
        let found = self.tokens.get(self.at..self.at + words.len());
        let is_here = found.is_some_and(|found| found.iter().zip(words).all(|(token, word)| token.is(word)));
        if is_here {
            self.at += words.len();
        }
        is_here
    }

    /// Takes one of several words.
    pub(super) fn accept_one(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.accept(&[word]))
    }

    /// A name, without the schema in front of it.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = None;
        while let Some(token) = self.peek().filter(|it| matches!(it.kind, Kind::Word | Kind::Quoted | Kind::Text)) {
            self.at += 1;
            name = Some(token.text().into_owned());
            if !self.accept(&["."]) {
                break;
            }
        }
        name
    }

    /// Names separated by commas.
    pub(super) fn names(&mut self) -> Vec<String> {
        let mut names: Vec<String> = self.name().into_iter().collect();
        while self.accept(&[","]) {
            self.accept(&["only"]);
            names.extend(self.name());
        }
        names
    }

    /// What stands in parentheses here; moves behind them.
    pub(super) fn parenthesised(&mut self) -> Option<&'s [Token<'t>]> {
        if !self.is("(") {
            return None;
        }
        let start = self.at + 1;
        let mut depth = 0u32;
        while let Some(token) = self.peek() {
            self.at += 1;
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth -= 1;
                if depth == 0 {
                    return self.tokens.get(start..self.at - 1);
                }
            }
        }
        self.tokens.get(start..)
    }

    /// The columns of an index: names in parentheses, lengths and orders left out.
    pub(super) fn columns(&mut self) -> Vec<String> {
        let Some(inner) = self.parenthesised() else { return Vec::new() };
        split(inner).into_iter().filter_map(|part| Reader::new(part).name()).collect()
    }
}

/// Parts between commas that stand in no parentheses.
pub(super) fn split<'s, 't>(tokens: &'s [Token<'t>]) -> Vec<&'s [Token<'t>]> {
    let mut parts = Vec::new();
    let mut depth = 0i64;
    let mut start = 0;
    for (place, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
        } else if depth == 0 && token.is(",") {
            parts.push(&tokens[start..place]);
            start = place + 1;
        }
    }
    parts.push(&tokens[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// What a statement does to tables.
pub(super) fn changes(statement: &Statement<'_>, source: &str) -> Vec<Change> {
    let mut reader = Reader::new(&statement.tokens);
    if reader.accept(&["create"]) {
        return create(&mut reader, source).into_iter().collect();
    }
    if reader.accept(&["alter", "table"]) {
        return super::alter::alter(&mut reader, source);
    }
    if reader.accept(&["drop"]) {
        return drop(&mut reader);
    }
    if reader.accept(&["truncate"]) {
        reader.accept(&["table"]);
        reader.accept(&["only"]);
        return reader.names().into_iter().map(emptied).collect();
    }
    if reader.accept(&["delete", "from"]) {
        reader.accept(&["only"]);
        let limits = ["where", "limit", "using", "join"];
        let is_narrowed = statement.tokens.iter().any(|token| limits.iter().any(|word| token.is(word)));
        return reader.name().filter(|_| !is_narrowed).map(emptied).into_iter().collect();
    }
    if reader.accept(&["rename", "table"]) {
        let pairs = split(&statement.tokens[2..]);
        return pairs.into_iter().filter_map(|pair| renamed(&mut Reader::new(pair))).collect();
    }
    Vec::new()
}

fn emptied(table: String) -> Change {
    Change { loses_rows: true, ..Change::new(Operation::Alter, table) }
}

fn renamed(reader: &mut Reader<'_, '_>) -> Option<Change> {
    let from = reader.name()?;
    reader.accept(&["to"]).then_some(())?;
    Some(Change { to: Some(reader.name()?), ..Change::new(Operation::Rename, from) })
}

fn drop(reader: &mut Reader<'_, '_>) -> Vec<Change> {
    reader.accept(&["temporary"]);
    let is_table = reader.accept(&["table"]);
    let is_index = !is_table && reader.accept(&["index"]);
    if !is_table && !is_index {
        return Vec::new();
    }
    reader.accept(&["concurrently"]);
    reader.accept(&["if", "exists"]);
    if is_table {
        return reader.names().into_iter().map(|table| Change::new(Operation::Drop, table)).collect();
    }
    let Some(name) = reader.name() else { return Vec::new() };
    // PostgreSQL names no table: the index is looked for.
    let table = if reader.accept(&["on"]) { reader.name().unwrap_or_default() } else { String::new() };
    let part = DroppedPart { kind: DropKind::Index, name: Some(name), columns: Vec::new() };
    vec![Change { dropped: vec![part], ..Change::new(Operation::Alter, table) }]
}

fn create(reader: &mut Reader<'_, '_>, source: &str) -> Option<Change> {
    reader.accept(&["or", "replace"]);
    while reader.accept_one(&["temporary", "temp", "unlogged", "global", "local"]) {}
    if reader.accept(&["table"]) {
        return create_table(reader, source);
    }
    let kind = index_kind(reader);
    reader.accept(&["index"]).then_some(())?;
    reader.accept(&["concurrently"]);
    reader.accept(&["if", "not", "exists"]);
    let name = if reader.is("on") { None } else { reader.name() };
    reader.accept(&["on"]).then_some(())?;
    reader.accept(&["only"]);
    let table = reader.name()?;
    if reader.accept(&["using"]) {
        reader.name();
    }
    let index = TableIndex { kind, columns: reader.columns(), name };
    Some(Change { indexes: vec![index], ..Change::new(Operation::Alter, table) })
}

/// `UNIQUE`, `FULLTEXT`, `SPATIAL` in front of an index.
pub(super) fn index_kind(reader: &mut Reader<'_, '_>) -> IndexKind {
    let kinds = [("unique", IndexKind::Unique), ("fulltext", IndexKind::Fulltext), ("spatial", IndexKind::Spatial)];
    kinds.into_iter().find(|(word, _)| reader.accept(&[word])).map_or(IndexKind::Index, |(_, kind)| kind)
}

fn create_table(reader: &mut Reader<'_, '_>, source: &str) -> Option<Change> {
    let unless_there = reader.accept(&["if", "not", "exists"]);
    let mut change = Change { unless_there, ..Change::new(Operation::Create, reader.name()?) };
    if reader.accept(&["like"]) {
        change.like = reader.name();
        return Some(change);
    }
    for item in split(reader.parenthesised().unwrap_or_default()) {
        let mut item = Reader::new(item);
        if item.accept(&["like"]) {
            change.like = item.name();
        } else if !constraint(&mut item, &mut change) {
            change.columns_item(&mut item, source);
        }
    }
    let rest = reader.tokens.get(reader.at..).unwrap_or_default();
    change.is_open = rest.iter().any(|token| token.is("select"));
    Some(change)
}

impl Change {
    fn columns_item(&mut self, item: &mut Reader<'_, '_>, source: &str) {
        if let Some(definition) = super::column::definition(item, source) {
            self.add(definition);
        }
    }
}

/// A key or index of a table; false when something else stands here.
pub(super) fn constraint(reader: &mut Reader<'_, '_>, change: &mut Change) -> bool {
    let start = reader.at;
    let mut name = None;
    if reader.accept(&["constraint"]) {
        let is_named = !["primary", "unique", "foreign", "check"].iter().any(|word| reader.is(word));
        name = if is_named { reader.name() } else { None };
    }
    if reader.accept(&["primary", "key"]) {
        if reader.accept(&["using"]) {
            reader.name();
        }
        change.indexes.push(TableIndex { kind: IndexKind::Primary, columns: reader.columns(), name });
        return true;
    }
    if reader.accept(&["foreign", "key"]) {
        let own_name = if reader.is("(") { None } else { reader.name() };
        let columns = reader.columns();
        change.foreign_keys.push(references(reader, columns, name.or(own_name)));
        return true;
    }
    if reader.accept_one(&["check", "exclude", "period"]) {
        return true;
    }
    let first = reader.at;
    let kind = index_kind(reader);
    let is_index = reader.accept_one(&["key", "index"]) || reader.at > first;
    if is_index {
        let own_name = if reader.is("(") || reader.is("using") { None } else { reader.name() };
        if reader.accept(&["using"]) {
            reader.name();
        }
        if reader.is("(") {
            change.indexes.push(TableIndex { kind, columns: reader.columns(), name: name.or(own_name) });
            return true;
        }
    }
    let is_constraint = name.is_some();
    reader.at = start;
    is_constraint
}

/// `REFERENCES table (column) ON DELETE …`.
pub(super) fn references(reader: &mut Reader<'_, '_>, columns: Vec<String>, name: Option<String>) -> ForeignKey {
    let mut key = ForeignKey { columns, references: None, on: None, on_delete: None, on_update: None, name };
    if !reader.accept(&["references"]) {
        return key;
    }
    key.on = reader.name();
    let columns = reader.columns();
    key.references = (!columns.is_empty()).then(|| columns.join(","));
    loop {
        let is_delete = if reader.accept(&["on", "delete"]) {
            true
        } else if reader.accept(&["on", "update"]) {
            false
        } else if reader.accept_one(&["match", "deferrable", "initially", "deferred", "immediate", "full", "simple"]) {
            continue;
        } else {
            return key;
        };
        let mut words = Vec::new();
        let actions = ["cascade", "restrict", "set", "null", "default", "no", "action"];
        while let Some(token) = reader.peek().filter(|token| actions.iter().any(|word| token.is(word))) {
            words.push(token.text().to_lowercase());
            reader.at += 1;
            if words.len() == 2 || matches!(words[0].as_str(), "cascade" | "restrict") {
                break;
            }
        }
        let action = Some(words.join(" "));
        if is_delete { key.on_delete = action } else { key.on_update = action }
    }
}
