//! A process killed while it stores what models say: what it was told to be stored is there, once, and the next process
//! resumes without asking again.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use codeproof_store::{ModelRecord, ScanEnd, Store};
use codeproof_types::{Finding, Fingerprint, Origin, ScanId, ScanStatus, ScanSummary, State};

use crate::fixture::{Place, begin, finding, options};
use crate::models::{call, key, record};

/// Tells this test binary, started again, where to write until it is killed.
const URL_VARIABLE: &str = "CODEPROOF_STORE_TEST_MODELS_URL";

/// Processes that are killed, one after another, each resuming the scan of the one before it.
const KILLS: usize = 6;

/// Questions that are asked at once.
const COMMITTERS: u32 = 8;

/// Questions of the scan: more than are answered before the last kill.
const QUESTIONS: u32 = 100_000;

#[expect(clippy::disallowed_methods, reason = "the test is its own second process")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_stored_survives_kills() {
    if let Ok(url) = std::env::var(URL_VARIABLE) {
        return ask_until_killed(&url).await;
    }
    for place in [Place::new(), Place::with_tables_on_a_server().await] {
        kill_again_and_again(&place).await;
    }
}

async fn kill_again_and_again(place: &Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let summary = ScanSummary::default();
    let paused = ScanEnd { status: ScanStatus::Paused, ..ScanEnd::completed(&summary, 1) };
    store.finish_scan(scan, paused).await.unwrap();
    let mut told = HashSet::new();
    for kill in 0..KILLS {
        // Not the same moment each time: after 1, 40, 79 … answers more.
        let answers = run_and_kill(place, kill * 39 + 1);
        for number in answers {
            assert!(told.insert(number), "{number} was asked again by process {kill}");
        }
    }
    assert!(told.len() >= KILLS);
    check(place, &store, scan, &told).await;
}

/// Runs a process until it has told of `count` answers, kills it, and returns the questions it told to be answered: some
/// more come between the decision and the kill.
#[expect(clippy::disallowed_methods, reason = "the test is its own second process")]
fn run_and_kill(place: &Place, count: usize) -> Vec<u32> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed_models::what_was_stored_survives_kills", "--nocapture"])
        .env(URL_VARIABLE, place.url())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut numbers = lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("stored ")?.parse().ok());
    let mut told = numbers.by_ref().take(count).collect::<Vec<_>>();
    process.kill().unwrap(); // SIGKILL.
    told.extend(numbers);
    process.wait().unwrap();
    assert!(told.len() >= count, "the process ended before it was killed");
    told
}

async fn check(place: &Place, store: &Store, scan: ScanId, told: &HashSet<u32>) {
    let keys = told.iter().map(|number| key(*number)).collect::<Vec<_>>();
    assert_eq!(store.answers(&keys, Some(scan)).await.unwrap().len(), told.len(), "every answer is there");
    let findings = store.report(scan).await.unwrap().unwrap().findings;
    let stored = findings.iter().map(|finding| finding.location.first_line).collect::<HashSet<_>>();
    assert_eq!(stored.len(), findings.len(), "none is there twice");
    assert!(told.is_subset(&stored), "every draft is there");

    // Each transaction is whole: an answer has its one call, and its one draft.
    let mut reader = place.stranger().await;
    let answers: i64 = reader.ask("SELECT COUNT(*) FROM analysis_cache").await;
    let calls: i64 = reader.ask("SELECT COUNT(*) FROM llm_call_metrics").await;
    let prompts: i64 = reader.ask("SELECT COUNT(DISTINCT prompt_hash) FROM llm_call_metrics").await;
    let drafts: i64 = reader.ask("SELECT COUNT(*) FROM draft_findings").await;
    let exact = stored.len() as i64;
    assert_eq!((answers, calls, prompts, drafts), (exact, exact, exact, exact), "none is counted twice");
    let most_lost = told.len() as i64 + KILLS as i64 * i64::from(COMMITTERS);
    assert!(answers <= most_lost, "what was stored and not told was in flight: {answers} > {most_lost}");
    if store.place().file().is_some() {
        assert_eq!(reader.ask::<String>("PRAGMA integrity_check").await, "ok");
    }
}

/// Resumes the scan and answers questions that have no answer yet, telling of each that is stored.
async fn ask_until_killed(url: &str) {
    let store = Store::open(url, options()).await.unwrap();
    let scan = store.scans(1).await.unwrap()[0].info.id.unwrap();
    store.take_over(scan).await.unwrap();
    let writer = store.model_writer(scan);
    let askers = (0..COMMITTERS).map(|asker| {
        let (store, writer) = (store.clone(), writer.clone());
        tokio::spawn(async move {
            for number in (asker..QUESTIONS).step_by(COMMITTERS as usize) {
                if store.answers(&[key(number)], Some(scan)).await.unwrap().is_empty() {
                    writer.commit(result(number)).await.unwrap();
                    println!("stored {number}");
                }
            }
        })
    });
    for asker in askers.collect::<Vec<_>>() {
        asker.await.unwrap();
    }
}

/// What comes of one question: a call, an answer, a draft.
fn result(number: u32) -> Vec<ModelRecord> {
    let draft = Finding {
        fingerprint: Fingerprint::from(format!("{number:032x}")),
        origin: Origin::Draft,
        state: State::Unverified,
        ..finding(number)
    };
    let call = call(&format!("model {number}"), None);
    vec![
        record(call, Some(number)),
        ModelRecord::Drafted { finding: Box::new(draft), chunk: None, sources: Vec::new() },
    ]
}
