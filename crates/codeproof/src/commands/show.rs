//! `codeproof show FINDING`.

use std::io::Write;
use std::path::Path;

use codeproof_pipeline::MaskedSnippets;
use codeproof_report::{ModelCall, TextOptions};
use codeproof_store::{CallRow, Exchange, Provenance};
use codeproof_types::{Finding, FindingId, visible};

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
    let id = FindingId(arguments.finding);
    let way = runtime.block_on(store.provenance(id)).map_err(database::store_failure)?;
    let exchanges = match arguments.exchanges {
        true => runtime.block_on(store.exchanges(id)).map_err(database::store_failure)?,
        false => Vec::new(),
    };
    output::to_stdout(|out| {
        codeproof_report::render_finding(&finding, &scan.info, Some(&snippets), &options, out)?;
        // What only a rule said has no way worth telling.
        if let Some(way) = way.filter(|way| !way.sources.is_empty() || !way.calls.is_empty()) {
            writeln!(out)?;
            way_of(&way, &finding, &options, out)?;
        }
        exchanges.iter().try_for_each(|exchange| write_exchange(exchange, out))
    })?;
    Ok(Exit::Success)
}

fn way_of(way: &Provenance, finding: &Finding, options: &TextOptions, out: &mut dyn Write) -> std::io::Result<()> {
    let chunk = way.chunk.as_ref().map(|chunk| codeproof_report::ChunkPlace {
        id: chunk.id.0,
        path: chunk.path.clone(),
        first_line: chunk.first_line,
        last_line: chunk.last_line,
        symbol: chunk.symbol.clone(),
        status: chunk.status.name().to_owned(),
    });
    let calls: Vec<ModelCall> = way.calls.iter().map(model_call).collect();
    let way = codeproof_report::Provenance {
        finding: way.finding,
        verified: way.verified,
        judgement: finding.judgement.as_ref(),
        draft: way.draft,
        drafts: &way.sources,
        chunk: chunk.as_ref(),
        calls: &calls,
    };
    codeproof_report::render_provenance(&way, options, out)
}

fn model_call(call: &CallRow) -> ModelCall {
    ModelCall {
        model: call.model.clone(),
        purpose: call.purpose.name().to_owned(),
        input_tokens: call.input_tokens,
        output_tokens: call.output_tokens,
        estimated: call.estimated,
        cost_nano_usd: call.cost_nano_usd,
        latency_ms: call.latency_ms,
        attempts: call.attempts,
        outcome: call.outcome.clone(),
        parse_status: call.parse_status.clone(),
        error: call.error.clone(),
    }
}

/// One prompt and its answer as they were sent, but for what a terminal would obey.
fn write_exchange(exchange: &Exchange, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\n=== {} ({}) ===", visible(&exchange.model), exchange.purpose.name())?;
    let parts = [("system", exchange.system.as_deref().unwrap_or("(no longer kept)"))];
    for (name, text) in parts.into_iter().chain([("prompt", &*exchange.prompt), ("answer", &*exchange.answer)]) {
        writeln!(out, "--- {name}")?;
        for line in text.lines() {
            writeln!(out, "{}", visible(line))?;
        }
    }
    Ok(())
}
