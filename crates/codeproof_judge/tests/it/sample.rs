//! What the tests have in common: a chunk, a finding, a key.

use codeproof_judge::{AnchoredDraft, CodeLines, PromptKey};
use codeproof_types::{
    Confidence, ContentHash, Cwe, Evidence, EvidenceRole, Finding, Language, Location, ModelDraft, Origin, RepoPath,
    Severity, State, Tier,
};

/// A handler with one real weakness, one safe neighbour, and lines that could stand anywhere.
pub(crate) const HANDLER: &str = "\
def export(request):
    # choose the format first
    name = request.args.get(\"name\")
    kind = ALLOWED.get(request.args.get(\"kind\"), \"csv\")

    command = \"tar czf /srv/out.tgz \" + name
    os.system(command)
    subprocess.run([\"tar\", \"czf\", kind, name], check=True)
    log.info(\"done %s\", name)
    return 0
";

pub(crate) fn key() -> PromptKey {
    PromptKey::new([7; 32])
}

/// `text` as lines of a Python file from line 20 on.
pub(crate) fn chunk(text: &str) -> CodeLines {
    CodeLines {
        path: RepoPath::new("app/export.py").unwrap(),
        language: Some(Language::Python),
        symbol: Some("export".to_owned()),
        preamble: vec![(1, "import os".to_owned()), (2, "import subprocess".to_owned())],
        first_line: 20,
        lines: text.lines().map(str::to_owned).collect(),
    }
}

pub(crate) fn location(line: u32) -> Location {
    Location {
        path: RepoPath::new("app/export.py").unwrap(),
        first_line: line,
        last_line: line,
        first_column: None,
        last_column: None,
        content_hash: ContentHash::of(b"export"),
    }
}

/// A detector's finding in line 26 of the handler.
pub(crate) fn finding() -> Finding {
    Finding {
        id: None,
        fingerprint: "0".repeat(32).into(),
        rule_id: "python-os-system".to_owned(),
        title: "Command built from parts".to_owned(),
        severity: Severity::High,
        tier: Tier::Weakness,
        cwe: Some(Cwe(78)),
        category: None,
        origin: Origin::Detector,
        confidence: Confidence::High,
        location: location(26),
        evidence: vec![evidence(26, "    os.system(command)", EvidenceRole::Sink)],
        message: "The command holds `name`, which comes from the request.".to_owned(),
        remediation: "Pass a list.".to_owned(),
        votes: None,
        source_models: Vec::new(),
        judgement: None,
        state: State::Open,
        suppression: None,
        secret: None,
        baseline_state: None,
    }
}

pub(crate) fn evidence(line: u32, quote: &str, role: EvidenceRole) -> Evidence {
    let note = match role {
        EvidenceRole::Source => "a parameter of the request",
        _ => "",
    };
    Evidence { location: location(line), quote: quote.to_owned(), role, note: note.to_owned() }
}

/// A draft of one line that was found where it was claimed.
pub(crate) fn anchored(analyzer: &str, line: u32, cwe: Option<u32>, severity: Severity, code: &str) -> AnchoredDraft {
    AnchoredDraft {
        path: RepoPath::new("app/export.py").unwrap(),
        draft: ModelDraft {
            analyzer: analyzer.to_owned(),
            model: format!("{analyzer}-model"),
            title: format!("{analyzer} says"),
            cwe: cwe.map(Cwe),
            severity,
            claimed_line: Some(line),
            line,
            reason: format!("because {analyzer} read line {line}"),
        },
        last_line: line,
        code: code.to_owned(),
        is_relocated: false,
    }
}
