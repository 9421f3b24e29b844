//! What one prompt of a list used, when the server only tells the sum.

use crate::providers::{Answer, Reading};
use crate::record::Usage;
use crate::request::Request;
use crate::tokens::count_tokens;

use super::model::Model;

/// The usage of each prompt: the server's where it can be trusted, else our own count. The shares of a list add up to
/// what the server told.
pub(super) fn usages(model: &Model, requests: &[&Request], reading: &Reading) -> Vec<Usage> {
    let own_input = || requests.iter().map(|request| input_tokens(request)).sum();
    match (reading.usage, requests.len()) {
        (Some(usage), 1) => vec![usage],
        (Some(usage), _) if model.list_usage_is_sum(usage.input_tokens, own_input) => {
            shares(&usage, requests, &reading.answers)
        }
        _ => requests.iter().zip(&reading.answers).map(|(request, answer)| own_count(request, answer)).collect(),
    }
}

fn own_count(request: &Request, answer: &Answer) -> Usage {
    Usage {
        input_tokens: input_tokens(request),
        output_tokens: count_tokens(&answer.text),
        estimated: true,
        ..Usage::default()
    }
}

fn input_tokens(request: &Request) -> u64 {
    request.parts().map(|(_, text)| count_tokens(text)).sum()
}

/// Splits a list's usage by the lengths of prompts and answers.
fn shares(usage: &Usage, requests: &[&Request], answers: &[Answer]) -> Vec<Usage> {
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
