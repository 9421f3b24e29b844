//! The first diagram: which files register which sections of routes.

use std::collections::BTreeMap;

use codeproof_types::laravel::Authentication;

use super::{Diagram, GroupedSection, Kind, Node, Role, Target, arrow};
use crate::clean;
use crate::map::summary;

/// Sections that are drawn; an application with more has its routes made by a loop.
pub(super) const DIAGRAMS_MAX: usize = 60;

/// Sections in the overview.
const SECTIONS_MAX: usize = 40;

/// Files in the overview.
const FILES_MAX: usize = 20;

/// The overview; `None` for an application with one section, which needs none.
pub(super) fn diagram(sections: &[GroupedSection<'_>]) -> Option<Diagram> {
    if sections.len() < 2 {
        return None;
    }
    let mut diagram = Diagram {
        title: "Routes by section".to_owned(),
        kind: Kind::Flow,
        nodes: Vec::new(),
        edges: Vec::new(),
        notes: Vec::new(),
    };
    let files = files(sections);
    let mut nodes: BTreeMap<&str, usize> = BTreeMap::new();
    for (file, routes) in files.iter().take(FILES_MAX) {
        nodes.insert(file, diagram.nodes.len());
        let lines = vec![summary::counted(*routes, "route", "routes")];
        diagram.nodes.push(node(Role::File, clean::short(file, 60), lines, Target::Line((*file).to_owned(), 1)));
    }
    for grouped in sections.iter().take(SECTIONS_MAX) {
        let at = diagram.nodes.len();
        let mut from: Vec<usize> =
            grouped.section.routes.iter().filter_map(|route| nodes.get(route.source_file.as_str()).copied()).collect();
        from.sort_unstable();
        from.dedup();
        diagram.nodes.push(section_node(grouped));
        diagram.edges.extend(from.into_iter().map(|file| arrow(file, at)));
    }
    note_rest(&mut diagram, sections.len(), files.len());
    Some(diagram)
}

fn note_rest(diagram: &mut Diagram, sections: usize, files: usize) {
    let mut note = |all: usize, max: usize, one: &str, many: &str, what: &str| {
        if all > max {
            diagram.notes.push(format!("{} {what}.", summary::counted(all - max, one, many)));
        }
    };
    note(sections, SECTIONS_MAX, "section is", "sections are", "left out of this overview");
    note(files, FILES_MAX, "file is", "files are", "left out of this overview");
    note(sections, DIAGRAMS_MAX, "section has", "sections have", "no diagram; the list of routes has all");
}

/// Files with how many routes they register, those with the most first.
fn files<'m>(sections: &[GroupedSection<'m>]) -> Vec<(&'m str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for route in sections.iter().flat_map(|grouped| &grouped.section.routes) {
        *counts.entry(&route.source_file).or_default() += 1;
    }
    let mut files: Vec<(&str, usize)> = counts.into_iter().collect();
    files.sort_by_key(|(file, routes)| (std::cmp::Reverse(*routes), *file));
    files
}

fn section_node(grouped: &GroupedSection<'_>) -> Node {
    let routes = &grouped.section.routes;
    let open = routes.iter().filter(|route| route.authentication == Authentication::None).count();
    let unknown = routes.iter().filter(|route| route.authentication == Authentication::Unknown).count();
    let mut line = summary::counted(routes.len(), "route", "routes");
    if open > 0 {
        line.push_str(&format!(", {open} open"));
    }
    if unknown > 0 {
        line.push_str(&format!(", {unknown} not known"));
    }
    let title = &grouped.section.title;
    node(Role::Section, format!("{title} · {line}"), Vec::new(), Target::Diagram(title.clone()))
}

fn node(role: Role, title: String, lines: Vec<String>, target: Target) -> Node {
    Node { role, title, lines, columns: Vec::new(), target }
}
