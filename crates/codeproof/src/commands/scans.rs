//! `codeproof scans [ID]`.

use std::path::Path;

use codeproof_detect::{Config, Detector};
use codeproof_pipeline::MaskedSnippets;
use codeproof_report::{Format, RenderOptions, ScanRow, TextOptions};
use codeproof_store::{Activity, Requested, Store, StoredScan, Wish};
use codeproof_types::{ScanId, ScanReport, ScanStatus};

use super::database;
use crate::cli::{ScanChangeArguments, ScansArguments, ScansCommand};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Scans listed without an id.
const LISTED: u64 = 20;

/// Lists scans, or renders one again.
pub(crate) fn run(arguments: &ScansArguments) -> Result<Exit, Failure> {
    match &arguments.change {
        Some(ScansCommand::Pause(change)) => return request(change, Wish::Pause),
        Some(ScansCommand::Cancel(change)) => return request(change, Wish::Cancel),
        None => {}
    }
    let runtime = super::runtime()?;
    let store = runtime.block_on(database::open_existing(&arguments.database))?;
    let options = TextOptions { color: output::stdout_is_colored(), width: output::terminal_width(), verbose: true };
    let Some(id) = arguments.id else {
        let scans = runtime.block_on(store.scans(LISTED)).map_err(database::store_failure)?;
        let rows: Vec<_> = scans.into_iter().map(row).collect();
        output::to_stdout(|out| codeproof_report::render_scans(&rows, &options, out))?;
        return Ok(Exit::Success);
    };
    let stored = runtime.block_on(stored_report(&store, ScanId(id))).map_err(database::store_failure)?;
    let Some((report, root)) = stored else {
        return Err(Failure::usage(format_args!("there is no scan {id}")).help("`codeproof scans` lists them"));
    };
    let format = arguments.format.map_or(Format::Text, Format::from);
    let detector = masking_detector()?;
    let snippets = MaskedSnippets::new(Path::new(&root), &detector);
    let options = RenderOptions { text: options, with_drafts: arguments.with_drafts };
    output::to_stdout(|out| codeproof_report::render(&report, format, Some(&snippets), &options, out))?;
    Ok(Exit::Success)
}

/// Asks a scan to pause or end.
fn request(change: &ScanChangeArguments, wish: Wish) -> Result<Exit, Failure> {
    let runtime = super::runtime()?;
    let store = runtime.block_on(database::open_existing(&change.database))?;
    let id = change.id;
    let done = runtime.block_on(store.request(ScanId(id), wish)).map_err(database::store_failure)?;
    let line = match (done, wish) {
        (Requested::Asked, Wish::Pause) => {
            format!(
                "scan {id} finishes what is on its way and pauses; `codeproof scan --resume {id}` goes on with it\n"
            )
        }
        (Requested::Asked, Wish::Cancel) => format!("scan {id} finishes what is on its way and ends\n"),
        (Requested::Marked(status), _) => format!("nobody runs scan {id}; it is {} now\n", status.name()),
        (Requested::Ended(status), _) => {
            return Err(Failure::usage(format_args!("scan {id} is {} already", status.name()))
                .help(format_args!("`codeproof scans {id}` shows what it found")));
        }
    };
    output::to_stdout(|out| out.write_all(line.as_bytes()))?;
    Ok(Exit::Success)
}

/// A scan whose process is gone without a word was interrupted, too.
fn row(mut scan: StoredScan) -> ScanRow {
    if scan.activity == Activity::Killed {
        scan.info.status = ScanStatus::Interrupted;
    }
    let reason = scan.paused_reason.or(scan.error);
    ScanRow { profile: scan.profile, reason, ..ScanRow::new(scan.info, Some(scan.summary)) }
}

/// The report of a stored scan, and the path it was made from; `None` when there is no such one.
pub(crate) async fn stored_report(
    store: &Store,
    id: ScanId,
) -> Result<Option<(ScanReport, String)>, codeproof_store::Error> {
    let (Some(scan), Some(report)) = (store.scan(id).await?, store.report(id).await?) else { return Ok(None) };
    Ok(Some((report, scan.root)))
}

/// The built-in rules, to mask secrets in code frames.
pub(crate) fn masking_detector() -> Result<Detector, Failure> {
    Detector::new(Config { salt: database::salt(), ..Config::default() }).map_err(Failure::failed)
}
