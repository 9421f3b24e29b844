//! One finding as the page shows it: plain texts, in the order they are read.

use codeproof_types::{BaselineState, Confidence, Evidence, Finding, Location, Severity, Snippets, State, Tier};

use super::frame::{self, Frame};
use super::prose::{self, Piece};
use crate::findings::Part;
use crate::text::set_aside_reason;
use crate::{clean, findings, models};

/// Lines of code shown before and after a finding.
const CONTEXT_LINES: u32 = 3;

/// The same for the other places of its trail.
const CONTEXT_LINES_OF_HOPS: u32 = 1;

/// Places of one trail that are shown; the last ones, because the end of a trail is its point.
const HOPS_MAX: usize = 40;

/// Places beside a finding that are shown.
const BESIDE_MAX: usize = 10;

/// A finding ready for the templates.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// 1-based place on the page; its anchor is `f-` and this number.
    pub number: usize,
    pub severity: Severity,
    pub tier: Tier,
    /// Where it is in its life, and how it stands to the baseline: one word.
    pub status: Status,
    pub title: String,
    pub path: String,
    /// The folders of the path, each with its `/`: where a long path may be broken.
    pub path_parts: Vec<String>,
    pub file_name: String,
    /// `path:line:column`.
    pub place: String,
    pub line: u32,
    pub rule_id: String,
    /// The number of the rule's text on the page, when it has one.
    pub rule_number: Option<usize>,
    pub cwe: Option<u32>,
    pub message: Vec<Piece>,
    pub remediation: Vec<Piece>,
    /// Whether `places` are a trail, to be numbered.
    pub is_trail: bool,
    pub places: Vec<PlaceView>,
    /// Places of the trail that are not shown.
    pub hops_left_out: usize,
    /// Why it is not open; empty when it is.
    pub aside: String,
    /// Whether it is a draft that verifiers did not confirm.
    pub is_draft: bool,
    /// The word for who found it.
    pub origin_word: &'static str,
    /// `draft by 2 models`; empty when a rule found it.
    pub origin_fact: String,
    /// Who drafted it; empty when a rule alone found it.
    pub drafted: String,
    /// The votes in numbers; empty when nobody was asked.
    pub tally: String,
    pub ballots: Vec<BallotView>,
    /// Labels and values of what else is known.
    pub facts: Vec<(&'static str, String)>,
}

/// What a reader has to do with a finding, as the page's filter says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Open; the report was compared with nothing.
    Open,
    /// Open, and not in the baseline.
    New,
    /// Open, and in the baseline as well.
    Unchanged,
    Suppressed,
    Rejected,
    Fixed,
    /// A draft nobody could judge.
    Unverified,
}

impl Status {
    /// Every value, those that need a reader first.
    pub(super) const ALL: [Self; 7] =
        [Self::Open, Self::New, Self::Unchanged, Self::Suppressed, Self::Fixed, Self::Unverified, Self::Rejected];

    /// The word on the page and in its address.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::New => "new",
            Self::Unverified => "unverified",
            Self::Unchanged => "unchanged",
            Self::Suppressed => "suppressed",
            Self::Rejected => "rejected",
            Self::Fixed => "fixed",
        }
    }

    /// Whether it is shown when the page is opened.
    pub(super) fn needs_a_reader(self) -> bool {
        matches!(self, Self::Open | Self::New)
    }
}

fn status(finding: &Finding) -> Status {
    match (findings::part_of(finding), finding.state, finding.baseline_state) {
        (Part::Fixed, ..) => Status::Fixed,
        (Part::Known, ..) => Status::Unchanged,
        (Part::SetAside, State::Rejected, _) => Status::Rejected,
        (Part::SetAside, ..) => Status::Suppressed,
        (Part::Unconfirmed, State::Rejected, _) => Status::Rejected,
        (Part::Unconfirmed, ..) => Status::Unverified,
        (Part::Open, _, Some(BaselineState::New)) => Status::New,
        (Part::Open, ..) => Status::Open,
    }
}

/// Why a finding needs no reader; empty when it needs one.
fn aside(finding: &Finding) -> String {
    match findings::part_of(finding) {
        Part::Open => String::new(),
        Part::Known => "It is in the baseline as well.".to_owned(),
        Part::Fixed => "It is no longer there.".to_owned(),
        Part::SetAside => set_aside_reason(finding),
        Part::Unconfirmed => models::unconfirmed_reason(finding, models::REASON_SHORT),
    }
}

/// One vote, its reason folded.
#[derive(Debug, Clone)]
pub(super) struct BallotView {
    pub verdict: &'static str,
    pub voter: String,
    /// ` (as high)`, when the voter would give another severity.
    pub severity: String,
    pub reasoning: Vec<Piece>,
    pub attack_path: Vec<Piece>,
}

fn ballot_views(finding: &Finding) -> Vec<BallotView> {
    let ballots = models::ballots(finding, models::REASON_LONG).into_iter();
    let view = |ballot: models::Ballot| BallotView {
        verdict: ballot.verdict.name(),
        voter: ballot.voter,
        severity: ballot.severity.map(|severity| format!(" (as {severity})")).unwrap_or_default(),
        reasoning: prose::pieces(&ballot.reasoning),
        attack_path: prose::pieces(&ballot.attack_path),
    };
    ballots.map(view).collect()
}

/// One place with its code.
#[derive(Debug, Clone)]
pub(super) struct PlaceView {
    /// 1-based number on the trail; 0 beside it.
    pub number: usize,
    pub role: &'static str,
    pub place: String,
    pub note: Vec<Piece>,
    pub frame: Frame,
}

impl View {
    /// Reads the finding's lines and puts its texts in order. The number is given when the page is put together.
    pub(super) fn new(finding: &Finding, snippets: Option<&dyn Snippets>) -> Self {
        let trail = findings::trail(finding);
        Self {
            number: 0,
            severity: finding.severity,
            tier: finding.tier,
            title: clean::one_line(&finding.title),
            path: clean::path(&finding.location.path),
            path_parts: path_parts(&finding.location),
            file_name: clean::path_text(finding.location.path.file_name()),
            place: place(&finding.location),
            line: finding.location.first_line,
            rule_id: clean::one_line(&finding.rule_id),
            rule_number: None,
            cwe: finding.cwe.map(|cwe| cwe.0),
            message: prose::pieces(&finding.message),
            remediation: prose::pieces(&finding.remediation),
            is_trail: !trail.is_empty(),
            hops_left_out: trail.len().saturating_sub(HOPS_MAX),
            places: places(finding, &trail, snippets),
            status: status(finding),
            aside: aside(finding),
            is_draft: findings::part_of(finding) == Part::Unconfirmed,
            origin_word: finding.origin.name(),
            origin_fact: models::origin_fact(finding).unwrap_or_default(),
            drafted: models::origin_text(finding).unwrap_or_default(),
            tally: models::tally_beside(finding).unwrap_or_default(),
            ballots: ballot_views(finding),
            facts: facts(finding),
        }
    }

    /// Bytes the finding brings into the page, roughly.
    pub(super) fn bytes(&self) -> usize {
        let prose = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.len()).sum::<usize>();
        let of_place = |place: &PlaceView| 200 + place.place.len() + prose(&place.note) + place.frame.bytes();
        let places: usize = self.places.iter().map(of_place).sum();
        let facts: usize = self.facts.iter().map(|(_, value)| 60 + value.len()).sum();
        let of_ballot = |ballot: &BallotView| 200 + prose(&ballot.reasoning) + prose(&ballot.attack_path);
        let votes = self.drafted.len() + self.tally.len() + self.ballots.iter().map(of_ballot).sum::<usize>();
        let texts = prose(&self.message) + prose(&self.remediation) + self.aside.len() + votes;
        // Title and place stand in the list, in the article and in the data of the filters.
        1_500 + 3 * (self.title.len() + self.place.len() + self.rule_id.len()) + texts + places + facts
    }
}

fn places(finding: &Finding, trail: &[&Evidence], snippets: Option<&dyn Snippets>) -> Vec<PlaceView> {
    let mut places = Vec::new();
    let skipped = trail.len().saturating_sub(HOPS_MAX);
    for (number, hop) in (1..).zip(trail).skip(skipped) {
        let context = if hop.location == finding.location { CONTEXT_LINES } else { CONTEXT_LINES_OF_HOPS };
        places.push(place_view(number, hop, context, snippets));
    }
    if trail.is_empty() {
        let quote = findings::quote(finding);
        let sink = finding.evidence.iter().find(|evidence| evidence.location == finding.location);
        places.push(PlaceView {
            number: 0,
            role: "",
            place: place(&finding.location),
            note: sink.map(|sink| prose::pieces(&sink.note)).unwrap_or_default(),
            frame: frame::frame(&finding.location, quote, CONTEXT_LINES, snippets),
        });
    }
    let beside = findings::context(finding).filter(|evidence| evidence.location != finding.location);
    places.extend(beside.take(BESIDE_MAX).map(|evidence| place_view(0, evidence, CONTEXT_LINES_OF_HOPS, snippets)));
    places
}

fn place_view(number: usize, evidence: &Evidence, context: u32, snippets: Option<&dyn Snippets>) -> PlaceView {
    PlaceView {
        number,
        role: findings::role_name(evidence.role),
        place: place(&evidence.location),
        note: prose::pieces(&evidence.note),
        frame: frame::frame(&evidence.location, &evidence.quote, context, snippets),
    }
}

fn place(location: &Location) -> String {
    let path = clean::path(&location.path);
    match location.first_column {
        Some(column) => format!("{path}:{}:{column}", location.first_line),
        None => format!("{path}:{}", location.first_line),
    }
}

fn path_parts(location: &Location) -> Vec<String> {
    let folders = location.path.components().rev().skip(1);
    let mut parts: Vec<String> = folders.map(|folder| format!("{}/", clean::path_text(folder))).collect();
    parts.reverse();
    parts
}

fn facts(finding: &Finding) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if finding.confidence != Confidence::None {
        facts.push(("confidence", finding.confidence.to_string()));
    }
    facts.extend(finding.category.map(|category| ("category", category.to_string())));
    facts.extend(finding.secret.as_ref().map(|secret| ("secret", clean::one_line(&secret.kind))));
    facts.extend(finding.id.map(|id| ("finding", id.to_string())));
    facts.push(("fingerprint", clean::one_line(finding.fingerprint.as_str())));
    facts
}
