//! One model's task: takes prompts in, and sends them as slots and lists allow.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::delivery::deliver;
use super::model::Model;
use super::queue::{Job, Queue};
use crate::error::Error;

/// Runs until the pool is dropped. Dropping this future cancels what is on its way.
pub(super) async fn run(model: Arc<Model>, mut incoming: mpsc::UnboundedReceiver<Job>) {
    let wait = Duration::from_millis(model.config.batch_wait_ms);
    let mut queue = Queue::default();
    let mut deliveries: JoinSet<Vec<Job>> = JoinSet::new();
    loop {
        if let Some(reason) = model.out() {
            refuse(&model, &mut queue, &reason);
        }
        let due_at =
            queue.due_at(model.batch_size(), wait).map(|due| model.not_before().map_or(due, |gate| gate.max(due)));
        let is_due = due_at.is_some_and(|due| due <= Instant::now());
        // In this order: what arrives together goes together, and nothing is sent before it was looked at.
        tokio::select! {
            biased;
            Some(delivered) = deliveries.join_next() => queue.put_back(leftover(delivered)),
            job = incoming.recv() => match job {
                Some(job) => queue.push(job),
                None => return,
            },
            slot = Arc::clone(&model.slots).acquire_owned(), if is_due => {
                let slot = slot.expect("the semaphore of a model is never closed");
                // A storm may have begun while no slot was free.
                let jobs = if model.not_before().is_some() { Vec::new() } else { queue.take(model.batch_size()) };
                if !jobs.is_empty() {
                    deliveries.spawn(deliver(Arc::clone(&model), jobs, slot));
                }
            },
            () = until(due_at), if !is_due && due_at.is_some() => {},
            () = model.until_out(), if !queue.is_empty() => {},
        }
    }
}

/// What a delivery could not bring; nothing when it broke, which its prompts learn from their closed channels.
fn leftover(delivered: Result<Vec<Job>, tokio::task::JoinError>) -> Vec<Job> {
    delivered.unwrap_or_else(|error| {
        tracing::error!(%error, "a delivery ended early");
        Vec::new()
    })
}

fn refuse(model: &Model, queue: &mut Queue, reason: &Arc<str>) {
    for job in queue.drain() {
        let error = Error::ModelOut { model: model.name().to_owned(), reason: Arc::clone(reason) };
        // Nobody may be waiting any more.
        let _ = job.answer.send(Err(error));
    }
}

async fn until(due_at: Option<Instant>) {
    match due_at {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
