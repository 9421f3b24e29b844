//! The part of PHP that the evaluator understands, as owned values: names are resolved, places are kept, and what is not
//! understood is an [`ExprKind::Opaque`] that says what it was.

use std::rc::Rc;

use rustc_hash::FxHashMap;

/// A block of statements that closures and loops share.
pub(crate) type Block = Rc<[Statement]>;

/// An expression with its lines (1-based, inclusive).
#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) line: u32,
    pub(crate) end_line: u32,
}

/// What an expression is.
#[derive(Debug)]
pub(crate) enum ExprKind {
    Text(Rc<str>),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Null,
    Variable(Rc<str>),
    Interpolated(Vec<Expr>),
    Array(Vec<Element>),
    Binary(Rc<str>, Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Ternary(Box<Expr>, Option<Box<Expr>>, Box<Expr>),
    Assign(Box<Expr>, Box<Expr>),
    /// `$a .= $b`: the operator without its `=`.
    AssignWith(Rc<str>, Box<Expr>, Box<Expr>),
    /// `$i++` and its sisters; the step is 1 or -1, and whether the new value is the result.
    Step(Box<Expr>, i64, bool),
    Index(Box<Expr>, Option<Box<Expr>>),
    Property(Box<Expr>, Box<Expr>),
    StaticProperty(ClassReference, Rc<str>),
    ClassConstant(ClassReference, Rc<str>),
    Constant(Rc<str>),
    Call(Callee, Vec<Argument>),
    MethodCall(Box<Expr>, Box<Expr>, Vec<Argument>),
    StaticCall(ClassReference, Box<Expr>, Vec<Argument>),
    New(ClassReference, Vec<Argument>),
    /// `new class (…) extends Base {…}`.
    NewAnonymous(Rc<Class>, Vec<Argument>),
    Closure(Rc<Function>),
    Match(Box<Expr>, Vec<MatchArm>),
    Include(Box<Expr>, IncludeKind),
    Cast(Rc<str>, Box<Expr>),
    Isset(Vec<Expr>),
    Empty(Box<Expr>),
    InstanceOf(Box<Expr>, ClassReference),
    Throw(Box<Expr>),
    Exit,
    /// Something the evaluator does not follow: its grammar name.
    Opaque(Rc<str>),
}

/// Whether a file is read once or each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IncludeKind {
    Once,
    Always,
}

/// One element of an array literal or of a destructuring pattern.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) key: Option<Expr>,
    pub(crate) value: Expr,
    pub(crate) spread: bool,
}

/// One argument of a call.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) name: Option<Rc<str>>,
    pub(crate) value: Expr,
    pub(crate) spread: bool,
}

/// One arm of a `match`; no conditions means `default`.
#[derive(Debug)]
pub(crate) struct MatchArm {
    pub(crate) conditions: Vec<Expr>,
    pub(crate) result: Expr,
}

/// What a call calls.
#[derive(Debug)]
pub(crate) enum Callee {
    /// A function by its full name (without a leading backslash).
    Named(Rc<str>),
    Value(Box<Expr>),
}

/// A class as written in front of `::` or behind `new`.
#[derive(Debug)]
pub(crate) enum ClassReference {
    Named(Rc<str>),
    Itself,
    Parent,
    Static,
    Value(Box<Expr>),
}

/// A statement with its lines (1-based, inclusive).
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
    pub(crate) line: u32,
    pub(crate) end_line: u32,
}

/// What a statement is.
#[derive(Debug)]
pub(crate) enum StatementKind {
    Expression(Expr),
    If(Vec<(Expr, Block)>, Option<Block>),
    Foreach {
        subject: Expr,
        key: Option<Expr>,
        value: Expr,
        body: Block,
    },
    Loop {
        start: Vec<Expr>,
        condition: Option<Expr>,
        step: Vec<Expr>,
        body: Block,
        body_first: bool,
    },
    Switch(Expr, Vec<(Option<Expr>, Block)>),
    Try {
        body: Block,
        catches: Vec<Block>,
        finally: Option<Block>,
    },
    Return(Option<Expr>),
    Break(u32),
    Continue(u32),
    Block(Block),
    /// Statements that do not follow the grammar: what they seem to say.
    Broken(Block),
    Function(Rc<Function>),
    Class(Rc<Class>),
    Constants(Vec<(Rc<str>, Expr)>),
    StaticVariables(Vec<(Rc<str>, Option<Expr>)>),
    Unset(Vec<Expr>),
}

/// A function, method or closure.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: Rc<str>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Body,
    pub(crate) uses: Vec<Rc<str>>,
    pub(crate) file: Rc<str>,
    pub(crate) line: u32,
    pub(crate) is_static: bool,
    /// Whether everyone may call it.
    pub(crate) is_public: bool,
    /// The classes that its return type names, in full.
    pub(crate) returns: Vec<Rc<str>>,
    pub(crate) attributes: Vec<Attribute>,
}

/// What a function does.
#[derive(Debug)]
pub(crate) enum Body {
    Statements(Block),
    /// An arrow function: it sees the variables around it.
    Arrow(Expr),
    /// Declared in an interface or abstract.
    None,
}

/// One parameter of a function.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: Rc<str>,
    pub(crate) class: Option<Rc<str>>,
    pub(crate) default: Option<Expr>,
    pub(crate) variadic: bool,
    pub(crate) promoted: bool,
}

/// An attribute: `#[Name(…)]`.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Rc<str>,
    pub(crate) arguments: Vec<Argument>,
}

/// A class, trait, interface or enum.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) name: Rc<str>,
    pub(crate) is_abstract: bool,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) parent: Option<Rc<str>>,
    pub(crate) interfaces: Vec<Rc<str>>,
    pub(crate) traits: Vec<Rc<str>>,
    /// Other names for methods of traits (`use T { one as two; }`): the new name, then the trait's.
    pub(crate) aliases: Vec<(Rc<str>, Rc<str>)>,
    pub(crate) constants: FxHashMap<Rc<str>, Expr>,
    pub(crate) cases: FxHashMap<Rc<str>, Option<Expr>>,
    pub(crate) case_order: Vec<Rc<str>>,
    pub(crate) properties: Vec<Property>,
    /// By lower-case name.
    pub(crate) methods: FxHashMap<Rc<str>, Rc<Function>>,
    pub(crate) file: Rc<str>,
    /// The line of its name, 1-based.
    pub(crate) line: u32,
}

/// A property with its default.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: Rc<str>,
    pub(crate) default: Option<Expr>,
    pub(crate) is_static: bool,
}

/// One file, read.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) path: Rc<str>,
    pub(crate) body: Block,
}
