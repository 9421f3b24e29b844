//! The parts of a message about a finding, each in the order in which it would be missed.

use codeproof_types::EvidenceRole;

use super::VerifyInput;
use crate::fence::{Fence, numbered, one_line, quoted};

/// Characters of a line that are shown; longer ones are data or were packed by a program.
const LINE_CHARACTERS_MAX: usize = 600;

/// Characters of the scanner's reason at each stage of cutting, and of each line of the reported code.
const STAGES: [(usize, usize); 3] = [(1_500, LINE_CHARACTERS_MAX), (200, 200), (0, 80)];

/// Characters of the finding's title.
const TITLE_CHARACTERS_MAX: usize = 160;

/// Lines of the reported code that are shown.
const REPORTED_LINES_MAX: usize = 12;

/// The finding itself.
pub(super) struct Reported {
    head: String,
    code: Vec<(u32, String)>,
    reason: String,
    stage: usize,
    /// Code and reason as they were, for recognising echoes.
    pub(super) plain: String,
}

impl Reported {
    pub(super) fn of(input: &VerifyInput<'_>) -> Self {
        let finding = input.finding;
        let place = &finding.location;
        let cwe = finding.cwe.map_or_else(|| "not given".to_owned(), |cwe| cwe.to_string());
        let title = flat(&finding.title, TITLE_CHARACTERS_MAX);
        let mut head = format!("Title: {title}\nType: {cwe}\nSeverity: {}\n", capital(finding.severity.name()));
        head.push_str(&format!("Line: {}\nFile: {}\n", place.first_line, quoted(place.path.as_str())));
        if let Some(symbol) = &input.code.symbol {
            head.push_str(&format!("Inside: {}\n", quoted(symbol)));
        }
        let code = reported_code(input);
        let quote: String = code.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect();
        let plain = format!("{quote}{}\n{}\n", finding.title, finding.message);
        Self { head, code, reason: finding.message.clone(), stage: 0, plain }
    }

    /// Cuts its words; `false` when they are as short as they can be.
    pub(super) fn shorten(&mut self) -> bool {
        let can = self.stage + 1 < STAGES.len();
        self.stage += usize::from(can);
        can
    }

    pub(super) fn text(&self) -> String {
        let (reason_max, line_max) = STAGES[self.stage];
        let lines = if self.stage + 1 < STAGES.len() { REPORTED_LINES_MAX } else { 1 };
        let code: Vec<(u32, String)> =
            self.code.iter().take(lines).map(|(number, line)| (*number, shortened(line, line_max))).collect();
        let code = numbered(code.iter().map(|(number, line)| (*number, line.as_str())));
        let reason = flat(&self.reason, reason_max);
        let reason = if reason.is_empty() { "none".to_owned() } else { reason };
        format!("{}[Reported Code]\n{code}[Scanner's Reason]\nClaim: {reason}\n", self.head)
    }
}

/// The lines of the finding: as its evidence quotes them, or as they stand in the code around.
fn reported_code(input: &VerifyInput<'_>) -> Vec<(u32, String)> {
    let place = &input.finding.location;
    let sink = input
        .finding
        .evidence
        .iter()
        .rev()
        .find(|hop| hop.role == EvidenceRole::Sink && hop.location.path == place.path);
    match sink {
        Some(sink) => (sink.location.first_line..=u32::MAX).zip(sink.quote.lines().map(str::to_owned)).collect(),
        None => {
            let around = input.code.numbered();
            let own = around.filter(|(number, _)| (place.first_line..=place.last_line).contains(number));
            own.map(|(number, line)| (number, line.to_owned())).collect()
        }
    }
}

/// A run of parts under one heading.
pub(super) struct Section {
    heading: String,
    /// What its items are, for the note that says how many are missing.
    unit: &'static str,
    /// The most important first.
    pub(super) items: Vec<Item>,
    /// Whether nothing behind a missing item is shown.
    pub(super) is_contiguous: bool,
    /// Whether it is the code around the finding.
    pub(super) is_code: bool,
}

/// The smallest thing that is shown or left out.
pub(super) struct Item {
    /// Where it stands among the items of its section.
    position: usize,
    /// As it is shown.
    pub(super) text: String,
    /// Without numbers and headings, for recognising echoes.
    pub(super) plain: String,
    pub(super) is_kept: bool,
    /// Its tokens, once they were counted.
    cost: Option<u32>,
}

impl Item {
    fn lines<'l>(position: usize, heading: &str, lines: impl IntoIterator<Item = (u32, &'l str)>) -> Self {
        let lines: Vec<(u32, &str)> = lines.into_iter().collect();
        let short: Vec<(u32, String)> =
            lines.iter().map(|(number, line)| (*number, shortened(line, LINE_CHARACTERS_MAX))).collect();
        let text = heading.to_owned() + &numbered(short.iter().map(|(number, line)| (*number, line.as_str())));
        let plain = lines.iter().flat_map(|(_, line)| [line, "\n"]).collect();
        Self { position, text, plain, is_kept: false, cost: None }
    }
}

impl Section {
    pub(super) fn kept(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.is_kept)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.items.iter().all(|item| item.is_kept)
    }

    /// The kept items as they stand in the message.
    pub(super) fn text(&self) -> String {
        let mut kept: Vec<&Item> = self.kept().collect();
        kept.sort_by_key(|item| item.position);
        kept.iter().map(|item| item.text.as_str()).collect()
    }

    /// The section with its heading; `None` when nothing of it is shown.
    pub(super) fn block(&self, text: &str, fence: &Fence) -> Option<String> {
        let missing = self.items.len() - self.kept().count();
        let note = if missing == 0 { String::new() } else { self.note(missing) };
        (!text.is_empty()).then(|| format!("\n{}{note}:\n{}", self.heading, fence.around(text)))
    }

    /// What it would have shown, when there was room for none of it.
    pub(super) fn left_out(&self) -> Option<String> {
        let is_left_out = !self.items.is_empty() && self.kept().next().is_none();
        is_left_out.then(|| format!("{} {}", self.items.len(), self.unit))
    }

    /// Takes items as long as `left` tokens last; whether it took any. The first one pays for heading and fence.
    pub(super) fn take(&mut self, left: &mut u32, fence_cost: u32, count: &dyn Fn(&str) -> u32) -> bool {
        let is_new = self.kept().next().is_none();
        let mut heading_cost = if is_new { fence_cost.saturating_add(count(&self.heading)) } else { 0 };
        let mut has_taken = false;
        for item in self.items.iter_mut().filter(|item| !item.is_kept) {
            let cost = heading_cost.saturating_add(*item.cost.get_or_insert_with(|| count(&item.text)));
            if cost <= *left {
                *left -= cost;
                heading_cost = 0;
                item.is_kept = true;
                has_taken = true;
            } else if self.is_contiguous {
                break;
            }
        }
        has_taken
    }

    fn note(&self, missing: usize) -> String {
        format!(" ({missing} of {} {} not shown, for want of room)", self.items.len(), self.unit)
    }
}

/// Everything that could stand around a finding, the most important first.
pub(super) fn sections(input: &VerifyInput<'_>) -> Vec<Section> {
    vec![
        trail(input),
        code_around(input),
        context(input),
        names("Where foreign data enters the project", "entry points", input.entry_points),
        names("Files of the project", "files", input.tree),
    ]
}

fn trail(input: &VerifyInput<'_>) -> Section {
    let hop = |(position, hop): (usize, &codeproof_types::Evidence)| {
        let role =
            serde_json::to_value(hop.role).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
        let note = flat(&hop.note, LINE_CHARACTERS_MAX);
        let note = if note.is_empty() { note } else { format!(", {note}") };
        let heading = format!("- {role}{note}, in {}:\n", quoted(hop.location.path.as_str()));
        Item::lines(position, &heading, (hop.location.first_line..=u32::MAX).zip(hop.quote.lines()))
    };
    let items = input.trail.iter().enumerate().map(hop).collect();
    section("The way of the data as the scanner sees it", "hops of the data", items, true)
}

/// The lines around the finding, those next to it first.
fn code_around(input: &VerifyInput<'_>) -> Section {
    let line = input.finding.location.first_line;
    let mut items: Vec<(u32, Item)> = (input.code.numbered().enumerate())
        .map(|(position, (number, text))| (number.abs_diff(line), Item::lines(position, "", [(number, text)])))
        .collect();
    items.sort_by_key(|(distance, _)| *distance);
    let items = items.into_iter().map(|(_, item)| item).collect();
    let heading = format!("Around the reported place, in {}", quoted(input.code.path.as_str()));
    let mut around = section(&heading, "lines around", items, true);
    around.is_code = true;
    around
}

fn context(input: &VerifyInput<'_>) -> Section {
    let item = |(position, part): (usize, &super::ContextPart)| {
        let heading = format!("- {}, in {}:\n", flat(&part.heading, LINE_CHARACTERS_MAX), quoted(part.path.as_str()));
        Item::lines(position, &heading, (part.first_line..=u32::MAX).zip(part.lines.iter().map(String::as_str)))
    };
    let items = input.context_parts.iter().enumerate().map(item).collect();
    section("Other code that belongs to it", "parts of other code", items, false)
}

fn names(heading: &str, unit: &'static str, names: &[String]) -> Section {
    let item = |(position, name): (usize, &String)| Item {
        position,
        text: format!("- {}\n", quoted(name)),
        plain: name.clone(),
        is_kept: false,
        cost: None,
    };
    section(heading, unit, names.iter().enumerate().map(item).collect(), true)
}

fn section(heading: &str, unit: &'static str, items: Vec<Item>, is_contiguous: bool) -> Section {
    Section { heading: heading.to_owned(), unit, items, is_contiguous, is_code: false }
}

/// Text on one line, blanks folded, at most `characters_max` characters.
fn flat(text: &str, characters_max: usize) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(&one_line(&folded), characters_max)
}

fn shortened(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        None => text.to_owned(),
        Some((_, _)) if characters_max == 0 => String::new(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
