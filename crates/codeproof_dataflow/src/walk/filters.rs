//! Filters of templates: what `value|name(arguments)` gives (Jinja's, Django's and Twig's own, and those of the program).

use super::arguments::Arguments;
use super::{Frame, State, Walker};
use crate::ir::ExprId;
use crate::kinds::{SinkKind, SinkKinds};
use crate::value::{Chars, Encoding, Facts, Kind, Label, Move, Value};

impl<'p> Walker<'p> {
    /// A filter; `None` when it is not known.
    pub(super) fn filter(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let value = arguments.at(0)?.clone();
        if let Some(encode) = encoding(name) {
            return Some(self.encoded(frame, state, expr, name, &value, encode));
        }
        match name {
            "int" | "float" | "round" | "abs" | "sum" | "wordcount" | "filesizeformat" | "floatformat" | "intcomma"
            | "intword" | "timesince" | "timeuntil" | "number_format" => Some(self.number(state, &[value])),
            "length" | "count" | "length_is" | "divisibleby" => Some(Value::of(Kind::Number)),
            "pluralize" | "yesno" | "json_script" => Some(Value::of(Kind::Harmless)),
            "first" | "last" | "random" | "min" | "max" => Some(self.any_of(state, &value)),
            "join" => {
                let item = self.any_of(state, &value);
                let item = self.as_text(state, &item);
                let between = arguments.at(1).cloned().unwrap_or_else(|| Value::text(""));
                Some(Value::concatenated(&[item.clone(), self.as_text(state, &between), item]))
            }
            "replace" | "cut" => {
                let from = arguments.at(1)?.as_str()?.to_owned();
                let to = arguments.at(2).cloned().unwrap_or_else(|| Value::text(""));
                let text = self.as_text(state, &value);
                Some(self.replaced(state, &text, &from, &to))
            }
            "upper" | "lower" | "title" | "capitalize" | "capfirst" | "trim" | "string" | "stringformat"
            | "linebreaks" | "linebreaksbr" | "nl2br" | "urlize" | "urlizetrunc" | "center" | "ljust" | "rjust"
            | "indent" | "wordwrap" | "truncate" | "truncatechars" | "truncatewords" | "truncatechars_html"
            | "truncatewords_html" | "unordered_list" | "pprint" | "iriencode" => Some(self.as_text(state, &value)),
            "list" | "sort" | "reverse" | "unique" | "slice" | "batch" | "dictsort" | "items" | "safeseq"
            | "select" | "reject" | "selectattr" | "rejectattr" => Some(value),
            "translated" => {
                let texts: Vec<Value> = arguments.values().iter().map(|value| self.as_text(state, value)).collect();
                Some(Value::concatenated(&texts))
            }
            _ => self.own_filter(frame, state, expr, name, arguments),
        }
    }

    /// A filter that the program defines: the only function of that name, made known by a decorator.
    fn own_filter(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let name = self.program.names.get(name)?;
        let [at] = self.program.functions.get(&name)?.as_slice() else { return None };
        let at = *at;
        let is_filter = !self.program.body(at).decorators.is_empty();
        is_filter.then(|| self.invoke(frame, state, at, Value::unknown(), arguments, expr, None))
    }

    fn encoded(
        &self,
        frame: &Frame<'p>,
        state: &State,
        expr: ExprId,
        name: &str,
        value: &Value,
        encode: fn(Facts) -> Facts,
    ) -> Value {
        let text = self.as_text(state, value);
        if text.labels().is_empty() {
            return if text.is_harmless() { Value::of(Kind::Harmless) } else { Value::unknown() };
        }
        let (spot, what) = (frame.spot_of(expr), Move::Cleaned(name.into()));
        Value::tainted(text.labels().to_vec())
            .map_labels(&mut |label| Label { facts: encode(label.facts), ..label.clone() }.stepped(spot, what.clone()))
    }
}

/// What a filter that encodes leaves possible in a text.
fn encoding(name: &str) -> Option<fn(Facts) -> Facts> {
    Some(match name {
        // Marks of HTML are written as `\u003c`, in Jinja's and Flask's alike.
        "tojson" => |facts| Encoding::Json.apply(facts).removing(Chars::of("<>&'")),
        "json_encode" => |facts| Encoding::JsonSlashes.apply(facts),
        "escapejs" => |facts| facts.removing(Chars::of("'\"\\<>&=-;`\n\r")),
        "urlencode" => |facts| Encoding::UrlPath.apply(facts),
        "url_encode" => |facts| Encoding::Url.apply(facts),
        "striptags" | "strip_tags" => |facts| Encoding::StripTags.apply(facts),
        "slugify" | "slug" => |facts| Encoding::Slug.apply(facts),
        "addslashes" => |facts| Encoding::Backslash.apply(facts),
        "xmlattr" => |facts| Encoding::Html.apply(facts).removing(Chars::of("=")),
        // Cleaners of markup, under the names projects give them.
        "bleach" | "bleach_clean" | "bleach_linkify" | "clean_html" | "sanitize" | "sanitize_html" | "purify"
        | "nh3" => |facts| Facts { harmless: facts.harmless.or(html()), ..facts },
        _ => return None,
    })
}

fn html() -> SinkKinds {
    [SinkKind::Html].into_iter().collect()
}
