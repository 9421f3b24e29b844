//! One live line per phase on a terminal, one plain line per finished phase when piped.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use codeproof_types::{Phase, Progress};
use indicatif::{HumanBytes, HumanCount, MultiProgress, ProgressBar, ProgressState, ProgressStyle};

use crate::output;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProgressMode {
    /// Live lines.
    Live,
    /// A line when a phase ends.
    Plain,
    /// Nothing.
    Silent,
}

impl ProgressMode {
    /// What fits standard error, unless the user wants none.
    pub(crate) fn for_stderr(wanted: bool) -> Self {
        match (wanted, output::stderr_is_terminal()) {
            (false, _) => Self::Silent,
            (true, true) => Self::Live,
            (true, false) => Self::Plain,
        }
    }
}

/// Shows progress on standard error.
pub(crate) struct TerminalProgress {
    mode: ProgressMode,
    lines: MultiProgress,
    phases: Mutex<BTreeMap<Phase, PhaseState>>,
    /// Nano-dollars that models have cost.
    spent: AtomicU64,
}

struct PhaseState {
    bar: ProgressBar,
    started: Instant,
    files: u64,
    bytes: u64,
}

impl TerminalProgress {
    /// Shows nothing yet.
    pub(crate) fn new(mode: ProgressMode) -> Self {
        Self { mode, lines: MultiProgress::new(), phases: Mutex::default(), spent: AtomicU64::new(0) }
    }

    fn with<T>(&self, change: impl FnOnce(&mut BTreeMap<Phase, PhaseState>) -> T) -> T {
        // A thread that panicked while holding the lock leaves at most a stale count.
        change(&mut self.phases.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Progress for TerminalProgress {
    fn start(&self, phase: Phase, total: Option<u64>) {
        let bar = match self.mode {
            ProgressMode::Live => self.lines.add(live_line(phase, total)),
            ProgressMode::Plain | ProgressMode::Silent => ProgressBar::hidden(),
        };
        self.with(|phases| phases.insert(phase, PhaseState { bar, started: Instant::now(), files: 0, bytes: 0 }));
    }

    fn advance(&self, phase: Phase, files: u64, bytes: u64) {
        if self.mode == ProgressMode::Silent {
            return;
        }
        self.with(|phases| {
            if let Some(state) = phases.get_mut(&phase) {
                state.files += files;
                state.bytes += bytes;
                state.bar.inc(files);
            }
        });
    }

    fn finish(&self, phase: Phase) {
        let Some(state) = self.with(|phases| phases.remove(&phase)) else { return };
        state.bar.finish_and_clear();
        if self.mode == ProgressMode::Plain {
            let seconds = state.started.elapsed().as_secs_f64();
            let (name, unit, count) = (phase.name(), unit(phase), HumanCount(state.files));
            let detail = match is_of_models(phase) {
                true => dollars(self.spent.load(Ordering::Relaxed)),
                false => HumanBytes(state.bytes).to_string(),
            };
            output::to_stderr(&format!("{name}: {count} {unit}, {detail}, {seconds:.1} s\n"));
        }
    }

    fn spent(&self, nano_usd: u64) {
        // Two loops tell it at once; it only grows.
        let before = self.spent.fetch_max(nano_usd, Ordering::Relaxed);
        if self.mode == ProgressMode::Live && nano_usd > before {
            self.with(|phases| {
                for (_, state) in phases.iter().filter(|(phase, _)| is_of_models(**phase)) {
                    state.bar.set_message(dollars(nano_usd));
                }
            });
        }
    }

    fn say(&self, line: &str) {
        let line = codeproof_types::visible(line);
        match self.mode {
            ProgressMode::Live => {
                // A line that cannot be shown now stands in the report.
                let _ = self.lines.println(line);
            }
            ProgressMode::Plain => output::to_stderr(&format!("{line}\n")),
            ProgressMode::Silent => {}
        }
    }
}

/// What a phase counts.
fn unit(phase: Phase) -> &'static str {
    match phase {
        Phase::Draft => "chunks",
        Phase::Verify => "drafts",
        Phase::Fetch | Phase::Walk | Phase::Parse | Phase::Detect | Phase::Plan | Phase::Store => "files",
    }
}

/// Whether what a phase costs is money.
fn is_of_models(phase: Phase) -> bool {
    matches!(phase, Phase::Draft | Phase::Verify)
}

fn dollars(nano_usd: u64) -> String {
    format!("${:.4}", nano_usd as f64 / 1e9)
}

fn live_line(phase: Phase, total: Option<u64>) -> ProgressBar {
    let unit = unit(phase);
    let cost = if is_of_models(phase) { " {msg}" } else { "" };
    let left = if is_of_models(phase) && total.is_some() { ", {eta} left" } else { "" };
    let (bar, template) = match total {
        Some(total) => (
            ProgressBar::new(total),
            format!("{{prefix:>7}} {{wide_bar:.cyan/dim}} {{human_pos}}/{{human_len}} {{rate}} {unit}/s{left}{cost}"),
        ),
        None => (
            ProgressBar::new_spinner(),
            format!("{{prefix:>7}} {{spinner}} {{human_pos}} {unit} {{rate}} {unit}/s{cost}"),
        ),
    };
    let style = ProgressStyle::with_template(&template).expect("the templates above are valid").with_key(
        "rate",
        |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // A progress line that cannot be written is none anybody misses.
            let _ = write!(out, "{}", HumanCount(state.per_sec() as u64));
        },
    );
    bar.set_style(style);
    bar.set_prefix(phase.name());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
