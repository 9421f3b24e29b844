//! `enrich`: the report of a verified finding.
//!
//! ```text
//! *FINDING: title   *CATEGORY: CWE-78 name   *SEVERITY: High   *CVSS: 8.1   *IMPACTED_CODE: code
//! *VULNERABILITY_DETAILS: text   *PROOF_OF_CONCEPT: code   *CORRECTED_CODE: code
//! *REMEDIATION_STEPS: list   *REFERENCES: list of addresses   *END_FINDING
//! ```

use codeproof_types::{Cwe, Severity};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::ReplyStatus;
use crate::context::CodeContext;
use crate::echo::Planted;
use crate::json;
use crate::lists::{addresses, steps};
use crate::markers::{Field, Grammar, Opening, Record, Shape};
use crate::outcome::Barren;
use crate::spoken;
use crate::text::Answer;
use crate::values::{capitalised, cvss_score, cwe_in, severity_or_medium};

/// The reports in an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnrichmentReply {
    /// What the answer amounts to.
    pub status: ReplyStatus,
    /// The reports in order; callers ask for one and keep the first.
    pub findings: Vec<Enrichment>,
}

/// One report. Texts are empty where the model gave none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Enrichment {
    /// A few words.
    pub title: String,
    /// The weakness class.
    pub cwe: Option<Cwe>,
    /// One of four levels; medium when nothing known was said.
    #[serde(serialize_with = "capitalised")]
    pub severity: Severity,
    /// CVSS base score, 0.0-10.0, as given or computed from the vector given.
    pub cvss: Option<f64>,
    /// The code that is wrong.
    pub impacted_code: String,
    /// What is wrong.
    pub vulnerability_details: String,
    /// How to show it.
    pub proof_of_concept: String,
    /// The code as it should be.
    pub corrected_code: String,
    /// What to do, step by step, without numbers and bullets.
    pub remediation_steps: Vec<String>,
    /// Addresses that start with `http://` or `https://`, each once.
    pub references: Vec<String>,
    /// Its end was there.
    pub complete: bool,
}

static GRAMMAR: Grammar = Grammar {
    fields: &[
        Field { names: &["FINDING", "TITLE"], shape: Shape::Line },
        Field { names: &["CATEGORY", "CWE", "TYPE"], shape: Shape::Line },
        Field { names: &["SEVERITY"], shape: Shape::Line },
        Field { names: &["CVSS", "CVSS_SCORE", "CVSS_VECTOR"], shape: Shape::Line },
        Field { names: &["IMPACTED_CODE", "VULNERABLE_CODE", "AFFECTED_CODE"], shape: Shape::Code },
        Field { names: &["VULNERABILITY_DETAILS", "DETAILS", "DESCRIPTION"], shape: Shape::Prose },
        Field { names: &["PROOF_OF_CONCEPT", "POC", "EXPLOIT"], shape: Shape::Code },
        Field { names: &["CORRECTED_CODE", "FIXED_CODE", "SECURE_CODE"], shape: Shape::Code },
        Field { names: &["REMEDIATION_STEPS", "REMEDIATION", "REMEDIATION_STEP", "STEPS"], shape: Shape::Prose },
        Field { names: &["REFERENCES", "REFERENCE"], shape: Shape::Prose },
    ],
    ends: &["END_FINDING", "FINDING_END", "ENDFINDING"],
    opening: Opening::FirstField,
    words: &[],
};

/// Reads the reports in an answer.
pub fn read_enrichment(answer: &Answer, context: &CodeContext) -> EnrichmentReply {
    let planted = Planted::in_code(&GRAMMAR, &context.plain_code());
    let marked = spoken::marked(answer, &GRAMMAR, &planted);
    let stands = |record: &&Record| record.has_more_than_first() && (record.cut_in.is_none() || has_body(record));
    let mut findings: Vec<Enrichment> = Vec::new();
    for finding in marked.records.iter().filter(stands).map(enrichment) {
        if findings.last() != Some(&finding) {
            findings.push(finding);
        }
    }
    if !findings.is_empty() {
        return EnrichmentReply { status: ReplyStatus::Ok, findings };
    }
    if let Some(reply) = from_json(answer, &planted) {
        return reply;
    }
    let barren = Barren { text: &marked.text, cut: answer.is_cut(), echoed: marked.echoed, may_be_clean: false };
    EnrichmentReply { status: barren.status(), findings }
}

/// Whether a report that was cut off got as far as saying something.
fn has_body(record: &Record) -> bool {
    (4..GRAMMAR.fields.len()).any(|field| !record.value(field).is_empty())
}

fn enrichment(record: &Record) -> Enrichment {
    Enrichment {
        title: record.value(0).to_owned(),
        cwe: cwe_in(record.value(1)),
        severity: severity_or_medium(record.value(2)),
        cvss: cvss_score(record.value(3)),
        impacted_code: record.value(4).to_owned(),
        vulnerability_details: record.value(5).to_owned(),
        proof_of_concept: record.value(6).to_owned(),
        corrected_code: record.value(7).to_owned(),
        remediation_steps: steps(record.value(8)),
        references: addresses(record.value(9)),
        complete: record.complete,
    }
}

const TITLE_NAMES: &[&str] = &["title", "finding", "name"];

fn from_json(answer: &Answer, planted: &Planted) -> Option<EnrichmentReply> {
    let (text, found) = spoken::json(answer);
    let fits = |map: &Map<String, Value>| {
        json::first_of(map, TITLE_NAMES).is_some_and(Value::is_string)
            && json::first_of(
                map,
                &["vulnerability_details", "details", "description", "cvss", "remediation_steps", "corrected_code"],
            )
            .is_some()
    };
    let items = json::items(&found, &["findings"], fits)?;
    if planted.holds_json(&text[items.found.start..items.found.end]) {
        return Some(EnrichmentReply { status: ReplyStatus::EchoOnly, findings: Vec::new() });
    }
    let findings: Vec<Enrichment> =
        items.items.iter().filter_map(Value::as_object).filter(|map| fits(map)).map(of_json).collect();
    let status = match (findings.is_empty(), items.cut) {
        (false, _) => ReplyStatus::Ok,
        (true, true) => ReplyStatus::Truncated,
        (true, false) => ReplyStatus::Malformed,
    };
    Some(EnrichmentReply { status, findings })
}

fn of_json(map: &Map<String, Value>) -> Enrichment {
    let text = |names: &[&str]| json::text_in(map, names);
    Enrichment {
        title: text(TITLE_NAMES),
        cwe: ["category", "cwe", "type"].iter().find_map(|name| cwe_in(&text(&[name]))),
        severity: severity_or_medium(&text(&["severity"])),
        cvss: cvss_score(&text(&["cvss", "cvss_score", "cvss_vector"])),
        impacted_code: text(&["impacted_code", "vulnerable_code"]),
        vulnerability_details: text(&["vulnerability_details", "details", "description"]),
        proof_of_concept: text(&["proof_of_concept", "poc"]),
        corrected_code: text(&["corrected_code", "fixed_code"]),
        remediation_steps: steps(&text(&["remediation_steps", "remediation"])),
        references: addresses(&text(&["references", "reference"])),
        complete: true,
    }
}
