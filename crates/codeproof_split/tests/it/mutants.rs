//! Which literals are changed, into what, and who may notice.

use codeproof_split::{Options, Source, mutants, split};

use crate::scanner;

/// One line per mutant: users, owners, and the changed line of the file for each change.
#[track_caller]
fn check(bytes: &[u8], limit: usize, expected: &str) {
    let source = Source::new("scans.py", bytes.to_vec());
    let split = split(&source, &Options::default());
    let mut told = String::new();
    for mutant in mutants(&source, &split, limit) {
        let users: Vec<String> = mutant.users.iter().map(|(at, name)| format!("{at}:{name}")).collect();
        told += &format!(
            "{} {:?} {}{}\n",
            users.join(" "),
            mutant.owners,
            mutant.from,
            if mutant.shared { " shared" } else { "" }
        );
        for change in &mutant.changes {
            let changed = mutant.bytes(&source, change);
            let lines = source.bytes.split(|byte| *byte == b'\n').zip(changed.split(|byte| *byte == b'\n'));
            let differing: Vec<_> = lines.filter(|(before, after)| before != after).map(|(_, after)| after).collect();
            let [line] = differing.as_slice() else { panic!("{differing:?}") };
            told += &format!("  {} | {} | {}\n", change.to, change.argument, String::from_utf8_lossy(line).trim_end());
        }
    }
    assert_eq!(told.trim_end(), expected.trim(), "{told}");
}

#[test]
fn one_literal_changes_and_its_users_own_it() {
    let text = scanner("scan_one", "(df['open'] > GAP) & (df['high'] > LOW)")
        + "GAP = 0.5\nLOW = 3\n"
        + &scanner("scan_two", "(df['open'] > GAP) & (df['close'] > HIGH)")
        + "HIGH = -20\nDAY = '2024-01-02'\none = scan_one(bars())\ntwo = scan_two(bars())\n";
    check(
        text.as_bytes(),
        2,
        "0:GAP 1:GAP {0, 1} 0.5 shared\n  0.75 | 0.75 | GAP = 0.75\n  0.3 | 0.3 | GAP = 0.3\n  4.0 | 4.0 | GAP = 4.0\n  0.05 | 0.05 | GAP = 0.05\n\
         0:LOW {0} 3\n  5 | 5 | LOW = 5\n  2 | 2 | LOW = 2\n  24 | 24 | LOW = 24",
    );
}

#[test]
fn values_in_lists_text_and_json_are_found() {
    let text = "import os, json\nBAND = (\n    45.0,\n    65.0)\nOPTIONS = json.loads('{\"gap\": 7, \"on\": true}')\n\
                LEVEL = float(os.environ.get('LEVEL', '2.5'))\n"
        .to_owned()
        + &scanner("scan_one", "(df['open'].between(*BAND)) & (df['high'] > OPTIONS['gap']) & (df['low'] > LEVEL)")
        + "one = scan_one(bars())\n";
    check(
        text.as_bytes(),
        9,
        r#"
0:BAND {0} [45.0,65.0]
  [67.5,65.0] | ( 67.5, 65.0) |     67.5,
  [27.0,65.0] | ( 27.0, 65.0) |     27.0,
  [360.0,65.0] | ( 360.0, 65.0) |     360.0,
  [4.5,65.0] | ( 4.5, 65.0) |     4.5,
0:OPTIONS.gap {0} 7
  11 | 11 | OPTIONS = json.loads('{"gap": 11, "on": true}')
  4 | 4 | OPTIONS = json.loads('{"gap": 4, "on": true}')
  56 | 56 | OPTIONS = json.loads('{"gap": 56, "on": true}')
  1 | 1 | OPTIONS = json.loads('{"gap": 1, "on": true}')
0:LEVEL {0} 2.5
  3.75 | 3.75 | LEVEL = float(os.environ.get('LEVEL', '3.75'))
  1.5 | 1.5 | LEVEL = float(os.environ.get('LEVEL', '1.5'))
  20.0 | 20.0 | LEVEL = float(os.environ.get('LEVEL', '20.0'))
  0.25 | 0.25 | LEVEL = float(os.environ.get('LEVEL', '0.25'))
"#,
    );
}

#[test]
fn values_of_one_text_are_apart() {
    let text = "import json\nCONFIG = json.loads('{\"up\": {\"gap\": 7}, \"down\": {\"gap\": -3}}')\n".to_owned()
        + &scanner("scan_up", "df['open'] > CONFIG['up']['gap']")
        + &scanner("scan_down", "df['open'] < CONFIG['down']['gap']")
        + "up = scan_up(bars())\ndown = scan_down(bars())\n";
    check(
        text.as_bytes(),
        9,
        r#"
0:CONFIG.up.gap {0} 7
  11 | 11 | CONFIG = json.loads('{"up": {"gap": 11}, "down": {"gap": -3}}')
  4 | 4 | CONFIG = json.loads('{"up": {"gap": 4}, "down": {"gap": -3}}')
  56 | 56 | CONFIG = json.loads('{"up": {"gap": 56}, "down": {"gap": -3}}')
  1 | 1 | CONFIG = json.loads('{"up": {"gap": 1}, "down": {"gap": -3}}')
1:CONFIG.down.gap {1} -3
  -5 | -5 | CONFIG = json.loads('{"up": {"gap": 7}, "down": {"gap": -5}}')
  -2 | -2 | CONFIG = json.loads('{"up": {"gap": 7}, "down": {"gap": -2}}')
  -24 | -24 | CONFIG = json.loads('{"up": {"gap": 7}, "down": {"gap": -24}}')
"#,
    );
}

#[test]
fn files_keep_their_encoding() {
    let text = format!(
        "# coding: latin-1\r\nNOTE = '\u{e9}\u{e9}'; GAP = 1\r\n{}one = scan_one(bars())\r\n",
        scanner("scan_one", "df['open'] > GAP").replace('\n', "\r\n")
    );
    let latin: Vec<u8> = text.chars().map(|char| u8::try_from(u32::from(char)).expect("latin-1")).collect();
    let expected =
        "0:GAP {0} 1\n  2 | 2 | NOTE = '\u{fffd}\u{fffd}'; GAP = 2\n  8 | 8 | NOTE = '\u{fffd}\u{fffd}'; GAP = 8";
    check(&latin, 1, expected);
    let marked = [b"\xef\xbb\xbf".as_slice(), text.replace("latin-1", "utf-8").as_bytes()].concat();
    check(&marked, 1, &expected.replace('\u{fffd}', "\u{e9}"));
}

#[test]
fn what_runs_a_scanner_owns_its_values() {
    let text = "def scan_gaps(df, gap=2):\n    return df[df['open'] > gap]\n\n\
                def scan_best(df, top=5):\n    return scan_gaps(df)[df['high'] > top]\n\n\
                gaps = scan_gaps(bars())\nbest = scan_best(bars())\n";
    check(
        text.as_bytes(),
        9,
        "
0:gap {0, 1} 2
  3 | 3 | def scan_gaps(df, gap=3):
  1 | 1 | def scan_gaps(df, gap=1):
  16 | 16 | def scan_gaps(df, gap=16):
1:top {1} 5
  8 | 8 | def scan_best(df, top=8):
  3 | 3 | def scan_best(df, top=3):
  40 | 40 | def scan_best(df, top=40):
  1 | 1 | def scan_best(df, top=1):
",
    );
}
