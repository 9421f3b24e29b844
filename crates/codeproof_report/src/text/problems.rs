//! What was not, or not wholly, looked at: grouped, so that a thousand equal problems are one line.

use std::collections::BTreeMap;

use codeproof_types::{Problem, ProblemKind};

use super::{Style, TextOptions, paragraph};
use crate::{clean, numbers};

/// Paths shown for a group unless the reader wants all.
const PATHS_SHOWN: usize = 3;

/// Kinds in the order a reader needs them: what was lost first.
const ORDER: [ProblemKind; 6] = [
    ProblemKind::Unreadable,
    ProblemKind::Changed,
    ProblemKind::Engine,
    ProblemKind::Limit,
    ProblemKind::Syntax,
    ProblemKind::Binary,
];

/// What a kind means to the reader.
pub(crate) fn kind_text(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Unreadable => "could not be read",
        ProblemKind::Changed => "changed while the scan ran",
        ProblemKind::Engine => "an engine failed",
        ProblemKind::Limit => "over a limit",
        ProblemKind::Syntax => "syntax not understood in places",
        ProblemKind::Binary => "binary, not analysed",
    }
}

/// The kind of a text of [`kind_text`].
pub(crate) fn kind_of_text(text: &str) -> Option<ProblemKind> {
    ORDER.into_iter().find(|kind| kind_text(*kind) == text)
}

/// Problems of one kind, by message.
pub(crate) struct Group<'p> {
    pub kind: ProblemKind,
    pub by_message: Vec<(String, Vec<&'p Problem>)>,
}

impl Group<'_> {
    /// How many files the group is about; problems without a file count as one each.
    pub(crate) fn files(&self) -> usize {
        let problems = || self.by_message.iter().flat_map(|(_, problems)| problems);
        let mut paths: Vec<_> = problems().filter_map(|problem| problem.path.as_ref()).collect();
        paths.sort();
        paths.dedup();
        paths.len() + problems().filter(|problem| problem.path.is_none()).count()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_message.iter().map(|(_, problems)| problems.len()).sum()
    }

    /// `2 files over a limit`, `14 places in 3 files: …`.
    pub(crate) fn title(&self) -> String {
        let (problems, files) = (numbers::count(self.len()), numbers::count(self.files()));
        let files_text = numbers::counted(files, "file", "files");
        if problems == files {
            format!("{files_text}: {}", kind_text(self.kind))
        } else {
            let places = numbers::counted(problems, "place", "places");
            format!("{files_text}: {} ({places})", kind_text(self.kind))
        }
    }
}

/// Groups problems by kind, then by what was said.
pub(crate) fn groups(problems: &[Problem]) -> Vec<Group<'_>> {
    ORDER.into_iter().filter_map(|kind| group_of(kind, problems)).collect()
}

fn group_of(kind: ProblemKind, problems: &[Problem]) -> Option<Group<'_>> {
    let mut by_message: BTreeMap<String, Vec<&Problem>> = BTreeMap::new();
    for problem in problems.iter().filter(|problem| problem.kind == kind) {
        by_message.entry(clean::one_line(&problem.message)).or_default().push(problem);
    }
    let mut by_message: Vec<_> = by_message.into_iter().collect();
    by_message.sort_by_key(|(_, problems)| std::cmp::Reverse(problems.len()));
    (!by_message.is_empty()).then_some(Group { kind, by_message })
}

/// `path:line`, `path`, or nothing.
pub(crate) fn place(problem: &Problem) -> Option<String> {
    let path = clean::path(problem.path.as_ref()?);
    Some(problem.line.map_or_else(|| path.clone(), |line| format!("{path}:{line}")))
}

/// The lines that list all problems.
pub(super) fn draw(problems: &[Problem], options: &TextOptions) -> Vec<String> {
    let painter = options.painter();
    let mut lines = Vec::new();
    for group in groups(problems) {
        let style = if group.kind.is_failure() { Style::Alert } else { Style::Heading };
        let title = paragraph::wrap(&group.title(), options.columns() - 2);
        lines.extend(title.iter().map(|line| format!("  {}", painter.paint(style, line))));
        let shown = if options.verbose { usize::MAX } else { PATHS_SHOWN };
        for (message, problems) in group.by_message.iter().take(shown) {
            lines.extend(paragraph::wrap(message, options.columns() - 4).iter().map(|line| format!("    {line}")));
            lines.extend(draw_places(problems, shown, options));
        }
        let rest = group.by_message.len().saturating_sub(shown);
        if rest > 0 {
            let text = numbers::counted(numbers::count(rest), "other reason", "other reasons");
            lines.push(format!("    {}", painter.paint(Style::Quiet, &format!("and {text}"))));
        }
    }
    lines
}

fn draw_places(problems: &[&Problem], shown: usize, options: &TextOptions) -> Vec<String> {
    let painter = options.painter();
    let places: Vec<String> = problems.iter().filter_map(|problem| place(problem)).collect();
    let mut lines: Vec<String> =
        places.iter().take(shown).map(|place| format!("      {}", painter.paint(Style::Name, place))).collect();
    let rest = places.len().saturating_sub(shown);
    if rest > 0 {
        let text = format!("and {} more", numbers::grouped(numbers::count(rest)));
        lines.push(format!("      {}", painter.paint(Style::Quiet, &text)));
    }
    lines
}
