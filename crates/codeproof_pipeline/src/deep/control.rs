//! Whether a deep scan goes on, and why not: asked by its loops, told by its guards.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// Why a deep scan begins nothing new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Halt {
    /// It waits to be resumed; why, one sentence without a full stop.
    Paused(String),
    /// A limit ended it; why.
    Stopped(String),
    /// The user gave it up.
    Cancelled,
    /// The user interrupted it: what is on its way is left behind, too.
    Interrupted,
    /// The database refused; see [`Control::refusal`].
    Broken,
}

/// The first halt counts; none is taken back.
#[derive(Debug)]
pub(super) struct Control {
    halt: Mutex<Option<Halt>>,
    /// The database's first refusal.
    refused: Mutex<Option<codeproof_store::Error>>,
    /// Whether there is a halt, and whether what is on its way is left behind.
    seen: watch::Sender<(bool, bool)>,
}

impl Control {
    pub(super) fn new() -> Self {
        Self { halt: Mutex::default(), refused: Mutex::default(), seen: watch::Sender::new((false, false)) }
    }

    /// Begins nothing new from now on.
    pub(super) fn halt(&self, why: Halt) {
        let mut halt = self.halt.lock().unwrap_or_else(PoisonError::into_inner);
        // An interrupt does not wait for what a pause waits for.
        let at_once = matches!(why, Halt::Interrupted | Halt::Broken);
        if halt.is_none() || (at_once && !self.seen.borrow().1) {
            *halt = Some(why);
            self.seen.send_replace((true, at_once));
        }
    }

    /// Stops everything because the database refused.
    pub(super) fn refuse(&self, error: codeproof_store::Error) {
        tracing::warn!(%error, "the database refused what models said");
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.halt(Halt::Broken);
    }

    /// The database's first refusal, when there was one.
    pub(super) fn refusal(&self) -> Option<codeproof_store::Error> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether nothing new is to be begun.
    pub(super) fn is_halted(&self) -> bool {
        self.seen.borrow().0
    }

    /// Waits until nothing new is to be begun.
    pub(super) async fn halted(&self) {
        // The sender lives as long as we do, so waiting cannot fail.
        let _ = self.seen.subscribe().wait_for(|seen| seen.0).await;
    }

    /// Waits until even what is on its way is to be left behind.
    pub(super) async fn cut(&self) {
        let _ = self.seen.subscribe().wait_for(|seen| seen.1).await;
    }

    /// Why it halted.
    pub(super) fn reason(&self) -> Option<Halt> {
        self.halt.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_halt_counts_but_an_interrupt_does_not_wait() {
        let control = Control::new();
        assert!(!control.is_halted());
        control.halt(Halt::Paused("no model".to_owned()));
        control.halt(Halt::Cancelled);
        control.halted().await;
        assert_eq!(control.reason(), Some(Halt::Paused("no model".to_owned())));
        control.halt(Halt::Interrupted);
        control.cut().await;
        assert_eq!(control.reason(), Some(Halt::Interrupted));
    }
}
