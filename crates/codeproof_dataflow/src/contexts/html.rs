//! Where in a page a text stands: a state machine over what the page emits.
//!
//! Follows the tokenizer of the HTML standard (section 13.2.5) as far as it decides what data can do: text, tags, attributes
//! in their three kinds of quotes, comments, and the elements whose content is no markup (scripts, styles, `textarea`,
//! `title`…). Attributes that hold scripts, styles or addresses carry a second state machine for their value, whose
//! characters the browser decodes from entities first. Each state is a function of the state before and one byte, so a
//! page can be read in pieces of any size.
//!
//! Not followed: the double-escaped state of scripts (`<!--<script>`), and foreign content (`<svg><style>`), where entities
//! are decoded.

mod element;
mod value;

use super::names::Progress;
use super::script::Script;
use super::style::Style;
use super::{Danger, Escape};
use crate::value::Facts;
use element::{Attribute, Content, Element};
use value::{Delimiter, Value};

/// Where in a page the next character will stand. Small, so that a walk can keep one for each way through the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct HtmlState(State);

/// The states; each names its section of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
enum State {
    /// 13.2.5.1, data.
    #[default]
    Text,
    /// 13.2.5.6, behind `<`.
    TagOpen,
    /// 13.2.5.7, behind `</`.
    EndTagOpen,
    /// 13.2.5.8, in the name of a tag.
    TagName { name: Progress, is_end: bool },
    /// 13.2.5.32, between attributes.
    BeforeName(Element),
    /// 13.2.5.33, in the name of an attribute.
    Name(Element, element::NameProgress),
    /// 13.2.5.34, behind the name of an attribute.
    AfterName(Element, Attribute),
    /// 13.2.5.35, behind `=`.
    BeforeValue(Element, Attribute),
    /// 13.2.5.36 to 38, in the value of an attribute.
    Value(Element, Value),
    /// 13.2.5.42, behind `<!`, and behind `<!-`.
    Declaration { has_dash: bool },
    /// 13.2.5.43 to 51, in a comment.
    Comment(Dashes),
    /// 13.2.5.41 and 53 to 68, until `>`: `<!doctype`, `<?xml`, `</ `.
    Bogus,
    /// 13.2.5.2 and 3, content of an element that holds text only, and how much of its end tag was read.
    Raw(Element, EndTag),
    /// 13.2.5.4, in a script.
    Script(Script, EndTag),
    /// 13.2.5.3, in a style sheet.
    Style(Style, EndTag),
}

/// How much of what ends a comment was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Dashes {
    /// Nothing yet: `>` ends it here, and behind a dash.
    Start,
    StartDash,
    None,
    One,
    Two,
    /// `--!`.
    Bang,
}

/// Bytes read of `</script`; 0 outside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct EndTag(u8);

impl HtmlState {
    /// The state after the page emitted `text` of the program.
    #[must_use]
    pub(crate) fn after(self, text: &str) -> Self {
        let mut state = self.0;
        let mut rest = text;
        while !rest.is_empty() {
            if state == State::Text {
                // Most of a page is text: what ends it is looked for at once.
                let Some(open) = rest.find('<') else { break };
                rest = &rest[open + 1..];
                state = State::TagOpen;
                continue;
            }
            let end = rest.bytes().position(|byte| {
                state = state.behind(byte);
                state == State::Text
            });
            let mut next = end.map_or(rest.len(), |end| end + 1);
            // What is left of a character that led back to text is text.
            while !rest.is_char_boundary(next) {
                next += 1;
            }
            rest = &rest[next..];
        }
        Self(state)
    }

    /// The state after the page emitted something unknown, or data. It is taken to stay where it began, but for names,
    /// and values without quotes, which it begins.
    #[must_use]
    pub(crate) fn after_unknown(self) -> Self {
        Self(match self.0 {
            State::Text => State::Text,
            State::TagOpen => State::TagName { name: Progress::NOWHERE, is_end: false },
            State::EndTagOpen => State::TagName { name: Progress::NOWHERE, is_end: true },
            State::TagName { is_end, .. } => State::TagName { name: Progress::NOWHERE, is_end },
            State::BeforeName(element) | State::Name(element, _) | State::AfterName(element, _) => {
                State::Name(element, element::NameProgress::NOWHERE)
            }
            State::BeforeValue(element, attribute) => {
                State::Value(element, Value::new(attribute, Delimiter::Blank).behind_unknown())
            }
            State::Value(element, value) => State::Value(element, value.behind_unknown()),
            State::Declaration { .. } | State::Bogus => State::Bogus,
            State::Comment(_) => State::Comment(Dashes::None),
            State::Raw(element, _) => State::Raw(element, EndTag::default()),
            State::Script(script, _) => State::Script(script.behind_unknown(), EndTag::default()),
            State::Style(style, _) => State::Style(style.behind_unknown(), EndTag::default()),
        })
    }

    /// Whether data of these facts is dangerous here.
    pub(crate) fn danger(self, facts: &Facts) -> Danger {
        match self.0 {
            State::Text => {
                Danger::when(facts.holds("<"), "is shown in the page as markup", "is text of the page and holds no `<`")
            }
            State::TagOpen | State::EndTagOpen | State::TagName { .. } => {
                Danger::when(!facts.is_word() && !facts.is_number(), "names a tag", "names a tag, but is one word")
            }
            State::BeforeName(_) | State::Name(..) | State::AfterName(..) => {
                let how = "stands among the attributes of a tag and can add one";
                Danger::when(
                    facts.holds("=>"),
                    how,
                    "stands among the attributes of a tag, but holds neither `=` nor `>`",
                )
            }
            State::BeforeValue(element, attribute) => Value::new(attribute, Delimiter::Blank).danger(element, facts),
            State::Value(element, value) => value.danger(element, facts),
            State::Declaration { .. } | State::Bogus => {
                let how = "stands in a declaration of the page and can end it";
                Danger::when(facts.holds(">"), how, "stands in a declaration of the page and holds no `>`")
            }
            State::Comment(_) => {
                let how = "stands in a comment of the page and can end it";
                Danger::when(facts.holds(">"), how, "stands in a comment of the page and holds no `>`")
            }
            State::Raw(element, _) => {
                let how = "stands in an element that holds only text and can end it";
                Danger::when(ends_element(facts), how, element.why_text_is_harmless())
            }
            State::Script(_, _) if ends_element(facts) => {
                Danger::Yes("stands in a script and can end it by `</script`")
            }
            State::Script(script, _) => script.danger(facts),
            State::Style(_, _) if ends_element(facts) => {
                Danger::Yes("stands in a style sheet and can end it by `</style`")
            }
            State::Style(style, _) => style.danger(facts),
        }
    }
}

/// Whether data can end an element that holds no markup: the end tag needs `</`, and `<\/` is none.
fn ends_element(facts: &Facts) -> bool {
    facts.holds("<") && facts.brings("/", Escape::Backslash)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

impl State {
    fn behind(self, byte: u8) -> Self {
        match self {
            Self::Text if byte == b'<' => Self::TagOpen,
            Self::Text => Self::Text,
            Self::TagOpen => match byte {
                b'/' => Self::EndTagOpen,
                b'!' => Self::Declaration { has_dash: false },
                b'?' => Self::Bogus,
                b'<' => Self::TagOpen,
                _ if byte.is_ascii_alphabetic() => {
                    Self::TagName { name: element::tag(Progress::START, byte), is_end: false }
                }
                _ => Self::Text,
            },
            Self::EndTagOpen => match byte {
                b'>' => Self::Text,
                _ if byte.is_ascii_alphabetic() => Self::TagName { name: Progress::NOWHERE, is_end: true },
                _ => Self::Bogus,
            },
            Self::TagName { name, is_end } => Self::behind_tag_name(name, is_end, byte),
            Self::BeforeName(element) | Self::AfterName(element, _) if byte == b'>' => Self::content(element),
            Self::BeforeName(element) if is_blank(byte) || byte == b'/' => Self::BeforeName(element),
            Self::BeforeName(element) => Self::Name(element, element::NameProgress::START.next(byte)),
            Self::Name(element, name) => match byte {
                b'=' => Self::BeforeValue(element, name.attribute(element)),
                b'>' => Self::content(element),
                b'/' => Self::BeforeName(element),
                _ if is_blank(byte) => Self::AfterName(element, name.attribute(element)),
                _ => Self::Name(element, name.next(byte)),
            },
            Self::AfterName(element, attribute) => match byte {
                b'=' => Self::BeforeValue(element, attribute),
                b'/' => Self::BeforeName(element),
                _ if is_blank(byte) => self,
                _ => Self::Name(element, element::NameProgress::START.next(byte)),
            },
            Self::BeforeValue(element, attribute) => match byte {
                b'"' => Self::Value(element, Value::new(attribute, Delimiter::Double)),
                b'\'' => Self::Value(element, Value::new(attribute, Delimiter::Single)),
                b'>' => Self::content(element),
                _ if is_blank(byte) => self,
                _ => Self::Value(element, Value::new(attribute, Delimiter::Blank)).behind(byte),
            },
            Self::Value(element, value) if value.is_ended_by(byte) => {
                let element = value.element_behind(element);
                if byte == b'>' { Self::content(element) } else { Self::BeforeName(element) }
            }
            Self::Value(element, value) => Self::Value(element, value.behind(byte)),
            Self::Declaration { has_dash } => match (has_dash, byte) {
                (false, b'-') => Self::Declaration { has_dash: true },
                (true, b'-') => Self::Comment(Dashes::Start),
                (_, b'>') => Self::Text,
                _ => Self::Bogus,
            },
            Self::Comment(dashes) => Self::behind_comment(dashes, byte),
            Self::Bogus if byte == b'>' => Self::Text,
            Self::Bogus => Self::Bogus,
            Self::Raw(element, end) => match end.behind(element, byte) {
                Ok(end) => Self::Raw(element, end),
                Err(state) => state,
            },
            Self::Script(script, end) => match end.behind(Element::Script, byte) {
                Ok(end) => Self::Script(script.behind(byte), end),
                Err(state) => state,
            },
            Self::Style(style, end) => match end.behind(Element::Style, byte) {
                Ok(end) => Self::Style(style.behind(byte), end),
                Err(state) => state,
            },
        }
    }

    fn behind_tag_name(name: Progress, is_end: bool, byte: u8) -> Self {
        let element = if is_end { Element::Other } else { Element::named(name) };
        match byte {
            b'>' => Self::content(element),
            b'/' => Self::BeforeName(element),
            _ if is_blank(byte) => Self::BeforeName(element),
            _ => Self::TagName { name: element::tag(name, byte), is_end },
        }
    }

    fn behind_comment(dashes: Dashes, byte: u8) -> Self {
        Self::Comment(match (dashes, byte) {
            (Dashes::Start | Dashes::StartDash | Dashes::Two | Dashes::Bang, b'>') => return Self::Text,
            (Dashes::Start, b'-') => Dashes::StartDash,
            (Dashes::StartDash | Dashes::One | Dashes::Two, b'-') => Dashes::Two,
            (Dashes::None | Dashes::Bang, b'-') => Dashes::One,
            (Dashes::Two, b'!') => Dashes::Bang,
            _ => Dashes::None,
        })
    }

    /// Behind the `>` of a start tag.
    fn content(element: Element) -> Self {
        match element.content() {
            Content::Markup => Self::Text,
            Content::Text => Self::Raw(element, EndTag::default()),
            Content::Script => Self::Script(Script::default(), EndTag::default()),
            Content::Style => Self::Style(Style::default(), EndTag::default()),
        }
    }
}

impl EndTag {
    /// How much was read after one more byte of the content of `element`; `Err` with the state when that ended it.
    fn behind(self, element: Element, byte: u8) -> Result<Self, State> {
        let name = element.name().as_bytes();
        let read = usize::from(self.0);
        match read {
            _ if byte == b'<' => Ok(Self(1)),
            0 => Ok(self),
            1 if byte == b'/' => Ok(Self(2)),
            2.. if name.get(read - 2) == Some(&byte.to_ascii_lowercase()) => Ok(Self(self.0 + 1)),
            _ if read == name.len() + 2 && byte == b'>' => Err(State::Text),
            _ if read == name.len() + 2 && (byte == b'/' || is_blank(byte)) => Err(State::BeforeName(Element::Other)),
            _ => Ok(Self(0)),
        }
    }
}
