//! The column methods of `Blueprint`: which columns each stands for, by the framework's version.

use std::collections::BTreeMap;

use codeproof_types::laravel::{Column, IndexKind, TableIndex};
use serde_json::Value as Json;

use super::blueprint::{Part, index_name};
use super::record::{Doubts, MorphKey};
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Machine, Value};

/// Column methods that take a name and nothing else that counts, and the type they give.
const PLAIN: &[(&str, &str)] = &[
    ("tinytext", "tinyText"),
    ("text", "text"),
    ("mediumtext", "mediumText"),
    ("longtext", "longText"),
    ("boolean", "boolean"),
    ("json", "json"),
    ("jsonb", "jsonb"),
    ("date", "date"),
    ("year", "year"),
    ("tsvector", "tsvector"),
    ("multipolygonz", "multiPolygonZ"),
];

/// Column methods with a number of digits of a second.
const TIMES: &[(&str, &str)] = &[
    ("datetime", "dateTime"),
    ("datetimetz", "dateTimeTz"),
    ("time", "time"),
    ("timetz", "timeTz"),
    ("timestamp", "timestamp"),
    ("timestamptz", "timestampTz"),
    ("softdeletes", "timestamp"),
    ("softdeletestz", "timestampTz"),
    ("softdeletesdatetime", "dateTime"),
];

/// Methods of old versions for places.
const PLACES: &[(&str, &str)] = &[
    ("geometry", "geometry"),
    ("geography", "geography"),
    ("point", "point"),
    ("linestring", "lineString"),
    ("polygon", "polygon"),
    ("geometrycollection", "geometryCollection"),
    ("multipoint", "multiPoint"),
    ("multilinestring", "multiLineString"),
    ("multipolygon", "multiPolygon"),
];

/// Names that columns have when none is given.
const DEFAULT_NAMES: &[(&str, &str)] = &[
    ("id", "id"),
    ("uuid", "uuid"),
    ("ulid", "ulid"),
    ("ipaddress", "ip_address"),
    ("macaddress", "mac_address"),
    ("softdeletes", "deleted_at"),
    ("softdeletestz", "deleted_at"),
    ("softdeletesdatetime", "deleted_at"),
    ("remembertoken", "remember_token"),
];

impl Machine<'_, Laravel> {
    /// A method that adds columns; `None` when it is none of Laravel's.
    pub(super) fn column_call(&mut self, number: usize, method: &str, arguments: &Arguments) -> Option<Value> {
        let word = method.to_lowercase();
        if let Some(value) = self.time_pair(number, &word, arguments) {
            return Some(value);
        }
        if let Some(morph) = word.strip_suffix("morphs") {
            return self.morphs(number, morph, arguments);
        }
        if matches!(word.as_str(), "foreignidfor" | "foreignuuidfor" | "foreignulidfor") {
            return Some(self.foreign_for(number, &word, arguments));
        }
        let shape = self.shape(&word, arguments)?;
        let mut doubts = Doubts::default();
        let name = match (arguments.get(0, "column"), DEFAULT_NAMES.iter().find(|(it, _)| *it == word)) {
            (None | Some(Value::Null), Some((_, name))) => Some((*name).to_owned()),
            (given, _) => {
                let given = given.cloned().unwrap_or(Value::Null);
                self.name_of(&given, "a column whose name is not known", &mut doubts)
            }
        };
        for argument in arguments.positional.iter().skip(1).chain(arguments.named.iter().map(|(_, value)| value)) {
            doubts.of_value(argument);
        }
        Some(self.add_column(number, name, shape, doubts))
    }

    /// Puts a column into a blueprint.
    pub(super) fn add_column(&mut self, number: usize, name: Option<String>, shape: Shape, doubts: Doubts) -> Value {
        let Some(name) = name else { return self.add_part(number, Part::Nothing, doubts) };
        let mut modifiers = shape.modifiers;
        if let Some(blueprint) = self.framework.migrating.blueprints.get_mut(number)
            && let Some(after) = &mut blueprint.after
        {
            modifiers.insert("after".to_owned(), Json::String(after.clone()));
            after.clone_from(&name);
        }
        let column =
            Column { name, kind: shape.kind, nullable: shape.nullable, default: None, change: false, modifiers };
        self.add_part(number, Part::Column(column, shape.is_foreign), doubts)
    }

    /// What a method says about its column.
    fn shape(&mut self, word: &str, arguments: &Arguments) -> Option<Shape> {
        if let Some((_, kind)) = PLAIN.iter().find(|(it, _)| *it == word) {
            return Some(Shape::of(kind));
        }
        if let Some((_, kind)) = PLACES.iter().find(|(it, _)| *it == word) {
            return Some(Shape::of(kind).with_given(self, arguments, &[(1, "subtype"), (2, "srid")]));
        }
        if let Some((_, kind)) = TIMES.iter().find(|(it, _)| *it == word) {
            let shape = Shape::of(kind).with_given(self, arguments, &[(1, "precision")]);
            return Some(if word.starts_with("soft") { shape.nullable() } else { shape });
        }
        if let Some(shape) = self.integer_shape(word, arguments) {
            return Some(shape);
        }
        Some(match word {
            "string" | "char" => {
                let mut shape = Shape::of(word);
                let own = self.framework.migrating.string_length.clone().unwrap_or(Value::Integer(255));
                let given = arguments.value(1, "length");
                let length = if matches!(given.plain(), Value::Null) { own } else { given };
                shape.put("length", self.json_of(&length));
                shape
            }
            "ulid" => {
                let mut shape = Shape::of("char");
                let given = arguments.value(1, "length");
                let length = if matches!(given.plain(), Value::Null) { Value::Integer(26) } else { given };
                shape.put("length", self.json_of(&length));
                shape
            }
            "uuid" | "ipaddress" | "macaddress" => Shape::of(match word {
                "ipaddress" => "ipAddress",
                "macaddress" => "macAddress",
                other => other,
            }),
            "remembertoken" => {
                let mut shape = Shape::of("string").nullable();
                shape.put("length", Json::from(100));
                shape
            }
            "foreignid" => Shape::of("bigInteger").unsigned().foreign(),
            "foreignuuid" => Shape::of("uuid").foreign(),
            "foreignulid" => {
                let mut shape = Shape::of("char").foreign();
                let given = arguments.value(1, "length");
                let length = if matches!(given.plain(), Value::Null) { Value::Integer(26) } else { given };
                shape.put("length", self.json_of(&length));
                shape
            }
            "decimal" | "unsigneddecimal" => {
                let shape = Shape::of("decimal").with_given(self, arguments, &[(1, "total"), (2, "places")]);
                let shape = shape.or_else("total", 8).or_else("places", 2);
                if word == "decimal" { shape } else { shape.unsigned() }
            }
            "float" | "double" | "unsignedfloat" | "unsigneddouble" => {
                let kind = word.trim_start_matches("unsigned");
                let shape = if !self.is_before(11) {
                    let own: &[(usize, &str)] = if kind == "float" { &[(1, "precision")] } else { &[] };
                    Shape::of(kind).with_given(self, arguments, own)
                } else {
                    Shape::of(kind).with_given(self, arguments, &[(1, "total"), (2, "places")])
                };
                let shape = match (kind, self.is_before(11)) {
                    ("float", false) => shape.or_else("precision", 53),
                    ("float", true) => shape.or_else("total", 8).or_else("places", 2),
                    _ => shape,
                };
                if kind == word { shape } else { shape.unsigned() }
            }
            "enum" | "set" => Shape::of(word).with_given(self, arguments, &[(1, "allowed")]),
            "binary" => Shape::of("binary").with_given(self, arguments, &[(1, "length"), (2, "fixed")]),
            "computed" => Shape::of("computed").with_given(self, arguments, &[(1, "expression")]),
            "vector" => Shape::of("vector").with_given(self, arguments, &[(1, "dimensions")]),
            "rawcolumn" => Shape::of("raw").with_given(self, arguments, &[(1, "definition")]),
            _ => return None,
        })
    }

    /// `increments`, `unsignedBigInteger` and their sisters.
    fn integer_shape(&mut self, word: &str, arguments: &Arguments) -> Option<Shape> {
        let (word, increments) = match word {
            "id" => ("biginteger", true),
            "increments" | "integerincrements" => ("integer", true),
            "tinyincrements" => ("tinyinteger", true),
            "smallincrements" => ("smallinteger", true),
            "mediumincrements" => ("mediuminteger", true),
            "bigincrements" => ("biginteger", true),
            other => (other, false),
        };
        let (word, unsigned) = match word.strip_prefix("unsigned") {
            Some(rest) => (rest, true),
            None => (word, increments),
        };
        let mut shape = Shape::of(match word {
            "integer" => "integer",
            "tinyinteger" => "tinyInteger",
            "smallinteger" => "smallInteger",
            "mediuminteger" => "mediumInteger",
            "biginteger" => "bigInteger",
            _ => return None,
        });
        let flag = |place, name| !increments && arguments.value(place, name).truth() == Some(true);
        if increments || flag(1, "autoIncrement") {
            shape.put("autoIncrement", Json::Bool(true));
        }
        if unsigned || flag(2, "unsigned") {
            shape = shape.unsigned();
        }
        Some(shape)
    }

    /// `timestamps()` and its sisters: two columns that may be empty.
    fn time_pair(&mut self, number: usize, word: &str, arguments: &Arguments) -> Option<Value> {
        let kind = match word {
            "timestamps" | "nullabletimestamps" => "timestamp",
            "timestampstz" | "nullabletimestampstz" => "timestampTz",
            "datetimes" => "dateTime",
            _ => return None,
        };
        let made: Vec<Value> = ["created_at", "updated_at"]
            .into_iter()
            .map(|name| {
                let shape = Shape::of(kind).nullable().with_given(self, arguments, &[(0, "precision")]);
                self.add_column(number, Some(name.to_owned()), shape, Doubts::default())
            })
            .collect();
        Some(self.object(Object::Collection(Value::list(made))))
    }

    /// `morphs()` and its sisters: the class and the key of another row, and an index over both.
    fn morphs(&mut self, number: usize, which: &str, arguments: &Arguments) -> Option<Value> {
        let (is_nullable, which) = match which.strip_prefix("nullable") {
            Some(rest) => (true, rest),
            None => (false, which),
        };
        let key = match (which, self.framework.migrating.morph_key) {
            ("", key) => key,
            ("numeric", _) => MorphKey::Number,
            ("uuid", _) => MorphKey::Uuid,
            ("ulid", _) => MorphKey::Ulid,
            _ => return None,
        };
        let mut doubts = Doubts::default();
        let name =
            self.name_of(&arguments.value(0, "name"), "the columns of a morph, whose name is not known", &mut doubts);
        let Some(name) = name else { return Some(self.add_part(number, Part::Nothing, doubts)) };
        // Version 5.5 puts the key first; 32 bits until 5.6.
        let minor = self.old_minor();
        let mut id = match key {
            MorphKey::Number if minor.is_some_and(|minor| minor < 7) => Shape::of("integer").unsigned(),
            MorphKey::Number => Shape::of("bigInteger").unsigned(),
            MorphKey::Uuid => Shape::of("uuid"),
            MorphKey::Ulid => {
                let mut shape = Shape::of("char");
                shape.put("length", Json::from(26));
                shape
            }
        };
        let mut class = Shape::of("string");
        let length = self.framework.migrating.string_length.clone().unwrap_or(Value::Integer(255));
        class.put("length", self.json_of(&length));
        id.nullable = is_nullable;
        class.nullable = is_nullable;
        let (type_name, id_name) = (format!("{name}_type"), format!("{name}_id"));
        if let Some(after) = arguments.value(2, "after").as_text().filter(|it| !it.is_empty()) {
            class.put("after", Json::String(after.to_string()));
            id.put("after", Json::String(type_name.clone()));
        }
        let mut parts = [(type_name, class), (id_name, id)];
        if minor.is_some_and(|minor| minor < 6) {
            parts.reverse();
        }
        let columns: Vec<String> = parts.iter().map(|(name, _)| name.clone()).collect();
        for (name, shape) in parts {
            self.add_column(number, Some(name), shape, doubts.clone());
        }
        let given = arguments.value(1, "indexName").as_text().filter(|it| !it.is_empty());
        let name = match given {
            Some(name) => name.to_string(),
            None => {
                index_name(&self.framework.migrating.prefix.clone(), &self.blueprint_table(number), &columns, "index")
            }
        };
        let index = TableIndex { kind: IndexKind::Index, columns, name: Some(name) };
        Some(self.add_part(number, Part::Index(index), Doubts::default()))
    }

    /// Whether the framework is known to be older than a major version.
    pub(super) fn is_before(&self, major: u32) -> bool {
        self.framework.version != 0 && self.framework.version < major
    }

    /// The minor version of Laravel 5; `None` for later ones.
    fn old_minor(&self) -> Option<u32> {
        if self.framework.version != 5 {
            return None;
        }
        let written = self.framework.version_written.as_deref()?;
        Some(written.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(8))
    }

    /// `foreignIdFor(Model::class)`: a column that fits the model's key.
    fn foreign_for(&mut self, number: usize, word: &str, arguments: &Arguments) -> Value {
        let mut doubts = Doubts::default();
        let model = arguments.value(0, "model");
        doubts.of_value(&model);
        let class = match model.plain() {
            Value::Object(instance) => Some(instance.class.clone()),
            other => other.as_text(),
        };
        let Some(class) = class else {
            doubts.is_partial = true;
            return self.add_part(number, Part::Nothing, doubts);
        };
        let facts = self.model_facts(&class);
        let name = match arguments.value(1, "column").as_text().filter(|it| !it.is_empty()) {
            Some(name) => name.to_string(),
            None => facts.foreign_key.clone(),
        };
        let mut shape = match (word, facts.is_ulid, facts.is_number) {
            ("foreignuuidfor", ..) => Shape::of("uuid"),
            ("foreignulidfor", ..) | (_, true, _) => {
                let mut shape = Shape::of("char");
                shape.put("length", Json::from(26));
                shape
            }
            (_, _, true) => Shape::of("bigInteger").unsigned(),
            _ => Shape::of("uuid"),
        }
        .foreign();
        // Since 11 the column also knows the model's table and key.
        if !self.is_before(11) {
            shape.put("table", Json::String(facts.table));
            shape.put("referencesModelColumn", Json::String(facts.key));
        }
        self.add_column(number, Some(name), shape, doubts)
    }
}

/// What a method says about its column.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    kind: String,
    nullable: bool,
    is_foreign: bool,
    modifiers: BTreeMap<String, Json>,
}

impl Shape {
    pub(super) fn of(kind: &str) -> Self {
        Self { kind: kind.to_owned(), nullable: false, is_foreign: false, modifiers: BTreeMap::new() }
    }

    fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    fn foreign(mut self) -> Self {
        self.is_foreign = true;
        self
    }

    fn unsigned(mut self) -> Self {
        self.put("unsigned", Json::Bool(true));
        self
    }

    /// What holds when an argument is not given.
    fn or_else(mut self, name: &str, value: u32) -> Self {
        self.modifiers.entry(name.to_owned()).or_insert_with(|| Json::from(value));
        self
    }

    pub(super) fn put(&mut self, name: &str, value: Json) {
        self.modifiers.insert(name.to_owned(), value);
    }

    /// Takes over arguments that are given and not null.
    fn with_given(
        mut self,
        machine: &mut Machine<'_, Laravel>,
        arguments: &Arguments,
        names: &[(usize, &str)],
    ) -> Self {
        for (place, name) in names {
            let value = arguments.value(*place, name);
            if !matches!(value.plain(), Value::Null | Value::Unknown(_)) {
                let json = machine.json_of(&value);
                self.put(name, json);
            }
        }
        self
    }
}
