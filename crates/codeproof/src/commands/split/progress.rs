//! How far a session is: one live line on a terminal; now and then a plain line when piped.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use codeproof_types::SessionPhase;

use crate::output;
use crate::progress::ProgressMode;

/// Between plain lines: who looks at a log wants to know that it goes on, and how long.
const PLAIN_LINES_EVERY: Duration = Duration::from_secs(20);

/// Shows how far a session is.
pub(super) struct Progress {
    mode: ProgressMode,
    bar: indicatif::ProgressBar,
    /// When the last plain line was written, or the session began.
    told: Mutex<Instant>,
}

impl Progress {
    pub(super) fn new(mode: ProgressMode) -> Self {
        let bar = match mode {
            ProgressMode::Live => indicatif::ProgressBar::new(100),
            ProgressMode::Plain | ProgressMode::Silent => indicatif::ProgressBar::hidden(),
        };
        let style = indicatif::ProgressStyle::with_template("{percent:>3} % {wide_bar:.cyan/dim} {msg}");
        bar.set_style(style.expect("the template is valid"));
        Self { mode, bar, told: Mutex::new(Instant::now()) }
    }

    pub(super) fn tell(&self, phase: SessionPhase, percent: u8, words: Option<&str>) {
        let words = words.map(|words| format!(" {words}")).unwrap_or_default();
        let message = output::one_line(&format!("{}{words}", phase.title()));
        match self.mode {
            ProgressMode::Live => {
                // Workers tell it in any order; it never goes back.
                self.bar.set_position(self.bar.position().max(percent.into()));
                self.bar.set_message(message);
            }
            ProgressMode::Plain => {
                let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
                if told.elapsed() >= PLAIN_LINES_EVERY {
                    *told = Instant::now();
                    output::to_stderr(&format!("{percent:>3} % {message}\n"));
                }
            }
            ProgressMode::Silent => {}
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
