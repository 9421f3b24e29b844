//! The value of an attribute: what ends it, and what is read from it.

use super::element::{Attribute, Element};
use super::is_blank;
use crate::contexts::Danger;
use crate::contexts::names::{Names, Progress, nodes};
use crate::contexts::script::Script;
use crate::contexts::style::Style;
use crate::value::{Facts, Traits};

/// What ends a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Delimiter {
    Double,
    Single,
    /// No quotes: a blank or `>`.
    Blank,
}

/// What must not stand in a value without quotes (HTML standard, 13.1.2.3): blanks and `>` end it, quotes at its beginning
/// swallow what follows, and older browsers took the others for an end, too.
const UNQUOTED_MARKS: &str = " \t\n\r\u{c}\"'=<>`";

/// A value that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Value {
    delimiter: Delimiter,
    content: Content,
    /// How much of an entity was read behind `&`; [`Progress::NOWHERE`] outside of one.
    entity: Progress,
}

/// What the browser makes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Content {
    Plain,
    Document,
    Script(Script),
    Style(Style),
    Address(Address),
    /// How much of a type of [`SCRIPT_TYPES`] was read.
    Type(Progress),
}

/// An address that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Address {
    /// Nothing but blanks so far.
    Start { is_loaded: bool },
    /// How much of `javascript:` was read.
    Scheme(Progress),
    /// The scheme is decided.
    Behind,
    /// Behind `javascript:`.
    Script(Script),
}

/// Entities that a program writes for quotes, with what they stand for.
const ENTITIES: &[&str] = &["quot;", "#34;", "#034;", "#x22;", "apos;", "#39;", "#039;", "#x27;", "amp;", "lt;", "gt;"];
const ENTITY_BYTES: &[u8] = b"\"\"\"\"''''&<>";
static ENTITY_NAMES: Names<{ nodes(ENTITIES) }> = Names::new(ENTITIES);

/// Schemes whose address is a script.
const SCRIPT_SCHEMES: &[&str] = &["javascript:", "vbscript:"];
static SCHEME_NAMES: Names<{ nodes(SCRIPT_SCHEMES) }> = Names::new(SCRIPT_SCHEMES);

/// Types of scripts that are run (HTML standard, 4.12.1; the essence match of a JavaScript MIME type).
const SCRIPT_TYPES: &[&str] = &[
    "module",
    "text/javascript",
    "text/ecmascript",
    "text/x-ecmascript",
    "text/jscript",
    "text/livescript",
    "text/x-javascript",
    "application/javascript",
    "application/ecmascript",
    "application/x-ecmascript",
    "application/x-javascript",
];
static TYPE_NAMES: Names<{ nodes(SCRIPT_TYPES) }> = Names::new(SCRIPT_TYPES);

impl Value {
    /// The beginning of the value of `attribute`.
    pub(super) fn new(attribute: Attribute, delimiter: Delimiter) -> Self {
        let content = match attribute {
            Attribute::Plain => Content::Plain,
            Attribute::Document => Content::Document,
            Attribute::Event => Content::Script(Script::default()),
            Attribute::Style => Content::Style(Style::default()),
            Attribute::Link => Content::Address(Address::Start { is_loaded: false }),
            Attribute::Load => Content::Address(Address::Start { is_loaded: true }),
            Attribute::ScriptType => Content::Type(Progress::START),
        };
        Self { delimiter, content, entity: Progress::NOWHERE }
    }

    /// Whether the value ends with `byte`.
    pub(super) fn is_ended_by(self, byte: u8) -> bool {
        match self.delimiter {
            Delimiter::Double => byte == b'"',
            Delimiter::Single => byte == b'\'',
            Delimiter::Blank => is_blank(byte) || byte == b'>',
        }
    }

    /// The element of the tag behind this value: a type that is no script's makes a block of data of a script.
    pub(super) fn element_behind(self, element: Element) -> Element {
        match self.content {
            Content::Type(Progress::START) => element,
            Content::Type(read) if TYPE_NAMES.name(read).is_none() => Element::DataBlock,
            _ => element,
        }
    }

    /// The state behind one more byte that does not end the value.
    #[must_use]
    pub(super) fn behind(self, byte: u8) -> Self {
        if self.content == Content::Plain {
            return self;
        }
        if byte == b'&' {
            return Self { entity: Progress::START, ..self };
        }
        if self.entity == Progress::NOWHERE {
            return Self { content: self.content.behind(byte), ..self };
        }
        let entity = ENTITY_NAMES.next(self.entity, byte);
        match ENTITY_NAMES.name(entity).and_then(|index| ENTITY_BYTES.get(index)) {
            Some(decoded) => Self { content: self.content.behind(*decoded), entity: Progress::NOWHERE, ..self },
            None if entity == Progress::NOWHERE => {
                // No entity that matters; what was read of it is passed on as one mark.
                Self { content: self.content.behind(b'&').behind(byte), entity, ..self }
            }
            None => Self { entity, ..self },
        }
    }

    /// The state behind text that is not known.
    #[must_use]
    pub(super) fn behind_unknown(self) -> Self {
        let content = match self.content {
            Content::Plain => Content::Plain,
            Content::Document => Content::Document,
            Content::Script(script) => Content::Script(script.behind_unknown()),
            Content::Style(style) => Content::Style(style.behind_unknown()),
            Content::Address(Address::Script(script)) => Content::Address(Address::Script(script.behind_unknown())),
            Content::Address(_) => Content::Address(Address::Behind),
            Content::Type(_) => Content::Type(Progress::NOWHERE),
        };
        Self { content, entity: Progress::NOWHERE, ..self }
    }

    /// Whether data is dangerous here, in the value of an attribute of `element`.
    pub(super) fn danger(self, element: Element, facts: &Facts) -> Danger {
        match self.delimiter {
            Delimiter::Double if facts.holds("\"") => {
                Danger::Yes("stands in an attribute in double quotes and can hold the quote that ends it")
            }
            Delimiter::Single if facts.holds("'") => {
                Danger::Yes("stands in an attribute in single quotes and can hold the quote that ends it")
            }
            Delimiter::Blank if facts.holds(UNQUOTED_MARKS) => Danger::Yes("stands in an attribute without quotes"),
            _ => self.content.danger(element, &facts.html_decoded()),
        }
    }
}

impl Content {
    fn behind(self, byte: u8) -> Self {
        match self {
            Self::Plain | Self::Document => self,
            Self::Script(script) => Self::Script(script.behind(byte)),
            Self::Style(style) => Self::Style(style.behind(byte)),
            Self::Address(address) => Self::Address(address.behind(byte)),
            // Blanks around a type do not count. With parameters it is none of a script's.
            Self::Type(read) if is_blank(byte) => Self::Type(read),
            Self::Type(read) => Self::Type(TYPE_NAMES.next(read, byte.to_ascii_lowercase())),
        }
    }

    /// Whether data, decoded from entities, is dangerous in a value that it cannot end.
    fn danger(self, element: Element, facts: &Facts) -> Danger {
        match self {
            Self::Plain | Self::Type(_) => Danger::No("stands in an attribute and cannot end it"),
            Self::Document => {
                Danger::when(facts.holds("<"), "is shown as a page of its own", "is shown as a page, but holds no `<`")
            }
            Self::Script(script) => in_attribute(script.danger(facts)),
            Self::Style(style) => style.danger(facts),
            Self::Address(address) => address.danger(element, facts),
        }
    }
}

/// The same with the words for an event handler, where the reader would wonder why an entity does not help.
fn in_attribute(danger: Danger) -> Danger {
    match danger {
        Danger::Yes(_) => {
            Danger::Yes("is part of an event handler, which the browser decodes from entities before it runs")
        }
        no => no,
    }
}

impl Address {
    fn behind(self, byte: u8) -> Self {
        match self {
            Self::Start { .. } if byte <= b' ' => self,
            Self::Start { .. } => Self::behind_scheme(Progress::START, byte),
            // The URL standard takes line ends and tabs out.
            Self::Scheme(_) if matches!(byte, b'\t' | b'\n' | b'\r') => self,
            Self::Scheme(read) => Self::behind_scheme(read, byte),
            Self::Behind => Self::Behind,
            Self::Script(script) => Self::Script(script.behind(byte)),
        }
    }

    fn behind_scheme(read: Progress, byte: u8) -> Self {
        let read = SCHEME_NAMES.next(read, byte.to_ascii_lowercase());
        if SCHEME_NAMES.name(read).is_some() {
            Self::Script(Script::default())
        } else if read == Progress::NOWHERE {
            Self::Behind
        } else {
            Self::Scheme(read)
        }
    }

    /// Whether data is dangerous here: at the beginning it can be `javascript:`, or another host's script or page.
    fn danger(self, element: Element, facts: &Facts) -> Danger {
        match self {
            Self::Start { .. } if facts.traits.has(Traits::LOCAL_URL) => {
                Danger::No("was checked to be an address of the program")
            }
            Self::Start { is_loaded: true } => {
                let how = if element == Element::Script {
                    "begins the address a script is loaded from"
                } else {
                    "begins the address of what the page loads"
                };
                Danger::when(facts.holds(":/\\"), how, "begins an address, but can name no host")
            }
            Self::Start { is_loaded: false } if facts.traits.has(Traits::BEGINS_WITH_SLASH) => {
                Danger::No("begins an address with a slash, so with no scheme")
            }
            Self::Start { is_loaded: false } => Danger::when(
                facts.holds(":"),
                "begins an address and can be `javascript:`",
                "begins an address, but holds no `:`",
            ),
            Self::Scheme(_) => {
                let how = "goes on with the scheme of an address and can complete `javascript:`";
                Danger::when(facts.holds(":"), how, "stands in an address and holds no `:`")
            }
            Self::Behind => Danger::No("stands behind the scheme of an address"),
            // What follows `javascript:` is decoded from `%41` as well.
            Self::Script(script) => match script.danger(&facts.url_decoded()) {
                Danger::Yes(_) => Danger::Yes("is part of a `javascript:` address, which is decoded before it runs"),
                no => no,
            },
        }
    }
}
