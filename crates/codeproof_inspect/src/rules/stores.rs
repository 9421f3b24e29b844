//! Assignments that change the interpreter or the environment of programs: `builtins.open = …`, `os.environ['PATH'] = …`.

use super::super::names;
use super::super::value::Value;
use super::super::verdict::{Level, ThreatType};
use super::Verdict;

const REPLACES: &str = "do not replace what other code relies on";

/// `path.name = value`.
pub(in super::super) fn attribute(path: &str, name: &str, _value: &Value) -> Option<Verdict> {
    let harmless = matches!(
        (path, name),
        (
            "sys",
            "stdout" | "stderr" | "stdin" | "excepthook" | "tracebacklimit" | "dont_write_bytecode" | "argv" | "path"
        ) | ("socket", "timeout")
    );
    let wide = matches!(
        path,
        "builtins" | "sys" | "os" | "importlib" | "socket" | "subprocess" | "ssl" | "shutil" | "os.path"
    );
    if path == "ssl" && name == "_create_default_https_context" {
        let why = "switches off TLS checks for the whole program";
        return Some(Verdict::new(ThreatType::ApiAbuse, Level::Medium, why, "leave the checks on"));
    }
    let client = matches!(path, "requests" | "httpx" | "urllib.request" | "requests.Session" | "socket.socket");
    if client {
        let why = format!("replaces `{path}.{name}`, through which others talk to the network");
        return Some(Verdict::new(ThreatType::MaliciousCode, Level::High, why, REPLACES));
    }
    if harmless || !wide && !names::is_powerful_module(path) {
        return None;
    }
    let level = if path == "builtins" || path == "sys" { Level::High } else { Level::Medium };
    Some(Verdict::new(ThreatType::MaliciousCode, level, format!("replaces `{path}.{name}`"), REPLACES))
}

/// Other modules of Python that everything is built on.
const STANDARD: &[&str] =
    &["io", "pathlib", "types", "inspect", "json", "pickle", "ssl", "random", "hashlib", "requests"];

/// `path[key] = value`.
pub(in super::super) fn item(path: &str, key: &Value, _value: &Value) -> Option<Verdict> {
    let key = key.as_known_text();
    match path {
        "os.environ" => variable(key.as_deref().unwrap_or_default()),
        "sys.modules" => {
            // A stub for a library that is not there replaces nothing that rules the machine.
            let stub = key.is_some_and(|module| !names::is_powerful(&module) && !STANDARD.contains(&&*module));
            let level = if stub { Level::Medium } else { Level::High };
            Some(Verdict::new(ThreatType::MaliciousCode, level, "replaces a loaded module", REPLACES))
        }
        "builtins" | "builtins.__dict__" => {
            Some(Verdict::new(ThreatType::MaliciousCode, Level::High, "replaces a builtin", REPLACES))
        }
        _ => None,
    }
}

/// Variables that make other programs load something.
pub(super) fn variable(name: &str) -> Option<Verdict> {
    let loads = matches!(
        name,
        "LD_PRELOAD"
            | "LD_LIBRARY_PATH"
            | "LD_AUDIT"
            | "DYLD_INSERT_LIBRARIES"
            | "PYTHONSTARTUP"
            | "PYTHONPATH"
            | "PYTHONHOME"
            | "PATH"
            | "BASH_ENV"
            | "PYTHONINSPECT"
            | "GIT_SSH_COMMAND"
            | "PROMPT_COMMAND"
            | "PERL5LIB"
            | "NODE_OPTIONS"
    );
    let level = match name {
        "LD_PRELOAD" | "LD_AUDIT" | "DYLD_INSERT_LIBRARIES" | "PYTHONSTARTUP" | "BASH_ENV" | "PROMPT_COMMAND" => {
            Level::High
        }
        _ => Level::Medium,
    };
    let why = format!("sets `{name}`, which decides what other programs load");
    loads.then(|| Verdict::new(ThreatType::SystemAccess, level, why, "do not change what other programs load"))
}
