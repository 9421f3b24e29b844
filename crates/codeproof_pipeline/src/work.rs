//! All files of a scan: looked up in the cache, analysed on all threads, handed to the writer, counted.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use codeproof_detect::Detector;
use codeproof_source::{ChangedLines, Snapshot, SourceFile};
use codeproof_store::{AnalysisCache, CacheKey, FileOutcome, FileRecord, ScanRecord, ScanWriter};
use codeproof_types::{FileClass, Finding, Language, Phase, Problem, Progress, RepoPath, ScanSummary, Severity};
use rayon::prelude::*;
use tokio::task::block_in_place;

use crate::analysis::{self, FileAnalysis};
use crate::lowered::{self, LANGUAGES, Lowered};
use crate::{cache_key, merge};

/// Files looked up in the cache, analysed and kept together: bounds what a cached scan holds in memory, and what a
/// killed one has to do again.
const BATCH_FILES: usize = 2048;

/// What every file of one scan is analysed with.
pub(crate) struct Work<'a> {
    /// The files.
    pub snapshot: &'a Snapshot,
    /// Findings on other lines are left out, when set.
    pub changed: Option<&'a ChangedLines>,
    /// How many were.
    pub unchanged_findings: AtomicU64,
    /// The rules.
    pub detector: &'a Detector,
    /// Where analyses are kept.
    pub cache: Option<&'a AnalysisCache>,
    /// Where rows go.
    pub writer: Option<&'a ScanWriter>,
    /// Who is told.
    pub progress: &'a dyn Progress,
    /// Raised to stop.
    pub stop: &'a AtomicBool,
    /// Severities that replace those of the rules.
    pub severities: &'a HashMap<&'a str, Severity>,
    /// Findings below this are left out.
    pub min_severity: Severity,
    /// All rules on every class of file.
    pub all: bool,
    /// Identity of program and rules.
    pub engine: &'a str,
}

/// What came of one file.
struct DoneFile {
    analysis: FileAnalysis,
    /// Findings that data flow may still decide over; neither adjusted nor written.
    held: Vec<Finding>,
    /// Its IR, when it was parsed and its language is followed.
    lowered: Option<Lowered>,
    /// To keep in the cache, when the analysis is fresh and lasting.
    entry: Option<Vec<u8>>,
    /// Whether it came from the cache.
    is_hit: bool,
}

/// The rows' writer stopped; closing it tells why.
pub(crate) struct WriterStopped;

impl Work<'_> {
    /// Analyses every file until done, stopped, or the writer fails; the writer's error comes back when it is closed.
    pub(crate) async fn all_files(&self, pool: &rayon::ThreadPool) -> Tally {
        let files = &self.snapshot.files;
        for phase in [Phase::Parse, Phase::Detect] {
            self.progress.start(phase, Some(files.len() as u64));
        }
        let mut tally = Tally::new(self.snapshot);
        let mut written = block_in_place(|| self.write_unread());
        for batch in files.chunks(BATCH_FILES) {
            if written.is_err() || self.stopped() {
                break;
            }
            let keys: Vec<CacheKey> =
                batch.iter().map(|file| cache_key::of(file, self.secrets_only(file), self.engine)).collect();
            let kept = match self.cache {
                Some(cache) => cache.get_many(&keys).await,
                None => HashMap::new(),
            };
            let done = Mutex::new((&mut tally, Vec::new()));
            written = block_in_place(|| {
                pool.install(|| {
                    batch.par_iter().zip(&keys).with_max_len(1).try_for_each(|(file, key)| {
                        if self.stopped() {
                            return Ok(());
                        }
                        let mut done_file = self.one_file(file, kept.get(key).map(Vec::as_slice))?;
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        done.1.extend(done_file.entry.take().map(|entry| (*key, entry)));
                        done.0.add(file, done_file);
                        Ok(())
                    })
                })
            });
            let entries = done.into_inner().unwrap_or_else(PoisonError::into_inner).1;
            if let Some(cache) = self.cache {
                cache.put_many(entries).await;
            }
        }
        for phase in [Phase::Parse, Phase::Detect] {
            self.progress.finish(phase);
        }
        tally
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn secrets_only(&self, file: &SourceFile) -> bool {
        file.class.is_secrets_only() && !self.all
    }

    /// Analyses one file, or takes it from its cache entry, and writes its rows.
    fn one_file(&self, file: &SourceFile, kept: Option<&[u8]>) -> Result<DoneFile, WriterStopped> {
        // An entry that cannot be read counts as none.
        let kept = kept.and_then(|bytes| serde_json::from_slice::<FileAnalysis>(bytes).ok());
        let is_hit = kept.is_some();
        let (mut analysis, lowered, entry) = match kept {
            Some(analysis) => {
                self.progress.advance(Phase::Parse, 1, file.bytes);
                self.progress.advance(Phase::Detect, 1, file.bytes);
                (analysis, None, None)
            }
            None => {
                let (fresh, lowered) =
                    analysis::analyse(self.snapshot, file, self.secrets_only(file), self.detector, self.progress);
                let keep = self.cache.is_some() && fresh.is_lasting();
                let entry = keep.then(|| serde_json::to_vec(&fresh).ok()).flatten();
                (fresh, lowered, entry)
            }
        };
        let is_followed = analysis.language.is_some_and(|language| LANGUAGES.contains(&language));
        let (held, own) = std::mem::take(&mut analysis.findings)
            .into_iter()
            .partition(|finding| is_followed && !self.secrets_only(file) && merge::can_merge(finding));
        analysis.findings = own;
        self.adjust(&mut analysis.findings);
        self.write(file, &analysis)?;
        Ok(DoneFile { analysis, held, lowered, entry, is_hit })
    }

    /// Adjusts and writes findings that are not of one file's analysis alone.
    pub(crate) fn write_merged(&self, findings: &mut Vec<Finding>) -> Result<(), WriterStopped> {
        self.adjust(findings);
        findings.iter().try_for_each(|finding| self.send(ScanRecord::Finding(Box::new(finding.clone()))))
    }

    /// Applies the user's severities, and leaves out what the user did not ask for. Cached analyses hold all findings
    /// with the rules' own severities.
    fn adjust(&self, findings: &mut Vec<Finding>) {
        for finding in findings.iter_mut() {
            if let Some(severity) = self.severities.get(finding.rule_id.as_str()) {
                finding.severity = *severity;
            }
        }
        findings.retain(|finding| finding.severity >= self.min_severity);
        if let Some(changed) = self.changed {
            // Files that did not change at all are counted as files, not by their findings.
            let is_counted = |finding: &&Finding| changed.has_file(&finding.location.path);
            let before = findings.iter().filter(is_counted).count();
            findings.retain(|finding| changed.touches_finding(finding));
            let after = findings.iter().filter(is_counted).count();
            self.unchanged_findings.fetch_add((before - after) as u64, Ordering::Relaxed);
        }
    }

    fn write(&self, file: &SourceFile, analysis: &FileAnalysis) -> Result<(), WriterStopped> {
        let failure = analysis.problems.iter().find(|problem| problem.kind.is_failure());
        let outcome = match failure {
            Some(problem) => FileOutcome::Failed { why: problem.message.clone() },
            None => FileOutcome::Done,
        };
        for finding in &analysis.findings {
            self.send(ScanRecord::Finding(Box::new(finding.clone())))?;
        }
        self.send(ScanRecord::File(FileRecord {
            path: file.path.clone(),
            content_hash: Some(file.hash),
            class: Some(file.class),
            language: analysis.language,
            bytes: file.bytes,
            lines: u64::from(analysis.lines),
            outcome,
        }))
    }

    /// Rows of the files the walk did not read.
    fn write_unread(&self) -> Result<(), WriterStopped> {
        for problem in &self.snapshot.problems {
            let Some(path) = problem.path.clone() else { continue };
            let why = problem.message.clone();
            let outcome =
                if problem.kind.is_failure() { FileOutcome::Failed { why } } else { FileOutcome::Skipped { why } };
            let (content_hash, class, language) = (None, None, None);
            self.send(ScanRecord::File(FileRecord {
                path,
                content_hash,
                class,
                language,
                bytes: 0,
                lines: 0,
                outcome,
            }))?;
        }
        Ok(())
    }

    fn send(&self, record: ScanRecord) -> Result<(), WriterStopped> {
        match self.writer {
            Some(writer) => writer.send_blocking(record).map_err(|_| WriterStopped),
            None => Ok(()),
        }
    }
}

/// Results of many threads, put together.
pub(crate) struct Tally {
    /// Counts, those of findings still missing.
    pub summary: ScanSummary,
    /// In no order.
    pub findings: Vec<Finding>,
    /// In no order; data flow may still decide over these. Neither adjusted nor written.
    pub held: Vec<Finding>,
    /// In no order.
    pub problems: Vec<Problem>,
    /// Class and language of every file, the latter when it has a grammar.
    pub languages: HashMap<RepoPath, (FileClass, Option<Language>)>,
    /// The IR of files that were parsed.
    pub lowered: HashMap<RepoPath, Lowered>,
}

impl Tally {
    fn new(snapshot: &Snapshot) -> Self {
        let not_read = snapshot.problems.iter().filter(|problem| problem.path.is_some()).count() as u64;
        Self {
            summary: ScanSummary { files_not_read: not_read, ..ScanSummary::default() },
            findings: Vec::new(),
            held: Vec::new(),
            problems: snapshot.problems.clone(),
            languages: HashMap::new(),
            lowered: HashMap::new(),
        }
    }

    /// Whether any file is of a language that is followed.
    pub(crate) fn has_followed(&self) -> bool {
        self.languages.iter().any(|(path, (_, language))| lowered::language_of(path, *language).is_some())
    }

    fn add(&mut self, file: &SourceFile, done: DoneFile) {
        let DoneFile { analysis, held, lowered, is_hit, .. } = done;
        let summary = &mut self.summary;
        summary.files += 1;
        summary.bytes += file.bytes;
        summary.lines += u64::from(analysis.lines);
        summary.classes.add(file.class);
        if let Some(language) = analysis.language {
            let counts = summary.languages.entry(language).or_default();
            counts.files += 1;
            counts.lines += u64::from(analysis.lines);
        }
        *if is_hit { &mut summary.cache_hits } else { &mut summary.cache_misses } += 1;
        self.languages.insert(file.path.clone(), (file.class, analysis.language));
        self.lowered.extend(lowered.map(|lowered| (file.path.clone(), lowered)));
        self.held.extend(held);
        self.findings.extend(analysis.findings);
        self.problems.extend(analysis.problems);
    }
}
