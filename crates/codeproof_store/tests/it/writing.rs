//! The writer: bounded, one row per thing, numbered events, every failure told.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use codeproof_store::{Error, Event, FileOutcome, FileRecord, ScanEnd, ScanRecord, ScanWriter, Store};
use codeproof_types::{
    FileClass, Finding, FindingId, Fingerprint, Language, LanguageCounts, Phase, ScanId, ScanStatus, ScanSummary, State,
};

use crate::fixture::{Place, begin, file, finding, on_both_databases, path};

on_both_databases! {
    a_batch_that_fails_leaves_no_half,
    a_path_of_any_length_is_a_row,
    takes_records_from_threads_outside_the_runtime,
    every_finding_has_its_draft,
    a_finding_sent_again_is_one_finding,
    a_resumed_scan_writes_what_is_there,
    events_are_numbered_on_from_an_earlier_writer,
    a_scan_moves_through_phases_to_its_end,
    a_scan_without_an_end_is_counted_from_its_rows,
    newest_scans_come_first_and_unknown_ones_are_none,
    a_failed_writer_refuses_more_and_tells_why_when_closed,
    senders_wait_when_the_database_does_not_take_rows,
}

fn finding_record(line: u32) -> ScanRecord {
    ScanRecord::Finding(Box::new(finding(line)))
}

fn event(kind: &str) -> ScanRecord {
    ScanRecord::Event(Event { at_ms: 5, kind: kind.to_owned(), data: serde_json::json!({"n": 1}) })
}

async fn write(store: &Store, scan: ScanId, records: Vec<ScanRecord>) {
    let writer = store.writer(scan);
    for record in records {
        writer.send(record).await.unwrap();
    }
    writer.close().await.unwrap();
}

async fn takes_records_from_threads_outside_the_runtime(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let writer = Arc::new(store.writer(scan));
    let threads = (0..4u32).map(|thread| {
        let writer = Arc::clone(&writer);
        std::thread::spawn(move || {
            (0..500).for_each(|number| writer.send_blocking(finding_record(thread * 500 + number)).unwrap());
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap();
    }
    let ids = Arc::into_inner(writer).unwrap().close().await.unwrap();
    assert_eq!(ids.len(), 2000);
    for id in ids.values().take(5) {
        let (finding, of_scan) = store.finding(*id).await.unwrap().unwrap();
        assert_eq!((finding.id, ids[&finding.fingerprint]), (Some(*id), *id));
        assert_eq!((of_scan.info.id, of_scan.root.as_str()), (Some(scan), "/src/shop"));
    }
    assert_eq!(store.finding(FindingId(-1)).await.unwrap(), None);
}

async fn every_finding_has_its_draft(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    write(&store, scan, (1..=450).map(finding_record).collect()).await;
    let mut reader = place.stranger().await;
    let pairs: i64 = reader
        .ask(
            "SELECT COUNT(*) FROM findings JOIN draft_findings ON draft_findings.id = findings.draft_id \
             WHERE draft_findings.dedup_key = findings.fingerprint AND draft_findings.scan_id = findings.scan_id \
             AND draft_findings.status = 'accepted' AND draft_findings.snippet = 'eval(x)' \
             AND findings.verified_id IS NULL AND findings.created_at = 1760000000000",
        )
        .await;
    assert_eq!(pairs, 450);
}

async fn a_finding_sent_again_is_one_finding(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    // Twice in one batch, and again in a later one.
    let records = [1, 1, 2].into_iter().chain(3..=1100).chain([1, 2]).map(finding_record).collect();
    write(&store, scan, records).await;
    assert_eq!(store.report(scan).await.unwrap().unwrap().findings.len(), 1100);
}

async fn a_resumed_scan_writes_what_is_there(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let all = |more: &[ScanRecord]| {
        let records = (0..500).map(file).chain((1..=500).map(finding_record));
        records.chain(more.iter().cloned()).collect::<Vec<_>>()
    };
    let first = ids(&store, scan, all(&[event("first run")])).await;

    // In the second run one file was changed and one finding moved.
    let mut moved = finding(7);
    moved.location.first_line = 7000;
    moved.message = "It says more now.".to_owned();
    moved.state = State::Suppressed;
    let ScanRecord::File(mut changed) = file(3) else { unreachable!() };
    changed.lines = 11;
    let changes = [ScanRecord::File(changed), event("second run")];
    let moved_first = std::iter::once(ScanRecord::Finding(Box::new(moved.clone())));
    let again = ids(&store, scan, moved_first.chain(all(&changes)).collect()).await;
    assert_eq!(first, again, "every finding keeps its id");

    let report = store.report(scan).await.unwrap().unwrap();
    assert_eq!((report.summary.files, report.summary.lines, report.findings.len()), (500, 5001, 500));
    let found = report.findings.iter().find(|found| found.fingerprint == moved.fingerprint).unwrap();
    assert_eq!(found, &Finding { id: found.id, ..moved });
    let mut reader = place.stranger().await;
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM draft_findings").await, 500);
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM draft_findings WHERE line_number = 7000").await, 1);
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM events").await, 2);
}

/// Writes records with a writer of their own; returns what it says of findings.
async fn ids(store: &Store, scan: ScanId, records: Vec<ScanRecord>) -> HashMap<Fingerprint, FindingId> {
    let writer = store.writer(scan);
    for record in records {
        writer.send(record).await.unwrap();
    }
    writer.close().await.unwrap()
}

async fn events_are_numbered_on_from_an_earlier_writer(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    write(&store, scan, (0..1500).map(|_| event("first")).collect()).await;
    write(&store, scan, vec![event("second")]).await;
    let mut reader = place.stranger().await;
    assert_eq!(reader.ask::<i64>("SELECT MAX(seq) FROM events WHERE kind = 'first'").await, 1500);
    assert_eq!(reader.ask::<i64>("SELECT MIN(seq) FROM events").await, 1);
    assert_eq!(reader.ask::<i64>("SELECT seq FROM events WHERE kind = 'second'").await, 1501);
    let data: String = reader.ask("SELECT CAST(data AS TEXT) FROM events WHERE seq = 1501").await;
    assert_eq!(data.replace(' ', ""), "{\"n\":1}");
}

async fn a_scan_moves_through_phases_to_its_end(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    store.set_phase(scan, Phase::Walk, 5).await.unwrap();
    write(&store, scan, vec![ScanRecord::Phase { phase: Phase::Detect, progress: 60 }]).await;
    let running = store.scan(scan).await.unwrap().unwrap();
    assert_eq!((running.phase, running.progress, running.info.status), (Some(Phase::Detect), 60, ScanStatus::Running));

    let summary = ScanSummary::default();
    let failed =
        ScanEnd { status: ScanStatus::Failed, error: Some("an engine failed"), ..ScanEnd::completed(&summary, 9) };
    write(&store, scan, vec![finding_record(1)]).await;
    store.finish_scan(scan, failed).await.unwrap();
    let ended = store.scan(scan).await.unwrap().unwrap();
    assert_eq!((ended.progress, ended.info.duration_ms), (60, 9));
    assert_eq!(ended.summary.weaknesses.high, 1, "counted from the rows");
    assert_eq!(ended.error.as_deref(), Some("an engine failed"));
    assert_eq!(ended.settings, serde_json::json!({"fail_on": "high"}));
}

async fn a_scan_without_an_end_is_counted_from_its_rows(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let unread = |name: &str, outcome| {
        let (path, class, bytes) = (path(name), Some(FileClass::Test), 9);
        ScanRecord::File(FileRecord { path, content_hash: None, class, language: None, bytes, lines: 0, outcome })
    };
    let records = vec![
        file(1),
        file(2),
        unread("x.bin", FileOutcome::Skipped { why: "binary".to_owned() }),
        unread("y.c", FileOutcome::Failed { why: "permission denied".to_owned() }),
        finding_record(1),
    ];
    write(&store, scan, records).await;
    let summary = store.report(scan).await.unwrap().unwrap().summary;
    assert_eq!((summary.files, summary.bytes, summary.lines, summary.files_not_read), (2, 240, 20, 2));
    assert_eq!((summary.classes.first_party, summary.classes.test), (2, 0));
    assert_eq!(summary.languages[&Language::Python], LanguageCounts { files: 2, lines: 20 });
    assert_eq!(summary.weaknesses.high, 1);
}

async fn newest_scans_come_first_and_unknown_ones_are_none(place: Place) {
    let store = place.open().await;
    let scans = [begin(&store).await, begin(&store).await, begin(&store).await];
    let listed = store.scans(2).await.unwrap().into_iter().map(|scan| scan.info.id.unwrap()).collect::<Vec<_>>();
    assert_eq!(listed, [scans[2], scans[1]]);
    assert!(store.report(ScanId(99)).await.unwrap().is_none());
    let error = store.set_phase(ScanId(99), Phase::Walk, 0).await.unwrap_err();
    assert!(matches!(error, Error::NoSuchScan { scan: ScanId(99), .. }));
}

/// Sends until a send fails.
async fn send_until_refused(writer: &ScanWriter) -> Error {
    loop {
        if let Err(error) = writer.send(event("more")).await {
            return error;
        }
    }
}

async fn a_failed_writer_refuses_more_and_tells_why_when_closed(place: Place) {
    let store = place.open().await;
    let writer = store.writer(ScanId(404));
    let refusal = send_until_refused(&writer).await;
    assert!(matches!(refusal, Error::WriterStopped));
    let cause = writer.close().await.unwrap_err();
    assert!(matches!(cause, Error::Database { operation: "write the events of a scan", .. }), "{cause:?}");
}

async fn senders_wait_when_the_database_does_not_take_rows(place: Place) {
    /// 4,096 in the queue and 1,024 in the writer's hands.
    const MOST_RECORDS_IN_MEMORY: usize = 5120;
    const RECORDS: usize = 8000;
    let store = place.open().await;
    let scan = begin(&store).await;
    let mut stranger = place.stranger().await;
    stranger.keep_writers_out().await;

    let writer = store.writer(scan);
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let sender = tokio::spawn(async move {
        for number in 0..RECORDS {
            writer.send(file(number)).await.unwrap();
            counter.fetch_add(1, Ordering::Relaxed);
        }
        writer.close().await
    });
    // The queue fills up, and then nothing moves however often the sender gets its turn.
    let mut turns_after_full = 0;
    while turns_after_full < 1000 {
        tokio::task::yield_now().await;
        turns_after_full += usize::from(sent.load(Ordering::Relaxed) >= 4096);
    }
    assert!(sent.load(Ordering::Relaxed) <= MOST_RECORDS_IN_MEMORY, "{sent:?}");

    stranger.run("ROLLBACK").await;
    sender.await.unwrap().unwrap();
    assert_eq!(store.report(scan).await.unwrap().unwrap().summary.files, RECORDS as u64);
}

async fn a_batch_that_fails_leaves_no_half(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    write(&store, scan, (0..10).map(file).collect()).await;
    let writer = store.writer(scan);
    place.stranger().await.run("DROP TABLE events").await;
    for record in (10..20).map(file).chain([finding_record(1), event("more")]) {
        writer.send(record).await.unwrap();
    }
    let error = writer.close().await.unwrap_err();
    assert!(matches!(error, Error::Database { operation: "write the events of a scan", .. }), "{error:?}");
    let report = store.report(scan).await.unwrap().unwrap();
    assert_eq!((report.summary.files, report.findings.len()), (10, 0));
    write(&store, scan, (10..20).map(file).collect()).await;
    assert_eq!(store.report(scan).await.unwrap().unwrap().summary.files, 20, "what needs no events goes on");
}

async fn a_path_of_any_length_is_a_row(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    // As long as Linux lets a path be, and nothing that compression could shorten.
    let letters = (0..4000u32).map(|number| char::from(b'!' + (number.wrapping_mul(2_654_435_761) >> 25) as u8 % 90));
    let long = letters.map(|letter| if letter == '/' { '_' } else { letter }).collect::<String>();
    let record = |name: &str| {
        let ScanRecord::File(record) = file(1) else { unreachable!() };
        ScanRecord::File(FileRecord { path: path(name), ..record })
    };
    write(&store, scan, vec![record(&long), record(&format!("{long}x")), record(r"back\slash\134"), record("ünï")])
        .await;
    assert_eq!(store.report(scan).await.unwrap().unwrap().summary.files, 4);
    write(&store, scan, vec![record(&long)]).await;
    assert_eq!(store.report(scan).await.unwrap().unwrap().summary.files, 4, "there is one already");
}
