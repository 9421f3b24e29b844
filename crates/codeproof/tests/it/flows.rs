//! Data flow in scans: chains, safe places, what pattern rules say beside it, specs of users, the cache.

use serde_json::Value;

use crate::git::git;
use crate::harness::{Project, rule_ids};

/// A shop with a chain over two files, a place that was made safe, one that was decided, and one nobody understands.
const SHOP: [(&str, &str); 2] = [
    (
        "shop/views.py",
        r#"import os
from flask import Flask, request
from shop.store import find

app = Flask(__name__)


@app.route("/find")
def search():
    return str(find(request.args["name"]))


@app.route("/list")
def listing():
    count = int(request.args["count"])
    os.system("list -n " + str(count))
    os.system(unknown())
    return "done"
"#,
    ),
    (
        "shop/store.py",
        r#"import sqlite3


def find(name):
    connection = sqlite3.connect("shop.db")
    text = "select * from goods where name = '%s'" % name
    return connection.execute(text).fetchall()
"#,
    ),
];

const PAGE: &str = r#"<?php
$id = intval($_GET['id']);
mysql_query("select * from goods where id = $id");
$name = $_GET['name'];
echo "<p>" . $name . "</p>";
"#;

/// The finding of a rule; there must be one only.
#[track_caller]
fn finding<'r>(report: &'r Value, rule: &str) -> &'r Value {
    let findings = report["findings"].as_array().expect("findings");
    let mut found = findings.iter().filter(|finding| finding["rule_id"] == rule);
    let first = found.next().unwrap_or_else(|| panic!("no {rule} in {:?}", rule_ids(report)));
    assert!(found.next().is_none(), "several {rule}");
    first
}

/// `role path:line`, for each place of a trail.
fn trail(finding: &Value) -> Vec<String> {
    let evidence = finding["evidence"].as_array().expect("evidence");
    let hop = |hop: &Value| {
        let place = &hop["location"];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        format!("{} {}:{}", text(&hop["role"]), text(&place["path"]), place["first_line"])
    };
    evidence.iter().map(hop).collect()
}

#[test]
fn a_chain_is_shown_from_its_source_through_other_files() {
    let project = Project::new(&SHOP);
    let report = project.scan_json(&[]);
    let finding = finding(&report, "sql-injection");
    assert_eq!((finding["tier"].as_str(), finding["severity"].as_str()), (Some("vulnerability"), Some("critical")));
    let trail = trail(finding);
    assert_eq!(trail.first().map(String::as_str), Some("source shop/views.py:10"));
    assert_eq!(trail.last().map(String::as_str), Some("sink shop/store.py:7"));
    assert!(finding["message"].as_str().expect("a message").contains("The rule `python-sql-string` points here, too."));
    assert_eq!(finding["evidence"][0]["quote"], "    return str(find(request.args[\"name\"]))");
    let text = project.run(&["scan", ".", "--no-progress"]).stdout;
    for part in
        ["1 source  shop/views.py:10:21", "sink    shop/store.py:7:12", "runs it as SQL: the data stands in quotes"]
    {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

#[test]
fn every_format_shows_the_trail() {
    let project = Project::new(&SHOP);
    let sarif: Value = serde_json::from_str(&project.run(&["scan", ".", "--format", "sarif"]).stdout).expect("SARIF");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let result = results.iter().find(|result| result["ruleId"] == "sql-injection").expect("the chain");
    let flow = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("a trail");
    let uri = |at: &Value| at["location"]["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!((uri(&flow[0]), uri(flow.last().expect("a sink"))), ("shop/views.py".into(), "shop/store.py".into()));
    assert!(flow.iter().all(|at| at["location"]["message"]["text"].as_str().is_some_and(|text| !text.is_empty())));
    let markdown = project.run(&["scan", ".", "--format", "markdown"]).stdout;
    assert!(markdown.contains("1. source: `shop/views.py:10"), "{markdown}");
    let html = project.run(&["scan", ".", "--format", "html"]).stdout;
    assert!(html.contains("runs it as SQL") && html.contains("the query string of the request enters here"));
}

#[test]
fn what_data_flow_understood_takes_a_patterns_finding_away_and_says_why() {
    let project = Project::new(&SHOP);
    let report = project.scan_json(&["--with-safe"]);
    // The command nobody understands stays; the number does not.
    assert_eq!(finding(&report, "python-os-system")["location"]["first_line"], 17);
    let sites = report["safe_sites"].as_array().expect("safe places");
    let site = sites.iter().find(|site| site["location"]["first_line"] == 16).expect("the number");
    assert_eq!((&site["rule_id"], &site["dropped"][0]), (&"command-injection".into(), &"python-os-system".into()));
    assert_eq!(site["reason"], "is a number, after `int(request.args[\"count\"])` (line 15)");
    let plain = project.scan_json(&[]);
    assert!(plain.get("safe_sites").is_none());
    let notes = plain["notes"].to_string();
    assert!(notes.contains("1 place that pattern rules point at was shown to be harmless"), "{notes}");
}

#[test]
fn a_template_belongs_to_the_program_that_renders_it() {
    let view = r#"from flask import Flask, render_template, request

app = Flask(__name__)


@app.route("/")
def index():
    return render_template("hello.html", name=request.args["name"])
"#;
    let page = |filter: &str| format!("<h1>Hello</h1>\n<p>{{{{ name{filter} }}}}</p>\n");
    let project = Project::new(&[("app.py", view), ("templates/hello.html", &page("|safe"))]);
    let report = project.scan_json(&[]);
    let chain = trail(finding(&report, "cross-site-scripting"));
    assert_eq!(chain.first().map(String::as_str), Some("source app.py:8"));
    assert_eq!(chain.last().map(String::as_str), Some("sink templates/hello.html:2"));
    project.write("templates/hello.html", page(""));
    assert!(rule_ids(&project.scan_json(&[])).is_empty());
}

#[test]
fn explain_answers_for_chains_safe_places_and_others() {
    let files = [SHOP[0], SHOP[1], ("page.php", PAGE), ("a.c", "int main(void) { return 0; }\n")];
    let project = Project::new(&files);
    let explain = |place: &str| {
        let run = project.run(&["explain", place, "--root", ".", "--no-progress"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (place, words) in [
        ("shop/store.py:7", &["1 source shop/views.py:10:21", "`Connection.execute` runs it as SQL"][..]),
        ("shop/views.py:16", &["SAFE `os.system`", "is a number, after `int(request.args[\"count\"])` (line 15)"]),
        ("shop/views.py:17", &["NOT UNDERSTOOD `os.system`", "python-os-system"]),
        ("shop/views.py:5", &["No call on shop/views.py:5 is known to a rule or a spec"]),
        ("page.php:3", &["SAFE `mysql_query`", "after `intval($_GET['id'])` (line 2)"]),
        ("page.php:5", &["cross-site-scripting · CWE-79 · vulnerability", "page.php:4"]),
        ("a.c:1", &["Data is not followed through C files yet"]),
    ] {
        let text = explain(place);
        words.iter().for_each(|words| assert!(text.contains(words), "{words:?} is missing for {place} in: {text}"));
    }
    let run = project.run(&["explain", "page.php:3", "--root", ".", "--no-progress", "--format", "json"]);
    let json: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(json["sites"][0]["verdict"], "safe");
    project.run(&["explain", "page.php", "--root", "."]).fails_with(2, &["is no place in a file"]);
    project.run(&["explain", "none.php:1", "--root", "."]).fails_with(2, &["cannot find none.php"]);
}

#[test]
fn a_comment_accepts_a_chain_and_one_for_the_pattern_still_counts() {
    let sink = "echo \"<p>\" . $name . \"</p>\";";
    for marker in
        ["codeproof: ignore[cross-site-scripting] shown to its author only", "nosemgrep: shown to its author only"]
    {
        let accepted = PAGE.replace(sink, &format!("{sink} // {marker}"));
        let report = Project::new(&[("page.php", &accepted)]).scan_json(&[]);
        let finding = finding(&report, "cross-site-scripting");
        assert_eq!((&finding["state"], &finding["suppression"]["line"]), (&"suppressed".into(), &5.into()), "{marker}");
        assert_eq!(rule_ids(&report), ["cross-site-scripting"], "no marker is called unused");
    }
    let old = SHOP[1].1.replace(".fetchall()", ".fetchall()  # codeproof: ignore[python-sql-string] a demonstration");
    let report = Project::new(&[SHOP[0], ("shop/store.py", &old)]).scan_json(&[]);
    assert_eq!(finding(&report, "sql-injection")["suppression"]["reason"], "a demonstration");
}

#[test]
fn users_specs_add_sources_and_sinks() {
    let files = [("a.py", "from queue_of_ours import take, run\n\n\ndef work():\n    run(take())\n")];
    let project = Project::new(&files);
    assert!(rule_ids(&project.scan_json(&[])).is_empty());
    let specs = project.beside("specs");
    std::fs::create_dir_all(specs.join("python")).expect("a folder");
    let write = |text: &str| std::fs::write(specs.join("python/ours.yml"), text).expect("a file");
    write(concat!(
        "framework: Our queue\nentries:\n",
        "  - call: queue_of_ours.take\n    source: {trust: remote, what: a message of the queue}\n",
        "  - call: queue_of_ours.run\n    sinks: [{argument: 0, kind: command}]\n",
    ));
    let folder = specs.to_str().expect("UTF-8");
    let report = project.scan_json(&["--specs", folder]);
    let chain = finding(&report, "command-injection");
    assert!(
        chain["message"].as_str().is_some_and(|text| text.starts_with("A message of the queue reaches")),
        "{chain}"
    );
    assert!(rule_ids(&project.scan_json(&[])).is_empty(), "the cache knows specs apart");
    write("framework: Our queue\nentries:\n  - call: queue_of_ours.take\n    source: {trust: remot, what: x}\n");
    let broken = project.run(&["scan", ".", "--specs", folder, "--no-progress"]);
    broken.fails_with(2, &["ours.yml:4", "docs/specs.md"]);
    project.run(&["scan", ".", "--specs", "nowhere"]).fails_with(2, &["nowhere", "--specs"]);
    let explained = project.run(&["explain", "a.py:5", "--root", ".", "--specs", folder]);
    explained.fails_with(2, &["ours.yml:4"]);
}

/// The findings without their numbers in the database.
fn stable(report: &Value) -> String {
    let mut findings = report["findings"].clone();
    for finding in findings.as_array_mut().expect("findings") {
        finding["id"] = Value::Null;
    }
    format!("{findings}{}", report["safe_sites"])
}

#[test]
fn flows_are_the_same_whatever_the_threads_and_the_cache() {
    let mut files: Vec<(String, String)> = Vec::new();
    for number in 0..12 {
        let name = |text: &str| text.replace("shop", &format!("shop{number}"));
        files.extend(SHOP.iter().map(|(path, text)| (name(path), name(text))));
        files.push((format!("page{number}.php"), PAGE.to_owned()));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let project = Project::new(&files);
    let first = stable(&project.scan_json(&["--jobs", "1", "--no-cache", "--with-safe"]));
    assert_eq!(first.matches("\"sql-injection\"").count(), 12 + 12, "chains, and safe places");
    assert_eq!(stable(&project.scan_json(&["--jobs", "4", "--with-safe"])), first);
    let cached = project.scan_json(&["--jobs", "3", "--with-safe"]);
    assert_eq!(cached["summary"]["cache_misses"], 0);
    assert_eq!(stable(&cached), first);
}

#[test]
fn a_change_of_one_file_reaches_the_chains_of_others() {
    let project = Project::new(&SHOP);
    assert_eq!(finding(&project.scan_json(&[]), "sql-injection")["location"]["path"], "shop/store.py");
    project.write("shop/views.py", SHOP[0].1.replace("request.args[\"name\"]", "int(request.args[\"name\"])"));
    let report = project.scan_json(&["--with-safe"]);
    assert_eq!(report["summary"]["cache_hits"], 1);
    // Whoever calls the function from elsewhere may still pass anything.
    let left = finding(&report, "sql-injection");
    assert_eq!((left["tier"].as_str(), left["severity"].as_str()), (Some("weakness"), Some("high")));
    assert_eq!(trail(left)[0], "source shop/store.py:4");
    project.write("shop/views.py", SHOP[0].1);
    finding(&project.scan_json(&[]), "sql-injection");
}

#[test]
fn rules_for_flows_are_rules_like_others() {
    let project = Project::new(&SHOP);
    let shown = project.run(&["rules", "sql-injection"]);
    assert!(shown.stdout.contains("CWE-89") && shown.stdout.contains("Python"), "{shown:?}");
    project.write("codeproof.toml", "rules_off = [\"sql-injection\"]\n[severity]\npython-os-system = \"low\"\n");
    let report = project.scan_json(&[]);
    assert_eq!(finding(&report, "python-sql-string")["location"]["path"], "shop/store.py", "the pattern's own finding");
    assert_eq!(finding(&report, "python-os-system")["severity"], "low");
    project.write("codeproof.toml", "[severity]\nsql-injection = \"medium\"\n");
    assert_eq!(finding(&project.scan_json(&[]), "sql-injection")["severity"], "medium");
}

#[test]
fn since_follows_data_through_files_that_did_not_change() {
    let project = Project::new(&SHOP);
    git(&project, &["init", "-q"]);
    git(&project, &["add", "-A"]);
    git(&project, &["commit", "-q", "-m", "one"]);
    assert!(rule_ids(&project.scan_json(&["--since", "HEAD"])).is_empty());
    for (path, line) in [("shop/views.py", "    return str(find("), ("shop/store.py", "    return connection")] {
        let text = SHOP.iter().find(|(known, _)| *known == path).expect("a file of the shop").1;
        project.write(path, text.replace(line, &line.replace("return ", "return  ")));
        let report = project.scan_json(&["--since", "HEAD"]);
        assert_eq!(rule_ids(&report), ["sql-injection"], "{path}");
        assert_eq!(trail(&report["findings"][0]).last().map(String::as_str), Some("sink shop/store.py:7"));
        project.write(path, text);
    }
}
