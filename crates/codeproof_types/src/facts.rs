//! What one file says about itself: symbols, imports, calls, comments. Path-free, so that equal bytes share one cache
//! entry.

use serde::{Deserialize, Serialize};

use crate::{Position, Span};

/// Everything the syntax of one file tells, in file order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Definitions, outer before inner.
    pub symbols: Vec<Symbol>,
    /// One entry per imported name.
    pub imports: Vec<Import>,
    /// Call sites and mentions of classes.
    pub calls: Vec<CallSite>,
    /// What names hold, as far as the file says it.
    pub hints: Vec<TypeHint>,
    /// Comments, neighbouring line comments apart.
    pub comments: Vec<Comment>,
}

impl FileFacts {
    /// The innermost symbol whose lines hold `line` (1-based), if any.
    pub fn symbol_at(&self, line: u32) -> Option<&Symbol> {
        self.symbols
            .iter()
            .filter(|symbol| symbol.decorated_first_line <= line && line <= symbol.last_line)
            .filter(|symbol| symbol.kind.encloses())
            .min_by_key(|symbol| (symbol.last_line - symbol.decorated_first_line, std::cmp::Reverse(symbol.first_line)))
    }
}

/// The kind of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the languages' own words")]
pub enum SymbolKind {
    Class,
    Trait,
    Interface,
    Enum,
    EnumCase,
    Struct,
    Union,
    Function,
    Method,
    Property,
    Constant,
    Macro,
    Type,
    Namespace,
}

impl SymbolKind {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Trait => "trait",
            Self::Interface => "interface",
            Self::Enum => "enum",
            Self::EnumCase => "enum_case",
            Self::Struct => "struct",
            Self::Union => "union",
            Self::Function => "function",
            Self::Method => "method",
            Self::Property => "property",
            Self::Constant => "constant",
            Self::Macro => "macro",
            Self::Type => "type",
            Self::Namespace => "namespace",
        }
    }

    /// Whether code can stand inside it, so that it names the place of a finding.
    fn encloses(self) -> bool {
        !matches!(self, Self::EnumCase | Self::Property | Self::Constant | Self::Type | Self::Namespace)
    }
}

/// Who may use a symbol: everybody, only what stands around its definition (the class; in Go the package, in Rust the
/// module), or something between the two (subclasses; a Java package, a C# assembly, `pub(crate)` and its like in Rust).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the languages' own words")]
pub enum Visibility {
    Public,
    Protected,
    Private,
}

/// One definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// What it is.
    pub kind: SymbolKind,
    /// Its own name; PHP properties without `$`, Rust macros with `!`; `class@anonymous` for classes without a name,
    /// `default` for what a JavaScript module exports without one.
    pub name: String,
    /// Name with everything around it in the language's own notation: `Outer.method` in Python (without the module:
    /// facts are path-free), `App\Models\User::find` and `App\Models\User::$table` in PHP, `ns::Class::method` in C++,
    /// `com.shop.Order.total` in Java and C# (with package or namespace), `Order.Total` in Go (without package) and
    /// JavaScript, `inner::Order::total` in Rust (with the file's own modules), `Shop::Order#total` and, for methods of
    /// the class itself, `Shop::Order.open` in Ruby.
    pub qualified_name: String,
    /// Qualified name of the symbol around it.
    pub parent: Option<String>,
    /// First line of the definition, 1-based: without Python decorators, with PHP attributes.
    pub first_line: u32,
    /// Last line, 1-based, inclusive.
    pub last_line: u32,
    /// First line with decorators; equals `first_line` without.
    pub decorated_first_line: u32,
    /// Head of the definition on one line, blanks folded, without body.
    pub signature: String,
    /// First paragraph of its documentation, comment markers removed, if any.
    pub doc: Option<String>,
    /// Who may use it; `None` where the language does not say.
    pub visibility: Option<Visibility>,
    /// `static` in the language's own sense.
    pub is_static: bool,
    /// What a class extends, implements, embeds or uses as a trait, and the traits a Rust file implements for its types;
    /// full names in PHP, else as written, without type arguments.
    pub bases: Vec<String>,
    /// Decorators, attributes and annotations without their markers, blanks folded: `app.route("/x")`, `GetMapping`.
    pub decorators: Vec<String>,
    /// The bytes of the whole definition.
    pub span: Option<Span>,
}

/// One imported name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// 1-based line where the statement starts.
    pub line: u32,
    /// The module, namespace, package or header: `django.core`, `Illuminate\Support`, `stdio.h`, `./cart`, `crate::money`.
    pub module: String,
    /// The name taken from it; `*` for all, empty when the module itself is imported.
    pub name: String,
    /// The name it gets here, when another one is given.
    pub alias: Option<String>,
    /// Dots before a relative Python import. 1 for what is looked for beside this file: a quoted C include, Ruby's
    /// `require_relative`, Rust's `mod name;`. Else 0.
    pub level: u32,
}

/// Whether a call site calls something or only names a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// A call.
    Call,
    /// A mention of a class: `new`, `extends`, type hints, static access, `catch`, annotations, elements of JSX.
    ClassRef,
}

/// One call or mention of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSite {
    /// Call or mention.
    pub kind: CallKind,
    /// Where the called name starts: behind the receiver, so that each call of a chain has its own place.
    pub position: Position,
    /// Index in [`FileFacts::symbols`] of the innermost symbol it stands in.
    pub caller: Option<u32>,
    /// The called name without its receiver, Rust macros with `!`; the resolved class name for mentions in PHP.
    pub callee: String,
    /// Text of what stands before the last `.`, `->` or `::`, if anything; cut at 200 characters.
    pub receiver: Option<String>,
    /// Number of arguments as written.
    pub arguments: u32,
}

/// How a file tells what a name holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HintSource {
    /// A type is written: an annotation, a declared type, `new T`.
    Type,
    /// The value of calling something: a class makes an instance, a function returns its declared type.
    Call,
    /// The same as another expression: a name or a chain of members. For a macro with an empty `name`: what it stands for.
    Value,
}

/// What a parameter, variable, field or function's result holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeHint {
    /// Index in [`FileFacts::symbols`] of the function, for parameters, variables and the function's own result, or of
    /// the class, for fields; `None` at file level.
    pub scope: Option<u32>,
    /// 1-based line.
    pub line: u32,
    /// The name, without sigil and without `self` or `this`; empty for what the function returns.
    pub name: String,
    /// The type or what is called, without type arguments: a full name in PHP, else as written (`models.User`).
    pub type_name: String,
    /// Which of both.
    pub source: HintSource,
}

/// How sure the target of a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// The definition is in sight: same scope, same class, or a known type.
    Exact,
    /// An import names the definition.
    Import,
    /// The only definition of that name.
    NameUnique,
    /// Several definitions fit.
    Ambiguous,
    /// No definition is known.
    Unresolved,
}

impl Resolution {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Import => "import",
            Self::NameUnique => "name_unique",
            Self::Ambiguous => "ambiguous",
            Self::Unresolved => "unresolved",
        }
    }
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// 1-based line of its first character.
    pub first_line: u32,
    /// 1-based line of its last character.
    pub last_line: u32,
    /// Its bytes, markers included.
    pub span: Span,
}
