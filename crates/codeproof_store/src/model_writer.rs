//! The writer of what models say: each result in one transaction with what it cost, many results in one commit.
//!
//! Natural batching: the one task takes what is waiting and commits it at once; what comes meanwhile waits for that commit
//! and is the next group. So a lone result is on its way immediately, and the more there are the more share a commit.
//! Whoever awaits [`ModelWriter::commit`] knows that its records are in the database, whatever kills the process next
//! (with SQLite in WAL mode and `synchronous = NORMAL` a loss of power may still take the last ones).
//!
//! Drafts, votes, chunks and answers can be written twice without harm: rows have unique keys, and what is there is brought
//! up to date. A call is a row each time: the memo is what keeps it from being made again.
//!
//! `examples/model_rows.rs`, 24 at once on two busy cores: 480 results a second, each with some 3 KB of texts, take 8 % of
//! a core with SQLite (its own work included) and 3 % with PostgreSQL, and wait 4 ms; 3,000 to 4,500 a second are possible.

mod calls;
mod drafts;
mod group;
mod judgements;

use std::time::Duration;

use codeproof_types::{Finding, ModelDraft, ScanId};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::exchanges::ExchangeText;
use crate::memo::Answer;
use crate::rows::{CallRow, ChunkId, ChunkStatus};
use crate::{Error, Store};
use group::{Failed, GroupWriter};

/// Messages in one group: the commits of every request that a scan has in flight, and what was noted between them.
const GROUP_MESSAGES: usize = 64;

/// How long the first message of a group waits for company. A transaction costs as much as several answers, and what waits
/// here is asked again after a kill: a few milliseconds of answers are less than what is on its way to the models.
const COMPANY_WAIT: Duration = Duration::from_millis(8);

/// Something that models did, to become rows.
#[derive(Debug, Clone)]
pub enum ModelRecord {
    /// A prompt was sent.
    Call {
        /// What it took.
        call: Box<CallRow>,
        /// What was read from the answer, to be memorised.
        answer: Option<Answer>,
        /// The texts, when they are to be kept.
        exchange: Option<ExchangeText>,
    },
    /// A chunk has a new status.
    Chunk {
        /// The chunk.
        chunk: ChunkId,
        /// What became of it.
        status: ChunkStatus,
        /// Why, where the status alone does not say.
        why: Option<String>,
    },
    /// Models reported a finding. Of a detector's finding nothing changes but `source_models` and, where there are some,
    /// `votes`. Another's becomes a draft with status `pending`; once it is judged only its place and its sources change.
    Drafted {
        /// The finding with all reports merged into it.
        finding: Box<Finding>,
        /// The chunk it was found in.
        chunk: Option<ChunkId>,
        /// The reports, each as its model made it.
        sources: Vec<ModelDraft>,
    },
    /// The votes on a draft are counted: the finding says in its `judgement` what they came to, or that it is taken back.
    /// Of a detector's finding nothing changes but `judgement` and `votes`.
    Judged {
        /// The finding as it is from now on.
        finding: Box<Finding>,
    },
}

/// Takes what models did in one scan. Clones share one task, which ends when the last of them is gone.
#[derive(Debug, Clone)]
#[must_use = "notes are written for certain only when the writer is closed"]
pub struct ModelWriter {
    messages: mpsc::UnboundedSender<Message>,
}

/// What comes to the task. Bounded by those who wait for their commits, and by how fast models answer.
#[derive(Debug)]
enum Message {
    Commit { records: Vec<ModelRecord>, done: oneshot::Sender<Result<(), Error>> },
    Note(Box<ModelRecord>),
}

impl Message {
    fn records(&self) -> &[ModelRecord] {
        match self {
            Self::Commit { records, .. } => records,
            Self::Note(record) => std::slice::from_ref(record),
        }
    }
}

impl Store {
    /// Starts the writer of what models do in a scan. Must be called within a tokio runtime; one for each scan.
    pub fn model_writer(&self, scan: ScanId) -> ModelWriter {
        let (messages, inbox) = mpsc::unbounded_channel();
        tokio::spawn(drain(GroupWriter::new(self.clone(), scan), inbox));
        ModelWriter { messages }
    }
}

impl ModelWriter {
    /// Writes the records in one transaction, together with whatever else waits. Resolves when they are committed.
    ///
    /// # Errors
    /// Why they, or records that were noted before, could not be written. The writer goes on: a later commit may succeed.
    pub async fn commit(&self, records: Vec<ModelRecord>) -> Result<(), Error> {
        let (done, written) = oneshot::channel();
        self.messages.send(Message::Commit { records, done }).map_err(|_| Error::WriterStopped)?;
        // The task ends without an answer only when the runtime shuts down around it.
        written.await.unwrap_or(Err(Error::WriterStopped))
    }

    /// Queues a record for the next commit, or for one of its own soon after. What goes wrong is told by the next
    /// [`commit`](Self::commit) or by [`close`](Self::close).
    pub fn note(&self, record: ModelRecord) {
        // Nobody takes it only when the runtime shuts down, which `close` tells.
        let _ = self.messages.send(Message::Note(Box::new(record)));
    }

    /// Writes what is queued. Clones can go on.
    ///
    /// # Errors
    /// Why noted records could not be written.
    pub async fn close(self) -> Result<(), Error> {
        self.commit(Vec::new()).await
    }
}

/// Writes group after group until the last sender is gone.
async fn drain(mut rows: GroupWriter, mut inbox: mpsc::UnboundedReceiver<Message>) {
    let mut untold = None;
    let mut group = Vec::new();
    while gather(&mut inbox, &mut group).await {
        write(&mut rows, std::mem::take(&mut group), &mut untold).await;
    }
    if let Some(error) = untold {
        tracing::warn!(%error, "what models did could not all be stored, and nobody waited to be told");
    }
}

/// Waits for a first message, and a little for others. `false` when none will come.
async fn gather(inbox: &mut mpsc::UnboundedReceiver<Message>, group: &mut Vec<Message>) -> bool {
    inbox.recv_many(group, GROUP_MESSAGES).await;
    let deadline = Instant::now() + COMPANY_WAIT;
    while !group.is_empty() && group.len() < GROUP_MESSAGES {
        match timeout_at(deadline, inbox.recv_many(group, GROUP_MESSAGES - group.len())).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    !group.is_empty()
}

/// Writes a group, and tells everybody what came of it. When the database refuses the whole, each is tried alone, so that
/// only the one with the fault fails, unless the refusal has nothing to do with the records.
async fn write(rows: &mut GroupWriter, group: Vec<Message>, untold: &mut Option<Error>) {
    let all = group.iter().map(Message::records).collect::<Vec<_>>();
    match rows.write(&all).await {
        Err(failed) if group.len() > 1 && failed.may_be_one_records_fault() => {
            for message in group {
                let written = rows.write(&[message.records()]).await;
                tell(rows, message, &written, untold);
            }
        }
        written => group.into_iter().for_each(|message| tell(rows, message, &written, untold)),
    }
}

/// Answers who waits; what nobody waits for is told to the next who does.
fn tell(rows: &GroupWriter, message: Message, written: &Result<(), Failed>, untold: &mut Option<Error>) {
    let written = written.as_ref().map_err(|failed| rows.error(failed)).copied();
    match message {
        Message::Note(_) => *untold = untold.take().or(written.err()),
        Message::Commit { done, .. } => {
            let told = written.and_then(|()| untold.take().map_or(Ok(()), Err));
            // Whoever does not wait any more is not told.
            let _ = done.send(told);
        }
    }
}
