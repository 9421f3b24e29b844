//! What models did, counted while they do it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use codeproof_llm::{CallOutcome, CallRecord, Role};
use codeproof_types::{ChunkCounts, DraftCounts, DroppedDraft, ModelReport, ModelUse, OutcomeCounts, UnseenChunk};

/// Counts of one scan, told from several threads.
#[derive(Default)]
pub(super) struct Counts(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    uses: BTreeMap<(String, Role), ModelUse>,
    chunks: ChunkCounts,
    drafts: DraftCounts,
    outcomes: OutcomeCounts,
    unseen: Vec<UnseenChunk>,
    dropped: Vec<DroppedDraft>,
}

impl Counts {
    /// Counts from what an earlier part of the scan has spent.
    pub(super) fn resumed(earlier: Vec<ModelUse>) -> Self {
        let counts = Self::default();
        for used in earlier {
            if let Some(role) = role(&used.role) {
                counts.inner().uses.insert((used.model.clone(), role), used);
            }
        }
        counts
    }

    /// A prompt that was sent, however it ended.
    pub(super) fn call(&self, record: &CallRecord) {
        self.used(&record.model, record.role, |used| {
            used.prompts += 1;
            used.attempts += u64::from(record.attempts);
            used.input_tokens += record.usage.input_tokens;
            used.cached_input_tokens += record.usage.cached_input_tokens;
            used.output_tokens += record.usage.output_tokens;
            used.reasoning_tokens += record.usage.reasoning_tokens;
            used.estimated |= record.usage.estimated;
            used.latency_ms += record.latency_ms;
            used.failed += u64::from(record.outcome != CallOutcome::Answered);
            // Calls without a price leave the sum as it is; none at all is no price.
            used.cost_nano_usd = match (used.cost_nano_usd, record.cost_nano_usd) {
                (None, None) => None,
                (sum, cost) => Some(sum.unwrap_or(0).saturating_add(cost.unwrap_or(0))),
            };
        });
    }

    /// An answer from the memory of an earlier scan.
    pub(super) fn cached(&self, model: &str, role: Role) {
        self.used(model, role, |used| used.cached += 1);
    }

    /// An answer that could not be read, even after one attempt to mend it.
    pub(super) fn malformed(&self, model: &str, role: Role) {
        self.used(model, role, |used| used.malformed += 1);
    }

    /// An answer that declined.
    pub(super) fn refused(&self, model: &str, role: Role) {
        self.used(model, role, |used| used.refused += 1);
    }

    pub(super) fn chunks(&self, count: impl FnOnce(&mut ChunkCounts)) {
        count(&mut self.inner().chunks);
    }

    pub(super) fn drafts(&self, count: impl FnOnce(&mut DraftCounts)) {
        count(&mut self.inner().drafts);
    }

    pub(super) fn outcomes(&self, count: impl FnOnce(&mut OutcomeCounts)) {
        count(&mut self.inner().outcomes);
    }

    /// A chunk that no model saw.
    pub(super) fn unseen(&self, chunk: UnseenChunk) {
        let mut inner = self.inner();
        inner.chunks.unseen += 1;
        // The report sorts and cuts them; what a scan of any size keeps is bounded here.
        if inner.unseen.len() < 4 * ModelReport::LISTED_MAX {
            inner.unseen.push(chunk);
        }
    }

    /// Drafts that were not believed.
    pub(super) fn dropped(&self, drafts: Vec<DroppedDraft>) {
        let mut inner = self.inner();
        inner.drafts.dropped += drafts.len() as u64;
        let room = (4 * ModelReport::LISTED_MAX).saturating_sub(inner.dropped.len());
        inner.dropped.extend(drafts.into_iter().take(room));
    }

    /// Nano-dollars so far.
    pub(super) fn cost_nano_usd(&self) -> u64 {
        self.inner().uses.values().filter_map(|used| used.cost_nano_usd).sum()
    }

    /// The counts as a report shows them.
    pub(super) fn report(&self, profile: &str) -> ModelReport {
        let inner = self.inner();
        let (mut unseen, mut dropped) = (inner.unseen.clone(), inner.dropped.clone());
        unseen.sort();
        unseen.truncate(ModelReport::LISTED_MAX);
        dropped.sort();
        dropped.truncate(ModelReport::LISTED_MAX);
        ModelReport {
            profile: profile.to_owned(),
            chunks: inner.chunks,
            drafts: inner.drafts,
            outcomes: inner.outcomes,
            models: inner.uses.values().cloned().collect(),
            cost_nano_usd: inner.uses.values().filter_map(|used| used.cost_nano_usd).sum(),
            unseen,
            dropped,
            ..ModelReport::default()
        }
    }

    fn used(&self, model: &str, role: Role, change: impl FnOnce(&mut ModelUse)) {
        let mut inner = self.inner();
        let used = inner.uses.entry((model.to_owned(), role)).or_insert_with(|| ModelUse {
            model: model.to_owned(),
            role: role.as_str().to_owned(),
            ..ModelUse::default()
        });
        change(used);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn role(word: &str) -> Option<Role> {
    let all = [Role::Analyzer, Role::Verifier, Role::Enricher, Role::Investigator, Role::Chat, Role::Embedding];
    all.into_iter().find(|role| role.as_str() == word)
}
