//! A slice as a file: head, the block of parameters, imports, the scanner's code, `program`, and the command line around
//! it.

use std::fmt::Write as _;

use minijinja::{Environment, UndefinedBehavior, context};

use super::around::Around;
use super::block::Block;
use super::parts::{KNOWN, MAIN, PICKED, ROWS, WANTED};
use super::projection::Projection;
use super::{FileFacts, comment, literal, recorded};
use crate::Source;
use crate::parameters::Parameter;
use crate::slice::{Constant, CopiedText, Slice};
use crate::split::{Options, Scanner, TemplateStyle};
use codeproof_python::Module;

const HEAD: &str = include_str!("../../templates/slice_head.py.j2");

/// Python that runs `program` and gives its rows, also with other parameters.
const TAIL: &str = include_str!("../../templates/slice_tail.py");

/// All of these in few words.
const MINIMAL: &str = include_str!("../../templates/minimal.py");

/// The command line of the style for services: a log, a record of the run, checked types, exit codes.
const ENTERPRISE: &str = include_str!("../../templates/slice_enterprise.py");

/// Modules that the code around a slice needs.
pub(super) const MODULES: &[&str] = &[
    "argparse",
    "ast",
    "contextlib",
    "csv",
    "datetime",
    "functools",
    "inspect",
    "json",
    "logging",
    "math",
    "os",
    "sys",
    "time",
    "types",
];

/// What a file is rendered from.
pub(super) struct Sheet<'s> {
    pub(super) source: &'s Source,
    pub(super) module: &'s Module,
    pub(super) scanner: &'s Scanner,
    pub(super) globals: &'s [Parameter],
    pub(super) projection: &'s Projection,
    pub(super) file: &'s FileFacts<'s>,
    pub(super) options: &'s Options<'s>,
}

/// Text that is being put together, with where parts of the original are in it.
#[derive(Default)]
pub(super) struct Page {
    pub(super) text: String,
    parts: Vec<(usize, CopiedText)>,
}

impl Page {
    fn add(&mut self, part: CopiedText) {
        let at = self.text.len();
        self.text.push_str(&part.text);
        self.parts.push((at, part));
    }

    /// Where a range of the original is in the text.
    pub(super) fn range(&self, (from, to): (u32, u32)) -> Option<(usize, usize)> {
        let of = |(at, part): &(usize, CopiedText)| Some((at + part.start(from)?, at + part.place(to)?));
        self.parts.iter().find_map(of).filter(|(start, end)| start < end && self.text.get(*start..*end).is_some())
    }
}

/// The file, or `None` when what was put together is no Python (then the whole-program template is given).
pub(super) fn render(sheet: &Sheet<'_>, slice: Slice) -> Option<String> {
    let around = Around::new(&slice.names);
    let recording = slice.recording;
    if recording.is_some_and(|recording| recording.names().iter().any(|name| slice.names.contains(*name))) {
        return None;
    }
    let enterprise = sheet.options.style == TemplateStyle::Enterprise;
    let mut page = Page::default();
    page.text.push_str(&modules(&slice, &around, recording.is_some(), enterprise));
    if !slice.imports.text.is_empty() {
        page.text.push('\n');
        page.add(slice.imports);
    }
    constants(sheet, slice.constants, &mut page);
    if let Some(recording) = recording {
        page.text.push_str(&around.rename(&recorded::keeping(recording, sheet)));
    }
    if !slice.definitions.text.is_empty() {
        page.text.push_str("\n\n");
        page.add(slice.definitions);
    }
    page.text.push_str(&format!("\n\ndef {}():\n", around.name("program")));
    page.text.push_str("    \"\"\"What the original runs for this scanner.\"\"\"\n");
    if !slice.bound.is_empty() {
        page.text.push_str(&format!("    global {}\n", slice.bound.join(", ")));
    }
    page.add(slice.program);
    if let Some(recording) = recording {
        page.text.push_str(&format!("\n\n{}\n\n", around.rename(&recorded::found(recording))));
    } else {
        let found = found(sheet.projection, &around);
        page.text.push_str(&format!("\n\ndef {}():\n    return {found}\n\n\n", around.name("found")));
    }
    let scanner = literal::text(&sheet.scanner.boundary.name);
    let reads = literal::boolean(sheet.file.own_arguments);
    page.text.push_str(&around.rename(&format!("SCANNER = {scanner}\nREADS_ARGUMENTS = {reads}\n")));
    if enterprise {
        let hash = codeproof_types::sha256(&sheet.source.bytes);
        page.text.push_str(&around.rename(&format!("SOURCE_SHA256 = '{hash}'\n")));
    }
    let block = Block::find(sheet, &page)?;
    let name = around.name("PARAMETERS");
    let code = block.read_by(&page.text, &name);
    let mut text = head(sheet) + &slice.future.text + "\n" + &block.text(sheet.options.style, &name) + "\n" + &code;
    text.push_str(&around.rename(&names_of(&block)));
    let picks = recording.is_none() && sheet.projection.column.is_some();
    let mut parts = if picks { vec![PICKED] } else { Vec::new() };
    parts.push(ROWS);
    parts.extend(match sheet.options.style {
        TemplateStyle::Minimal => [MINIMAL].as_slice(),
        TemplateStyle::Standard => &[TAIL, KNOWN, WANTED, MAIN],
        TemplateStyle::Enterprise => &[TAIL, KNOWN, WANTED, ENTERPRISE],
    });
    for part in parts {
        text.push_str("\n\n");
        text.push_str(around.rename(part).trim_end());
        text.push('\n');
    }
    codeproof_python::read(text.as_bytes()).is_ok().then_some(text)
}

/// The modules that the code around needs, as far as the slice does not import them.
fn modules(slice: &Slice, around: &Around, records: bool, enterprise: bool) -> String {
    let is_needed = |module: &&&str| match **module {
        "functools" | "inspect" => records,
        "logging" | "time" => enterprise,
        _ => true,
    };
    let mut text = String::new();
    for module in MODULES.iter().filter(is_needed) {
        let name = around.name(module);
        let known = format!("import {module}\n");
        if !slice.imports.text.contains(&known) || name != *module {
            let alias = if name == *module { String::new() } else { format!(" as {name}") };
            text.push_str(&format!("import {module}{alias}\n"));
        }
    }
    text
}

/// Names that `--param` takes beside those of the block.
fn names_of(block: &Block<'_>) -> String {
    let aliases: Vec<String> = block
        .aliases
        .iter()
        .map(|(other, name)| format!("{}: {}", literal::text(other), literal::text(name)))
        .collect();
    format!("ALIASES = {{{}}}\nCOMPUTED = {}\n", aliases.join(", "), literal::list(&block.computed()))
}

fn head(sheet: &Sheet<'_>) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let boundary = &sheet.scanner.boundary;
    let values = context! {
        title => comment(&boundary.name),
        file => comment(&sheet.source.name),
        lines => format!("{}-{}", boundary.start_line, boundary.end_line),
        hash => sheet.file.hash.as_str(),
        confidence => format!("{:.2}", boundary.confidence),
        generated => sheet.options.generated.map(comment),
    };
    let mut text = environment.render_str(HEAD, values).expect("every name of the built-in template is given");
    text.push('\n');
    text
}

/// Plain values of the module that the scanner uses.
fn constants(sheet: &Sheet<'_>, constants: Vec<Constant>, page: &mut Page) {
    if !constants.is_empty() {
        page.text.push('\n');
    }
    for constant in constants {
        constant.comments.iter().for_each(|line| writeln!(page.text, "{line}").expect("text takes what is written"));
        let line = sheet.module.lines.line(constant.range.0.into());
        let mut text = constant.text;
        let one_line = text.text.trim_end().lines().count() == 1;
        // What stands in the block of parameters has its line there.
        let in_block = sheet
            .scanner
            .parameters
            .iter()
            .chain(sheet.globals)
            .any(|parameter| constant.range.0 <= parameter.range.0 && parameter.range.1 <= constant.range.1);
        let is_told = sheet.options.style == TemplateStyle::Minimal || constant.has_comment || in_block;
        if !is_told && one_line && text.text.len() < 90 {
            text.text.truncate(text.text.trim_end().len());
            text.text.push_str(&format!("  # line {line}\n"));
        }
        page.add(text);
    }
}

/// The expression that is the scanner's result when `program` has run.
fn found(projection: &Projection, around: &Around) -> String {
    let mut path = projection.path.iter();
    let mut found = path.next().cloned().unwrap_or_default();
    path.for_each(|key| found.push_str(&format!("[{}]", literal::text(key))));
    match &projection.column {
        Some(column) => format!("{}({found}, {})", around.name("picked"), literal::text(column)),
        None => found,
    }
}
