//! What a map says as a whole: its title, its counts, its concerns by kind.

use std::collections::BTreeSet;

use codeproof_types::laravel::{Authentication, Certainty, Concern, ConcernKind, LaravelMap, RawStatement};

use super::MapOptions;
use crate::{clean, numbers};

/// Kinds of concerns in the order a reader needs them, with their headings.
const CONCERN_TITLES: [(ConcernKind, &str); 6] = [
    (ConcernKind::UnauthenticatedRoute, "Routes that change something and ask nobody to sign in"),
    (ConcernKind::MissingController, "Routes whose controller is not there"),
    (ConcernKind::MissingAction, "Routes whose controller has no such method"),
    (ConcernKind::UnknownRouteName, "Names that no route has"),
    (ConcernKind::ModelWithoutTable, "Models without a table"),
    (ConcernKind::TableWithoutModel, "Tables without a model"),
];

/// `shop: Laravel 13.26.1`.
pub(super) fn title(map: &LaravelMap, options: &MapOptions) -> String {
    let target = clean::path_text(&options.target);
    let target = if target.is_empty() { "Laravel application".to_owned() } else { target };
    let version = map.framework_version.as_deref().map(|version| clean::short(version, 40));
    version.map_or(format!("{target}: version of Laravel not known"), |version| format!("{target}: Laravel {version}"))
}

/// The counts as sentences, one for each part that was asked for, then concerns and limits.
pub(super) fn sentences(map: &LaravelMap, options: &MapOptions) -> Vec<String> {
    let mut sentences = Vec::new();
    if options.parts.routes {
        sentences.push(routes_sentence(map));
    }
    if options.parts.migrations {
        let operations = counted(map.migrations.len(), "migration operation", "migration operations");
        let destructive = map.migrations.iter().filter(|it| it.is_destructive).count();
        let tables = counted(map.schema.len(), "table", "tables");
        sentences.push(format!("{operations}, {} losing data; {tables}.", grouped(destructive)));
    }
    if options.parts.models {
        let relations = map.models.iter().map(|model| model.relationships.len()).sum();
        let models = counted(map.models.len(), "model", "models");
        sentences.push(format!("{models} with {}.", counted(relations, "relationship", "relationships")));
    }
    if options.parts.concerns {
        sentences.push(format!("{}.", counted(map.concerns.len(), "concern", "concerns")));
    }
    sentences.push(match map.limits.len() {
        0 => "Nothing met a limit.".to_owned(),
        limits => format!("{} could not be followed.", counted(limits, "place", "places")),
    });
    sentences
}

fn routes_sentence(map: &LaravelMap) -> String {
    let count = |is: &dyn Fn(&codeproof_types::laravel::Route) -> bool| map.routes.iter().filter(|it| is(it)).count();
    let routes = counted(map.routes.len(), "route", "routes");
    let required = count(&|route| route.authentication == Authentication::Required);
    let open = count(&|route| route.authentication == Authentication::None);
    let unknown = count(&|route| route.authentication == Authentication::Unknown);
    let conditional = count(&|route| route.certainty == Certainty::Conditional);
    let partial = count(&|route| route.certainty == Certainty::Partial);
    format!(
        "{routes}: {} signed in, {} open, {} not known; {} conditional, {} partial.",
        grouped(required),
        grouped(open),
        grouped(unknown),
        grouped(conditional),
        grouped(partial)
    )
}

/// Concerns by kind, each with its heading and count.
pub(super) fn concern_groups(map: &LaravelMap) -> Vec<(String, Vec<&Concern>)> {
    let group = |(kind, title): &(ConcernKind, &str)| {
        let concerns: Vec<&Concern> = map.concerns.iter().filter(|concern| concern.kind == *kind).collect();
        (!concerns.is_empty()).then(|| (format!("{title}: {}", grouped(concerns.len())), concerns))
    };
    CONCERN_TITLES.iter().filter_map(group).collect()
}

/// SQL that `up()` writes itself and that is not already among the operations.
pub(super) fn other_statements(map: &LaravelMap) -> impl Iterator<Item = &RawStatement> {
    let raw = map.migrations.iter().filter(|operation| operation.raw);
    let known: BTreeSet<(&str, u32)> = raw.map(|it| (it.file_path.as_str(), it.start_line)).collect();
    let up = map.raw_statements.iter().filter(|statement| statement.direction == "up");
    up.filter(move |statement| !known.contains(&(statement.file_path.as_str(), statement.line)))
}

pub(super) fn counted(items: usize, one: &str, many: &str) -> String {
    numbers::counted(numbers::count(items), one, many)
}

pub(super) fn grouped(items: usize) -> String {
    numbers::grouped(numbers::count(items))
}
