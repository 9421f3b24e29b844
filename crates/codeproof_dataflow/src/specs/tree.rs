//! All specs of one language, ready to be asked: a tree of names, and what holds of each.

use std::sync::Arc;

use codeproof_types::Language;
use rustc_hash::FxHashMap;

use super::format::{Entry, EntryPoint, SpecFile};
use crate::names::{Names, Sym};

/// A name in the tree, such as `flask.request.args`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) u32);

/// Index of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EntryId(pub(crate) u32);

/// The specs of one language.
#[derive(Debug, Clone)]
pub struct Specs {
    language: Language,
    pub(crate) names: Names,
    nodes: Vec<Node>,
    entries: Vec<(Entry, Arc<str>)>,
    entry_points: Vec<(EntryPoint, Arc<str>)>,
    /// Calls of a method on a receiver nobody knows more about.
    any: FxHashMap<Sym, Vec<EntryId>>,
    /// The name `*`, when a spec has it inside of a name.
    star: Option<Sym>,
    identity: u64,
}

#[derive(Debug, Clone, Default)]
struct Node {
    children: FxHashMap<Sym, NodeId>,
    calls: Vec<EntryId>,
    reads: Vec<EntryId>,
    /// The whole name, for messages.
    name: Box<str>,
}

/// The root of the tree.
const ROOT: NodeId = NodeId(0);

impl Specs {
    /// An empty tree.
    pub(super) fn new(language: Language) -> Self {
        Self {
            language,
            names: Names::default(),
            nodes: vec![Node::default()],
            entries: Vec::new(),
            entry_points: Vec::new(),
            any: FxHashMap::default(),
            star: None,
            identity: 0,
        }
    }

    /// Adds what a file says; `identity` is a hash of its text.
    pub(super) fn add(&mut self, file: SpecFile, identity: u64) {
        let framework: Arc<str> = file.framework.into();
        self.identity = self.identity.rotate_left(7) ^ identity;
        for entry in file.entries {
            let id = EntryId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
            for call in entry.call.as_slice() {
                match call.strip_prefix("*.").or_else(|| call.strip_prefix("*::")).or_else(|| call.strip_prefix("*->"))
                {
                    Some(method) => {
                        let method = self.segment(method);
                        self.any.entry(method).or_default().push(id);
                    }
                    None => {
                        let node = self.insert(call);
                        self.nodes[node.0 as usize].calls.push(id);
                    }
                }
            }
            for name in entry.name.as_slice() {
                let node = self.insert(name);
                self.nodes[node.0 as usize].reads.push(id);
            }
            if let Some(gives) = entry.gives.as_deref().filter(|gives| !is_word(gives)) {
                self.insert(gives);
            }
            for name in entry.renders.iter().flat_map(|rendering| rendering.variables.values()) {
                self.insert(name);
            }
            self.entries.push((entry, framework.clone()));
        }
        self.star = self.names.get("*");
        for point in file.entry_points {
            for name in point.decorator.as_slice().iter().chain(point.base.as_slice()).chain(point.types.values()) {
                if !name.starts_with('*') && !is_word(name) {
                    self.insert(name);
                }
            }
            self.entry_points.push((point, framework.clone()));
        }
    }

    /// What the specs are written for.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Changes when any spec does; for cache keys.
    pub fn identity(&self) -> u64 {
        self.identity
    }

    fn segment(&mut self, text: &str) -> Sym {
        match self.language {
            Language::Php if !text.starts_with('$') => self.names.intern(&text.to_lowercase()),
            _ => self.names.intern(text),
        }
    }

    fn insert(&mut self, name: &str) -> NodeId {
        let mut at = ROOT;
        for segment in segments(name, self.language) {
            let keeps_case = name.starts_with('$');
            let sym = if keeps_case { self.names.intern(segment) } else { self.segment(segment) };
            at = match self.nodes[at.0 as usize].children.get(&sym) {
                Some(child) => *child,
                None => {
                    let child = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
                    let parent = &self.nodes[at.0 as usize].name;
                    let separator = if self.language == Language::Php { "::" } else { "." };
                    let whole = if at == ROOT { segment.into() } else { format!("{parent}{separator}{segment}") };
                    self.nodes.push(Node { name: whole.into(), ..Node::default() });
                    self.nodes[at.0 as usize].children.insert(sym, child);
                    child
                }
            };
        }
        at
    }

    /// The node of a whole name, when a spec speaks of it.
    pub(crate) fn node(&self, name: &str) -> Option<NodeId> {
        let mut at = ROOT;
        for segment in segments(name, self.language) {
            let lower;
            let segment = match self.language {
                Language::Php if !name.starts_with('$') => {
                    lower = segment.to_lowercase();
                    &lower
                }
                _ => segment,
            };
            at = self.child(at, self.names.get(segment)?)?;
        }
        Some(at)
    }

    /// The names without anything before them.
    pub(crate) fn tops(&self) -> impl Iterator<Item = (&str, NodeId)> {
        self.nodes[ROOT.0 as usize].children.iter().map(|(sym, node)| (self.names.text(*sym), *node))
    }

    /// The node of a name without anything before it.
    pub(crate) fn top(&self, name: Sym) -> Option<NodeId> {
        self.child(ROOT, name)
    }

    /// The node of `name` below another.
    pub(crate) fn child(&self, node: NodeId, name: Sym) -> Option<NodeId> {
        let children = &self.nodes[node.0 as usize].children;
        // `$_FILES.*.size`: whatever stands there.
        children.get(&name).or_else(|| children.get(&self.star?)).copied()
    }

    /// The node for whatever stands below another.
    pub(crate) fn any_child(&self, node: NodeId) -> Option<NodeId> {
        self.nodes[node.0 as usize].children.get(&self.star?).copied()
    }

    /// Whether specs speak of members of a node.
    pub(crate) fn has_children(&self, node: NodeId) -> bool {
        !self.nodes[node.0 as usize].children.is_empty()
    }

    /// The whole name of a node.
    pub(crate) fn name_of(&self, node: NodeId) -> &str {
        &self.nodes[node.0 as usize].name
    }

    /// What holds of calling a node.
    pub(crate) fn calls(&self, node: NodeId) -> &[EntryId] {
        &self.nodes[node.0 as usize].calls
    }

    /// What holds of reading a node.
    pub(crate) fn reads(&self, node: NodeId) -> &[EntryId] {
        &self.nodes[node.0 as usize].reads
    }

    /// What holds of calling a method of this name on a receiver nobody knows more about.
    pub(crate) fn any_calls(&self, method: Sym) -> &[EntryId] {
        self.any.get(&method).map_or(&[], Vec::as_slice)
    }

    /// An entry.
    pub(crate) fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0 as usize].0
    }

    /// Every entry with its framework.
    pub(crate) fn entries(&self) -> &[(Entry, Arc<str>)] {
        &self.entries
    }

    /// Every entry point with its framework.
    pub(crate) fn entry_points(&self) -> &[(EntryPoint, Arc<str>)] {
        &self.entry_points
    }
}

/// Whether `gives` is one of the words that are no types.
pub(crate) fn is_word(gives: &str) -> bool {
    matches!(gives, "number" | "boolean" | "text" | "receiver" | "nothing" | "unknown")
}

/// The parts of a whole name.
fn segments(name: &str, language: Language) -> Vec<&str> {
    if language != Language::Php {
        return name.split('.').collect();
    }
    let mut segments = Vec::new();
    for part in name.trim_start_matches('\\').split("::").flat_map(|part| part.split("->")) {
        // `$_SERVER.REQUEST_METHOD`: a key.
        if part.starts_with('$') { segments.extend(part.split('.')) } else { segments.push(part) }
    }
    segments
}
