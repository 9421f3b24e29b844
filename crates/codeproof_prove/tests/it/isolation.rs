//! What mutants show: whose a value is, and whether templates follow.

use codeproof_prove::{ParameterVerdict, Verdict};
use serde_json::json;

use crate::setting::{BARS, Setting, data, of, scanner, split_text, verdicts};

/// Two scanners that read the same global, which has its last value for both: a sum of years of pasting.
fn late_bound() -> String {
    let up = scanner("scan_up", "row['close'] > row['open'] + MIN_MOVE and row['open'] > FLOOR");
    let fade = scanner("scan_fade", "row['open'] > row['close'] + MIN_MOVE and row['close'] < CEILING");
    format!(
        "{BARS}MIN_MOVE = 2\nFLOOR = 10\n\n\n{up}MIN_MOVE = 9\nCEILING = 30\n\n\n{fade}table = bars()\nup = scan_up(table)\nfade = scan_fade(table)\n"
    )
}

#[test]
fn a_late_bound_global_is_proven_to_be_both_scanners_last_value() {
    let Some(proof) = Setting::default().prove(&late_bound()) else { return };
    assert_eq!(verdicts(&proof), "up Proven, fade Proven");
    assert_eq!((proof.isolation_score, proof.contamination.len()), (Some(1.0), 0));
    let up = of(&proof, "up");
    let told: Vec<_> =
        up.parameters.iter().map(|one| (one.name.as_str(), &one.from, one.verdict, one.template_follows)).collect();
    let own = ParameterVerdict::OwnRowsOnly;
    assert_eq!(told, [("FLOOR", &json!(10), own, Some(true)), ("MIN_MOVE", &json!(9), own, Some(true))]);
    assert_eq!(up.parameters[0].changed, ["up"]);
    assert_eq!(up.parameters[1].changed, ["up", "fade"]);
    assert!(up.original_rows > 0 && up.original_rows == up.template_rows && up.rows.len() == up.template_rows);
    assert!(up.cost.cpu_ms > 0 && up.cost.peak_bytes > 0 && proof.runs > 6);
    assert_eq!(proof.aggregated.symbols.len(), 3);
}

#[test]
fn a_value_that_another_scanner_reads_behind_the_splits_back_is_told() {
    let text = late_bound();
    let (source, mut split) = split_text(&text);
    let fade = split.scanners.iter().position(|scanner| scanner.boundary.name == "fade").expect("the scanner");
    split.scanners[fade].parameters.retain(|parameter| parameter.name != "MIN_MOVE");
    for scanner in &mut split.scanners {
        scanner.parameters.iter_mut().for_each(|parameter| parameter.shared = false);
    }
    split.globals.clear();
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    assert_eq!(verdicts(&proof), "up EqualOnThisData (Contaminated), fade EqualOnThisData (Contaminated)");
    assert_eq!(proof.contamination.len(), 1);
    let one = &proof.contamination[0];
    assert_eq!(
        (one.parameter.as_str(), &one.owners[..], &one.changed[..]),
        ("MIN_MOVE", &["up".to_owned()][..], &["fade".to_owned()][..])
    );
    assert_eq!(of(&proof, "up").isolation_score, Some(0.5));
    assert!(proof.isolation_score.is_some_and(|score| (score - 2.0 / 3.0).abs() < 1e-9), "{:?}", proof.isolation_score);
}

#[test]
fn scanners_that_run_others_may_change_with_them() {
    let text = format!(
        "{BARS}def scan_wide(rows, gap=4):\n    return [row for row in rows if row['close'] > row['open'] + gap]\n\n\n\
         def scan_best(rows, top=30):\n    return [row for row in scan_wide(rows) if row['close'] > top]\n\n\n\
         table = bars()\nwide = scan_wide(table)\nbest = scan_best(table)\n"
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "wide Proven, best Proven");
    assert_eq!(of(&proof, "wide").parameters[0].changed, ["wide", "best"]);
    assert_eq!(proof.isolation_score, Some(1.0));
}

#[test]
fn no_rows_prove_nothing() {
    let none = scanner("scan_none", "row['close'] > LIMIT");
    let text = format!("{BARS}LIMIT = 1000000\n\n\n{none}found = scan_none(bars())\n");
    let Some(proof) = Setting::default().prove(&text) else { return };
    let scanner = of(&proof, "none");
    assert_eq!((scanner.verdict, scanner.original_rows, scanner.template_rows), (Verdict::NotExercised, 0, 0));
    assert_eq!(scanner.parameters[0].verdict, ParameterVerdict::NotExercised);
    assert_eq!((scanner.isolation_score, proof.isolation_score), (None, None));
}

#[test]
fn equal_rows_without_a_value_that_decides_are_equal_on_this_data() {
    let text = format!("{BARS}{}found = scan_all(bars())\n", scanner("scan_all", "row['close'] > row['open']"));
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "all EqualOnThisData");
}

#[test]
fn rows_must_be_equal_and_there_on_a_second_folder_too() {
    let text = late_bound();
    let second = Some(data(3));
    let Some(proof) = (Setting { second, ..Setting::default() }).prove(&text) else { return };
    assert_eq!(verdicts(&proof), "up Proven, fade Proven");
    assert!(of(&proof, "up").second_rows.is_some_and(|rows| rows > 0));
    let second = Some(crate::setting::folder("ticker,date,open,close\nABC,2024-01-02,5,5\n"));
    let Some(proof) = (Setting { second, ..Setting::default() }).prove(&text) else { return };
    assert_eq!(verdicts(&proof), "up EqualOnThisData, fade EqualOnThisData");
    assert_eq!(of(&proof, "up").second_rows, Some(0));
}

#[test]
fn what_methods_return_is_seen_wherever_the_program_puts_it() {
    let text = format!(
        "{BARS}class Base:\n    floor = 4\n\n    def run(self, rows):\n        return [row for row in self.kept(rows) if self.is_hit(row)]\n\n    \
         def kept(self, rows):\n        return [row for row in rows if row['open'] > self.floor]\n\n\n\
         class GapScan(Base):\n    gap = 6\n\n    def is_hit(self, row):\n        return row['close'] > row['open'] + self.gap\n\n\n\
         class DropScan(Base):\n    gap = 12\n    floor = 9\n\n    def is_hit(self, row):\n        return row['open'] > row['close'] + self.gap\n\n\n\
         table = bars()\nfound = {{type(scan).__name__: scan.run(table) for scan in [GapScan(), DropScan()]}}\n"
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "GapScan Proven, DropScan Proven");
    assert_eq!(proof.isolation_score, Some(1.0));
}

#[test]
fn rows_are_taken_when_they_are_returned() {
    let up = scanner("scan_up", "row['close'] > row['open'] + MOVE");
    let text = format!(
        "{BARS}MOVE = 5\nTOP = 30\n\n\n{up}def scan_high(rows):\n    for row in rows:\n        if row['open'] > TOP:\n            \
         yield row['ticker'], row['date']\n\n\ndef main():\n    rows = bars()\n    hits = scan_up(rows)\n    \
         hits.extend(scan_high(rows))\n    print(len(hits))\n\n\nif __name__ == '__main__':\n    main()\n"
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "up Proven, high Proven");
    assert!(of(&proof, "high").original_rows > 0 && of(&proof, "up").parameters[0].changed == ["up"]);
}
