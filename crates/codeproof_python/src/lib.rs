//! Bytes to a Python syntax tree, or one clear [`Problem`].
//!
//! The order is what keeps hostile files harmless: bytes are decoded as Python would ([`decode`]), the text is scanned for
//! nesting and for chains of operators without recursion (`depth`), and only then it is parsed, on a thread whose stack
//! is known to hold the deepest tree that passes ([`on_known_stack`]).

mod decode;
mod depth;
mod legacy;
mod lines;
mod notebook;
mod problem;

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{ModModule, PythonVersion, Stmt};
use ruff_python_parser::{Mode, ParseError, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged, TextSize};

pub use decode::{Decoded, decode};
pub use lines::Lines;
pub use problem::{Problem, ProblemKind};

/// Bytes of one file that are read at most; real files of this kind have up to 100 KB.
pub const SOURCE_BYTES_MAX: usize = 16 << 20;

/// Stack of the threads that parse and walk trees. What [`depth`] lets pass needs less than a tenth of it in a build
/// without optimisation; pages that are not touched cost nothing.
const STACK_BYTES: usize = 256 << 20;

/// A file that Python 3 accepts: its text, its tree and its tokens (comments among them).
#[derive(Debug)]
pub struct Module {
    /// The decoded text; byte offsets of the tree point into it.
    pub text: String,
    /// How the bytes were written.
    pub encoding: &'static str,
    /// Tree and tokens.
    pub parsed: Parsed<ModModule>,
    /// Offsets to lines.
    pub lines: Lines,
}

/// Reads a file.
///
/// # Errors
///
/// The first thing that keeps Python 3 from reading it: binary, encoding, size, a notebook, depth, Python 2, syntax.
pub fn read(bytes: &[u8]) -> Result<Module, Problem> {
    if bytes.len() > SOURCE_BYTES_MAX {
        return Err(Problem::new(ProblemKind::TooLarge, 1, format!("more than {SOURCE_BYTES_MAX} bytes")));
    }
    let Decoded { text, encoding } = decode(bytes)?;
    if let Some(problem) = notebook::document(&text) {
        return Err(problem);
    }
    depth::check(&text)?;
    on_known_stack(|| parse(text, encoding))
}

/// Runs what recurses over a tree of [`read`] where the stack suffices.
pub fn on_known_stack<Value: Send>(work: impl FnOnce() -> Value + Send) -> Value {
    std::thread::scope(|scope| {
        let spawned = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        let thread = spawned.expect("a thread can be started");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn parse(text: String, encoding: &'static str) -> Result<Module, Problem> {
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::latest());
    let parsed = parse_unchecked(&text, options).try_into_module().expect("Mode::Module gives a module");
    let lines = Lines::new(&text);
    if let Some(problem) = legacy::find(&text, parsed.tokens(), &lines, parsed.has_valid_syntax()) {
        return Err(problem);
    }
    match parsed.errors().first() {
        Some(error) => {
            let problem = syntax_problem(error, &lines);
            Err(notebook::command(&text, problem.line).unwrap_or(problem))
        }
        None => Ok(Module { text, encoding, parsed, lines }),
    }
}

fn syntax_problem(error: &ParseError, lines: &Lines) -> Problem {
    let (line, column) = lines.place(error.location.start());
    let message = error.error.to_string();
    Problem { column: Some(column), ..Problem::new(ProblemKind::Syntax, line, message) }
}

/// How many of the file's bytes stand for the text before an offset; `None` inside a character.
pub fn bytes_before(bytes: &[u8], module: &Module, offset: usize) -> Option<usize> {
    let before = module.text.get(..offset)?;
    let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    Some(mark + decode::bytes_of(before, module.encoding))
}

/// The line of the `def` or `class` that starts at an offset (decorators stand before it), as Python's own tree has it; of
/// anything else the line it starts on.
pub fn line_of_definition(module: &Module, start: u32) -> u32 {
    struct Eye {
        start: u32,
        name: Option<TextSize>,
    }
    impl<'a> Visitor<'a> for Eye {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            let range = statement.range();
            if range.start().to_u32() == self.start {
                self.name = match statement {
                    Stmt::FunctionDef(definition) => Some(definition.name.range().start()),
                    Stmt::ClassDef(definition) => Some(definition.name.range().start()),
                    _ => self.name,
                };
            } else if range.start().to_u32() < self.start && self.start < range.end().to_u32() {
                walk_stmt(self, statement);
            }
        }
    }
    let mut eye = Eye { start, name: None };
    module.parsed.syntax().body.iter().for_each(|statement| eye.visit_stmt(statement));
    module.lines.line(eye.name.unwrap_or_else(|| start.into()))
}
