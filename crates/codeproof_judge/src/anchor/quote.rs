//! Looks for what a model quotes in the lines it was shown.
//!
//! The chunk is folded once: blanks go, except between words, and line ends are blanks, so that a statement that is written
//! over several lines is found however the model broke it. Then variants of the quote are tried, the closest first; the
//! first that is found decides.

use super::comment::is_code;
use super::tokens::{self, Folded, fold, is_bare_word, is_distinct, is_word};
use crate::code_lines::CodeLines;

/// Lines between two parts of a quote that was cut with `…`.
const CUT_LINES_MAX: usize = 12;

/// Bytes of a quote that are looked for, and its lines that are looked for one by one: a model that quotes more than a
/// screenful has lost its way, and looking for it must not take long.
const QUOTE_BYTES_MAX: usize = 8_000;
const QUOTE_LINES_MAX: usize = 60;

/// Parts of a cut quote, and places of its longest part, that are looked at: a quote with more is no quote any more.
const CUT_PARTS_MAX: usize = 8;
const CUT_PLACES_MAX: usize = 64;

/// Marks of comments that models add behind code.
const COMMENT_MARKS: [&str; 5] = ["//", "#", "/*", "<--", "<-"];

/// The lines of a quote's place, numbers of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) first: u32,
    pub(super) last: u32,
}

/// A folded chunk.
pub(super) struct Haystack<'c> {
    chunk: &'c CodeLines,
    folded: Folded,
}

/// How much of a line must be quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The whole line, at the claimed line only: for quotes that could stand anywhere.
    WholeLineAtClaim,
    /// Any run of characters that does not cut words.
    Anywhere,
}

/// Which edges of a quote are where the model quoted from and to, not where it cut.
#[derive(Clone, Copy)]
struct Edges {
    start: bool,
    end: bool,
}

impl Edges {
    const WHOLE: Self = Self { start: true, end: true };
}

impl<'c> Haystack<'c> {
    pub(super) fn new(chunk: &'c CodeLines) -> Self {
        let mut folded = Folded::default();
        chunk.lines.iter().enumerate().for_each(|(index, line)| folded.push_line(line, index));
        Self { chunk, folded }
    }

    /// The place of `snippet`: at `claimed` when it stands there, else the occurrence nearest to it (the first one without
    /// a claim), code before comments; `None` when it stands nowhere.
    pub(super) fn find(&self, snippet: &str, claimed: Option<u32>) -> Option<Found> {
        let variants = variants(&snippet[..snippet.floor_char_boundary(QUOTE_BYTES_MAX)]);
        let ways = [Self::find_variant, Self::find_cut, Self::find_lines];
        ways.iter().find_map(|way| {
            let mut found = variants.iter().filter_map(|variant| way(self, variant, claimed));
            let first = found.next()?;
            // A freer reading at the claimed line is likelier than a closer one elsewhere.
            let at_claim = std::iter::once(first).chain(found).find(|place| holds(place, claimed));
            Some(at_claim.unwrap_or(first))
        })
    }

    fn find_variant(&self, variant: &str, claimed: Option<u32>) -> Option<Found> {
        let folded = fold(variant);
        // Folding the chunk takes the comma from behind the last of a list.
        let needle = folded.trim_end_matches(',');
        let rule = if is_distinct(needle) { Rule::Anywhere } else { Rule::WholeLineAtClaim };
        let places = self.places(needle, rule, claimed);
        // A bare name stands in many lines: it only tells the place when the claim or the chunk leaves no choice.
        let is_told = !is_bare_word(needle) || places.len() == 1 || places.iter().any(|place| holds(place, claimed));
        if is_told { self.nearest(places, claimed) } else { None }
    }

    /// The places of folded text.
    fn places(&self, needle: &str, rule: Rule, claimed: Option<u32>) -> Vec<Found> {
        if needle.is_empty() {
            return Vec::new();
        }
        if rule == Rule::WholeLineAtClaim {
            let line = claimed
                .filter(|line| self.chunk.line(*line).is_some_and(|text| fold(text).trim_end_matches(',') == needle));
            let line = line.filter(|_| tokens::says_something(needle) || needle.chars().any(char::is_alphanumeric));
            return line.map(|line| Found { first: line, last: line }).into_iter().collect();
        }
        let mut places: Vec<Found> =
            self.starts(needle, Edges::WHOLE).map(|start| self.found(start, start + needle.len())).collect();
        places.dedup();
        places
    }

    /// Where folded text starts. At an edge that is whole it must not cut a word in two.
    fn starts<'n>(&'n self, needle: &'n str, is_whole: Edges) -> impl Iterator<Item = usize> + 'n {
        let text = &self.folded.text;
        let begins_word = is_whole.start && needle.chars().next().is_some_and(is_word);
        let ends_word = is_whole.end && needle.chars().next_back().is_some_and(is_word);
        text.match_indices(needle).map(|(start, _)| start).filter(move |start| {
            let before = text[..*start].chars().next_back();
            let after = text[start + needle.len()..].chars().next();
            !(begins_word && before.is_some_and(is_word) || ends_word && after.is_some_and(is_word))
        })
    }

    fn found(&self, start: usize, end: usize) -> Found {
        let line = |byte: usize| self.folded.lines.get(byte).copied().unwrap_or_default();
        let number = |index: usize| self.chunk.first_line.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
        Found { first: number(line(start)), last: number(line(end.saturating_sub(1))) }
    }

    /// The place that is meant: one that holds the claimed line, else code before comments, near before far, early before
    /// late. A place of several lines that holds the claim begins there.
    fn nearest(&self, places: Vec<Found>, claimed: Option<u32>) -> Option<Found> {
        let is_comment =
            |place: &Found| !self.chunk.line(place.first).is_some_and(|line| is_code(line, self.chunk.language));
        let distance =
            |place: &Found| claimed.map_or(0, |line| line.abs_diff(place.first).min(line.abs_diff(place.last)));
        let order = |place: &Found| (!holds(place, claimed), is_comment(place), distance(place), place.first);
        let best = places.into_iter().min_by_key(order)?;
        match claimed.filter(|_| holds(&best, claimed)) {
            Some(line) if self.chunk.line(line).is_some_and(tokens::says_something) => {
                Some(Found { first: line, ..best })
            }
            _ => Some(best),
        }
    }

    /// A quote that was cut: its parts must follow each other closely, and one of them must be distinct.
    fn find_cut(&self, variant: &str, claimed: Option<u32>) -> Option<Found> {
        let variant = variant.trim().replace("...", "…");
        let is_cut = variant.contains('…');
        let parts: Vec<String> = variant.split('…').map(fold).filter(|part| part.chars().any(is_word)).collect();
        let (longest, _) = parts.iter().enumerate().max_by_key(|(index, part)| (part.len(), usize::MAX - index))?;
        if !is_cut || parts.len() > CUT_PARTS_MAX || !is_distinct(&parts[longest]) || is_bare_word(&parts[longest]) {
            return None;
        }
        let is_whole = Edges {
            start: longest == 0 && !variant.starts_with('…'),
            end: longest + 1 == parts.len() && !variant.ends_with('…'),
        };
        let starts = self.starts(&parts[longest], is_whole).take(CUT_PLACES_MAX);
        self.nearest(starts.filter_map(|start| self.cut_around(&parts, longest, start)).collect(), claimed)
    }

    /// The lines of all parts when the part at `index` starts at byte `start`.
    fn cut_around(&self, parts: &[String], index: usize, start: usize) -> Option<Found> {
        let text = &self.folded.text;
        let own = self.folded.lines[start];
        let is_near = |byte: usize| self.folded.lines[byte].abs_diff(own) <= CUT_LINES_MAX;
        let mut first = start;
        for part in parts[..index].iter().rev() {
            first = text[..first].rfind(part.as_str()).filter(|byte| is_near(*byte))?;
        }
        let mut end = start + parts[index].len();
        for part in &parts[index + 1..] {
            end += text[end..].find(part.as_str()).filter(|byte| is_near(end + *byte))? + part.len();
        }
        Some(self.found(first, end))
    }

    /// A quote of several lines that does not stand there as a whole: at least half of its distinct lines must, and the
    /// one that is nearest to the claim tells the place.
    fn find_lines(&self, variant: &str, claimed: Option<u32>) -> Option<Found> {
        let lines = variant.lines().take(QUOTE_LINES_MAX).map(fold).filter(|line| is_distinct(line));
        let lines: Vec<String> = lines.collect();
        if variant.lines().nth(1).is_none() || lines.is_empty() {
            return None;
        }
        let places: Vec<Vec<Found>> = lines
            .iter()
            .filter(|line| !is_bare_word(line))
            .map(|line| self.places(line, Rule::Anywhere, claimed))
            .filter(|places| !places.is_empty())
            .collect();
        if places.len() * 2 < lines.len() {
            return None;
        }
        self.nearest(places.into_iter().flatten().collect(), claimed)
    }
}

fn holds(place: &Found, claimed: Option<u32>) -> bool {
    claimed.is_some_and(|line| (place.first..=place.last).contains(&line))
}

/// The quote as it is, and as it may have been meant, the closest first.
fn variants(snippet: &str) -> Vec<String> {
    let numbers_off: String = mapped(snippet, without_number);
    let quotes_off = without_quotes(&numbers_off).to_owned();
    let comments_off = mapped(&quotes_off, without_comment);
    let ends_off = comments_off.trim().trim_end_matches([';', ',', '{', ':']).to_owned();
    let escapes_off = without_escapes(&ends_off);
    let mut variants = vec![snippet.to_owned(), numbers_off, quotes_off, comments_off, ends_off, escapes_off];
    variants.dedup();
    variants
}

fn mapped(text: &str, change: impl Fn(&str) -> &str) -> String {
    text.lines().map(change).collect::<Vec<_>>().join("\n")
}

/// A line without `NN| ` before it.
fn without_number(line: &str) -> &str {
    let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    let has_digits = rest.len() < line.trim_start().len();
    rest.trim_start().strip_prefix('|').filter(|_| has_digits).unwrap_or(line)
}

/// Text without quotes or backticks around the whole.
fn without_quotes(text: &str) -> &str {
    let mut text = text.trim();
    for mark in ["```", "`", "\"", "'"] {
        if let Some(inner) = text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
            text = inner.trim();
        }
    }
    text
}

/// A line without a comment behind the code; a line that is nothing else stays. What stands inside a word or an address
/// (`https://`) begins no comment.
fn without_comment(line: &str) -> &str {
    let begins_comment = |at: &usize| line[..*at].ends_with([' ', '\t', ';', ',', ')', '{', '}']);
    let marks = COMMENT_MARKS.iter().flat_map(|mark| line.match_indices(mark));
    match marks.map(|(at, _)| at).filter(begins_comment).min().map(|at| line[..at].trim_end()) {
        Some(code) if !code.trim().is_empty() => code,
        _ => line,
    }
}

/// Text without what models add to quotes, brackets and ampersands when they think of JSON or HTML.
fn without_escapes(text: &str) -> String {
    let escapes =
        [("\\\"", "\""), ("\\'", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    escapes.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}
