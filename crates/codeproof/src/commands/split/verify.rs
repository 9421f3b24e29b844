//! `codeproof split verify`.

use std::path::Path;

use codeproof_report::utc_from_ms;
use codeproof_store::{Activity, NamespaceState, SessionRecord, Store, StoredTemplate};
use codeproof_types::{SessionStatus, sha256};

use crate::cli::VerifyArguments;
use crate::commands::database;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Sessions that are listed.
const LISTED: u64 = 20;

/// Lists sessions, or checks one: exit code 1 when something is not what it was.
pub(super) fn run(arguments: &VerifyArguments) -> Result<Exit, Failure> {
    crate::commands::runtime()?.block_on(async {
        let store = database::open_existing(&arguments.database).await?;
        let result = match &arguments.session {
            Some(name) => verify(&store, name, arguments.restore).await,
            None => list(&store).await,
        };
        store.close().await.map_err(database::store_failure)?;
        result
    })
}

async fn list(store: &Store) -> Result<Exit, Failure> {
    let sessions = store.sessions(LISTED).await.map_err(database::store_failure)?;
    let mut text = String::new();
    if sessions.is_empty() {
        text.push_str("no sessions yet; `codeproof split FILE.py --out DIR` makes one\n");
    }
    for session in &sessions {
        text.push_str(&format!("{}\n", output::one_line(&line(session))));
    }
    output::to_stdout(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Success)
}

fn line(session: &SessionRecord) -> String {
    let status = match session.status {
        SessionStatus::Running => {
            let word = match session.activity {
                Activity::Running => "running,",
                Activity::Killed => "killed at",
                Activity::RunningOrKilled | Activity::Ended => "running or killed at",
            };
            format!("{word} {} %", session.progress)
        }
        SessionStatus::Completed => "completed".to_owned(),
        SessionStatus::Failed => "failed".to_owned(),
        SessionStatus::Interrupted => "interrupted".to_owned(),
    };
    let score = session.isolation_score.map(|score| format!(", isolation {score:.2}")).unwrap_or_default();
    format!(
        "{}  {}  {}, {} {}{score}  {}",
        session.key.public_id,
        utc_from_ms(session.created_at_ms),
        status,
        session.scanners,
        if session.scanners == 1 { "scanner" } else { "scanners" },
        session.filename
    )
}

async fn verify(store: &Store, name: &str, restore: bool) -> Result<Exit, Failure> {
    let failed = database::store_failure;
    let Some(session) = store.session(name).await.map_err(failed)? else {
        return Err(Failure::usage(format_args!("there is no session {name}"))
            .help("`codeproof split verify` without a name lists the sessions"));
    };
    let mut states = store.verify_session(session.key.id).await.map_err(failed)?;
    let mut restored = 0;
    if restore && states.iter().any(|state| !state.is_intact()) {
        restored = store.restore_parameters(session.key.id).await.map_err(failed)?;
        states = store.verify_session(session.key.id).await.map_err(failed)?;
    }
    let templates = store.session_templates(session.key.id).await.map_err(failed)?;
    let mut text = format!("{}\n", output::one_line(&line(&session)));
    let mut is_whole = true;
    if restored > 0 {
        text.push_str(&format!("restored the parameters of {restored} from their backups\n"));
    }
    for state in &states {
        is_whole &= state.is_intact();
        text.push_str(&format!("{}\n", output::one_line(&state_line(state))));
    }
    for template in &templates {
        let (is_intact, words) = file_state(template);
        is_whole &= is_intact;
        text.push_str(&format!("{:<8} {}\n", if is_intact { "ok" } else { "CHANGED" }, output::one_line(&words)));
    }
    output::to_stdout(|out| out.write_all(text.as_bytes()))?;
    Ok(if is_whole { Exit::Success } else { Exit::Findings })
}

fn state_line(state: &NamespaceState) -> String {
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    match (state.is_intact(), state.backup_is_whole) {
        (true, _) => format!("{:<8} parameters of {} (SHA-256 {})", "ok", state.scanner, short(&state.stored)),
        (false, true) => format!(
            "{:<8} parameters of {}: stored as {}, now {}; --restore puts them back",
            "CHANGED",
            state.scanner,
            short(&state.stored),
            short(&state.current)
        ),
        (false, false) => format!(
            "{:<8} parameters of {}: stored as {}, now {}; the backup was changed, too: split the file again",
            "CHANGED",
            state.scanner,
            short(&state.stored),
            short(&state.current)
        ),
    }
}

/// Whether a template is as it was written.
fn file_state(template: &StoredTemplate) -> (bool, String) {
    let Some(path) = template.path.as_deref().map(Path::new) else {
        return (true, format!("{} was not written", template.name));
    };
    match std::fs::read(path) {
        Ok(bytes) => (sha256(&bytes) == template.sha256, path.display().to_string()),
        Err(error) => (false, format!("{}: {error}", path.display())),
    }
}
