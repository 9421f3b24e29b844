//! The public JSON: a [`ScanReport`] with the version of its form, and the formatter all JSON leaves through.
//!
//! A report is one object: `format_version` ("1"), then the fields of `ScanReport` in their order, indented by two
//! blanks, with a line end after it. Drafts that are no findings are in it only when they are asked for. The number changes when a field is renamed, removed or changes its meaning; new
//! fields leave it as it is.

use std::borrow::Cow;
use std::io::{self, Write};

use codeproof_types::{
    Comparison, Finding, ModelReport, Problem, RuleInfo, SafeSite, ScanInfo, ScanReport, ScanSummary, visible,
};
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};

use crate::{findings, models};

/// The version of the JSON's form.
pub(crate) const FORMAT_VERSION: &str = "1";

/// The fields of a [`ScanReport`] in their order, with the findings that are listed.
#[derive(Serialize)]
struct Versioned<'r> {
    format_version: &'static str,
    scan: &'r ScanInfo,
    summary: &'r ScanSummary,
    findings: Vec<&'r Finding>,
    problems: &'r [Problem],
    rules: &'r [RuleInfo],
    notes: &'r [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<&'r Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safe_sites: Option<&'r [SafeSite]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    models: Option<Cow<'r, ModelReport>>,
}

/// Writes the JSON report.
pub(crate) fn write_report(report: &ScanReport, with_drafts: bool, out: &mut dyn Write) -> io::Result<()> {
    // Every field by name: one that is added must not be forgotten here.
    let ScanReport { scan, summary, findings: _, problems, rules, notes, comparison, safe_sites, models } = report;
    let versioned = Versioned {
        format_version: FORMAT_VERSION,
        scan,
        summary,
        findings: findings::listed(report, with_drafts),
        problems,
        rules,
        notes,
        comparison: comparison.as_ref(),
        safe_sites: safe_sites.as_deref(),
        models: models.as_ref().map(|models| models::listed(models, with_drafts)),
    };
    write_pretty(&versioned, out)
}

/// Writes any value indented, with a line end after it, hidden characters replaced.
pub(crate) fn write_pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_with(value, PrettyFormatter::new(), out)
}

/// Writes any value on one line, with a line end after it, hidden characters replaced.
pub(crate) fn write_compact(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_with(value, CompactFormatter, out)
}

fn write_with(value: &impl Serialize, inner: impl Formatter, out: &mut dyn Write) -> io::Result<()> {
    let formatter = Cleaning { inner, key: Vec::new(), place: Place::Value };
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, formatter))?;
    out.write_all(b"\n")
}

/// Keys whose values name files: their hidden characters are written as `\u` escapes, so that nothing reaches a
/// terminal and the name still opens the file. Everywhere else they become U+FFFD.
const PATH_KEYS: [&[u8]; 4] = [b"path", b"target_path", b"file_path", b"source_file"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Key,
    Value,
}

/// Wraps a formatter and takes hidden characters out of every string.
struct Cleaning<F> {
    inner: F,
    /// The key written last.
    key: Vec<u8>,
    place: Place,
}

impl<F> Cleaning<F> {
    fn is_path(&self) -> bool {
        self.place == Place::Value && PATH_KEYS.contains(&self.key.as_slice())
    }
}

impl<F: Formatter> Formatter for Cleaning<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if self.place == Place::Key {
            self.key.extend_from_slice(fragment.as_bytes());
        }
        if self.is_path() {
            return write_escaped(fragment, writer);
        }
        writer.write_all(visible(fragment).as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        let is_hidden = matches!(
            escape,
            CharEscape::AsciiControl(_) | CharEscape::Backspace | CharEscape::FormFeed | CharEscape::CarriageReturn
        );
        if is_hidden && !self.is_path() {
            return writer.write_all("\u{fffd}".as_bytes());
        }
        self.inner.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.inner.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.inner.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.inner.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.inner.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.inner.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.inner.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.key.clear();
        self.place = Place::Key;
        self.inner.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.place = Place::Value;
        self.inner.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.inner.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.inner.end_object_value(writer)
    }
}

/// Hidden characters as `\uXXXX`; all of them lie in the Basic Multilingual Plane.
fn write_escaped<W: ?Sized + Write>(fragment: &str, writer: &mut W) -> io::Result<()> {
    let mut encoded = [0; 4];
    for character in fragment.chars() {
        let text = character.encode_utf8(&mut encoded);
        if visible(text) == *text {
            writer.write_all(text.as_bytes())?;
        } else {
            write!(writer, "\\u{:04x}", u32::from(character))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn nothing_hidden_leaves_and_paths_stay_exact() {
        let hidden = "a\u{1b}[2J\u{202e}b\u{9b}\r\t\u{7f}";
        let mut out = Vec::new();
        write_compact(&json!({"path": hidden, "quote": hidden, "list": [{hidden: 1}]}), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(visible(&text), text);
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["path"], hidden);
        assert_eq!(read["quote"], "a\u{fffd}[2J\u{fffd}b\u{fffd}\u{fffd}\t\u{fffd}");
    }
}
