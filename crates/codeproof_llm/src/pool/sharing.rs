//! What one prompt of a list used, when the server only tells the sum.

use std::sync::Arc;

use crate::providers::{Answer, Reading};
use crate::record::Usage;
use crate::request::Request;
use crate::tokens::{count_aside, count_tokens};

use super::model::Model;

/// In lists this long, one prompt's tokens are so few that the length alone gives a wrong sum away.
const CLEAR_LIST: usize = 4;
/// More bytes per token than code has: a list of which the server counts that many tokens was counted whole.
const BYTES_PER_TOKEN_MAX: u64 = 5;

/// The usage of each prompt: the server's where it can be trusted, else our own count. The shares of a list add up to
/// what the server told.
pub(super) async fn usages(model: &Model, requests: &[Arc<Request>], reading: &Reading) -> Vec<Usage> {
    match (reading.usage, requests) {
        (Some(usage), [_]) => vec![usage],
        (Some(usage), _) if is_sum(model, requests, &usage).await => shares(&usage, requests, &reading.answers),
        _ => own_counts(requests, &reading.answers).await,
    }
}

/// Whether a list's usage is that of all its prompts, which is found out with the first list that tells: llama-server tells one
/// prompt's.
async fn is_sum(model: &Model, requests: &[Arc<Request>], usage: &Usage) -> bool {
    if let Some(known) = model.list_usage_is_sum() {
        return known;
    }
    let bytes: u64 = requests.iter().map(|request| request.bytes() as u64).sum();
    let is_clear = requests.len() >= CLEAR_LIST && usage.input_tokens.saturating_mul(BYTES_PER_TOKEN_MAX) >= bytes;
    if is_clear {
        model.learn_list_usage(true);
        return true;
    }
    let counted = requests.to_vec();
    let own = count_aside(move || counted.iter().map(|request| request.count_tokens()).sum::<u64>()).await;
    // Tokenizers differ by a fifth on code, by a third on tables; one prompt of two would be half. What lies between says
    // nothing for certain: then this list is estimated, and the next one asked again.
    let is_sum = usage.input_tokens.saturating_mul(20) >= own.saturating_mul(13);
    let is_one = usage.input_tokens.saturating_mul(20) <= own.saturating_mul(12);
    if requests.len() >= CLEAR_LIST || is_one || usage.input_tokens.saturating_mul(5) >= own.saturating_mul(4) {
        model.learn_list_usage(is_sum);
    }
    is_sum
}

async fn own_counts(requests: &[Arc<Request>], answers: &[Answer]) -> Vec<Usage> {
    let mut usages = Vec::with_capacity(requests.len());
    for (request, answer) in requests.iter().zip(answers) {
        let (request, text) = (Arc::clone(request), answer.text.clone());
        let input_tokens = count_aside(move || request.count_tokens()).await;
        let output_tokens = count_aside(move || count_tokens(&text)).await;
        usages.push(Usage { input_tokens, output_tokens, estimated: true, ..Usage::default() });
    }
    usages
}

/// Splits a list's usage by the lengths of prompts and answers.
fn shares(usage: &Usage, requests: &[Arc<Request>], answers: &[Answer]) -> Vec<Usage> {
    let inputs: Vec<u64> = requests.iter().map(|request| request.bytes() as u64 + 1).collect();
    let outputs: Vec<u64> = answers.iter().map(|answer| answer.text.len() as u64 + 1).collect();
    let input = split(usage.input_tokens, &inputs);
    let cached = split(usage.cached_input_tokens, &inputs);
    let written = split(usage.cache_write_tokens, &inputs);
    let output = split(usage.output_tokens, &outputs);
    let reasoning = split(usage.reasoning_tokens, &outputs);
    (0..requests.len())
        .map(|at| Usage {
            input_tokens: input[at],
            cached_input_tokens: cached[at],
            cache_write_tokens: written[at],
            output_tokens: output[at],
            reasoning_tokens: reasoning[at],
            estimated: usage.estimated,
        })
        .collect()
}

/// Splits `total` by positive weights into whole numbers that add up to it.
fn split(total: u64, weights: &[u64]) -> Vec<u64> {
    let mut left = total;
    let mut weight_left: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let mut parts = Vec::with_capacity(weights.len());
    for weight in weights {
        // At most `left`: the weight is part of what is left of the weights.
        let part = u128::from(left) * u128::from(*weight) / weight_left.max(1);
        let part = u64::try_from(part).unwrap_or(left);
        parts.push(part);
        left -= part;
        weight_left -= u128::from(*weight);
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::split;

    proptest! {
        #[test]
        fn parts_add_up(total in any::<u64>(), weights in prop::collection::vec(1_u64..1_000_000, 1..50)) {
            prop_assert_eq!(split(total, &weights).iter().map(|part| u128::from(*part)).sum::<u128>(), u128::from(total));
        }
    }

    #[test]
    fn heavier_parts_are_larger() {
        assert_eq!(split(100, &[1, 2, 7]), [10, 20, 70]);
        assert_eq!(split(2, &[1, 1, 1]), [0, 1, 1]);
    }
}
