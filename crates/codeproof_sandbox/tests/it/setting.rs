//! What the tests share: an interpreter, a sandbox, and a sentence when this kernel has none.

use std::path::{Path, PathBuf};

use codeproof_sandbox::{Error, Job, Outcome, Part, Policy, Python, Sandbox};

/// Parts that are given up together.
pub(crate) const NAMESPACES: [Part; 6] = [
    Part::UserNamespace,
    Part::MountNamespace,
    Part::PidNamespace,
    Part::NetNamespace,
    Part::IpcNamespace,
    Part::UtsNamespace,
];

/// The sandbox with this crate's own helper.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::with_helper(env!("CARGO_BIN_EXE_codeproof-sandbox-helper"))
}

/// The first interpreter that answers, the system's first.
pub(crate) fn python() -> Option<Python> {
    let path = std::fs::read_to_string("/proc/self/environ").unwrap_or_default();
    let folders = path.split('\0').find_map(|entry| entry.strip_prefix("PATH=")).unwrap_or_default();
    let candidates = ["/usr/bin", "/usr/local/bin"].into_iter().chain(folders.split(':'));
    candidates.map(|folder| PathBuf::from(folder).join("python3")).find_map(|path| Python::at(&path).ok())
}

/// Policy of most tests: small and short.
pub(crate) fn policy() -> Policy {
    Policy {
        wall_time: std::time::Duration::from_secs(20),
        cpu_seconds: 10,
        memory_bytes: 512 << 20,
        scratch_bytes: 8 << 20,
        stdout_bytes: 1 << 20,
        ..Policy::default()
    }
}

/// What most attacks begin with: the C library, and a list of what could be done.
const OPENING: &str = "
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
done = []
def attempt(name, call, *arguments, **named):
    try:
        call(*arguments, **named); done.append(name)
    except (OSError, ValueError, NotImplementedError): pass
def fails(call, *arguments, **named):
    before = len(done)
    attempt('', call, *arguments, **named)
    return len(done) == before or done.pop() != ''
def is_open(number):
    return not fails(os.fstat, number)
";

/// A program that attacks: `attempt(name, call, …)` notes in `done` what did not fail, `libc` is the C library.
pub(crate) fn attack(text: &str) -> String {
    format!("{OPENING}{text}")
}

/// Runs an attack and compares the last line of its output.
#[track_caller]
pub(crate) fn check_attack(text: &str, expected: &str) {
    check(&attack(text), expected);
}

/// Runs a text with changes to job and policy. `None`, and a sentence, where the kernel or the machine cannot.
pub(crate) fn run_with(text: &str, change: impl FnOnce(&mut Job, &mut Policy)) -> Option<Outcome> {
    let Some(python) = python() else {
        eprintln!("SKIPPED: no python3 on this machine");
        return None;
    };
    let mut job = Job::new(python, "program.py", text);
    let mut policy = policy();
    change(&mut job, &mut policy);
    match sandbox().run(&job, &policy) {
        Ok(outcome) => Some(outcome),
        Err(Error::Refused { part, why }) => {
            eprintln!("SKIPPED: this kernel refuses {part}: {why}");
            None
        }
        Err(error) => panic!("{error:?}"),
    }
}

/// Runs a text as it is.
pub(crate) fn run(text: &str) -> Option<Outcome> {
    run_with(text, |_, _| {})
}

/// Runs a text and compares the last line of its output.
#[track_caller]
pub(crate) fn check(text: &str, expected: &str) {
    if let Some(outcome) = run(text) {
        assert_eq!(outcome.last_line(), Some(expected), "{}", shown(&outcome));
    }
}

/// An outcome for a failed test.
pub(crate) fn shown(outcome: &Outcome) -> String {
    format!("{:?}\n{}", outcome.ending, String::from_utf8_lossy(&outcome.stderr))
}

/// A folder with one file, which the private user of a run may read.
pub(crate) fn folder_with(name: &str, content: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("rights on it");
    let file = Path::new(folder.path()).join(name);
    std::fs::write(&file, content).expect("a file in it");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).expect("rights on it");
    folder
}
