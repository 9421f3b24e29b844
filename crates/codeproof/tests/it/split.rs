//! `codeproof split`, `run` and `inspect`: files are taken apart, proven and run by a real Python in the sandbox.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::harness::{Project, Run, github_token};

/// Two scanners in one file: the second threshold overwrites the first, so that both compare with 60.
const CONTAMINATED: &str = "\
import csv
import os
import sys

MIN_GAP = 5.0  # percent


def load(folder):
    with open(os.path.join(folder, 'daily.csv')) as file:
        return [dict(row, gap=float(row['gap']), volume=int(row['volume'])) for row in csv.DictReader(file)]


def scan_gap(rows):
    \"\"\"Gaps up.\"\"\"
    return [{'ticker': row['ticker'], 'date': row['date']} for row in rows if row['gap'] > MIN_GAP]


MIN_GAP = 2.0
MIN_VOLUME = 1000


def scan_volume(rows):
    \"\"\"Volume on a gap.\"\"\"
    found = []
    for row in rows:
        if row['gap'] > MIN_GAP and row['volume'] > MIN_VOLUME:
            found.append({'ticker': row['ticker'], 'date': row['date']})
    return found


if __name__ == '__main__':
    folder = sys.argv[sys.argv.index('--data') + 1]
    rows = load(folder)
    gaps = scan_gap(rows)
    volumes = scan_volume(rows)
    print(len(gaps), len(volumes))
";

fn project() -> Project {
    let project = Project::new(&[("scans.py", CONTAMINATED)]);
    let mut daily = "ticker,date,gap,volume\n".to_owned();
    for number in 0..40 {
        daily.push_str(&format!("T{},2024-01-{:02},{}.5,{}\n", number % 5, number % 28 + 1, number % 9, number * 60));
    }
    project.write("data/daily.csv", daily);
    project
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

fn document(project: &Project, name: &str) -> Value {
    let text = fs::read_to_string(project.root().join("out/scans").join(name)).expect("it was written");
    serde_json::from_str(&text).expect("JSON")
}

/// Whether this kernel refuses to isolate programs; then there is nothing to run, and it is said.
fn is_refused(run: &Run) -> bool {
    let refused = run.stdout.contains("no sandbox") || run.stderr.contains("codeproof doctor");
    if refused {
        eprintln!("SKIPPED: this machine refuses a part of the sandbox: {run:?}");
    }
    refused
}

/// The value that a scanner is said to use.
fn value(parameters: &Value, scanner: &str, name: &str) -> Value {
    let all = parameters["scanners"][scanner].as_array().expect("parameters");
    let found = all.iter().find(|it| it["name"] == name);
    found.unwrap_or_else(|| panic!("{scanner} has no {name}: {parameters:#}"))["value"].clone()
}

#[test]
fn a_file_is_taken_apart_and_left_as_it_is() {
    let project = project();
    let run = project.run(&["split", "scans.py", "--out", "out", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let session = json(&run);
    assert_eq!((&session["split"], &session["status"]), (&"multi".into(), &"completed".into()));
    let boundaries = document(&project, "boundaries.json");
    let names: Vec<&str> =
        boundaries["scanners"].as_array().expect("scanners").iter().filter_map(|it| it["name"].as_str()).collect();
    assert_eq!(names, ["gap", "volume"]);
    let parameters = document(&project, "parameters.json");
    // What runs compares with 2, whatever stands above the function.
    assert_eq!(value(&parameters, "gap", "MIN_GAP"), 2.0);
    assert_eq!(value(&parameters, "volume", "MIN_VOLUME"), 1000);
    for scanner in boundaries["scanners"].as_array().expect("scanners") {
        let template = scanner["template"].as_str().expect("a name");
        assert!(project.root().join("out/scans").join(template).is_file(), "{template}");
    }
    assert_eq!(fs::read_to_string(project.root().join("scans.py")).expect("the original"), CONTAMINATED);
}

#[test]
fn values_that_are_set_below_their_scanner_are_told() {
    let run = project().run(&["split", "scans.py", "--out", "out"]);
    assert!(run.stdout.contains("gap: MIN_GAP is 2.0"), "{run:?}");
    assert!(!run.stdout.contains("volume: MIN_GAP is"), "{run:?}");
}

#[test]
fn what_was_written_is_verified_and_what_was_changed_is_kept() {
    let project = project();
    let session = json(&project.run(&["split", "scans.py", "--out", "out", "--format", "json"]));
    let id = session["session"].as_str().expect("it was stored");
    let run = project.run(&["split", "verify", id]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(project.run(&["split", "verify"]).stdout.contains(id));

    let template = project.root().join("out/scans/gap.py");
    fs::write(&template, "# mine\n").expect("a change");
    let run = project.run(&["split", "verify", id]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("CHANGED") && run.stdout.contains("gap.py"), "{run:?}");
    project.run(&["split", "scans.py", "--out", "out"]).fails_with(2, &["gap.py", "--force"]);
    assert_eq!(fs::read_to_string(&template).expect("it is there"), "# mine\n");
    assert_eq!(project.run(&["split", "scans.py", "--out", "out", "--force"]).code, Some(0));
    project.run(&["split", "verify", "no-such-session"]).fails_with(2, &["no-such-session"]);
}

/// Another program changes the database.
fn change(project: &Project, sql: &'static str) {
    use sea_orm::ConnectionTrait as _;
    let url = format!("sqlite://{}", project.database().display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let database = sea_orm::Database::connect(url).await.expect("the database");
        database.execute_unprepared(sql).await.expect("SQL");
        database.close().await.expect("it closes");
    });
}

#[test]
fn stored_parameters_that_were_changed_are_found_and_put_back() {
    let project = project();
    let session = json(&project.run(&["split", "scans.py", "--out", "out", "--format", "json"]));
    let id = session["session"].as_str().expect("it was stored");
    change(&project, "UPDATE isolated_parameters SET parameter_value = '9' WHERE parameter_name = 'MIN_VOLUME'");
    let run = project.run(&["split", "verify", id]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("parameters of volume") && run.stdout.contains("--restore"), "{run:?}");
    let run = project.run(&["split", "verify", id, "--restore"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!project.run(&["split", "verify", id]).stdout.contains("CHANGED"));
    change(&project, "UPDATE isolated_parameters SET parameter_value = '9' WHERE parameter_name = 'MIN_VOLUME'");
    change(&project, "UPDATE parameter_backups SET parameters = '[]'");
    let run = project.run(&["split", "verify", id, "--restore"]);
    assert_eq!(run.code, Some(1), "a backup that was changed puts nothing back: {run:?}");
}

#[test]
fn a_split_is_proven_by_running() {
    let project = project();
    let prove = ["split", "scans.py", "--out", "out", "--prove", "--data", "data", "--format", "json"];
    let run = project.run(&prove);
    if is_refused(&run) {
        return;
    }
    assert_eq!(run.code, Some(0), "{run:?}");
    let session = json(&run);
    for scanner in session["proof"]["scanners"].as_array().expect("scanners") {
        assert_eq!(scanner["verdict"], "proven", "{scanner:#}");
        assert_eq!(scanner["original_rows"], scanner["template_rows"]);
    }
    assert_eq!(session["proof"]["isolation_score"], 1.0);
    assert_eq!(session["proof_cached"], false);
    assert!(session["proof"]["aggregated"]["symbols"]["T1"].is_array(), "{session:#}");
    assert_eq!(document(&project, "proof.json")["isolation_score"], 1.0);

    let again = json(&project.run(&prove));
    assert_eq!(again["proof_cached"], true, "the same bytes on the same data");
    assert_eq!(again["proof"]["scanners"], session["proof"]["scanners"]);
    project.write("data/daily.csv", "ticker,date,gap,volume\nT1,2024-01-02,0.5,10\n");
    let other = json(&project.run(&prove));
    assert_eq!(other["proof_cached"], false, "other data");
    assert_eq!(other["proof"]["scanners"][0]["verdict"], "not_exercised");
}

#[test]
fn a_template_runs_alone() {
    let project = project();
    project.run(&["split", "scans.py", "--out", "out"]);
    let run = project.run(&["run", "out/scans/volume.py", "--data", "data", "--format", "json", "--csv", "rows.csv"]);
    if is_refused(&run) {
        return;
    }
    assert_eq!(run.code, Some(0), "{run:?}");
    let rows = |run: &Run| json(run)["rows"].as_array().expect("rows").len();
    let usual = rows(&run);
    assert!(usual > 0);
    let csv = fs::read_to_string(project.root().join("rows.csv")).expect("it was written");
    assert_eq!(csv.lines().count(), usual + 1);
    let strict = ["run", "out/scans/volume.py", "--data", "data", "--format", "json", "--param", "MIN_VOLUME=2000"];
    assert!(rows(&project.run(&strict)) < usual);
    let one = ["run", "out/scans/volume.py", "--data", "data", "--format", "json", "--symbols", "T1"];
    assert!((1..usual).contains(&rows(&project.run(&one))));
    let table = project.run(&["run", "out/scans/volume.py", "--data", "data"]);
    assert!(table.stdout.contains("ticker") && table.stdout.contains("T1"), "{table:?}");
}

#[test]
fn a_program_that_ends_badly_is_told() {
    let project = project();
    project.write("bad.py", "import sys\nprint('rows')\nsys.exit('no data today')\n");
    let run = project.run(&["run", "bad.py", "--data", "data"]);
    if is_refused(&run) {
        return;
    }
    run.fails_with(3, &["bad.py", "no data today"]);
    project.write("endless.py", "while True: pass\n");
    project.run(&["run", "endless.py", "--data", "data", "--timeout", "1"]).fails_with(3, &["--timeout"]);
    project.run(&["run", "bad.py", "--data", "nowhere"]).fails_with(2, &["nowhere"]);
    let python = ["run", "bad.py", "--data", "data", "--python", "/no/such/python"];
    project.run(&python).fails_with(2, &["/no/such/python"]);
}

#[test]
fn critical_files_are_not_run_by_accident() {
    let project = project();
    project.write("evil.py", format!("{CONTAMINATED}\nimport os\nos.system('rm -rf /')\n"));
    let inspected = project.run(&["inspect", "evil.py"]);
    assert_eq!(inspected.code, Some(1), "{inspected:?}");
    assert!(inspected.stdout.contains("critical") && inspected.stdout.contains("os.system"), "{inspected:?}");
    assert_eq!(json(&project.run(&["inspect", "scans.py", "--format", "json"]))["execution_allowed"], true);
    let run = project.run(&["split", "evil.py", "--out", "out", "--prove", "--data", "data"]);
    run.fails_with(3, &[]);
    assert!(run.stdout.contains("--allow-unsafe"), "{run:?}");
    project.run(&["run", "evil.py", "--data", "data"]).fails_with(2, &["--allow-unsafe"]);
}

/// Two scanners whose names are meant for who reads the terminal, or the folder.
const NAMED: &str = "\
import csv
import os
import sys

with open(os.path.join(sys.argv[sys.argv.index('--data') + 1], 'daily.csv')) as file:
    rows = [dict(row, gap=float(row['gap'])) for row in csv.DictReader(file)]
SCANNERS = {
    'x\\nplanted\\x1b[2J': lambda rows: [row for row in rows if row['gap'] > 5],
    '../signal': lambda rows: [row for row in rows if row['gap'] > 6],
    'signal': lambda rows: [row for row in rows if row['gap'] > 7],
}
hits = {name: scan(rows) for name, scan in SCANNERS.items()}
print(hits)
";

#[test]
fn names_stay_in_their_line_and_hide_no_module() {
    let project = project();
    project.write("scans.py", NAMED);
    let run = project.run(&["split", "scans.py", "--out", "out"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let verified = project.run(&["split", "verify", session_of(&run)]);
    for run in [&run, &verified] {
        let planted = run.stdout.lines().any(|line| line.starts_with("planted"));
        assert!(!planted && !run.stdout.contains('\x1b'), "{run:?}");
    }
    let mut names: Vec<String> = fs::read_dir(project.root().join("out/scans"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".py") && name != "original_scans.py")
        .collect();
    names.sort();
    assert_eq!(names, ["___signal.py", "signal_scan.py", "x_planted__2J.py"]);
    project.run(&["run", ".", "--data", "data"]).fails_with(2, &["no file"]);
}

/// The session's name, from the last line.
fn session_of(run: &Run) -> &str {
    run.stdout.trim_end().rsplit(' ').next().expect("a name")
}

#[test]
fn assignments_are_judged_line_by_line() {
    let project = project();
    let case = |value: f64| {
        format!(
            "{{\"file\": \"scans\", \"assignment\": {{\"gap\": [{{\"name\": \"MIN_GAP\", \"value\": {value}}}]}}}}\n"
        )
    };
    let outside = "{\"file\": \"../../etc/passwd\", \"assignment\": {}}\n";
    project.write("cases.jsonl", format!("{}{}not a case\n{outside}", case(2.0), case(5.0)));
    let run = project.run(&["split", "check", "cases.jsonl", "--source", "."]);
    assert_eq!(run.code, Some(3), "{run:?}");
    let verdicts: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(verdicts.len(), 2);
    assert_eq!((&verdicts[0]["contaminated"], &verdicts[1]["contaminated"]), (&false.into(), &true.into()));
    assert!(verdicts[1]["why"].as_str().is_some_and(|why| why.contains("MIN_GAP")), "{run:?}");
    assert!(run.stderr.contains("cases.jsonl:3") && run.stderr.contains("cases.jsonl:4"), "{run:?}");
}

#[test]
fn whatever_cannot_be_split_is_said_once() {
    let project = project();
    for (name, bytes, status, code) in [
        ("empty.py", &b""[..], "none", 0),
        ("binary.py", b"\x00\xff\x00\x01", "error", 3),
        ("old.py", b"print 'hello'\nexec 'x = 1'\n", "error", 3),
        ("broken.py", b"def scan(:\n    pass\n", "error", 3),
        ("library.py", b"def mean(values):\n    return sum(values) / len(values)\n", "none", 0),
    ] {
        project.write(name, bytes);
        let run = project.run(&["split", name, "--out", "out", "--format", "json"]);
        assert_eq!(run.code, Some(code), "{name}: {run:?}");
        assert_eq!(json(&run)["split"], status, "{name}");
        assert_eq!(fs::read(project.root().join(name)).expect("the original"), bytes);
    }
    project.run(&["split", "nowhere.py", "--out", "out"]).fails_with(2, &["nowhere.py"]);
    project.run(&["split", ".", "--out", "out"]).fails_with(2, &["one Python file"]);
    project.run(&["split", "scans.py"]).fails_with(2, &["--out"]);
    project.run(&["split", "scans.py", "--out", "out", "--prove"]).fails_with(2, &["--data"]);
    let unknown = ["split", "scans.py", "--out", "o2", "--prove", "--data", "data", "--scanner", "nobody"];
    project.run(&unknown).fails_with(2, &["nobody", "gap"]);
    assert!(!project.root().join("o2").exists(), "nothing was written");
}

#[test]
fn secrets_are_masked_everywhere_but_in_programs() {
    let project = project();
    let token = github_token(7);
    let text = CONTAMINATED
        .replace("MIN_VOLUME = 1000\n", &format!("MIN_VOLUME = 1000\nAPI_KEY = '{token}'\n"))
        .replace("    found = []\n", "    found = []\n    assert API_KEY\n");
    project.write("scans.py", &text);
    let run = project.run(&["split", "scans.py", "--out", "out", "--format", "json", "-v"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stdout.contains(&token) && run.stdout.contains("API_KEY"), "{run:?}");
    let all: Vec<PathBuf> =
        fs::read_dir(project.root().join("out/scans")).expect("a folder").flatten().map(|it| it.path()).collect();
    for path in all.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        assert!(!fs::read_to_string(path).expect("text").contains(&token), "{}", path.display());
    }
    let database = fs::read(project.database()).expect("the database");
    assert!(!database.windows(token.len()).any(|part| part == token.as_bytes()), "it is in the database");
    let programs = fs::read_to_string(project.root().join("out/scans/volume.py")).expect("a program");
    let original = fs::read_to_string(project.root().join("out/scans/original_scans.py")).unwrap_or_default();
    assert!(programs.contains(&token) || original.contains(&token), "without its key it does not run");
}

#[test]
fn boundaries_by_hand_decide_alone() {
    let project = project();
    let line = |text: &str| CONTAMINATED.lines().position(|line| line.starts_with(text)).expect("it is there") + 1;
    let (start, end) = (line("def scan_volume"), line("def scan_volume") + 6);
    project.write("own.json", format!("[{{\"name\": \"mine\", \"start_line\": {start}, \"end_line\": {end}}}]"));
    let run = project.run(&["split", "scans.py", "--out", "out", "--boundaries", "own.json", "--format", "json"]);
    let session = json(&run);
    let scanners = session["scanners"].as_array().expect("scanners");
    assert_eq!((scanners.len(), &scanners[0]["name"]), (1, &"mine".into()), "{session:#}");
    project.write("own.json", "[{\"name\": \"mine\", \"start_line\": 3}]");
    project.run(&["split", "scans.py", "--out", "out", "--boundaries", "own.json"]).fails_with(2, &["end_line"]);
}

#[test]
fn a_model_is_asked_for_boundaries_and_sees_no_secret() {
    let project = project();
    let token = github_token(3);
    project.write("scans.py", format!("API_KEY = '{token}'\n{CONTAMINATED}"));
    let answer = "Sure:\n```json\n{\"segments\": [{\"name\": \"gap\", \"start_line\": \"14\", \"end_line\": 16, \
                  \"confidence\": 0.9, \"reasoning\": \"compares gaps\", \"patterns\": []}]}\n```";
    // Whoever sees the token answers something else.
    let script = serde_json::json!({ "answers": [
        { "role": "analyzer", "contains": [token], "replies": [{ "text": "I saw a secret." }] },
        { "role": "analyzer", "contains": ["scan_gap"], "replies": [{ "text": answer }] },
    ]});
    let path = project.beside("model.json");
    fs::write(&path, script.to_string()).expect("a script");
    let folder = project.beside("home/.config/codeproof");
    fs::create_dir_all(&folder).expect("the settings' folder");
    let settings =
        format!("[models.one]\nprovider = 'scripted'\nscript = '{}'\nroles = ['analyzer']\n", path.display());
    fs::write(folder.join("config.toml"), settings).expect("settings");
    let run = project.run(&["split", "scans.py", "--out", "out", "--model", "one", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let session = json(&run);
    assert_eq!(session["scanners"].as_array().map(Vec::len), Some(2), "code decides: {session:#}");
    assert!(!session["degraded"].to_string().contains("no model"), "{session:#}");
    project.run(&["split", "scans.py", "--out", "out", "--model", "two"]).fails_with(2, &["two"]);
}
