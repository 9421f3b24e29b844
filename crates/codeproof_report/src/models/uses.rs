//! A scan's [`ModelReport`] in words: what became of chunks and drafts, what each model did, what it cost.

use std::collections::BTreeMap;

use codeproof_types::{ModelReport, ModelUse, UnseenChunk};

use crate::{clean, numbers};

/// Characters of a reason that is a sentence of ours with an answer of a server in it.
const REASON_CHARACTERS_MAX: usize = 300;

/// Labels and texts of what models did in all.
pub(crate) fn facts(models: &ModelReport) -> Vec<(&'static str, String)> {
    let mut rows = vec![("profile", clean::short(&models.profile, REASON_CHARACTERS_MAX))];
    rows.push(("chunks", chunks(models)));
    rows.push(("drafts", drafts(models)));
    rows.push(("judged", judged(models)));
    rows.push(("cost", cost(models)));
    rows.extend(models.paused.iter().map(|why| ("paused", clean::short(why, REASON_CHARACTERS_MAX))));
    rows
}

/// `640 of 652 chunks seen, ≈ $0.42`: one line for a fold.
pub(crate) fn headline(models: &ModelReport) -> String {
    let chunks = &models.chunks;
    let wanted = numbers::counted(chunks.seen + chunks.unseen, "chunk", "chunks");
    format!("{} of {wanted} seen, {}", numbers::grouped(chunks.seen), total_cost(models))
}

/// `812: 640 seen by a model (12 from the cache alone), 160 cleared by rules and not sent, 12 seen by none`.
fn chunks(models: &ModelReport) -> String {
    let chunks = &models.chunks;
    let mut parts = vec![format!("{} seen by a model", numbers::grouped(chunks.seen))];
    if chunks.cached > 0 {
        parts[0].push_str(&format!(" ({} from the cache alone)", numbers::grouped(chunks.cached)));
    }
    parts.extend(some(chunks.cleared, "cleared by the rules and not sent"));
    parts.extend(some(chunks.unseen, "seen by none"));
    format!("{}: {}", numbers::grouped(chunks.total), parts.join(", "))
}

/// `41 reported (3 moved to the line of their code, 5 dropped), 6 joined findings of rules, 30 after merging`.
fn drafts(models: &ModelReport) -> String {
    let drafts = &models.drafts;
    let inner: Vec<String> =
        [some(drafts.relocated, "moved to the line of their code"), some(drafts.dropped, "dropped as not in the code")]
            .into_iter()
            .flatten()
            .collect();
    let inner = if inner.is_empty() { String::new() } else { format!(" ({})", inner.join(", ")) };
    let mut parts = vec![format!("{} reported{inner}", numbers::grouped(drafts.reported))];
    parts.extend(some(drafts.joined, "joined to findings of rules"));
    parts.push(format!("{} left after merging", numbers::grouped(drafts.merged)));
    parts.join(", ")
}

fn judged(models: &ModelReport) -> String {
    let outcomes = &models.outcomes;
    let parts = [
        (outcomes.verified, "verified"),
        (outcomes.weakness, "weakness"),
        (outcomes.rejected, "rejected"),
        (outcomes.unverified, "unverified"),
    ];
    let parts: Vec<String> = parts.iter().filter_map(|(count, word)| some(*count, word)).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// `≈ $0.4213 of at most $2.00; 12,345 tokens more are unpriced; the limit was reached`.
fn cost(models: &ModelReport) -> String {
    let max = models.max_cost_nano_usd.map(numbers::money);
    let tokens = numbers::counted(models.unpriced_tokens, "token", "tokens");
    let mut parts = vec![total_cost(models)];
    if is_unpriced(models) {
        parts[0].push_str(&format!(" ({tokens})"));
        parts.extend(max.map(|max| format!("the limit of {max} counts priced calls only")));
    } else {
        parts[0].push_str(&max.map(|max| format!(" of at most {max}")).unwrap_or_default());
        parts.extend((models.unpriced_tokens > 0).then(|| format!("{tokens} more, unpriced")));
    }
    parts.extend(models.limit_reached.then(|| "the limit was reached".to_owned()));
    parts.join("; ")
}

fn total_cost(models: &ModelReport) -> String {
    if is_unpriced(models) {
        return "unpriced".to_owned();
    }
    let is_estimated = models.models.iter().any(|of_model| of_model.estimated && of_model.cost_nano_usd.is_some());
    about(is_estimated, &numbers::money(models.cost_nano_usd))
}

/// Nothing but unpriced tokens cost nobody knows what, which is not nothing.
fn is_unpriced(models: &ModelReport) -> bool {
    models.cost_nano_usd == 0 && models.unpriced_tokens > 0
}

fn about(is_estimated: bool, text: &str) -> String {
    if is_estimated { format!("≈ {text}") } else { text.to_owned() }
}

/// `3 failed`; nothing for none.
fn some(count: u64, word: &str) -> Option<String> {
    (count > 0).then(|| format!("{} {word}", numbers::grouped(count)))
}

/// What one model did in one role, as cells of a table and notes below them.
pub(crate) struct UseRow {
    /// Model, role, prompts, tokens in, tokens out, cost, mean latency: as in [`UseRow::HEADS`].
    pub cells: [String; 7],
    /// What not every model has; empty when there is nothing to say.
    pub notes: String,
    /// Why nothing more was sent to it; empty when it still answers.
    pub out: String,
}

impl UseRow {
    /// Heads of the cells.
    pub(crate) const HEADS: [&'static str; 7] = ["model", "role", "prompts", "tokens in", "out", "cost", "mean"];

    /// Cells from this one on are numbers.
    pub(crate) const NUMBERS_FROM: usize = 2;
}

/// One row for each model and role, in the order of the settings.
pub(crate) fn uses(models: &ModelReport) -> Vec<UseRow> {
    models.models.iter().map(use_row).collect()
}

fn use_row(of_model: &ModelUse) -> UseRow {
    let answered = of_model.prompts.saturating_sub(of_model.failed);
    let mean = of_model.latency_ms.checked_div(answered).map_or_else(|| "-".to_owned(), numbers::duration);
    let cost = match of_model.cost_nano_usd {
        Some(nano_usd) => about(of_model.estimated, &numbers::money(nano_usd)),
        // Who was sent nothing cost nothing, whatever the price.
        None if of_model.prompts == 0 => "-".to_owned(),
        None => "unpriced".to_owned(),
    };
    let tokens = |count| about(of_model.estimated, &numbers::grouped(count));
    UseRow {
        cells: [
            super::name(&of_model.model),
            super::name(&of_model.role),
            numbers::grouped(of_model.prompts),
            tokens(of_model.input_tokens),
            tokens(of_model.output_tokens),
            cost,
            mean,
        ],
        notes: use_notes(of_model),
        out: of_model.out.as_deref().map(|why| clean::short(why, REASON_CHARACTERS_MAX)).unwrap_or_default(),
    }
}

fn use_notes(of_model: &ModelUse) -> String {
    let again = of_model.attempts.saturating_sub(of_model.prompts);
    let prompts = [
        some(of_model.cached, "answered from the cache"),
        some(again, "sent again"),
        some(of_model.failed, "failed"),
        some(of_model.malformed, "not readable"),
        some(of_model.refused, "refused"),
    ];
    let tokens = [
        some(of_model.cached_input_tokens, "tokens in from the server's cache"),
        some(of_model.reasoning_tokens, "tokens out for reasoning"),
    ];
    prompts.into_iter().chain(tokens).flatten().collect::<Vec<_>>().join(", ")
}

/// `12 chunks of code were seen by no model`, or how many of them are listed.
pub(crate) fn unseen_title(models: &ModelReport, listed_max: usize) -> Option<String> {
    let all = models.chunks.unseen.max(numbers::count(models.unseen.len()));
    let listed = models.unseen.len().min(listed_max);
    let rest = super::list_rest(all, listed);
    (all > 0).then(|| format!("{} of code seen by no model{rest}", numbers::counted(all, "chunk", "chunks")))
}

/// Reasons with the places they hold for, `path:first-last`; at most `listed_max` places in all.
pub(crate) fn unseen_by_reason(models: &ModelReport, listed_max: usize) -> Vec<(String, Vec<String>)> {
    let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for chunk in models.unseen.iter().take(listed_max) {
        by_reason.entry(clean::short(&chunk.reason, REASON_CHARACTERS_MAX)).or_default().push(place(chunk));
    }
    let mut by_reason: Vec<_> = by_reason.into_iter().collect();
    by_reason.sort_by_key(|(_, places)| std::cmp::Reverse(places.len()));
    by_reason
}

fn place(chunk: &UnseenChunk) -> String {
    format!("{}:{}-{}", clean::path(&chunk.path), chunk.first_line, chunk.last_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unpriced_never_costs_nothing() {
        let priced = ModelReport { cost_nano_usd: 12_345_678, ..ModelReport::default() };
        assert_eq!(cost(&priced), "$0.0123");
        let both = ModelReport { unpriced_tokens: 1_000, max_cost_nano_usd: Some(2_000_000_000), ..priced };
        assert_eq!(cost(&both), "$0.0123 of at most $2.00; 1,000 tokens more, unpriced");
        let unpriced = ModelReport { cost_nano_usd: 0, ..both };
        assert_eq!(cost(&unpriced), "unpriced (1,000 tokens); the limit of $2.00 counts priced calls only");
        assert_eq!(
            cost(&ModelReport { limit_reached: true, ..ModelReport::default() }),
            "$0.00; the limit was reached"
        );
        let sent = ModelUse { prompts: 1, failed: 1, estimated: true, input_tokens: 1_000, ..ModelUse::default() };
        assert_eq!(use_row(&sent).cells[3..], ["≈ 1,000", "≈ 0", "unpriced", "-"]);
        assert_eq!(use_row(&ModelUse::default()).cells[3..], ["0", "0", "-", "-"]);
    }

    #[test]
    fn a_scan_in_which_models_had_nothing_to_do_says_so() {
        let texts = facts(&ModelReport { profile: "deep".to_owned(), ..ModelReport::default() });
        let texts: Vec<String> = texts.into_iter().map(|(label, text)| format!("{label}: {text}")).collect();
        let expected = [
            "profile: deep",
            "chunks: 0: 0 seen by a model",
            "drafts: 0 reported, 0 left after merging",
            "judged: none",
        ];
        assert_eq!(texts[..4], expected);
        assert_eq!(unseen_title(&ModelReport::default(), 10), None);
    }
}
