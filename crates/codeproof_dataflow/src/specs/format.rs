//! The YAML of a spec file: `specs/<language>/<framework>.yml`.
//!
//! ```yaml
//! framework: Flask                      # how reports call it
//! about: One sentence.
//! entries:
//!   - name: flask.request.args          # reading this name (and whatever is taken from it) gives foreign data
//!     source: {trust: remote, what: the query string of the request}
//!     bad: |                            # programs in which the entry takes part in a chain …
//!       …
//!     good: |                           # … and in none
//!       …
//!   - call: [os.system, os.popen]       # these calls
//!     sinks: [{argument: [0, cmd], kind: command}]
//! ```
//!
//! Names: `package.module.Class.method`; in PHP `function`, `namespace\class::method` and `$_GET` (any case). `*.execute` is
//! a method of that name on a receiver nobody knows more about. A class's methods are found on what calling the class
//! gives, and on instances of classes of the project that extend it.

use serde::Deserialize;

use crate::kinds::{SinkKind, Trust};
use crate::value::Encoding;

/// One spec file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpecFile {
    /// What it describes, as reports call it.
    pub(crate) framework: String,
    /// One sentence.
    #[serde(default)]
    #[expect(dead_code, reason = "it is for who reads the file")]
    pub(crate) about: String,
    /// The entries.
    #[serde(default)]
    pub(crate) entries: Vec<Entry>,
    /// Functions that are called from outside of the program.
    #[serde(default)]
    pub(crate) entry_points: Vec<EntryPoint>,
}

/// One name or several, and what holds of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Calls of these.
    #[serde(default)]
    pub(crate) call: OneOrMany<String>,
    /// Reading these, without a call.
    #[serde(default)]
    pub(crate) name: OneOrMany<String>,
    /// What it gives is foreign data.
    pub(crate) source: Option<SourceSpec>,
    /// What the call (or name) gives: a type's name, or one of `number`, `boolean`, `text` (text nobody outside chose),
    /// `receiver`, `nothing`. A call without it gives an instance of what was called.
    pub(crate) gives: Option<String>,
    /// Arguments whose taint the result carries; all of them and the receiver's when left out.
    pub(crate) passes: Option<Vec<ArgumentRef>>,
    /// What the call does to the text of an argument on its way to the result.
    pub(crate) cleans: Option<Cleaning>,
    /// What holds of an argument where the call was true (or did not fail).
    pub(crate) checks: Option<Check>,
    /// What it does with its arguments.
    #[serde(default)]
    pub(crate) sinks: Vec<SinkSpec>,
    /// It shows a template, or finds one to show.
    pub(crate) renders: Option<Rendering>,
    /// Sets a word on the receiver (or argument) that a sink's `when` may ask for.
    pub(crate) sets: Option<Setting>,
    /// The call does not come back.
    #[serde(default)]
    pub(crate) ends: bool,
    /// Programs in which it takes part in a chain.
    #[serde(default)]
    #[expect(dead_code, reason = "the test of all examples reads them")]
    pub(crate) bad: OneOrMany<String>,
    /// Programs without one.
    #[serde(default)]
    #[expect(dead_code, reason = "the test of all examples reads them")]
    pub(crate) good: OneOrMany<String>,
}

/// What a source gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceSpec {
    /// Who wrote it.
    pub(crate) trust: Trust,
    /// What it is, as the end of a sentence: `the query string of the request`.
    pub(crate) what: String,
    /// The argument that receives it (`exec($command, $output)`); the result when left out.
    pub(crate) argument: Option<ArgumentRef>,
    /// It is the address of the request: where the route of the function is constant, so is this.
    #[serde(default)]
    pub(crate) route: bool,
    /// Only when these hold.
    #[serde(default)]
    pub(crate) when: Vec<Condition>,
}

/// Which argument: a place (0 is the first), a name, `receiver`, `all`, `rest`, `first` (the first item of the first
/// argument when that is a list or tuple, else the argument itself); or several ways to name one: `[0, cmd]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum ArgumentRef {
    /// By place.
    Place(u32),
    /// By name, or `receiver`, `all`, `rest`.
    Name(String),
    /// By either.
    Either(Vec<ArgumentRef>),
}

/// What a call does to a text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cleaning {
    /// Which argument; the first when left out.
    pub(crate) argument: Option<ArgumentRef>,
    /// What is done to its text, in this order.
    #[serde(default, rename = "as")]
    pub(crate) encodings: OneOrMany<Encoding>,
    /// Sinks it is made harmless for, when characters do not say it.
    #[serde(default)]
    pub(crate) harmless: OneOrMany<SinkKind>,
    /// Only when these hold.
    #[serde(default)]
    pub(crate) when: Vec<Condition>,
}

/// What a test tells.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// Of which argument; the first when left out.
    pub(crate) argument: Option<ArgumentRef>,
    /// What its text is like when the test holds.
    #[serde(default, rename = "as")]
    pub(crate) encodings: OneOrMany<Encoding>,
    /// Sinks it is then harmless for.
    #[serde(default)]
    pub(crate) harmless: OneOrMany<SinkKind>,
    /// The test holds when the call is true; when it is `false`, when the call is false.
    #[serde(default = "holds")]
    pub(crate) when: bool,
    /// The call raises or ends the program when the test fails, so it holds of all that follows.
    #[serde(default)]
    pub(crate) or_raises: bool,
}

fn holds() -> bool {
    true
}

/// What a call does with an argument.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SinkSpec {
    /// Which argument.
    pub(crate) argument: ArgumentRef,
    /// What is done with it.
    pub(crate) kind: SinkKind,
    /// Only when these hold.
    #[serde(default)]
    pub(crate) when: Vec<Condition>,
    /// Whose data does harm here; the kind's own list when left out.
    #[serde(default)]
    pub(crate) trust: Vec<Trust>,
}

/// A condition on the arguments of a call. All fields that are given must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    /// Which argument; with `missing`, it must not be given.
    pub(crate) argument: Option<ArgumentRef>,
    /// It is not given.
    pub(crate) missing: Option<bool>,
    /// Its constant is one of these (text, number or truth value); a name of a spec also fits by its full name. What is
    /// not known does not fit.
    pub(crate) is: Option<OneOrMany<Scalar>>,
    /// It is none of these; what is not known or missing fits.
    pub(crate) is_not: Option<OneOrMany<Scalar>>,
    /// Its text begins with this (any case).
    pub(crate) begins: Option<OneOrMany<String>>,
    /// The argument, or without one the receiver, has this word set on it (`sets`).
    pub(crate) has: Option<String>,
    /// The argument, or without one the receiver, does not have this word.
    pub(crate) has_not: Option<String>,
    /// Its known text looks like SQL.
    pub(crate) looks_like_sql: Option<bool>,
}

/// A constant of a condition.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Scalar {
    /// `true`.
    Bool(bool),
    /// `7`.
    Int(i64),
    /// `text`.
    Text(String),
}

/// A call that shows a template of the program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rendering {
    /// What names it: of several ways the first that gives text, or an object that another such call gave.
    pub(crate) template: ArgumentRef,
    /// The table of its variables: of several ways the first that gives one.
    pub(crate) context: Option<ArgumentRef>,
    /// Named arguments are variables.
    #[serde(default)]
    pub(crate) named: bool,
    /// Two arguments: a variable's name, and its value.
    #[serde(default)]
    pub(crate) variable: Vec<ArgumentRef>,
    /// Variables that every template has, by the names of what they are.
    #[serde(default)]
    pub(crate) variables: std::collections::BTreeMap<String, String>,
}

/// A word on an object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setting {
    /// The word.
    pub(crate) word: String,
    /// On what; the receiver when left out, `result` for what the call gives.
    pub(crate) on: Option<ArgumentRef>,
    /// Only when these hold.
    #[serde(default)]
    pub(crate) when: Vec<Condition>,
    /// Takes the word away instead.
    #[serde(default)]
    pub(crate) clear: bool,
}

/// Functions that are called from outside.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryPoint {
    /// Decorators or attributes: names as above, `*.route` for any receiver.
    #[serde(default)]
    pub(crate) decorator: OneOrMany<String>,
    /// Classes whose methods are meant, through any number of classes of the project.
    #[serde(default)]
    pub(crate) base: OneOrMany<String>,
    /// Which methods of them; all public ones when left out.
    #[serde(default)]
    pub(crate) methods: OneOrMany<String>,
    /// Methods that are not meant although the others are.
    #[serde(default)]
    pub(crate) except: OneOrMany<String>,
    /// Functions whose first parameter (after `self`) has this name, in files that import one of `imports`.
    pub(crate) first_parameter: Option<String>,
    /// Top-level packages; the file imports one of them.
    #[serde(default)]
    pub(crate) imports: OneOrMany<String>,
    /// Types of parameters by name.
    #[serde(default)]
    pub(crate) types: std::collections::BTreeMap<String, String>,
    /// Whether the other parameters hold foreign data, and what they are: `a part of the address`.
    pub(crate) parameters: Option<SourceSpec>,
    /// Only parameters whose declared type is none of these hold foreign data (`int`).
    #[serde(default)]
    pub(crate) harmless_types: OneOrMany<String>,
    /// The returned value is a table for a template that the decorator names: `template` is an argument of the decorator,
    /// `context: 0` what is returned.
    pub(crate) renders: Option<Rendering>,
    /// What the returned value is used as (`html`).
    pub(crate) returns: Option<SinkKind>,
    /// Argument of the decorator with the address; when it has no `<` or `{`, the address of the request is constant.
    pub(crate) route: Option<ArgumentRef>,
    /// As in [`Entry`].
    #[serde(default)]
    #[expect(dead_code, reason = "the test of all examples reads them")]
    pub(crate) bad: OneOrMany<String>,
    /// As in [`Entry`].
    #[serde(default)]
    #[expect(dead_code, reason = "the test of all examples reads them")]
    pub(crate) good: OneOrMany<String>,
}

/// One value or a list of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany<T> {
    /// One.
    One(T),
    /// Several.
    Many(Vec<T>),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl<T> OneOrMany<T> {
    /// As a slice.
    pub(crate) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}
