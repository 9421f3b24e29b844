//! A small project and a report about it, with one of everything a report must cope with.

use std::collections::BTreeMap;

use codeproof_types::{
    BaselineState, Category, ClassCounts, Comparison, Confidence, ContentHash, Cwe, Evidence, EvidenceRole, Finding,
    FindingId, Fingerprint, FingerprintParts, Language, LanguageCounts, Location, Origin, Problem, ProblemKind,
    RepoPath, RuleInfo, ScanId, ScanInfo, ScanReport, ScanStatus, ScanSummary, SecretInfo, Severity, SnippetError,
    Snippets, State, Suppression, Tier, Votes,
};

/// Files in memory, read as the pipeline reads them.
pub(crate) struct Project {
    files: BTreeMap<RepoPath, String>,
}

impl Snippets for Project {
    fn lines(&self, path: &RepoPath, hash: ContentHash, first: u32, last: u32) -> Result<Vec<String>, SnippetError> {
        let text = self.files.get(path).ok_or_else(|| SnippetError::Unreadable {
            path: path.clone(),
            why: "No such file or directory (os error 2)".to_owned(),
        })?;
        if ContentHash::of(text.as_bytes()) != hash {
            return Err(SnippetError::Changed { path: path.clone() });
        }
        let wanted = text.lines().enumerate().skip(first as usize - 1).take((last - first + 1) as usize);
        Ok(wanted.map(|(_, line)| line.to_owned()).collect())
    }
}

/// The project's files.
pub(crate) fn project() -> Project {
    let mut files = BTreeMap::new();
    for (path, text) in sources() {
        files.insert(self::path(path), text);
    }
    // This one was edited after the scan.
    files.insert(path("src/legacy.c"), "int main(void) { return 1; }\n".to_owned());
    Project { files }
}

fn sources() -> Vec<(&'static str, String)> {
    let views = "\
from django.db import connection


def search(request):
    term = request.GET[\"q\"]
    query = \"SELECT * FROM book WHERE title = '\" + term + \"'\"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
";
    let copy = "\
#include <string.h>

void name(char *to, const char *from)
{
\tchar line[16];
\tif (from) {\tstrcpy(line, from); }
\tstrcpy(to, line);
}
";
    let page = "<?php\n$標題 = '書';\necho '<h1>書名：' . $_GET['書'] . '</h1>';\n";
    let packed = format!("{}eval(location.hash);{}", "var a=1;".repeat(300), "b();".repeat(600));
    let settings = format!("DEBUG = False\nTOKEN = \"{}\"\n", masked());
    let suppressed = "import hashlib\n\n\ndef etag(body):\n    return hashlib.md5(body).hexdigest()  # nosec\n";
    vec![
        ("src/views.py", views.to_owned()),
        ("src/copy.c", copy.to_owned()),
        ("www/目錄 (1)/page.php", page.to_owned()),
        ("www/packed.js", packed),
        ("settings.py", settings),
        ("src/etag.py", suppressed.to_owned()),
    ]
}

/// What the mask makes of a token: its published prefix, and a star for every other character.
fn masked() -> String {
    format!("{}_{}", "ghp", "*".repeat(36))
}

/// The report: eight open findings, two set aside, seven problems.
pub(crate) fn report() -> ScanReport {
    project_report(findings())
}

/// A report about the project with these findings.
pub(crate) fn project_report(findings: Vec<Finding>) -> ScanReport {
    let mut summary = ScanSummary {
        files: 1_204,
        bytes: 9_731_004,
        lines: 251_337,
        classes: ClassCounts { first_party: 1_090, test: 80, vendored: 30, generated: 3, minified: 1 },
        languages: BTreeMap::from([
            (Language::C, LanguageCounts { files: 120, lines: 60_000 }),
            (Language::Php, LanguageCounts { files: 1, lines: 3 }),
            (Language::Python, LanguageCounts { files: 812, lines: 180_421 }),
        ]),
        cache_hits: 1_100,
        cache_misses: 104,
        files_not_read: 5,
        ..ScanSummary::default()
    };
    summary.count_findings(&findings);
    ScanReport {
        scan: scan(),
        summary,
        findings,
        problems: problems(),
        rules: vec![sql_rule()],
        notes: vec!["codeproof.toml of the project leaves out `docs/**` and lowers the size limit to 1 MiB".to_owned()],
        comparison: None,
        safe_sites: None,
        models: None,
    }
}

/// What was scanned.
pub(crate) fn scan() -> ScanInfo {
    ScanInfo {
        commit: None,
        id: Some(ScanId(17)),
        target: "projects/book shop".to_owned(),
        version: "0.1.0".to_owned(),
        status: ScanStatus::Completed,
        started_at_ms: 1_795_266_098_123,
        duration_ms: 1_421,
    }
}

/// A scan that found nothing.
pub(crate) fn empty_report() -> ScanReport {
    let mut report = report();
    report.findings.clear();
    report.problems.clear();
    report.rules.clear();
    report.notes.clear();
    report.summary = ScanSummary { files: 12, lines: 1_000, bytes: 30_000, cache_misses: 12, ..ScanSummary::default() };
    report
}

/// The report compared with an earlier one: of the open findings three are new, one was fixed since, the others are known.
pub(crate) fn compared_report() -> ScanReport {
    let mut report = report();
    for (at, finding) in report.findings.iter_mut().enumerate() {
        finding.baseline_state = Some(if at < 3 { BaselineState::New } else { BaselineState::Unchanged });
    }
    report.findings.push(Finding {
        state: State::Fixed,
        baseline_state: Some(BaselineState::Absent),
        ..finding("c-strcat", "Unbounded append", Severity::High, 120, "src/old.c", 9, 5, 16, "    strcat(a, b);")
    });
    report.comparison = Some(Comparison {
        baseline: "reports/main.json".to_owned(),
        scanned_at_ms: Some(1_795_000_000_000),
        new: 3,
        unchanged: 5,
        fixed: 1,
        not_looked_for: 2,
    });
    report
}

/// The rule with all its texts.
pub(crate) fn sql_rule() -> RuleInfo {
    RuleInfo {
        id: "python-sql-concat".to_owned(),
        title: "SQL query built from request data".to_owned(),
        severity: Severity::Critical,
        tier: Tier::Vulnerability,
        cwe: Some(Cwe(89)),
        category: None,
        languages: vec![Language::Python],
        message: "The query text is put together from a value of the request.".to_owned(),
        why:
            "Whoever sends the request writes part of the SQL.\n\nThey can read or change every row the database user \
              may touch."
                .to_owned(),
        remediation: "Pass the value as a parameter: `cursor.execute(sql, [term])`.".to_owned(),
        definite: false,
        safe_variants: vec![
            "values beside a constant text: `cursor.execute(\"SELECT 1 WHERE a = %s\", [term])`".to_owned(),
        ],
        limits: "The value may have been checked in a way the rule does not know.".to_owned(),
        bad: vec!["term = request.GET[\"q\"]\ncursor.execute(\"SELECT '\" + term + \"'\")".to_owned()],
        good: vec!["cursor.execute(\"SELECT 1\")".to_owned(), "cursor.execute(sql, [term])".to_owned()],
        defined_in: "built in".to_owned(),
    }
}

fn findings() -> Vec<Finding> {
    vec![secret(), copy(6, 14, 31), copy(7, 2, 17), etag(), gone(), changed(), sql(), cjk(), packed(), rejected()]
}

/// A token in settings: masked everywhere.
fn secret() -> Finding {
    let token = masked();
    Finding {
        category: Some(Category::SecretExposure),
        secret: Some(SecretInfo { kind: "github-pat".to_owned(), salted_hash: "0123456789abcdef".repeat(2) }),
        message: "A personal access token of GitHub stands in the source. Everybody who can read the repository, or \
                  an old clone of it, can use it."
            .to_owned(),
        remediation: "Revoke the token at GitHub, then read it from the environment or a secret store.".to_owned(),
        ..finding(
            "secret-github-pat",
            "GitHub token in a file",
            Severity::Critical,
            798,
            "settings.py",
            2,
            10,
            49,
            &format!("TOKEN = \"{token}\""),
        )
    }
}

fn copy(line: u32, first: u32, last: u32) -> Finding {
    let quote = if line == 6 { "\tif (from) {\tstrcpy(line, from); }" } else { "\tstrcpy(to, line);" };
    Finding {
        tier: Tier::Weakness,
        confidence: Confidence::Medium,
        message: "`strcpy` copies until a NUL byte, whatever the size of the target.".to_owned(),
        remediation:
            "Use a copy that knows the size, and check what it returns: `snprintf(to, sizeof to, \"%s\", from)`."
                .to_owned(),
        ..finding("c-strcpy", "Unbounded copy", Severity::High, 120, "src/copy.c", line, first, last, quote)
    }
}

fn etag() -> Finding {
    Finding {
        state: State::Suppressed,
        suppression: Some(Suppression { marker: "nosec".to_owned(), reason: "an ETag, no secret".to_owned(), line: 5 }),
        tier: Tier::Weakness,
        ..finding("python-md5", "Weak hash", Severity::Medium, 328, "src/etag.py", 5, 12, 28, "hashlib.md5(body)")
    }
}

/// Its file is no longer there.
fn gone() -> Finding {
    Finding {
        id: Some(FindingId(5)),
        votes: Some(Votes { verify: 3, weakness: 1, reject: 0, abstain: 1 }),
        ..finding(
            "c-gets",
            "gets reads without a bound",
            Severity::Critical,
            242,
            "src/gone.c",
            120,
            5,
            13,
            "gets(line)",
        )
    }
}

/// Its file was edited; the span is longer than is shown.
fn changed() -> Finding {
    let mut finding = finding(
        "c-format",
        "Format string from outside",
        Severity::Medium,
        134,
        "src/legacy.c",
        40,
        5,
        2,
        "printf(\n    text,\n    a,\n    b,\n    c,\n    d)",
    );
    finding.location.last_line = 45;
    finding.evidence[0].location.last_line = 45;
    finding.tier = Tier::Weakness;
    finding
}

/// Three hops and a place beside them.
fn sql() -> Finding {
    let rule = sql_rule();
    let hop = |line, first, last, quote: &str, role, note: &str| Evidence {
        location: at("src/views.py", line, first, last),
        quote: quote.to_owned(),
        role,
        note: note.to_owned(),
    };
    let evidence = vec![
        hop(5, 12, 27, "request.GET[\"q\"]", EvidenceRole::Source, "a value of the request"),
        hop(
            6,
            13,
            61,
            "\"SELECT * FROM book WHERE title = '\" + term + \"'\"",
            EvidenceRole::Step,
            "becomes part of the text of a query, and nothing on the way there quotes it or refuses what is not a title",
        ),
        hop(8, 9, 29, "cursor.execute(query)", EvidenceRole::Sink, "runs as SQL"),
        hop(1, 1, 33, "from django.db import connection", EvidenceRole::Context, "the database"),
    ];
    Finding {
        evidence,
        message: rule.message,
        remediation: rule.remediation,
        ..finding(&rule.id, &rule.title, rule.severity, 89, "src/views.py", 8, 9, 29, "cursor.execute(query)")
    }
}

/// Wide characters before and in the span, in a path that a URI cannot hold as it is.
fn cjk() -> Finding {
    Finding {
        message: "The page prints `$_GET` as it came: <script> in the address runs in the reader's browser.".to_owned(),
        remediation: "Print `htmlspecialchars($value, ENT_QUOTES)`.".to_owned(),
        ..finding(
            "php-echo-superglobal",
            "Request data in the page",
            Severity::High,
            79,
            "www/目錄 (1)/page.php",
            3,
            20,
            29,
            "$_GET['書']",
        )
    }
}

/// The middle of a line of 4,820 characters.
fn packed() -> Finding {
    Finding {
        origin: Origin::Draft,
        confidence: Confidence::Low,
        source_models: vec!["model-a".to_owned()],
        tier: Tier::Weakness,
        ..finding(
            "js-eval",
            "Eval of the address",
            Severity::Low,
            95,
            "www/packed.js",
            1,
            2401,
            2419,
            "eval(location.hash)",
        )
    }
}

fn rejected() -> Finding {
    Finding {
        state: State::Rejected,
        ..finding("js-eval", "Eval of the address", Severity::Low, 95, "www/packed.js", 1, 1, 3, "var")
    }
}

#[expect(clippy::too_many_arguments, reason = "one row of a table of findings")]
pub(crate) fn finding(
    rule_id: &str,
    title: &str,
    severity: Severity,
    cwe: u32,
    path: &str,
    line: u32,
    first_column: u32,
    last_column: u32,
    quote: &str,
) -> Finding {
    let location = at(path, line, first_column, last_column);
    let parts = FingerprintParts { rule_id, path: &location.path, symbol: "", line_text: quote, ordinal: 0 };
    Finding {
        id: None,
        fingerprint: Fingerprint::of(parts),
        rule_id: rule_id.to_owned(),
        title: title.to_owned(),
        severity,
        tier: Tier::Vulnerability,
        cwe: Some(Cwe(cwe)),
        category: None,
        origin: Origin::Detector,
        confidence: Confidence::High,
        evidence: vec![Evidence {
            location: location.clone(),
            quote: quote.to_owned(),
            role: EvidenceRole::Sink,
            note: String::new(),
        }],
        location,
        message: format!("{title}: what is wrong here."),
        remediation: "What to write instead.".to_owned(),
        votes: None,
        source_models: vec![],
        state: State::Open,
        suppression: None,
        secret: None,
        judgement: None,
        baseline_state: None,
    }
}

/// A place in the file as it was scanned.
fn at(path_text: &str, line: u32, first_column: u32, last_column: u32) -> Location {
    let text = sources().into_iter().find(|(path, _)| *path == path_text).map_or_else(String::new, |(_, text)| text);
    Location {
        path: path(path_text),
        first_line: line,
        last_line: line,
        first_column: Some(first_column),
        last_column: Some(last_column),
        content_hash: ContentHash::of(text.as_bytes()),
    }
}

fn problems() -> Vec<Problem> {
    let problem = |path_text: &str, line, kind, message: &str| Problem {
        path: Some(path(path_text)),
        line,
        kind,
        message: message.to_owned(),
    };
    let mut problems = vec![
        problem(
            "data/dump.sql",
            None,
            ProblemKind::Limit,
            "203.1 MiB is over the limit of 2.0 MiB; raise it with max_file_bytes",
        ),
        problem("src/old.py", Some(3), ProblemKind::Syntax, "the text does not follow the grammar"),
        problem("src/old.py", Some(9), ProblemKind::Syntax, "the text does not follow the grammar"),
        problem("var/lock", None, ProblemKind::Unreadable, "Permission denied (os error 13)"),
    ];
    problems.extend(
        ["a.png", "b.png", "c.png", "d.png", "e.png"]
            .map(|name| problem(&format!("img/{name}"), None, ProblemKind::Binary, "the bytes are not text")),
    );
    problems
}

/// A path inside the project.
pub(crate) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("the fixture's paths are inside the project")
}
