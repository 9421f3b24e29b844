//! Models without a table, and tables that nothing names.

use codeproof_types::laravel::{Certainty, Concern, ConcernKind, LaravelMap, Model, Operation};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::app::Laravel;
use crate::php::Machine;

/// Files of an application in which tables are looked for; more are data.
const FILES_MAX: usize = 50_000;

/// Tables that the framework itself reads, and tables of packages that bring them under other names than their own.
const READ_BY_OTHERS: &[&str] = &[
    "agent_conversation_messages",
    "agent_conversations",
    "cache",
    "cache_locks",
    "failed_jobs",
    "job_batches",
    "jobs",
    "migrations",
    "model_has_permissions",
    "model_has_roles",
    "notifications",
    "password_reset_tokens",
    "password_resets",
    "permissions",
    "personal_access_tokens",
    "role_has_permissions",
    "roles",
    "sessions",
    "subscription_items",
    "subscriptions",
    "websockets_statistics_entries",
];

/// Models whose table nothing makes.
pub(super) fn models_without_a_table(machine: &mut Machine<'_, Laravel>, map: &LaravelMap) -> Vec<Concern> {
    // A table whose name is not known may be any of them.
    let is_unknown = |table: &str| table.is_empty() || table.contains('?');
    if map.schema.is_empty()
        || map.migrations.iter().any(|row| makes_a_table(row.operation) && is_unknown(&row.table_name))
    {
        return Vec::new();
    }
    let parents: FxHashSet<&str> = map.models.iter().filter_map(|model| model.parent.as_deref()).collect();
    let known: FxHashSet<&str> = map.schema.iter().map(|table| table.name.as_str()).collect();
    let missing = |model: &&Model| {
        let table = model.table_name.as_deref().unwrap_or_default();
        let is_written_in_sql = || map.raw_statements.iter().any(|statement| statement.sql.contains(table));
        !model.is_abstract
            // What others extend is often abstract in all but the word.
            && !parents.contains(model.name.as_str())
            && model.certainty == Certainty::Exact
            && model.connection.is_none()
            && !table.is_empty()
            // Another database, or the prefix of one.
            && !table.contains('.')
            && !known.contains(table)
            && !READ_BY_OTHERS.contains(&table)
            // Rows that stand in the code.
            && !model.traits.iter().any(|name| name.ends_with("\\Sushi"))
            && !is_written_in_sql()
    };
    let mut found = Vec::new();
    for model in map.models.iter().filter(missing) {
        if !is_eloquents_own(machine, &model.name) {
            continue;
        }
        let table = model.table_name.as_deref().unwrap_or_default();
        found.push(Concern {
            kind: ConcernKind::ModelWithoutTable,
            subject: model.name.clone(),
            message: format!(
                "No migration and no schema dump makes the table `{table}`, which `{}` stands for.",
                model.name
            ),
            path: model.file_path.clone(),
            start_line: model.line,
            end_line: model.line,
        });
    }
    found
}

fn makes_a_table(operation: Operation) -> bool {
    matches!(operation, Operation::Create | Operation::Rename)
}

/// Whether nothing but Eloquent stands behind a model: the parent of a package may bring its table along.
fn is_eloquents_own(machine: &mut Machine<'_, Laravel>, model: &str) -> bool {
    machine.foreign_base(model).is_some_and(|base| base.starts_with("Illuminate\\") || &*base == "Eloquent")
}

/// Tables that no model stands for, no relationship goes over and no code names.
pub(super) fn tables_without_a_model(machine: &mut Machine<'_, Laravel>, map: &LaravelMap) -> Vec<Concern> {
    let mut open: FxHashMap<&str, &codeproof_types::laravel::Table> = map
        .schema
        .iter()
        .filter(|table| table.certainty == Certainty::Exact && !READ_BY_OTHERS.contains(&table.name.as_str()))
        .map(|table| (table.name.as_str(), table))
        .collect();
    for model in &map.models {
        let pivots = model.relationships.iter().filter_map(|relationship| relationship.pivot_table.as_deref());
        for table in model.table_name.as_deref().into_iter().chain(pivots) {
            open.remove(table);
        }
    }
    let bare = |name: &String| name.chars().filter(char::is_ascii_alphanumeric).collect();
    let packages: Vec<String> = machine.framework.packages.iter().map(bare).collect();
    open.retain(|table, _| !is_of_a_package(table, &packages));
    let files = machine.program.code_files();
    let is_looked_at = |path: &&String| !path.contains("migrations/") && !path.starts_with("vendor/");
    for path in files.iter().filter(is_looked_at).take(FILES_MAX) {
        if open.is_empty() {
            return Vec::new();
        }
        let Some(text) = machine.program.text(path) else { continue };
        for word in text.split(|character: char| !(character.is_alphanumeric() || character == '_')) {
            open.remove(word);
        }
    }
    open.into_values()
        .map(|table| Concern {
            kind: ConcernKind::TableWithoutModel,
            subject: table.name.clone(),
            message: format!(
                "No model stands for the table `{}`, and nothing outside of the migrations names it.",
                table.name
            ),
            path: table.file_path.clone(),
            start_line: table.line,
            end_line: table.line,
        })
        .collect()
}

/// Whether a package (its name's letters and digits) seems to have brought a table: its first word stands in the name. OAuth's tables are
/// Passport's.
fn is_of_a_package(table: &str, packages: &[String]) -> bool {
    let first = table.split('_').next().unwrap_or_default();
    let word = crate::inflect::singular(first);
    let is_named = |package: &String| word.len() >= 4 && package.contains(word.as_str());
    packages.iter().any(is_named) || (first == "oauth" && packages.iter().any(|package| package == "laravelpassport"))
}
