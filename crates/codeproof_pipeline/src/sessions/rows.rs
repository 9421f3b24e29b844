//! A session as rows of the database.

use codeproof_prove::{Proof, ScannerProof, Verdict};
use codeproof_split::{Parameter, Source, Split};
use codeproof_store::{
    BoundaryRow, MetricRow, ModelRunRow, NewSession, ParameterRow, ParameterVerdict, SecurityRow, SessionEnd,
    SplitRows, TemplateRow, ValidationRow,
};
use codeproof_types::{SessionPhase, sha256};
use serde::Serialize;
use serde_json::{Value, json};

use super::outcome::{Session, SessionScanner};
use super::secrets::Masker;
use super::{SessionError, SessionRequest};

pub(super) fn new_session(request: &SessionRequest<'_>, source: &Source, folder: &std::path::Path) -> NewSession {
    let proof = request.proof.as_ref();
    NewSession {
        filename: request.file.display().to_string(),
        source_sha256: sha256(&source.bytes),
        source_bytes: source.bytes.len() as u64,
        output_folder: Some(folder.display().to_string()),
        settings: json!({
            "template": request.options.style,
            "data": proof.map(|proof| proof.data.first),
            "second_data": proof.and_then(|proof| proof.data.second),
            "python": proof.map(|proof| proof.python.version()),
            "allow_unsafe": request.allow_unsafe,
        }),
    }
}

/// What was found, before anything runs.
pub(super) fn split_rows(split: &Split, session: &Session, masker: &mut Masker<'_>) -> Result<SplitRows, SessionError> {
    let time = |phase| {
        let of_phase = session.phases.iter().filter(|time| time.phase == phase);
        of_phase.map(|time| time.duration_us).sum::<u64>() / 1000
    };
    let mut boundaries = Vec::new();
    for scanner in &session.scanners {
        boundaries.push(boundary(split, session, scanner, masker)?);
    }
    Ok(SplitRows {
        boundaries,
        security: session.inspection.as_ref().map(|inspection| SecurityRow {
            level: inspection.level.word().to_owned(),
            risk_score: inspection.risk_score,
            execution_allowed: inspection.execution_allowed,
            threats: to_json(&inspection.threats_detected),
            recommendations: inspection.security_recommendations.clone(),
        }),
        boundary_detection_ms: time(SessionPhase::BoundaryDetection),
        parameter_isolation_ms: time(SessionPhase::ParameterIsolation),
        template_generation_ms: time(SessionPhase::TemplateGeneration),
    })
}

fn boundary(
    split: &Split,
    session: &Session,
    scanner: &SessionScanner,
    masker: &mut Masker<'_>,
) -> Result<BoundaryRow, SessionError> {
    let found = &scanner.scanner;
    let place = &found.boundary;
    let whole = to_json(place);
    Ok(BoundaryRow {
        scanner_name: place.name.clone(),
        start_line: place.start_line.max(1),
        end_line: place.end_line.max(place.start_line).max(1),
        confidence: place.confidence,
        boundary_type: word(&place.boundary_type),
        detected_patterns: place.detected_patterns.iter().map(|pattern| (*pattern).to_owned()).collect(),
        namespace: found.namespace.clone(),
        dependencies: found.depends_on.clone(),
        validation_status: word(&place.status),
        context_metadata: json!({
            "kind": place.kind,
            "entry": place.entry,
            "context": whole.get("context_metadata"),
            "needs": whole.get("dependencies"),
        }),
        parameters: scanner.parameters.iter().map(parameter).collect(),
        template: template(split, session, scanner, None, masker)?,
    })
}

fn parameter(parameter: &Parameter) -> ParameterRow {
    let whole = to_json(parameter);
    let text = |key: &str| whole.get(key).and_then(Value::as_str).map(str::to_owned);
    ParameterRow {
        line: parameter.line,
        ordinal: 0,
        name: parameter.name.clone(),
        kind: word(&parameter.kind),
        type_name: parameter.type_name.to_owned(),
        value: parameter.value.to_string(),
        expression: parameter.expression.clone(),
        reason: parameter.why.clone(),
        impact: text("impact"),
        description: text("description"),
        shared: parameter.shared,
        confidence: whole.get("confidence").and_then(Value::as_f64),
    }
}

/// A scanner's program as it stands: the proof's in place of the split's where the proof has one.
fn template(
    split: &Split,
    session: &Session,
    scanner: &SessionScanner,
    proof: Option<(&Proof, &ScannerProof)>,
    masker: &mut Masker<'_>,
) -> Result<TemplateRow, SessionError> {
    let name = &scanner.scanner.template;
    let replaced = proof.and_then(|(proof, _)| proof.replaced.iter().find(|file| file.name == *name));
    let bytes = replaced.or_else(|| split.files.iter().find(|file| file.name == *name));
    let bytes = bytes.map(|file| file.bytes.as_slice()).unwrap_or_default();
    let mut code = String::from_utf8_lossy(bytes).into_owned();
    masker.text(&mut code)?;
    let is_template = |name: &String| session.scanners.iter().any(|other| other.scanner.template == *name);
    let others = session.files.iter().map(|file| file.name.clone());
    let beside = others.filter(|name| name.ends_with(".py") && !is_template(name));
    Ok(TemplateRow {
        name: name.clone(),
        form: word(&scanner.scanner.form),
        code,
        dependencies: beside.collect(),
        validation: proof.map(|(_, proven)| {
            json!({
                "verdict": proven.verdict,
                "original_rows": proven.original_rows,
                "template_rows": proven.template_rows,
                "isolation_score": proven.isolation_score,
                "problem": proven.problem,
            })
        }),
        metadata: json!({ "whole_program_because": scanner.scanner.whole_program_because }),
        path: Some(std::path::Path::new(&session.folder).join(name).display().to_string()),
        sha256: sha256(bytes),
    })
}

/// How it ended.
pub(super) fn session_end(
    split: &Split,
    session: &Session,
    models: Vec<ModelRunRow>,
    masker: &mut Masker<'_>,
) -> Result<SessionEnd, SessionError> {
    let mut end = SessionEnd {
        status: session.status,
        degraded: session.degraded.clone(),
        events: session.events.clone(),
        validation: session.proof.as_ref().map(validation),
        verdicts: Vec::new(),
        templates: Vec::new(),
        metrics: metrics(session),
        models,
        duration_ms: session.duration_ms,
    };
    for event in &mut end.events {
        masker.text(&mut event.message)?;
    }
    let Some(proof) = &session.proof else { return Ok(end) };
    for scanner in &session.scanners {
        let proven = proof.scanners.iter().find(|proven| proven.name == scanner.scanner.boundary.name);
        let Some(proven) = proven else { continue };
        let namespace = &scanner.scanner.namespace;
        end.templates.push((namespace.clone(), template(split, session, scanner, Some((proof, proven)), masker)?));
        end.verdicts.extend(proven.parameters.iter().map(|parameter| ParameterVerdict {
            namespace: namespace.clone(),
            line: parameter.line,
            name: parameter.name.clone(),
            verdict: word(&parameter.verdict),
        }));
    }
    Ok(end)
}

fn validation(proof: &Proof) -> ValidationRow {
    let passed = |verdict: Verdict| verdict == Verdict::Proven;
    let tests: Vec<Value> = proof
        .scanners
        .iter()
        .map(|scanner| {
            json!({
                "scanner": scanner.name,
                "verdict": scanner.verdict,
                "isolation_score": scanner.isolation_score,
                "original_rows": scanner.original_rows,
                "template_rows": scanner.template_rows,
            })
        })
        .collect();
    let mut recommendations = Vec::new();
    let named = |verdict: Verdict| {
        let of_verdict = proof.scanners.iter().filter(move |scanner| scanner.verdict == verdict);
        of_verdict.map(|scanner| scanner.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    for (verdict, advice) in [
        (Verdict::Differs, "do not use the templates of"),
        (Verdict::NotExercised, "give data on which something is found by"),
        (Verdict::EqualOnThisData, "give more data, so that changed values change rows of"),
        (Verdict::NotRun, "see the problem of"),
    ] {
        let names = named(verdict);
        if !names.is_empty() {
            recommendations.push(format!("{advice} {names}"));
        }
    }
    ValidationRow {
        isolation_score: proof.isolation_score,
        contamination: proof.contamination.iter().map(to_json).collect(),
        tests: Value::Array(tests),
        recommendations,
        passed: proof.contamination.is_empty() && proof.scanners.iter().all(|scanner| passed(scanner.verdict)),
    }
}

fn metrics(session: &Session) -> Vec<MetricRow> {
    let phases = session.phases.iter().map(|time| MetricRow {
        kind: "phase",
        name: word(&time.phase),
        value: time.duration_us as f64 / 1000.0,
        unit: "ms",
    });
    let mut rows: Vec<MetricRow> = phases.collect();
    rows.push(MetricRow {
        kind: "session",
        name: "duration".to_owned(),
        value: session.duration_ms as f64,
        unit: "ms",
    });
    if let Some(proof) = &session.proof {
        rows.push(MetricRow { kind: "session", name: "runs".to_owned(), value: proof.runs as f64, unit: "runs" });
        for scanner in &proof.scanners {
            let row = |what: &str, value: u64, unit| MetricRow {
                kind: "scanner",
                name: format!("{} {what}", scanner.name),
                value: value as f64,
                unit,
            };
            rows.push(row("cpu", scanner.cost.cpu_ms, "ms"));
            rows.push(row("memory", scanner.cost.peak_bytes, "bytes"));
        }
    }
    rows
}

fn to_json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// The word of an enum without data.
fn word<T: Serialize>(value: &T) -> String {
    to_json(value).as_str().unwrap_or_default().to_owned()
}
