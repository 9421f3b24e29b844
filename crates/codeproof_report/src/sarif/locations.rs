//! Places as SARIF locations, regions and code flows.

use codeproof_types::{Evidence, Location, RepoPath, visible};
use serde_sarif::sarif;

use super::{limits, uri};
use crate::{clean, findings};

/// The name of the scanned root in `originalUriBaseIds`.
pub(super) const ROOT: &str = "SRCROOT";

/// A location with its region and quote.
pub(super) fn location(place: &Location, quote: &str) -> sarif::Location {
    let mut physical =
        sarif::PhysicalLocation::builder().artifact_location(artifact(&place.path)).region(region(place)).build();
    physical.context_region = quoted_region(place, quote);
    sarif::Location::builder().physical_location(physical).build()
}

/// A location that is a whole file, or one line of it.
pub(super) fn file_location(path: &RepoPath, line: Option<u32>) -> sarif::Location {
    let mut physical = sarif::PhysicalLocation::builder().artifact_location(artifact(path)).build();
    physical.region = line.map(|line| sarif::Region::builder().start_line(i64::from(line.max(1))).build());
    sarif::Location::builder().physical_location(physical).build()
}

/// The trail as one code flow; `None` when there is nothing before the sink.
pub(super) fn code_flow(hops: &[&Evidence]) -> Option<sarif::CodeFlow> {
    if hops.is_empty() {
        return None;
    }
    // The end of a trail is its point; a trail this long is cut at its start.
    let hops = &hops[hops.len().saturating_sub(limits::FLOW_LOCATIONS_MAX)..];
    let locations: Vec<sarif::ThreadFlowLocation> =
        (1_i64..).zip(hops).map(|(order, hop)| flow_location(order, hop)).collect();
    let thread = sarif::ThreadFlow::builder().locations(locations).build();
    Some(sarif::CodeFlow::builder().thread_flows(vec![thread]).build())
}

/// Places worth reading beside a finding, numbered from 1.
pub(super) fn related<'e>(context: impl Iterator<Item = &'e Evidence>) -> Vec<sarif::Location> {
    let numbered = (1_i64..).zip(context.take(limits::RELATED_LOCATIONS_MAX));
    numbered
        .map(|(id, evidence)| {
            let mut location = noted_location(evidence);
            location.id = Some(id);
            location
        })
        .collect()
}

fn flow_location(order: i64, hop: &Evidence) -> sarif::ThreadFlowLocation {
    let kind = match hop.role {
        codeproof_types::EvidenceRole::Source => "taint",
        codeproof_types::EvidenceRole::Sink => "danger",
        _ => "value",
    };
    sarif::ThreadFlowLocation::builder()
        .location(noted_location(hop))
        .execution_order(order)
        .kinds(vec![kind.to_owned()])
        .build()
}

/// A location with its role and note as the message.
fn noted_location(evidence: &Evidence) -> sarif::Location {
    let note = clean::one_line(&evidence.note);
    let role = findings::role_name(evidence.role);
    let text = if note.is_empty() { role.to_owned() } else { format!("{role}: {note}") };
    let mut location = location(&evidence.location, &evidence.quote);
    location.message = Some(message(&text));
    location
}

/// A message: cut, and without the form `[text](target)`, which viewers turn into a link (section 3.11.6).
pub(super) fn message(text: &str) -> sarif::Message {
    let text = visible(text).replace("](", "] (");
    sarif::Message::builder().text(clean::cut(&text, limits::TEXT_CHARACTERS_MAX)).build()
}

fn artifact(path: &RepoPath) -> sarif::ArtifactLocation {
    sarif::ArtifactLocation::builder().uri(uri::relative(path)).uri_base_id(ROOT).build()
}

/// Lines from 1; columns from 1 in characters, the end one past the last character (section 3.30). Odd spans are put
/// in order, because a region that ends before it starts makes the whole log invalid.
fn region(place: &Location) -> sarif::Region {
    let first_line = place.first_line.max(1);
    let last_line = place.last_line.max(first_line);
    let mut region = sarif::Region::builder().start_line(i64::from(first_line)).end_line(i64::from(last_line)).build();
    if let Some(column) = place.first_column {
        region.start_column = Some(i64::from(column.max(1)));
    }
    if let Some(column) = place.last_column {
        let end = i64::from(column) + 1;
        let earliest = if first_line == last_line { region.start_column.unwrap_or(1) } else { 1 };
        region.end_column = Some(end.max(earliest));
    }
    region
}

/// The quoted lines around the region (section 3.29.5): a quote holds whole lines, a region may be a part of one.
fn quoted_region(place: &Location, quote: &str) -> Option<sarif::Region> {
    if quote.is_empty() {
        return None;
    }
    let first_line = place.first_line.max(1);
    let text = clean::cut(&visible(quote), limits::QUOTE_CHARACTERS_MAX);
    let snippet = sarif::ArtifactContent::builder().text(text).build();
    let lines = sarif::Region::builder().start_line(i64::from(first_line));
    Some(lines.end_line(i64::from(place.last_line.max(first_line))).snippet(snippet).build())
}
