//! Every folder of `fixtures` is an application written for some idioms; `routes.txt` beside it says what Laravel
//! registers: verbs, URI, name, what answers, middleware, how certain.

use std::path::Path;

use codeproof_laravel::{FolderOfTexts, Parts, map};
use codeproof_types::laravel::{Certainty, HandlerType, Route};

/// The files of a fixture: parts of one text, each behind a line `//- path`.
pub(crate) fn files(text: &str) -> FolderOfTexts {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("//- "), files.last_mut()) {
            (Some(path), _) => files.push((path.to_owned(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    FolderOfTexts::new(files)
}

fn shown(route: &Route) -> String {
    let handler = match (&route.controller, &route.action, route.handler_type) {
        (Some(class), Some(method), _) => format!("{class}@{method}"),
        (_, _, HandlerType::Closure) => "closure".to_owned(),
        _ => "?".to_owned(),
    };
    let certainty = match route.certainty {
        Certainty::Exact => "",
        Certainty::Conditional => " | conditional",
        Certainty::Partial => " | partial",
    };
    let domain = route.domain.as_ref().map(|it| format!("//{it}")).unwrap_or_default();
    let name = route.name.as_deref().unwrap_or("-");
    let excluded: Vec<_> = route.excluded_middleware.iter().map(|it| format!("!{it}")).collect();
    let middleware = [route.middleware.clone(), excluded].concat().join(" ");
    let row = format!(
        "{} {domain}{} | {name} | {handler} | {middleware}{certainty}",
        route.methods.join("|"),
        route.full_uri
    );
    row.trim_end().to_owned()
}

/// Compares what `shown` makes of every fixture in a folder beside this file (`NAME.php`) with its `NAME.txt`.
pub(crate) fn each_fixture(folder: &str, least: usize, shown: impl Fn(&FolderOfTexts) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(folder);
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the fixtures are in the repository") {
        let path = entry.expect("a fixture can be read").path();
        if path.extension().is_none_or(|it| it != "php") {
            continue;
        }
        seen += 1;
        let text = std::fs::read_to_string(&path).expect("a fixture is text");
        let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        assert_eq!(shown(&files(&text)).trim_end(), expected.trim_end(), "{}", path.display());
    }
    assert!(seen >= least, "the fixtures are found");
}

#[test]
fn every_application_registers_what_laravel_registers() {
    each_fixture("fixtures", 4, |files| {
        let rows: Vec<String> = map(files, Parts::ALL).routes.iter().map(shown).collect();
        rows.join("\n")
    });
}
