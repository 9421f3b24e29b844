//! One draft of what several models say, and what joins a detector's finding.

use codeproof_judge::{AnchoredDraft, MergedDraft, finding, join, merge, rule_info};
use codeproof_types::{ContentHash, Cwe, Origin, Severity, State, Tier};

use crate::sample::{self, anchored};
use Severity::{Critical, High, Low, Medium};

const SINK: &str = "    os.system(command)";

/// Merged drafts in short: `line cwe severity votes models`.
#[track_caller]
fn check(drafts: Vec<AnchoredDraft>, expected: &[&str]) {
    let merged = merge(drafts, 3);
    let short = |draft: &MergedDraft| {
        let cwe = draft.cwe.map_or_else(|| "-".to_owned(), |cwe| cwe.to_string());
        format!(
            "{} {cwe} {} {}/{} {}",
            draft.line,
            draft.severity,
            draft.votes,
            draft.asked,
            draft.source_models.join(",")
        )
    };
    assert_eq!(merged.iter().map(short).collect::<Vec<_>>(), expected);
}

#[test]
fn one_place_and_type_is_one_draft() {
    check(
        vec![
            anchored("a", 26, Some(78), High, SINK),
            anchored("b", 26, Some(78), Low, SINK),
            anchored("c", 26, Some(78), High, SINK),
            anchored("c", 26, Some(89), High, SINK),
            anchored("c", 28, Some(78), High, "log.info(name)"),
        ],
        &["26 CWE-78 high 3/3 a-model,b-model,c-model", "26 CWE-89 high 1/3 c-model", "28 CWE-78 high 1/3 c-model"],
    );
}

#[test]
fn types_of_one_family_are_one_type() {
    check(
        vec![
            anchored("a", 26, Some(120), High, SINK),
            anchored("b", 26, Some(787), Critical, SINK),
            anchored("c", 26, Some(787), High, SINK),
        ],
        &["26 CWE-787 high 3/3 a-model,b-model,c-model"],
    );
    check(
        vec![anchored("a", 1, Some(77), Low, "x"), anchored("b", 1, Some(78), Low, "x")],
        &["1 CWE-77 low 2/3 a-model,b-model"],
    );
}

#[test]
fn equal_votes_for_severities_go_to_the_higher() {
    check(
        vec![anchored("a", 1, Some(79), Low, "x"), anchored("b", 1, Some(79), High, "x")],
        &["1 CWE-79 high 2/3 a-model,b-model"],
    );
    // One analyzer has one voice, however often it speaks.
    let mut twice = anchored("a", 1, Some(79), Low, "x");
    twice.draft.title = "again".to_owned();
    check(
        vec![anchored("a", 1, Some(79), Low, "x"), twice, anchored("b", 1, Some(79), Medium, "x")],
        &["1 CWE-79 medium 2/3 a-model,b-model"],
    );
}

#[test]
fn near_lines_merge_when_one_code_is_part_of_the_other() {
    let mut statement = anchored("a", 25, Some(78), High, "    command = build(name)\n    os.system(command)");
    statement.last_line = 26;
    check(vec![statement.clone(), anchored("b", 26, Some(78), High, SINK)], &["25 CWE-78 high 2/3 a-model,b-model"]);
    check(
        vec![anchored("a", 26, Some(78), High, SINK), anchored("b", 29, Some(78), High, SINK)],
        &["26 CWE-78 high 2/3 a-model,b-model"],
    );
    check(
        vec![anchored("a", 26, Some(78), High, SINK), anchored("b", 30, Some(78), High, SINK)],
        &["26 CWE-78 high 1/3 a-model", "30 CWE-78 high 1/3 b-model"],
    );
    check(
        vec![anchored("a", 26, Some(78), High, SINK), anchored("b", 27, Some(78), High, "other(command)")],
        &["26 CWE-78 high 1/3 a-model", "27 CWE-78 high 1/3 b-model"],
    );
}

#[test]
fn who_reports_two_lines_means_two_places() {
    // The same call three times in five lines.
    let of = |analyzer: &str, lines: &[u32]| -> Vec<AnchoredDraft> {
        lines.iter().map(|line| anchored(analyzer, *line, Some(78), High, SINK)).collect()
    };
    check(
        of("a", &[20, 22, 24]),
        &["20 CWE-78 high 1/3 a-model", "22 CWE-78 high 1/3 a-model", "24 CWE-78 high 1/3 a-model"],
    );
    check(
        [of("a", &[20, 22]), of("b", &[20, 22]), of("c", &[21])].concat(),
        &["20 CWE-78 high 3/3 a-model,b-model,c-model", "22 CWE-78 high 2/3 a-model,b-model"],
    );
    // A quote that holds the other is of the same place, whoever says it.
    let mut statement = anchored("a", 20, Some(78), High, "x = f(\n    os.system(command)\n)");
    statement.last_line = 22;
    check([vec![statement], of("a", &[21])].concat(), &["20 CWE-78 high 1/3 a-model"]);
}

#[test]
fn a_draft_without_a_type_joins_its_place_but_never_two_types() {
    check(
        vec![
            anchored("a", 26, Some(78), High, SINK),
            anchored("b", 26, Some(78), High, SINK),
            anchored("b", 26, Some(89), High, SINK),
            anchored("c", 26, None, Critical, SINK),
            anchored("c", 40, None, Low, "x = 1"),
        ],
        &["26 CWE-78 high 3/3 a-model,b-model,c-model", "26 CWE-89 high 1/3 b-model", "40 - low 1/3 c-model"],
    );
}

#[test]
fn words_come_from_one_who_gives_that_severity() {
    let merged = merge(
        vec![
            anchored("a", 26, Some(78), Critical, SINK),
            anchored("b", 26, Some(78), High, SINK),
            anchored("c", 26, Some(78), High, SINK),
        ],
        3,
    );
    assert_eq!((merged[0].title.as_str(), merged[0].reason.as_str()), ("b says", "because b read line 26"));
    let stored = serde_json::to_string(&merged).unwrap();
    assert_eq!(serde_json::from_str::<Vec<MergedDraft>>(&stored).unwrap(), merged);
}

#[test]
fn what_a_detector_found_is_no_finding_of_its_own() {
    let detector = [sample::finding()];
    let merged = merge(
        vec![
            anchored("a", 26, Some(77), High, SINK),
            anchored("b", 27, Some(78), High, "near"),
            anchored("a", 29, Some(78), High, "far"),
            anchored("a", 26, Some(79), High, SINK),
        ],
        2,
    );
    let joined = join(merged, &detector);
    let lines: Vec<(usize, u32)> = joined.joined.iter().map(|(index, draft)| (*index, draft.line)).collect();
    assert_eq!(lines, [(0, 26), (0, 27)]);
    let new: Vec<(u32, Option<Cwe>)> = joined.new.iter().map(|draft| (draft.line, draft.cwe)).collect();
    assert_eq!(new, [(26, Some(Cwe(79))), (29, Some(Cwe(78)))]);
}

#[test]
fn a_draft_without_a_type_joins_only_the_very_lines() {
    let merged = merge(vec![anchored("a", 26, None, High, SINK), anchored("a", 27, None, High, "near")], 1);
    let joined = join(merged, &[sample::finding()]);
    assert_eq!((joined.joined.len(), joined.new.len()), (1, 1));
    assert_eq!(joined.new[0].line, 27);
}

#[test]
fn a_draft_becomes_an_unverified_weakness() {
    let merged = merge(vec![anchored("a", 26, Some(78), Critical, SINK), anchored("b", 26, Some(78), High, SINK)], 3);
    let found = finding(&merged[0], ContentHash::of(b"export"), "export", 0);
    insta::assert_json_snapshot!("finding", found);
    assert_eq!((found.origin, found.state, found.tier), (Origin::Draft, State::Unverified, Tier::Weakness));
}

#[test]
fn a_finding_keeps_its_identity_when_models_name_another_number_of_the_family() {
    let of = |cwe: Option<u32>, line| {
        let merged = merge(vec![anchored("a", line, cwe, High, SINK)], 1);
        finding(&merged[0], ContentHash::of(b"x"), "f", 0)
    };
    assert_eq!(of(Some(120), 26).fingerprint, of(Some(787), 99).fingerprint);
    assert_ne!(of(Some(120), 26).fingerprint, of(Some(89), 26).fingerprint);
    assert_ne!(of(Some(89), 26).fingerprint, of(None, 26).fingerprint);
    assert_eq!((of(Some(787), 1).rule_id.as_str(), of(None, 1).rule_id.as_str()), ("model-cwe-787", "model-other"));
}

#[test]
fn every_rule_of_models_explains_itself() {
    for rule_id in ["model-cwe-89", "model-cwe-121", "model-cwe-99999", "model-other"] {
        let rule = rule_info(rule_id).unwrap();
        assert_eq!(rule.id, rule_id);
        assert!(
            !rule.title.is_empty() && !rule.why.is_empty() && !rule.remediation.is_empty() && !rule.limits.is_empty()
        );
    }
    assert_eq!(rule_info("model-cwe-121").unwrap().why, rule_info("model-cwe-787").unwrap().why);
    assert_eq!(["python-eval", "model-", "model-cwe-x", "model-cwe-"].map(rule_info), [None, None, None, None]);
}
