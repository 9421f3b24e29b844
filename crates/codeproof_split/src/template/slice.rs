//! A slice as a file: head, imports, the block of parameters, the scanner's code, `program`, and the command line around
//! it. The places of all values in that file are written into it, so that `--param` can change them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use minijinja::{Environment, UndefinedBehavior, context};
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;
use sha2::Digest as _;

use super::projection::Projection;
use super::{FileFacts, RECORDER, ROWS, comment, literal};
use crate::Source;
use crate::parameters::Parameter;
use crate::python::{self, Lines, Module};
use crate::slice::{Constant, CopiedText, Slice};
use crate::split::{Options, Scanner, TemplateStyle};
use crate::trace::Kind;

const HEAD: &str = include_str!("../../templates/slice_head.py.j2");

/// Python that runs `program` and gives its rows, also with other parameters.
const TAIL: &str = include_str!("../../templates/slice_tail.py");

/// Python of the command line.
const MAIN: &str = include_str!("../../templates/slice_main.py");

/// The command line of the style for services: a log, a record of the run, checked types, exit codes.
const ENTERPRISE: &str = include_str!("../../templates/slice_enterprise.py");

/// Modules that the code around a slice needs.
const MODULES: &[&str] = &[
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

/// Python that picks the rows of a flag.
const PICKED: &str = "\
def picked(frame, column):
    \"\"\"Ticker and date of the rows where the flag is set.\"\"\"
    rows = frame[frame[column].fillna(0).astype(bool)]
    wanted = ('ticker', 'symbol', 'date', 'timestamp')
    columns = [name for name in rows.columns if str(name).lower() in wanted]
    return rows[columns] if columns else rows
";

/// Python that gives what the scanner returned.
const RECORDED: &str = "\
def found():
    results = list(GIVEN or RETURNED)
    GIVEN.clear()
    RETURNED.clear()
    if not results:
        raise SystemExit('the program has run, but it has not run ' + SCANNER)
    if len(results) == 1:
        return results[0]
    return [row for value in results for row in rows_of(value)]
";

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
struct Page {
    text: String,
    parts: Vec<(usize, CopiedText)>,
}

impl Page {
    fn add(&mut self, part: CopiedText) {
        let at = self.text.len();
        self.text.push_str(&part.text);
        self.parts.push((at, part));
    }

    /// Where a place of the original is in the text.
    fn place(&self, offset: u32) -> Option<usize> {
        self.parts.iter().find_map(|(at, part)| part.place(offset).map(|inside| at + inside))
    }
}

/// The file, or `None` when what was put together is no Python (then the whole-program template is given).
pub(super) fn render(sheet: &Sheet<'_>, slice: Slice) -> Option<String> {
    let around = Around::new(&slice.names);
    let records = sheet.projection.path.is_empty();
    if records && ["recorder", "GIVEN", "RETURNED"].iter().any(|name| around.name(name) != *name) {
        return None;
    }
    let mut page = Page { text: head(sheet), ..Page::default() };
    page.add(slice.future);
    let enterprise = sheet.options.style == TemplateStyle::Enterprise;
    let is_needed = |module: &&&str| match **module {
        "functools" | "inspect" => records,
        "logging" | "time" => enterprise,
        _ => true,
    };
    for module in MODULES.iter().filter(is_needed) {
        let name = around.name(module);
        let known = format!("import {module}\n");
        if !slice.imports.text.contains(&known) || name != *module {
            let alias = if name == *module { String::new() } else { format!(" as {name}") };
            page.text.push_str(&format!("import {module}{alias}\n"));
        }
    }
    if !slice.imports.text.is_empty() {
        page.text.push('\n');
        page.add(slice.imports);
    }
    block(sheet, slice.constants, &mut page);
    if records {
        page.text.push_str(&format!("\n\nGIVEN, RETURNED = [], []\n\n\n{}\n", around.rename(RECORDER).trim_end()));
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
    if records {
        page.text.push_str("\n\n");
        page.text.push_str(&around.rename(RECORDED));
        page.text.push_str("\n\n");
    } else {
        let found = found(sheet.projection, &around);
        page.text.push_str(&format!("\n\ndef {}():\n    return {found}\n\n\n", around.name("found")));
    }
    let scanner = literal::text(&sheet.scanner.boundary.name);
    let reads = literal::boolean(sheet.file.own_arguments);
    page.text.push_str(&around.rename(&format!("SCANNER = {scanner}\nREADS_ARGUMENTS = {reads}\n")));
    if enterprise {
        let hash = sha2::Sha256::digest(&sheet.source.bytes);
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        page.text.push_str(&around.rename(&format!("SOURCE_SHA256 = '{hash}'\n")));
    }
    page.text.push('\n');
    page.text.push_str(&around.rename(&places(sheet, &page)));
    let mut parts = vec![TAIL, ROWS];
    if sheet.projection.column.is_some() {
        parts.push(PICKED);
    }
    parts.push(if enterprise { ENTERPRISE } else { MAIN });
    for part in parts {
        page.text.push_str("\n\n");
        page.text.push_str(around.rename(part).trim_end());
        page.text.push('\n');
    }
    python::read(page.text.as_bytes()).is_ok().then_some(page.text)
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

/// The block of parameters: what one edits first.
fn block(sheet: &Sheet<'_>, constants: Vec<Constant>, page: &mut Page) {
    let is_shared = |constant: &Constant| sheet.globals.iter().any(|global| inside(global, constant) && global.shared);
    let (shared, own): (Vec<Constant>, Vec<Constant>) = constants.into_iter().partition(is_shared);
    let titles = [
        "# What the scanner uses: edit it here, or give --param NAME=VALUE.",
        "# Shared by all scanners of the file on purpose.",
    ];
    for (title, list) in titles.into_iter().zip([own, shared]) {
        if list.is_empty() {
            continue;
        }
        page.text.push('\n');
        page.text.push_str(title);
        page.text.push('\n');
        list.into_iter().for_each(|constant| entry(sheet, constant, page));
    }
}

fn inside(parameter: &Parameter, constant: &Constant) -> bool {
    constant.range.0 <= parameter.range.0 && parameter.range.1 <= constant.range.1
}

fn entry(sheet: &Sheet<'_>, constant: Constant, page: &mut Page) {
    constant.comments.iter().for_each(|line| writeln!(page.text, "{line}").expect("text takes what is written"));
    if sheet.options.style == TemplateStyle::Minimal {
        page.add(constant.text);
        return;
    }
    let line = sheet.module.lines.line(constant.range.0.into());
    let parameter = sheet.scanner.parameters.iter().chain(sheet.globals).find(|parameter| inside(parameter, &constant));
    let why = parameter.map(|parameter| format!(": {}", comment(&parameter.why))).unwrap_or_default();
    let mut text = constant.text;
    let one_line = text.text.trim_end().lines().count() == 1;
    if one_line && !constant.has_comment && text.text.len() + why.len() < 100 {
        text.text.truncate(text.text.trim_end().len());
        text.text.push_str(&format!("  # line {line}{why}\n"));
    } else {
        page.text.push_str(&format!("# {} is of line {line}{why}\n", constant.name));
    }
    page.add(text);
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

/// `PARAMETERS`: the values the file is written with, and where.
fn places(sheet: &Sheet<'_>, page: &Page) -> String {
    let lines = Lines::new(&page.text);
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    let all = sheet.scanner.parameters.iter().chain(sheet.globals);
    for parameter in all.filter(|parameter| parameter.kind != Kind::Json) {
        let (Some(from), Some(to)) = (page.place(parameter.range.0), page.place(parameter.range.1)) else { continue };
        let place = |at: usize| lines.place(u32::try_from(at).unwrap_or(u32::MAX).into());
        let ((line, column), (last_line, last_column)) = (place(from), place(to));
        let name = match parameter.kind {
            Kind::Inline => format!("@{line}:{}", column - 1),
            _ => parameter.name.clone(),
        };
        let value = literal::value(&parameter.value);
        let row = format!("({value}, ({line}, {}, {last_line}, {}))", column - 1, last_column - 1);
        rows.entry(name).or_insert(row);
    }
    let mut text =
        "# Values of this file with their places: line, column, last line, last column.\nPARAMETERS = {".to_owned();
    if !rows.is_empty() {
        text.push('\n');
    }
    for (name, row) in rows {
        text.push_str(&format!("    {}: {row},\n", literal::text(&name)));
    }
    text.push_str("}\n");
    text
}

/// Names of the code around a slice; those the slice itself has get another one.
struct Around {
    taken: BTreeMap<String, String>,
}

impl Around {
    fn new(names: &BTreeSet<String>) -> Self {
        let own = [
            "program",
            "found",
            "picked",
            "run_scan",
            "main",
            "wanted",
            "edited",
            "written",
            "Edit",
            "parameter",
            "plain",
            "rows_of",
            "row_of",
            "SCANNER",
            "PARAMETERS",
            "READS_ARGUMENTS",
        ];
        let mut taken = BTreeMap::new();
        for name in own.iter().chain(MODULES).filter(|name| names.contains(**name)) {
            let mut free = format!("{name}_");
            while names.contains(&free) {
                free.push('_');
            }
            taken.insert((*name).to_owned(), free);
        }
        Self { taken }
    }

    fn name(&self, name: &str) -> String {
        self.taken.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// Our own Python with the names that are free.
    fn rename(&self, text: &str) -> String {
        if self.taken.is_empty() {
            return text.to_owned();
        }
        let Ok(module) = python::read(text.as_bytes()) else { return text.to_owned() };
        let tokens = module.parsed.tokens();
        let mut renamed = String::with_capacity(text.len());
        let mut at = 0;
        let mut before = TokenKind::Newline;
        for token in tokens.iter() {
            let range = token.range().to_std_range();
            if token.kind() == TokenKind::Name
                && before != TokenKind::Dot
                && let Some(free) = self.taken.get(&text[range.clone()])
            {
                renamed.push_str(&text[at..range.start]);
                renamed.push_str(free);
                at = range.end;
            }
            before = token.kind();
        }
        renamed.push_str(&text[at..]);
        renamed
    }
}
