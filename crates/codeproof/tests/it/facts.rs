//! `codeproof symbols`, `calls`, `imports`.

use serde_json::{Value, json};

use crate::harness::Project;

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

#[test]
fn facts_are_printed_as_the_contract_says() {
    let project = Project::new(&[(
        "pkg/models.py",
        "from os import path as p\nimport re; from . import x\n\n@decorator\nclass User:\n    \"\"\"A user.\"\"\"\n    def name(self):\n        return p.join('a', 'b')\n",
    )]);
    let symbols = rows(&project.run(&["symbols", ".", "--format", "jsonl"]).stdout);
    assert_eq!(
        symbols[0],
        json!({
            "path": "pkg/models.py", "kind": "class", "name": "User", "qualified_name": "pkg.models.User", "parent": null,
            "first_line": 5, "last_line": 8, "decorated_first_line": 4, "signature": "class User", "doc": "A user.",
            "visibility": null, "is_static": false,
        }),
    );
    assert_eq!(symbols[1]["qualified_name"], "pkg.models.User.name");
    let imports = rows(&project.run(&["imports", "."]).stdout);
    assert_eq!(
        imports,
        [
            json!({"path": "pkg/models.py", "line": 1, "module": "os", "name": "path", "alias": "p", "level": 0}),
            json!({"path": "pkg/models.py", "line": 2, "module": "re", "name": null, "alias": null, "level": 0}),
            json!({"path": "pkg/models.py", "line": 2, "module": null, "name": "x", "alias": null, "level": 1}),
        ]
    );
    let calls = rows(&project.run(&["calls", "."]).stdout);
    let join = calls.iter().find(|call| call["callee"] == "join").expect("the call");
    assert_eq!((&join["line"], &join["receiver"], &join["arguments"]), (&json!(8), &json!("p"), &json!(2)));
    assert_eq!(join["resolution"], "unresolved");
}

#[test]
fn a_header_is_known_for_cpp_behind_a_long_licence() {
    let licence = "// All rights reserved, in many words.\n".repeat(300);
    let project = Project::new(&[("a.h", &format!("{licence}namespace app {{\nclass Box {{\n}};\n}}\n"))]);
    let symbols = rows(&project.run(&["symbols", "."]).stdout);
    assert_eq!(symbols.last().map(|symbol| &symbol["qualified_name"]), Some(&json!("app::Box")), "{symbols:?}");
}

#[test]
fn facts_of_vendored_code_are_printed_too() {
    let project = Project::new(&[("vendor/a.c", "int f(void) { return 1; }\n")]);
    assert_eq!(rows(&project.run(&["symbols", "."]).stdout)[0]["name"], "f");
}
