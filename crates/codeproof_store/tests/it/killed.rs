//! A process killed while it writes leaves a readable database.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use codeproof_store::{Activity, Store};
use codeproof_types::ScanStatus;

use crate::fixture::{Place, begin, file, options};

/// Tells this test binary, started again, where to write until it is killed.
const URL_VARIABLE: &str = "CODEPROOF_STORE_TEST_URL";

/// More than fit into the writer's queue and hands, so that some are on the disk when the last of them is sent.
const RECORDS: usize = 10_000;

#[expect(clippy::disallowed_methods, reason = "the test is its own second process")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_scan_leaves_what_was_written() {
    if let Ok(url) = std::env::var(URL_VARIABLE) {
        return write_until_killed(&url).await;
    }
    for place in [Place::new(), Place::on_a_server().await] {
        kill_a_scan(&place).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "the test is its own second process")]
async fn kill_a_scan(place: &Place) {
    let mut scan = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::a_killed_scan_leaves_what_was_written", "--nocapture"])
        .env(URL_VARIABLE, place.url())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(scan.stdout.take().unwrap()).lines();
    let told = lines.map(|line| line.unwrap()).any(|line| line.contains("still writing"));
    scan.kill().unwrap(); // SIGKILL.
    scan.wait().unwrap();
    assert!(told, "the other process ended before it was killed");

    let store = place.open().await;
    let scans = store.scans(10).await.unwrap();
    let [killed] = scans.as_slice() else { panic!("one scan was begun: {scans:?}") };
    assert_eq!(killed.info.status, ScanStatus::Running);
    if cfg!(target_os = "linux") {
        assert_eq!(killed.activity, Activity::Killed);
    }
    let report = store.report(killed.info.id.unwrap()).await.unwrap().unwrap();
    assert!(report.summary.files >= 4000, "{} rows", report.summary.files);
    if store.place().file().is_some() {
        assert_eq!(place.stranger().await.ask::<String>("PRAGMA integrity_check").await, "ok");
    }
    begin(&store).await;
}

async fn write_until_killed(url: &str) {
    let store = Store::open(url, options()).await.unwrap();
    let scan = begin(&store).await;
    let writer = store.writer(scan);
    for number in 0.. {
        writer.send(file(number)).await.unwrap();
        if number == RECORDS {
            println!("still writing");
        }
    }
}
