//! What a fixture says will be found: comments at the lines of sinks, compared with what is found.
//!
//! `flow: command <- request.args`: data of that source reaches a sink of that kind that begins on this line; `command?`
//! when the flow is not certain. Several are parted by `;`. A flow with a source that no comment expects is an error.
//!
//! `safe: command constant`: the sink is safe, and the reason is the word behind the kind: `constant` (nothing more to be
//! said), `decided`, `compared`, `checked`, `cleaned`, `harmless` (foreign data that does no harm there). `caller: sql`:
//! what callers give reaches it. `unknown: sql`: not understood. `none: sql`: no such sink was seen on the line.

use codeproof_dataflow::{Reason, Site, Verdict};

use crate::program::Program;

const WORDS: [&str; 5] = ["flow: ", "safe: ", "caller: ", "unknown: ", "none: "];

/// Checks every comment of a program against what is found in it; one line for each difference.
pub(crate) fn differences(program: &Program) -> Vec<String> {
    let analysis = program.analyse();
    let expected = expected(program);
    let mut found = Vec::new();
    for flow in analysis.flows.iter().filter(|flow| flow.source.trust.is_some()) {
        let path = analysis.paths[flow.sink.file as usize].as_str().to_owned();
        found.push((path, program.line(&analysis, flow.sink), program.shown(&analysis, flow)));
    }
    let mut differences = Vec::new();
    for (path, line, shown) in &found {
        let is_expected =
            expected.iter().any(|one| one.word == "flow: " && one.is_at(path, *line) && one.text == *shown);
        if !is_expected {
            differences.push((path.clone(), *line, format!("unexpected flow: {shown}")));
        }
    }
    for one in &expected {
        let problem = match one.word {
            "flow: " => {
                let is_found = found.iter().any(|(path, line, shown)| one.is_at(path, *line) && *shown == one.text);
                (!is_found).then(|| format!("no such flow: {}", one.text))
            }
            word => {
                let (kind, wanted) = one.text.split_once(' ').unwrap_or((&one.text, ""));
                let site = analysis.sites.iter().find(|site| {
                    site.kind.name() == kind
                        && one
                            .is_at(analysis.paths[site.sink.file as usize].as_str(), program.line(&analysis, site.sink))
                });
                let said = site.map_or("none: ".to_owned(), said);
                (said != format!("{word}{wanted}")).then(|| format!("expected {word}{}, found {said}", one.text))
            }
        };
        differences.extend(problem.map(|problem| (one.path.clone(), one.line, problem)));
    }
    for incomplete in &analysis.incomplete {
        let path = analysis.paths[incomplete.spot.file as usize].as_str().to_owned();
        let line = program.line(&analysis, incomplete.spot);
        differences.push((path, line, format!("the budget ran out in {}", incomplete.name)));
    }
    differences.sort();
    differences.into_iter().map(|(path, line, what)| format!("{path}:{line}: {what}")).collect()
}

/// One comment.
struct Expected {
    path: String,
    line: usize,
    word: &'static str,
    text: String,
}

impl Expected {
    fn is_at(&self, path: &str, line: usize) -> bool {
        self.path == path && self.line == line
    }
}

fn expected(program: &Program) -> Vec<Expected> {
    let mut all = Vec::new();
    for (path, text) in &program.files {
        for (number, line) in text.lines().enumerate() {
            let comments = ["# ", "// ", "/* "].iter().filter_map(|begin| Some(line.rfind(begin)? + begin.len()));
            let Some(comment) = comments.max().map(|at| &line[at..]) else { continue };
            let Some(word) = WORDS.into_iter().find(|word| comment.starts_with(word)) else { continue };
            let said = comment[word.len()..].split("*/").next().unwrap_or_default();
            for text in said.split(';') {
                all.push(Expected { path: path.clone(), line: number + 1, word, text: text.trim().to_owned() });
            }
        }
    }
    all
}

/// What a site's verdict is called in comments.
fn said(site: &Site) -> String {
    let reason = |reason: &Reason| match reason {
        Reason::Decided(..) => "decided",
        Reason::Compared(_) => "compared",
        Reason::Checked(_) => "checked",
        Reason::Cleaned(..) => "cleaned",
    };
    match &site.verdict {
        Verdict::Safe { harmless: Some(_), .. } => "safe: harmless".to_owned(),
        Verdict::Safe { reasons, .. } => format!("safe: {}", reasons.first().map_or("constant", reason)),
        Verdict::NotUnderstood => "unknown: ".to_owned(),
        Verdict::FromCaller => "caller: ".to_owned(),
        Verdict::Chain => "chain: ".to_owned(),
        Verdict::Unreachable => "unreachable: ".to_owned(),
    }
}
