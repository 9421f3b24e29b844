//! SQL: text that is put together with values.

use super::super::value::{HOLE, Origins, Value};
use super::super::verdict::{Level, ThreatType};
use super::{Call, Verdict};

pub(super) fn judge(call: &Call<'_>) -> Option<Verdict> {
    let runs = matches!(call.method(), "execute" | "executemany" | "executescript" | "raw" | "mogrify")
        || matches!(
            call.path,
            "pandas.read_sql" | "pandas.read_sql_query" | "sqlalchemy.text" | "?.sql" | "duckdb.sql" | "duckdb.query"
        );
    let worst = call
        .arguments
        .positional
        .first()
        .filter(|_| runs)?
        .alternatives()
        .iter()
        .filter_map(judge_text)
        .max_by_key(|(level, _)| *level)?;
    let mitigation = "give values as parameters, not as part of the text";
    Some(Verdict::new(ThreatType::CodeExecution, worst.0, worst.1, mitigation))
}

fn judge_text(value: &Value) -> Option<(Level, &'static str)> {
    let text = value.as_text()?;
    let first = text.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    let words = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "DROP", "ALTER", "CREATE", "TRUNCATE", "COPY",
        "ATTACH", "MERGE", "PRAGMA",
    ];
    if !words.contains(&first.as_str()) {
        return None;
    }
    let upper = text.to_ascii_uppercase();
    if upper.contains("XP_CMDSHELL")
        || upper.contains("TO PROGRAM")
        || upper.contains("FROM PROGRAM")
        || upper.contains("LOAD_EXTENSION")
    {
        return Some((Level::Critical, "runs a program through the database"));
    }
    match text.contains(HOLE) {
        true if value.origins.any(Origins::INPUT.with(Origins::NETWORK)) => {
            Some((Level::High, "puts what somebody gives into SQL text"))
        }
        true => Some((Level::Medium, "puts values into SQL text")),
        false if matches!(first.as_str(), "DROP" | "TRUNCATE" | "DELETE" | "ALTER") => {
            Some((Level::Medium, "removes data from a database"))
        }
        false => None,
    }
}
