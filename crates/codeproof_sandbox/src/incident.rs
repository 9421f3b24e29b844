//! Attempts that could be seen. The interpreter itself reports them (an audit hook, laid before the program starts), on
//! standard error behind a mark. A program that knows the hook can silence it or invent incidents: they inform, the
//! isolation decides.

use serde::{Deserialize, Serialize};

/// How many are kept of one run.
const INCIDENTS_MAX: usize = 100;

/// Stands before each incident on standard error: a record separator, which no traceback holds.
const MARK: &[u8] = b"\x1ecodeproof-incident ";

/// The module that the interpreter imports before the program (as `sitecustomize`).
pub(crate) const HOOK: &str = include_str!("incident_hook.py");

/// One thing that the program tried and the isolation does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The interpreter's name of the event, such as `socket.__new__`, `subprocess.Popen` or `open`.
    pub event: String,
    /// What it was about, such as a path, cut at 200 characters.
    pub detail: String,
}

/// Takes the incidents out of what was printed to standard error.
pub(crate) fn take(stderr: &mut Vec<u8>) -> Vec<Incident> {
    let mut incidents: Vec<Incident> = Vec::new();
    let mut rest = Vec::with_capacity(stderr.len());
    for line in stderr.split_inclusive(|byte| *byte == b'\n') {
        let Some(body) = line.strip_prefix(MARK) else {
            rest.extend_from_slice(line);
            continue;
        };
        if rest.ends_with(b"\n\n") || rest == b"\n" {
            rest.pop(); // The hook ends the line before its mark, whether there was one or not.
        }
        let incident = serde_json::from_slice::<(String, String)>(body.trim_ascii_end());
        if let Ok((event, detail)) = incident {
            let incident = Incident { event: cut(&event), detail: cut(&detail) };
            if incidents.len() < INCIDENTS_MAX && !incidents.contains(&incident) {
                incidents.push(incident);
            }
        }
    }
    *stderr = rest;
    incidents
}

fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}
