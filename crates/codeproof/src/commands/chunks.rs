//! `codeproof chunks`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use codeproof_detect::{Config, Detector};
use codeproof_pipeline::{ChunksRequest, JudgedChunk};
use codeproof_report::{ChunkRow, TextOptions, render_json_lines, render_table};
use codeproof_source::WalkConfig;

use super::{database, scan};
use crate::cli::{ChunksArguments, FactsFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{ProgressMode, TerminalProgress};
use crate::{interrupt, output, settings};

/// Reasons of one kind the summary lists at most.
const REASONS_MAX: usize = 12;

/// Prints the chunks of every file, or how many there are.
pub(crate) fn run(arguments: &ChunksArguments) -> Result<Exit, Failure> {
    scan::check_path(&arguments.path)?;
    let user = settings::load_user(arguments.common.config.as_deref())?;
    let jobs = arguments.common.jobs.or(user.jobs).map_or_else(settings::default_jobs, usize::from);
    let progress = TerminalProgress::new(ProgressMode::for_stderr(user.progress && !arguments.common.no_progress));
    let detector = Detector::new(Config {
        rule_folders: user.rules.clone(),
        gitleaks_config: user.gitleaks_config.clone(),
        rules_off: user.rules_off.clone(),
        salt: database::salt(),
    })
    .map_err(|error| Failure::usage(error).help("`codeproof rules` lists the rules there are"))?;
    let walk = WalkConfig { include: user.include, exclude: user.exclude, max_file_bytes: user.max_file_bytes };
    let runtime = super::runtime()?;
    let stop = runtime.block_on(async { interrupt::stop_flag() });
    let request = ChunksRequest { root: &arguments.path, walk: &walk, tokens_max: arguments.tokens, jobs };
    let (chunks, problems) =
        codeproof_pipeline::chunks(&request, &detector, &progress, &stop).map_err(scan::pipeline_failure)?;
    output::to_stdout(|out| match arguments.format {
        _ if arguments.summary => write_summary(&chunks, out),
        FactsFormat::Jsonl => render_json_lines(chunks.into_iter().map(row), out),
        FactsFormat::Text => {
            let rows: Vec<ChunkRow> = chunks.into_iter().map(row).collect();
            render_table(&rows, &TextOptions { width: output::terminal_width(), ..TextOptions::default() }, out)
        }
    })?;
    Ok(super::program::exit_with(&problems))
}

fn row(judged: JudgedChunk) -> ChunkRow {
    ChunkRow {
        path: judged.path,
        first_line: judged.chunk.first_line,
        last_line: judged.chunk.last_line,
        symbol: judged.chunk.symbol,
        preamble_lines: judged.chunk.preamble,
        tokens: judged.chunk.tokens,
        content_hash: judged.content_hash,
        needs_model: judged.needs_model,
        reason: judged.reason,
    }
}

/// Chunks and tokens that belong together.
#[derive(Default, Clone, Copy)]
struct Share {
    chunks: usize,
    tokens: u64,
}

impl Share {
    fn add(&mut self, judged: &JudgedChunk) {
        self.chunks += 1;
        self.tokens += u64::from(judged.chunk.tokens);
    }

    fn line(self, whole: Self, words: &str) -> String {
        let percent = |part: f64, whole: f64| 100.0 * part / whole.max(1.0);
        format!(
            "{:>9} {:>5.1} %  {:>11} {:>5.1} %  {words}",
            self.chunks,
            percent(self.chunks as f64, whole.chunks as f64),
            self.tokens,
            percent(self.tokens as f64, whole.tokens as f64),
        )
    }
}

/// How many chunks need a model and how many do not, and the reasons, the most frequent first.
fn write_summary(chunks: &[JudgedChunk], out: &mut dyn Write) -> io::Result<()> {
    let mut whole = Share::default();
    let mut sides = [Share::default(); 2];
    let mut reasons: [BTreeMap<&str, Share>; 2] = Default::default();
    for judged in chunks {
        let side = usize::from(judged.needs_model);
        whole.add(judged);
        sides[side].add(judged);
        reasons[side].entry(kind_of(&judged.reason)).or_default().add(judged);
    }
    writeln!(out, "{:>9} {:>7}  {:>11} {:>7}", "chunks", "", "tokens", "")?;
    writeln!(out, "{}", whole.line(whole, "in all"))?;
    for (side, words) in ["need no model", "need a model"].into_iter().enumerate() {
        writeln!(out, "{}", sides[side].line(whole, words))?;
        let mut reasons: Vec<_> = reasons[side].iter().collect();
        reasons.sort_by_key(|(reason, share)| (std::cmp::Reverse(share.chunks), **reason));
        for (reason, share) in reasons.iter().take(REASONS_MAX) {
            writeln!(out, "{}", share.line(whole, &format!("  {reason}")))?;
        }
        if reasons.len() > REASONS_MAX {
            writeln!(out, "{:>33}  and {} other reasons", "", reasons.len() - REASONS_MAX)?;
        }
    }
    Ok(())
}

/// A reason without what is only true of its chunk: the line, the count.
fn kind_of(reason: &str) -> &str {
    if reason.ends_with("safe forms") || reason.ends_with("a safe form") {
        return "all risky sites have safe forms";
    }
    reason.rsplit_once(" in line ").map_or(reason, |(kind, _)| kind)
}
