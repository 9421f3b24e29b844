//! The elements and attributes that decide how the text behind them is read.

use crate::contexts::names::{Names, Progress, nodes};

/// What stands between the tags of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Markup,
    /// Text, with or without entities.
    Text,
    Script,
    Style,
}

/// Names of [`Element`], in its order.
const ELEMENTS: &[&str] = &[
    "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "frame", "embed", "object", "link",
    "base",
];
static ELEMENT_NAMES: Names<{ nodes(ELEMENTS) }> = Names::new(ELEMENTS);

/// An element, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Element {
    Script,
    Style,
    Textarea,
    Title,
    Xmp,
    Iframe,
    Noembed,
    Noframes,
    Frame,
    Embed,
    Object,
    Link,
    Base,
    /// A `script` whose type is no script's: data for one.
    DataBlock,
    /// Any other.
    Other,
}

/// How much of a tag's name was read after one more byte.
pub(super) fn tag(name: Progress, byte: u8) -> Progress {
    ELEMENT_NAMES.next(name, byte.to_ascii_lowercase())
}

impl Element {
    /// The element whose name was read.
    pub(super) fn named(name: Progress) -> Self {
        const ALL: [Element; ELEMENTS.len()] = [
            Element::Script,
            Element::Style,
            Element::Textarea,
            Element::Title,
            Element::Xmp,
            Element::Iframe,
            Element::Noembed,
            Element::Noframes,
            Element::Frame,
            Element::Embed,
            Element::Object,
            Element::Link,
            Element::Base,
        ];
        ELEMENT_NAMES.name(name).and_then(|index| ALL.get(index).copied()).unwrap_or(Self::Other)
    }

    /// Its name, for those whose content only their end tag ends.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DataBlock => "script",
            _ => ELEMENTS.get(self as usize).copied().unwrap_or_default(),
        }
    }

    /// What stands between its tags.
    pub(super) fn content(self) -> Content {
        match self {
            Self::Script => Content::Script,
            Self::Style => Content::Style,
            Self::Textarea
            | Self::Title
            | Self::Xmp
            | Self::Iframe
            | Self::Noembed
            | Self::Noframes
            | Self::DataBlock => Content::Text,
            Self::Frame | Self::Embed | Self::Object | Self::Link | Self::Base | Self::Other => Content::Markup,
        }
    }

    /// Why data that cannot write the end tag is harmless between its tags.
    pub(super) fn why_text_is_harmless(self) -> &'static str {
        match self {
            Self::DataBlock => "stands in a block of data that is not run, and cannot end it",
            _ => "stands in an element that holds only text and cannot end it",
        }
    }

    /// Whether its `src` is run or shown as a page of its own.
    fn runs_source(self) -> bool {
        matches!(self, Self::Script | Self::Iframe | Self::Frame | Self::Embed)
    }
}

/// What the value of an attribute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Attribute {
    /// Text.
    Plain,
    /// `on…`: a script.
    Event,
    /// `style`.
    Style,
    /// An address that is followed: `javascript:` runs.
    Link,
    /// An address whose content is run or shown.
    Load,
    /// `srcdoc`: a page.
    Document,
    /// `type` of a `script`.
    ScriptType,
}

/// Names of attributes; what [`NameProgress::attribute`] makes of them is decided there.
const ATTRIBUTES: &[&str] =
    &["on", "style", "href", "xlink:href", "action", "formaction", "data", "src", "srcdoc", "type"];
static ATTRIBUTE_NAMES: Names<{ nodes(ATTRIBUTES) }> = Names::new(ATTRIBUTES);

/// How much of an attribute's name was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum NameProgress {
    Reading(Progress),
    /// It began with `on`.
    Event,
}

impl NameProgress {
    pub(super) const START: Self = Self::Reading(Progress::START);
    pub(super) const NOWHERE: Self = Self::Reading(Progress::NOWHERE);

    /// After one more byte.
    #[must_use]
    pub(super) fn next(self, byte: u8) -> Self {
        let Self::Reading(progress) = self else { return self };
        let progress = ATTRIBUTE_NAMES.next(progress, byte.to_ascii_lowercase());
        if ATTRIBUTE_NAMES.name(progress) == Some(0) { Self::Event } else { Self::Reading(progress) }
    }

    /// The attribute of `element` whose name ended here.
    pub(super) fn attribute(self, element: Element) -> Attribute {
        let Self::Reading(progress) = self else { return Attribute::Event };
        let name = ATTRIBUTE_NAMES.name(progress).map_or("", |index| ATTRIBUTES[index]);
        match name {
            "style" => Attribute::Style,
            "href" if matches!(element, Element::Link | Element::Base) => Attribute::Load,
            "href" | "xlink:href" | "action" | "formaction" => Attribute::Link,
            "data" if element == Element::Object => Attribute::Load,
            "src" if element.runs_source() => Attribute::Load,
            "srcdoc" => Attribute::Document,
            "type" if element == Element::Script => Attribute::ScriptType,
            _ => Attribute::Plain,
        }
    }
}
