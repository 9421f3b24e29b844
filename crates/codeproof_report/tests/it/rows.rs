//! Facts as JSON lines and tables.

use codeproof_report::{CallRow, ImportRow, SymbolRow, render_json_lines, render_table};
use codeproof_types::{CallKind, CallSite, Import, Position, Resolution, Symbol, SymbolKind, Visibility};

use crate::{columns, fixture};

fn symbol() -> Symbol {
    Symbol {
        kind: SymbolKind::Method,
        name: "find".to_owned(),
        qualified_name: "App\\Book::find".to_owned(),
        parent: Some("App\\Book".to_owned()),
        first_line: 7,
        last_line: 9,
        decorated_first_line: 6,
        signature: "public static function find(int $id): ?self".to_owned(),
        doc: None,
        visibility: Some(Visibility::Public),
        is_static: true,
        bases: Vec::new(),
        decorators: Vec::new(),
        span: None,
    }
}

fn import() -> Import {
    Import { line: 3, module: "django.db".to_owned(), name: "models".to_owned(), alias: Some("m".to_owned()), level: 0 }
}

fn call() -> CallSite {
    CallSite {
        kind: CallKind::Call,
        position: Position { line: 4, column: 9 },
        caller: None,
        callee: "execute".to_owned(),
        receiver: Some("connection.cursor()".to_owned()),
        arguments: 1,
    }
}

#[test]
fn keys_are_the_contract() {
    let (symbol, import, call) = (symbol(), import(), call());
    let (path, target) = (fixture::path("app/Book.php"), fixture::path("lib/b.py"));
    let mut out = Vec::new();
    render_json_lines([SymbolRow::new(&path, &symbol)], &mut out).unwrap();
    render_json_lines([ImportRow::unresolved(&path, &import)], &mut out).unwrap();
    render_json_lines([ImportRow { target_path: Some(&target), ..ImportRow::unresolved(&path, &import) }], &mut out)
        .unwrap();
    let row = CallRow::unresolved(&path, &call);
    let found = CallRow {
        target_path: Some(&target),
        target_line: Some(2),
        target_name: Some("C.execute"),
        resolution: Resolution::NameUnique,
        ..row
    };
    render_json_lines([row, found], &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn tables_for_reading() {
    let (symbol, import, call) = (symbol(), import(), call());
    let (path, target) = (fixture::path("app/Book.php"), fixture::path("lib/b.py"));
    let mut out = Vec::new();
    render_table(&[SymbolRow::new(&path, &symbol)], &columns(80), &mut out).unwrap();
    render_table(
        &[ImportRow { target_path: Some(&target), ..ImportRow::unresolved(&path, &import) }],
        &columns(80),
        &mut out,
    )
    .unwrap();
    let row = CallRow::unresolved(&path, &call);
    render_table(&[row, CallRow { kind: CallKind::ClassRef, ..row }], &columns(80), &mut out).unwrap();
    render_table::<CallRow<'_>>(&[], &columns(80), &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}
