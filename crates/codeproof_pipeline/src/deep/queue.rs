//! Drafts that wait for their judges: the gravest first, and no more than there is room for.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use codeproof_types::Severity;
use tokio::sync::Notify;

/// A bounded queue ordered by severity, then by arrival.
#[derive(Debug)]
pub(super) struct SeverityQueue<T> {
    state: Mutex<State<T>>,
    room: usize,
    pushed: Notify,
    popped: Notify,
}

#[derive(Debug)]
struct State<T> {
    waiting: BTreeMap<(Reverse<Severity>, u64), T>,
    arrivals: u64,
    is_closed: bool,
}

impl<T> SeverityQueue<T> {
    /// At most `room` wait; who brings more waits, too.
    pub(super) fn new(room: usize) -> Self {
        let state = State { waiting: BTreeMap::new(), arrivals: 0, is_closed: false };
        Self { state: Mutex::new(state), room: room.max(1), pushed: Notify::new(), popped: Notify::new() }
    }

    /// Adds an item; waits while there is no room. After `close` the item is dropped.
    pub(super) async fn push(&self, severity: Severity, item: T) {
        let mut item = Some(item);
        loop {
            // Made before looking: a pop in between is not missed.
            let popped = self.popped.notified();
            {
                let mut state = self.state();
                if state.is_closed {
                    return;
                }
                if state.waiting.len() < self.room
                    && let Some(item) = item.take()
                {
                    let arrival = state.arrivals;
                    state.arrivals += 1;
                    state.waiting.insert((Reverse(severity), arrival), item);
                    drop(state);
                    self.pushed.notify_one();
                    return;
                }
            }
            popped.await;
        }
    }

    /// The gravest item; waits for one. `None` when the queue is closed and empty.
    pub(super) async fn pop(&self) -> Option<T> {
        loop {
            let pushed = self.pushed.notified();
            {
                let mut state = self.state();
                if let Some((_, item)) = state.waiting.pop_first() {
                    drop(state);
                    self.popped.notify_one();
                    return Some(item);
                }
                if state.is_closed {
                    return None;
                }
            }
            pushed.await;
        }
    }

    /// Nothing more comes.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        // Both kinds of waiters must look again; a permit for who is about to wait, and a call for who does.
        self.pushed.notify_one();
        self.pushed.notify_waiters();
        self.popped.notify_one();
        self.popped.notify_waiters();
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.state().waiting.len()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State<T>> {
        // Every change is whole before the lock is let go.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_gravest_comes_first_and_equals_in_order_of_arrival() {
        let queue = SeverityQueue::new(8);
        for (severity, item) in [(Severity::Low, 1), (Severity::High, 2), (Severity::High, 3), (Severity::Critical, 4)]
        {
            queue.push(severity, item).await;
        }
        queue.close();
        let mut order = Vec::new();
        while let Some(item) = queue.pop().await {
            order.push(item);
        }
        assert_eq!(order, [4, 2, 3, 1]);
    }

    #[tokio::test]
    async fn who_brings_too_much_waits() {
        let queue = SeverityQueue::new(1);
        queue.push(Severity::Low, 1).await;
        let (pushed, popped) = tokio::join!(queue.push(Severity::Low, 2), async {
            tokio::task::yield_now().await;
            (queue.len(), queue.pop().await)
        });
        assert_eq!((pushed, popped), ((), (1, Some(1))));
        assert_eq!(queue.pop().await, Some(2));
    }

    #[tokio::test]
    async fn closing_wakes_who_waits() {
        let queue = SeverityQueue::<u8>::new(1);
        let (popped, ()) = tokio::join!(queue.pop(), async {
            tokio::task::yield_now().await;
            queue.close();
        });
        assert_eq!(popped, None);
    }
}
