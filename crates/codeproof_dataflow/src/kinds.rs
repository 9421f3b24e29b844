//! The words of specs: what a sink does with its data, and where data comes from.

use serde::{Deserialize, Serialize};

/// Declares an enum of words with their wire form, and a set of them.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every value, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in specs and reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

words! {
    /// What a sink does with the data that reaches it.
    SinkKind {
        /// Runs it as SQL.
        Sql = "sql",
        /// Runs it as a query of a document database.
        NoSql = "nosql",
        /// Hands it to a shell.
        Command = "command",
        /// Starts a program with this argument list.
        Arguments = "arguments",
        /// Runs it as code of the language.
        Code = "code",
        /// Loads and runs the file it names.
        Inclusion = "inclusion",
        /// Opens, reads, writes or asks for the file it names.
        Path = "path",
        /// Stores what was uploaded under this name.
        Upload = "upload",
        /// Shows it in a page.
        Html = "html",
        /// Runs it as a template.
        Template = "template",
        /// Sends the browser there.
        Redirect = "redirect",
        /// Sends a request there.
        Request = "request",
        /// Writes it into a header of an answer or a mail.
        Header = "header",
        /// Searches a directory with it.
        Ldap = "ldap",
        /// Selects from XML with it.
        Xpath = "xpath",
        /// Reads it as XML, external entities included.
        Xml = "xml",
        /// Makes objects of it.
        Deserialization = "deserialization",
        /// Compiles it as a regular expression.
        Regex = "regex",
        /// Uses it as a format.
        Format = "format",
        /// Writes it into a log.
        Log = "log",
        /// Keeps it where the program keeps what it trusts: the session.
        Trust = "trust",
        /// Sets fields of an object or row by names it holds.
        Assignment = "assignment",
        /// Calls the function, or makes the class, it names.
        Dispatch = "dispatch",
        /// Gives access to the object it names, without asking whose it is.
        Access = "access",
        /// Gives it to a browser to keep as a token: a cookie, a session key, a reset link.
        Token = "token",
        /// Sends it in a cookie that also travels unencrypted.
        Cookie = "cookie",
        /// Keeps or compares it as proof of something: a file of digests, a database, an answer.
        Digest = "digest",
        /// Shows an error's inside to the user.
        Disclosure = "disclosure",
        /// Allocates that much.
        Allocation = "allocation",
    }
}

words! {
    /// Where data comes from, or what is wrong with it.
    Trust {
        /// Anyone on the network writes it: requests, messages, answers of foreign servers.
        Remote = "remote",
        /// Others wrote it earlier: rows, sessions, caches.
        Stored = "stored",
        /// Files, and the output of programs.
        Local = "local",
        /// Who starts the program writes it: arguments, environment, standard input.
        Operator = "operator",
        /// A generator that can be predicted made it.
        WeakRandom = "weak_random",
        /// A digest that can be forged.
        WeakDigest = "weak_digest",
        /// It should stay inside: keys, passwords, errors.
        Sensitive = "sensitive",
    }
}

/// A set of [`SinkKind`]s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SinkKinds(u32);

impl SinkKinds {
    /// No kind.
    pub const NONE: Self = Self(0);
    /// Every kind.
    pub const ALL: Self = Self(u32::MAX);

    /// The set with `kind` in it.
    #[must_use]
    pub fn with(self, kind: SinkKind) -> Self {
        Self(self.0 | 1 << kind as u32)
    }

    /// Whether `kind` is in the set.
    pub fn has(self, kind: SinkKind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }

    /// What is in either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl FromIterator<SinkKind> for SinkKinds {
    fn from_iter<I: IntoIterator<Item = SinkKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}
