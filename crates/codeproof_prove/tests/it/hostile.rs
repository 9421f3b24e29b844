//! Originals that do not want to be proven: each has one clear result, and costs what the limits say.

use std::time::Duration;

use codeproof_prove::{ProblemKind, Proof, Verdict};
use codeproof_sandbox::Policy;

use crate::setting::{BARS, Setting, of, scanner, verdicts};

/// A scanner, and what the program does around it.
fn program(before: &str, after: &str) -> String {
    let low = scanner("scan_low", "row['open'] < LOW");
    format!("{BARS}LOW = 15\n\n\n{low}{before}low = scan_low(bars())\n{after}")
}

/// With a short wall time.
fn quick() -> Setting {
    let setting = Setting::default();
    let policy = Policy { wall_time: Duration::from_secs(2), ..setting.policy.clone() };
    Setting { policy, ..setting }
}

#[track_caller]
fn check(setting: &Setting, text: &str, expected: &str) -> Option<Proof> {
    let proof = setting.prove(text)?;
    assert_eq!(verdicts(&proof), expected, "{proof:#?}");
    Some(proof)
}

#[test]
fn what_never_ends_is_left_with_what_it_had_found() {
    check(&quick(), &program("while True: pass\n", ""), "low NotRun (TimeLimit)");
    let two = program("", &format!("{}high = scan_high(bars())\n", scanner("scan_high", "row['open'] > endless()")))
        .replace("import csv", "import csv\ndef endless():\n    while True: pass\n");
    check(&quick(), &two, "low Proven, high NotRun (TimeLimit)");
}

#[test]
fn floods_bombs_and_early_ends_have_one_result_each() {
    let setting = Setting::default();
    check(&setting, &program("", "while True: print('x' * 65536)\n"), "low NotRun (OutputLimit)");
    check(&setting, &program("x = []\nwhile True: x.append(bytearray(1 << 24))\n", ""), "low NotRun (MemoryLimit)");
    check(&setting, &program("", "os._exit(0)\n"), "low NotRun (NoResult)");
    check(&setting, &program("", "os._exit(7)\n"), "low NotRun (Failed)");
    // A program is the first process of its namespace: the kernel does not let it end itself by a signal.
    check(&setting, &program("", "os.kill(os.getpid(), 9)\n"), "low Proven");
}

#[test]
fn side_effects_and_processes_left_behind_change_nothing() {
    let before = "open('left', 'w').write('x')\nif os.fork() == 0:\n    import time\n    time.sleep(600)\n";
    for text in
        [program(before, "import atexit\natexit.register(print, 'late')\n"), program("", "import sys\nsys.exit(0)\n")]
    {
        let Some(proof) = Setting::default().prove(&text) else { return };
        assert_eq!(of(&proof, "low").verdict, Verdict::Proven, "{proof:#?}");
    }
}

#[test]
fn forged_last_lines_are_told() {
    let forge = |line: &str| program("", &format!("print('''{line}''', flush=True)\nos._exit(0)\n"));
    let setting = Setting::default();
    check(&setting, &forge(r#"{"scanner": "low", "rows": []}"#), "low NotRun (ForgedResult)");
    check(&setting, &forge(r#"{"scanners": {"other": {"rows": []}}}"#), "low NotRun (ForgedResult)");
    check(&setting, &forge(r#"{"scanners": {"low": {"rows": 3}}}"#), "low NotRun (ForgedResult)");
    check(
        &setting,
        &forge(r#"{"scanners": {"low": {"rows": []}, "more": {"rows": []}}}"#),
        "low NotRun (ForgedResult)",
    );
    check(&setting, &forge("no json at all"), "low NotRun (NoResult)");
    // A whole result that is forged in every run is only rows: the template of the scanner finds others.
    let rows = r#"{"scanners": {"low": {"rows": [{"ticker": "ABC"}]}}}"#;
    let Some(proof) = check(&setting, &forge(rows), "low NotRun (ForgedResult)") else { return };
    let problem = of(&proof, "low").problem.as_ref().map(|problem| (problem.kind, problem.message.as_str()));
    assert_eq!(problem, Some((ProblemKind::ForgedResult, "the last line names no scanner")));
}
