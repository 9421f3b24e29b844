//! From the steps of a flow to the evidence a person reads: one entry for each line the data passes.

use codeproof_dataflow::{Flow, Move, Spot, Step};
use codeproof_types::{Evidence, EvidenceRole, Location, Span};

use super::{Texts, wording};

/// Lines a hop on the way is quoted with; the sink may take more.
const HOP_LINES_MAX: u32 = 3;

/// A line the data passes.
struct Hop {
    file: u32,
    span: Span,
    line: u32,
    role: EvidenceRole,
    notes: Vec<String>,
}

/// The evidence for a flow: where its data enters, each line it passes, the sink last. `sink` is the evidence of the sink's
/// own place, `sink_note` what happens there.
pub(super) fn evidence(flow: &Flow, sink: Evidence, sink_note: &str, texts: &Texts<'_, '_>) -> Vec<Evidence> {
    let mut hops = hops(flow, texts);
    let sink_line = texts(flow.sink.file).map(|text| text.line(flow.sink.range().start));
    // What happens on the sink's own line is told with the sink.
    let mut before = Vec::new();
    while let Some(last) = hops.pop() {
        let is_source = hops.is_empty();
        if is_source || Some(last.line) != sink_line || last.file != flow.sink.file {
            hops.push(last);
            break;
        }
        before.splice(0..0, last.notes);
    }
    let before = wording::joined(&before);
    let note = if before.is_empty() { sink_note.to_owned() } else { format!("{before}; {sink_note}") };
    let mut evidence: Vec<Evidence> = hops.into_iter().filter_map(|hop| shown(hop, texts)).collect();
    evidence.push(Evidence { note, ..sink });
    evidence
}

/// Steps as evidence, one entry for each line, in the order given.
pub(super) fn lines(steps: &[Step], texts: &Texts<'_, '_>) -> Vec<Evidence> {
    let mut hops: Vec<Hop> = Vec::new();
    for step in steps {
        let Some(next) = hop(step.spot, EvidenceRole::Step, wording::step(&step.what), texts) else { continue };
        match hops.last_mut() {
            Some(last) if last.file == next.file && last.line == next.line => last.notes.extend(next.notes),
            _ => hops.push(next),
        }
    }
    hops.into_iter().filter_map(|hop| shown(hop, texts)).collect()
}

/// One place as evidence.
pub(super) fn place(spot: Spot, role: EvidenceRole, note: String, texts: &Texts<'_, '_>) -> Option<Evidence> {
    shown(hop(spot, role, note, texts)?, texts)
}

/// The source and the lines behind it.
fn hops(flow: &Flow, texts: &Texts<'_, '_>) -> Vec<Hop> {
    let source = &flow.source;
    let note = wording::source_note(source.trust, &source.what);
    let mut hops: Vec<Hop> = hop(source.spot, EvidenceRole::Source, note, texts).into_iter().collect();
    for step in without_loops(flow) {
        let role = match step.what {
            Move::Cleaned(_) => EvidenceRole::Sanitizer,
            _ => EvidenceRole::Step,
        };
        let Some(next) = hop(step.spot, role, wording::step(&step.what), texts) else { continue };
        match hops.last_mut() {
            Some(last) if last.file == next.file && last.line == next.line => {
                if last.role != EvidenceRole::Source && next.role == EvidenceRole::Sanitizer {
                    last.role = EvidenceRole::Sanitizer;
                }
                if last.role != EvidenceRole::Source {
                    last.span =
                        Span { start: last.span.start.min(next.span.start), end: last.span.end.max(next.span.end) };
                }
                last.notes.extend(next.notes);
            }
            _ => hops.push(next),
        }
    }
    hops
}

/// The steps without what only says again that the source is one, and without the rounds of loops.
fn without_loops(flow: &Flow) -> Vec<&Step> {
    let mut steps: Vec<&Step> = Vec::new();
    for step in &flow.steps {
        if step.spot == flow.source.spot && matches!(step.what, Move::Cleaned(_) | Move::Through(_)) {
            continue;
        }
        // What is cleaned went through the same call.
        if let (Some(Step { spot, what: Move::Through(call) }), Move::Cleaned(cleaned)) = (steps.last(), &step.what)
            && *spot == step.spot
            && call == cleaned
        {
            steps.pop();
        }
        if let Some(known) = steps.iter().position(|known| *known == step) {
            steps.truncate(known);
        }
        steps.push(step);
    }
    steps
}

fn hop(spot: Spot, role: EvidenceRole, note: String, texts: &Texts<'_, '_>) -> Option<Hop> {
    let range = spot.range();
    let line = texts(spot.file)?.line(range.start);
    Some(Hop { file: spot.file, span: Span { start: range.start, end: range.end }, line, role, notes: vec![note] })
}

fn shown(hop: Hop, texts: &Texts<'_, '_>) -> Option<Evidence> {
    let text = texts(hop.file)?;
    let location = text.location(hop.span)?;
    let (quote, last_line) = text.quote(hop.span);
    let quote: Vec<&str> = quote.lines().take(HOP_LINES_MAX as usize).collect();
    let last_line = last_line.min(location.first_line.saturating_add(HOP_LINES_MAX - 1));
    let location = match last_line == location.last_line {
        true => location,
        false => Location { last_line, last_column: None, ..location },
    };
    Some(Evidence { location, quote: quote.join("\n"), role: hop.role, note: wording::joined(&hop.notes) })
}
