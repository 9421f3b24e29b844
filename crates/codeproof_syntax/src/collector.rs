//! Gathers the facts of one file while a language reads its tree.

use std::borrow::Cow;

use codeproof_types::{
    CallKind, CallSite, Comment, FileFacts, HintSource, Import, Span, Symbol, SymbolKind, TypeHint, Visibility,
};
use tree_sitter::Node;

use crate::documentation;
use crate::places::Places;

/// Characters of a receiver that are kept; the rest says nothing more about it.
const RECEIVER_CHARACTERS_MAX: usize = 200;

/// Characters of a decorator that are kept: its name and the arguments a route or command needs.
const DECORATOR_CHARACTERS_MAX: usize = 200;

/// Hints looked at for what a name holds: more than a function has parameters; bounds what a long file costs.
const HINTS_LOOKED_AT_MAX: usize = 64;

/// Characters of a type that are kept; longer ones are no names.
const TYPE_CHARACTERS_MAX: usize = 200;

/// Characters of a signature that are kept: enough for every head a person writes, bounded for generated ones.
const SIGNATURE_CHARACTERS_MAX: usize = 1_000;

/// Scopes that are looked at for one question; deeper nesting is generated, and must not cost the square of its depth.
const SCOPES_LOOKED_AT_MAX: usize = 256;

/// Bytes of a qualified name beyond which names inside are not joined to it: each symbol keeps its own copy.
const QUALIFIED_BYTES_MAX: usize = 500;

/// A definition as a language sees it.
pub(crate) struct Definition<'t> {
    /// What it is.
    pub(crate) kind: SymbolKind,
    /// Its own name.
    pub(crate) name: Cow<'t, str>,
    /// Its name with everything around it.
    pub(crate) qualified_name: String,
    /// Qualified name of the symbol around it.
    pub(crate) parent: Option<String>,
    /// Where its decorators start; `start` without.
    pub(crate) decorated_start: usize,
    /// First byte of its own.
    pub(crate) start: usize,
    /// One past the last byte of its head.
    pub(crate) head_end: usize,
    /// One past its last byte.
    pub(crate) end: usize,
    /// Who may use it.
    pub(crate) visibility: Option<Visibility>,
    /// `static` in the language's own sense.
    pub(crate) is_static: bool,
    /// Its documentation when it stands inside; else comments before it are read.
    pub(crate) doc: Option<String>,
}

impl<'t> Definition<'t> {
    /// All of `node`, its head up to its field `body`; nothing around it, without modifiers.
    pub(crate) fn of(node: Node<'t>, kind: SymbolKind, name: impl Into<Cow<'t, str>>, qualified_name: String) -> Self {
        Self {
            kind,
            name: name.into(),
            qualified_name,
            parent: None,
            decorated_start: node.start_byte(),
            start: node.start_byte(),
            head_end: node.child_by_field_name("body").map_or(node.end_byte(), |body| body.start_byte()),
            end: node.end_byte(),
            visibility: None,
            is_static: false,
            doc: None,
        }
    }
}

/// A symbol that is open at the place of the walk.
#[derive(Debug)]
pub(crate) struct Scope {
    /// What it is.
    pub(crate) kind: SymbolKind,
    /// Its qualified name.
    pub(crate) qualified_name: String,
    /// One past its last byte.
    pub(crate) end: usize,
    /// Visibility of the members that follow, where the language sets it by a label.
    pub(crate) member_visibility: Option<Visibility>,
    /// Index of its symbol; `None` when it has none of its own.
    pub(crate) symbol: Option<u32>,
}

/// Which symbol a hint belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HintScope {
    /// The innermost open symbol: parameters, variables, results; fields right in a class.
    Innermost,
    /// The innermost open class: fields named from inside a method.
    Class,
}

/// The facts so far, with what is needed to add to them.
pub(crate) struct Collector<'t> {
    text: &'t str,
    places: Places<'t>,
    facts: FileFacts,
    /// For each symbol: the span of its head.
    heads: Vec<Span>,
    scopes: Vec<Scope>,
}

impl<'t> Collector<'t> {
    /// Starts with no facts about `text`.
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, places: Places::new(text), facts: FileFacts::default(), heads: Vec::new(), scopes: Vec::new() }
    }

    /// The text of `node`, empty when the tree is of another text.
    pub(crate) fn text(&self, node: Node<'_>) -> &'t str {
        self.slice(node.start_byte(), node.end_byte())
    }

    /// The text between two offsets, empty when they are none of this text.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The whole text.
    pub(crate) fn whole(&self) -> &'t str {
        self.text
    }

    /// Where the head of a field or constant ends: at `end` with its value, behind its name when that has many lines.
    pub(crate) fn head_end(&self, end: usize, name: Node<'_>, value: Option<Node<'_>>) -> usize {
        let start = |text: &'t str| &text[..text.floor_char_boundary(SIGNATURE_CHARACTERS_MAX)];
        let is_long = value.is_some_and(|value| start(self.text(value)).contains('\n'));
        if is_long { name.end_byte() } else { end }
    }

    /// Closes every scope that ends at or before `offset`. Called for each node of the walk, in file order.
    pub(crate) fn reach(&mut self, offset: usize) {
        while self.scopes.last().is_some_and(|scope| scope.end <= offset) {
            self.scopes.pop();
        }
    }

    /// The innermost open scope.
    pub(crate) fn scope(&self) -> Option<&Scope> {
        self.scopes.last()
    }

    /// The innermost open scope, to change.
    pub(crate) fn scope_mut(&mut self) -> Option<&mut Scope> {
        self.scopes.last_mut()
    }

    /// The open scopes, innermost first, as far as they can matter.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.scopes.iter().rev().take(SCOPES_LOOKED_AT_MAX)
    }

    /// The qualified name of the scope that is open, `around` when none is, and that of `name` in it.
    pub(crate) fn nested(&self, around: Option<&str>, separator: &str, name: &str) -> (Option<String>, String) {
        let parent = self.scope().map(|scope| scope.qualified_name.as_str()).or(around);
        let joined = parent.filter(|parent| parent.len() <= QUALIFIED_BYTES_MAX);
        let qualified = joined.map_or_else(|| name.to_owned(), |parent| format!("{parent}{separator}{name}"));
        (parent.map(str::to_owned), qualified)
    }

    /// Opens a scope without adding a symbol.
    pub(crate) fn open(&mut self, scope: Scope) {
        self.scopes.push(scope);
    }

    /// Adds a symbol and opens its scope.
    pub(crate) fn define(&mut self, definition: Definition<'t>) {
        let (kind, end) = (definition.kind, definition.end);
        let qualified_name = definition.qualified_name.clone();
        let symbol = self.push(definition);
        self.open(Scope { kind, qualified_name, end, member_visibility: None, symbol });
    }

    /// Adds what the innermost open class extends, implements or uses.
    pub(crate) fn base(&mut self, name: &str) {
        let name = type_name(name);
        if let Some(symbol) = self.innermost() {
            self.facts.symbols[symbol as usize].bases.push(name);
        }
    }

    /// Adds what the symbol with this index extends, implements or uses.
    pub(crate) fn base_of(&mut self, symbol: u32, name: &str) {
        self.facts.symbols[symbol as usize].bases.push(type_name(name));
    }

    /// Adds a decorator, attribute or annotation, without its marker, to the innermost open symbol.
    pub(crate) fn decorator(&mut self, text: &str) {
        if let Some(symbol) = self.innermost() {
            self.decorator_of(symbol, text);
        }
    }

    /// Adds a decorator, attribute or annotation, without its marker, to the symbol with this index.
    pub(crate) fn decorator_of(&mut self, symbol: u32, text: &str) {
        self.facts.symbols[symbol as usize].decorators.push(fold(text, DECORATOR_CHARACTERS_MAX));
    }

    /// The symbol with this index, to change what the file says about it later.
    pub(crate) fn symbol_mut(&mut self, symbol: u32) -> Option<&mut Symbol> {
        self.facts.symbols.get_mut(symbol as usize)
    }

    /// All symbols so far, to change what the file says about them later.
    pub(crate) fn symbols_mut(&mut self) -> impl Iterator<Item = &mut Symbol> {
        self.facts.symbols.iter_mut()
    }

    /// Index of the symbol that was added last.
    pub(crate) fn newest(&self) -> Option<u32> {
        u32::try_from(self.facts.symbols.len().checked_sub(1)?).ok()
    }

    /// Adds what a name holds; `name` is empty for the result of the function itself. A type that is no name says
    /// nothing and is left out.
    pub(crate) fn hint(&mut self, scope: HintScope, at: usize, name: &str, type_name: &str, source: HintSource) {
        // What is called is a name as a whole: `a.b().c` called is not `a.b` called.
        if source != HintSource::Type && type_name.contains(['(', '[']) {
            return;
        }
        let type_name = self::type_name(type_name);
        let is_name =
            |c: char| c.is_alphanumeric() || "_.:\\$".contains(c) || (source == HintSource::Value && "->".contains(c));
        if type_name.is_empty() || !type_name.chars().all(is_name) {
            return;
        }
        let scope = match scope {
            HintScope::Innermost => self.innermost(),
            HintScope::Class => self.scopes().find(|scope| holds_fields(scope.kind)).and_then(|scope| scope.symbol),
        };
        let line = self.places.line(at);
        self.facts.hints.push(TypeHint { scope, line, name: name.to_owned(), type_name, source });
    }

    /// What `name` was last said to hold in the innermost open symbol.
    pub(crate) fn hinted(&self, name: &str) -> Option<(String, HintSource)> {
        let scope = self.innermost();
        let near = self.facts.hints.iter().rev().take(HINTS_LOOKED_AT_MAX);
        let hint = near.into_iter().find(|hint| hint.scope == scope && hint.name == name)?;
        Some((hint.type_name.clone(), hint.source))
    }

    /// Index of the innermost open symbol.
    fn innermost(&self) -> Option<u32> {
        self.scopes().find_map(|scope| scope.symbol)
    }

    /// Adds a symbol that nothing can stand in.
    pub(crate) fn add(&mut self, definition: Definition<'t>) {
        self.push(definition);
    }

    /// Adds a symbol and says which one it is; a definition without a name is none.
    fn push(&mut self, definition: Definition<'t>) -> Option<u32> {
        if definition.name.is_empty() {
            return None;
        }
        let index = u32::try_from(self.facts.symbols.len()).ok()?;
        self.heads.push(Span { start: definition.start, end: definition.head_end });
        let end = definition.end.min(self.text.len());
        self.facts.symbols.push(Symbol {
            kind: definition.kind,
            name: definition.name.into_owned(),
            qualified_name: definition.qualified_name,
            parent: definition.parent,
            first_line: self.places.line(definition.start),
            last_line: self.places.last_line(definition.start, end),
            decorated_first_line: self.places.line(definition.decorated_start),
            signature: String::new(),
            doc: definition.doc,
            visibility: definition.visibility,
            is_static: definition.is_static,
            bases: Vec::new(),
            decorators: Vec::new(),
            span: Some(Span { start: definition.decorated_start, end }),
        });
        Some(index)
    }

    /// Adds an imported name.
    pub(crate) fn import(&mut self, at: usize, module: impl Into<String>, name: &str, alias: Option<&str>, level: u32) {
        self.facts.imports.push(Import {
            line: self.places.line(at),
            module: module.into(),
            name: name.to_owned(),
            alias: alias.map(str::to_owned),
            level,
        });
    }

    /// Adds a call or mention; `at` is where the called name starts, `receiver` what stands before it.
    pub(crate) fn call(&mut self, kind: CallKind, at: usize, callee: &str, receiver: Option<&str>, arguments: u32) {
        if callee.is_empty() {
            return;
        }
        let receiver = receiver.map(|text| fold(text, RECEIVER_CHARACTERS_MAX)).filter(|it| !it.is_empty());
        let position = self.places.position(at);
        let caller = self.innermost();
        self.facts.calls.push(CallSite { kind, position, caller, callee: callee.to_owned(), receiver, arguments });
    }

    /// Adds a comment.
    pub(crate) fn comment(&mut self, node: Node<'_>) {
        let start = node.start_byte();
        let content = self.text(node).trim_end();
        let span = Span { start, end: start + content.len() };
        if !content.is_empty() {
            let (first_line, last_line) = (self.places.line(start), self.places.last_line(start, span.end));
            self.facts.comments.push(Comment { first_line, last_line, span });
        }
    }

    /// Fills in what needs all comments, and hands out the facts.
    pub(crate) fn finish(mut self) -> FileFacts {
        let comments = &self.facts.comments;
        for (symbol, head) in self.facts.symbols.iter_mut().zip(&self.heads) {
            symbol.signature = signature(self.text, *head, comments);
            if symbol.doc.is_none() {
                let before = symbol.span.map_or(head.start, |span| span.start);
                symbol.doc = documentation::before(self.text, comments, before);
            }
        }
        self.facts
    }
}

/// Whether a symbol of this kind has fields.
fn holds_fields(kind: SymbolKind) -> bool {
    use SymbolKind::{Class, Enum, Interface, Struct, Trait, Union};
    matches!(kind, Class | Struct | Trait | Interface | Enum | Union)
}

/// A type without arguments, pointers and marks of optional types: `List<User>` is `List`, `?User` and `*User` are
/// `User`.
fn type_name(written: &str) -> String {
    let bare = written.trim().trim_start_matches(['?', '*', '&']);
    let end = bare.find(['<', '[', '(']).unwrap_or(bare.len());
    fold(bare[..end].trim_end_matches(['?', '*', '&', '!', ' ']), TYPE_CHARACTERS_MAX)
}

/// The head of a definition on one line, without the comments in it.
fn signature(text: &str, head: Span, comments: &[Comment]) -> String {
    let inside = comments.partition_point(|comment| comment.span.start < head.start);
    let mut parts = String::new();
    let mut at = head.start;
    for comment in comments[inside..].iter().take_while(|comment| comment.span.end <= head.end) {
        parts.push_str(text.get(at..comment.span.start).unwrap_or_default());
        parts.push(' ');
        at = comment.span.end;
    }
    parts.push_str(text.get(at..head.end.min(text.len())).unwrap_or_default());
    fold(parts.trim_end_matches([':', ';', '{', ' ', '\t', '\r', '\n', '\\']), SIGNATURE_CHARACTERS_MAX)
}

/// `text` on one line: runs of blanks become one space; cut after `characters_max` characters.
pub(crate) fn fold(text: &str, characters_max: usize) -> String {
    // Four bytes is the longest character; as much again is room for blanks. Bounded, because receivers nest.
    let text = &text[..text.floor_char_boundary(8 * characters_max)];
    let mut folded = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        if count > 0 && count < characters_max {
            folded.push(' ');
            count += 1;
        }
        for character in word.chars() {
            if count >= characters_max {
                return folded;
            }
            folded.push(character);
            count += 1;
        }
    }
    folded
}
