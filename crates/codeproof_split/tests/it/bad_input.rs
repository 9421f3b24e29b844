//! Files without scanners, files that cannot be read, and files that hold themselves.

use codeproof_python::ProblemKind;
use codeproof_split::{Options, Source, Status, split};

#[test]
fn what_cannot_be_read_is_an_error_with_its_line() {
    let split = split(&Source::new("scans.py", "x = 1\nprint x\n"), &Options::default());
    assert_eq!((split.status, split.scanners.len()), (Status::Error, 0));
    let problem = split.error.expect("an error has its problem");
    assert_eq!((problem.kind, problem.line), (ProblemKind::Python2, 2));
}

#[test]
fn what_holds_no_scanner_is_no_error() {
    for text in ["", "\n\n", "x = 1"] {
        let split = crate::split_text(text);
        assert_eq!((split.status, split.error), (Status::None, None));
    }
}

#[test]
fn what_holds_itself_is_followed() {
    let text = "\
from vendor import bars, thing
P = {'low': 1.5}
P.update(P)
P |= P
rows = []
rows += rows
node = thing()
node.next = node
node.all = [node]
def scan_up(df):
    return df[df['close'] > P['low']]
up = scan_up(bars())
";
    let split = crate::split_text(text);
    assert_eq!(split.scanners.len(), 1);
    assert_eq!(split.scanners[0].parameters[0].value, 1.5);
}
