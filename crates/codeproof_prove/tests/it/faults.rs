//! Splits and originals that are wrong: what is found, and what is done about it.

use std::time::Duration;

use codeproof_prove::{ParameterVerdict, ProblemKind, Proof, Verdict};
use codeproof_split::{Form, Split};
use codeproof_types::RecoveryAction;

use crate::setting::{BARS, Setting, data, of, scanner, split_text, verdicts};

fn two() -> String {
    let low = scanner("scan_low", "row['open'] < LOW");
    let high = scanner("scan_high", "row['open'] > HIGH");
    format!(
        "{BARS}LOW = 15\nHIGH = 25\n\n\n{low}{high}table = bars()\nlow = scan_low(table)\nhigh = scan_high(table)\n"
    )
}

/// Puts a text in the place of a scanner's template, as a slice.
fn with_slice(split: &mut Split, name: &str, text: &str) {
    let scanner = split.scanners.iter_mut().find(|scanner| scanner.boundary.name == name).expect("the scanner");
    scanner.form = Form::Slice;
    let template = split.files.iter_mut().find(|file| file.name == scanner.template).expect("its template");
    template.bytes = text.as_bytes().to_vec();
}

/// A slice of `low` with this threshold and this way to take parameters.
fn slice(limit: u32, parameters: &str) -> String {
    let code = scanner("scan_low", "row['open'] < LOW");
    format!(
        "import argparse\nimport json\n{BARS}LOW = {limit}\n\n\n{code}options = argparse.ArgumentParser()\n\
         options.add_argument('--data')\noptions.add_argument('--json', action='store_true')\n{parameters}\
         given = options.parse_args()\nos.environ['SCAN_DATA_DIR'] = given.data\n{}\
         print(json.dumps({{'scanner': 'low', 'rows': scan_low(bars())}}))\n",
        if parameters.is_empty() { "" } else { "LOW = int(given.param[0].split('=')[1]) if given.param else LOW\n" }
    )
}

#[test]
fn a_wrong_slice_is_found_and_replaced() {
    let (source, mut split) = split_text(&two());
    with_slice(&mut split, "low", &slice(20, ""));
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    let low = of(&proof, "low");
    assert_eq!((low.verdict, low.form, low.fell_back), (Verdict::Proven, Form::WholeProgram, true));
    let difference = low.first_difference.as_ref().expect("what was wrong");
    assert!(difference.missing == 0 && difference.surplus > 0 && difference.only_template.is_some());
    let problem = low.problem.as_ref().expect("the problem");
    assert_eq!((problem.kind, problem.recovery), (ProblemKind::OtherRows, RecoveryAction::Fallback));
    let told = |event: &codeproof_types::ErrorEvent| *event == problem.event(event.scanner.clone());
    assert!(problem.attempted && problem.succeeded && proof.events.iter().any(told));
    let names: Vec<&str> = proof.replaced.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["low.py", "original_scans.py"]);
    assert!(proof.degraded.iter().any(|sentence| sentence.contains("low")), "{:?}", proof.degraded);
    assert!(!of(&proof, "high").fell_back);
}

#[test]
fn a_right_slice_stands_and_one_that_ignores_its_values_does_not() {
    let takes = "options.add_argument('--param', action='append')\n";
    let (source, mut split) = split_text(&two());
    with_slice(&mut split, "low", &slice(15, takes));
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    let low = of(&proof, "low");
    assert_eq!((low.verdict, low.form, low.parameters[0].template_follows), (Verdict::Proven, Form::Slice, Some(true)));

    with_slice(&mut split, "low", &slice(15, ""));
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    let low = of(&proof, "low");
    assert_eq!((low.verdict, low.form, low.parameters[0].template_follows), (Verdict::Proven, Form::Slice, Some(true)));

    with_slice(
        &mut split,
        "low",
        &slice(15, &takes.replace("param'", "param', dest='ignored'")).replace("given.param", "[]"),
    );
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    let low = of(&proof, "low");
    assert_eq!((low.verdict, low.form, low.fell_back), (Verdict::Proven, Form::WholeProgram, true));
    assert_eq!(low.parameters[0].template_follows, Some(true));
    assert_eq!(low.problem.as_ref().map(|problem| problem.kind), Some(ProblemKind::ParameterIgnored));
}

#[test]
fn a_slice_that_breaks_is_replaced_and_the_others_run() {
    let (source, mut split) = split_text(&two());
    with_slice(&mut split, "low", "raise ValueError('lost')\n");
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    assert_eq!(verdicts(&proof), "low Proven (Failed), high Proven");
    assert_eq!(of(&proof, "low").fell_back_because.as_deref(), Some("the slice failed: ValueError: lost"));
}

#[test]
fn a_slice_that_is_right_on_one_folder_only_is_replaced() {
    let (source, mut split) = split_text(&two());
    let own =
        "given = options.parse_args()\nif '2024-01-01,6.5' not in open(given.data + '/daily.csv').read(): LOW = 3\n";
    let text = slice(15, "").replace("given = options.parse_args()\n", own).replace("'2024-01-01,6.5'", "',12.5,'");
    with_slice(&mut split, "low", &text);
    let second = Some(crate::setting::folder("ticker,date,open,close\nABC,2024-01-02,9,8\nABC,2024-01-03,90,8\n"));
    let setting = Setting { second, data: data(0), ..Setting::default() };
    let Some(proof) = setting.prove_split(&source, &split) else { return };
    let low = of(&proof, "low");
    assert_eq!((low.verdict, low.fell_back, low.second_rows), (Verdict::Proven, true, Some(1)), "{low:#?}");
}

#[test]
fn what_differs_between_equal_runs_is_not_judged() {
    let random = scanner("scan_random", "row['open'] > random.random() * LUCK");
    let text = two()
        .replace("import csv", "import csv\nimport random")
        .replace("table =", &format!("LUCK = 60\n\n\n{random}table ="))
        + "chance = scan_random(table)\n";
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "low Proven, high Proven, random NotRun (Nondeterministic)");
}

#[test]
fn a_clock_in_the_rows_is_left_out_of_the_comparison() {
    let text = two()
        .replace("import csv", "import csv\nimport time")
        .replace("{'ticker'", "{'seen': time.time_ns(), 'ticker'");
    assert!(text.contains("time_ns"), "{text}");
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "low Proven, high Proven");
    assert_eq!(of(&proof, "low").fields_not_compared, ["seen"]);
}

#[test]
fn a_module_that_is_not_there_is_named() {
    let text = format!("import no_such_vendor\n{}", two());
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "low NotRun (MissingImport), high NotRun (MissingImport)");
    let problem = of(&proof, "low").problem.as_ref().expect("the problem");
    assert!(
        problem.message.contains("no_such_vendor") && problem.recovery == RecoveryAction::ManualIntervention,
        "{problem:?}"
    );
}

#[test]
fn an_original_that_ends_badly_keeps_what_was_found_before() {
    let text = two()
        .replace("high = scan_high(table)\n", "raise RuntimeError('the vendor said no')\nhigh = scan_high(table)\n");
    let (source, mut split) = split_text(&text);
    with_slice(&mut split, "low", &slice(15, ""));
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    assert_eq!(verdicts(&proof), "low Proven, high NotRun (Failed)");
    assert!(proof.degraded.iter().any(|sentence| sentence.contains("until then")), "{:?}", proof.degraded);
    let is_told = |event: &codeproof_types::ErrorEvent| {
        event.scanner.is_none() && event.message.contains("the vendor said no (line ")
    };
    assert!(proof.events.iter().any(is_told), "{:?}", proof.events);
}

#[test]
fn values_with_which_the_program_only_breaks_show_nothing() {
    let text = two().replace("table = bars()", "assert LOW == 15\ntable = bars()");
    let Some(proof) = Setting::default().prove(&text) else { return };
    let low = of(&proof, "low");
    assert_eq!((low.verdict, low.parameters[0].verdict), (Verdict::EqualOnThisData, ParameterVerdict::NotRun));
    assert!(low.parameters[0].note.as_deref().is_some_and(|note| note.contains("AssertionError")), "{low:?}");
}

#[test]
fn a_stopped_proof_says_what_was_not_run() {
    let Some(proof) = (Setting { stop_after: Some(0), ..Setting::default() }).prove(&two()) else { return };
    assert_eq!(verdicts(&proof), "low NotRun (Stopped), high NotRun (Stopped)");
    let Some(proof) = (Setting { stop_after: Some(4), ..Setting::default() }).prove(&two()) else { return };
    assert_eq!(verdicts(&proof), "low EqualOnThisData (Stopped), high EqualOnThisData (Stopped)");
    assert!(proof.stopped && proof.degraded.iter().any(|sentence| sentence.contains("stopped")));
}

#[test]
fn values_for_which_there_was_no_time_are_not_said_to_change_nothing() {
    let setting = Setting { time_budget: Some(Duration::ZERO), ..Setting::default() };
    let Some(proof) = setting.prove(&two()) else { return };
    assert_eq!(verdicts(&proof), "low EqualOnThisData (Stopped), high EqualOnThisData (Stopped)");
    let low = of(&proof, "low");
    assert_eq!(low.parameters[0].verdict, ParameterVerdict::NotRun);
    let problem = low.problem.as_ref().expect("what was not run");
    assert!(problem.message.starts_with("1 changed value was not run"), "{problem:?}");
    assert!(proof.stopped && proof.isolation_score.is_none());
}

#[test]
fn a_whole_program_is_asked_about_one_value_only() {
    let text = two()
        .replace("< LOW", "< LOW and FLOOR < row['close'] < TOP")
        .replace("HIGH = 25", "HIGH = 25\nTOP = 30\nFLOOR = 9");
    let (source, mut split) = split_text(&text);
    with_slice(&mut split, "low", "raise ValueError('lost')\n");
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    let low = of(&proof, "low");
    assert_eq!((low.verdict, low.form), (Verdict::Proven, Form::WholeProgram));
    let follows = low.parameters.iter().filter(|one| one.template_follows == Some(true)).count();
    let own = low.parameters.iter().filter(|one| one.verdict == ParameterVerdict::OwnRowsOnly).count();
    // Two workers may ask at the same time.
    assert!(own == 3 && (1..=2).contains(&follows), "{low:#?}");
}

#[test]
fn only_the_named_scanners_are_proven() {
    let Some(proof) = (Setting { only: vec!["high".to_owned()], ..Setting::default() }).prove(&two()) else { return };
    assert_eq!(verdicts(&proof), "high Proven");
}

#[test]
fn what_is_not_proven_says_why_and_what_to_do() {
    let text = format!(
        "{BARS}TOP = 900\nLOW = 8\n\n\n{}{}{}hits = {{'rise': scan_rise(bars()), 'top': scan_top(bars())}}\n",
        scanner("scan_rise", "row['open'] < row['close']"),
        scanner("scan_top", "row['open'] > TOP"),
        scanner("scan_low", "row['open'] < LOW"),
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "rise EqualOnThisData, top NotExercised, low NotRun (NotCalled)");
    let remark = |name: &str| of(&proof, name).remark.clone().unwrap_or_default();
    assert!(remark("rise").contains("no value to change"), "{}", remark("rise"));
    assert!(remark("top").contains("give data on which it does"), "{}", remark("top"));
    let low = of(&proof, "low");
    let problem = low.problem.as_ref().expect("why it was not run");
    assert!(low.remark.is_none() && problem.message.contains("nothing in the program calls scan_low"), "{problem:?}");
}

#[test]
fn what_is_known_before_values_are_changed_is_told() {
    let setting = Setting::default();
    let Some(proof) = setting.prove(&two()) else { return };
    let so_far = setting.so_far.lock().expect("no other panic").take().expect("a proof so far");
    assert_eq!(verdicts(&proof), "low Proven, high Proven");
    assert_eq!(verdicts(&so_far), "low EqualOnThisData (Stopped), high EqualOnThisData (Stopped)");
    assert!(so_far.stopped && !proof.stopped && so_far.mutants == 0);
    let rows = |proof: &Proof| of(proof, "low").template_rows;
    assert!(rows(&so_far) > 0 && rows(&so_far) == rows(&proof));
}
