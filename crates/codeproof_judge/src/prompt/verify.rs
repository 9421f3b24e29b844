//! Asks a model whether a finding is real, with as much around it as fits.

mod parts;

use std::sync::{Arc, LazyLock};

use codeproof_types::{Evidence, EvidenceRole, Finding, RepoPath};

use self::parts::{Reported, Section, sections};
use super::{
    ATTACKER_DATA, CRITERIA, Prompt, SHOWN_CODE, SYSTEM_OF_TEMPLATES, SystemText, VERIFY, VOTE_MARKERS, paragraphs,
};
use crate::code_lines::CodeLines;
use crate::fence::{Fence, PromptKey, quoted};
use crate::profile::Verifier;
use crate::template;

/// A name for a schema of votes; votes are asked for with markers, which every model can write.
const SCHEMA_NAME: &str = "vote";

/// The last line of the built-in message: behind a long context models forget what they were asked.
const REMINDER: &str =
    "\nJudge the finding by the criteria. Answer with the lines from *VOTE to *END_VOTE and nothing else.\n";

/// How often what is left over is given out again.
const FILL_ROUNDS: usize = 4;

static SYSTEM: SystemText = LazyLock::new(|| paragraphs(&[VERIFY, CRITERIA, ATTACKER_DATA, SHOWN_CODE, VOTE_MARKERS]));

/// What is known of a finding that is to be judged; secrets are masked.
#[derive(Debug, Clone, Copy)]
pub struct VerifyInput<'a> {
    /// The finding. What it says of itself is shown as a claim.
    pub finding: &'a Finding,
    /// The lines around it.
    pub code: &'a CodeLines,
    /// The way from source to sink, when the engine has one.
    pub trail: &'a [Evidence],
    /// Other code that belongs to it, the most important first.
    pub context_parts: &'a [ContextPart],
    /// Paths of the project.
    pub tree: &'a [String],
    /// Where foreign data enters the project, one line each.
    pub entry_points: &'a [String],
}

/// Code from elsewhere that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextPart {
    /// What it is to the finding: `called function`, `caller`.
    pub heading: String,
    /// Its file.
    pub path: RepoPath,
    /// Number of its first line, 1-based.
    pub first_line: u32,
    /// Its lines, without line ends.
    pub lines: Vec<String>,
}

/// The prompt that asks `verifier` for its vote, with at most `tokens_max` tokens of system text and message together, as
/// `count` counts them. What does not fit is left out and said to be: first the tree of files, then entry points, other
/// code, the lines farthest from the finding, the trail; at last the finding's own words are cut. Only the fixed texts
/// (about 900 tokens) cannot become shorter.
pub fn verify_prompt(
    verifier: &Verifier,
    input: &VerifyInput<'_>,
    tokens_max: u32,
    count: &dyn Fn(&str) -> u32,
    key: &PromptKey,
) -> Prompt {
    let system = if verifier.prompt_template.is_some() { &*SYSTEM_OF_TEMPLATES } else { &*SYSTEM };
    let room = tokens_max.saturating_sub(count(system));
    let mut draft = Message { verifier, input, reported: Reported::of(input), sections: sections(input) };
    draft.fill(room, count, key);
    draft.shrink(room, count, key);
    Prompt {
        system: Arc::clone(system),
        user: draft.render(key),
        schema: None,
        schema_name: SCHEMA_NAME,
        shown: draft.shown(),
    }
}

/// Whether the engine has a whole chain for the finding: where foreign data enters, and at least one place more.
pub(crate) fn has_chain(finding: &Finding) -> bool {
    finding.evidence.len() > 1 && finding.evidence.iter().any(|hop| hop.role == EvidenceRole::Source)
}

/// A message in the making.
struct Message<'a> {
    verifier: &'a Verifier,
    input: &'a VerifyInput<'a>,
    reported: Reported,
    /// The most important first.
    sections: Vec<Section>,
}

impl Message<'_> {
    /// Takes what fits, the most important first. Parts are counted one by one, which is a little more than what they cost
    /// together: what is left over is given out again. Counting is what a prompt costs; where all fits, each text is
    /// counted once alone and once in its place.
    fn fill(&mut self, room: u32, count: &dyn Fn(&str) -> u32, key: &PromptKey) {
        let fence_cost = count(&key.fence([]).around("\n"));
        for _ in 0..FILL_ROUNDS {
            let mut left = room.saturating_sub(count(&self.render(key)));
            let mut has_taken = false;
            for section in &mut self.sections {
                has_taken |= section.take(&mut left, fence_cost, count);
            }
            let is_whole = self.sections.iter().all(Section::is_whole);
            if !has_taken || is_whole {
                break;
            }
        }
    }

    /// Gives up the least important until the message fits as a whole: first a part, then two, four and so on, so that a
    /// counter that finds the whole much longer than its parts costs few turns.
    fn shrink(&mut self, room: u32, count: &dyn Fn(&str) -> u32, key: &PromptKey) {
        let mut step = 1;
        while count(&self.render(key)) > room && self.give_up(step) {
            step *= 2;
        }
    }

    /// Drops `step` parts, or cuts the finding's words; `false` when nothing is left to give up.
    fn give_up(&mut self, step: usize) -> bool {
        let kept = self.sections.iter_mut().rev().flat_map(|section| section.items.iter_mut().rev());
        let dropped = kept.filter(|item| item.is_kept).take(step).map(|item| item.is_kept = false).count();
        dropped > 0 || self.reported.shorten()
    }

    fn render(&self, key: &PromptKey) -> String {
        let reported = self.reported.text();
        let texts: Vec<String> = self.sections.iter().map(Section::text).collect();
        let fence = key.fence(std::iter::once(reported.as_str()).chain(texts.iter().map(String::as_str)));
        let finding = format!("=== FINDING TO VERIFY ===\n{}", fence.around(&reported));
        let body = match &self.verifier.prompt_template {
            None => {
                format!("{finding}\n=== PRE-FETCHED CONTEXT ===\n{}{REMINDER}", self.context(&fence, &texts, false))
            }
            Some(template) => self.fill_template(template, &finding, &fence, &texts),
        };
        format!("{}\n{body}", fence.heading())
    }

    /// The sections, fenced; without the code around when the template shows it elsewhere.
    fn context(&self, fence: &Fence, texts: &[String], code_is_elsewhere: bool) -> String {
        let shown = self.sections.iter().zip(texts).filter(|(section, _)| !(code_is_elsewhere && section.is_code));
        let blocks: String = shown.filter_map(|(section, text)| section.block(text, fence)).collect();
        let left_out: Vec<String> = self.sections.iter().filter_map(Section::left_out).collect();
        match (blocks.is_empty(), left_out.is_empty()) {
            (_, false) => format!("{blocks}\nNot shown at all, for want of room: {}.\n", left_out.join(", ")),
            (true, true) => "There is nothing else to show.\n".to_owned(),
            (false, true) => blocks,
        }
    }

    fn fill_template(&self, template: &str, finding: &str, fence: &Fence, texts: &[String]) -> String {
        let code_is_elsewhere = template::asks_for(template, "code");
        let around = self.sections.iter().zip(texts).find(|(section, _)| section.is_code);
        let values = [
            ("finding", finding.trim_end()),
            ("context", &self.context(fence, texts, code_is_elsewhere)),
            ("criteria", CRITERIA.trim_end()),
            ("format", VOTE_MARKERS.trim_end()),
            ("code", &around.and_then(|(section, text)| section.block(text, fence)).unwrap_or_default()),
            ("path", &quoted(self.input.finding.location.path.as_str())),
            ("language", self.input.code.language.map_or("unknown", |language| language.title())),
            ("symbol", &self.input.code.symbol.as_deref().map(quoted).unwrap_or_default()),
        ];
        template::render(template, &values, &["finding", "context", "format"])
    }

    fn shown(&self) -> String {
        let kept = self.sections.iter().flat_map(Section::kept).map(|item| item.plain.as_str());
        std::iter::once(self.reported.plain.as_str()).chain(kept).flat_map(|text| [text, "\n"]).collect()
    }
}
