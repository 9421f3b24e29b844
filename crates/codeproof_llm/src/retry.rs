//! When a failed attempt is made again: after 2, 4 and 8 seconds, or when the server says, whichever is later.

use std::time::Duration;

use codeproof_types::ContentHash;

use crate::fault::Fault;

/// How patient a pool is.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// Waits before the second, third … attempt; as many retries as entries. Seed 002's 2, 4 and 8 s.
    pub delays: Vec<Duration>,
    /// Longest wait a server may ask for; a model whose server wants more is out for this scan.
    pub server_delay_max: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        let delays = [2, 4, 8].map(Duration::from_secs).to_vec();
        Self { delays, server_delay_max: Duration::from_secs(120) }
    }
}

/// What to do about a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Send it again after this time.
    Retry(Duration),
    /// The server wants more patience than the policy has.
    WaitTooLong(Duration),
    /// Say so.
    GiveUp,
}

impl RetryPolicy {
    /// Decides after `attempts` attempts, the last of which ended in `fault`.
    ///
    /// Jitter only lengthens a wait (by up to a quarter), so that no gap is shorter than promised. It is drawn from the
    /// prompt and the attempt: requests that failed together spread, and a run can be repeated.
    pub(crate) fn decide(&self, fault: &Fault, attempts: u32, prompt: &ContentHash) -> Decision {
        if !fault.may_pass() {
            return Decision::GiveUp;
        }
        let asked = fault.server_delay().unwrap_or_default();
        if asked > self.server_delay_max {
            return Decision::WaitTooLong(asked);
        }
        let retries_made = attempts.saturating_sub(1) as usize;
        let Some(own) = self.delays.get(retries_made) else {
            return Decision::GiveUp;
        };
        let wait = asked.max(*own);
        Decision::Retry(wait + wait.mul_f64(0.25 * share(prompt, attempts)))
    }
}

/// A number from 0 to 1 that looks random and depends on nothing else.
fn share(prompt: &ContentHash, attempt: u32) -> f64 {
    let bytes = prompt.as_bytes();
    let at = (attempt as usize * 2) % (bytes.len() - 1);
    f64::from(u16::from_le_bytes([bytes[at], bytes[at + 1]])) / f64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn busy(delay: Option<Duration>) -> Fault {
        Fault::status(429, "busy", delay)
    }

    proptest! {
        #[test]
        fn waits_are_never_shorter_than_promised(seed in any::<u64>(), attempts in 1_u32..=3, asked_ms in 0_u64..120_000) {
            let prompt = ContentHash::of(&seed.to_le_bytes());
            let asked = Duration::from_millis(asked_ms);
            let promised = Duration::from_secs(1 << attempts).max(asked);
            match RetryPolicy::default().decide(&busy(Some(asked)), attempts, &prompt) {
                Decision::Retry(wait) => prop_assert!(wait >= promised && wait <= promised.mul_f64(1.25)),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn there_is_an_end() {
        let prompt = ContentHash::of(b"prompt");
        let policy = RetryPolicy::default();
        assert_eq!(policy.decide(&busy(None), 4, &prompt), Decision::GiveUp);
        let hour = Duration::from_secs(3_600);
        assert_eq!(policy.decide(&busy(Some(hour)), 1, &prompt), Decision::WaitTooLong(hour));
        assert_eq!(policy.decide(&Fault::status(400, "no", None), 1, &prompt), Decision::GiveUp);
    }
}
