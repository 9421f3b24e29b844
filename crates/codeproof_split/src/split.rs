//! The front door: one file in, its [`Split`] out.

use serde::{Deserialize, Serialize};

use crate::boundary::manual::{self, ManualBoundary};
use crate::boundary::semantic::Proposal;
use crate::boundary::{self, Boundary, BoundaryStatus, Evidence, Rejected, Unit};
use crate::parameters::{self, Avoided, Parameter};
use crate::trace::{self, Trace};
use crate::{Source, namespace, template};
use codeproof_python::{Module, Problem};

/// Gives the bytes of a sibling module by its name, when there is one.
pub type ReadModule<'a> = dyn Fn(&str) -> Option<Vec<u8>> + Sync + 'a;

/// A step of the work, told when it begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// Looking for scanners.
    Boundaries,
    /// Following values to where they are used.
    Parameters,
    /// Writing programs.
    Templates,
}

/// Hears of every [`Step`].
pub type OnStep<'a> = dyn Fn(Step) + Sync + 'a;

/// How much a template has around its scanner.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateStyle {
    /// Head, code, command line.
    Minimal,
    /// With where each value was written, and why it is the one that counts.
    #[default]
    Standard,
    /// With a log on stderr, a record of the run beside the rows, and checked types of parameters.
    Enterprise,
}

/// What kind of program a template is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Only what this scanner needs, in one file.
    Slice,
    /// The original beside it, run whole; the rows of this scanner are given.
    WholeProgram,
}

/// What the caller decides, and what this crate cannot see by itself.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Text of a sibling module by its name (`settings` for `from settings import *`); without it such names are unknown.
    pub read_module: Option<&'a ReadModule<'a>>,
    /// Hears when a step begins.
    pub on_step: Option<&'a OnStep<'a>>,
    /// How much a template has around its scanner.
    pub style: TemplateStyle,
    /// Where scanners are, when a person says so; then nothing else decides. Empty: they are looked for.
    pub manual: &'a [ManualBoundary],
    /// What a model said about where scanners are; it counts as one more vote where code is.
    pub proposals: &'a [Proposal],
    /// The date for the heads of templates, as text; this crate knows no clock.
    pub generated: Option<&'a str>,
}

impl Options<'_> {
    fn begin(&self, step: Step) {
        if let Some(on_step) = self.on_step {
            on_step(step);
        }
    }
}

/// How many scanners a file holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Two or more.
    Multi,
    /// One: nothing to separate, but its parameters and a template are given.
    Single,
    /// None: a library, a tool, an empty file.
    None,
    /// The file cannot be read; [`Split::error`] says why.
    Error,
}

/// One scanner of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Scanner {
    /// Where it is and how it was recognised.
    #[serde(flatten)]
    pub boundary: Boundary,
    /// File name of its template.
    pub template: String,
    /// What kind of program that is.
    pub form: Form,
    /// Why it is no slice, when it is none.
    pub whole_program_because: Option<String>,
    /// `ns_<scanner>_<hash>`: the same for the same scanner of the same bytes.
    pub namespace: String,
    /// The namespace its parameters are kept in: the same one.
    pub parameter_namespace: String,
    /// Scanners that run as a part of it, or that leave behind what it uses.
    pub depends_on: Vec<String>,
    /// What it really uses.
    #[serde(skip)]
    pub parameters: Vec<Parameter>,
}

/// A file to be written beside the boundaries.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutputFile {
    /// Its name, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A program that runs the original once and tells the rows of all its scanners: what proofs compare with.
///
/// It is started with two arguments, the data's folder and the seconds after which an original that is still running is
/// left, and with `beside` beside it. Its last line is `{"scanners": {name: {"rows": [...]} | {"error": "..."}}}`. When the
/// original fails, `error` says how, `type` is the error's type in Python, or `Endless` when its time was over, and the
/// scanners have what they had found until then.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Observer {
    /// The program.
    pub program: OutputFile,
    /// The original first, in whose place a proof puts changed bytes, and what it imports of its folder.
    pub beside: Vec<OutputFile>,
}

/// What a file was split into.
#[derive(Clone, Debug)]
pub struct Split {
    /// How many scanners there are.
    pub status: Status,
    /// Why the file cannot be read, when it cannot.
    pub error: Option<Problem>,
    /// The scanners in the order of the file.
    pub scanners: Vec<Scanner>,
    /// What looked like a scanner and is none.
    pub rejected: Vec<Rejected>,
    /// Values all scanners share on purpose.
    pub globals: Vec<Parameter>,
    /// Values of the same name that were kept apart.
    pub avoided: Vec<Avoided>,
    /// One template per scanner, and what they need beside them.
    pub files: Vec<OutputFile>,
    /// What was cut short or done in a lesser way, in words for the user.
    pub degraded: Vec<String>,
    pub(crate) observer: Option<Observer>,
    /// The whole-program template of each scanner.
    pub(crate) whole_programs: Vec<String>,
    /// The original and what it imports of its folder, under the names that whole-program templates know.
    pub(crate) beside: Vec<OutputFile>,
}

impl Split {
    fn empty(status: Status, error: Option<Problem>) -> Self {
        Self {
            status,
            error,
            scanners: Vec::new(),
            rejected: Vec::new(),
            globals: Vec::new(),
            avoided: Vec::new(),
            files: Vec::new(),
            degraded: Vec::new(),
            observer: None,
            whole_programs: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// The whole-program template of a scanner (by its place in [`scanners`](Self::scanners)) under the name of its
    /// template, and the original beside it: what a proof falls back to when a slice gives other rows. Empty when there is
    /// no such scanner.
    pub fn whole_program(&self, scanner: usize) -> Vec<OutputFile> {
        let (Some(text), Some(of)) = (self.whole_programs.get(scanner), self.scanners.get(scanner)) else {
            return Vec::new();
        };
        let template = OutputFile { name: of.template.clone(), bytes: text.clone().into_bytes() };
        [template].into_iter().chain(self.beside.iter().cloned()).collect()
    }

    /// The program that runs the original once and tells what each scanner found; `None` without scanners.
    pub fn observer(&self) -> Option<&Observer> {
        self.observer.as_ref()
    }

    /// A scanner by its name.
    pub fn scanner(&self, name: &str) -> Option<&Scanner> {
        self.scanners.iter().find(|scanner| scanner.boundary.name == name)
    }
}

/// Splits one file. Never fails: what cannot be read has [`Status::Error`] and one problem.
pub fn split(source: &Source, options: &Options<'_>) -> Split {
    match codeproof_python::read(&source.bytes) {
        Ok(module) => codeproof_python::on_known_stack(|| split_module(source, &module, options)),
        Err(problem) => Split::empty(Status::Error, Some(problem)),
    }
}

type Boundaries = (Vec<Unit>, Trace, Vec<Boundary>, Vec<Rejected>);

/// Where the scanners are: as given by hand, or by all evidence.
fn find_boundaries(module: &Module, options: &Options<'_>) -> Result<Boundaries, Problem> {
    let body = &module.parsed.syntax().body;
    let mut units = boundary::units(body);
    let by_hand = !options.manual.is_empty();
    let sections = if by_hand {
        manual::check(options.manual, module)?;
        manual::sections(options.manual, &units, module)
    } else {
        boundary::sections(module)
    };
    units.extend(sections.units);
    let trace = trace::follow(module, options.read_module, &sections.statements, &boundary::settings(&units));
    let headings = boundary::headings(module, &units);
    let (mut boundaries, rejected) = if by_hand {
        (manual::boundaries(options.manual, &units, module)?, Vec::new())
    } else {
        let evidence = Evidence {
            trace: &trace,
            lines: &module.lines,
            uses: &boundary::uses(body, &units),
            headings: &headings,
            proposals: options.proposals,
            is_notebook: sections.is_notebook,
        };
        boundary::decide(&units, &evidence)
    };
    boundary::complete(&mut boundaries, module, &units, &headings);
    Ok((units, trace, boundaries, rejected))
}

fn split_module(source: &Source, module: &Module, options: &Options<'_>) -> Split {
    options.begin(Step::Boundaries);
    let (units, trace, boundaries, rejected) = match find_boundaries(module, options) {
        Ok(found) => found,
        Err(problem) => return Split::empty(Status::Error, Some(problem)),
    };
    let status = match boundaries.len() {
        0 => return Split { rejected, ..Split::empty(Status::None, None) },
        1 => Status::Single,
        _ => Status::Multi,
    };
    options.begin(Step::Parameters);
    let found = parameters::find(module, &units, &boundaries, &trace);
    let (globals, avoided) = (found.globals, found.avoided);
    let mut split = Split { globals, avoided, rejected, ..Split::empty(status, None) };
    let hash = blake3::hash(&source.bytes);
    let names: Vec<String> = boundaries.iter().map(|boundary| boundary.name.clone()).collect();
    let reviews = found.review.into_iter();
    let all = boundaries.into_iter().zip(found.scanners).zip(found.depends_on).zip(reviews);
    for (((mut boundary, parameters), depends_on), review) in all {
        if let Some(review) = &review {
            boundary.status = BoundaryStatus::NeedsReview;
            split.degraded.push(format!("{} {review}", boundary.name));
        }
        boundary.review = review.or(boundary.review);
        split.scanners.push(Scanner {
            template: template::file_name(&boundary.name),
            form: Form::WholeProgram,
            whole_program_because: None,
            parameter_namespace: namespace::of(&boundary, &hash),
            namespace: namespace::of(&boundary, &hash),
            depends_on: depends_on.into_iter().filter_map(|at| names.get(at).cloned()).collect(),
            boundary,
            parameters,
        });
    }
    if !trace.complete {
        split.degraded.push("the program is too long to be followed to its end; values may be missing".to_owned());
    }
    options.begin(Step::Templates);
    template::render(source, module, &trace, &units, options, &mut split);
    split
}
