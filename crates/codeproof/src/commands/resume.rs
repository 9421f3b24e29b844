//! Going on with a stored scan: the command line it was started with is kept in its row, and read again.

use std::path::PathBuf;

use clap::Parser as _;
use codeproof_store::StoredScan;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::{Arguments, Command, ScanArguments};
use crate::failure::Failure;

/// The key in the stored settings.
const KEY: &str = "invocation";

/// Flags whose value must not be stored: it may hold a password, and another process may know the database by
/// another address.
const NOT_KEPT: [&str; 1] = ["--db"];

/// How a scan was started.
#[derive(Debug, Serialize, Deserialize)]
struct Invocation {
    /// The words behind `codeproof`.
    arguments: Vec<String>,
    /// The folder it was started in: paths are relative to it.
    folder: PathBuf,
}

/// Adds to the settings of a new scan how it was started. A word that is not text is nothing that could be read again:
/// then the scan cannot be resumed, and says so.
pub(super) fn remember(settings: &mut Value, shown_target: &str) {
    let words: Option<Vec<String>> = std::env::args_os().skip(1).map(|word| word.into_string().ok()).collect();
    let (Some(words), Ok(folder)) = (words, std::env::current_dir()) else { return };
    let invocation = Invocation { arguments: kept(words, shown_target), folder };
    if let (Value::Object(settings), Ok(value)) = (settings, serde_json::to_value(invocation)) {
        settings.insert(KEY.to_owned(), value);
    }
}

/// The words without what must not be stored: databases, and what stands before the `@` of a repository's address.
fn kept(words: Vec<String>, shown_target: &str) -> Vec<String> {
    let mut kept = Vec::with_capacity(words.len());
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if NOT_KEPT.contains(&word.as_str()) {
            words.next();
        } else if NOT_KEPT.iter().any(|flag| word.strip_prefix(flag).is_some_and(|rest| rest.starts_with('='))) {
            // The value stands in the same word.
        } else if word.contains("://") && word.contains('@') {
            kept.push(shown_target.to_owned());
        } else {
            kept.push(word);
        }
    }
    kept
}

/// The flags of a stored scan with those of this command line on top, and the folder its paths are relative to.
///
/// # Errors
/// When the scan does not say how it was started.
pub(super) fn arguments_of(scan: &StoredScan, now: &ScanArguments) -> Result<(ScanArguments, PathBuf), Failure> {
    let id = scan.info.id.map_or(0, |id| id.0);
    let unknown = || {
        Failure::usage(format_args!("scan {id} does not say how it was started, so it cannot be resumed"))
            .help("start a new scan: what models answered before is not asked again")
    };
    let invocation = scan.settings.get(KEY).cloned().ok_or_else(unknown)?;
    let invocation: Invocation = serde_json::from_value(invocation).map_err(|_| unknown())?;
    let words = std::iter::once("codeproof".to_owned()).chain(invocation.arguments);
    let Ok(Arguments { command: Command::Scan(mut then) }) = Arguments::try_parse_from(words) else {
        return Err(unknown());
    };
    let (deep, old) = (&now.deep, &mut then.deep);
    old.resume = deep.resume;
    old.profile = deep.profile.clone().or(old.profile.take());
    old.max_cost = deep.max_cost.or(old.max_cost);
    old.max_tokens = deep.max_tokens.or(old.max_tokens);
    old.on_exceed = deep.on_exceed.or(old.on_exceed);
    old.no_keep |= deep.no_keep;
    old.with_drafts |= deep.with_drafts;
    if now.report.format.is_some() || !now.report.outputs.is_empty() {
        then.report = now.report.clone();
    }
    then.fail_on = now.fail_on.or(then.fail_on);
    then.verbose |= now.verbose;
    then.common.config = now.common.config.clone().or(then.common.config.take());
    then.common.jobs = now.common.jobs.or(then.common.jobs);
    then.common.no_progress |= now.common.no_progress;
    then.git_token_env = now.git_token_env.clone().or(then.git_token_env.take());
    // A commit is a commit: what was scanned is what goes on, wherever its branch points today.
    if let Some(commit) = &scan.info.commit {
        then.revision = Some(commit.clone());
    }
    Ok((*then, invocation.folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn passwords_are_not_kept() {
        let pass = "pass";
        let given = words(&format!(
            "scan --db postgres://me:{pass}@host/db https://me:{pass}@host/repo --db=postgres://me:{pass}@host/db --all"
        ));
        assert_eq!(kept(given, "https://host/repo"), words("scan https://host/repo --all"));
    }
}
