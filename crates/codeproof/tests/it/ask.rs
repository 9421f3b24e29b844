//! `codeproof callers`, `callees`, `graph`, `context`, `index`.

use serde_json::{Value, json};

use crate::harness::{Project, github_token};

fn shop() -> Project {
    Project::new(&[
        (
            "shop/orders.py",
            "LIMIT = 3\n\nclass Order:\n    def total(self):\n        return check(self)\n\ndef check(order):\n    return order\n",
        ),
        (
            "shop/views.py",
            "from .orders import (\n    Order,\n    check,\n)\n\n@app.get(\"/total\")\ndef show():\n    return Order().total()\n\nHANDLERS = [check]\n",
        ),
        ("shop/other.py", "def check(x):\n    return x\n"),
    ])
}

#[track_caller]
fn json_of(project: &Project, arguments: &[&str]) -> Value {
    let run = project.run(arguments);
    assert_eq!(run.code, Some(0), "{run:?}");
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

#[test]
fn callers_are_quoted() {
    let found = json_of(&shop(), &["callers", "Order.total", "--format", "json"]);
    assert_eq!(found[0]["definition"]["name"], "shop.orders.Order.total");
    let caller = &found[0]["references"][0];
    assert_eq!(caller["other"]["name"], "shop.views.show");
    assert_eq!(caller["quote"], "    return Order().total()");
    assert_eq!((&caller["line"], &caller["resolution"]), (&json!(8), &json!("exact")));
}

#[test]
fn places_that_only_name_it_are_told_apart() {
    let run = shop().run(&["callers", "shop/orders.py:7"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for words in
        ["check  function  shop/orders.py:7", "1 place calls it", "1 place names it without a call", "HANDLERS"]
    {
        assert!(run.stdout.contains(words), "{words:?} in {}", run.stdout);
    }
}

#[test]
fn callees_tell_what_leads_out() {
    let found = json_of(&shop(), &["callees", "show", "--format", "json"]);
    let names: Vec<_> =
        found[0]["references"].as_array().expect("rows").iter().map(|row| &row["other"]["name"]).collect();
    assert_eq!(names, ["shop.orders.Order", "shop.orders.Order.total"]);
}

#[test]
fn a_graph_is_drawn() {
    let project = shop();
    let run = project.run(&["graph", "show"]);
    assert!(run.stdout.contains("└─ shop.orders.Order.total  shop/orders.py:4"), "{}", run.stdout);
    assert!(run.stdout.contains("   └─ shop.orders.check  shop/orders.py:7"), "{}", run.stdout);
    let mermaid = project.run(&["graph", "shop/orders.py:7", "--direction", "callers", "--format", "mermaid"]).stdout;
    assert!(mermaid.starts_with("flowchart LR\n") && mermaid.contains("n1 --> n0"), "{mermaid}");
    let graph = json_of(&project, &["graph", "show", "--depth", "1", "--format", "json"]);
    assert_eq!(graph["nodes"].as_array().map(Vec::len), Some(3));
    assert_eq!(graph["nodes"][0]["entry"], "route");
}

#[test]
fn a_context_holds_what_a_reader_needs_and_masks_secrets() {
    let token = github_token(7);
    let project = shop();
    project.write(
        "shop/keys.py",
        format!("from .orders import check\n\ndef send():\n    key = \"{token}\"\n    return check(key)\n"),
    );
    let run = project.run(&["context", "shop/keys.py:5", "--root", "."]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stdout.contains(&token), "{}", run.stdout);
    assert!(run.stdout.contains("def check(order):") && run.stdout.contains("def send():"), "{}", run.stdout);
    let context = json_of(&project, &["context", "shop/orders.py:8", "--budget", "300", "--format", "json"]);
    assert!(context["tokens"].as_u64().expect("a number") <= 300);
    assert_eq!(context["entry"], "route");
    let markdown = project.run(&["context", "shop/orders.py:8", "--format", "markdown"]).stdout;
    assert!(markdown.contains("## Called by") && markdown.contains("```\n"), "{markdown}");
}

#[test]
fn an_index_is_counted_and_kept() {
    let project = shop();
    let run = project.run(&["index", ".", "--persist"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("6  definitions") || run.stdout.contains("5  definitions"), "{}", run.stdout);
    assert!(run.stderr.contains("kept as number 1"), "{}", run.stderr);
    let scans = project.run(&["scans", "1"]);
    assert!(scans.stdout.contains("no rule was run"), "{}", scans.stdout);
    let again = project.run(&["index", "."]).stdout;
    assert!(again.contains("3  files (3 from the cache)"), "{again}");
    let entries = project.run(&["index", ".", "--entry-points"]).stdout;
    assert!(entries.contains("route     shop.views.show  shop/views.py:7"), "{entries}");
}

#[test]
fn calls_and_imports_say_where_they_lead() {
    let project = shop();
    let rows: Vec<Value> =
        project.run(&["calls", "."]).stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let total = rows.iter().find(|row| row["callee"] == "total").expect("the call");
    assert_eq!(
        (&total["target_path"], &total["target_line"], &total["target_name"]),
        (&json!("shop/orders.py"), &json!(4), &json!("shop.orders.Order.total"))
    );
    let imports = project.run(&["imports", "."]).stdout;
    assert!(imports.lines().next().is_some_and(|row| row.contains("\"target_path\":\"shop/orders.py\"")), "{imports}");
}

#[test]
fn questions_that_have_no_answer_say_what_to_try() {
    let project = shop();
    project.run(&["callers", "chekc"]).fails_with(2, &["no definition has the name chekc", "did you mean check?"]);
    project.run(&["graph", "check"]).fails_with(2, &["2 definitions have the name check", "shop.other.check"]);
    project.run(&["context", "shop/orders.py"]).fails_with(2, &["is no place in a file", "PATH:LINE"]);
    project.run(&["context", "shop/none.py:3"]).fails_with(2, &["cannot find"]);
    project.run(&["context", "shop/orders.py:999"]).fails_with(2, &["no line 999"]);
    project.run(&["callers", "x", "missing"]).fails_with(2, &["there is no file or folder missing"]);
}

#[test]
fn names_from_scanned_code_reach_no_terminal_raw() {
    let project = Project::new(&[("a\u{1b}[31m.py", "def f(): pass\n\ndef g(): f()\n")]);
    for arguments in
        [&["callers", "f"][..], &["graph", "g"], &["index", ".", "--entry-points"], &["graph", "g", "--format", "dot"]]
    {
        let run = project.run(arguments);
        assert!(!run.stdout.contains('\u{1b}'), "{arguments:?}: {}", run.stdout);
    }
}

#[test]
fn a_context_names_what_did_not_fit_up_to_a_length() {
    let callers: String = (0..60).map(|at| format!("def caller_{at}():\n    return wanted({at})\n\n")).collect();
    let project = Project::new(&[("a.py", &format!("def wanted(x):\n    return x\n\n{callers}"))]);
    let text = project.run(&["context", "a.py:1", "--budget", "200"]).stdout;
    let (_, left_out) = text.split_once("Left out").expect("not all callers fit");
    assert!(left_out.contains(" more; --format json") && left_out.lines().count() < 30, "{left_out}");
    let json = json_of(&project, &["context", "a.py:1", "--budget", "200", "--format", "json"]);
    assert!(json["left_out"].as_array().is_some_and(|parts| parts.len() > 40));
}
