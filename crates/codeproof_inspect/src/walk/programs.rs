//! Code that is not called where it stands: programs in texts, members that the interpreter calls by itself.

use std::rc::Rc;

use ruff_python_ast::Stmt;
use ruff_text_size::TextRange;

use super::super::names;
use super::super::rules::{self, Call, Verdict};
use super::super::value::{Arguments, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::by_text::IMPORT;
use super::{NESTED_PROGRAMS_MAX, Walk};

/// The program in `python -c 'PROGRAM'`, as a line or as a list.
fn program_of_command(command: &Value) -> Option<Rc<str>> {
    let is_python = |word: &str| word.rsplit('/').next().is_some_and(|name| name.starts_with("python"));
    if let Shape::List(parts) = &command.shape {
        let own = |part: &Value| matches!(&part.shape, Shape::Name(path) if &**path == "sys.executable");
        let first = parts.first()?;
        let at = parts.iter().position(|part| part.as_text().as_deref() == Some("-c"))?;
        let python = own(first) || first.as_text().is_some_and(|word| is_python(&word));
        return parts.get(at + 1).filter(|_| python)?.as_known_text();
    }
    let line = command.as_known_text()?;
    let (before, program) = line.split_once(" -c ")?;
    let program = program.trim();
    let quote = program.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    let program = program[1..].rsplit_once(quote)?.0;
    before.split_whitespace().next_back().filter(|word| is_python(word))?;
    Some(program.replace("\\\"", "\"").into())
}

impl Walk<'_> {
    /// A program in a text is read like the file: `exec("…")`, `python -c "…"`.
    pub(super) fn read_program(&mut self, call: &Call<'_>, range: TextRange) {
        if self.nested >= NESTED_PROGRAMS_MAX {
            return;
        }
        let given = || call.arguments.positional.first().or_else(|| call.arguments.named("args"));
        let texts: Vec<Rc<str>> = match call.path {
            "builtins.exec" | "builtins.eval" | "builtins.compile" | "timeit.timeit" => {
                let texts = call.arguments.positional.iter().take(1).flat_map(Value::alternatives);
                texts.filter_map(Value::as_known_text).collect()
            }
            path if rules::is_sink(path) => given().and_then(program_of_command).into_iter().collect(),
            _ => return,
        };
        for text in texts {
            let Ok(program) = codeproof_python::read(text.as_bytes()) else { continue };
            let nested = self.nested + 1;
            let threats = codeproof_python::on_known_stack(|| super::threats(&program, nested));
            if imports_power(&program) {
                let why = "runs a text that imports a module with power over the machine";
                self.report(range, Verdict::new(ThreatType::CodeExecution, Level::High, why, IMPORT));
            }
            for threat in threats {
                let hidden = threat.threat_type == ThreatType::MaliciousCode && threat.severity >= Level::Medium;
                let severity = if hidden { Level::Critical } else { threat.severity };
                let verdict = Verdict::new(
                    threat.threat_type,
                    severity,
                    format!("runs a text that {}", threat.why),
                    "write the code in the file, where it can be read",
                );
                self.report(range, rules::on_detour(call, verdict));
            }
        }
    }

    /// A member of a class that the interpreter calls by itself: `__reduce__`, `__getitem__ = exec`.
    pub(super) fn judge_member(&mut self, name: &str, member: &Value, range: TextRange) {
        if matches!(name, "__reduce__" | "__reduce_ex__") {
            let arguments = Arguments { positional: vec![Value::default()], named: Vec::new() };
            let result = self.call(member, &arguments, range);
            self.judge_reduction(&result, range);
        }
        let mut members = member.alternatives().iter();
        let sinks = members.any(|single| matches!(&single.shape, Shape::Name(path) if rules::is_sink(path)));
        if sinks && name.starts_with("__") {
            let why = format!("runs a program or text through the operator `{name}`");
            self.report(
                range,
                Verdict::new(ThreatType::MaliciousCode, Level::Critical, why, "call functions by their names"),
            );
        }
    }

    /// `__reduce__` says what unpickling will call.
    pub(super) fn judge_reduction(&mut self, result: &Value, range: TextRange) {
        for single in result.alternatives() {
            let Shape::List(parts) = &single.shape else { continue };
            let sinks = parts
                .iter()
                .take(1)
                .flat_map(Value::alternatives)
                .any(|value| matches!(&value.shape, Shape::Name(path) if rules::is_sink(path)));
            if sinks {
                let verdict = Verdict::new(
                    ThreatType::UnsafeDeserialization,
                    Level::Critical,
                    "makes an object that runs a program when somebody unpickles it",
                    "remove `__reduce__`, or give it a function of this file",
                );
                self.report(range, verdict);
            }
        }
    }
}

/// Whether a program imports `os`, `subprocess` and the like.
fn imports_power(program: &codeproof_python::Module) -> bool {
    program.parsed.suite().iter().any(|statement| match statement {
        Stmt::Import(import) => import.names.iter().any(|alias| names::is_powerful(alias.name.as_str())),
        Stmt::ImportFrom(import) => import.module.as_ref().is_some_and(|module| names::is_powerful(module.as_str())),
        _ => false,
    })
}
