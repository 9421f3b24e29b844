//! Deep scans: models draft and vote, and a scan survives whatever happens to it. The models are scripted.

use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::harness::{Project, Run, github_token};

/// Files of the project that the tests below scan; each is one chunk.
const FILES: usize = 12;

/// A project of `FILES` files with one doubtful line each, and two models of which each drafts that line and votes.
fn project(latency_ms: u64) -> Project {
    let project = Project::new(&[]);
    for at in 0..FILES {
        project.write(&format!("part{at}.py"), code(at));
    }
    let mut answers: Vec<Value> = (0..FILES)
        .map(|at| {
            let text = format!(
                "*DRAFT: Unbounded work in part {at}\n*TYPE: CWE-400\n*SEVERITY: Medium\n*LINE: 3\n\
                 *SNIPPET: grid_{at} = [0] * int(size)\n*REASON: size has no bound.\n*END_DRAFT"
            );
            answer("analyzer", &[&format!("grid_{at} =")], &text, latency_ms)
        })
        .collect();
    let vote = "*VOTE: VERIFY\n*CONFIDENCE: 80\n*REASONING: size is foreign.\n*END_VOTE";
    answers.push(answer("verifier", &[], vote, latency_ms));
    script(&project, "one", &json!({ "answers": answers }));
    script(&project, "two", &json!({ "answers": answers }));
    settings(&project, &["one", "two"]);
    project
}

fn code(at: usize) -> String {
    format!(
        "def part_{at}(size):\n    \"\"\"Makes room.\"\"\"\n    grid_{at} = [0] * int(size)\n    return grid_{at}\n"
    )
}

fn answer(role: &str, contains: &[&str], text: &str, latency_ms: u64) -> Value {
    json!({ "role": role, "contains": contains, "replies": [{ "text": text, "latency_ms": latency_ms }] })
}

fn script(project: &Project, model: &str, script: &Value) {
    std::fs::write(project.beside(&format!("{model}.json")), script.to_string()).expect("a script");
}

/// Settings with scripted models that may do everything, and no price.
fn settings(project: &Project, models: &[&str]) {
    let mut text = "[profiles.deep]\nsend_cleared = true\n".to_owned();
    for model in models {
        let path = project.beside(&format!("{model}.json"));
        text.push_str(&format!(
            "[models.{model}]\nprovider = 'scripted'\nscript = '{}'\nroles = ['analyzer', 'verifier']\n\
             price = {{ input_usd_per_million = 1.0, output_usd_per_million = 1.0 }}\n",
            path.display()
        ));
    }
    let folder = project.beside("home/.config/codeproof");
    std::fs::create_dir_all(&folder).expect("the settings' folder");
    std::fs::write(folder.join("config.toml"), text).expect("settings");
}

/// A deep scan in the background, its report in `report`.
fn start(project: &Project, arguments: &[&str], report: &Path) -> Child {
    let report = report.to_string_lossy();
    let all = [&["scan"], arguments, &["--no-progress", "--format", "json", "-o", &*report]].concat();
    project.command(&all).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("codeproof starts")
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("the report")).expect("JSON")
}

/// The report of scan 1 as the database has it now.
fn stored(project: &Project) -> Value {
    let run = project.run(&["scans", "1", "--format", "json", "--with-drafts"]);
    serde_json::from_str(&run.stdout).unwrap_or_default()
}

/// Prompts that scan 1 has answers to.
fn prompts(report: &Value) -> u64 {
    let models = report["models"]["models"].as_array();
    models.map_or(0, |models| models.iter().filter_map(|of_model| of_model["prompts"].as_u64()).sum())
}

/// Waits until scan 1 has at least `count` answers; each look starts a program, so this does not spin.
fn wait_for_prompts(project: &Project, child: &mut Child, count: u64) {
    while child.try_wait().expect("a child").is_none() && prompts(&stored(project)) < count {}
}

/// What is found, whatever numbers the database gives to it.
fn found(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings").iter();
    findings
        .map(|finding| {
            ["fingerprint", "state", "tier", "severity", "votes", "source_models"]
                .map(|key| finding[key].to_string())
                .join(" ")
        })
        .collect()
}

#[test]
fn the_demo_shows_what_models_add() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/vulnerable");
    let project = Project::new(&[]);
    let scan = |name: &str| {
        let report = project.beside(name);
        let child = start(&project, &[&*example.to_string_lossy(), "--profile", "demo", "--with-drafts"], &report);
        assert!(child.wait_with_output().expect("it ends").status.success());
        read(&report)
    };
    let report = scan("first.json");
    let findings = report["findings"].as_array().expect("findings");
    let drafts = || findings.iter().filter(|finding| finding["origin"] == "draft");
    assert!(drafts().any(|finding| finding["state"] == "open"), "{report:#}");
    assert!(drafts().any(|finding| finding["state"] == "rejected"), "a false alarm is voted down");
    let is_split = |finding: &Value| {
        let votes = &finding["votes"];
        ["verify", "weakness", "reject"].iter().filter(|word| votes[**word].as_u64() > Some(0)).count() > 1
    };
    assert!(findings.iter().any(is_split), "the voters differ");
    let counts = &report["models"]["drafts"];
    assert!(counts["dropped"].as_u64() > Some(0) && counts["relocated"].as_u64() > Some(0), "{counts}");
    assert_eq!(
        report["models"]["dropped"].as_array().map(Vec::len),
        counts["dropped"].as_u64().map(|count| count as usize)
    );

    let again = scan("second.json");
    assert_eq!(prompts(&again), 0, "everything was answered before");
    assert_eq!(found(&again), found(&report));
}

#[test]
fn a_killed_scan_loses_and_repeats_nothing() {
    let undisturbed = project(0);
    let expected = undisturbed.scan_json(&["--profile", "deep"]);
    assert_eq!(prompts(&expected), 4 * FILES as u64, "each file: two drafts and two votes");

    let project = project(25);
    let report = project.beside("report.json");
    let mut child = start(&project, &[".", "--profile", "deep"], &report);
    for answers in [1, FILES as u64, 3 * FILES as u64] {
        wait_for_prompts(&project, &mut child, answers);
        // It may have come to its end before: then there is nothing to kill.
        let _ = child.kill();
        child.wait().expect("it ends");
        child = start(&project, &["--resume", "1"], &report);
    }
    child.wait().expect("it ends");
    let report = stored(&project);
    assert_eq!(report["scan"]["status"], "completed");
    assert_eq!(found(&report), found(&expected));
    // What was on its way when the scan was killed is nowhere stored; what is stored is stored once.
    assert_eq!(prompts(&report), prompts(&expected));
    assert_eq!(report["models"]["cost_nano_usd"], expected["models"]["cost_nano_usd"]);
}

#[test]
fn a_scan_is_paused_and_cancelled_from_elsewhere() {
    // Slow enough that a wish, which is heard within half a second, comes long before the end.
    let project = project(400);
    let report = project.beside("report.json");
    let mut child = start(&project, &[".", "--profile", "deep"], &report);
    wait_for_prompts(&project, &mut child, 1);
    let paused = project.run(&["scans", "pause", "1"]);
    assert!(paused.stdout.contains("--resume 1"), "{paused:?}");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert_eq!(read(&report)["scan"]["status"], "paused");
    assert!(prompts(&read(&report)) < 4 * FILES as u64);

    project.run(&["scans", "cancel", "1"]);
    assert_eq!(stored(&project)["scan"]["status"], "cancelled");
    project.run(&["scan", "--resume", "1"]).fails_with(2, &["cancelled"]);
}

#[test]
fn a_limit_pauses_and_a_higher_one_goes_on() {
    let project = project(0);
    // A prompt that drafts takes about 1,100 tokens and reserves about 5,200. What is spent when the next one does not
    // fit is so more than one draft for each file, in whatever order models answer: one file has both of its drafts.
    let run = project.run(&[
        "scan",
        ".",
        "--no-progress",
        "--profile",
        "deep",
        "--max-tokens",
        "24000",
        "--on-exceed",
        "pause",
    ]);
    assert!(run.stdout.contains("the limit of 24000 tokens is reached"), "{run:?}");
    assert!(run.stdout.contains("codeproof scan --resume 1"), "{run:?}");
    let paused = stored(&project);
    assert_eq!(paused["scan"]["status"], "paused");
    // What was found in a file that is gone since is found no more.
    let first = paused["findings"][0]["location"]["path"].as_str().expect("a path").to_owned();
    std::fs::remove_file(project.root().join(&first)).expect("the file");
    let resumed =
        project.run(&["scan", "--resume", "1", "--no-progress", "--max-tokens", "1000000", "--format", "json"]);
    let resumed: Value = serde_json::from_str(&resumed.stdout).expect("JSON");
    assert_eq!(resumed["scan"]["status"], "completed");
    assert_eq!(resumed["models"]["chunks"]["seen"], FILES - 1);
    assert_eq!(found(&stored(&project)), found(&resumed));
    assert!(!resumed.to_string().contains(&first), "{resumed:#}");
}

#[test]
fn without_a_model_left_the_scan_pauses_and_lists_what_nobody_saw() {
    let project = project(0);
    let refuse = json!({ "answers": [{ "replies": [{ "status": 401, "message": "no such key" }] }] });
    script(&project, "one", &refuse);
    script(&project, "two", &refuse);
    let run = project.run(&["scan", ".", "--no-progress", "--profile", "deep", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(report["scan"]["status"], "paused");
    let why = report["models"]["paused"].as_str().expect("a reason");
    assert!(why.contains("no model is left for the role analyzer") && why.contains("no such key"), "{why}");
    // Mended settings are read anew.
    let expected = found(&self::project(0).scan_json(&["--profile", "deep"]));
    let mended = self::project(0);
    for model in ["one", "two"] {
        let name = format!("{model}.json");
        std::fs::copy(mended.beside(&name), project.beside(&name)).expect("a script");
    }
    let resumed = project.run(&["scan", "--resume", "1", "--no-progress", "--format", "json"]);
    assert_eq!(found(&serde_json::from_str(&resumed.stdout).expect("JSON")), expected);
}

#[test]
fn who_answers_nonsense_is_no_answer() {
    let project = project(0);
    let nonsense = json!({ "answers": [{ "replies": [{ "text": "Sure! Let us talk about the weather instead." }] }] });
    script(&project, "one", &nonsense);
    let half = project.scan_json(&["--profile", "deep"]);
    assert_eq!(half["models"]["chunks"]["unseen"], 0, "the other model saw them all");
    let of_one = half["models"]["models"].as_array().and_then(|all| all.iter().find(|it| it["role"] == "analyzer"));
    assert_eq!(of_one.map(|it| &it["malformed"]), Some(&json!(FILES)));

    script(&project, "two", &nonsense);
    let none = project.scan_json(&["--profile", "deep", "--no-cache"]);
    assert_eq!(none["models"]["chunks"]["unseen"], FILES);
    assert_eq!(none["models"]["unseen"].as_array().map(Vec::len), Some(FILES));
    assert_eq!(none["scan"]["status"], "completed");
}

#[test]
fn what_was_asked_in_vain_is_not_asked_again() {
    let project = project(0);
    let nonsense = json!({ "answers": [{ "replies": [{ "text": "Sure! Let us talk about the weather instead." }] }] });
    script(&project, "one", &nonsense);
    let limit = ["--max-tokens", "12000", "--on-exceed", "pause"];
    let paused = project.scan_json(&[&["--profile", "deep"][..], &limit].concat());
    assert_eq!(paused["scan"]["status"], "paused");
    let resumed =
        project.run(&["scan", "--resume", "1", "--no-progress", "--max-tokens", "1000000", "--format", "json"]);
    let resumed: Value = serde_json::from_str(&resumed.stdout).expect("JSON");
    let analyzer_one = resumed["models"]["models"]
        .as_array()
        .and_then(|all| all.iter().find(|it| it["model"] == "one" && it["role"] == "analyzer"));
    let counts = analyzer_one.map(|it| (it["prompts"].clone(), it["malformed"].clone()));
    assert_eq!(counts, Some((json!(FILES), json!(FILES))));
}

#[test]
fn a_comment_accepts_what_models_find() {
    let project = project(0);
    project.write(
        "part0.py",
        code(0).replace("int(size)", "int(size)  # codeproof: ignore[model-cwe-400] sizes are ours"),
    );
    let report = project.scan_json(&["--profile", "deep"]);
    let of = |path: &str| {
        let findings = report["findings"].as_array().expect("findings").iter();
        findings.filter(|it| it["location"]["path"] == path).map(|it| it["state"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((of("part0.py"), of("part1.py")), (vec![json!("suppressed")], vec![json!("open")]));
}

#[test]
fn a_finding_tells_its_way() {
    let project = project(0);
    let report = project.scan_json(&["--profile", "deep"]);
    let id = report["findings"][0]["id"].as_i64().expect("a number");
    let Run { stdout, .. } = project.run(&["show", &id.to_string(), "--exchanges"]);
    for word in ["How it came about", "one", "two", "verify", "=== FINDING TO VERIFY ===", "*END_DRAFT"] {
        assert!(stdout.contains(word), "{word:?} is missing in: {stdout}");
    }
    let nothing_kept = self::project(0);
    nothing_kept.scan_json(&["--profile", "deep", "--no-keep"]);
    let Run { stdout, .. } = nothing_kept.run(&["show", &id.to_string(), "--exchanges"]);
    assert!(!stdout.contains("=== FINDING TO VERIFY ==="), "{stdout}");
}

#[test]
fn no_secret_reaches_a_model() {
    let token = github_token(7);
    let project = project(0);
    project.write("part0.py", format!("{}    token = \"{token}\"\n", code(0)));
    let report = project.scan_json(&["--profile", "deep"]);
    let drafted = |finding: &&Value| finding["location"]["path"] == "part0.py" && finding["origin"] == "draft";
    let finding =
        report["findings"].as_array().and_then(|all| all.iter().find(drafted)).expect("the draft of part0.py");
    let id = finding["id"].as_i64().expect("a number").to_string();
    let Run { stdout, .. } = project.run(&["show", &id, "--exchanges"]);
    assert!(stdout.contains("token = \"ghp_***"), "the line was sent, masked: {stdout}");
    assert!(!stdout.contains(&token), "{stdout}");
}
