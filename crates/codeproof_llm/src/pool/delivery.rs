//! Brings one request to the server and its answers back: reserves, sends, tries again, and falls back to what the
//! server can take.
//!
//! Servers differ in how they refuse a list (400, 422, 500, even with an empty message) or a schema, and one prompt
//! that is too long fails its whole list. So a list that fails is taken apart: first one prompt alone, which shows
//! whether the list was the matter; one that is too long goes alone, the others together; a list that a server took
//! before and now refuses goes prompt by prompt. A form for the answer that may be the matter is left out once.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::model::Model;
use super::outcome::{error, record, wait_too_long};
use super::queue::Job;
use super::sharing::usages;
use crate::budget::{Claim, Reservation};
use crate::error::Error;
use crate::fault::{Fault, FaultKind};
use crate::providers::Reading;
use crate::record::{CallOutcome, Usage};
use crate::request::{Reply, Request};
use crate::retry::Decision;

/// A prompt with the money for it.
struct Parcel {
    job: Job,
    reservation: Reservation,
}

/// What to do after a failed attempt.
enum Step {
    /// The same again, after this time.
    Again(std::time::Duration),
    /// The first prompt alone, now: the list may be the matter.
    OnlyFirst,
    /// Without a form, now: it may be the matter.
    WithoutForm,
    /// The longest prompt alone, the others together.
    SplitLongest,
    /// Each prompt alone.
    SplitAll,
    /// No more.
    Fail(Error, Blame),
}

/// What a failure says about the model.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blame {
    /// Nothing: the prompt was the matter.
    Prompt,
    /// It counts.
    Model,
    /// The next request would fail for sure.
    ModelForSure,
}

/// One delivery under way.
struct Delivery {
    model: Arc<Model>,
    parcels: Vec<Parcel>,
    leftover: Vec<Job>,
    with_form: bool,
    /// Whether the first prompt was taken out of its list to see whether the list was the matter.
    list_in_doubt: bool,
    /// Whether the form was left out to see whether it was the matter.
    form_in_doubt: bool,
    /// Attempts of this delivery that count for the waits between them.
    tries: u32,
}

/// Delivers `jobs`, which can share a request. What has to be sent otherwise comes back.
pub(super) async fn deliver(model: Arc<Model>, jobs: Vec<Job>, slot: OwnedSemaphorePermit) -> Vec<Job> {
    let (parcels, leftover, slot) = reserve(&model, jobs, slot).await;
    let Some(slot) = slot.filter(|_| !parcels.is_empty()) else {
        return leftover;
    };
    let with_form = model.sends_form(&parcels[0].job.request);
    let delivery =
        Delivery { model, parcels, leftover, with_form, list_in_doubt: false, form_in_doubt: false, tries: 0 };
    delivery.run(slot).await
}

/// Reserves the money for as many prompts as fit now, at least for one if that is possible at all.
///
/// Who waits for money gives the slot back meanwhile: those who hold the money may be waiting for a slot.
async fn reserve(
    model: &Model,
    jobs: Vec<Job>,
    slot: OwnedSemaphorePermit,
) -> (Vec<Parcel>, Vec<Job>, Option<OwnedSemaphorePermit>) {
    let budget = &model.options.budget;
    let mut slot = Some(slot);
    let mut parcels: Vec<Parcel> = Vec::with_capacity(jobs.len());
    let mut leftover = Vec::new();
    for mut job in jobs {
        let most = model.most(&job.request);
        let mut claim = budget.claim(most);
        // Waiting with money in hand could be waiting for oneself.
        if matches!(claim, Claim::Later) && parcels.is_empty() {
            slot = None;
            claim = tokio::select! {
                reserved = budget.reserve(most) => reserved.map_or_else(Claim::Refused, Claim::Granted),
                () = job.answer.closed() => continue,
            };
        }
        match claim {
            Claim::Granted(reservation) => parcels.push(Parcel { job, reservation }),
            Claim::Later => leftover.push(job),
            // Nothing was sent: the record would say nothing that the budget does not.
            Claim::Refused(error) => drop(job.answer.send(Err(error))),
        }
    }
    if slot.is_none() {
        slot = model.slot().await;
    }
    parcels.retain(|parcel| !parcel.job.is_cancelled());
    if let Some(reason) = model.out() {
        for Parcel { job, .. } in parcels.drain(..) {
            let error = Error::ModelOut { model: model.name().to_owned(), reason: Arc::clone(&reason) };
            let _ = job.answer.send(Err(error));
        }
    }
    (parcels, leftover, slot)
}

impl Delivery {
    async fn run(mut self, slot: OwnedSemaphorePermit) -> Vec<Job> {
        let mut slot = Some(slot);
        loop {
            self.tries += 1;
            for parcel in &mut self.parcels {
                parcel.job.attempts += 1;
            }
            let started = Instant::now();
            let shared: Vec<Arc<Request>> = self.parcels.iter().map(|parcel| Arc::clone(&parcel.job.request)).collect();
            let requests: Vec<&Request> = shared.iter().map(|request| &**request).collect();
            let attempt = self.parcels[0].job.attempts;
            let outcome = tokio::select! {
                outcome = self.model.exchange(&requests, self.with_form, attempt) => outcome,
                () = abandoned(&mut self.parcels) => {
                    self.finish_all(started, &CallOutcome::Cancelled);
                    return self.leftover;
                }
            };
            let fault = match outcome {
                Ok(reading) => {
                    drop(slot);
                    return self.succeed(reading, &shared, started).await;
                }
                Err(fault) => fault,
            };
            match self.next_step(&fault) {
                Step::OnlyFirst => {
                    self.list_in_doubt = true;
                    self.keep_only(0);
                    // Nobody should wait for the finding-out twice.
                    self.tries -= 1;
                }
                Step::WithoutForm => {
                    (self.with_form, self.form_in_doubt) = (false, true);
                    self.tries -= 1;
                }
                Step::Again(wait) => {
                    self.model.note_busy(&fault);
                    drop(slot.take());
                    if !self.pause(wait).await {
                        self.finish_all(started, &CallOutcome::Cancelled);
                        return self.leftover;
                    }
                    if let Some(reason) = self.model.out() {
                        let error = Error::ModelOut { model: self.model.name().to_owned(), reason };
                        return self.fail(&error, started);
                    }
                    slot = self.model.slot().await;
                }
                Step::SplitLongest => {
                    self.keep_only(self.longest());
                    return self.hand_back();
                }
                Step::SplitAll => return self.hand_back(),
                Step::Fail(error, blame) => {
                    if blame != Blame::Prompt {
                        self.model.note_failure(&error, blame == Blame::ModelForSure);
                    }
                    return self.fail(&error, started);
                }
            }
        }
    }

    /// Decides what follows from a fault; changes nothing.
    fn next_step(&self, fault: &Fault) -> Step {
        let is_list = self.parcels.len() > 1;
        let kind = fault.kind();
        if kind == Some(FaultKind::TooLong) {
            return match is_list {
                true => Step::SplitLongest,
                false => Step::Fail(error(&self.model, fault, self.parcels[0].job.attempts), Blame::Prompt),
            };
        }
        if fault.may_be_the_shape() && is_list && self.model.takes_lists() != Some(true) {
            // Another delivery may have found it out meanwhile.
            return if self.model.takes_lists().is_none() { Step::OnlyFirst } else { Step::SplitAll };
        }
        if fault.may_be_the_shape() && self.with_form && !is_list && self.accepts_form() != Some(true) {
            return Step::WithoutForm;
        }
        match self.model.options.retry.decide(fault, self.tries, &self.parcels[0].job.hash) {
            Decision::Retry(wait) => Step::Again(wait),
            Decision::GiveUp if is_list && fault.may_be_the_shape() => Step::SplitAll,
            Decision::GiveUp if kind == Some(FaultKind::Quota) => {
                Step::Fail(error(&self.model, fault, self.parcels[0].job.attempts), Blame::ModelForSure)
            }
            Decision::GiveUp => Step::Fail(error(&self.model, fault, self.parcels[0].job.attempts), Blame::Model),
            Decision::WaitTooLong(delay) => Step::Fail(wait_too_long(&self.model, fault, delay), Blame::ModelForSure),
        }
    }

    /// Waits as long as the retry and the model ask; `false` when nobody waits for the answer any more.
    async fn pause(&mut self, wait: std::time::Duration) -> bool {
        let mut until = Instant::now() + wait;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = self.model.until_out() => return true,
                () = abandoned(&mut self.parcels) => return false,
            }
            match self.model.not_before() {
                Some(later) => until = later,
                None => return true,
            }
        }
    }

    /// Keeps one prompt for itself; the others go back, to be sent together.
    fn keep_only(&mut self, at: usize) {
        let kept = self.parcels.swap_remove(at);
        self.leftover.extend(self.parcels.drain(..).map(|parcel| parcel.job));
        self.parcels.push(kept);
    }

    fn longest(&self) -> usize {
        let lengths = self.parcels.iter().map(|parcel| parcel.job.request.bytes());
        lengths.enumerate().max_by_key(|(_, bytes)| *bytes).map_or(0, |(at, _)| at)
    }

    /// Hands all prompts back; those still here are to be sent alone.
    fn hand_back(mut self) -> Vec<Job> {
        let alone = self.parcels.drain(..).map(|parcel| Job { alone: true, ..parcel.job });
        self.leftover.splice(0..0, alone);
        self.leftover
    }

    async fn succeed(mut self, reading: Reading, requests: &[Arc<Request>], started: Instant) -> Vec<Job> {
        self.learn();
        self.model.note_success();
        let latency = started.elapsed();
        let usages = usages(&self.model, requests, &reading).await;
        let batch_size = self.parcels.len();
        for ((parcel, answer), usage) in self.parcels.drain(..).zip(reading.answers).zip(usages) {
            let Parcel { job, reservation } = parcel;
            let record = record(&self.model, &job, usage, latency, batch_size, CallOutcome::Answered);
            reservation.settle(record.cost_nano_usd, usage.total_tokens());
            self.model.options.sink.record(&record);
            let reply = Reply { text: answer.text, finish: answer.finish, form_was_sent: self.with_form, record };
            // Nobody may be waiting any more; the record is kept all the same.
            let _ = job.answer.send(Ok(reply));
        }
        self.leftover
    }

    /// What an answer says about lists and forms.
    fn learn(&self) {
        let (name, output) = (self.model.name(), &self.parcels[0].job.request.output);
        if self.parcels.len() > 1 {
            self.model.learn_lists(true);
        }
        if self.with_form && self.accepts_form().is_none() {
            self.model.learn_form(output, true);
        }
        if self.form_in_doubt {
            // Whether the list was the matter, too, stays open.
            tracing::warn!(model = name, "the server does not take this form of answer; it is not sent any more");
            self.model.learn_form(output, false);
        } else if self.list_in_doubt {
            tracing::warn!(model = name, "the server takes no lists of prompts; they are sent one by one");
            self.model.learn_lists(false);
        }
    }

    fn accepts_form(&self) -> Option<bool> {
        self.model.accepts_form(&self.parcels[0].job.request.output)
    }

    fn fail(mut self, error: &Error, started: Instant) -> Vec<Job> {
        let outcome = CallOutcome::Failed { error: error.to_string() };
        let batch_size = self.parcels.len();
        for Parcel { job, reservation } in self.parcels.drain(..) {
            drop(reservation);
            self.model.options.sink.record(&record(
                &self.model,
                &job,
                Usage::default(),
                started.elapsed(),
                batch_size,
                outcome.clone(),
            ));
            let _ = job.answer.send(Err(error.clone()));
        }
        self.leftover
    }

    /// Records prompts that nobody waits for.
    fn finish_all(&mut self, started: Instant, outcome: &CallOutcome) {
        let batch_size = self.parcels.len();
        for Parcel { job, .. } in self.parcels.drain(..) {
            self.model.options.sink.record(&record(
                &self.model,
                &job,
                Usage::default(),
                started.elapsed(),
                batch_size,
                outcome.clone(),
            ));
        }
    }
}

/// Ends when nobody waits for any of the answers.
async fn abandoned(parcels: &mut [Parcel]) {
    for parcel in parcels {
        parcel.job.answer.closed().await;
    }
}
