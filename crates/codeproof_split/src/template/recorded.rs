//! The Python of slices whose rows are kept when the scanner is run, because the program does not keep them.

use super::literal;
use super::parts::{CLASS_RECORDER, JOINED, PICKED, RECORDER, ROWS_RECORDER, TABLES};
use super::slice::Sheet;
use crate::slice::Recording;

/// What stands above the definitions: where rows are kept, and what keeps them.
pub(super) fn keeping(recording: Recording, sheet: &Sheet<'_>) -> String {
    let given = "GIVEN, RETURNED = [], []".to_owned();
    let (kept, code) = match recording {
        Recording::Function | Recording::Entry => (given, vec![RECORDER]),
        Recording::Engine => (given, vec![RECORDER, ROWS_RECORDER]),
        Recording::Class => {
            let kept = format!("METHODS, OBJECTS, FLAGS = {{}}, {{}}, {}", sheet.projection.marked());
            (kept, vec![RECORDER, PICKED, CLASS_RECORDER])
        }
        Recording::Table => {
            let made = format!("TABLES = Tables({})", literal::text(&sheet.scanner.boundary.entry));
            return format!("\n\n{}\n\n\n{}\n\n\n{made}\n", PICKED.trim_end(), TABLES.trim_end());
        }
    };
    let code: Vec<&str> = code.into_iter().map(str::trim_end).collect();
    format!("\n\n{kept}\n\n\n{}\n", code.join("\n\n\n"))
}

/// The function that gives them, and what it needs.
pub(super) fn found(recording: Recording) -> String {
    let (results, clear) = match recording {
        Recording::Function | Recording::Entry | Recording::Engine => {
            ("list(GIVEN or RETURNED)", "GIVEN.clear()\n    RETURNED.clear()")
        }
        Recording::Class => (
            "list(marked(FLAGS, METHODS) or answers(METHODS) or collected(OBJECTS))",
            "OBJECTS.clear()\n    for kept in METHODS.values():\n        kept.__init__(FLAGS) if isinstance(kept, Marks) else kept.clear()",
        ),
        Recording::Table => {
            return "\
def found():
    rows = TABLES.all_rows()
    TABLES.__init__(TABLES.column)
    return rows
"
            .to_owned();
        }
    };
    format!(
        "\
def found():
    results = {results}
    {clear}
    if not results:
        raise SystemExit('nothing in the program calls ' + SCANNER)
    return joined(results)


{}
",
        JOINED.trim_end()
    )
}
