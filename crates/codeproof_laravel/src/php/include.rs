//! `require` and `include`.

use super::ast::IncludeKind;
use super::execute::Flow;
use super::machine::{CALLS_MAX, Framework, Machine, Place};
use super::value::Value;

impl<F: Framework> Machine<'_, F> {
    /// Reads a file as `require` does; its variables are those around it.
    pub(crate) fn include_file(&mut self, path: &Value) -> Value {
        self.include(path, IncludeKind::Always)
    }

    pub(super) fn include(&mut self, path: &Value, kind: IncludeKind) -> Value {
        let Some(written) = self.text_of(path) else { return path.clone() };
        let Some(path) = self.file_of(&written) else {
            return self.unknown(format!("the file {written} is outside the application"));
        };
        let Some(unit) = self.program.unit(&path) else {
            return self.unknown(format!("the file {path} is not there"));
        };
        let first = self.included.insert(unit.path.clone());
        if kind == IncludeKind::Once && !first {
            return Value::Boolean(true);
        }
        if self.trail.iter().filter(|place| place.path == unit.path).count() > 3 || self.trail.len() >= CALLS_MAX {
            let doubt = self.doubt(format!("{path} is read within itself"));
            self.limits.push((*doubt).clone());
            return Value::Unknown(doubt);
        }
        self.trail.push(Place { path: unit.path.clone(), line: 1, end_line: 1 });
        let flow = self.execute(&unit.body);
        self.trail.pop();
        match flow {
            Flow::Return(value) => value,
            _ => Value::Integer(1),
        }
    }

    /// The file a path means. One that does not start at the root is looked for beside the file that asks, then at the
    /// root.
    fn file_of(&mut self, written: &str) -> Option<String> {
        if !written.starts_with('/') {
            let asking = self.place().path;
            let folder = asking.rsplit_once('/').map_or("", |(folder, _)| folder);
            let beside = super::functions::inside(&format!("{folder}/{written}"))?;
            if self.program.has_file(&beside) {
                return Some(beside);
            }
        }
        super::functions::inside(written)
    }
}
