//! Programs that attack whoever reads what they print.

use codeproof_sandbox::{Ending, ResultProblem};

use crate::setting::{policy, run, run_with};

#[test]
fn floods_are_cut() {
    let text = "import os\nwhile True: os.write(1, b'x' * 65536); os.write(2, b'y' * 65536)";
    if let Some(outcome) = run(text) {
        assert_eq!(outcome.ending, Ending::Output);
        assert!(outcome.stdout.len() <= policy().stdout_bytes && outcome.stderr.len() <= policy().stderr_bytes);
    }
}

#[test]
fn hostile_results_are_told_apart() {
    let text = "print('{\"rows\":' + '[' * 100000 + ']' * 100000 + '}')";
    if let Some(outcome) = run(text) {
        assert_eq!(outcome.result(&policy()), Err(ResultProblem::TooDeep(policy().result_depth)));
    }
    if let Some(outcome) = run("print('{\"rows\": [NaN]}')") {
        assert!(matches!(outcome.result(&policy()), Err(ResultProblem::NotJson(_))));
    }
    if let Some(outcome) = run_with("print('\"' + 'x' * 5000 + '\"')", |_, policy| policy.result_bytes = 1000) {
        let small = codeproof_sandbox::Policy { result_bytes: 1000, ..policy() };
        assert_eq!(outcome.result(&small), Err(ResultProblem::TooLong(5002)));
    }
    if let Some(outcome) = run("print('{\"rows\": [' + '{\"\":0},' * 140000 + '0]}')") {
        // One megabyte of text that would take ninety.
        let small = codeproof_sandbox::Policy { result_built_bytes: 32 << 20, ..policy() };
        assert_eq!(outcome.result(&small), Err(ResultProblem::TooLarge(32)));
        assert!(outcome.result(&policy()).is_ok());
    }
    if let Some(outcome) = run("import sys\nsys.stdout.buffer.write(b'\\xff\\xfe\\n')") {
        assert_eq!(outcome.result(&policy()), Err(ResultProblem::Missing));
    }
}

#[test]
fn results_that_are_no_text_or_no_number_are_told() {
    let texts = [
        r#"print('{"rows": "\\ud800"}')"#,
        r#"print('{"rows": 1e999}')"#,
        r#"print('{"rows": []}' + chr(0))"#,
        r#"print('{"rows": []}\u2028{}')"#,
        r#"print('{"rows": ' + '9' * 100000 + 'e' + '9' * 100 + '}')"#,
    ];
    for text in texts {
        if let Some(outcome) = run(text) {
            assert!(matches!(outcome.result(&policy()), Err(ResultProblem::NotJson(_))), "{text}");
        }
    }
}

#[test]
fn invented_incidents_are_few_and_short() {
    let text = r"
import json, os
mark = b'\x1ecodeproof-incident '
for number in range(3000): os.write(2, mark + json.dumps([str(number), 'x' * 300]).encode() + b'\n')
os.write(2, mark + b'[' * 100000 + b'\n' + mark + b'\xff\n')
";
    if let Some(outcome) = run_with(text, |_, policy| policy.stderr_bytes = 4 << 20) {
        assert_eq!((outcome.ending, outcome.incidents.len()), (Ending::Exited(0), 100));
        assert!(outcome.incidents.iter().all(|incident| incident.detail.len() <= 200));
    }
}
