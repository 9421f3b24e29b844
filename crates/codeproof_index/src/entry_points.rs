//! Where a program is entered from outside: mains, routes, commands, exported functions.

use codeproof_types::{Language, Symbol, SymbolKind, Visibility};

use crate::files::SymbolId;
use crate::index::Index;

/// How a definition is entered from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// The operating system starts it.
    Main,
    /// A request of a client starts it.
    Route,
    /// A command line names it.
    Command,
    /// Other programs can call it, and nobody in this one does.
    Exported,
}

impl EntryKind {
    /// The word for people and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Route => "route",
            Self::Command => "command",
            Self::Exported => "exported",
        }
    }
}

/// Last words of decorators, attributes and annotations that make a definition the target of requests: Flask, FastAPI,
/// Django REST, Spring, JAX-RS, ASP.NET, NestJS, Symfony, Rocket and Actix.
const ROUTES: &[&str] = &[
    "All",
    "Delete",
    "DELETE",
    "DeleteMapping",
    "Get",
    "GET",
    "GetMapping",
    "HttpDelete",
    "HttpGet",
    "HttpPatch",
    "HttpPost",
    "HttpPut",
    "MessagePattern",
    "POST",
    "PUT",
    "Patch",
    "PatchMapping",
    "Path",
    "Post",
    "PostMapping",
    "Put",
    "PutMapping",
    "RequestMapping",
    "Route",
    "Sse",
    "SubscribeMessage",
    "action",
    "api_view",
    "delete",
    "get",
    "patch",
    "post",
    "put",
    "route",
    "view_config",
    "websocket",
];

/// The same for command lines: Click, Typer, Symfony, picocli, Flask.
const COMMANDS: &[&str] = &["AsCommand", "Command", "Verb", "command", "group"];

impl Index {
    /// How `id` is entered from outside by what its own definition says.
    pub fn entry_kind(&self, id: SymbolId) -> Option<EntryKind> {
        let file = &self.files()[id.file];
        let symbol = self.files().symbol(id);
        if is_main(file.language, symbol) {
            return Some(EntryKind::Main);
        }
        let is_code = matches!(symbol.kind, SymbolKind::Function | SymbolKind::Method | SymbolKind::Class);
        let mut words = symbol.decorators.iter().filter(|_| is_code).map(|text| last_word(text));
        words.find_map(|(word, has_arguments)| match word {
            // `@property.getter` and `@cache.get` without arguments are something else.
            word if ROUTES.contains(&word) && (has_arguments || word.starts_with(char::is_uppercase)) => {
                Some(EntryKind::Route)
            }
            word if COMMANDS.contains(&word) => Some(EntryKind::Command),
            _ => None,
        })
    }

    /// All entry points in the order of path and place. Functions that are exported count when nobody in the program
    /// calls them.
    pub fn entry_points(&self) -> Vec<(SymbolId, EntryKind)> {
        let mut found = Vec::new();
        for file in self.files().ids() {
            let of_file = &self.files()[file];
            for (at, symbol) in (0u32..).zip(&of_file.facts.symbols) {
                let id = SymbolId { file, symbol: at };
                let exported = || is_exported(of_file.language, symbol) && self.callers(id).is_empty();
                let kind = self.entry_kind(id).or_else(|| exported().then_some(EntryKind::Exported));
                found.extend(kind.map(|kind| (id, kind)));
            }
        }
        found
    }
}

fn is_main(language: Language, symbol: &Symbol) -> bool {
    match language {
        Language::C | Language::Cpp | Language::Go | Language::Rust => {
            symbol.kind == SymbolKind::Function && symbol.name == "main" && symbol.parent.is_none()
        }
        Language::Java => symbol.kind == SymbolKind::Method && symbol.name == "main" && symbol.is_static,
        Language::CSharp => symbol.kind == SymbolKind::Method && symbol.name == "Main" && symbol.is_static,
        _ => false,
    }
}

/// Whether other programs can call a function of the top level.
fn is_exported(language: Language, symbol: &Symbol) -> bool {
    let is_top = symbol.kind == SymbolKind::Function && symbol.parent.is_none();
    match language {
        Language::Go | Language::Rust | Language::JavaScript | Language::TypeScript | Language::Tsx => {
            is_top && symbol.visibility == Some(Visibility::Public)
        }
        Language::C => is_top && !symbol.is_static,
        Language::Python => is_top && !symbol.name.starts_with('_'),
        _ => false,
    }
}

/// The last name of `app.route("/x")`, and whether arguments follow.
fn last_word(decorator: &str) -> (&str, bool) {
    let (name, arguments) = decorator.split_once('(').map_or((decorator, None), |(name, rest)| (name, Some(rest)));
    let word = name.trim().rsplit(['.', ':', '\\']).next().unwrap_or(name);
    (word, arguments.is_some_and(|arguments| !arguments.trim_start().starts_with(')')))
}
