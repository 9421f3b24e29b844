//! Named encodings: what a function that encodes, converts or checks a text leaves possible in it.
//!
//! An encoding is a function from [`Facts`] to [`Facts`], so their order counts as it does in the program: quotes that
//! got a backslash and were then written as entities are still behind a backslash when a browser has decoded them; the
//! other way round they are not.

use serde::{Deserialize, Serialize};

use super::{Chars, Escaped, Facts, Traits};

/// What happened to a text, by the word specs use. For a check the same words say what a text is like that passed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Encoding {
    /// `&`, `<`, `>`, `"` and `'` became HTML entities.
    Html,
    /// `&`, `<`, `>` and `"` became HTML entities; `'` stays.
    HtmlDouble,
    /// `&`, `<` and `>` became HTML entities; quotes stay.
    HtmlNoQuotes,
    /// Everything but letters, digits and `-._~` became `%41`, blanks perhaps `+`.
    Url,
    /// As [`Encoding::Url`], but `/` stays.
    UrlPath,
    /// `'`, `"` and `\` stand behind a backslash, NUL became `\0`.
    Backslash,
    /// Every `'` is doubled.
    SqlDoubled,
    /// One literal of SQL, its quotes included.
    SqlLiteral,
    /// One name of SQL, its quotes included.
    SqlName,
    /// One word of a shell, its quotes included.
    ShellWord,
    /// Every mark of a shell stands behind a backslash; blanks and quotes stay.
    ShellMarks,
    /// A JSON value, the quotes of texts included; `/` stays.
    Json,
    /// A JSON value, in whose texts `/` stands behind a backslash.
    JsonSlashes,
    /// Base64, of either alphabet.
    Base64,
    /// Hex digits: `bin2hex`, a digest.
    Hex,
    /// A number, with or without a fraction.
    Number,
    /// A whole number.
    Integer,
    /// A truth value, or its text.
    Boolean,
    /// The last name of a path: no separator of either kind. PHP's `basename` leaves `\` where it is none, so there it
    /// leads nowhere either.
    Basename,
    /// A value of an LDAP filter: `(`, `)`, `*`, `\` and NUL became `\28`.
    LdapFilter,
    /// A value of an LDAP name: `,+"\<>;=` stand behind a backslash or became `\2c`.
    LdapName,
    /// An absolute path without `..` and links.
    CanonicalPath,
    /// Every character with a meaning in regular expressions stands behind a backslash.
    RegexQuote,
    /// Tags were taken out. A `<` that begins no tag may be left, but a browser sees none in it either.
    StripTags,
    /// One line: without CR, LF and NUL.
    HeaderLine,
    /// Letters, digits and `_`.
    Word,
    /// Hex digits and `-`.
    Uuid,
    /// Letters, digits, `_` and `-`.
    Slug,
    /// What an address of mail may be made of without quotes: letters, digits and ``!#$%&'*+-=?^_`{|}~@.[]``. A check that
    /// also takes quoted local parts (`"<b>"@example.org`) says less than that.
    Email,
    /// An address that begins with `/` and not with `//`, or with a host the program chose.
    LocalUrl,
    /// It begins with `/`, perhaps with two: the path of a request.
    BeginsWithSlash,
    /// It begins with a letter or digit.
    NoOption,
    /// It holds no `..` that leads out of a folder (it was checked, not cut out once: `....//` would become `../`).
    NoParent,
    /// It begins with a folder of the program; resolved before, it stands in there.
    InsideFolder,
    /// It was decoded, from whatever it was encoded by: everything is possible again.
    Decode,
}

/// Characters that mean something in regular expressions of either language (`preg_quote`, `re.escape`).
const REGEX_MARKS: &str = ".\\+*?[^]$(){}=!<>|:-#/&~";

/// Characters that mean something to a shell outside of quotes (`escapeshellcmd`, which leaves quotes that come in pairs).
const SHELL_MARKS: &str = "#&;`|*?~<>^()[]{}$\\\n";

/// Characters that mean something in an LDAP name (RFC 4514, 2.4).
const LDAP_NAME_MARKS: &str = ",+\"\\<>;=#";

/// Marks of an address of mail outside of quotes (RFC 5322, 3.2.3), with `@`, dots and brackets, without `/`.
const EMAIL_MARKS: &str = "!#$%&'*+-=?^_`{|}~@.[]";

impl Encoding {
    /// What is known of a text after this happened to it.
    #[must_use]
    pub(crate) fn apply(self, facts: Facts) -> Facts {
        match self {
            Self::Html => with_entities(facts, "<>\"'"),
            Self::HtmlDouble => with_entities(facts, "<>\""),
            Self::HtmlNoQuotes => with_entities(facts, "<>"),
            Self::Url => url_encoded(facts, "-._~"),
            Self::UrlPath => url_encoded(facts, "-._~/"),
            Self::Backslash => backslashed(facts.replacing("\0", "\\0"), "'\"\\"),
            Self::SqlDoubled => sql_doubled(facts),
            Self::SqlLiteral => quoted(facts, "'", Traits::SQL_LITERAL),
            Self::SqlName => quoted(facts, "\"`[]", Traits::SQL_NAME),
            Self::ShellWord => quoted(facts, "'\\", Traits::SHELL_WORD),
            Self::ShellMarks => backslashed(facts, SHELL_MARKS),
            Self::Json => json(facts),
            Self::JsonSlashes => backslashed_more(json(facts), "/"),
            Self::Base64 => made_of(facts, Chars::word().or(Chars::of("+/=-"))),
            Self::Hex => made_of(facts, hex()),
            Self::Number => within(facts, Chars::number(), Traits::NUMBER),
            Self::Integer => within(facts, Chars::range('0', '9').or(Chars::of("-")), Traits::NUMBER),
            Self::Boolean => made_of(facts, Chars::of("TRUEFALSEtruefalse01")),
            Self::Basename => {
                let facts = facts.removing(Chars::of("/\\"));
                Facts { traits: facts.traits.without(Traits::CANONICAL_PATH.or(Traits::INSIDE_FOLDER)), ..facts }
            }
            Self::LdapFilter => backslashed(facts.removing(Chars::of("()*\0")).adding("\\"), "\\"),
            Self::LdapName => backslashed(facts.replacing("\0", "\\0"), LDAP_NAME_MARKS),
            Self::CanonicalPath => Facts { traits: Traits::CANONICAL_PATH, ..without_escapes(facts) },
            Self::RegexQuote => backslashed(facts, REGEX_MARKS),
            Self::StripTags => facts.removing(Chars::of("<")),
            Self::HeaderLine => facts.removing(Chars::of("\r\n\0")),
            Self::Word => within(facts, Chars::word(), Traits::NONE),
            Self::Uuid => within(facts, hex().or(Chars::of("-")), Traits::NONE),
            Self::Slug => within(facts, Chars::word().or(Chars::of("-")), Traits::NONE),
            Self::Email => within(facts, Chars::word().or(Chars::of(EMAIL_MARKS)), Traits::NONE),
            Self::LocalUrl => marked(facts, Traits::LOCAL_URL),
            Self::BeginsWithSlash => marked(facts, Traits::BEGINS_WITH_SLASH),
            Self::NoOption => marked(facts, Traits::NO_OPTION),
            Self::NoParent => marked(facts, Traits::NO_PARENT),
            Self::InsideFolder => marked(facts, Traits::INSIDE_FOLDER),
            Self::Decode => Facts::raw(),
        }
    }
}

impl Facts {
    /// After the characters of `new` were put into it.
    #[must_use]
    fn adding(self, new: &str) -> Self {
        Self { chars: self.chars.or(Chars::of(new)), ..self }
    }

    /// After those of the characters of `old` that it can hold were replaced by `new`.
    #[must_use]
    fn replacing(self, old: &str, new: &str) -> Self {
        let old = Chars::of(old);
        if self.chars.meets(old) { self.removing(old).adding(new) } else { self }
    }
}

/// What is true of a text as a whole, and no longer when its quotes were encoded.
fn of_the_whole() -> Traits {
    let quoted = Traits::SHELL_WORD.or(Traits::SQL_LITERAL).or(Traits::SQL_NAME).or(Traits::JSON);
    quoted.or(Traits::BEGINS_WITH_QUOTE).or(Traits::ONE_QUOTED_LITERAL)
}

/// `taken` and `&` become entities. Escapes of what was taken are remembered: decoding brings them back.
fn with_entities(facts: Facts, taken: &str) -> Facts {
    let taken = Chars::of(taken);
    if !facts.chars.meets(taken.or(Chars::of("&"))) {
        return facts;
    }
    let traits = facts.traits.without(of_the_whole().without(Traits::JSON)).or(Traits::HTML_ENTITIES);
    Facts { traits, ..facts.removing(taken).adding("&#;0123456789abcdefghijklmnopqrstuvwxyz") }
}

fn url_encoded(facts: Facts, kept: &str) -> Facts {
    let kept = Chars::word().or(Chars::of(kept));
    if facts.chars.without(kept) == Chars::NONE {
        return facts;
    }
    let chars = facts.chars.and(kept).or(hex()).or(Chars::of("%+"));
    let local = facts.traits.and(Traits::INSIDE_FOLDER);
    Facts { chars, traits: local.or(Traits::URL_ENCODED), ..without_escapes(facts) }
}

/// Every character of `marks` gets a backslash. Of what stood behind one before, only `marks` still do.
fn backslashed(facts: Facts, marks: &str) -> Facts {
    let marks = facts.chars.and(Chars::of(marks));
    if marks == Chars::NONE {
        return facts;
    }
    let facts = facts.adding("\\");
    // A backslash of the data's own gets one, too, or cannot occur: then each one is an escape.
    let marks = marks.or(Chars::of("\\"));
    Facts { backslashed: Escaped(marks), traits: facts.traits.without(of_the_whole()), ..facts }
}

/// `marks` stand behind a backslash as well.
fn backslashed_more(facts: Facts, marks: &str) -> Facts {
    let marks = facts.chars.and(Chars::of(marks));
    Facts { backslashed: Escaped(facts.backslashed.0.or(marks)), ..facts }
}

fn sql_doubled(facts: Facts) -> Facts {
    let doubled = facts.doubled.0.or(facts.chars.and(Chars::of("'")));
    Facts { doubled: Escaped(doubled), traits: facts.traits.without(of_the_whole()), ..facts }
}

/// Quotes of its own around it: they are raw characters of the text now, whatever stands between them.
fn quoted(facts: Facts, quotes: &str, what: Traits) -> Facts {
    let facts = without_escapes(facts).adding(quotes);
    Facts { traits: what, ..facts }
}

/// Texts stand in double quotes and hold no control character; `"` and `\` stand behind a backslash there.
fn json(facts: Facts) -> Facts {
    if facts.traits.has(Traits::NUMBER) {
        return facts;
    }
    let kept = facts.traits.and(Traits::HTML_ENTITIES);
    let facts = without_escapes(facts).removing(Chars::range('\0', '\u{1f}')).adding("\"\\");
    Facts { backslashed: Escaped(Chars::of("\\")), traits: kept.or(Traits::JSON), ..facts }
}

fn marked(facts: Facts, what: Traits) -> Facts {
    Facts { traits: facts.traits.or(what), ..facts }
}

/// Another text, of nothing but `chars`.
fn made_of(facts: Facts, chars: Chars) -> Facts {
    Facts { chars, traits: Traits::NONE, ..without_escapes(facts) }
}

/// A text of nothing but `chars`; one that was so before stays what it was.
fn within(facts: Facts, chars: Chars, what: Traits) -> Facts {
    let is_so = facts.chars.without(chars) == Chars::NONE;
    Facts { chars: if is_so { facts.chars } else { chars }, traits: facts.traits.or(what), ..facts }
}

fn without_escapes(facts: Facts) -> Facts {
    Facts { backslashed: Escaped::default(), doubled: Escaped::default(), ..facts }
}

fn hex() -> Chars {
    Chars::range('0', '9').or(Chars::range('a', 'f')).or(Chars::range('A', 'F'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(encodings: &[Encoding]) -> Facts {
        encodings.iter().fold(Facts::raw(), |facts, encoding| encoding.apply(facts))
    }

    /// What stands raw among `marks` after the encodings: `escaped` in backslashes or doubled, `gone` when it cannot occur.
    #[track_caller]
    fn check(encodings: &[Encoding], raw: &str, escaped: &str, gone: &str) {
        let facts = after(encodings);
        let set = Chars::of;
        assert_eq!(facts.raw_among(&format!("{raw}{escaped}{gone}")), set(raw), "raw after {encodings:?}");
        let shielded = facts.backslashed.0.or(facts.doubled.0).and(facts.chars);
        assert_eq!(shielded.and(set(escaped)), set(escaped), "escaped after {encodings:?}");
        assert_eq!(facts.chars.and(set(gone)), Chars::NONE, "gone after {encodings:?}");
    }

    #[test]
    fn each_encoding_leaves_what_it_leaves() {
        use Encoding as E;
        check(&[E::Html], "&;#\\`(=: ", "", "<>\"'");
        check(&[E::HtmlDouble], "&;'\\", "", "<>\"");
        check(&[E::HtmlNoQuotes], "&;\"'", "", "<>");
        check(&[E::Url], "%+.-_~aZ0", "", "<>\"'&/:\\ \n\0é");
        check(&[E::UrlPath], "%/.", "", "<>\"'&:\\ \n");
        check(&[E::Backslash], "<>`\n;", "'\"\\", "\0");
        check(&[E::SqlDoubled], "\"\\;", "'", "");
        check(&[E::SqlLiteral], "'", "", "");
        check(&[E::ShellWord], "'\\", "", "");
        check(&[E::ShellMarks], " \t'\"/", "$`;|&<>(){}*?\\\n", "");
        check(&[E::Json], "\"'</", "\\", "\n\r\0");
        check(&[E::JsonSlashes], "\"'<", "\\/", "\n\r\0");
        check(&[E::Base64], "aZ0+/=-_", "", "<>\"'&\\ .:%");
        check(&[E::Hex], "af09", "", "gz<>\"'&/ .-");
        check(&[E::Number], "0.-+eE", "", "af<>\"'&/ ;");
        check(&[E::Integer], "09-", "", "+.e \"'");
        check(&[E::Boolean], "Tf1", "", "<>\"' /.:");
        check(&[E::Basename], ".:'\"", "", "/\\");
        check(&[E::LdapFilter], ",+=<", "\\", "()*\0");
        check(&[E::LdapName], "()*", ",+\"\\<>;=", "\0");
        check(&[E::RegexQuote], "\"' \n", ".*+?{}()[]|^$\\", "");
        check(&[E::StripTags], ">\"'&", "", "<");
        check(&[E::HeaderLine], "<:; ", "", "\r\n\0");
        check(&[E::Word], "aZ0_", "", "- .é");
        check(&[E::Uuid], "af0-", "", "g_ ");
        check(&[E::Slug], "aZ0_-", "", ". /");
        check(&[E::Email], "aZ0@.'`&", "", "\"<>/\\ \n:()");
    }

    #[test]
    fn the_order_of_encodings_counts() {
        use Encoding as E;
        let quote = Chars::of("'");
        assert_eq!(after(&[E::Backslash, E::Html]).backslashed.0.and(quote), quote);
        assert_eq!(after(&[E::Html, E::Backslash]).backslashed.0.and(quote), Chars::NONE);
        assert!(after(&[E::Json, E::Html]).traits.has(Traits::JSON));
        // What `addslashes` did to `/` of JSON is undone by a second one.
        check(&[E::JsonSlashes, E::Backslash], "/", "'\"\\", "");
    }

    #[test]
    fn what_holds_nothing_to_encode_stays_what_it_is() {
        let word = Encoding::Word.apply(Facts::raw());
        for encoding in [Encoding::Html, Encoding::Url, Encoding::Backslash, Encoding::RegexQuote, Encoding::Slug] {
            assert_eq!(encoding.apply(word), word, "{encoding:?}");
        }
        let number = Encoding::Number.apply(Facts::raw());
        assert_eq!(Encoding::Json.apply(number), number);
    }

    #[test]
    fn decoding_makes_raw_data() {
        assert_eq!(after(&[Encoding::Number, Encoding::Decode]), Facts::raw());
    }
}
