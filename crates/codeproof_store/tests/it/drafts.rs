//! What models report and vote on: drafts, verified findings, and what stands beside a detector's finding.

use codeproof_store::{CallRow, ChunkId, DraftStatus, ModelRecord, Purpose, ScanRecord, Store};
use codeproof_types::{
    Confidence, Cwe, Finding, FindingId, Fingerprint, Judgement, ModelDraft, Origin, Outcome, ScanId, Severity, State,
    Tier, Verdict, Vote, Votes,
};

use crate::fixture::{Place, begin, finding, on_both_databases};
use crate::models::{call, chunk, commit_twice, record};

on_both_databases! {
    a_draft_becomes_a_verified_finding,
    a_rejected_draft_loses_its_verified_finding,
    models_change_nothing_of_a_detectors_finding,
    whoever_writes_a_finding_first,
    a_draft_reported_again_is_one_draft,
    two_writers_of_one_scan_never_wait_in_a_circle,
}

pub(crate) fn source(model: &str, line: u32) -> ModelDraft {
    ModelDraft {
        analyzer: "keen".to_owned(),
        model: model.to_owned(),
        title: "Evaluation of input".to_owned(),
        cwe: Some(Cwe(95)),
        severity: Severity::High,
        claimed_line: Some(line),
        line,
        reason: "x comes from the request".to_owned(),
    }
}

/// A model's draft at `line`.
pub(crate) fn draft(line: u32) -> Finding {
    let mut draft = finding(line);
    draft.fingerprint = Fingerprint::from(format!("{line:032x}"));
    draft.rule_id = "draft-cwe-95".to_owned();
    draft.origin = Origin::Draft;
    draft.state = State::Unverified;
    draft.confidence = Confidence::Low;
    draft.source_models = vec!["qwen".to_owned()];
    draft
}

pub(crate) fn drafted(finding: &Finding, chunk: Option<ChunkId>, sources: Vec<ModelDraft>) -> ModelRecord {
    ModelRecord::Drafted { finding: Box::new(finding.clone()), chunk, sources }
}

pub(crate) fn vote(voter: &str, verdict: Verdict) -> Vote {
    Vote {
        voter: voter.to_owned(),
        verdict,
        confidence: Some(80),
        severity: Some(Severity::Critical),
        attack_path: format!("as {voter} says"),
        reasoning: "because".to_owned(),
    }
}

pub(crate) fn judged(finding: &Finding, outcome: Outcome, votes: Vec<Vote>) -> Finding {
    let mut finding = finding.clone();
    let judgement = Judgement { outcome, confidence: Some(67), votes };
    finding.votes = Some(judgement.counts());
    finding.judgement = Some(judgement);
    if finding.origin == Origin::Draft {
        let (state, tier) = match outcome {
            Outcome::Verified => (State::Open, Tier::Vulnerability),
            Outcome::Weakness => (State::Open, Tier::Weakness),
            Outcome::Rejected => (State::Rejected, Tier::Weakness),
            Outcome::Unverified => (State::Unverified, Tier::Weakness),
        };
        (finding.state, finding.tier) = (state, tier);
        finding.severity = Severity::Critical;
        finding.message = "The voters say so.".to_owned();
    }
    finding
}

pub(crate) fn judgement(finding: &Finding) -> ModelRecord {
    ModelRecord::Judged { finding: Box::new(finding.clone()) }
}

/// The scan's only finding.
pub(crate) async fn only_finding(store: &Store, scan: ScanId) -> Finding {
    let findings = store.report(scan).await.unwrap().unwrap().findings;
    let [finding] = findings.as_slice() else { panic!("one finding: {findings:?}") };
    finding.clone()
}

async fn a_draft_becomes_a_verified_finding(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let chunk = store.put_chunks(scan, &[chunk(2)]).await.unwrap()[0];
    let draft = draft(110);
    let sources = vec![source("qwen", 110), source("llama", 111)];
    commit_twice(&store, scan, vec![drafted(&draft, Some(chunk), sources.clone())]).await;
    let stored = only_finding(&store, scan).await;
    assert_eq!(stored, Finding { id: stored.id, ..draft.clone() });
    let id = stored.id.unwrap();
    assert_eq!(store.provenance(id).await.unwrap().unwrap().draft_status, DraftStatus::Pending);

    let votes = vec![vote("qwen", Verdict::Verify), vote("llama", Verdict::Reject), vote("qwen", Verdict::Verify)];
    let verified = judged(&draft, Outcome::Verified, votes);
    let asked = CallRow {
        fingerprint: Some(draft.fingerprint.clone()),
        role: "verifier".to_owned(),
        purpose: Purpose::Verify,
        ..call("llama", None)
    };
    let writer = store.model_writer(scan);
    writer.commit(vec![record(call("qwen", Some(chunk)), None)]).await.unwrap();
    writer.commit(vec![record(asked.clone(), None), judgement(&verified)]).await.unwrap();
    // A resumed scan drafts and judges again.
    writer.commit(vec![judgement(&verified), drafted(&draft, Some(chunk), sources.clone())]).await.unwrap();
    writer.close().await.unwrap();

    let stored = only_finding(&store, scan).await;
    assert_eq!(stored, Finding { id: Some(id), ..verified });
    let provenance = store.provenance(id).await.unwrap().unwrap();
    assert_eq!((provenance.scan, provenance.draft_status), (scan, DraftStatus::Verified));
    assert_eq!(provenance.sources, sources);
    let place_of_chunk = provenance.chunk.unwrap();
    assert_eq!((place_of_chunk.id, place_of_chunk.first_line, place_of_chunk.last_line), (chunk, 101, 150));
    assert_eq!(provenance.calls, [call("qwen", Some(chunk)), asked]);
    assert!(provenance.verified.is_some());
    assert_eq!(store.provenance(FindingId(-1)).await.unwrap(), None);

    let mut reader = place.stranger().await;
    let verified: String =
        reader.ask("SELECT status || ' ' || confidence || ' ' || attack_vector FROM verified_findings").await;
    assert_eq!(verified, "verified 67 as qwen says");
    let voters: i64 =
        reader.ask("SELECT COUNT(*) FROM verification_votes WHERE voter IN ('qwen', 'qwen (2)', 'llama')").await;
    assert_eq!((voters, reader.ask::<i64>("SELECT COUNT(*) FROM verification_votes").await), (3, 3));
}

async fn a_rejected_draft_loses_its_verified_finding(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let draft = draft(4);
    let chain = Vote { voter: Vote::DATA_FLOW.to_owned(), ..vote("", Verdict::Verify) };
    let verified = judged(&draft, Outcome::Weakness, vec![chain, vote("a", Verdict::Weakness)]);
    commit_twice(&store, scan, vec![judgement(&verified)]).await;
    let mut reader = place.stranger().await;
    let chain: String = reader.ask("SELECT status || ' ' || data_flow FROM verified_findings").await;
    assert_eq!(chain, "weakness because");

    let rejected = judged(&draft, Outcome::Rejected, vec![vote("b", Verdict::Reject)]);
    commit_twice(&store, scan, vec![judgement(&rejected)]).await;
    let stored = only_finding(&store, scan).await;
    assert_eq!((stored.state, stored.judgement), (State::Rejected, rejected.judgement));
    let provenance = store.provenance(stored.id.unwrap()).await.unwrap().unwrap();
    assert_eq!((provenance.draft_status, provenance.verified), (DraftStatus::Rejected, None));
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM verified_findings").await, 0);
    assert_eq!(reader.ask::<String>("SELECT voter FROM verification_votes").await, "b");
}

async fn models_change_nothing_of_a_detectors_finding(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let detected = finding(3);
    let writer = store.writer(scan);
    writer.send(ScanRecord::Finding(Box::new(detected.clone()))).await.unwrap();
    let ids = writer.close().await.unwrap();

    // Whatever the record says: the detector's word stands.
    let mut reported = detected.clone();
    reported.source_models = vec!["qwen".to_owned()];
    reported.severity = Severity::Info;
    reported.state = State::Rejected;
    reported.message = "Nothing to see here.".to_owned();
    let mut rejected = judged(&reported, Outcome::Rejected, vec![vote("qwen", Verdict::Reject)]);
    rejected.tier = Tier::Vulnerability;
    commit_twice(&store, scan, vec![drafted(&reported, None, vec![source("qwen", 3)]), judgement(&rejected)]).await;

    let stored = only_finding(&store, scan).await;
    let id = ids[&detected.fingerprint];
    let expected = Finding {
        id: Some(id),
        source_models: vec!["qwen".to_owned()],
        votes: Some(Votes { verify: 0, weakness: 0, reject: 1, abstain: 0 }),
        judgement: rejected.judgement,
        ..detected
    };
    assert_eq!(stored, expected);
    let provenance = store.provenance(id).await.unwrap().unwrap();
    assert_eq!((provenance.draft_status, provenance.sources.len()), (DraftStatus::Accepted, 1));
}

async fn whoever_writes_a_finding_first(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let detected = finding(3);
    // The two writers know nothing of each other.
    commit_twice(&store, scan, vec![drafted(&detected, None, vec![source("qwen", 3)])]).await;
    let writer = store.writer(scan);
    writer.send(ScanRecord::Finding(Box::new(detected.clone()))).await.unwrap();
    let ids = writer.close().await.unwrap();
    let stored = only_finding(&store, scan).await;
    assert_eq!(stored, Finding { id: Some(ids[&detected.fingerprint]), ..detected });
    let provenance = store.provenance(stored.id.unwrap()).await.unwrap().unwrap();
    assert_eq!((provenance.draft_status, provenance.sources.len()), (DraftStatus::Accepted, 1));
}

async fn a_draft_reported_again_is_one_draft(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let first = draft(9);
    let mut second = first.clone();
    second.severity = Severity::Critical;
    second.source_models.push("llama".to_owned());
    let writer = store.model_writer(scan);
    // In one group: the last one counts.
    let sources = vec![source("qwen", 9), source("llama", 9)];
    writer.commit(vec![drafted(&first, None, vec![source("qwen", 9)]), drafted(&second, None, sources)]).await.unwrap();
    let stored = only_finding(&store, scan).await;
    assert_eq!((stored.severity, stored.source_models.len()), (Severity::Critical, 2));

    // Judged, its text stands, and its sources may still grow.
    let low =
        Finding { severity: Severity::Low, ..judged(&second, Outcome::Verified, vec![vote("a", Verdict::Verify)]) };
    let mut third = second.clone();
    third.source_models.push("gemma".to_owned());
    third.location.first_line = 12;
    writer.commit(vec![judgement(&low)]).await.unwrap();
    writer.commit(vec![drafted(&third, None, Vec::new())]).await.unwrap();
    let stored = only_finding(&store, scan).await;
    assert_eq!(
        (stored.severity, stored.state, stored.message.as_str()),
        (Severity::Low, State::Open, "The voters say so.")
    );
    assert_eq!((stored.source_models.len(), stored.location.first_line), (3, 12));
    writer.close().await.unwrap();
}

async fn two_writers_of_one_scan_never_wait_in_a_circle(place: Place) {
    const FINDINGS: u32 = 60;
    let store = place.open().await;
    let scan = begin(&store).await;
    for round in 0..10 {
        // As at each start of a resumed scan: detectors find in one order what models have said something of in another.
        let writer = store.writer(scan);
        let detect = tokio::spawn(async move {
            for line in (0..FINDINGS).rev() {
                writer.send(ScanRecord::Finding(Box::new(finding(line)))).await.unwrap();
            }
            writer.close().await.unwrap();
        });
        let models = store.model_writer(scan);
        for line in 0..FINDINGS {
            let judged = judged(&finding(line + 1), Outcome::Verified, vec![vote("a", Verdict::Verify)]);
            models.commit(vec![drafted(&finding(line), None, Vec::new()), judgement(&judged)]).await.unwrap();
        }
        models.close().await.unwrap();
        detect.await.unwrap();
        let findings = store.report(scan).await.unwrap().unwrap().findings;
        assert_eq!(findings.len(), FINDINGS as usize + 1, "round {round}");
        let judged = findings.iter().filter(|finding| finding.judgement.is_some());
        assert_eq!(judged.count(), FINDINGS as usize, "round {round}");
    }
}
