//! What an expression may be while the code is read: a constant, a name of a library, a function of the file, or nothing
//! known; and, for each, where it comes from.

use std::rc::Rc;

/// Stands in a text for a piece that is not known.
pub(super) const HOLE: char = '\0';

/// Alternatives of one value that are kept at most; more become an unknown value of the same origins.
const CHOICES_MAX: usize = 40;

/// Parts of a value that a name may hold, and how deep they may lie: more than any settings have.
const PARTS_MAX: usize = 20_000;
const DEPTH_MAX: usize = 256;

/// Where a value comes from: a set.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Origins(u32);

impl Origins {
    pub(super) const NONE: Self = Self(0);
    /// All of the environment.
    pub(super) const ENVIRONMENT: Self = Self(1);
    /// One variable of the environment that is named like a key.
    pub(super) const KEY: Self = Self(1 << 1);
    /// A file of keys, passwords or of the system's users.
    pub(super) const SECRET_FILE: Self = Self(1 << 2);
    /// A file outside the working folder.
    pub(super) const OUTSIDE_FILE: Self = Self(1 << 3);
    /// A file in the working folder.
    pub(super) const FILE: Self = Self(1 << 4);
    /// An answer from the network.
    pub(super) const NETWORK: Self = Self(1 << 5);
    /// What the user types: `sys.argv`, `input()`.
    pub(super) const INPUT: Self = Self(1 << 6);
    /// A declared option of the command line.
    pub(super) const OPTION: Self = Self(1 << 7);
    /// A parameter of a function nobody calls in this file.
    pub(super) const PARAMETER: Self = Self(1 << 8);
    /// Decoded from base64, hexadecimal, character codes, compression.
    pub(super) const DECODED: Self = Self(1 << 9);
    /// The machine's, user's or process's name.
    pub(super) const HOST: Self = Self(1 << 10);
    /// The date or time.
    pub(super) const CLOCK: Self = Self(1 << 11);
    /// Names of files found outside the working folder.
    pub(super) const OUTSIDE_LISTING: Self = Self(1 << 12);
    /// Names of files found in the working folder.
    pub(super) const LISTING: Self = Self(1 << 13);
    /// A library's name that was reached on a detour: by text, by a dictionary, through another library.
    pub(super) const DETOUR: Self = Self(1 << 14);
    /// An inner part of the interpreter: classes of classes, frames, globals of functions.
    pub(super) const INTERIOR: Self = Self(1 << 15);
    /// Bytes from a socket.
    pub(super) const SOCKET: Self = Self(1 << 16);
    /// What running another program gave.
    pub(super) const PROGRAM: Self = Self(1 << 17);
    /// A picture of the screen, a keystroke, the clipboard.
    pub(super) const PERSONAL: Self = Self(1 << 18);
    /// The path of this very file, and of what is found by it.
    pub(super) const ITSELF: Self = Self(1 << 19);

    /// What was encrypted.
    pub(super) const ENCRYPTED: Self = Self(1 << 20);

    /// What is typed while the program runs: `input()`, `sys.stdin`; always with [`Origins::INPUT`].
    pub(super) const TYPED: Self = Self(1 << 21);
    /// One variable of the environment that is named like a messenger's key, or like an address that holds one.
    pub(super) const CHANNEL: Self = Self(1 << 22);

    /// The text of this very file.
    pub(super) const OWN_TEXT: Self = Self(1 << 23);

    /// What must not be shown to anybody.
    pub(super) const PRIVATE: Self =
        Self::ENVIRONMENT.with(Self::KEY).with(Self::CHANNEL).with(Self::SECRET_FILE).with(Self::OUTSIDE_FILE);

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether any of `other` is in the set.
    pub(super) const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// One value, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    pub(super) shape: Shape,
    pub(super) origins: Origins,
}

/// The kind of a value.
#[derive(Clone, Debug, Default)]
pub(super) enum Shape {
    #[default]
    Unknown,
    /// A text; [`HOLE`] stands for pieces that are not known.
    Text(Rc<str>),
    Bytes(Rc<[u8]>),
    Integer(i64),
    Float,
    Boolean(bool),
    Nothing,
    /// A list, tuple or set.
    List(Rc<[Value]>),
    Dictionary(Rc<[(Value, Value)]>),
    /// A module or a member of one, by its full dotted name; builtins are `builtins.…`.
    Name(Rc<str>),
    /// What calling a name gives.
    Object(Rc<str>, Rc<Arguments>),
    /// A member of a value; the name is `?.member` when nothing is known of the receiver.
    Method(Rc<Value>, Rc<str>),
    /// A function of this file, and the object it is bound to.
    Function(usize, Option<Rc<Value>>),
    Class(usize),
    Instance(usize),
    Partial(Rc<Value>, Rc<Arguments>),
    /// One of several.
    Choice(Rc<[Value]>),
}

/// What a call is given.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Value>,
    /// Name and value; `**x` has no name.
    pub(super) named: Vec<(Option<Rc<str>>, Value)>,
}

impl Arguments {
    /// An argument by its name, else by its place.
    pub(super) fn get(&self, place: usize, name: &str) -> Option<&Value> {
        self.named(name).or_else(|| self.positional.get(place))
    }

    pub(super) fn named(&self, name: &str) -> Option<&Value> {
        self.named.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, value)| value)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Value> {
        self.positional.iter().chain(self.named.iter().map(|(_, value)| value))
    }

    pub(super) fn origins(&self) -> Origins {
        self.values().fold(Origins::NONE, |all, value| all.with(value.origins))
    }
}

impl Value {
    pub(super) fn unknown(origins: Origins) -> Self {
        Self { shape: Shape::Unknown, origins }
    }

    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self { shape: Shape::Text(text.into()), origins: Origins::NONE }
    }

    pub(super) fn bytes(bytes: impl Into<Rc<[u8]>>) -> Self {
        Self { shape: Shape::Bytes(bytes.into()), origins: Origins::NONE }
    }

    pub(super) fn integer(number: i64) -> Self {
        Self { shape: Shape::Integer(number), origins: Origins::NONE }
    }

    pub(super) fn name(path: impl Into<Rc<str>>) -> Self {
        Self { shape: Shape::Name(path.into()), origins: Origins::NONE }
    }

    /// A list whose origins are those of its elements.
    pub(super) fn list(elements: Vec<Self>) -> Self {
        let origins = elements.iter().fold(Origins::NONE, |all, value| all.with(value.origins));
        Self { shape: Shape::List(elements.into()), origins }
    }

    pub(super) fn object(class: &str, arguments: Arguments, origins: Origins) -> Self {
        Self { shape: Shape::Object(class.into(), Rc::new(arguments)), origins }
    }

    /// A path with this text.
    pub(super) fn path(text: &str, origins: Origins) -> Self {
        let arguments = Arguments { positional: vec![Self::text(text)], named: Vec::new() };
        Self::object("pathlib.Path", arguments, origins)
    }

    pub(super) fn from(mut self, origins: Origins) -> Self {
        self.origins = self.origins.with(origins);
        self
    }

    /// Itself, or unknown when too much is in it: what a name holds may stand in what it holds next, and doubles each time.
    pub(super) fn bounded(self) -> Self {
        let mut left = PARTS_MAX;
        match self.is_within(&mut left, DEPTH_MAX) {
            true => self,
            false => Self::unknown(self.origins),
        }
    }

    /// Whether it has no more parts than are left, and is no deeper than these levels.
    fn is_within(&self, left: &mut usize, levels: usize) -> bool {
        if *left == 0 || levels == 0 {
            return false;
        }
        *left -= 1;
        let mut inner = |value: &Self| value.is_within(left, levels - 1);
        match &self.shape {
            Shape::List(values) | Shape::Choice(values) => values.iter().all(inner),
            Shape::Dictionary(items) => items.iter().all(|(key, value)| inner(key) && inner(value)),
            Shape::Object(_, arguments) => arguments.values().all(inner),
            Shape::Partial(called, arguments) => inner(called) && arguments.values().all(inner),
            Shape::Method(owner, _) | Shape::Function(_, Some(owner)) => inner(owner),
            _ => true,
        }
    }

    /// The single values this one may be.
    pub(super) fn alternatives(&self) -> &[Self] {
        match &self.shape {
            Shape::Choice(values) => values,
            _ => std::slice::from_ref(self),
        }
    }

    /// One of several; unknown when there are none.
    pub(super) fn choice(values: impl IntoIterator<Item = Self>) -> Self {
        let mut kept: Vec<Self> = Vec::new();
        let mut origins = Origins::NONE;
        let mut lost = false;
        for value in values {
            origins = origins.with(value.origins);
            for single in value.alternatives() {
                if kept.iter().any(|known| known.is_same(single)) {
                    continue;
                }
                // Functions are never lost in a crowd: one bad one among a hundred harmless entries is the point.
                if kept.len() < CHOICES_MAX || single.is_callable() && kept.len() < 4 * CHOICES_MAX {
                    kept.push(single.clone());
                } else {
                    lost = true;
                }
            }
        }
        if lost {
            kept.push(Self::unknown(origins));
        }
        match kept.len() {
            0 => Self::unknown(origins),
            1 => kept.swap_remove(0).from(origins),
            _ => Self { shape: Shape::Choice(kept.into()), origins },
        }
    }

    pub(super) fn is_callable(&self) -> bool {
        matches!(
            self.shape,
            Shape::Name(_) | Shape::Method(..) | Shape::Function(..) | Shape::Partial(..) | Shape::Class(_)
        )
    }

    fn is_same(&self, other: &Self) -> bool {
        let same_shape = match (&self.shape, &other.shape) {
            (Shape::Unknown, Shape::Unknown) | (Shape::Nothing, Shape::Nothing) => true,
            (Shape::Text(one), Shape::Text(two)) | (Shape::Name(one), Shape::Name(two)) => one == two,
            (Shape::Integer(one), Shape::Integer(two)) => one == two,
            (Shape::Boolean(one), Shape::Boolean(two)) => one == two,
            (Shape::Bytes(one), Shape::Bytes(two)) => one == two,
            (Shape::Function(one, _), Shape::Function(two, _)) => one == two,
            (Shape::Instance(one), Shape::Instance(two)) | (Shape::Class(one), Shape::Class(two)) => one == two,
            _ => false,
        };
        same_shape && self.origins == other.origins
    }

    /// The text of a text, of readable bytes, of a path, or of what a file was opened with.
    pub(super) fn as_text(&self) -> Option<Rc<str>> {
        match &self.shape {
            Shape::Text(text) => Some(text.clone()),
            Shape::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(Rc::from),
            Shape::Object(class, arguments)
                if matches!(&**class, "pathlib.Path" | "file" | "urllib.request.Request") =>
            {
                arguments.get(0, "file").or_else(|| arguments.named("url")).and_then(Self::as_text)
            }
            Shape::Choice(values) => values.iter().find_map(Self::as_text),
            _ => None,
        }
    }

    /// A text without holes.
    pub(super) fn as_known_text(&self) -> Option<Rc<str>> {
        self.as_text().filter(|text| !text.contains(HOLE))
    }

    /// A number that is known.
    pub(super) fn as_integer(&self) -> Option<i64> {
        match self.shape {
            Shape::Integer(number) => Some(number),
            Shape::Boolean(truth) => Some(i64::from(truth)),
            _ => None,
        }
    }

    /// Whether it is a constant through and through.
    pub(super) fn is_constant(&self) -> bool {
        match &self.shape {
            Shape::Text(text) => !text.contains(HOLE),
            Shape::Bytes(_) | Shape::Integer(_) | Shape::Float | Shape::Boolean(_) | Shape::Nothing => true,
            Shape::List(values) | Shape::Choice(values) => values.iter().all(Self::is_constant),
            Shape::Dictionary(items) => items.iter().all(|(key, value)| key.is_constant() && value.is_constant()),
            _ => false,
        }
    }

    /// Whether it is true, when that is certain.
    pub(super) fn truth(&self) -> Option<bool> {
        match &self.shape {
            Shape::Boolean(truth) => Some(*truth),
            Shape::Integer(number) => Some(*number != 0),
            Shape::Nothing => Some(false),
            Shape::Text(text) if text.is_empty() => Some(false),
            _ => None,
        }
    }

    /// What iterating over it gives.
    pub(super) fn elements(&self) -> Vec<Self> {
        match &self.shape {
            Shape::List(values) => values.to_vec(),
            Shape::Dictionary(items) => items.iter().map(|(key, _)| key.clone()).collect(),
            Shape::Text(text) if !text.contains(HOLE) => {
                text.chars().map(|letter| Self::text(letter.to_string()).from(self.origins)).collect()
            }
            Shape::Bytes(bytes) => {
                bytes.iter().map(|&byte| Self::integer(i64::from(byte)).from(self.origins)).collect()
            }
            Shape::Choice(values) => values.iter().flat_map(Self::elements).collect(),
            _ => Vec::new(),
        }
    }

    /// One of what iterating gives, unknown of the same origins when that is not known.
    pub(super) fn element(&self) -> Self {
        let elements = self.elements();
        match elements.is_empty() {
            true => match &self.shape {
                Shape::Object(class, _) if &**class == "psutil.process_iter" => {
                    Self::object("psutil.Process", Arguments::default(), self.origins)
                }
                _ => Self::unknown(self.origins),
            },
            false => Self::choice(elements),
        }
    }
}
