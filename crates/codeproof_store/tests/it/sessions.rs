//! Splitter sessions as rows: two steps, checksums, backups.

use codeproof_store::{
    Activity, BoundaryRow, MetricRow, ModelRunRow, NewSession, ParameterRow, ParameterVerdict, SecurityRow, SessionEnd,
    SessionKey, SplitRows, Store, TemplateRow, ValidationRow,
};
use codeproof_types::{ErrorCategory, ErrorEvent, ErrorSeverity, RecoveryAction, SessionPhase, SessionStatus};
use serde_json::json;

use crate::fixture::{Place, on_both_databases};

on_both_databases! {
    a_session_becomes_rows,
    a_killed_session_stays_running,
    changed_parameters_are_found_and_put_back,
}

fn parameter(line: u32, value: &str) -> ParameterRow {
    ParameterRow {
        line,
        ordinal: 0,
        name: "MIN\u{0}GAP".to_owned(),
        kind: "inline".to_owned(),
        type_name: "float".to_owned(),
        value: value.to_owned(),
        expression: "gap >= .5".to_owned(),
        reason: "it stands in the comparison".to_owned(),
        impact: Some("high".to_owned()),
        description: None,
        shared: false,
        confidence: Some(0.9),
    }
}

fn template(form: &str) -> TemplateRow {
    TemplateRow {
        name: "gap.py".to_owned(),
        form: form.to_owned(),
        code: "print()\n".to_owned(),
        dependencies: Vec::new(),
        validation: None,
        metadata: json!({}),
        path: Some("/out/gap.py".to_owned()),
        sha256: "00".to_owned(),
    }
}

fn boundary(name: &str, parameters: Vec<ParameterRow>) -> BoundaryRow {
    BoundaryRow {
        scanner_name: name.to_owned(),
        start_line: 3,
        end_line: 9,
        confidence: 0.93,
        boundary_type: "function_based".to_owned(),
        detected_patterns: vec!["returns rows".to_owned()],
        namespace: format!("ns_{name}_1"),
        dependencies: Vec::new(),
        validation_status: "valid".to_owned(),
        context_metadata: json!({"args": 1}),
        parameters,
        template: template("slice"),
    }
}

async fn begun(store: &Store) -> SessionKey {
    let session = NewSession {
        filename: "scanners.py".to_owned(),
        source_sha256: "ab".to_owned(),
        source_bytes: 9,
        output_folder: None,
        settings: json!({"prove": true}),
    };
    store.begin_session(session).await.unwrap()
}

async fn with_split(store: &Store) -> SessionKey {
    let key = begun(store).await;
    let security = SecurityRow {
        level: "safe".to_owned(),
        risk_score: 0.0,
        execution_allowed: true,
        threats: json!([]),
        recommendations: Vec::new(),
    };
    let rows = SplitRows {
        // Two values on one line, as flag columns have them.
        boundaries: vec![
            boundary("gap", vec![parameter(5, "0.5"), parameter(4, "10"), parameter(5, "[1.0,2]")]),
            boundary("volume", vec![parameter(7, "1e20")]),
        ],
        security: Some(security),
        boundary_detection_ms: 2,
        parameter_isolation_ms: 3,
        template_generation_ms: 4,
    };
    store.store_split(key.id, &rows).await.unwrap();
    key
}

fn end() -> SessionEnd {
    SessionEnd {
        status: SessionStatus::Completed,
        degraded: vec!["no model".to_owned()],
        events: vec![ErrorEvent {
            category: ErrorCategory::ExecutionRuntime,
            phase: SessionPhase::Execution,
            severity: ErrorSeverity::Medium,
            message: "the slice differs".to_owned(),
            scanner: Some("gap".to_owned()),
            recovery: RecoveryAction::Fallback,
            attempted: true,
            succeeded: true,
        }],
        validation: Some(ValidationRow {
            isolation_score: Some(1.0),
            contamination: Vec::new(),
            tests: json!([{"scanner": "gap", "verdict": "proven"}]),
            recommendations: Vec::new(),
            passed: true,
        }),
        verdicts: vec![ParameterVerdict {
            namespace: "ns_volume_1".to_owned(),
            line: 7,
            name: "MIN\u{0}GAP".to_owned(),
            verdict: "own_rows_only".to_owned(),
        }],
        templates: vec![("ns_gap_1".to_owned(), template("whole_program"))],
        metrics: vec![MetricRow { kind: "scanner", name: "gap".to_owned(), value: 41.5, unit: "ms" }],
        models: vec![ModelRunRow {
            model_type: "boundary_detection",
            operation: "segments",
            confidence: Some(0.8),
            accuracy: None,
            duration_ms: 12,
            version: Some("m".to_owned()),
            input_bytes: 9,
            error: None,
        }],
        duration_ms: 1234,
    }
}

async fn ask(place: &Place, sql: &'static str) -> i64 {
    let mut stranger = place.stranger().await;
    let answer = stranger.ask(sql).await;
    stranger.leave().await;
    answer
}

async fn a_session_becomes_rows(place: Place) {
    let store = place.open().await;
    let key = with_split(&store).await;
    store.set_session_phase(key.id, SessionPhase::Execution, 60).await.unwrap();
    store.finish_session(key.id, &end()).await.unwrap();
    let session = store.session(&key.public_id).await.unwrap().unwrap();
    assert_eq!(session.status, SessionStatus::Completed);
    assert_eq!((session.progress, session.scanners, session.isolation_score), (100, 2, Some(1.0)));
    assert_eq!(store.session(&key.id.to_string()).await.unwrap().as_ref(), Some(&session));
    assert_eq!(store.sessions(5).await.unwrap(), [session]);
    let templates = store.session_templates(key.id).await.unwrap();
    assert_eq!(templates.len(), 2);
    store.close().await.unwrap();
    for (sql, count) in [
        ("SELECT COUNT(*) FROM isolated_parameters", 4),
        ("SELECT COUNT(*) FROM isolated_parameters WHERE validation_status = 'own_rows_only'", 1),
        ("SELECT COUNT(*) FROM isolated_parameters WHERE line_number = 5 AND ordinal = 1", 1),
        ("SELECT COUNT(*) FROM generated_templates WHERE form = 'whole_program'", 1),
        ("SELECT COUNT(*) FROM error_events WHERE recovery_action = 'fallback'", 1),
        ("SELECT COUNT(*) FROM isolation_validations WHERE validation_passed", 1),
        ("SELECT COUNT(*) FROM performance_metrics", 1),
        ("SELECT COUNT(*) FROM ai_model_performance", 1),
        ("SELECT COUNT(*) FROM security_analyses WHERE filename = 'scanners.py'", 1),
    ] {
        assert_eq!(ask(&place, sql).await, count, "{sql}");
    }
}

async fn a_killed_session_stays_running(place: Place) {
    let store = place.open().await;
    let key = with_split(&store).await;
    let session = store.session(&key.public_id).await.unwrap().unwrap();
    assert_eq!((session.status, session.scanners), (SessionStatus::Running, 2));
    assert_eq!(session.activity, Activity::Running, "by this very process");
    let mut stranger = place.stranger().await;
    stranger.run("UPDATE scanner_sessions SET process = replace(process, '@', '@9')").await;
    stranger.leave().await;
    let activity = store.session(&key.public_id).await.unwrap().map(|session| session.activity);
    assert_ne!(activity, Some(Activity::Running), "nobody's process");
    assert!(store.session("no such one").await.unwrap().is_none());
    store.close().await.unwrap();
}

async fn changed_parameters_are_found_and_put_back(place: Place) {
    let store = place.open().await;
    let key = with_split(&store).await;
    assert!(store.verify_session(key.id).await.unwrap().iter().all(|state| state.is_intact()));
    store.close().await.unwrap();

    let mut stranger = place.stranger().await;
    stranger.run("UPDATE isolated_parameters SET parameter_value = '0.7' WHERE line_number = 5 AND ordinal = 0").await;
    stranger.run("DELETE FROM isolated_parameters WHERE line_number = 7").await;
    stranger.run("UPDATE parameter_backups SET parameters = '[]' WHERE namespace_id = 'ns_volume_1'").await;
    stranger.leave().await;

    let store = place.open().await;
    let states = store.verify_session(key.id).await.unwrap();
    let told = |states: &[codeproof_store::NamespaceState]| {
        states.iter().map(|it| (it.scanner.clone(), it.is_intact(), it.backup_is_whole)).collect::<Vec<_>>()
    };
    assert_eq!(told(&states), [("gap".to_owned(), false, true), ("volume".to_owned(), false, false)]);
    assert_eq!(store.restore_parameters(key.id).await.unwrap(), 1);
    let states = store.verify_session(key.id).await.unwrap();
    assert_eq!(told(&states), [("gap".to_owned(), true, true), ("volume".to_owned(), false, false)]);
    store.close().await.unwrap();
}
