//! Names that are given as text: members by `getattr`, modules by `__import__`.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::super::names;
use super::super::rules::Verdict;
use super::super::value::{Arguments, HOLE, Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::Walk;

pub(super) const IMPORT: &str = "import modules by their names at the top of the file";

impl Walk<'_> {
    /// Names that are given as text: `getattr`, `__import__`, `import_module`.
    pub(super) fn by_text(
        &mut self,
        path: &str,
        receiver: Option<&Rc<Value>>,
        given: &Arguments,
        range: TextRange,
    ) -> Option<Value> {
        let last = path.rsplit('.').next().unwrap_or(path);
        match (path, last, receiver) {
            ("builtins.getattr", _, _) => {
                let [owner, name, ..] = given.positional.as_slice() else { return None };
                Some(self.member_by_text(owner, name, range))
            }
            (_, "__getattribute__" | "__getattr__", Some(owner)) => {
                Some(self.member_by_text(owner, given.positional.first()?, range))
            }
            (_, "__getattribute__", None) if given.positional.len() == 1 && path != last => {
                let owner = Value::name(path.trim_end_matches(".__getattribute__"));
                Some(self.member_by_text(&owner, given.positional.first()?, range))
            }
            (_, "__getattribute__", None) if given.positional.len() == 2 => {
                Some(self.member_by_text(&given.positional[0], &given.positional[1], range))
            }
            (_, "get" | "__getitem__" | "pop", None) if path != last => {
                let owner = path.strip_suffix(last)?.trim_end_matches('.');
                let holds = matches!(owner, "sys.modules" | "builtins") || owner.ends_with(".__dict__");
                holds.then(|| {
                    self.item(&Value::name(owner), given.positional.first().unwrap_or(&Value::default()), range)
                })
            }
            (_, "get" | "__getitem__" | "pop", Some(owner))
                if owner.origins.any(Origins::INTERIOR) || is_namespace(owner) =>
            {
                Some(self.item(&owner.clone(), given.positional.first()?, range))
            }
            (
                "builtins.__import__" | "importlib.import_module" | "importlib.util.find_spec" | "pkgutil.resolve_name",
                _,
                _,
            )
            | (_, "load_module", _) => Some(self.import_by_text(path, given, range)),
            _ => None,
        }
    }

    fn member_by_text(&mut self, owner: &Value, name: &Value, range: TextRange) -> Value {
        let mut members = Vec::new();
        for name in name.alternatives() {
            match (name.as_known_text(), owner.alternatives()) {
                (Some(text), _) => members.push(self.attribute(owner, &text, Origins::DETOUR, range)),
                (None, owners) => {
                    for owner in owners {
                        members.push(match &owner.shape {
                            Shape::Name(path) if names::is_powerful_module(path) => {
                                self.hidden_member(path, name, range)
                            }
                            Shape::Name(path) if &**path == "ccxt" => {
                                Value::name(format!("{path}.?")).from(name.origins)
                            }
                            _ => Value::unknown(owner.origins.with(name.origins)),
                        });
                    }
                }
            }
        }
        Value::choice(members)
    }

    fn import_by_text(&mut self, path: &str, given: &Arguments, range: TextRange) -> Value {
        let name = given.positional.first().cloned().or_else(|| given.named("name").cloned()).unwrap_or_default();
        let mut modules = Vec::new();
        for single in name.alternatives() {
            let text = single.as_text();
            let verdict = match text.as_deref() {
                Some(text) if !text.contains(HOLE) => {
                    let root = text.split('.').next().unwrap_or(text);
                    let whole = path.contains("import_module") || path.contains("resolve_name");
                    modules.push(self.named(if whole { text } else { root }, Origins::DETOUR));
                    let hidden = single.origins.any(Origins::DECODED) && names::is_powerful(text);
                    let level = match names::is_powerful(text) {
                        true if hidden => Level::High,
                        true => Level::Medium,
                        false => Level::Safe,
                    };
                    Verdict::new(ThreatType::MaliciousCode, level, format!("imports `{root}` by a text"), IMPORT)
                }
                _ if single.origins.any(Origins::DECODED.with(Origins::NETWORK)) => Verdict::new(
                    ThreatType::MaliciousCode,
                    Level::Critical,
                    "imports a module whose name is hidden",
                    IMPORT,
                ),
                _ if single.origins.any(Origins::INPUT) => {
                    Verdict::new(ThreatType::CodeExecution, Level::High, "imports a module the user names", IMPORT)
                }
                _ => {
                    Verdict::new(ThreatType::CodeExecution, Level::Medium, "imports a module named at run time", IMPORT)
                }
            };
            self.report(range, verdict);
        }
        Value::choice(modules)
    }
}

fn is_namespace(owner: &Value) -> bool {
    matches!(&owner.shape, Shape::Object(class, _) if matches!(&**class, "builtins.globals" | "builtins.locals" | "builtins.vars"))
}
