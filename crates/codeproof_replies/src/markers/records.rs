//! S3-S6: an answer taken apart into records, in one pass over its lines.

use super::content::{Fence, Shape, clean_value};
use super::grammar::{Grammar, Meaning, Opening};
use super::inline::pieces;
use super::line::{Case, Mark, Separator, mark};

/// An answer in a marker format.
#[derive(Debug, Default)]
pub(crate) struct MarkedText {
    pub(crate) records: Vec<Record>,
    /// It says that there is nothing.
    pub(crate) says_nothing: bool,
}

/// A record as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Values by field; `None` when its marker is missing. The first of a name wins.
    pub(crate) values: Vec<Option<String>>,
    /// The marker line's part of each value, as far as it was written there or on the next line, for echoes.
    pub(crate) marker_lines: Vec<(usize, String)>,
    /// Its END stands there.
    pub(crate) complete: bool,
    /// Its first marker stands behind `>`.
    pub(crate) quoted: bool,
    /// Its first marker has an asterisk.
    pub(crate) starred: bool,
    /// The name of its first marker, in normal form.
    pub(crate) opened_as: String,
    /// The line it starts in, 0-based.
    pub(crate) first_line: usize,
    /// The answer was cut off in this record: in this field.
    pub(crate) cut_in: Option<usize>,
}

impl Record {
    /// The value of a field; empty when it is missing.
    pub(crate) fn value(&self, field: usize) -> &str {
        self.values.get(field).and_then(Option::as_deref).unwrap_or_default()
    }

    /// Whether a field beyond the first has a value.
    pub(crate) fn has_more_than_first(&self) -> bool {
        self.values.iter().skip(1).any(|value| value.as_deref().is_some_and(|value| !value.is_empty()))
    }
}

/// Takes `text` apart. `cut` says that its end is missing.
pub(crate) fn read(grammar: &Grammar, text: &str, cut: bool) -> MarkedText {
    let lines = Lines::of(grammar, text);
    let mut reader = Reader { grammar, lines: &lines, open: None, outer_fence: None, out: MarkedText::default() };
    let last = lines.lines.iter().rposition(|line| !line.text.trim().is_empty());
    for at in 0..lines.lines.len() {
        if cut && Some(at) == last && reader.take_cut_marker(at) {
            break;
        }
        reader.take(at);
    }
    if cut && let Some(open) = &mut reader.open {
        open.record.cut_in = open.field.or(Some(usize::MAX));
    }
    reader.close(false);
    reader.out
}

/// The lines of an answer with the markers they may be.
struct Lines<'t> {
    lines: Vec<Line<'t>>,
    /// The next line behind each that holds a known marker.
    next_marker: Vec<Option<usize>>,
    /// For each line, whether its fence is closed by a later one of the same kind.
    last_fence: Option<usize>,
}

struct Line<'t> {
    text: &'t str,
    mark: Option<Mark<'t>>,
    meaning: Meaning,
    /// 0-based, in the answer.
    number: usize,
}

impl<'t> Lines<'t> {
    fn of(grammar: &Grammar, text: &'t str) -> Self {
        let mut lines = Vec::new();
        for (number, line) in text.split('\n').enumerate() {
            let found = mark(line);
            let meaning = found.as_ref().map_or(Meaning::Text, |mark| grammar.meaning_of(mark));
            let parts = if meaning == Meaning::Field(0) { pieces(grammar, line) } else { Vec::new() };
            if parts.len() < 2 {
                lines.push(Line { text: line, mark: found, meaning, number });
                continue;
            }
            for text in parts {
                let mark = mark(text);
                let meaning = mark.as_ref().map_or(Meaning::Text, |mark| grammar.meaning_of(mark));
                lines.push(Line { text, mark, meaning, number });
            }
        }
        let mut next_marker = vec![None; lines.len()];
        let mut next = None;
        for (at, line) in lines.iter().enumerate().rev() {
            next_marker[at] = next;
            let is_marker = match line.meaning {
                Meaning::Text => false,
                Meaning::End => line.mark.as_ref().is_some_and(|mark| mark.stands_alone),
                _ => line.mark.as_ref().is_some_and(|mark| mark.separator.is_some()),
            };
            if is_marker {
                next = Some(at);
            }
        }
        let last_fence = lines.iter().rposition(|line| Fence::opened_by(line.text).is_some());
        Self { lines, next_marker, last_fence }
    }
}

struct Open {
    record: Record,
    raw: Vec<Option<String>>,
    /// The field that lines belong to; `None` in a field we do not keep.
    field: Option<usize>,
    fence: Option<Fence>,
    case: Case,
    separator: Separator,
}

struct Reader<'g, 't> {
    grammar: &'g Grammar,
    lines: &'t Lines<'t>,
    open: Option<Open>,
    outer_fence: Option<Fence>,
    out: MarkedText,
}

impl Reader<'_, '_> {
    fn take(&mut self, at: usize) {
        let line = &self.lines.lines[at];
        if self.take_fence(at) {
            return;
        }
        let meaning = match &line.mark {
            Some(mark) if self.counts(mark, line.meaning) => line.meaning,
            _ => Meaning::Text,
        };
        match meaning {
            Meaning::Field(field) => self.take_field(at, field),
            Meaning::Word => self.take_word(at),
            Meaning::End if self.open.is_some() && !self.end_is_content(at) => self.close(true),
            Meaning::Nothing if self.open.is_none() => self.out.says_nothing = true,
            Meaning::Extra => {
                if let Some(open) = &mut self.open {
                    open.field = None;
                }
            }
            _ => self.take_text(line.text),
        }
    }

    /// S4: a fence inside a field belongs to the field with all that is in it; one outside goes.
    fn take_fence(&mut self, at: usize) -> bool {
        let text = self.lines.lines[at].text;
        if let Some(open) = &mut self.open
            && let Some(fence) = open.fence
        {
            if fence.is_closed_by(text) {
                open.fence = None;
            }
            self.append(text);
            return true;
        }
        let Some(fence) = Fence::opened_by(text) else { return false };
        let Some(open) = &mut self.open else {
            self.outer_fence = match self.outer_fence {
                Some(outer) if outer.is_closed_by(text) => None,
                Some(outer) => Some(outer),
                None => Some(fence),
            };
            return true;
        };
        let field_is_blank = open.field.is_some_and(|field| is_blank(open.raw[field].as_deref()));
        let closes_outer = !field_is_blank && self.outer_fence.is_some_and(|outer| outer.is_closed_by(text));
        if closes_outer {
            self.outer_fence = None;
        } else if open.field.is_some() && self.lines.last_fence.is_some_and(|last| last > at) {
            open.fence = Some(fence);
            self.append(text);
        } else {
            // Never closed: only decoration, so that one stray fence cannot swallow the fields behind it.
            self.append(text);
        }
        true
    }

    /// Whether a marker counts where it stands: one in the middle of code has to look like its record's others.
    fn counts(&self, mark: &Mark<'_>, meaning: Meaning) -> bool {
        match meaning {
            Meaning::Text => false,
            Meaning::End => mark.stands_alone && (mark.starred || mark.name != "END") || self.ends_loudly(mark),
            Meaning::Nothing => true,
            Meaning::Word => mark.is_word() && self.open.as_ref().is_none_or(|open| open.raw[0].is_none()),
            Meaning::Field(_) | Meaning::Extra => match &self.open {
                None => mark.separator.is_some(),
                Some(open) => open.accepts(mark, self.grammar),
            },
        }
    }

    /// `*END_TOOL and now …`: an END in capitals with an asterisk ends, whatever follows.
    fn ends_loudly(&self, mark: &Mark<'_>) -> bool {
        mark.starred && mark.tight && mark.case == Case::Upper && mark.name != "END"
    }

    fn take_field(&mut self, at: usize, field: usize) {
        let line = &self.lines.lines[at];
        let Some(mark) = &line.mark else { return };
        let set = |open: &Open| open.raw[field].is_some();
        let starts = match self.grammar.opening {
            Opening::FirstField => field == 0,
            // A field that is there already starts the next record if it is the vote itself or an id before it.
            Opening::AnyField => self
                .open
                .as_ref()
                .is_none_or(|open| set(open) && (field == 0 || self.grammar.fields[field].names.contains(&"ID"))),
        };
        if starts {
            self.close(false);
            self.open = Some(Open::new(self.grammar, mark, line.number));
        }
        let Some(open) = &mut self.open else { return };
        if open.raw[field].is_some() {
            open.field = None;
            return;
        }
        open.field = Some(field);
        open.raw[field] = Some(String::new());
        let value = mark.value;
        if let Some(before_end) = self.before_inline_end(value) {
            self.append(before_end);
            self.close(true);
            return;
        }
        if let Some(fence) = Fence::opened_by(value)
            && self.lines.last_fence.is_some_and(|last| last > at)
            && let Some(open) = &mut self.open
        {
            open.fence = Some(fence);
        }
        self.append(value);
    }

    /// A marker that is its own value: the name goes before whatever follows it.
    fn take_word(&mut self, at: usize) {
        let line = &self.lines.lines[at];
        let Some(mark) = &line.mark else { return };
        let open = self.open.get_or_insert_with(|| Open::new(self.grammar, mark, line.number));
        open.field = Some(0);
        open.record.opened_as.clone_from(&mark.name);
        open.raw[0] = Some(format!("{} ", mark.name));
        let value = mark.value;
        self.append(value);
    }

    fn take_text(&mut self, text: &str) {
        if self.open.is_none() {
            return;
        }
        match self.before_inline_end(text) {
            Some(before_end) => {
                self.append(before_end);
                self.close(true);
            }
            None => self.append(text),
        }
    }

    /// The text before an END that closes its line: `… on input *END_DRAFT`.
    fn before_inline_end<'l>(&self, text: &'l str) -> Option<&'l str> {
        let trimmed = text.trim_end().trim_end_matches(['*', '`', '.']);
        let start = trimmed.rfind('*')?;
        let written = &trimmed[start + 1..];
        if written.len() > 40 || !trimmed[..start].trim_end_matches(['*', '\\']).ends_with([' ', '\t', '|']) {
            return None;
        }
        let name = mark(&trimmed[start..])?.name;
        let is_end = self.grammar.meaning(&name) == Meaning::End && name != "END";
        is_end.then(|| trimmed[..start].trim_end_matches(['*', '\\', '|', ' ']))
    }

    /// S5: an END that another field of the same record follows stands in that record's code.
    fn end_is_content(&self, at: usize) -> bool {
        let Some(open) = &self.open else { return false };
        let Some(next) = self.lines.next_marker[at] else { return false };
        let (line, next_line) = (&self.lines.lines[at], &self.lines.lines[next]);
        let (Some(end), Some(mark)) = (&line.mark, &next_line.mark) else { return false };
        let unset = match next_line.meaning {
            Meaning::Field(field) => field != 0 && open.raw[field].is_none(),
            _ => false,
        };
        if !unset || end.starred != mark.starred || open.field.is_none() {
            return false;
        }
        match self.grammar.opening {
            Opening::FirstField => true,
            Opening::AnyField => !self.vote_comes_before_end(next),
        }
    }

    /// Whether the fields from line `at` on belong to a record of their own.
    fn vote_comes_before_end(&self, at: usize) -> bool {
        let mut at = Some(at);
        while let Some(line) = at {
            match self.lines.lines[line].meaning {
                Meaning::Field(0) => return true,
                Meaning::End => return false,
                _ => at = self.lines.next_marker[line],
            }
        }
        false
    }

    /// Takes the last line of an answer that was cut in a marker: `*END_D` still ends, `*REA` says nothing.
    fn take_cut_marker(&mut self, at: usize) -> bool {
        let Some(open) = &self.open else { return false };
        let text = self.lines.lines[at].text.trim();
        if open.fence.is_some() || !text.starts_with('*') || text.contains([':', '=']) {
            return false;
        }
        let name = text.trim_matches('*').to_ascii_uppercase().replace(['-', ' '], "_");
        if !name.chars().all(|char| char.is_ascii_uppercase() || char == '_') {
            return false;
        }
        let starts_end = self.grammar.ends.iter().any(|end| end.starts_with(&name));
        let starts_field =
            self.grammar.fields.iter().flat_map(|field| field.names).any(|field| field.starts_with(&name));
        if starts_end && !name.is_empty() && !(starts_field && name.len() < 3) {
            self.close(true);
            return true;
        }
        starts_field || name.is_empty()
    }

    fn append(&mut self, text: &str) {
        let Some(open) = &mut self.open else { return };
        let Some(value) = open.field.and_then(|field| open.raw[field].as_mut()) else { return };
        let text = if open.record.quoted { text.trim_start().trim_start_matches('>') } else { text };
        value.push_str(text);
        value.push('\n');
    }

    fn close(&mut self, complete: bool) {
        let Some(open) = self.open.take() else { return };
        self.out.records.push(open.finish(self.grammar, complete));
    }
}

impl Open {
    fn new(grammar: &Grammar, mark: &Mark<'_>, first_line: usize) -> Self {
        let record = Record {
            values: Vec::new(),
            marker_lines: Vec::new(),
            complete: false,
            quoted: mark.quoted,
            starred: mark.starred,
            opened_as: mark.name.clone(),
            first_line,
            cut_in: None,
        };
        Self {
            record,
            raw: vec![None; grammar.fields.len()],
            field: None,
            fence: None,
            case: mark.case,
            separator: mark.separator.unwrap_or(Separator::Colon),
        }
    }

    /// Whether a marker of a later field looks as this record's markers do.
    fn accepts(&self, mark: &Mark<'_>, grammar: &Grammar) -> bool {
        let Some(separator) = mark.separator else { return false };
        let in_code = self.field.is_some_and(|field| grammar.fields[field].shape == Shape::Code);
        let in_prose = self.field.is_some_and(|field| grammar.fields[field].shape == Shape::Prose);
        let case_fits = mark.case == self.case || mark.case == Case::Upper;
        if self.record.starred && !(mark.starred && mark.tight) {
            return separator == Separator::Colon
                && match mark.case {
                    Case::Upper => true,
                    Case::Title => !in_code,
                    Case::Lower => !in_code && !in_prose && case_fits,
                };
        }
        if in_code {
            return separator == self.separator
                && (case_fits || (mark.case == Case::Title && self.case != Case::Lower));
        }
        mark.starred || mark.case != Case::Lower || case_fits
    }

    fn finish(mut self, grammar: &Grammar, complete: bool) -> Record {
        self.record.complete = complete;
        for (field, raw) in self.raw.iter().enumerate() {
            let Some(raw) = raw else { continue };
            self.record.marker_lines.push((field, super::first_line(raw).to_owned()));
        }
        let clean =
            |(field, raw): (usize, Option<String>)| raw.map(|raw| clean_value(grammar.fields[field].shape, &raw));
        self.record.values = self.raw.into_iter().enumerate().map(clean).collect();
        self.record
    }
}

fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}
