//! `codeproof show FINDING`.

use std::path::Path;

use codeproof_pipeline::MaskedSnippets;
use codeproof_report::TextOptions;
use codeproof_types::FindingId;

use super::{database, scans};
use crate::cli::ShowArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Shows one finding with its evidence.
pub(crate) fn run(arguments: &ShowArguments) -> Result<Exit, Failure> {
    let runtime = super::runtime()?;
    let store = runtime.block_on(database::open_existing(&arguments.database))?;
    let stored = runtime.block_on(store.finding(FindingId(arguments.finding))).map_err(database::store_failure)?;
    let Some((finding, scan)) = stored else {
        return Err(Failure::usage(format_args!("there is no finding {}", arguments.finding))
            .help("`codeproof scans ID` shows the findings of a scan with their numbers"));
    };
    let options = TextOptions { color: output::stdout_is_colored(), width: output::terminal_width(), verbose: true };
    let detector = scans::masking_detector()?;
    let snippets = MaskedSnippets::new(Path::new(&scan.root), &detector);
    output::to_stdout(|out| codeproof_report::render_finding(&finding, &scan.info, Some(&snippets), &options, out))?;
    Ok(Exit::Success)
}
