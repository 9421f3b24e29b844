//! PHP's own functions, as far as code that registers things uses them.

use std::rc::Rc;

use super::array::{Key, PhpArray};
use super::call::Arguments;
use super::machine::{Framework, Machine};
use super::operators::{doubt_of, stronger};
use super::value::Value;

/// A path as the evaluator's code sees it (the root of the application is `/`), from the root and without dots;
/// `None` when it leads outside.
pub(crate) fn inside(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Bytes of one text that is made; longer ones are not known.
const TEXT_BYTES_MAX: usize = 1 << 20;

impl<F: Framework> Machine<'_, F> {
    /// The result of one of PHP's functions; `None` when it is not one that is known.
    pub(super) fn native_function(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
        let doubt = doubt_of(arguments.positional.iter());
        let value = self
            .text_function(name, arguments)
            .or_else(|| self.array_function(name, arguments))
            .or_else(|| self.question(name, arguments))
            .or_else(|| self.file_function(name, arguments))?;
        Some(value.under(doubt))
    }

    fn text_function(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
        let first = arguments.at(0).as_text();
        let second = arguments.at(1).as_text();
        let extra = |default: &'static str| -> Vec<char> {
            arguments
                .positional
                .get(1)
                .and_then(Value::as_text)
                .map_or(default.chars().collect(), |it| it.chars().collect())
        };
        const BLANKS: &str = " \n\r\t\u{b}\0";
        Some(match name {
            "trim" => Value::text(first?.trim_matches(extra(BLANKS).as_slice())),
            "ltrim" => Value::text(first?.trim_start_matches(extra(BLANKS).as_slice())),
            "rtrim" | "chop" => Value::text(first?.trim_end_matches(extra(BLANKS).as_slice())),
            "strtolower" | "mb_strtolower" => Value::text(first?.to_lowercase()),
            "strtoupper" | "mb_strtoupper" => Value::text(first?.to_uppercase()),
            "ucfirst" | "lcfirst" => {
                let first = first?;
                let mut characters = first.chars();
                let head = characters.next().map(String::from).unwrap_or_default();
                let head = if name == "ucfirst" { head.to_uppercase() } else { head.to_lowercase() };
                Value::text(format!("{head}{}", characters.as_str()))
            }
            "str_replace" => return self.replaced(arguments),
            "sprintf" => formatted(arguments)?,
            "implode" | "join" => return self.joined(arguments),
            "explode" => {
                let separator = first.filter(|separator| !separator.is_empty())?;
                Value::list(second?.split(&*separator).map(Value::text).collect::<Vec<_>>())
            }
            "strlen" => Value::Integer(i64::try_from(first?.len()).ok()?),
            "str_contains" => Value::Boolean(first?.contains(&*second?)),
            "str_starts_with" => Value::Boolean(first?.starts_with(&*second?)),
            "str_ends_with" => Value::Boolean(first?.ends_with(&*second?)),
            "strpos" => match first?.find(&*second?) {
                Some(place) => Value::Integer(i64::try_from(place).ok()?),
                None => Value::Boolean(false),
            },
            "substr" => {
                let (text, start) = (first?, integer(&arguments.at(1))?);
                let length = i64::try_from(text.len()).ok()?;
                let start = if start < 0 { (length + start).max(0) } else { start.min(length) };
                let end = match arguments.positional.get(2).map(integer) {
                    Some(Some(count)) if count < 0 => length + count,
                    Some(Some(count)) => (start + count).min(length),
                    _ => length,
                };
                Value::text(text.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?).unwrap_or_default())
            }
            _ => return None,
        })
    }

    fn replaced(&mut self, arguments: &Arguments) -> Option<Value> {
        let texts = |value: Value| -> Vec<Rc<str>> {
            match value.as_array() {
                Some(array) => array.values().filter_map(Value::as_text).collect(),
                None => value.as_text().into_iter().collect(),
            }
        };
        let single = arguments.at(1).as_array().is_none();
        let (search, replace) = (texts(arguments.at(0)), texts(arguments.at(1)));
        let mut text = arguments.at(2).as_text()?.to_string();
        for (place, search) in search.iter().enumerate().filter(|(_, search)| !search.is_empty()) {
            let replacement = if single { replace.first() } else { replace.get(place) };
            let replacement = replacement.map_or("", |it| it);
            let added = text.matches(&**search).count().saturating_mul(replacement.len());
            if text.len().saturating_add(added) > TEXT_BYTES_MAX {
                return None;
            }
            text = text.replace(&**search, replacement);
        }
        Some(Value::text(text))
    }

    fn joined(&mut self, arguments: &Arguments) -> Option<Value> {
        let (separator, list) = match (arguments.at(0).as_array(), arguments.at(1).as_array()) {
            (Some(list), _) => (arguments.at(1).as_text().unwrap_or_default(), list.clone()),
            (None, Some(list)) => (arguments.at(0).as_text()?, list.clone()),
            _ => return None,
        };
        let parts: Option<Vec<Rc<str>>> = list.values().map(|value| self.text_of(value)).collect();
        let parts = parts?;
        if parts.iter().map(|part| part.len() + separator.len()).sum::<usize>() > TEXT_BYTES_MAX {
            return None;
        }
        Some(Value::text(parts.join(&separator)).under(doubt_of(list.values())))
    }

    fn array_function(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
        let first = arguments.at(0).as_array().cloned();
        Some(match name {
            "array_merge" | "array_replace" | "array_merge_recursive" => {
                let mut merged = PhpArray::default();
                for value in arguments.values() {
                    merged.merge(value.as_array()?);
                }
                Value::Array(Rc::new(merged))
            }
            "array_keys" => Value::list(first?.iter().map(|(key, _)| key.to_value()).collect::<Vec<_>>()),
            "array_values" => Value::list(first?.values().cloned().collect::<Vec<_>>()),
            "count" | "sizeof" => Value::Integer(i64::try_from(first?.len()).ok()?),
            "in_array" => {
                let wanted = arguments.at(0);
                let list = arguments.at(1).as_array()?.clone();
                let mut known = true;
                for value in list.values() {
                    match wanted.equal(value) {
                        Some(true) => return Some(Value::Boolean(true)),
                        Some(false) => {}
                        None => known = false,
                    }
                }
                known.then_some(Value::Boolean(false))?
            }
            "array_key_exists" => {
                let key = arguments.at(0).as_key()?;
                Value::Boolean(arguments.at(1).as_array()?.get(&key).is_some())
            }
            "array_column" => {
                let column = arguments.at(1).as_text()?;
                let mut values = Vec::new();
                for value in first?.values() {
                    values.push(match value.as_array() {
                        Some(row) => row.get_text(&column)?.clone(),
                        None => self.property(value, &column),
                    });
                }
                Value::list(values)
            }
            "array_flip" => Value::Array(Rc::new(
                first?.iter().filter_map(|(key, value)| Some((value.as_key()?, key.to_value()))).collect(),
            )),
            "array_combine" => {
                let values = arguments.at(1).as_array()?.clone();
                let pairs = first?
                    .values()
                    .zip(values.values())
                    .filter_map(|(key, value)| Some((key.as_key()?, value.clone())))
                    .collect();
                Value::Array(Rc::new(pairs))
            }
            "array_diff" | "array_intersect" => {
                let other = arguments.at(1).as_array()?.clone();
                let keep = |value: &Value| {
                    other.values().any(|it| it.equal(value) == Some(true)) == (name == "array_intersect")
                };
                Value::Array(Rc::new(
                    first?
                        .iter()
                        .filter(|(_, value)| keep(value))
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect(),
                ))
            }
            "array_unique" => {
                let mut kept: Vec<(Key, Value)> = Vec::new();
                for (key, value) in first?.iter() {
                    if !kept.iter().any(|(_, known)| known.equal(value) == Some(true)) {
                        kept.push((key.clone(), value.clone()));
                    }
                }
                Value::Array(Rc::new(kept.into_iter().collect()))
            }
            "array_filter" => return self.filtered(&first?, arguments),
            "array_map" => {
                let (callback, list) = (arguments.at(0), arguments.at(1).as_array()?.clone());
                let mut mapped = PhpArray::default();
                for (key, value) in list.iter() {
                    let value = self.call_value(&callback, Arguments::of([value.clone()]));
                    mapped.insert(key.clone(), value);
                }
                Value::Array(Rc::new(mapped))
            }
            "array_walk" => {
                for (key, value) in first?.iter() {
                    self.call_value(&arguments.at(1), Arguments::of([value.clone(), key.to_value()]));
                }
                Value::Boolean(true)
            }
            "range" => {
                let (from, to) = (integer(&arguments.at(0))?, integer(&arguments.at(1))?);
                let to = to.min(from.saturating_add(100_000));
                Value::list((from..=to).map(Value::Integer).collect::<Vec<_>>())
            }
            "iterator_to_array" => Value::Array(first?),
            "compact" => {
                let mut array = PhpArray::default();
                for name in arguments.values().filter_map(Value::as_text).collect::<Vec<_>>() {
                    let value = self.variable(&name)?;
                    array.insert(Key::Text(name), value);
                }
                Value::Array(Rc::new(array))
            }
            _ => return None,
        })
    }

    fn filtered(&mut self, list: &Rc<PhpArray>, arguments: &Arguments) -> Option<Value> {
        let callback = arguments.positional.get(1);
        let mut kept = PhpArray::default();
        let mut doubt = None;
        for (key, value) in list.iter() {
            let verdict = match callback {
                Some(callback) => self.call_value(callback, Arguments::of([value.clone()])),
                None => value.clone(),
            };
            doubt = stronger(doubt, verdict.doubt());
            if verdict.truth() != Some(false) {
                kept.insert(key.clone(), value.clone());
            }
        }
        Some(Value::Array(Rc::new(kept)).under(doubt))
    }

    fn question(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
        let first = arguments.at(0);
        if let (true, Value::Unknown(_)) = (name.starts_with("is_"), first.plain()) {
            return Some(first);
        }
        Some(match name {
            "is_array" => Value::Boolean(first.as_array().is_some()),
            "is_string" => Value::Boolean(matches!(first.plain(), Value::Text(_))),
            "is_null" => Value::Boolean(matches!(first.plain(), Value::Null)),
            "is_bool" => Value::Boolean(matches!(first.plain(), Value::Boolean(_))),
            "is_int" => Value::Boolean(matches!(first.plain(), Value::Integer(_))),
            "is_callable" => Value::Boolean(matches!(first.plain(), Value::Closure(_))),
            "class_exists" | "interface_exists" | "enum_exists" | "trait_exists" => {
                let class = first.as_text()?;
                match self.program.class(&class) {
                    Some(_) => Value::Boolean(true),
                    None if self.program.is_own_name(&class) => Value::Boolean(false),
                    None => self.unknown(format!("whether the class {class} is installed")),
                }
            }
            "get_class" | "get_called_class" if arguments.positional.is_empty() => {
                let frame = self.frame();
                let class = if name == "get_class" { &frame.class } else { &frame.called };
                Value::Text(class.clone()?)
            }
            "get_parent_class" => {
                let class = match first.plain() {
                    Value::Object(instance) => instance.class.clone(),
                    Value::Null => self.frame().class.clone()?,
                    other => other.as_text()?,
                };
                match &self.program.class(&class)?.parent {
                    Some(parent) => Value::Text(parent.clone()),
                    None => Value::Boolean(false),
                }
            }
            "is_a" | "is_subclass_of" => {
                let (class, wanted) = (first, arguments.at(1).as_text()?);
                let class = match class.plain() {
                    Value::Object(instance) => instance.class.clone(),
                    other => other.as_text()?,
                };
                self.descends(&class, &wanted, name == "is_a")?
            }
            "get_class" => match first.plain() {
                Value::Object(instance) => Value::Text(instance.class.clone()),
                Value::Case(case) => Value::Text(case.class.clone()),
                _ => return None,
            },
            "method_exists" => {
                let class = match first.plain() {
                    Value::Object(instance) => instance.class.clone(),
                    other => other.as_text()?,
                };
                Value::Boolean(self.method(&class, &arguments.at(1).as_text()?).is_some())
            }
            "function_exists" => {
                let function = first.as_text()?;
                match self.program.function(&function) {
                    Some(_) => Value::Boolean(true),
                    None => self.unknown(format!("whether the function {function} is there")),
                }
            }
            "define" => {
                let name = first.as_text()?;
                self.constants.insert(name, arguments.at(1));
                Value::Boolean(true)
            }
            "defined" => Value::Boolean(self.constants.contains_key(&first.as_text()?)),
            "constant" => {
                let written = first.as_text()?;
                match written.split_once("::") {
                    Some((class, name)) => self.constant_of(class, &Rc::from(name)),
                    None => self.constants.get(&written)?.clone(),
                }
            }
            "call_user_func" => {
                let rest = Arguments { positional: arguments.positional.get(1..)?.to_vec(), named: Vec::new() };
                self.call_value(&first, rest)
            }
            "call_user_func_array" => {
                let list: Vec<Value> = arguments.at(1).as_array()?.values().cloned().collect();
                self.call_value(&first, Arguments::of(list))
            }
            "strval" => Value::Text(self.text_of(&first)?),
            "version_compare" => {
                use std::cmp::Ordering;
                let order = super::versions::compare(&first.as_text()?, &arguments.at(1).as_text()?);
                match &*arguments.at(2).as_text()? {
                    "" => Value::Integer(order as i64),
                    "<" | "lt" => Value::Boolean(order == Ordering::Less),
                    "<=" | "le" => Value::Boolean(order != Ordering::Greater),
                    ">" | "gt" => Value::Boolean(order == Ordering::Greater),
                    ">=" | "ge" => Value::Boolean(order != Ordering::Less),
                    "==" | "eq" => Value::Boolean(order == Ordering::Equal),
                    "!=" | "<>" | "ne" => Value::Boolean(order != Ordering::Equal),
                    _ => return None,
                }
            }
            "intval" => Value::Integer(integer(&first)?),
            "boolval" => Value::Boolean(first.truth()?),
            _ => return None,
        })
    }

    fn file_function(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
        let path = arguments.at(0).as_text();
        Some(match name {
            "file_get_contents" => Value::text(self.program.text(&inside(&path?)?)?),
            "file_exists" | "is_file" | "is_readable" => Value::Boolean(self.has_path(&path?)),
            "realpath" => {
                let path = path?;
                if self.has_path(&path) { Value::text(format!("/{}", inside(&path)?)) } else { Value::Boolean(false) }
            }
            "is_dir" => Value::Boolean(self.program.has_folder(&inside(&path?)?)),
            "dirname" => {
                let mut path = path?.to_string();
                for _ in 0..integer(&arguments.at(1)).filter(|levels| *levels > 0).unwrap_or(1).min(50) {
                    path.truncate(path.rfind('/').unwrap_or(0));
                }
                Value::text(path)
            }
            "basename" => {
                let path = path?;
                let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
                let suffix = arguments.at(1).as_text().unwrap_or_default();
                Value::text(name.strip_suffix(&*suffix).filter(|rest| !rest.is_empty()).unwrap_or(&name))
            }
            "glob" => {
                let pattern = inside(&path?)?;
                let (folder, last) = pattern.rsplit_once('/').unwrap_or(("", &pattern));
                // Only `folder/*.php` and the like: one star in the last part.
                if folder.contains(['*', '?', '{']) {
                    return None;
                }
                let (head, tail) = last.split_once('*')?;
                let found = self.program.list(folder);
                let matching = found.iter().filter(|path| {
                    let name = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
                    !name.contains('/') && name.starts_with(head) && name.ends_with(tail)
                });
                Value::list(matching.map(|path| Value::text(format!("/{path}"))).collect::<Vec<_>>())
            }
            "scandir" => {
                let folder = inside(&path?)?;
                let mut names: Vec<String> = self
                    .program
                    .list(&folder)
                    .iter()
                    .filter_map(|path| {
                        path.strip_prefix(&folder)?.trim_start_matches('/').split('/').next().map(str::to_owned)
                    })
                    .collect();
                names.extend([".".to_owned(), "..".to_owned()]);
                names.sort();
                names.dedup();
                Value::list(names.into_iter().map(Value::text).collect::<Vec<_>>())
            }
            _ => return None,
        })
    }

    fn has_path(&mut self, path: &str) -> bool {
        inside(path).is_some_and(|path| self.program.has_file(&path) || self.program.has_folder(&path))
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value.plain() {
        Value::Integer(value) => Some(*value),
        Value::Boolean(value) => Some(i64::from(*value)),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// `sprintf` with `%s`, `%d`, `%%` and numbered arguments.
fn formatted(arguments: &Arguments) -> Option<Value> {
    let format = arguments.at(0).as_text()?;
    let mut text = String::new();
    let mut next = 1;
    let mut rest = &*format;
    while let Some(place) = rest.find('%') {
        text.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        let end = rest.find(['s', 'd', '%'])?;
        let (specification, kind) = (&rest[..end], &rest[end..=end]);
        rest = &rest[end + 1..];
        if kind == "%" {
            text.push('%');
            continue;
        }
        let place = match specification {
            "" => {
                next += 1;
                next - 1
            }
            numbered => numbered.strip_suffix('$')?.parse().ok()?,
        };
        text.push_str(&arguments.positional.get(place)?.as_text()?);
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
    }
    text.push_str(rest);
    Some(Value::text(text))
}
