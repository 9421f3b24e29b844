//! The block of parameters at the top of a slice. Where the code has one of their values, it reads the block: what stands
//! there is what runs.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Pattern, Stmt};
use ruff_text_size::Ranged;

use super::slice::{Page, Sheet};
use super::{comment, literal};
use crate::parameters::Parameter;
use crate::slice::is_plain;
use crate::split::TemplateStyle;
use crate::trace::Kind;

/// Characters of a line with a comment behind its value.
const LINE_MAX: usize = 110;

/// The values of a slice and where its code has them.
#[derive(Default)]
pub(super) struct Block<'s> {
    sites: Vec<Site<'s>>,
    /// Other names of a value, and the name it has in the block.
    pub(super) aliases: BTreeMap<String, String>,
}

struct Site<'s> {
    name: String,
    parameter: &'s Parameter,
    is_global: bool,
    /// Byte range in the code.
    range: (usize, usize),
    form: Form,
}

/// How the code has a value.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Form {
    /// Written out, as one reads it in the block; and what the code has in its place, around the name of the block.
    Written { text: String, around: (&'static str, &'static str) },
    /// Made of other values: the block may have another one.
    Computed,
}

impl<'s> Block<'s> {
    /// Finds the values in the code; `None` when that is no Python.
    pub(super) fn find(sheet: &Sheet<'s>, page: &Page) -> Option<Self> {
        let module = codeproof_python::read(page.text.as_bytes()).ok()?;
        let mut eye = Eye { text: &page.text, found: BTreeMap::new(), inside: 0 };
        module.parsed.syntax().body.iter().for_each(|statement| eye.visit_stmt(statement));
        let mut block = Self::default();
        let own = sheet.scanner.parameters.iter().map(|parameter| (parameter, false));
        let all = own.chain(sheet.globals.iter().map(|parameter| (parameter, true)));
        for (parameter, is_global) in all.filter(|(parameter, _)| parameter.kind != Kind::Json) {
            let Some(range) = page.range(parameter.range) else { continue };
            let is_same = without_space(&page.text[range.0..range.1]) == without_space(&parameter.expression);
            if let Some(form) = eye.found.get(&range).filter(|_| is_same) {
                block.add(Site { name: parameter.name.clone(), parameter, is_global, range, form: form.clone() });
            }
        }
        // A list that holds another parameter is written by its parts.
        let ranges: Vec<(usize, usize)> = block.sites.iter().map(|site| site.range).collect();
        let holds = |outer: (usize, usize)| {
            ranges.iter().any(|inner| *inner != outer && outer.0 <= inner.0 && inner.1 <= outer.1)
        };
        block.sites.retain(|site| !holds(site.range));
        block.aliases.retain(|_, name| block.sites.iter().any(|site| site.name == *name));
        for site in block.sites.iter().filter(|site| site.parameter.kind == Kind::Inline) {
            let (line, column) = sheet.module.lines.place(site.parameter.range.0.into());
            block.aliases.insert(format!("@{line}:{}", column - 1), site.name.clone());
        }
        Some(block)
    }

    fn add(&mut self, mut site: Site<'s>) {
        if let Some(known) = self.sites.iter().find(|known| known.range == site.range) {
            if known.name != site.name {
                self.aliases.entry(site.name).or_insert_with(|| known.name.clone());
            }
            return;
        }
        let names: BTreeSet<&str> = self.sites.iter().map(|known| known.name.as_str()).collect();
        if names.contains(site.name.as_str()) {
            site.name = format!("{}_{}", site.name, site.parameter.line);
        }
        if !names.contains(site.name.as_str()) {
            self.sites.push(site);
        }
    }

    /// The code that reads the block, under its name.
    pub(super) fn read_by(&self, code: &str, block: &str) -> String {
        let mut sites: Vec<&Site<'_>> = self.sites.iter().collect();
        sites.sort_by_key(|site| site.range);
        let mut text = String::with_capacity(code.len() + 20 * sites.len());
        let mut at = 0;
        for site in sites.into_iter().filter(|site| site.range.0 < site.range.1) {
            text.push_str(&code[at..site.range.0]);
            // `return-1` has no space.
            if text.ends_with(|char: char| char.is_alphanumeric() || char == '_') {
                text.push(' ');
            }
            let name = literal::text(&site.name);
            match &site.form {
                Form::Written { around: (before, behind), .. } => {
                    text.push_str(&format!("{before}{block}[{name}]{behind}"));
                }
                Form::Computed => {
                    text.push_str(&format!("{block}.get({name}, {})", &code[site.range.0..site.range.1]));
                }
            }
            at = site.range.1;
        }
        text.push_str(&code[at..]);
        text
    }

    /// Names of values that are computed unless the block has one.
    pub(super) fn computed(&self) -> Vec<String> {
        self.sites.iter().filter(|site| site.form == Form::Computed).map(|site| site.name.clone()).collect()
    }

    /// The block itself.
    pub(super) fn text(&self, style: TemplateStyle, block: &str) -> String {
        let mut text = String::new();
        let own = self.sites.iter().filter(|site| !site.is_global && site.form != Form::Computed);
        own.for_each(|site| site.row(style, &mut text));
        let mut titled = |title: &str, sites: Vec<&Site<'_>>| {
            if !sites.is_empty() {
                text.push_str(&format!("    # {title}\n"));
                sites.into_iter().for_each(|site| site.row(style, &mut text));
            }
        };
        let of = |wanted: fn(&Site<'_>) -> bool| self.sites.iter().filter(|site| wanted(site)).collect();
        titled(
            "Shared by all scanners of the file on purpose:",
            of(|site| site.is_global && site.form != Form::Computed),
        );
        titled("Computed, unless a value stands here:", of(|site| site.form == Form::Computed));
        let changed = format!("{block}.update(globals().get('CHANGED', {{}}))  # --param\n");
        if text.is_empty() {
            return format!("{block} = {{}}\n");
        }
        let title = "# What the scanner uses. Edit a value here, or give --param NAME=VALUE.\n";
        format!("{title}{block} = {{\n{text}}}\n{changed}")
    }
}

impl Site<'_> {
    fn row(&self, style: TemplateStyle, text: &mut String) {
        let name = literal::text(&self.name);
        let row = match &self.form {
            Form::Written { text, .. } => format!("    {name}: {text},"),
            Form::Computed => format!("    # {name}: {},", literal::value(&self.parameter.value)),
        };
        if style == TemplateStyle::Minimal {
            text.push_str(&row);
            text.push('\n');
            return;
        }
        let parameter = self.parameter;
        let says = parameter.description.as_deref().map(|says| format!("{}; ", comment(says))).unwrap_or_default();
        // Of a threshold there is nothing to say but where it is.
        let reason =
            if parameter.kind == Kind::Inline { String::new() } else { format!(": {}", comment(&parameter.why)) };
        let why = format!("{says}line {}{reason}", parameter.line);
        if !row.contains('\n') && row.chars().count() + why.chars().count() + 4 <= LINE_MAX {
            text.push_str(&format!("{row}  # {why}\n"));
        } else {
            text.push_str(&format!("    # {why}\n{row}\n"));
        }
    }
}

fn without_space(text: &str) -> String {
    text.chars().filter(|char| !char.is_whitespace() && *char != '\\').collect()
}

/// Finds expressions that can be read from the block instead.
struct Eye<'t> {
    text: &'t str,
    found: BTreeMap<(usize, usize), Form>,
    /// Functions around.
    inside: u32,
}

impl<'a> Visitor<'a> for Eye<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let is_function = u32::from(statement.is_function_def_stmt());
        self.inside += is_function;
        walk_stmt(self, statement);
        self.inside -= is_function;
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if matches!(expression, Expr::FString(_) | Expr::TString(_)) {
            return;
        }
        let range = expression.range().to_std_range();
        if let Some(form) = self.form(expression) {
            self.found.entry((range.start, range.end)).or_insert(form);
        }
        walk_expr(self, expression);
    }

    // These take no expressions but literals.
    fn visit_pattern(&mut self, _: &'a Pattern) {}

    fn visit_annotation(&mut self, _: &'a Expr) {}
}

impl Eye<'_> {
    fn form(&self, expression: &Expr) -> Option<Form> {
        let text = self.text.get(expression.range().to_std_range())?;
        if is_plain(expression, 0) {
            let (is_empty, around) = match expression {
                Expr::List(list) => (list.elts.is_empty(), ("[*", "]")),
                Expr::Set(set) => (set.elts.is_empty(), ("{*", "}")),
                Expr::Dict(dict) => (dict.items.is_empty(), ("{**", "}")),
                _ => (false, ("", "")),
            };
            // What is made anew by each call stays its own.
            let around = if self.inside == 0 { ("", "") } else { around };
            let is_bare = expression.as_tuple_expr().is_some_and(|tuple| !tuple.parenthesized);
            let text = if is_bare { format!("({text})") } else { text.to_owned() };
            return (!is_empty).then_some(Form::Written { text, around });
        }
        let is_value = match expression {
            Expr::Name(name) => name.ctx.is_load(),
            Expr::Attribute(attribute) => attribute.ctx.is_load(),
            Expr::Subscript(subscript) => subscript.ctx.is_load(),
            Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Compare(_) | Expr::BoolOp(_) | Expr::If(_) | Expr::Call(_) => {
                true
            }
            _ => false,
        };
        is_value.then_some(Form::Computed)
    }
}
