//! Every program of `inspect.fixture` gets the level it is written under, and the wire format is what it is said to be.

use codeproof_inspect::{Inspection, Level, THREATS_MAX, inspect};

struct Case {
    level: String,
    title: String,
    says: Vec<String>,
    program: String,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in include_str!("inspect.fixture").lines() {
        if let Some(head) = line.strip_prefix("#- ") {
            let (level, title) = head.split_once(": ").expect("`#- LEVEL: title`");
            cases.push(Case {
                level: level.to_owned(),
                title: title.to_owned(),
                says: Vec::new(),
                program: String::new(),
            });
        } else if let Some(case) = cases.last_mut() {
            match line.strip_prefix("#= ") {
                Some(words) => case.says.push(words.to_owned()),
                None => case.program.extend([line, "\n"]),
            }
        }
    }
    cases
}

/// A text like a key, made here so that none is kept.
fn key() -> String {
    (0..24_u8).map(|at| char::from(if at % 3 == 0 { b'2' + at % 7 } else { b'c' + at * 5 % 23 })).collect()
}

fn inspected(program: &str) -> Inspection {
    let program = program.replace("%KEY%", &key());
    let module = codeproof_python::read(program.as_bytes()).expect("cases are Python 3");
    inspect(&module)
}

#[test]
fn every_program_has_its_level() {
    let mut wrong = Vec::new();
    for case in cases() {
        let inspection = inspected(&case.program);
        let threats = &inspection.threats_detected;
        let said = |words: &String| threats.iter().any(|threat| threat.why.contains(words.as_str()));
        if inspection.level.word() != case.level || !case.says.iter().all(said) {
            let whys: Vec<&str> = threats.iter().map(|threat| threat.why.as_str()).collect();
            wrong.push(format!("{} is {}, not {}: {whys:?}", case.title, inspection.level.word(), case.level));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn harmless_look_alikes_are_many() {
    let cases = cases();
    let harmless = cases.iter().filter(|case| matches!(case.level.as_str(), "safe" | "low")).count();
    assert!(cases.len() >= 220 && harmless >= 80, "{harmless} of {}", cases.len());
}

#[test]
fn a_key_is_never_quoted() {
    let inspection = inspected("API_KEY = '%KEY%'\n");
    let written = serde_json::to_string(&inspection).expect("an inspection is JSON");
    assert_eq!(inspection.threats_detected[0].snippet, "API_KEY = '…'");
    assert!(!written.contains(&key()), "{written}");
}

#[test]
fn the_wire_format_is_that_of_the_table() {
    let inspection = inspected("import os\n\nos.system('rm -rf /')\n");
    let written = serde_json::to_value(&inspection).expect("an inspection is JSON");
    assert_eq!(
        written,
        serde_json::json!({
            "level": "critical",
            "risk_score": 0.95,
            "execution_allowed": false,
            "threats_detected": [{
                "type": "malicious_code",
                "severity": "critical",
                "line": 3,
                "snippet": "os.system('rm -rf /')",
                "why": "runs a command with `rm -rf /`",
                "mitigation": "remove it",
            }],
            "security_recommendations": [
                "do not run this file; read the critical lines first, and allow it by name only if you wrote them",
                "remove it",
            ],
        })
    );
}

#[test]
fn a_line_that_is_reached_twice_is_listed_once() {
    let program = "import os, time\ndef run(command):\n    os.system(command)\n\
        run(a)\nif time.time() > 1932000000:\n    run(b)\n";
    let inspection = inspected(program);
    let whys: Vec<&str> = inspection.threats_detected.iter().map(|threat| threat.why.as_str()).collect();
    assert_eq!(whys, ["runs a command that is only known at run time, and only at certain times"]);
}

#[test]
fn tables_of_market_data_are_fetched_once() {
    let program = "import yfinance as yf\ndata = yf.download('AAPL')\nframe = data.copy()\nframe = frame.dropna()\n\
        names = data.columns.droplevel(1)\nbars = yf.Ticker('AAPL').history()\n";
    let inspection = inspected(program);
    let lines: Vec<u32> = inspection.threats_detected.iter().map(|threat| threat.line).collect();
    assert_eq!(lines, [2, 6]);
}

#[test]
fn many_harmless_lines_never_look_like_a_bad_one() {
    let many = "import time\n".to_owned() + &"time.sleep(1)\n".repeat(3_000);
    let inspection = inspected(&many);
    assert_eq!((inspection.level, inspection.risk_score), (Level::Low, 0.2));
    assert_eq!(inspection.threats_detected.len(), THREATS_MAX);
    assert!(inspected("exec(x)\n").risk_score > inspection.risk_score);
}

#[test]
fn a_program_that_holds_itself_is_read() {
    assert_eq!(inspected("s = 'exec(s)'\nexec(s)\n").level, Level::High);
}

#[test]
fn hostile_shapes_are_read_in_bounded_time() {
    let calls = (1..60).map(|at| format!("def f{at}(x):\n    return f{0}(x) + f{0}(x)\n", at - 1)).collect::<String>();
    let recursive = "def f(x):\n    return f(x) or f(f(x))\nf(1)\n";
    let loops = "for a in range(500):\n  for b in range(500):\n    for c in range(500):\n      x = a ^ b ^ c\n";
    let comprehension = "x = [a ^ b for a in range(4000) for b in range(4000)]\n";
    let doubling = "x = 'a'\n".to_owned() + &"x = x + x\n".repeat(200);
    let nested = "x = ".to_owned() + &"[".repeat(300) + &"]".repeat(300) + "\n";
    let held = ["x = [x, x]", "x = {'a': x, 'b': x}", "x = dict(a=x, b=x)", "y.x = [y.x, y.x]", "x = f(x)"];
    let head = "class A: pass\ny = A()\ny.x = [1]\nx = [1]\ndef f(x): return [x, x]\n";
    let held = held.map(|line| format!("{head}{}print(x, y)\n", format!("{line}\n").repeat(200)));
    let deeper = "x = [1]\n".to_owned() + &"x = [x]\n".repeat(20_000);
    let programs = [calls.as_str(), recursive, loops, comprehension, &doubling, &nested, &deeper];
    for program in programs.into_iter().chain(held.iter().map(String::as_str)) {
        let inspection = inspected(program);
        assert_eq!(inspection.level, Level::Safe, "{:?}", inspection.threats_detected);
    }
}
