//! What a scan may spend: reserved before a prompt is sent, settled when its answer is there.
//!
//! A reservation is the most a prompt can cost (a high guess of its tokens, and the longest answer), so that what is in
//! flight together cannot pass a limit. Where a reservation does not fit only because others are in flight, it waits
//! for them: they usually cost less than they reserved.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::error::Error;

/// The limit of a scan when nothing else is said: 2 USD.
const MAX_COST_NANO_USD_DEFAULT: u64 = 2_000_000_000;

/// The limits of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetLimits {
    /// Nano-dollars; no limit when absent.
    pub max_cost_nano_usd: Option<u64>,
    /// Tokens of prompts and answers together; no limit when absent.
    pub max_tokens: Option<u64>,
    /// What happens at a limit.
    pub on_exceed: OnExceed,
}

impl Default for BudgetLimits {
    fn default() -> Self {
        Self { max_cost_nano_usd: Some(MAX_COST_NANO_USD_DEFAULT), max_tokens: None, on_exceed: OnExceed::Warn }
    }
}

/// What happens at a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnExceed {
    /// The scan goes on and says so.
    #[default]
    Warn,
    /// Nothing more is sent; the scan can be resumed.
    Pause,
    /// Nothing more is sent; the scan ends with what it has.
    Stop,
}

/// What was spent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spending {
    /// Nano-dollars of all priced calls.
    pub cost_nano_usd: u64,
    /// Tokens of all calls.
    pub tokens: u64,
    /// Tokens of calls whose price nobody knows.
    pub unpriced_tokens: u64,
    /// Whether a limit was passed, or refused a prompt.
    pub exceeded: bool,
}

/// The purse of one scan; shared by all its models.
#[derive(Debug)]
pub struct Budget {
    limits: BudgetLimits,
    state: Mutex<State>,
    returned: Notify,
}

#[derive(Debug, Default)]
struct State {
    spent: Spending,
    reserved: Amount,
}

/// Money and tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    /// 0 for an unpriced model.
    pub(crate) cost_nano_usd: u64,
    pub(crate) tokens: u64,
}

/// Part of a budget, held for one prompt; given back when dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    budget: Arc<Budget>,
    amount: Amount,
}

/// The answer to a wish for money.
#[derive(Debug)]
pub(crate) enum Claim {
    /// Here it is.
    Granted(Reservation),
    /// Ask again when something was given back.
    Later,
    /// It will never fit.
    Refused(Error),
}

impl Budget {
    /// A purse with `limits`, of which a resumed scan has already spent `spent`.
    pub fn new(limits: BudgetLimits, spent: Spending) -> Arc<Self> {
        let state = Mutex::new(State { spent, reserved: Amount::default() });
        Arc::new(Self { limits, state, returned: Notify::new() })
    }

    /// The limits.
    pub fn limits(&self) -> &BudgetLimits {
        &self.limits
    }

    /// What was spent so far; reservations are not counted.
    pub fn spending(&self) -> Spending {
        self.state().spent
    }

    /// Whether a model without a price would make a limit meaningless.
    pub(crate) fn needs_prices(&self) -> bool {
        self.limits.max_cost_nano_usd.is_some() && self.limits.on_exceed != OnExceed::Warn
    }

    /// Reserves `amount`, waiting for others' reservations where that can help.
    pub(crate) async fn reserve(self: &Arc<Self>, amount: Amount) -> Result<Reservation, Error> {
        loop {
            // Made before asking: what is given back in between is not missed.
            let returned = self.returned.notified();
            match self.claim(amount) {
                Claim::Granted(reservation) => return Ok(reservation),
                Claim::Refused(error) => return Err(error),
                Claim::Later => returned.await,
            }
        }
    }

    /// Reserves `amount` if that is possible now.
    pub(crate) fn claim(self: &Arc<Self>, amount: Amount) -> Claim {
        let mut state = self.state();
        let cost = state.spent.cost_nano_usd.saturating_add(amount.cost_nano_usd);
        let tokens = state.spent.tokens.saturating_add(amount.tokens);
        let fits = |cost: u64, tokens: u64| {
            self.limits.max_cost_nano_usd.is_none_or(|max| cost <= max)
                && self.limits.max_tokens.is_none_or(|max| tokens <= max)
        };
        let reserved = state.reserved;
        if self.limits.on_exceed != OnExceed::Warn
            && !fits(cost.saturating_add(reserved.cost_nano_usd), tokens.saturating_add(reserved.tokens))
        {
            if fits(cost, tokens) {
                return Claim::Later;
            }
            state.spent.exceeded = true;
            return Claim::Refused(self.refusal(&state.spent, amount));
        }
        state.reserved.cost_nano_usd = reserved.cost_nano_usd.saturating_add(amount.cost_nano_usd);
        state.reserved.tokens = reserved.tokens.saturating_add(amount.tokens);
        Claim::Granted(Reservation { budget: Arc::clone(self), amount })
    }

    fn refusal(&self, spent: &Spending, next: Amount) -> Error {
        let usd = |nano: u64| format!("{:.4} USD", nano as f64 / 1e9);
        let over_cost = |max: &u64| spent.cost_nano_usd.saturating_add(next.cost_nano_usd) > *max;
        let (limit, spent) = match self.limits.max_cost_nano_usd.filter(over_cost) {
            Some(max) => {
                let next = usd(next.cost_nano_usd);
                (usd(max), format!("{} are spent, and the next prompt may cost {next}", usd(spent.cost_nano_usd)))
            }
            None => {
                let max = self.limits.max_tokens.unwrap_or_default();
                (
                    format!("{max} tokens"),
                    format!("{} are spent, and the next prompt may need {}", spent.tokens, next.tokens),
                )
            }
        };
        Error::BudgetExceeded { limit, spent, on_exceed: self.limits.on_exceed }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is whole before the lock is let go.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Replaces what was reserved by what was used. Without a price only tokens count.
    pub(crate) fn settle(self, cost_nano_usd: Option<u64>, tokens: u64) {
        let mut state = self.budget.state();
        let spent = &mut state.spent;
        spent.tokens = spent.tokens.saturating_add(tokens);
        match cost_nano_usd {
            Some(cost) => spent.cost_nano_usd = spent.cost_nano_usd.saturating_add(cost),
            None => spent.unpriced_tokens = spent.unpriced_tokens.saturating_add(tokens),
        }
        let limits = &self.budget.limits;
        spent.exceeded |= limits.max_cost_nano_usd.is_some_and(|max| spent.cost_nano_usd > max)
            || limits.max_tokens.is_some_and(|max| spent.tokens > max);
        // Dropping it gives the reservation back; the lock must be free for that.
        drop(state);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        let reserved = &mut state.reserved;
        reserved.cost_nano_usd = reserved.cost_nano_usd.saturating_sub(self.amount.cost_nano_usd);
        reserved.tokens = reserved.tokens.saturating_sub(self.amount.tokens);
        drop(state);
        self.budget.returned.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits(cost: Option<u64>, tokens: Option<u64>, on_exceed: OnExceed) -> BudgetLimits {
        BudgetLimits { max_cost_nano_usd: cost, max_tokens: tokens, on_exceed }
    }

    fn amount(cost_nano_usd: u64, tokens: u64) -> Amount {
        Amount { cost_nano_usd, tokens }
    }

    proptest! {
        /// Whatever is claimed, settled at most at what was reserved, or given back: no limit is passed, and nothing
        /// stays reserved.
        #[test]
        fn a_kept_limit_is_never_passed(
            max_cost in 0_u64..500,
            max_tokens in 0_u64..500,
            steps in prop::collection::vec((0_u64..100, 0_u64..100, 0_u8..4), 1..60),
        ) {
            let budget = Budget::new(limits(Some(max_cost), Some(max_tokens), OnExceed::Pause), Spending::default());
            let mut held = Vec::new();
            for (cost, tokens, step) in steps {
                match step {
                    0 => drop(held.pop()),
                    1 => {
                        if let Some(reservation) = held.pop() {
                            let Reservation { amount, .. } = &reservation;
                            let used = (amount.cost_nano_usd.min(cost), amount.tokens.min(tokens));
                            reservation.settle(Some(used.0), used.1);
                        }
                    }
                    _ => match budget.claim(amount(cost, tokens)) {
                        Claim::Granted(reservation) => held.push(reservation),
                        Claim::Later => prop_assert!(!held.is_empty(), "nothing to wait for"),
                        Claim::Refused(_) => prop_assert!(budget.spending().exceeded),
                    },
                }
                let spent = budget.spending();
                prop_assert!(spent.cost_nano_usd <= max_cost && spent.tokens <= max_tokens);
            }
            held.clear();
            prop_assert_eq!(budget.state().reserved, Amount::default());
        }
    }

    #[test]
    fn a_warning_budget_grants_everything_and_says_so() {
        let budget = Budget::new(limits(Some(10), None, OnExceed::Warn), Spending::default());
        for _ in 0..3 {
            let Claim::Granted(reservation) = budget.claim(amount(100, 1)) else { panic!("it only warns") };
            reservation.settle(Some(4), 1);
        }
        assert_eq!(budget.spending(), Spending { cost_nano_usd: 12, tokens: 3, unpriced_tokens: 0, exceeded: true });
    }

    #[tokio::test]
    async fn what_does_not_fit_waits_for_what_is_in_flight() {
        let budget = Budget::new(limits(None, Some(10), OnExceed::Stop), Spending::default());
        let first = budget.reserve(amount(0, 8)).await.expect("there is room");
        let waiting = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.reserve(amount(0, 8)).await.map(drop) }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        first.settle(None, 1);
        waiting.await.expect("it ran").expect("seven were given back");
        let error = budget.reserve(amount(0, 20)).await.expect_err("it never fits").to_string();
        assert_eq!(
            error,
            "the limit of 10 tokens is reached: 1 are spent, and the next prompt may need 20; raise it and resume"
        );
        assert_eq!(budget.spending().unpriced_tokens, 1);
    }
}
