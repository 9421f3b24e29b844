//! The analysis cache: answers what it was given, stays within its bound, and never fails a run.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use codeproof_store::{AnalysisCache, CacheKey, CacheOptions};

use crate::stranger::Stranger;

const HOUR_MS: i64 = 3_600_000;

/// No numbers.
const NONE: [u32; 0] = [];

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("analysis.db")
    }

    async fn open(&self, max_bytes: u64, now_ms: fn() -> i64) -> AnalysisCache {
        let busy_timeout = Duration::from_millis(30);
        AnalysisCache::open(&self.file(), CacheOptions { max_bytes, busy_timeout, now_ms }).await
    }

    /// Puts `numbers`, 100 bytes each, into a cache with room for a thousand.
    async fn with(numbers: std::ops::Range<u32>) -> Self {
        let place = Self::new();
        let cache = place.open(100_000, || 0).await;
        cache.put_many(numbers.map(entry).collect()).await;
        cache.close().await;
        place
    }

    fn told(&self, warnings: Vec<String>) -> Vec<String> {
        let file = self.file().display().to_string();
        warnings.into_iter().map(|warning| warning.replace(&file, "FILE")).collect()
    }
}

fn key(number: u32) -> CacheKey {
    let mut key = [7; 32];
    key[..4].copy_from_slice(&number.to_le_bytes());
    CacheKey(key)
}

fn entry(number: u32) -> (CacheKey, Vec<u8>) {
    (key(number), vec![number as u8; 100])
}

async fn present(cache: &AnalysisCache, numbers: std::ops::Range<u32>) -> Vec<u32> {
    let found = cache.get_many(&numbers.clone().map(key).collect::<Vec<_>>()).await;
    numbers.filter(|number| found.contains_key(&key(*number))).collect()
}

#[tokio::test]
async fn answers_what_it_was_given() {
    let place = Place::with(0..700).await;
    let cache = place.open(100_000, || 1).await;
    cache.put_many(vec![(key(3), b"replaced".to_vec()), (key(4), Vec::new())]).await;
    let found = cache.get_many(&(0..1400).map(key).collect::<Vec<_>>()).await;
    let mut expected = (0..700).map(entry).collect::<HashMap<_, _>>();
    expected.insert(key(3), b"replaced".to_vec());
    expected.insert(key(4), Vec::new());
    assert!(found == expected);
    assert!(cache.get_many(&[]).await.is_empty());
    assert_eq!(cache.warnings(), [""; 0]);
}

#[tokio::test]
async fn drops_the_least_recently_used_to_nine_tenths() {
    let place = Place::with(0..10).await;
    // A day later the first five are used.
    let used = place.open(1000, || 24 * HOUR_MS).await;
    assert_eq!(present(&used, 0..5).await, [0, 1, 2, 3, 4]);
    used.close().await;

    let cache = place.open(1000, || 48 * HOUR_MS).await;
    cache.put_many((10..13).map(entry).collect()).await;
    let left = present(&cache, 0..13).await;
    assert_eq!(left.len(), 9, "1,300 bytes became 900: {left:?}");
    for kept in [0, 1, 2, 3, 4, 10, 11, 12] {
        assert!(left.contains(&kept), "{kept} was used later than others: {left:?}");
    }
    cache.put_many(vec![(key(99), vec![0; 1001])]).await;
    assert_eq!(present(&cache, 99..100).await, NONE, "larger than the cache may be");
    assert_eq!(present(&cache, 0..13).await, left);
}

#[tokio::test]
async fn a_changed_value_is_a_miss_and_told() {
    let place = Place::with(0..3).await;
    let mut stranger = Stranger::open(&place.file()).await;
    stranger.run("UPDATE analysis_cache SET value = x'00' WHERE key >= x'02'").await;
    stranger.leave().await;
    let cache = place.open(1000, || 1).await;
    assert_eq!(present(&cache, 0..3).await, [0, 1]);
    assert_eq!(cache.warnings(), ["the analysis cache held 1 damaged values; they are made anew"]);
    cache.put_many(vec![entry(2)]).await;
    assert_eq!(present(&cache, 0..3).await, [0, 1, 2]);
    assert_eq!(cache.warnings().len(), 1);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_set_aside() {
    let place = Place::new();
    std::fs::write(place.file(), "somebody's notes").unwrap();
    let cache = place.open(1000, || 0).await;
    assert_eq!(
        place.told(cache.warnings()),
        ["the analysis cache FILE was damaged; it is now FILE.damaged, and a new one was started"]
    );
    cache.put_many(vec![entry(1)]).await;
    assert_eq!(present(&cache, 0..3).await, [1]);
    let aside = place.0.path().join("analysis.db.damaged");
    assert_eq!(std::fs::read_to_string(aside).unwrap(), "somebody's notes");
}

#[tokio::test]
async fn damage_met_while_reading_turns_it_off_until_the_next_run() {
    let place = Place::with(0..500).await;
    let mut bytes = std::fs::read(place.file()).unwrap();
    bytes[4096..].fill(0xa5);
    std::fs::write(place.file(), bytes).unwrap();

    let cache = place.open(100_000, || 0).await;
    assert_eq!(present(&cache, 0..500).await, NONE);
    cache.put_many(vec![entry(1)]).await;
    assert_eq!(
        place.told(cache.warnings()),
        [
            "the analysis cache FILE is damaged; this run goes without it",
            "the analysis cache FILE was damaged; it is now FILE.damaged, and a new one was started"
        ]
    );
    cache.close().await;

    let cache = place.open(100_000, || 0).await;
    cache.put_many(vec![entry(1)]).await;
    assert_eq!(present(&cache, 0..500).await, [1]);
    assert_eq!(cache.warnings(), [""; 0]);
}

#[tokio::test]
async fn a_newer_or_foreign_file_is_left_alone() {
    for (sql, expected) in [
        (
            "PRAGMA user_version = 9",
            "the analysis cache FILE was made by a newer codeproof (format 9); this run goes without it",
        ),
        (
            "CREATE TABLE wallet (coins)",
            "the analysis cache FILE is another program's database (it has a table \"wallet\"); \
             this run goes without it",
        ),
    ] {
        let place = Place::with(0..3).await;
        let mut stranger = Stranger::open(&place.file()).await;
        stranger.run(sql).await;
        stranger.leave().await;
        let before = std::fs::read(place.file()).unwrap();
        let cache = place.open(1000, || 0).await;
        cache.put_many(vec![entry(7)]).await;
        assert_eq!(present(&cache, 0..9).await, NONE);
        assert_eq!(place.told(cache.warnings()), [expected]);
        cache.close().await;
        assert!(std::fs::read(place.file()).unwrap() == before);
    }
}

#[tokio::test]
async fn a_locked_file_turns_it_off_for_this_run() {
    let place = Place::with(0..3).await;
    let mut stranger = Stranger::open(&place.file()).await;
    stranger.run("BEGIN IMMEDIATE").await;
    let cache = place.open(1000, || 0).await;
    assert_eq!(present(&cache, 0..3).await, [0, 1, 2], "reading goes on");
    cache.put_many(vec![entry(7)]).await;
    assert_eq!(present(&cache, 0..3).await, NONE);
    assert_eq!(
        place.told(cache.warnings()),
        ["the analysis cache FILE is locked by another program; this run goes without it"]
    );
}
