//! Boundaries that a person gives decide alone.

use codeproof_python::ProblemKind;
use codeproof_split::manual::{ManualBoundary, parse};
use codeproof_split::{Options, Source, Split, Status, document, split};

const TEXT: &str = "\
from vendor import bars
MIN = 5
def tall(df):
    return df[df['high'] >= MIN]
df = bars()
wide = df['high'] / df['low']
LIMIT = 1.1
hits = df[wide >= LIMIT]
low = tall(df)
";

fn split_by_hand(list: &str) -> Split {
    let manual = parse(list).expect("a list of boundaries");
    split(&Source::new("scans.py", TEXT), &Options { manual: &manual, ..Options::default() })
}

#[track_caller]
fn refused(list: &str, line: u32, words: &str) {
    let problem = match parse(list) {
        Ok(manual) => {
            let split = split(&Source::new("scans.py", TEXT), &Options { manual: &manual, ..Options::default() });
            assert_eq!(split.status, Status::Error);
            split.error.expect("a problem")
        }
        Err(problem) => problem,
    };
    assert_eq!((problem.kind, problem.line), (ProblemKind::Boundaries, line), "{}", problem.message);
    assert!(problem.message.contains(words), "{}", problem.message);
}

#[test]
fn a_list_decides_alone_and_the_rest_is_found_for_it() {
    let list = r#"{"scanners": [{"name": "mine", "start_line": 6, "end_line": 8, "confidence": 0.2}]}"#;
    let split = split_by_hand(list);
    assert_eq!(split.status, Status::Single);
    let scanner = &split.scanners[0];
    assert_eq!((scanner.boundary.name.as_str(), scanner.boundary.kind), ("mine", "section"));
    let values: Vec<_> = scanner.parameters.iter().map(|known| format!("{}={}", known.name, known.value)).collect();
    assert_eq!(values, ["LIMIT=1.1"]);
    assert!(split.files.iter().any(|file| file.name == "mine.py"));
}

#[test]
fn lines_around_a_definition_mean_the_definition() {
    let split = split_by_hand(r#"[{"name": "mine", "start_line": 2, "end_line": 4}]"#);
    let boundary = &split.scanners[0].boundary;
    assert_eq!((boundary.kind, boundary.entry.as_str(), boundary.start_line), ("function", "tall", 2));
    assert_eq!(split.scanners[0].parameters[0].name, "MIN");
}

#[test]
fn what_was_written_can_be_edited_and_given_back() {
    let found = split(&Source::new("scans.py", TEXT), &Options::default());
    let manual = parse(&document::boundaries(&found).to_string()).expect("our own format");
    let given: Vec<(u32, u32)> =
        manual.iter().map(|known: &ManualBoundary| (known.start_line, known.end_line)).collect();
    let lines: Vec<_> =
        found.scanners.iter().map(|known| (known.boundary.start_line, known.boundary.end_line)).collect();
    assert_eq!(given, lines);
}

#[test]
fn what_does_not_fit_is_refused_with_its_lines() {
    refused("scanners: []", 1, "no JSON");
    refused("[\n{]", 2, "no JSON");
    refused("{}", 1, "expected a list");
    refused("[]", 1, "found 0");
    refused(r#"[{"name": "a", "start_line": "3", "end_line": 4}]"#, 1, "boundary 1");
    refused(r#"[{"name": "a", "start_line": 3, "end_line": 99}]"#, 3, "not in the file");
    refused(r#"[{"name": "a", "start_line": 0, "end_line": 4}]"#, 1, "not in the file");
    refused(r#"[{"name": "a", "start_line": 4, "end_line": 3}]"#, 4, "not in the file");
    refused(
        r#"[{"name": "a", "start_line": 6, "end_line": 8}, {"name": "b", "start_line": 3, "end_line": 6}]"#,
        6,
        "b (lines 3-6) and a (lines 6-8) overlap",
    );
    refused(
        r#"[{"name": "a", "start_line": 3, "end_line": 4}, {"name": "a", "start_line": 6, "end_line": 8}]"#,
        6,
        "two boundaries are called a",
    );
}
