//! Contexts: what is shown for a place, within its budget.

use codeproof_index::context::{Context, PartKind, for_location};
use proptest::prelude::*;

use crate::program::{Texts, build, files, path};

const PROGRAM: &str = "\
//- util.h
#define LIMIT 10
struct row { int count; };
static inline int twice(int x) { return 2 * x; }
//- store.c
#include \"util.h\"
/* Keeps a row. */
int keep(struct row *row) {
    if (row->count > LIMIT) {
        return -1;
    }
    row->count = twice(row->count);
    log_row(row);
    return 0;
}
//- log.c
#include \"util.h\"
void log_row(struct row *row) {
    int a = 1;
    int b = 2;
    int c = 3;
    (void)row;
}
//- main.c
#include \"util.h\"
int keep(struct row *row);
int main(void) {
    struct row row = {1};
    return keep(&row);
}
";

fn of(files: &Texts, at: &str, line: u32, budget: u32) -> Option<Context> {
    let index = build(files);
    for_location(&index, &path(at), line, budget, &|path| files.get(path.as_str()).cloned(), &[])
}

fn shown(context: &Context) -> Vec<String> {
    let part = |it: &codeproof_index::context::Part| {
        let whole = if it.is_whole { "" } else { " in part" };
        format!("{} {} {}:{}-{}{whole}", it.kind.name(), it.name, it.path, it.first_line, it.last_line)
    };
    context.parts.iter().map(part).collect()
}

#[test]
fn shows_what_a_reader_needs() {
    let found = of(&files(PROGRAM), "store.c", 6, 2_000).expect("the place is there");
    assert_eq!(
        shown(&found),
        [
            "definition keep store.c:3-10",
            "callee twice util.h:3-3",
            "callee log_row log.c:2-7",
            "caller main main.c:3-6 in part",
            "used row util.h:2-2",
            "used LIMIT util.h:1-1",
        ]
    );
    assert!(found.left_out.is_empty());
    assert_eq!(found.entry_path.len(), 2, "main calls it");
}

#[test]
fn a_small_budget_keeps_heads_and_says_what_is_missing() {
    let found = of(&files(PROGRAM), "store.c", 6, 190).expect("the place is there");
    assert!(found.tokens <= 190);
    assert_eq!(found.parts[0].kind, PartKind::Definition);
    assert!(!found.left_out.is_empty());
}

#[test]
fn the_struct_behind_a_type_is_shown() {
    let text =
        "typedef struct table_s table;\nstruct table_s { int size; };\nint size_of(table *t) {\n    return 1;\n}\n";
    let found = of(&files(&format!("//- a.c\n{text}")), "a.c", 4, 2_000).expect("the place is there");
    assert_eq!(shown(&found), ["definition size_of a.c:3-5", "used table a.c:1-1", "used table_s a.c:2-2"]);
}

#[test]
fn a_place_that_is_not_there_has_no_context() {
    let files = files(PROGRAM);
    assert_eq!(of(&files, "store.c", 0, 500), None);
    assert_eq!(of(&files, "store.c", 99, 500), None);
    assert_eq!(of(&files, "missing.c", 1, 500), None);
}

proptest! {
    #[test]
    fn a_context_keeps_its_budget(line in 1u32..11, budget in 0u32..600) {
        let found = of(&files(PROGRAM), "store.c", line, budget).expect("the place is there");
        prop_assert!(found.tokens <= budget.max(1));
        prop_assert_eq!(found.tokens, found.parts.iter().map(|part| part.tokens).sum::<u32>());
    }
}
