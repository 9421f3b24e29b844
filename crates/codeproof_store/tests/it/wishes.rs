//! Pausing, cancelling, resuming.

use codeproof_store::{Activity, Error, Requested, ScanEnd, Store, StoreOptions, Wish};
use codeproof_types::{ModelReport, ScanId, ScanStatus, ScanSummary};

use crate::fixture::{NOW_MS, Place, begin, on_both_databases, options};

on_both_databases! {
    a_running_scan_is_asked,
    a_scan_that_nobody_runs_is_marked,
    a_paused_scan_is_resumed,
    what_is_over_is_not_resumed,
    one_of_two_resumes_it,
    a_process_elsewhere_is_known_by_its_heartbeat,
    who_lost_its_scan_is_told,
}

async fn end(store: &Store, scan: ScanId, status: ScanStatus) {
    let summary = ScanSummary { files: 3, ..ScanSummary::default() };
    let models = ModelReport { paused: Some("the limit is reached".to_owned()), ..ModelReport::default() };
    let models = (status == ScanStatus::Paused).then_some(&models);
    let end = ScanEnd { status, models, notes: &["a note".to_owned()], ..ScanEnd::completed(&summary, 5) };
    store.finish_scan(scan, end).await.unwrap();
}

/// Makes it look as if another process had begun the scan.
async fn give_away(place: &Place, mark: &str, heartbeat: Option<i64>) {
    let heartbeat = heartbeat.map_or("NULL".to_owned(), |at| at.to_string());
    let sql = format!("UPDATE scans SET process = '{mark}', heartbeat_at_ms = {heartbeat}");
    place.stranger().await.run(&sql).await;
}

/// A process of this machine that is gone: this one's mark with another start.
async fn dead_mark(place: &Place) -> String {
    let own: String = place.stranger().await.ask("SELECT process FROM scans ORDER BY id LIMIT 1").await;
    format!("{own}0")
}

async fn a_running_scan_is_asked(place: Place) {
    let (store, other) = (place.open().await, place.open().await);
    let scan = begin(&store).await;
    assert_eq!(store.heartbeat(scan).await.unwrap(), None);
    assert_eq!(other.request(scan, Wish::Pause).await.unwrap(), Requested::Asked);
    assert_eq!(other.scan(scan).await.unwrap().unwrap().wish, Some(Wish::Pause));
    assert_eq!(store.heartbeat(scan).await.unwrap(), Some(Wish::Pause));
    assert_eq!(other.request(scan, Wish::Cancel).await.unwrap(), Requested::Asked);
    assert_eq!(store.heartbeat(scan).await.unwrap(), Some(Wish::Cancel));
    end(&store, scan, ScanStatus::Cancelled).await;
    let ended = other.scan(scan).await.unwrap().unwrap();
    assert_eq!((ended.info.status, ended.wish), (ScanStatus::Cancelled, None));
    assert_eq!(other.request(scan, Wish::Pause).await.unwrap(), Requested::Ended(ScanStatus::Cancelled));

    let error = store.heartbeat(ScanId(99)).await.unwrap_err();
    assert!(matches!(error, Error::NoSuchScan { .. }), "{error:?}");
    let error = store.request(ScanId(99), Wish::Pause).await.unwrap_err();
    assert!(matches!(error, Error::NoSuchScan { .. }), "{error:?}");
}

async fn a_scan_that_nobody_runs_is_marked(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let dead = dead_mark(&place).await;
    give_away(&place, &dead, None).await;
    if cfg!(target_os = "linux") {
        let paused = store.request(scan, Wish::Pause).await.unwrap();
        assert_eq!(paused, Requested::Marked(ScanStatus::Paused), "it was killed");
    } else {
        end(&store, scan, ScanStatus::Paused).await;
    }
    assert_eq!(store.request(scan, Wish::Pause).await.unwrap(), Requested::Ended(ScanStatus::Paused));
    assert_eq!(store.request(scan, Wish::Cancel).await.unwrap(), Requested::Marked(ScanStatus::Cancelled));
    assert_eq!(store.request(scan, Wish::Cancel).await.unwrap(), Requested::Ended(ScanStatus::Cancelled));
    assert_eq!(store.scan(scan).await.unwrap().unwrap().info.status, ScanStatus::Cancelled);
    for (status, expected) in [
        (ScanStatus::Failed, Requested::Marked(ScanStatus::Cancelled)),
        (ScanStatus::Interrupted, Requested::Marked(ScanStatus::Cancelled)),
        (ScanStatus::Completed, Requested::Ended(ScanStatus::Completed)),
    ] {
        let scan = begin(&store).await;
        end(&store, scan, status).await;
        assert_eq!(store.request(scan, Wish::Pause).await.unwrap(), Requested::Ended(status));
        assert_eq!(store.request(scan, Wish::Cancel).await.unwrap(), expected);
    }
}

async fn a_paused_scan_is_resumed(place: Place) {
    let store = place.open().await;
    for status in [ScanStatus::Paused, ScanStatus::Interrupted, ScanStatus::Failed] {
        let scan = begin(&store).await;
        end(&store, scan, status).await;
        let taken = store.take_over(scan).await.unwrap();
        assert_eq!((taken.info.status, taken.activity), (ScanStatus::Running, Activity::Running));
        assert_eq!((taken.paused_reason, taken.wish, taken.error), (None, None, None));
        assert_eq!(taken.summary.files, 0, "counted from the rows again");
        let report = store.report(scan).await.unwrap().unwrap();
        assert_eq!((report.models, report.notes.len()), (None, 1));
        assert_eq!(store.heartbeat(scan).await.unwrap(), None);
        end(&store, scan, ScanStatus::Completed).await;
        assert_eq!(store.scan(scan).await.unwrap().unwrap().progress, 100);
    }
}

async fn what_is_over_is_not_resumed(place: Place) {
    let store = place.open().await;
    let refusal = async |status: Option<ScanStatus>| {
        let scan = begin(&store).await;
        if let Some(status) = status {
            end(&store, scan, status).await;
        }
        place.told(&store.take_over(scan).await.unwrap_err().to_string())
    };
    assert_eq!(
        refusal(Some(ScanStatus::Completed)).await,
        "scan 1 in PLACE is completed: nothing is left to resume; start a new one with `codeproof scan`"
    );
    assert_eq!(
        refusal(Some(ScanStatus::Cancelled)).await,
        "scan 2 in PLACE is cancelled: nothing is left to resume; start a new one with `codeproof scan`"
    );
    assert_eq!(
        refusal(None).await,
        "scan 3 in PLACE is running; wait for it, or stop it first with `codeproof scans pause 3`"
    );
    assert!(matches!(store.take_over(ScanId(99)).await, Err(Error::NoSuchScan { .. })));
}

async fn one_of_two_resumes_it(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    end(&store, scan, ScanStatus::Paused).await;
    let tries = (0..4).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.take_over(scan).await })
    });
    let mut taken = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(_) => taken += 1,
            Err(Error::ScanRuns { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(taken, 1);
}

async fn a_process_elsewhere_is_known_by_its_heartbeat(place: Place) {
    let elsewhere = "another-boot/namespace/7@900";
    let store = place.open().await;
    let scan = begin(&store).await;
    give_away(&place, elsewhere, None).await;
    assert_eq!(store.scan(scan).await.unwrap().unwrap().activity, Activity::RunningOrKilled);
    give_away(&place, elsewhere, Some(NOW_MS - 29_000)).await;
    assert_eq!(store.scan(scan).await.unwrap().unwrap().activity, Activity::Running);
    assert!(matches!(store.take_over(scan).await, Err(Error::ScanRuns { .. })));
    assert_eq!(store.request(scan, Wish::Pause).await.unwrap(), Requested::Asked);

    give_away(&place, elsewhere, Some(NOW_MS - 31_000)).await;
    assert_eq!(store.scan(scan).await.unwrap().unwrap().activity, Activity::Killed);
    assert_eq!(store.take_over(scan).await.unwrap().wish, None);
}

async fn who_lost_its_scan_is_told(place: Place) {
    let later = StoreOptions { now_ms: || NOW_MS + 40_000, ..options() };
    let (store, later) = (place.open().await, Store::open(&place.url(), later).await.unwrap());
    let scan = begin(&store).await;
    give_away(&place, "another-boot/namespace/7@900", Some(NOW_MS)).await;
    later.take_over(scan).await.unwrap();
    // As the one in the other place sees it.
    give_away(&place, "third-boot/namespace/8@900", Some(NOW_MS)).await;
    let error = store.heartbeat(scan).await.unwrap_err();
    assert!(matches!(error, Error::ScanTaken { .. }), "{error:?}");
    assert_eq!(
        place.told(&error.to_string()),
        "scan 1 in PLACE was resumed by another process while this one was not heard of; leave it to that one, \
         `codeproof scans` shows it"
    );
}
