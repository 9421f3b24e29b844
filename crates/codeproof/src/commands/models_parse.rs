//! `codeproof models parse`: shows how the answer of a model is read.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use codeproof_replies::{Answer, FinishReason, Format, read_as_json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Largest answer that is read, in bytes: models write far less, and a wrong file should not fill the memory.
const MAX_ANSWER_BYTES: u64 = 64 << 20;

/// Shows how the answer of a model is read, as one JSON object
///
/// For finding out why a model's answers are not understood: give the format it was asked for and its answer as it came.
/// `status` says what the answer amounts to; text that stands in the code of the context is no answer.
#[derive(Debug, clap::Args)]
pub(crate) struct ModelsParseArguments {
    /// The format that the model was asked to answer in
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(Format::ALL.iter().map(|format| format.name())))]
    pub format: String,
    /// What the model was asked about, as JSON: {"code", "start_line", "end_line"} for drafts, votes, turns and reports,
    /// {"files": {PATH: LINES}} for broad, {"sources": [{"index", "file_path"}]} for qa
    #[arg(long, value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// Why the model stopped, as its server said; `length` means that the end is missing
    #[arg(long, value_name = "REASON", value_parser = ["stop", "length"], default_value = "stop")]
    pub finish_reason: String,
    /// The answer, as the model wrote it; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Prints the reading of one answer as a JSON object on one line.
pub(crate) fn parse(arguments: &ModelsParseArguments) -> Result<Exit, Failure> {
    let format: Format = arguments.format.parse().map_err(Failure::usage)?;
    let finish = match arguments.finish_reason.as_str() {
        "length" => FinishReason::Length,
        _ => FinishReason::Stop,
    };
    let context = arguments.context.as_deref().map(context).transpose()?;
    let answer = Answer::new(&bytes(&arguments.file)?, finish);
    let reading = read_as_json(format, &answer, context.as_deref()).map_err(|error| {
        Failure::usage(crate::failure::chain(&error))
            .help("give the context in a JSON file with --context, or leave it out")
    })?;
    output::to_stdout(|out| writeln!(out, "{reading}"))?;
    Ok(Exit::Success)
}

fn context(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format_args!("cannot read the context {}: {error}", path.display())))
}

/// The bytes of the answer; they need not be text.
fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error| Failure::failed(format_args!("cannot read the answer {}: {error}", path.display()));
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_ANSWER_BYTES + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_ANSWER_BYTES + 1).read_to_end(&mut bytes))
    };
    read.map_err(failed)?;
    if bytes.len() as u64 > MAX_ANSWER_BYTES {
        let message = format_args!("the answer {} has more than {MAX_ANSWER_BYTES} bytes", path.display());
        return Err(Failure::failed(message).help("give the file with the text of one answer"));
    }
    Ok(bytes)
}
