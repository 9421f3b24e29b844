//! Judging: every draft to its verifiers, their votes counted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use codeproof_judge::{AnswerForm, Filter, PROMPT_VERSION, Prompt, PromptKey, Verifier, VerifyInput};
use codeproof_llm::{ModelPool, Role};
use codeproof_replies::ReplyStatus;
use codeproof_store::{AnswerKey, ModelRecord};
use codeproof_types::{
    ContentHash, FileClass, Finding, Fingerprint, Language, Origin, Outcome, Phase, Progress, RepoPath, Verdict, Vote,
};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;

use super::ask::{Asker, NoAnswer, Question, Read, request};
use super::context::{Context, Surroundings};
use super::control::Control;
use super::counts::Counts;
use super::draft::one_sentence;
use super::queue::SeverityQueue;
use crate::Error;

/// A verifier, ready to be asked.
pub(super) struct Voter<'p> {
    pub(super) verifier: &'p Verifier,
    filter: Filter,
    /// The server's name of its model, which answers are memorised under.
    served: String,
    /// Tokens a prompt may have.
    tokens_max: u32,
}

/// Tokens of a prompt when a model's window is not told: what small local models have at least.
const PROMPT_TOKENS_UNTOLD: u32 = 6_000;

impl<'p> Voter<'p> {
    /// The enabled verifiers of a profile in the order of their votes.
    pub(super) fn all(verifiers: &'p [Verifier], context_tokens: u32, pool: &ModelPool) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for verifier in verifiers.iter().filter(|verifier| verifier.enabled) {
            let config = pool.config(&verifier.model)?;
            let window = pool.prompt_tokens_max(&verifier.model)?;
            // Our own count is not the server's: some room is left for the difference.
            let window = window.map_or(PROMPT_TOKENS_UNTOLD.max(context_tokens), |tokens| {
                u32::try_from(tokens * 8 / 10).unwrap_or(u32::MAX)
            });
            all.push(Self {
                verifier,
                filter: verifier.filter().map_err(|source| Error::file_filter(&verifier.name, source))?,
                served: format!("{} {}", config.provider, config.served_name()),
                // What the finding itself and the instructions take comes on top of its context.
                tokens_max: window.min(context_tokens.saturating_add(4_000)),
            });
        }
        all.sort_by_key(|voter| voter.verifier.run_order);
        Ok(all)
    }
}

/// Judges everything that comes through the queue.
pub(super) struct Judge<'a> {
    pub(super) asker: &'a Asker<'a>,
    pub(super) voters: &'a [Voter<'a>],
    pub(super) surroundings: &'a Surroundings<'a>,
    pub(super) languages: &'a HashMap<RepoPath, (FileClass, Option<Language>)>,
    pub(super) key: &'a PromptKey,
    pub(super) queue: &'a SeverityQueue<Finding>,
    pub(super) counts: &'a Counts,
    pub(super) control: &'a Control,
    pub(super) progress: &'a dyn Progress,
    /// Drafts in work at once.
    pub(super) window: usize,
    /// Findings as they stand after the votes.
    pub(super) judged: Mutex<HashMap<Fingerprint, Finding>>,
}

impl Judge<'_> {
    /// Judges until the queue is closed and empty, or the scan halts.
    pub(super) async fn judge_all(&self) {
        self.progress.start(Phase::Verify, None);
        let mut running = FuturesUnordered::new();
        let mut is_open = true;
        while is_open || !running.is_empty() {
            let has_room = is_open && running.len() < self.window && !self.control.is_halted();
            tokio::select! {
                next = self.queue.pop(), if has_room => match next {
                    Some(finding) => running.push(self.judge(finding)),
                    None => is_open = false,
                },
                Some(()) = running.next(), if !running.is_empty() => {
                    self.progress.advance(Phase::Verify, 1, 0);
                    self.progress.spent(self.counts.cost_nano_usd());
                }
                () = self.control.cut() => break,
                () = self.control.halted(), if is_open => is_open = false,
            }
        }
        self.progress.finish(Phase::Verify);
    }

    async fn judge(&self, mut finding: Finding) {
        let language = self.languages.get(&finding.location.path).and_then(|(_, language)| *language);
        let context = self.surroundings.of(&finding, language);
        let asked: Vec<&Voter<'_>> =
            self.voters.iter().filter(|voter| voter.filter.matches(&finding.location.path, language)).collect();
        let mut votes = Vec::new();
        match &context {
            Ok(context) => {
                let prompts = self.prompts(&asked, &finding, context);
                let answers = asked.iter().zip(prompts).map(|(voter, prompt)| self.ask(voter, &finding, prompt));
                for (voter, answer) in asked.iter().zip(join_all(answers).await) {
                    match answer {
                        Ok(vote) => votes.push(vote),
                        Err(NoAnswer::Failed(why)) => votes.push(absent(voter, &why)),
                        // Not judged: it is asked again when the scan is resumed.
                        Err(NoAnswer::Halted) => return,
                    }
                }
            }
            Err(why) => votes.extend(asked.iter().map(|voter| absent(voter, why))),
        }
        // A chain that the engine has proven is a voter like others, and the first.
        votes.splice(0..0, codeproof_judge::data_flow_vote(&finding));
        let judgement = codeproof_judge::decide(votes);
        let outcome = judgement.outcome;
        codeproof_judge::apply(&mut finding, judgement);
        let record = ModelRecord::Judged { finding: Box::new(finding.clone()) };
        if self.asker.commit(vec![record]).await.is_err() {
            return;
        }
        if finding.origin != Origin::Detector {
            self.counts.outcomes(|outcomes| match outcome {
                Outcome::Verified => outcomes.verified += 1,
                Outcome::Weakness => outcomes.weakness += 1,
                Outcome::Rejected => outcomes.rejected += 1,
                Outcome::Unverified => outcomes.unverified += 1,
            });
        }
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        judged.insert(finding.fingerprint.clone(), finding);
    }

    /// The prompt of each voter; voters that are told the same share one.
    fn prompts(&self, asked: &[&Voter<'_>], finding: &Finding, context: &Context) -> Vec<Arc<Prompt>> {
        // Counted in full for every part of every context, a real tokenizer would cost more than everything else here.
        let count = |text: &str| codeproof_syntax::estimate_tokens(text);
        let input = VerifyInput {
            finding,
            code: &context.code,
            trail: &finding.evidence,
            context_parts: &context.parts,
            tree: &self.surroundings.tree,
            entry_points: &self.surroundings.entry_points,
        };
        let mut prompts: Vec<Arc<Prompt>> = Vec::with_capacity(asked.len());
        for (at, voter) in asked.iter().enumerate() {
            let told = |voter: &Voter<'_>| (voter.verifier.prompt_template.clone(), voter.tokens_max);
            let prompt = match asked[..at].iter().position(|earlier| told(earlier) == told(voter)) {
                Some(earlier) => Arc::clone(&prompts[earlier]),
                None => {
                    let limit = voter.tokens_max;
                    Arc::new(codeproof_judge::verify_prompt(voter.verifier, &input, limit, &count, self.key))
                }
            };
            prompts.push(prompt);
        }
        prompts
    }

    async fn ask(&self, voter: &Voter<'_>, finding: &Finding, prompt: Arc<Prompt>) -> Result<Vote, NoAnswer> {
        let verifier = voter.verifier;
        let question = Question {
            key: vote_key(voter, &prompt),
            model: &verifier.model,
            role: Role::Verifier,
            voice: &verifier.name,
            chunk: None,
            finding: Some(&finding.fingerprint),
        };
        self.asker.remember(&[question.key]).await;
        let read = |raw: &str, cut: bool| read_vote(&verifier.model, raw, &prompt.shown, cut);
        let make = || request(Role::Verifier, &prompt);
        let mend = |raw: &str| codeproof_judge::mend_prompt(AnswerForm::Vote, raw, self.key);
        let answered = self.asker.answer(&question, &make, &read, &mend).await?;
        serde_json::from_slice(&answered.value)
            .map_err(|error| NoAnswer::Failed(format!("a memorised vote cannot be read: {error}")))
    }
}

/// The vote of a verifier that could not be heard: it does not count, and says why.
fn absent(voter: &Voter<'_>, why: &str) -> Vote {
    Vote {
        voter: voter.verifier.model.clone(),
        verdict: Verdict::Abstain,
        confidence: None,
        severity: None,
        attack_path: String::new(),
        reasoning: format!("no answer: {}", one_sentence(why)),
    }
}

/// A vote depends on what was shown, to whom, and how answers are read.
fn vote_key(voter: &Voter<'_>, prompt: &Prompt) -> AnswerKey {
    let version = PROMPT_VERSION.to_string();
    let parts = ["vote", &version, &voter.verifier.name, &voter.served, &prompt.system, &prompt.user];
    // Each part has its length before it, so that no two keys run together.
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    AnswerKey(*ContentHash::of(&bytes).as_bytes())
}

fn read_vote(voter: &str, raw: &str, shown: &str, cut: bool) -> Read {
    match codeproof_judge::read_vote(voter, raw, shown, cut) {
        Ok(vote) => Read::Good(serde_json::to_vec(&vote).unwrap_or_default()),
        Err(problem) => match problem.status {
            ReplyStatus::Truncated => Read::Cut(None),
            ReplyStatus::Malformed => Read::Malformed(problem.to_string()),
            _ => Read::Refused,
        },
    }
}
