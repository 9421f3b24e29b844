//! The small language every source language is lowered to.
//!
//! A [`Module`] is one file: bodies (the file's own statements, functions, methods, closures) and classes. A body is a
//! tree of statements over an arena of expressions; every statement and expression keeps its bytes. What a lowering does
//! not understand becomes [`Expr::Unknown`], which passes on the taint of its operands, so lowering never fails. Trees
//! are at most [`DEPTH_MAX`] deep whatever the input: long chains of `+`, `elif` and the like are flat lists here, and what
//! is deeper becomes `Unknown`. Walking the IR by recursion is therefore safe.
//!
//! Pointers, sizes and `goto` have their place for C and C++: [`UnaryOp::AddressOf`], [`UnaryOp::Dereference`],
//! [`UnaryOp::SizeOf`], [`StmtKind::Declare`], [`StmtKind::Label`], [`StmtKind::Goto`]. A lowering expands macros itself.

use codeproof_types::Language;

/// How deep expressions, and blocks, may stand in each other.
pub const DEPTH_MAX: usize = 60;

/// Declares a number that names a thing in a table.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

ids! {
    /// Index in [`Module::names`].
    Name;
    /// Index in [`Module::bodies`].
    BodyId;
    /// Index in [`Module::classes`].
    ClassId;
    /// Index in [`Body::exprs`].
    ExprId;
    /// Index in [`Body::locals`].
    Local;
}

/// A range of bytes of the file: half-open, 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// One file.
#[derive(Debug, Clone)]
pub struct Module {
    /// What it was written in.
    pub language: Language,
    /// The file's own statements first, then every function in the order of the file.
    pub bodies: Vec<Body>,
    /// Every class, in the order of the file.
    pub classes: Vec<Class>,
    /// Every name that is used in the file, once. Names of PHP functions, methods, classes and constants are in lower
    /// case (variables and properties keep theirs); class and function names are full (`app\models\user`).
    pub names: Vec<Box<str>>,
    /// What the file imports, at whatever depth.
    pub imports: Vec<Import>,
    /// PHP's namespace in lower case, empty for the global one: where unqualified functions and constants are looked up
    /// first. The last one of a file with several.
    pub namespace: Name,
}

/// One imported name: `import a.b as c` binds `c` to the module `a.b`; `from a.b import c as d` binds `d` to `c` of `a.b`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module as written, without the leading dots: `a.b`.
    pub module: Name,
    /// Leading dots.
    pub level: u32,
    /// What is taken from it; `None` for the module itself, `*` for all.
    pub member: Option<Name>,
    /// The name it gets here. For `import a.b` that is `a`, and means the package `a`.
    pub binds: Name,
    /// 1-based line of the statement.
    pub line: u32,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// The statements of the file itself.
    File,
    /// A function or method.
    Function,
    /// A lambda or closure; [`Body::parent`] is where it stands.
    Closure,
}

/// A function, or the statements of a file.
#[derive(Debug, Clone)]
pub struct Body {
    /// File, function or closure.
    pub kind: BodyKind,
    /// Its own name; empty for files and closures.
    pub name: Name,
    /// The class it is a method of.
    pub class: Option<ClassId>,
    /// The body it is written in; `None` for the file's.
    pub parent: Option<BodyId>,
    /// `@staticmethod`, PHP `static`: it gets no instance.
    pub is_static: bool,
    /// `@classmethod`: the first parameter is the class.
    pub is_class_method: bool,
    /// It contains `yield`.
    pub is_generator: bool,
    /// Whether other files may call it: no leading `_`, not `private` or `protected`.
    pub is_public: bool,
    /// The whole definition.
    pub bytes: Bytes,
    /// The parameters; parameter `n` is local `n`. Methods in Python have `self` among them; PHP's `$this` is a local
    /// named `this` that is no parameter.
    pub parameters: Vec<Parameter>,
    /// Names of the locals, parameters first. What only a part of the body sees (the variables of a comprehension) has a
    /// space behind its name, so that whoever looks for a variable by its name finds the body's own.
    pub locals: Vec<Name>,
    /// Decorators and attributes: expressions of the [`Body::parent`]'s arena.
    pub decorators: Vec<ExprId>,
    /// The declared type of the result: an expression of the parent's arena.
    pub returns: Option<ExprId>,
    /// The statements.
    pub code: Block,
    /// The expressions.
    pub exprs: Vec<Expr>,
    /// The bytes of each expression.
    pub expr_bytes: Vec<Bytes>,
    /// PHP's `use (…)`: the closure's local, the outer body's local, by reference or not. Other closures name outer
    /// variables by [`Expr::Outer`].
    pub captures: Vec<(Local, Local, bool)>,
}

/// How arguments reach a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// One argument, by place or name.
    Plain,
    /// By name only (after `*`).
    NameOnly,
    /// The rest by place: `*args`, `...$rest`.
    Rest,
    /// The rest by name: `**kwargs`.
    RestByName,
}

/// One parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// How arguments reach it.
    pub kind: ParameterKind,
    /// `&$x`: what is assigned to it reaches the caller.
    pub by_reference: bool,
    /// Its default: an expression of the parent's arena.
    pub default: Option<ExprId>,
    /// Its declared type: an expression of the parent's arena ([`Expr::Constant`] text for PHP's scalar types).
    pub declared_type: Option<ExprId>,
    /// Its bytes.
    pub bytes: Bytes,
}

/// One class, trait or interface.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its own name; in PHP with its namespace.
    pub name: Name,
    /// The body it is defined in.
    pub parent: BodyId,
    /// What it extends, then traits and interfaces: expressions of the parent's arena.
    pub bases: Vec<ExprId>,
    /// Its methods by name.
    pub methods: Vec<(Name, BodyId)>,
    /// Classes defined in its own body, by name. They have no [`StmtKind::Class`] of their own, and bind no local.
    pub classes: Vec<(Name, ClassId)>,
    /// Attributes and constants set in the class's own body: name, value (parent's arena; `None` when only declared),
    /// declared type (parent's arena). In Python a value names what stands earlier in the class by
    /// [`Expr::Attribute`] of the class, and the other statements of the class's body follow [`StmtKind::Class`].
    pub fields: Vec<(Name, Option<ExprId>, Option<ExprId>)>,
    /// Decorators: expressions of the parent's arena.
    pub decorators: Vec<ExprId>,
    /// The whole definition.
    pub bytes: Bytes,
}

/// Statements that run one after the other.
pub type Block = Box<[Stmt]>;

/// A statement.
#[derive(Debug, Clone)]
pub struct Stmt {
    /// Its bytes (of a compound statement, its head).
    pub bytes: Bytes,
    /// What it does.
    pub kind: StmtKind,
}

/// What a statement does.
#[derive(Debug, Clone)]
pub enum StmtKind {
    /// `target = value`; `a += b` is written out as `a = a + b`.
    Assign(Place, ExprId),
    /// PHP's `$a = &$b`.
    AssignReference(Place, ExprId),
    /// C: a variable with a type (as written) and, for arrays, a length.
    Declare(Local, Name, Option<ExprId>),
    /// An expression for its effects.
    Eval(ExprId),
    /// What a page emits: text outside of `<?php`, `echo`, `print`.
    Output(ExprId),
    /// `if`, `elif`… `else`: each test with its block, then what runs when none holds.
    If(Vec<(ExprId, Block)>, Block),
    /// A loop.
    Loop(Box<Loop>),
    /// `switch`, or Python's `match`.
    Switch(Box<Switch>),
    /// `try`.
    Try(Box<Try>),
    /// `with`: each manager and what its `as` binds, then the block.
    With(Vec<(ExprId, Option<Place>)>, Block),
    /// Ends the body with a value.
    Return(Option<ExprId>),
    /// `raise`, `throw`.
    Raise(Option<ExprId>),
    /// Ends that many loops or switches (1 but for PHP's `break 2`).
    Break(u32),
    /// Goes on with the next round of that many loops out.
    Continue(u32),
    /// A function is defined here: binds its name where the language does so.
    Function(BodyId),
    /// A class is defined here.
    Class(ClassId),
    /// An import is carried out here: index in [`Module::imports`].
    Import(u32),
    /// `del x`, `unset($x)`.
    Delete(Place),
    /// A test that ends the program or function when it fails (`assert`).
    Assert(ExprId),
    /// C and PHP.
    Label(Name),
    /// C and PHP.
    Goto(Name),
}

/// A loop.
#[derive(Debug, Clone)]
pub struct Loop {
    /// `for x in xs`, `foreach`: what is bound (key, value) from what.
    pub each: Option<Each>,
    /// Run before the first round (`for (a; b; c)`).
    pub first: Block,
    /// The condition; `None` for loops over items and endless ones.
    pub test: Option<ExprId>,
    /// Whether the test stands at the end (`do … while`).
    pub test_is_last: bool,
    /// Run after each round.
    pub step: Block,
    /// The body.
    pub body: Block,
    /// Python's `else`: runs when the loop was not left by `break`.
    pub otherwise: Block,
}

/// What a loop over items binds.
#[derive(Debug, Clone)]
pub struct Each {
    /// The key: PHP's `$k =>`.
    pub key: Option<Place>,
    /// The item.
    pub value: Place,
    /// Over what.
    pub items: ExprId,
}

/// A choice among cases.
#[derive(Debug, Clone)]
pub struct Switch {
    /// What is compared.
    pub subject: ExprId,
    /// The cases in order.
    pub cases: Vec<Case>,
}

/// One case of a switch.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it matches; any of them. Empty for `default`.
    pub patterns: Vec<Pattern>,
    /// `if` behind the pattern.
    pub guard: Option<ExprId>,
    /// What runs.
    pub body: Block,
    /// Whether control runs on into the next case when `body` ends (C, PHP).
    pub falls_through: bool,
}

/// What a case matches.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// A value equal to this.
    Equal(ExprId),
    /// Everything; binds it when a place is given.
    Any(Option<Place>),
    /// A structure that is not followed: may match; binds parts of the subject.
    Structure(Vec<Place>),
}

/// `try`.
#[derive(Debug, Clone)]
pub struct Try {
    /// What may fail.
    pub body: Block,
    /// `except`, `catch`: the types, what is bound, the block.
    pub handlers: Vec<(Vec<ExprId>, Option<Place>, Block)>,
    /// Python's `else`.
    pub otherwise: Block,
    /// Runs in any case.
    pub last: Block,
}

/// Where a value is put.
#[derive(Debug, Clone)]
pub enum Place {
    /// A local of this body.
    Local(Local),
    /// A local of an enclosing body (`nonlocal`).
    Outer(BodyId, Local),
    /// A variable of the file (`global x`), or a superglobal.
    Global(Name),
    /// `object.name`, `$object->name`, `Class::$name`.
    Attribute(ExprId, Name),
    /// `object[index]`; `None` for PHP's `$a[] = …`.
    Index(ExprId, Option<ExprId>),
    /// `object[a:b]`.
    Slice(ExprId),
    /// `a, *b = …`, `list($a, $b)`: each with its key (PHP) and whether it takes the rest.
    Destructure(Vec<PlaceItem>),
    /// Anything else.
    Unknown,
}

/// One place of several that take a value apart.
#[derive(Debug, Clone)]
pub struct PlaceItem {
    /// PHP's `'key' =>`.
    pub key: Option<ExprId>,
    /// Takes the rest (`*b`).
    pub is_rest: bool,
    /// Where it goes; `None` for a gap.
    pub place: Option<Place>,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// `None`, `null`.
    None,
    /// A truth value.
    Bool(bool),
    /// A whole number; larger ones are [`Expr::Unknown`].
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text, escapes resolved.
    Str(Box<str>),
    /// Bytes, as Latin-1 text.
    Bytes(Box<str>),
}

/// An expression.
#[derive(Debug, Clone)]
pub enum Expr {
    /// Not understood: passes on the taint of its operands.
    Unknown(Box<[ExprId]>),
    /// A constant.
    Constant(Constant),
    /// A variable of this body.
    Local(Local),
    /// A variable of an enclosing body.
    Outer(BodyId, Local),
    /// A name that is looked up in the file, then among what the language gives: functions, classes, constants,
    /// superglobals (with their `$`: `$_GET`), variables taken by `global` (`$x`).
    Global(Name),
    /// `object.name`, `$object->name`, `Class::name`, `Class::$name`. Methods too: a call's callee is this.
    Attribute(ExprId, Name),
    /// `$object->$name`, `$class::$name`, `getattr` is a call.
    DynamicAttribute(ExprId, ExprId),
    /// `object[index]`.
    Index(ExprId, ExprId),
    /// `object[start:stop]`, also with a step (which is not kept).
    Slice(ExprId, Option<ExprId>, Option<ExprId>),
    /// `callee(arguments)`; Python's classes are called as well.
    Call(ExprId, Box<[Argument]>),
    /// PHP's and C++'s `new`: the class ([`Expr::Global`] or a dynamic value) and the arguments.
    New(ExprId, Box<[Argument]>),
    /// Text made of parts: f-strings, interpolation, here-documents, PHP's `.` chains.
    Text(Box<[ExprId]>),
    /// A chain of one operator, from left to right: `a + b + c` of `+` is one expression. Python's `+` is this, since it
    /// may be text or numbers.
    Chain(BinaryOp, Box<[ExprId]>),
    /// Any other operator.
    Binary(BinaryOp, ExprId, ExprId),
    /// An operator with one operand.
    Unary(UnaryOp, ExprId),
    /// A comparison.
    Compare(CompareOp, ExprId, ExprId),
    /// The first operand that is false, else the last.
    And(Box<[ExprId]>),
    /// The first operand that is true, else the last.
    Or(Box<[ExprId]>),
    /// `a ? b : c`, `b if a else c`.
    Conditional(ExprId, ExprId, ExprId),
    /// PHP's `a ?? b`.
    Coalesce(ExprId, ExprId),
    /// A list; spread items are [`Expr::Spread`]. PHP arrays are [`Expr::Dict`].
    List(Box<[ExprId]>),
    /// A tuple.
    Tuple(Box<[ExprId]>),
    /// A set.
    Set(Box<[ExprId]>),
    /// Keys (none for PHP's items without a key and for spread ones) and values.
    Dict(Box<[(Option<ExprId>, ExprId)]>),
    /// `*x`, `**x`, `...$x`.
    Spread(ExprId),
    /// A comprehension or generator expression.
    Comprehension(Box<Comprehension>),
    /// A closure.
    Closure(BodyId),
    /// `&$x`, an argument or item by reference.
    Reference(ExprId),
    /// `(int) $x` and C's casts, with the type's name in lower case.
    Cast(Name, ExprId),
    /// An assignment used as a value.
    Assign(Box<Place>, ExprId),
    /// PHP's `match`: subject, arms (patterns, value); no patterns for `default`.
    Match(ExprId, Box<[(Vec<ExprId>, ExprId)]>),
    /// `include`, `require` and their `_once` forms.
    Include(ExprId),
    /// A shell command in backticks: its text.
    Command(ExprId),
    /// `exit`, `die`: ends the program, emitting its argument.
    Exit(Option<ExprId>),
    /// PHP's `isset($a, $b)`.
    IsSet(Box<[ExprId]>),
    /// PHP's `empty($x)`.
    IsEmpty(ExprId),
    /// `yield x`; `yield from x` yields [`Expr::Spread`].
    Yield(Option<ExprId>),
    /// `await x`.
    Await(ExprId),
    /// `throw` used as a value.
    Raise(ExprId),
    /// `print x` and `echo` used as values.
    Output(ExprId),
}

/// One argument of a call.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// `name=value`, `name: value`.
    pub name: Option<Name>,
    /// The value; [`Expr::Spread`] for `*x` and `...$x`, and, with no name, for `**x` ([`Argument::is_mapping`]).
    pub value: ExprId,
    /// `**x`.
    pub is_mapping: bool,
}

/// A comprehension.
#[derive(Debug, Clone)]
pub struct Comprehension {
    /// What is made.
    pub kind: Collection,
    /// The key, for mappings.
    pub key: Option<ExprId>,
    /// The item.
    pub element: ExprId,
    /// `for` parts, from left to right, with their conditions.
    pub clauses: Vec<(Place, ExprId, Vec<ExprId>)>,
}

/// What a comprehension makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Collection {
    List,
    Set,
    Dict,
    Generator,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    ShiftLeft,
    ShiftRight,
    BitAnd,
    BitOr,
    BitXor,
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum UnaryOp {
    Not,
    Negate,
    Plus,
    BitNot,
    AddressOf,
    Dereference,
    SizeOf,
    /// PHP's `@x`.
    Silence,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `is`, `===`.
    Identical,
    /// `is not`, `!==`.
    NotIdentical,
    In,
    NotIn,
    InstanceOf,
}

impl Module {
    /// The text of a name.
    pub fn name(&self, name: Name) -> &str {
        &self.names[name.index()]
    }

    /// The whole name of an unqualified function in the file's namespace; `None` outside of one.
    pub(crate) fn namespace_function(&self, name: &str) -> Option<String> {
        let namespace = self.name(self.namespace);
        (!namespace.is_empty() && !name.contains('\\')).then(|| format!("{namespace}\\{name}"))
    }

    /// A body by its number.
    pub fn body(&self, id: BodyId) -> &Body {
        &self.bodies[id.index()]
    }
}

impl Body {
    /// An expression by its number.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// The bytes of an expression.
    pub fn bytes_of(&self, id: ExprId) -> Bytes {
        self.expr_bytes[id.index()]
    }
}
