//! How an error reaches the user: what happened, where, what to try; then the exit code.

use std::fmt::Display;

use codeproof_types::visible;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use crate::exit::Exit;
use crate::output;

/// An error that ends the program.
#[derive(Debug)]
pub(crate) struct Failure {
    report: Report,
    /// The exit code that fits.
    pub exit: Exit,
}

#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
struct Report {
    message: String,
    #[help]
    help: Option<String>,
}

/// An error with the reasons behind it, each once.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut reason = error.source();
    while let Some(error) = reason {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        reason = error.source();
    }
    text
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.report.fmt(f)
    }
}

impl Failure {
    /// Wrong use or settings: exit code 2.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// An input that could not be read, or an engine that failed: exit code 3.
    pub(crate) fn failed(message: impl Display) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// The user interrupted: exit code 130.
    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted")
    }

    fn new(exit: Exit, message: impl Display) -> Self {
        Self { report: Report { message: visible(&message.to_string()).into_owned(), help: None }, exit }
    }

    /// Says what to try.
    pub(crate) fn help(mut self, help: impl Display) -> Self {
        self.report.help = Some(visible(&help.to_string()).into_owned());
        self
    }

    /// Prints the error to standard error; a closed standard error is ignored. A terminal gets wrapped, coloured text, a
    /// log gets one line for what happened and one for what to try.
    pub(crate) fn print(&self) {
        let mut text = String::new();
        let drawn = output::stderr_is_terminal()
            && GraphicalReportHandler::new_themed(theme())
                .with_width(output::terminal_width())
                .render_report(&mut text, &self.report)
                .is_ok();
        if !drawn {
            text = format!("error: {}\n", self.report);
            if let Some(help) = &self.report.help {
                text.push_str(&format!("help: {help}\n"));
            }
        }
        output::to_stderr(&text);
    }
}

fn theme() -> GraphicalTheme {
    if output::stderr_is_colored() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() }
}
