//! Several programs, or several stores, on one database.

use codeproof_store::{Error, ScanEnd, Store};
use codeproof_types::ScanSummary;

use crate::fixture::{Place, begin, file, finding, impatient, on_both_databases, options};
use crate::models::{call, record};
use crate::stranger::Stranger;

on_both_databases! {
    says_when_another_program_holds_the_lock,
    two_scans_write_into_one_database_at_once,
    nobody_waits_long_beside_a_busy_writer,
}

async fn says_when_another_program_holds_the_lock(place: Place) {
    let scan = begin(&place.open().await).await;
    let store = Store::open(&place.url(), impatient()).await.unwrap();
    let mut stranger = place.stranger().await;
    stranger.keep_writers_out().await;

    let error = store.finish_scan(scan, ScanEnd::completed(&ScanSummary::default(), 1)).await.unwrap_err();
    assert_eq!(
        place.told(&error.to_string()),
        "cannot finish a scan: PLACE is locked by another program; \
         wait until that one ends, or use --db with another database"
    );
    let writer = store.writer(scan);
    writer.send(file(1)).await.unwrap();
    assert!(matches!(writer.close().await, Err(Error::Locked { .. })));

    assert!(store.report(scan).await.unwrap().is_some(), "reading goes on");
    stranger.run("ROLLBACK").await;
    store.finish_scan(scan, ScanEnd::completed(&ScanSummary::default(), 1)).await.unwrap();
}

#[tokio::test]
async fn a_file_held_by_one_program_alone_is_locked_when_opened() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let mut stranger = Stranger::open(&place.file()).await;
    stranger.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE x (y); COMMIT").await;
    let error = Store::open(&place.url(), impatient()).await.unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_first_starts_at_once_all_succeed() {
    for place in [Place::new(), Place::on_a_server().await] {
        start_many_at_once(&place).await;
    }
}

async fn start_many_at_once(place: &Place) {
    let starts = (0..8).map(|_| {
        let url = place.url();
        tokio::spawn(async move { Store::open(&url, options()).await })
    });
    for start in starts.collect::<Vec<_>>() {
        begin(&start.await.unwrap().unwrap()).await;
    }
    assert_eq!(place.open().await.scans(100).await.unwrap().len(), 8);
}

async fn two_scans_write_into_one_database_at_once(place: Place) {
    let scans = [place.open().await, place.open().await].map(|store| {
        tokio::spawn(async move {
            let scan = begin(&store).await;
            let writer = store.writer(scan);
            for number in 0..3000 {
                writer.send(file(number)).await.unwrap();
                writer.send(codeproof_store::ScanRecord::Finding(Box::new(finding(number as u32)))).await.unwrap();
            }
            assert_eq!(writer.close().await.unwrap().len(), 3000);
            scan
        })
    });
    let store = place.open().await;
    for scan in scans {
        let report = store.report(scan.await.unwrap()).await.unwrap().unwrap();
        assert_eq!((report.findings.len(), report.summary.files), (3000, 3000));
        assert!(report.findings.is_sorted_by_key(|finding| finding.location.first_line));
    }
}

async fn nobody_waits_long_beside_a_busy_writer(place: Place) {
    // Nobody may wait for a lock longer than 30 ms.
    place.open().await.close().await.unwrap();
    let store = Store::open(&place.url(), impatient()).await.unwrap();
    let scan = begin(&store).await;
    let models = store.model_writer(scan);
    let busy = (0..24u32).map(|committer| {
        let models = models.clone();
        tokio::spawn(async move {
            for number in 0..50 {
                models.commit(vec![record(call("qwen", None), Some(committer * 50 + number))]).await.unwrap();
            }
        })
    });
    let busy = busy.collect::<Vec<_>>();
    let writer = store.writer(scan);
    for number in 0..40 {
        writer.send(file(number)).await.unwrap();
        assert_eq!(store.heartbeat(scan).await.unwrap(), None);
    }
    writer.close().await.unwrap();
    for committer in busy {
        committer.await.unwrap();
    }
    assert_eq!(store.model_usage(scan).await.unwrap()[0].prompts, 1200);
}
