//! Prompts that wait for their turn, and which of them go next.
//!
//! The order is that of arrival, bent a little: of the first few waiting, those go together, or one after the other,
//! whose beginnings are alike, because servers keep the beginnings of prompts. No prompt is passed over for long.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use codeproof_types::ContentHash;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::error::Error;
use crate::request::{Reply, Request};

/// How many waiting prompts are compared for each that is sent.
const WINDOW: usize = 8;
/// How often the oldest prompt may be passed over.
const PASSED_OVER_MAX: u32 = 8;

/// A prompt on its way.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) request: Arc<Request>,
    pub(super) hash: ContentHash,
    pub(super) queued_at: Instant,
    pub(super) answer: oneshot::Sender<Result<Reply, Error>>,
    /// Whether it must not share a request: it failed in company.
    pub(super) alone: bool,
    /// Times it was sent.
    pub(super) attempts: u32,
}

impl Job {
    pub(super) fn new(
        request: Arc<Request>,
        queued_at: Instant,
        answer: oneshot::Sender<Result<Reply, Error>>,
    ) -> Self {
        Self { hash: request.prompt_hash(), request, queued_at, answer, alone: false, attempts: 0 }
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.answer.is_closed()
    }

    /// Whether two prompts can share a request: what is said once per request is the same.
    fn goes_with(&self, other: &Self) -> bool {
        !self.alone
            && !other.alone
            && self.request.max_tokens == other.request.max_tokens
            && self.request.output == other.request.output
    }
}

/// The waiting prompts of one model.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Job>,
    /// The last prompt that was sent, to find those like it.
    last: Option<Arc<Request>>,
    passed_over: u32,
}

impl Queue {
    pub(super) fn push(&mut self, job: Job) {
        self.waiting.push_back(job);
    }

    /// Puts prompts back that were taken too early; they are the next.
    pub(super) fn put_back(&mut self, jobs: Vec<Job>) {
        for job in jobs.into_iter().rev() {
            self.waiting.push_front(job);
        }
        self.passed_over = PASSED_OVER_MAX;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// All that wait.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Job> {
        self.waiting.drain(..)
    }

    /// When the next request of at most `size` prompts should be sent: at once when it is full, else when the oldest
    /// prompt has waited long enough for company. `None` when nothing waits.
    pub(super) fn due_at(&self, size: usize, wait: Duration) -> Option<Instant> {
        let oldest = self.waiting.front()?;
        let is_full = size <= 1 || oldest.alone || self.waiting.len() >= size;
        Some(if is_full { oldest.queued_at } else { oldest.queued_at + wait })
    }

    /// Takes the prompts of the next request: one at least unless nothing waits, `size` at most.
    pub(super) fn take(&mut self, size: usize) -> Vec<Job> {
        while self.waiting.front().is_some_and(Job::is_cancelled) {
            self.waiting.pop_front();
        }
        let Some(first) = self.first() else { return Vec::new() };
        let mut taken = vec![first];
        if size > 1 {
            self.add_company(&mut taken, size);
        }
        self.last = taken.last().map(|job| Arc::clone(&job.request));
        taken
    }

    /// The oldest, or one of the next that is more like the last one sent.
    fn first(&mut self) -> Option<Job> {
        let at = match &self.last {
            Some(last) if self.passed_over < PASSED_OVER_MAX => {
                let alike = self.waiting.iter().take(WINDOW).map(|job| common_bytes(last, &job.request));
                // Of equals the oldest.
                alike.enumerate().max_by_key(|(at, alike)| (*alike, usize::MAX - at)).map_or(0, |(at, _)| at)
            }
            _ => 0,
        };
        self.passed_over = if at == 0 { 0 } else { self.passed_over + 1 };
        self.waiting.remove(at)
    }

    /// Adds those of the next prompts that are most like the first of `taken`.
    fn add_company(&mut self, taken: &mut Vec<Job>, size: usize) {
        let first = &taken[0];
        let mut alike: Vec<(usize, usize)> = self
            .waiting
            .iter()
            .take(WINDOW * size)
            .enumerate()
            .filter(|(_, job)| !job.is_cancelled() && job.goes_with(first))
            .map(|(at, job)| (common_bytes(&first.request, &job.request), at))
            .collect();
        // The oldest of the most alike; the sort is stable.
        alike.sort_by_key(|(alike, _)| std::cmp::Reverse(*alike));
        alike.truncate(size - 1);
        let mut places: Vec<usize> = alike.into_iter().map(|(_, at)| at).collect();
        places.sort_unstable_by(|a, b| b.cmp(a));
        let company: Vec<Job> = places.into_iter().filter_map(|at| self.waiting.remove(at)).collect();
        taken.extend(company.into_iter().rev());
    }
}

/// How many bytes two prompts have in common at their beginning.
fn common_bytes(a: &Request, b: &Request) -> usize {
    let mut common = 0;
    for ((_, a), (_, b)) in a.parts().zip(b.parts()) {
        let same = match a == b {
            true => a.len(),
            false => a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count(),
        };
        common += same;
        if same < a.len() || same < b.len() {
            break;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Role;

    fn request(system: &str, prompt: &str) -> Request {
        Request::new(Role::Analyzer, system, prompt)
    }

    /// A queue with `prompts`, and the receivers that keep them alive.
    fn queue(prompts: &[Request]) -> (Queue, Vec<oneshot::Receiver<Result<Reply, Error>>>) {
        let mut queue = Queue::default();
        let now = Instant::now();
        let receivers = prompts.iter().map(|request| {
            let (answer, receiver) = oneshot::channel();
            queue.push(Job::new(Arc::new(request.clone()), now, answer));
            receiver
        });
        let receivers = receivers.collect();
        (queue, receivers)
    }

    fn prompts(jobs: &[Job]) -> Vec<&str> {
        jobs.iter().map(|job| job.request.turns[0].text.as_str()).collect()
    }

    #[test]
    fn lists_are_made_of_prompts_that_begin_alike() {
        let waiting = [("a", "1"), ("b", "2"), ("a", "3"), ("b", "4"), ("a", "5")].map(|(s, p)| request(s, p));
        let (mut queue, _receivers) = queue(&waiting);
        assert_eq!(prompts(&queue.take(3)), ["1", "3", "5"]);
        assert_eq!(prompts(&queue.take(3)), ["2", "4"]);
        assert!(queue.take(3).is_empty());
    }

    #[test]
    fn what_cannot_share_a_request_does_not() {
        let mut other = request("a", "2");
        other.max_tokens = Some(7);
        let (mut queue, mut receivers) = queue(&[request("a", "1"), other, request("a", "3"), request("a", "4")]);
        queue.waiting[3].alone = true;
        drop(receivers.remove(2));
        assert_eq!(prompts(&queue.take(4)), ["1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_is_due_when_it_is_full_or_its_oldest_prompt_has_waited() {
        let (queue, _receivers) = queue(&[request("a", "1"), request("a", "2")]);
        let (now, wait) = (Instant::now(), Duration::from_millis(20));
        assert_eq!(queue.due_at(2, wait), Some(now));
        assert_eq!(queue.due_at(3, wait), Some(now + wait));
        assert_eq!(Queue::default().due_at(1, wait), None);
    }

    proptest! {
        /// Every prompt is taken once, no list is too long, and nobody is passed over for long.
        #[test]
        fn nothing_is_lost_repeated_or_left_behind(
            sizes in prop::collection::vec(1_usize..6, 1..80),
            systems in prop::collection::vec(0_u8..4, 1..80),
        ) {
            let waiting: Vec<Request> =
                systems.iter().enumerate().map(|(at, system)| request(&system.to_string(), &at.to_string())).collect();
            let (mut queue, _receivers) = queue(&waiting);
            let mut seen = Vec::new();
            for size in sizes.iter().copied().cycle() {
                let oldest = queue.waiting.front().map(|job| job.request.turns[0].text.clone());
                let taken = queue.take(size);
                if taken.is_empty() {
                    break;
                }
                prop_assert!(taken.len() <= size);
                prop_assert!(queue.passed_over <= PASSED_OVER_MAX);
                if queue.passed_over == 0 {
                    prop_assert_eq!(Some(taken[0].request.turns[0].text.clone()), oldest);
                }
                seen.extend(taken.iter().map(|job| job.request.turns[0].text.parse::<usize>().expect("a number")));
            }
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..waiting.len()).collect::<Vec<_>>());
        }
    }
}
