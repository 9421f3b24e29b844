//! Models and profiles as settings name them, and the demonstration.

use std::path::Path;

use serde_json::Value;

use crate::harness::Project;

const SCRIPT: &str = r#"{"answers": [
    {"role": "analyzer", "contains": ["strcpy"], "replies": [{"text": "*DRAFT: overflow\n*TYPE: CWE-120\n*SEVERITY: High\n*LINE: 6\n*SNIPPET: strcpy(line, name);\n*REASON: no bound\n*END_DRAFT"}]},
    {"role": "verifier", "replies": [{"text": "*VOTE: VERIFY\n*CONFIDENCE: 90\n*REASONING: line 6 has no bound\n*END_VOTE"}]},
    {"replies": [{"text": "ready"}]}
]}"#;

/// A home whose settings hold `text`, and a script beside them.
fn with_settings(text: &str) -> Project {
    let project = Project::new(&[("a.c", "int a;\n")]);
    let folder = project.beside("home/.config/codeproof");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("config.toml"), text).expect("a file");
    std::fs::write(folder.join("script.json"), SCRIPT).expect("a file");
    project
}

const GOOD: &str = "[models.good]\nprovider = 'scripted'\nscript = 'script.json'\nroles = ['analyzer', 'verifier']\n";

#[track_caller]
fn json(project: &Project, arguments: &[&str]) -> Value {
    let run = project.run(arguments);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

#[test]
fn models_are_listed_with_what_they_need() {
    let text = format!(
        "{GOOD}[models.cloud]\nprovider = 'anthropic'\nmodel = 'claude-sonnet-4-6'\napi_key_env = 'CODEPROOF_MY_KEY'\n\
         roles = ['verifier']\n[models.own]\nprovider = 'openai'\nbase_url = 'https://gate.example/v1'\n"
    );
    let project = with_settings(&text);
    let text = project.run(&["models"]).stdout;
    for words in [
        "anthropic, claude-sonnet-4-6 at anthropic's own address",
        "3.00 in, 15.00 out, USD per million tokens (codeproof ",
        "CODEPROOF_MY_KEY IS NOT SET",
        "none: no scan asks it",
        "unknown; write price",
        "demo-careful, demo-keen, demo-quick",
    ] {
        assert!(text.contains(words), "{words:?} is missing in\n{text}");
    }
    // A key may be in a variable that begins like a setting; its value is not shown.
    let value = "hidden".repeat(3);
    let output = project.command(&["models", "--format", "json"]).env("CODEPROOF_MY_KEY", &value).output();
    let stdout = String::from_utf8(output.expect("it runs").stdout).expect("it is text");
    assert!(!stdout.contains(&value), "{stdout}");
    let models: Value = serde_json::from_str(&stdout).expect("it is JSON");
    let cloud =
        models.as_array().and_then(|all| all.iter().find(|model| model["name"] == "cloud")).expect("it is there");
    assert_eq!(cloud["keys"][0], serde_json::json!({"variable": "CODEPROOF_MY_KEY", "set": true}));
    let doctor = project.run(&["doctor"]).stdout;
    assert!(doctor.contains("missing  model        cloud: set CODEPROOF_MY_KEY to use it"), "{doctor}");
}

#[test]
fn without_models_the_way_to_them_is_told() {
    let project = Project::new(&[("a.c", "int a;\n")]);
    assert!(project.run(&["models"]).stdout.contains("codeproof init --models"));
    project.run(&["scan", ".", "--profile", "deep"]).fails_with(2, &["role analyzer", "codeproof init --models"]);
    let wrote = project.run(&["init", "--models"]);
    assert!(wrote.code == Some(0) && wrote.stdout.contains("config.toml"), "{wrote:?}");
    // A second time nothing is replaced.
    let again = project.run(&["init", "--models"]);
    assert!(again.stdout.contains("# [models.local]") && again.stderr.contains("already there"), "{again:?}");
    assert_eq!(project.run(&["models"]).code, Some(0));
}

#[test]
fn models_are_asked_and_their_answers_read() {
    let text =
        format!("{GOOD}[models.keyless]\nprovider = 'anthropic'\napi_key_env = 'NO_SUCH_KEY'\nroles = ['verifier']\n");
    let project = with_settings(&text);
    let run = project.run(&["models", "check", "good", "keyless"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    for words in ["good: works", "its draft was read", "its vote was read: verify", "keyless: FAILS", "NO_SUCH_KEY"] {
        assert!(run.stdout.contains(words), "{words:?} is missing in\n{}", run.stdout);
    }
    let checked = json(&project, &["models", "check", "good", "--format", "json"]);
    assert_eq!((&checked[0]["ok"], &checked[0]["roles"][0]["role"]), (&true.into(), &"analyzer".into()));
    project.run(&["models", "check", "goood"]).fails_with(2, &["did you mean `good`?"]);
}

#[test]
fn answers_are_read_as_a_scan_reads_them() {
    let project =
        Project::new(&[("answer.txt", "*VOTE: REJECT\n*CONFIDENCE: 80\n*REASONING: a constant\n*END_VOTE\n")]);
    let reading = json(&project, &["models", "parse", "--format", "verify", "answer.txt"]);
    assert_eq!(reading["status"], "ok", "{reading}");
    project.run(&["models", "parse", "--format", "vote", "answer.txt"]).fails_with(2, &["verify"]);
}

#[test]
fn prices_are_looked_up_and_a_table_is_tried() {
    let project = with_settings("");
    let text = project.run(&["models", "prices", "claude-sonnet-4-6"]).stdout;
    assert!(text.contains("3.00 USD per million tokens"), "{text}");
    project.run(&["models", "prices", "claude-sonnet-4-66"]).fails_with(2, &["did you mean `claude-sonnet-4-6`?"]);
    let table = r#"{"_table": {"version": "mine"}, "claude-sonnet-4-6":
        {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}, "new": {"input_cost_per_token": 0, "output_cost_per_token": 0}}"#;
    let path = project.beside("prices.json");
    std::fs::write(&path, table).expect("a file");
    let path = path.display().to_string();
    let changes = json(&project, &["models", "prices", "--update-from", &path, "--format", "json"]);
    assert_eq!((&changes["added"], &changes["changed"]), (&1.into(), &1.into()), "{changes}");
    std::fs::write(project.beside("prices.json"), "[]").expect("a file");
    project.run(&["models", "prices", "--update-from", &path]).fails_with(2, &["prices.json", "LiteLLM"]);
}

#[test]
fn profiles_are_listed_and_shown_with_their_prompts() {
    let text = format!(
        "profile = 'mine'\n{GOOD}[profiles.mine]\nanalyzers = [{{ model = 'good', prompt_template = 'Look: {{code}}' }}]\n\
         verifiers = [{{ model = 'good' }}]\n[profiles.broken]\nanalyzers = [{{ model = 'gone' }}]\n"
    );
    let project = with_settings(&text);
    let list = project.run(&["profiles"]).stdout;
    for words in ["offline (built in)", "deep (built in)", "demo (built in)", "drafts: good; votes: good", "use mine"] {
        assert!(list.contains(words), "{words:?} is missing in\n{list}");
    }
    let mine = project.run(&["profiles", "mine"]).stdout;
    assert!(mine.contains("| Look: {code}") && mine.contains("*END_VOTE") && !mine.contains("*END_DRAFT"), "{mine}");
    let broken = project.run(&["profiles", "broken"]).stdout;
    assert!(broken.contains("A scan refuses it") && broken.contains("\"gone\""), "{broken}");
    project.run(&["profiles", "dep"]).fails_with(2, &["did you mean `deep`?"]);
}

#[test]
fn wrong_settings_of_models_name_the_line_and_the_nearest_key() {
    for (text, words) in [
        ("[models.a]\nprovider = 'openai'\nbase_ulr = 'x'\n", ["config.toml:3", "did you mean `base_url`?"]),
        ("[models.a]\nprovider = 'openia'\n", ["config.toml:2", "did you mean `openai`?"]),
        ("[profiles.a]\nanalyzer = []\n", ["config.toml:2", "did you mean `analyzers`?"]),
        ("[budget]\nmax_cost = 1\n", ["config.toml:2", "did you mean `max_cost_usd`?"]),
        ("[budget]\nmax_cost_usd = -1\n", ["config.toml:2", "no cost limit"]),
        ("[budget]\non_exceed = 'puase'\n", ["config.toml:2", "did you mean `pause`?"]),
        ("[llm]\nkeep = true\n", ["config.toml:2", "keep_exchanges"]),
        ("[models.a]\nname = 'b'\nprovider = 'openai'\n", ["[models.a]", "in brackets"]),
        ("profile = 'depe'\n", ["no profile \"depe\"", "did you mean `deep`?"]),
    ] {
        with_settings(text).run(&["scan", ".", "--no-progress"]).fails_with(2, &words);
    }
    let project = Project::new(&[("codeproof.toml", "profile = 'demo'\n")]);
    project.run(&["scan", "."]).fails_with(2, &["codeproof.toml:1", "belongs into your own settings"]);
}

/// The example of the repository, scanned with the profile of the demonstration.
#[test]
fn the_demo_shows_what_models_add_and_what_is_not_believed() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/vulnerable");
    let example = example.canonicalize().expect("the example is there").display().to_string();
    let project = Project::new(&[]);
    let report =
        json(&project, &["scan", &example, "--profile", "demo", "--format", "json", "--no-progress", "--with-drafts"]);
    let models = &report["models"];
    assert_eq!(models["drafts"]["dropped"], 1, "{models}");
    assert!(models["dropped"].to_string().contains("one_berth"), "{models}");
    assert_eq!(models["drafts"]["relocated"], 1, "{models}");
    assert_eq!(models["outcomes"], serde_json::json!({"verified": 2, "weakness": 0, "rejected": 1, "unverified": 0}));
    let findings = report["findings"].as_array().expect("findings");
    let places = |origin: &str| -> Vec<String> {
        let own = findings.iter().filter(|finding| finding["origin"] == origin);
        let place = |finding: &Value| {
            format!(
                "{}:{}",
                finding["location"]["path"].as_str().unwrap_or_default(),
                finding["location"]["first_line"]
            )
        };
        own.map(place).collect()
    };
    assert_eq!(places("draft"), ["app/tides.py:13", "gauge/frame.c:33", "public/search.php:18"]);
    assert_eq!(places("detector").len(), 9, "{:?}", places("detector"));
    let markup =
        findings.iter().find(|finding| finding["location"]["first_line"] == 18 && finding["origin"] == "draft");
    let votes = &markup.expect("it is there")["votes"];
    assert_eq!((&votes["verify"], &votes["reject"]), (&2.into(), &1.into()), "{votes}");
    assert_eq!(models["cost_nano_usd"], 0);
}
