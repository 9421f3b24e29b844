//! Drafting: every chunk to its analyzers, their reports anchored, merged, and joined to what the detector found.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use codeproof_detect::{Detector, FileInput};
use codeproof_judge::{AnchoredDraft, AnswerForm, ChunkReading, CodeLines, MergedDraft, PromptKey};
use codeproof_llm::Role;
use codeproof_replies::ReplyStatus;
use codeproof_store::{ChunkStatus, ModelRecord};
use codeproof_types::{
    DroppedDraft, FileFacts, Finding, Fingerprint, LineIndex, ModelDraft, Phase, Progress, Severity, State,
    Suppression, UnseenChunk,
};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;

use super::ask::{Asker, NoAnswer, Question, Read, request};
use super::context::Surroundings;
use super::control::Control;
use super::counts::Counts;
use super::plan::{Asked, Task};
use super::queue::SeverityQueue;
use super::texts::{MaskedText, MaskedTexts};

/// Chunks whose memorised answers are looked up at once.
const LOOKED_UP_AT_ONCE: usize = 256;

/// Drafts everything.
pub(super) struct Drafter<'a> {
    pub(super) asker: &'a Asker<'a>,
    pub(super) analyzers: &'a [Asked<'a>],
    pub(super) detector: &'a Detector,
    pub(super) texts: &'a MaskedTexts<'a>,
    pub(super) surroundings: &'a Surroundings<'a>,
    pub(super) key: &'a PromptKey,
    /// The detector's findings, in the report's order: those of a file stand together.
    pub(super) known: &'a [Finding],
    pub(super) min_severity: Severity,
    pub(super) queue: &'a SeverityQueue<Finding>,
    pub(super) counts: &'a Counts,
    pub(super) control: &'a Control,
    pub(super) progress: &'a dyn Progress,
    /// Chunks in work at once.
    pub(super) window: usize,
    pub(super) found: Mutex<Found>,
}

/// What drafting brought.
#[derive(Default)]
pub(super) struct Found {
    /// New findings, unverified.
    pub(super) drafted: HashMap<Fingerprint, Finding>,
    /// Reports of what the detector had found, by place in its findings.
    pub(super) joined: HashMap<usize, Vec<ModelDraft>>,
}

/// What became of a chunk.
struct Seen {
    drafts: Vec<AnchoredDraft>,
    dropped: Vec<DroppedDraft>,
    answers: usize,
    from_memory: usize,
    /// Why analyzers gave no answer.
    failures: Vec<String>,
}

impl Drafter<'_> {
    /// Works through `tasks` until they are done or the scan halts.
    pub(super) async fn draft_all(&self, tasks: &[Task]) {
        self.progress.start(Phase::Draft, Some(tasks.len() as u64));
        let mut running = FuturesUnordered::new();
        let mut waiting = tasks.iter().enumerate();
        loop {
            while running.len() < self.window && !self.control.is_halted() {
                let Some((at, task)) = waiting.next() else { break };
                if at % LOOKED_UP_AT_ONCE == 0 {
                    let next = &tasks[at..tasks.len().min(at + LOOKED_UP_AT_ONCE)];
                    let keys: Vec<_> = next.iter().flat_map(|task| task.keys.iter().map(|(_, key)| *key)).collect();
                    self.asker.remember(&keys).await;
                }
                running.push(self.draft(task));
            }
            tokio::select! {
                done = running.next() => match done {
                    Some(()) => {
                        self.progress.advance(Phase::Draft, 1, 0);
                        self.progress.spent(self.counts.cost_nano_usd());
                    }
                    None => break,
                },
                () = self.control.cut() => break,
            }
        }
        self.progress.finish(Phase::Draft);
    }

    async fn draft(&self, task: &Task) {
        let text = match self.texts.of(&task.path) {
            Ok(text) => text,
            Err(why) => return self.unseen(task, why).await,
        };
        let code = task.code(&text);
        let Some(seen) = self.ask_all(task, &code).await else { return };
        if seen.answers == 0 {
            let why = match seen.failures.is_empty() {
                true => "no analyzer of the profile is asked about this file".to_owned(),
                false => seen.failures.join("; "),
            };
            return self.unseen(task, why).await;
        }
        self.counts.chunks(|chunks| {
            chunks.seen += 1;
            chunks.cached += u64::from(seen.from_memory == seen.answers && seen.failures.is_empty());
        });
        self.counts.drafts(|drafts| {
            drafts.reported += (seen.drafts.len() + seen.dropped.len()) as u64;
            drafts.relocated += seen.drafts.iter().filter(|draft| draft.is_relocated).count() as u64;
        });
        self.counts.dropped(seen.dropped);
        let asked = task.keys.len();
        let merged = codeproof_judge::merge(seen.drafts, asked);
        let mut records = Vec::new();
        let new = self.sort_out(task, &text, merged, &mut records);
        if let Some(chunk) = task.id {
            let why = (!seen.failures.is_empty()).then(|| seen.failures.join("; "));
            records.push(ModelRecord::Chunk { chunk, status: ChunkStatus::Done, why });
        }
        if self.asker.commit(records).await.is_err() {
            return;
        }
        for finding in new {
            self.queue.push(finding.severity, finding).await;
        }
    }

    /// Asks the analyzers of a chunk, those behind one with `stop_on_findings` only when it found nothing. `None` when
    /// the scan halted on the way: then the chunk counts as not begun.
    async fn ask_all(&self, task: &Task, code: &CodeLines) -> Option<Seen> {
        let mut seen =
            Seen { drafts: Vec::new(), dropped: Vec::new(), answers: 0, from_memory: 0, failures: Vec::new() };
        let stages = task.keys.split_inclusive(|(at, _)| self.analyzers[*at].analyzer.stop_on_findings);
        for stage in stages {
            let answers = stage.iter().map(|(at, key)| self.ask_one(task, code, &self.analyzers[*at], *key));
            for answer in join_all(answers).await {
                match answer {
                    Ok((drafts, dropped, from_memory)) => {
                        seen.answers += 1;
                        seen.from_memory += usize::from(from_memory);
                        seen.drafts.extend(drafts);
                        seen.dropped.extend(dropped);
                    }
                    Err(NoAnswer::Failed(why)) => seen.failures.push(why),
                    Err(NoAnswer::Halted) => return None,
                }
            }
            if !seen.drafts.is_empty() && stage.iter().any(|(at, _)| self.analyzers[*at].analyzer.stop_on_findings) {
                break;
            }
        }
        Some(seen)
    }

    async fn ask_one(
        &self,
        task: &Task,
        code: &CodeLines,
        asked: &Asked<'_>,
        key: codeproof_store::AnswerKey,
    ) -> Result<(Vec<AnchoredDraft>, Vec<DroppedDraft>, bool), NoAnswer> {
        let analyzer = asked.analyzer;
        let question = Question {
            key,
            model: &analyzer.model,
            role: Role::Analyzer,
            voice: &analyzer.name,
            chunk: task.id,
            finding: None,
        };
        let make = || request(Role::Analyzer, &codeproof_judge::draft_prompt(analyzer, asked.mode, code, self.key));
        let read = |raw: &str, cut: bool| read_reading(&codeproof_judge::read_chunk(asked.mode, code, raw, cut), cut);
        let mend = |raw: &str| codeproof_judge::mend_prompt(AnswerForm::Drafts(asked.mode), raw, self.key);
        let answered = self.asker.answer(&question, &make, &read, &mend).await?;
        let reading: ChunkReading = serde_json::from_slice(&answered.value)
            .map_err(|error| NoAnswer::Failed(format!("a memorised answer cannot be read: {error}")))?;
        let (drafts, dropped) = codeproof_judge::anchor(&reading, code, analyzer, &analyzer.model);
        Ok((drafts, dropped, answered.from_memory))
    }

    /// Joins merged drafts to what the detector found; what is new becomes a finding.
    fn sort_out(
        &self,
        task: &Task,
        text: &MaskedText,
        merged: Vec<MergedDraft>,
        records: &mut Vec<ModelRecord>,
    ) -> Vec<Finding> {
        if merged.is_empty() {
            return Vec::new();
        }
        let first = self.known.partition_point(|finding| finding.location.path < task.path);
        let behind = self.known.partition_point(|finding| finding.location.path <= task.path);
        let known = &self.known[first..behind];
        let joined = codeproof_judge::join(merged, known);
        let mut found = self.found();
        for (at, draft) in joined.joined {
            let sources = found.joined.entry(first + at).or_default();
            sources.extend(draft.sources);
            sort_sources(sources);
            let mut finding = known[at].clone();
            finding.source_models = models_of(sources);
            let sources = sources.clone();
            records.push(ModelRecord::Drafted { finding: Box::new(finding), chunk: task.id, sources });
            self.counts.drafts(|drafts| drafts.joined += 1);
        }
        let mut new = Vec::new();
        for draft in joined.new {
            if draft.severity < self.min_severity {
                continue;
            }
            let symbol = self.surroundings.symbol(&task.path, draft.line).unwrap_or_default();
            let ordinal = ordinal(text, draft.line, |line| {
                self.surroundings.symbol(&task.path, line).unwrap_or_default() == symbol
            });
            let mut finding = codeproof_judge::finding(&draft, task.content_hash, &symbol, ordinal);
            finding.suppression = self.suppression(task, text, &finding);
            if finding.suppression.is_some() {
                finding.state = State::Suppressed;
            }
            // Two kinds of one thing in one line are one finding.
            if found.drafted.contains_key(&finding.fingerprint) {
                continue;
            }
            found.drafted.insert(finding.fingerprint.clone(), finding.clone());
            self.counts.drafts(|drafts| drafts.merged += 1);
            let (sources, boxed) = (draft.sources, Box::new(finding.clone()));
            records.push(ModelRecord::Drafted { finding: boxed, chunk: task.id, sources });
            // What a person has answered is not asked again.
            if finding.state != State::Suppressed {
                new.push(finding);
            }
        }
        new
    }

    /// The comment that accepts a finding, as for findings of rules.
    fn suppression(&self, task: &Task, text: &MaskedText, finding: &Finding) -> Option<Suppression> {
        let rule = codeproof_judge::rule_info(&finding.rule_id)?;
        let comments = self.surroundings.comments(&task.path).to_vec();
        let facts = FileFacts { comments, ..FileFacts::default() };
        let file = FileInput {
            path: &task.path,
            text: text.text(),
            hash: task.content_hash,
            lines: &LineIndex::new(text.text()),
            language: task.language,
            parsed: None,
            facts: &facts,
            secrets_only: false,
        };
        self.detector.suppression(&file, &rule, finding.location.first_line, finding.location.last_line)
    }

    async fn unseen(&self, task: &Task, why: String) {
        let (first_line, last_line) = (task.chunk.first_line, task.chunk.last_line);
        let why = one_sentence(&why);
        self.counts.unseen(UnseenChunk { path: task.path.clone(), first_line, last_line, reason: why.clone() });
        if let Some(chunk) = task.id {
            let record = ModelRecord::Chunk { chunk, status: ChunkStatus::Unseen, why: Some(why) };
            // A database that refuses has halted the scan.
            let _ = self.asker.commit(vec![record]).await;
        }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names of the models behind drafts, each once, sorted.
pub(super) fn models_of(sources: &[ModelDraft]) -> Vec<String> {
    let mut models: Vec<String> = sources.iter().map(|source| source.model.clone()).collect();
    models.sort();
    models.dedup();
    models
}

/// Chunks end in any order; what is written must not depend on it.
fn sort_sources(sources: &mut Vec<ModelDraft>) {
    sources
        .sort_by(|one, other| (&one.analyzer, one.line, &one.title).cmp(&(&other.analyzer, other.line, &other.title)));
    sources.dedup();
}

/// 0-based number of a line among those of equal text in its definition, in file order: it does not depend on what else
/// was found.
fn ordinal(text: &MaskedText, line: u32, is_in_symbol: impl Fn(u32) -> bool) -> usize {
    let words = |line: u32| text.line(line).split_whitespace();
    (1..line).filter(|earlier| words(*earlier).eq(words(line)) && is_in_symbol(*earlier)).count()
}

/// What an answer is good for. What a limit cut off may be asked for again; what declines, says nothing, or only repeats
/// the code is no answer, and never means that the code is clean.
fn read_reading(reading: &ChunkReading, cut: bool) -> Read {
    let value = || serde_json::to_vec(reading).unwrap_or_default();
    match reading.status {
        ReplyStatus::Ok | ReplyStatus::Clean if cut => Read::Cut(Some(value())),
        ReplyStatus::Ok | ReplyStatus::Clean => Read::Good(value()),
        ReplyStatus::Truncated => Read::Cut(None),
        ReplyStatus::Empty | ReplyStatus::Refusal | ReplyStatus::EchoOnly => Read::Refused,
        ReplyStatus::Malformed => Read::Malformed("it is in no form that we know".to_owned()),
    }
}

/// Errors of models as one line of bounded length.
pub(super) fn one_sentence(text: &str) -> String {
    const CHARACTERS_MAX: usize = 400;
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match folded.char_indices().nth(CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", &folded[..at]),
        None => folded,
    }
}
