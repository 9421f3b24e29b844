//! One file as it came: a name and bytes, which may be anything.

/// A file to split. The name is shown and used for the names of templates; nothing is read through it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// The file's name as the user gave it, e.g. `scanners.py`.
    pub name: String,
    /// Its bytes, unchanged.
    pub bytes: Vec<u8>,
}

impl Source {
    /// A file of that name with these bytes.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }
}
