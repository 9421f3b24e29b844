//! Filters: what they do to a value, and to its being markup.

use super::expressions::{Given, Parser};
use super::plain;
use super::tokens::TokenKind;
use crate::ir::{Argument, Constant, Expr, ExprId};

/// What a filter does to markup.
enum Filter {
    /// Nothing: it is markup from here on.
    Marks,
    /// It is escaped here, and then markup.
    Escapes,
    /// Its operand is escaped before, the result is markup.
    EscapesBefore,
    /// The result is markup: the filter escapes in its own way.
    MakesMarkup,
    /// Markup stays markup.
    Keeps,
    /// The first value, or the other when that is empty.
    Default,
    /// A new value.
    Changes,
}

/// What a filter's name means (Jinja's, Django's and Twig's built-in filters).
fn filter(name: &str) -> Filter {
    match name {
        "safe" | "mark_safe" | "safeseq" | "raw" => Filter::Marks,
        "e" | "escape" | "force_escape" | "forceescape" | "escapeseq" => Filter::Escapes,
        "linebreaks" | "linebreaksbr" | "urlize" | "urlizetrunc" | "nl2br" | "unordered_list" => Filter::EscapesBefore,
        "tojson" | "json_script" | "escapejs" | "xmlattr" => Filter::MakesMarkup,
        "upper" | "lower" | "title" | "capitalize" | "capfirst" | "trim" | "truncate" | "truncatechars"
        | "truncatewords" | "truncatechars_html" | "truncatewords_html" | "join" | "first" | "last" | "replace"
        | "indent" | "wordwrap" | "center" | "ljust" | "rjust" | "string" | "cut" | "slice" | "reverse" | "sort"
        | "list" | "unique" | "add" | "format" | "stringformat" => Filter::Keeps,
        "default" | "d" | "default_if_none" => Filter::Default,
        _ => Filter::Changes,
    }
}

impl Parser<'_, '_> {
    /// `value|filter(…)`, Django's `value|filter:argument`.
    pub(super) fn filtered(&mut self, first: usize, value: Given) -> Option<Given> {
        self.at += 1;
        let mut name = self.take_name()?;
        // Names of filters may hold dots.
        while self.here() == "." && self.tokens.get(self.at + 1).is_some_and(|token| token.kind == TokenKind::Name) {
            name = self.text_at(self.at + 1);
            self.at += 2;
        }
        let arguments = if self.take("(") {
            self.arguments()?
        } else if self.take(":") {
            let argument = self.filter_argument()?;
            vec![(plain(argument.expr), argument)]
        } else {
            Vec::new()
        };
        // What a macro adds to the page stands there already.
        if value.emits {
            return Some(value);
        }
        let kind = match (filter(name), arguments.first()) {
            // Twig's escaping for other places than the text of a page.
            (Filter::Escapes, Some((argument, _))) => match self.constant_text(argument.value).as_deref() {
                None | Some("html") => Filter::Escapes,
                Some("js") => return self.call_filter(first, "escapejs", value, &[], Filter::MakesMarkup),
                Some("url") => return self.call_filter(first, "url_encode", value, &[], Filter::MakesMarkup),
                Some(_) => return self.call_filter(first, "slugify", value, &[], Filter::MakesMarkup),
            },
            (kind, _) => kind,
        };
        match kind {
            Filter::Marks => Some(Given { is_markup: true, ..value }),
            Filter::Escapes => {
                self.escaped_by("|e", Given { is_markup: value.is_markup && !name.starts_with("force"), ..value })
            }
            Filter::Default => match arguments.first() {
                None => Some(value),
                Some((_, other)) => {
                    let parts = self.alike(vec![value, *other])?;
                    let expr = Expr::Or(parts.iter().map(|part| part.expr).collect());
                    let given = self.node(first, expr, &parts)?;
                    Some(Given { is_markup: parts.iter().any(|part| part.is_markup), ..given })
                }
            },
            kind => self.call_filter(first, name, value, &arguments, kind),
        }
    }

    fn call_filter(
        &mut self,
        first: usize,
        name: &str,
        value: Given,
        arguments: &[(Argument, Given)],
        kind: Filter,
    ) -> Option<Given> {
        let escapes_before = matches!(kind, Filter::EscapesBefore) && self.template.manner.escapes;
        let value = if escapes_before { self.escaped(value)? } else { value };
        let mut parts = vec![value];
        for (_, given) in arguments {
            // What is put into markup is escaped.
            let joins = value.is_markup && matches!(kind, Filter::Keeps);
            parts.push(if joins && self.template.manner.escapes { self.escaped(*given)? } else { *given });
        }
        let names = std::iter::once(None).chain(arguments.iter().map(|(argument, _)| argument.name));
        let all: Vec<Argument> =
            names.zip(&parts).map(|(name, part)| Argument { name, value: part.expr, is_mapping: false }).collect();
        let given = self.engine_node(first, &format!("|{name}"), all, &parts)?;
        let is_markup = match kind {
            Filter::EscapesBefore | Filter::MakesMarkup => true,
            Filter::Keeps => value.is_markup,
            _ => false,
        };
        Some(Given { is_markup, ..given })
    }

    /// Django's argument of a filter: a literal or a variable with its members.
    fn filter_argument(&mut self) -> Option<Given> {
        let first = self.at;
        self.take("-");
        let mut value = self.primary()?;
        while self.here() == "." {
            value = self.member(first, value)?;
        }
        Some(value)
    }

    fn constant_text(&mut self, expr: ExprId) -> Option<String> {
        match self.template.builder.body().expr(expr) {
            Expr::Constant(Constant::Str(text)) => Some(text.to_string()),
            _ => None,
        }
    }
}
