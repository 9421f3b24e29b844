//! Which chunks are sent to which analyzers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_detect::Detector;
use codeproof_judge::{Analyzer, CodeLines, Filter, chunk_key};
use codeproof_llm::ModelPool;
use codeproof_source::{ChangedFiles, Snapshot, SourceFile};
use codeproof_store::{AnswerKey, ChunkId, ChunkRecord, Store};
use codeproof_syntax::Chunk;
use codeproof_types::{
    ContentHash, FileClass, Language, Location, OutputMode, Phase, Problem, Progress, RepoPath, ScanId,
};
use rayon::prelude::*;

use super::texts::{MaskedText, MaskedTexts};
use crate::Error;
use crate::chunks::judge_file;

/// Files judged between two looks at the stop flag, and chunks written at once.
const BATCH_FILES: usize = 256;

/// An analyzer, ready to be asked.
pub(super) struct Asked<'p> {
    pub(super) analyzer: &'p Analyzer,
    pub(super) filter: Filter,
    pub(super) mode: OutputMode,
    /// The server's name of its model, which answers are memorised under.
    pub(super) served: String,
}

impl<'p> Asked<'p> {
    /// The enabled analyzers of a profile in the order they run.
    pub(super) fn all(analyzers: &'p [Analyzer], pool: &ModelPool) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for analyzer in analyzers.iter().filter(|analyzer| analyzer.enabled) {
            let config = pool.config(&analyzer.model)?;
            all.push(Self {
                analyzer,
                filter: analyzer.filter().map_err(|source| Error::file_filter(&analyzer.name, source))?,
                mode: analyzer.output_mode.unwrap_or(config.output_mode),
                served: format!("{} {}", config.provider, config.served_name()),
            });
        }
        all.sort_by_key(|asked| asked.analyzer.run_order);
        Ok(all)
    }
}

/// A chunk that models are asked about.
pub(super) struct Task {
    pub(super) id: Option<ChunkId>,
    pub(super) path: RepoPath,
    /// Of the file.
    pub(super) content_hash: ContentHash,
    pub(super) language: Option<Language>,
    pub(super) chunk: Chunk,
    /// Who is asked, as places in the list of analyzers, and under which key the answer is memorised.
    pub(super) keys: Vec<(usize, AnswerKey)>,
}

impl Task {
    /// The chunk's lines, as a model may see them.
    pub(super) fn code(&self, text: &MaskedText) -> CodeLines {
        code_lines(&self.path, self.language, &self.chunk, text)
    }
}

/// What is sent, and what is not.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) tasks: Vec<Task>,
    pub(super) total: u64,
    pub(super) cleared: u64,
    pub(super) problems: Vec<Problem>,
}

/// What a plan is made from.
pub(super) struct Planner<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) detector: &'a Detector,
    pub(super) texts: &'a MaskedTexts<'a>,
    pub(super) languages: &'a HashMap<RepoPath, (FileClass, Option<Language>)>,
    pub(super) changed: Option<&'a ChangedFiles>,
    pub(super) analyzers: &'a [Asked<'a>],
    pub(super) tokens_max: u32,
    pub(super) send_cleared: bool,
    pub(super) stored: Option<(&'a Store, ScanId)>,
    pub(super) progress: &'a dyn Progress,
    pub(super) stop: &'a AtomicBool,
}

impl Planner<'_> {
    /// Cuts every file, judges each chunk by the rules, and writes all of them as rows. Must run on a multi-threaded
    /// runtime. An interrupt leaves the plan short.
    pub(super) async fn plan(&self, pool: &rayon::ThreadPool) -> Result<Plan, Error> {
        let mut plan = Plan::default();
        let files = &self.snapshot.files;
        self.progress.start(Phase::Plan, Some(files.len() as u64));
        for batch in files.chunks(BATCH_FILES) {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            let cut = |file: &SourceFile| self.cut(file);
            let cut = tokio::task::block_in_place(|| {
                pool.install(|| batch.par_iter().with_max_len(1).map(cut).collect::<Vec<_>>())
            });
            self.progress.advance(Phase::Plan, batch.len() as u64, batch.iter().map(|file| file.bytes).sum());
            let mut planned = Vec::new();
            for (chunks, problems) in cut {
                planned.extend(chunks);
                plan.problems.extend(problems);
            }
            let records: Vec<ChunkRecord> = planned.iter().map(|planned| planned.record.clone()).collect();
            let ids = match self.stored {
                Some((store, scan)) => {
                    let ids = store.put_chunks(scan, &records).await;
                    ids.map_err(|source| Error::store(Some(scan), source))?.into_iter().map(Some).collect()
                }
                None => vec![None; planned.len()],
            };
            for (planned, id) in planned.into_iter().zip(ids) {
                plan.total += 1;
                match planned.task {
                    Some(task) => plan.tasks.push(Task { id, ..task }),
                    None => plan.cleared += 1,
                }
            }
        }
        self.progress.finish(Phase::Plan);
        Ok(plan)
    }

    fn cut(&self, file: &SourceFile) -> (Vec<Planned>, Vec<Problem>) {
        let (chunks, problems) = judge_file(self.snapshot, self.detector, file, self.tokens_max);
        if chunks.is_empty() {
            return (Vec::new(), problems);
        }
        // Somebody changed the file since it was judged: that is told when its chunks are asked about.
        let Ok(text) = self.texts.of(&file.path) else { return (Vec::new(), problems) };
        let language = self.languages.get(&file.path).and_then(|(_, language)| *language);
        let planned = chunks.into_iter().filter(|judged| self.is_changed(file, &judged.chunk)).map(|judged| {
            let code = code_lines(&file.path, language, &judged.chunk, &text);
            let record = ChunkRecord {
                path: file.path.clone(),
                content_hash: file.hash,
                chunk_hash: ContentHash::of(code.lines.join("\n").as_bytes()),
                first_line: judged.chunk.first_line,
                last_line: judged.chunk.last_line,
                symbol: judged.chunk.symbol.clone(),
                tokens: judged.chunk.tokens,
                needs_model: judged.needs_model || self.send_cleared,
                reason: judged.reason,
            };
            let task = record.needs_model.then(|| Task {
                id: None,
                path: file.path.clone(),
                content_hash: file.hash,
                language,
                keys: self.keys(file, language, &code),
                chunk: judged.chunk,
            });
            Planned { record, task }
        });
        (planned.collect(), problems)
    }

    fn keys(&self, file: &SourceFile, language: Option<Language>, code: &CodeLines) -> Vec<(usize, AnswerKey)> {
        let asked = self.analyzers.iter().enumerate().filter(|(_, asked)| asked.filter.matches(&file.path, language));
        asked.map(|(at, asked)| (at, AnswerKey(chunk_key(asked.analyzer, asked.mode, &asked.served, code)))).collect()
    }

    fn is_changed(&self, file: &SourceFile, chunk: &Chunk) -> bool {
        self.changed.is_none_or(|changed| {
            changed.lines.touches(&Location {
                path: file.path.clone(),
                first_line: chunk.first_line,
                last_line: chunk.last_line,
                first_column: None,
                last_column: None,
                content_hash: file.hash,
            })
        })
    }
}

struct Planned {
    record: ChunkRecord,
    task: Option<Task>,
}

fn code_lines(path: &RepoPath, language: Option<Language>, chunk: &Chunk, text: &MaskedText) -> CodeLines {
    let numbered = |(first, last): &(u32, u32)| {
        (*first..=*last).map(|line| (line, text.line(line).to_owned())).collect::<Vec<_>>()
    };
    CodeLines {
        path: path.clone(),
        language,
        symbol: chunk.symbol.clone(),
        preamble: chunk.preamble.iter().flat_map(numbered).collect(),
        first_line: chunk.first_line,
        lines: text.lines(chunk.first_line, chunk.last_line),
    }
}
