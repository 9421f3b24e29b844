//! `codeproof trace` and `codeproof specs-of`: questions about the flow of data.

use serde_json::Value;

use crate::harness::Project;

const FILES: [(&str, &str); 2] = [
    (
        "app/views.py",
        r#"from flask import Flask, request
from app.store import find, plain

app = Flask(__name__)


@app.route("/find")
def search():
    name = request.args["name"]
    return str(find(name))


def word():
    return request.args["word"]
"#,
    ),
    (
        "app/store.py",
        r#"import html
import sqlite3


def find(name):
    text = "select * from goods where name = '%s'" % name
    return sqlite3.connect("shop.db").execute(text).fetchall()


def plain(text):
    return html.escape(text)
"#,
    ),
];

/// Role and line of each place of a list.
fn places(list: &Value) -> Vec<String> {
    let place = |evidence: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        format!("{}:{}", text(&evidence["location"]["path"]), evidence["location"]["first_line"])
    };
    list.as_array().expect("a list").iter().map(place).collect()
}

#[test]
fn a_variable_is_followed_both_ways() {
    let project = Project::new(&FILES);
    let run = project.run(&["trace", "app/views.py:9:name", "--root", ".", "--no-progress", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let trace: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(places(&trace["from"][0])[0], "app/views.py:9");
    let to = places(&trace["to"]);
    assert!(to.contains(&"app/views.py:10".to_owned()), "{to:?}");
    let sinks = trace["sinks"].as_array().expect("sinks");
    assert_eq!(sinks[0]["rule_id"], "sql-injection");
    assert_eq!(sinks[0]["evidence"]["location"]["path"], "app/store.py");
}

#[test]
fn what_a_parameter_is_given_by_callers_is_told() {
    let project = Project::new(&FILES);
    let run = project.run(&["trace", "app/store.py:6:name", "--root", ".", "--no-progress"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("app/views.py:9"), "{}", run.stdout);
    assert!(run.stdout.contains("reaches a sink: sql-injection"), "{}", run.stdout);
}

#[test]
fn what_cannot_be_followed_is_said() {
    let project = Project::new(&FILES);
    project.write("main.c", "int main(void) { return 0; }\n");
    for (place, words) in [
        ("app/views.py:9", "is no variable on a line"),
        ("app/views.py:1:nothing", "has no variable `nothing`"),
        ("main.c:1:x", "is not followed through C yet"),
        ("none.py:1:x", "cannot find none.py"),
    ] {
        project.run(&["trace", place, "--root", ".", "--no-progress"]).fails_with(2, &[words]);
    }
}

#[test]
fn functions_are_listed_as_specs_would_say_it() {
    let project = Project::new(&FILES);
    let run = project.run(&["specs-of", ".", "--no-progress", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let functions: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let row = |function: &Value| {
        let text = |key: &str| function[key].as_str().unwrap_or_default().to_owned();
        format!("{} {}", text("role"), text("name"))
    };
    let rows: Vec<String> = functions.as_array().expect("rows").iter().map(row).collect();
    for wanted in ["sink find", "sanitizer plain", "source word"] {
        assert!(rows.iter().any(|row| row == wanted), "{wanted} is missing in {rows:?}");
    }
    let text = project.run(&["specs-of", ".", "--no-progress"]).stdout;
    assert!(text.contains("hands its parameter `name` to `Connection.execute` (sql-injection)"), "{text}");
}
