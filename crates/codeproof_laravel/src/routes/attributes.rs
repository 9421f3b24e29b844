//! What groups, registrars and routes have in common, and how Laravel merges it (`Illuminate\Routing\RouteGroup`).

use std::rc::Rc;

use crate::php::{Doubt, Framework, Machine, PhpArray, UNKNOWN_PART, Value};

/// The attributes of a group or of a route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attributes {
    pub(crate) prefix: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) middleware: Option<Vec<String>>,
    pub(crate) excluded: Vec<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) controller: Option<String>,
    pub(crate) wheres: Vec<(String, String)>,
    /// Whether a middleware is among them whose name is not known.
    pub(crate) has_unknown_middleware: bool,
    /// What is in doubt about these attributes: `true` when a part is missing.
    pub(crate) doubts: Vec<(Rc<Doubt>, bool)>,
}

impl Attributes {
    /// Bytes that they take, roughly.
    pub(crate) fn bytes(&self) -> usize {
        const ENTRY: usize = 48;
        let lists = self.middleware.iter().flatten().chain(&self.excluded).map(|text| text.len() + ENTRY);
        let pairs = self.wheres.iter().map(|(name, pattern)| name.len() + pattern.len() + 2 * ENTRY);
        let texts = [&self.prefix, &self.name, &self.namespace, &self.domain, &self.controller];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        lists.chain(pairs).sum::<usize>() + texts + self.doubts.len() * ENTRY + size_of::<Self>()
    }
}

/// Whether a group's prefix comes in front of what is there, or behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrefixOrder {
    GroupFirst,
    RouteFirst,
}

impl Attributes {
    /// Sets one attribute by the name it has in arrays and on registrars; false when there is no such attribute.
    pub(crate) fn set<F: Framework>(&mut self, machine: &mut Machine<'_, F>, key: &str, value: &Value) -> bool {
        match key {
            "prefix" => self.prefix = self.text(machine, key, value),
            "as" | "name" => self.name = self.text(machine, key, value),
            "namespace" => self.namespace = self.text(machine, key, value),
            // A domain that nobody configures is none: that is what `null` is there for.
            "domain" if matches!(value.plain(), Value::Null) => self.domain = None,
            "domain" => self.domain = self.text(machine, key, value),
            "controller" => self.controller = self.text(machine, key, value),
            "middleware" => self.middleware = Some(self.middleware_names(machine, value)),
            "withoutMiddleware" | "excluded_middleware" => {
                let more = self.texts(machine, key, value);
                self.excluded.extend(more);
            }
            "where" => self.wheres = self.pairs(machine, value),
            "can" | "missing" | "scopeBindings" | "scope_bindings" | "withoutScopedBindings" | "metadata" => {}
            _ => return false,
        }
        true
    }

    /// All attributes of an array such as `Route::group()` takes.
    pub(crate) fn of_array<F: Framework>(machine: &mut Machine<'_, F>, value: &Value) -> Self {
        let mut attributes = Self::default();
        match value.as_array() {
            Some(array) => {
                for (key, value) in array.clone().iter() {
                    if let Some(key) = key.to_value().as_text() {
                        attributes.set(machine, &key, value);
                    }
                }
                attributes.doubts.extend(value.real_doubt().map(|doubt| (doubt.clone(), false)));
            }
            None => attributes.note(machine, "the attributes of a group", value),
        }
        attributes
    }

    /// A text; what is not known becomes a doubt.
    pub(crate) fn text<F: Framework>(
        &mut self,
        machine: &mut Machine<'_, F>,
        what: &str,
        value: &Value,
    ) -> Option<String> {
        if matches!(value.plain(), Value::Null) {
            self.doubts.extend(value.real_doubt().map(|doubt| (doubt.clone(), false)));
            return None;
        }
        let text = value.as_label().or_else(|| machine.text_of(value));
        match &text {
            Some(_) => self.doubts.extend(value.real_doubt().map(|doubt| (doubt.clone(), false))),
            None => self.note(machine, what, value),
        }
        // A name without one of its parts would be another route's name.
        let is_name = matches!(what, "as" | "name" | "the name");
        let in_part = || match value.plain() {
            Value::Unknown(doubt) => doubt.known.clone().or_else(|| is_name.then(|| Rc::from(UNKNOWN_PART))),
            _ => None,
        };
        text.or_else(in_part).map(|text| text.to_string())
    }

    /// One text or a list of them (empty ones are left out).
    pub(crate) fn texts<F: Framework>(
        &mut self,
        machine: &mut Machine<'_, F>,
        what: &str,
        value: &Value,
    ) -> Vec<String> {
        match value.as_array() {
            Some(array) => {
                self.doubts.extend(value.real_doubt().map(|doubt| (doubt.clone(), false)));
                let values: Vec<Value> = array.values().cloned().collect();
                values
                    .iter()
                    .filter_map(|value| self.text(machine, what, value))
                    .filter(|text| !text.is_empty())
                    .collect()
            }
            None => self.text(machine, what, value).filter(|text| !text.is_empty()).into_iter().collect(),
        }
    }

    /// The names of middleware; one that is not known is remembered.
    pub(crate) fn middleware_names<F: Framework>(
        &mut self,
        machine: &mut Machine<'_, F>,
        value: &Value,
    ) -> Vec<String> {
        let before = self.doubts.len();
        let names = self.texts(machine, "middleware", value);
        self.has_unknown_middleware |= self.doubts.iter().skip(before).any(|(_, is_missing)| *is_missing);
        names
    }

    /// An array of texts by name.
    pub(crate) fn pairs<F: Framework>(&mut self, machine: &mut Machine<'_, F>, value: &Value) -> Vec<(String, String)> {
        let array: Rc<PhpArray> = value.as_array().cloned().unwrap_or_default();
        let entries: Vec<(Value, Value)> = array.iter().map(|(key, value)| (key.to_value(), value.clone())).collect();
        entries
            .into_iter()
            .filter_map(|(key, value)| Some((key.as_text()?.to_string(), self.text(machine, "where", &value)?)))
            .collect()
    }

    fn note<F: Framework>(&mut self, machine: &Machine<'_, F>, what: &str, value: &Value) {
        let doubt = match value.doubt() {
            Some(doubt) => doubt.clone(),
            None => machine.doubt(format!("the value of {what} is not known")),
        };
        self.doubts.push((doubt, true));
    }

    /// These attributes inside those of a group.
    pub(crate) fn within(mut self, group: &Attributes, order: PrefixOrder) -> Attributes {
        let outer_prefix = group.prefix.clone().unwrap_or_default();
        self.prefix = match self.prefix {
            None => group.prefix.clone(),
            Some(own) if order == PrefixOrder::GroupFirst => {
                Some(format!("{}/{}", outer_prefix.trim_matches('/'), own.trim_matches('/')))
            }
            Some(own) => Some(format!("{}/{}", own.trim_matches('/'), outer_prefix.trim_matches('/'))),
        };
        self.name = match (&group.name, self.name) {
            (Some(outer), own) => Some(format!("{outer}{}", own.unwrap_or_default())),
            (None, own) => own,
        };
        self.namespace = match (&group.namespace, self.namespace) {
            (outer, None) => outer.clone(),
            (Some(outer), Some(own)) if !own.starts_with('\\') => {
                Some(format!("{}\\{}", outer.trim_matches('\\'), own.trim_matches('\\')))
            }
            (_, Some(own)) => Some(own.trim_matches('\\').to_owned()),
        };
        self.domain = self.domain.or_else(|| group.domain.clone());
        self.controller = self.controller.or_else(|| group.controller.clone());
        self.middleware = match (group.middleware.clone(), self.middleware) {
            (None, own) => own,
            (Some(outer), own) => Some(outer.into_iter().chain(own.unwrap_or_default()).collect()),
        };
        self.has_unknown_middleware |= group.has_unknown_middleware;
        self.excluded = group.excluded.iter().cloned().chain(self.excluded).collect();
        let mut wheres = group.wheres.clone();
        for (name, pattern) in self.wheres {
            wheres.retain(|(known, _)| *known != name);
            wheres.push((name, pattern));
        }
        self.wheres = wheres;
        self.doubts = group.doubts.iter().cloned().chain(self.doubts).collect();
        self
    }
}

impl Attributes {
    /// Whether nothing was set.
    pub(crate) fn is_blank(&self) -> bool {
        self.prefix.is_none()
            && self.name.is_none()
            && self.middleware.is_none()
            && self.excluded.is_empty()
            && self.namespace.is_none()
            && self.domain.is_none()
            && self.controller.is_none()
            && self.wheres.is_empty()
    }
}
