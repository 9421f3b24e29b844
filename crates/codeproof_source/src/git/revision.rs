//! What a person may write for a branch, tag or commit, and the names that come near a wrong one.

use super::GitError;

/// Names suggested for one that does not exist.
const NEAR_MAX: usize = 3;

/// The longest revision that is looked at.
const CHARS_MAX: usize = 512;

/// A revision as `--ref` takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Revision {
    /// The server's own choice.
    Head,
    /// A whole object id, lower case.
    Id(String),
    /// `refs/…`, from the top.
    Full(String),
    /// A branch, a tag, or the end of a longer name.
    Name(String),
}

impl Revision {
    /// Reads `--ref`.
    ///
    /// # Errors
    /// When no branch, tag or commit can be called so.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, GitError> {
        let Some(text) = text else { return Ok(Self::Head) };
        check_characters(text)?;
        if is_object_id(text) {
            return Ok(Self::Id(text.to_ascii_lowercase()));
        }
        check_name(text)?;
        Ok(match text {
            "HEAD" => Self::Head,
            _ if text.starts_with("refs/") => Self::Full(text.to_owned()),
            _ => Self::Name(text.to_owned()),
        })
    }
}

/// Whether a text is a whole SHA-1 or SHA-256 object id.
pub(crate) fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a text could be the start of an object id.
pub(crate) fn is_abbreviated(text: &str) -> bool {
    (4..64).contains(&text.len()) && !is_object_id(text) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Refuses what git would take for an option, and what no revision of any kind holds.
pub(crate) fn check_characters(text: &str) -> Result<(), GitError> {
    let why = if text.is_empty() {
        "it is empty"
    } else if text.starts_with('-') {
        "it starts with a dash, which git would take for an option"
    } else if text.chars().any(char::is_control) {
        "it holds control characters"
    } else if text.chars().count() > CHARS_MAX {
        "it is too long"
    } else {
        return Ok(());
    };
    Err(GitError::RefusedRevision { revision: text.chars().take(80).collect(), why: why.to_owned() })
}

/// `git check-ref-format`, in one sentence: a colon or star would make it a refspec with another meaning.
fn check_name(text: &str) -> Result<(), GitError> {
    let is_strange = text.contains(['~', '^', ':', '?', '*', '[', '\\', ' '])
        || text.contains("..")
        || text.contains("@{")
        || text.contains("//")
        || text.starts_with('/')
        || text.ends_with(['/', '.'])
        || text == "@"
        || text.split('/').any(|part| part.starts_with('.') || part.ends_with(".lock"));
    if is_strange {
        let why = "give the name of a branch or tag, a full commit id, or a name such as refs/pull/7/head";
        return Err(GitError::RefusedRevision { revision: text.to_owned(), why: why.to_owned() });
    }
    Ok(())
}

/// What to try instead of a name that is not among `known` (full names of refs).
pub(crate) fn advice(wrong: &str, known: &[String]) -> String {
    if is_abbreviated(wrong) {
        return "it may be the start of a commit id: give all 40 characters, since servers do not look up short ones"
            .to_owned();
    }
    let short = |name: &str| {
        let name = name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/tags/")).unwrap_or(name);
        name.strip_prefix("refs/remotes/").unwrap_or(name).to_owned()
    };
    let mut near: Vec<(usize, String)> = known
        .iter()
        .map(|name| short(name))
        .map(|name| (strsim::damerau_levenshtein(&name.to_lowercase(), &wrong.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 2.max(wrong.len() / 3) || name.contains(wrong))
        .collect();
    near.sort();
    near.dedup();
    let names: Vec<String> = near.into_iter().take(NEAR_MAX).map(|(_, name)| name).collect();
    match names.as_slice() {
        [] if known.is_empty() => String::new(),
        [] => {
            let some: Vec<String> = known.iter().take(NEAR_MAX).map(|name| short(name)).collect();
            format!("it has, for example, {}", some.join(", "))
        }
        names => format!("did you mean {}?", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_told_apart() {
        let id = "0123456789abcdef0123456789ABCDEF01234567";
        for (text, expected) in [
            (id, Revision::Id(id.to_ascii_lowercase())),
            ("HEAD", Revision::Head),
            ("main", Revision::Name("main".to_owned())),
            ("feature/x", Revision::Name("feature/x".to_owned())),
            ("refs/pull/7/head", Revision::Full("refs/pull/7/head".to_owned())),
            ("abc1234", Revision::Name("abc1234".to_owned())),
        ] {
            assert_eq!(Revision::parse(Some(text)).ok(), Some(expected), "{text}");
        }
        assert_eq!(Revision::parse(None).ok(), Some(Revision::Head));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "-x",
            "--upload-pack=x",
            "a b",
            "a..b",
            "a:b",
            "+a*",
            "a~1",
            "HEAD^",
            "x.lock",
            "a/.b",
            "/a",
            "a/",
            "@",
            "a\nb",
            "a\\b",
            "@{1}",
        ] {
            assert!(matches!(Revision::parse(Some(text)), Err(GitError::RefusedRevision { .. })), "{text:?}");
        }
        assert!(Revision::parse(Some(&"x".repeat(600))).is_err());
    }

    #[test]
    fn near_names_are_suggested() {
        let known = ["refs/heads/main", "refs/heads/maint", "refs/tags/v1.0", "refs/tags/v1.1"].map(str::to_owned);
        assert_eq!(advice("mian", &known), "did you mean main, maint?");
        assert_eq!(advice("1.0", &known), "did you mean v1.0, v1.1?");
        assert_eq!(advice("something-else", &known), "it has, for example, main, maint, v1.0");
        assert_eq!(advice("x", &[]), "");
        assert!(advice("deadbeef", &known).contains("all 40 characters"));
    }
}
