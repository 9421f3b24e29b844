//! Findings: what was found, how sure we are, and the words used for it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Evidence, Judgement, Location, RepoPath};

/// A vulnerability, weakness or note, with the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Row id; `None` until it is stored.
    pub id: Option<FindingId>,
    /// Identity across scans and line shifts.
    pub fingerprint: Fingerprint,
    /// The rule that fired.
    pub rule_id: String,
    /// A few words: what it is.
    pub title: String,
    /// Impact, whatever the tier.
    pub severity: Severity,
    /// How strong the proof is.
    pub tier: Tier,
    /// The weakness class; `None` for notes.
    pub cwe: Option<Cwe>,
    /// Seed 004's category, for secrets, keys and environment files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Who found it; never changes.
    pub origin: Origin,
    /// How sure the finder is.
    pub confidence: Confidence,
    /// The place of harm.
    pub location: Location,
    /// Quotes, in the order of the story; the sink is among them.
    pub evidence: Vec<Evidence>,
    /// What is wrong here and why it matters.
    pub message: String,
    /// What to do instead.
    pub remediation: String,
    /// Votes of models, shown beside a detector's finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<Votes>,
    /// Names of the models that reported it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_models: Vec<String>,
    /// Every vote with its reason, when models were asked to judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
    /// Where the finding is in its life.
    pub state: State,
    /// Why it is suppressed, when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppression: Option<Suppression>,
    /// What is known of the secret, for secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretInfo>,
    /// How it stands to the baseline; `None` when the report was compared with nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_state: Option<BaselineState>,
}

impl Finding {
    /// Order of findings in every report: as a person reads the files, the same from run to run.
    pub fn report_order(&self) -> impl Ord + '_ {
        let place = &self.location;
        (&place.path, place.first_line, place.first_column, &self.rule_id, &self.fingerprint)
    }
}

/// Row id of a stored finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FindingId(pub i64);

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A word that is not in its list, with the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not {what}; use one of {}", known.join(", "))]
pub struct UnknownWord {
    /// The word given.
    pub word: String,
    /// What it should have been, with its article.
    pub what: &'static str,
    /// The words that are.
    pub known: Vec<&'static str>,
}

impl UnknownWord {
    /// Describes `word`, which should have been `what`, one of `known`.
    pub fn new(word: &str, what: &'static str, known: &[&'static str]) -> Self {
        Self { word: word.to_owned(), what, known: known.to_vec() }
    }
}

/// Declares an enum of lower-case words with its wire form, `Display` and `FromStr`.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $what:literal { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every value, from the lowest to the highest.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, crate::UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.name() == word)
                    .ok_or_else(|| crate::UnknownWord::new(word, $what, &[$($word),+]))
            }
        }
    };
}

pub(crate) use words;

words! {
    /// Impact if the finding is real, lowest first.
    Severity, "a severity" {
        /// Worth knowing; nothing to mend at once.
        Info = "info",
        /// Little impact.
        Low = "low",
        /// Limited impact, or impact under conditions.
        Medium = "medium",
        /// Serious impact.
        High = "high",
        /// Full compromise, or a live credential.
        Critical = "critical",
    }
}

impl Severity {
    /// A number GitHub sorts by (`security-severity`, 0.0-10.0): critical over 9.0, high 7.0-8.9, medium 4.0-6.9,
    /// low under 4.0, as GitHub's code-scanning documentation cuts them.
    pub fn score(self) -> &'static str {
        match self {
            Self::Critical => "9.5",
            Self::High => "8.0",
            Self::Medium => "5.5",
            Self::Low => "2.5",
            Self::Info => "0.0",
        }
    }
}

words! {
    /// How strong the proof is.
    Tier, "a tier" {
        /// The shape of a sink without a known source.
        Weakness = "weakness",
        /// A full chain from source to sink, or a misuse that is wrong in every context.
        Vulnerability = "vulnerability",
    }
}

words! {
    /// Who found it; a finding carries this for life.
    Origin, "an origin" {
        /// A deterministic engine.
        Detector = "detector",
        /// A model's draft of one chunk, anchored to the file.
        Draft = "draft",
        /// A model's broad scan, anchored to the file.
        Broad = "broad",
    }
}

words! {
    /// How sure the finder is: a tier, never a made-up percentage.
    Confidence, "a confidence" {
        /// Not judged.
        None = "none",
        /// Often wrong.
        Low = "low",
        /// Usually right.
        Medium = "medium",
        /// Almost never wrong.
        High = "high",
    }
}

words! {
    /// Where a finding is in its life.
    State, "a state" {
        /// Found and not answered.
        Open = "open",
        /// Accepted by a comment or setting, with its reason kept.
        Suppressed = "suppressed",
        /// Judged wrong.
        Rejected = "rejected",
        /// A draft nobody has judged yet.
        Unverified = "unverified",
        /// No longer there.
        Fixed = "fixed",
    }
}

words! {
    /// How a finding stands to the baseline of its report: SARIF's words (section 3.27.24).
    BaselineState, "a baseline state" {
        /// Not in the baseline, or accepted there and open again.
        New = "new",
        /// In the baseline as well.
        Unchanged = "unchanged",
        /// In the baseline, looked for again, and no longer there; its state is [`State::Fixed`].
        Absent = "absent",
    }
}

words! {
    /// Seed 004's categories that a scan of a tree can report.
    Category, "a category" {
        /// A credential in a file.
        SecretExposure = "secret_exposure",
        /// A private key in a file.
        PrivateKeyExposed = "private_key_exposed",
        /// An environment file with real values.
        EnvLeaked = "env_leaked",
    }
}

/// A Common Weakness Enumeration number; `CWE-89` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cwe(pub u32);

impl fmt::Display for Cwe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CWE-{}", self.0)
    }
}

impl FromStr for Cwe {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.strip_prefix("CWE-")
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or_else(|| format!("{text:?} is not a CWE; write it as CWE-89"))
    }
}

impl Serialize for Cwe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cwe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What several models said of a finding: counts, so a percentage of them is honest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Votes {
    /// Votes for a real vulnerability.
    pub verify: u32,
    /// Votes for a weakness.
    pub weakness: u32,
    /// Votes against.
    pub reject: u32,
    /// Models that could not say.
    pub abstain: u32,
}

/// Why a finding is suppressed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Suppression {
    /// The marker that did it, such as `codeproof: ignore`, `gitleaks:allow`, `nosec`.
    pub marker: String,
    /// The reason given beside it; empty when none was.
    pub reason: String,
    /// The 1-based line of the marker.
    pub line: u32,
}

/// What may be told of a secret: its kind and a salted hash, never a part beyond its published prefix.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SecretInfo {
    /// The kind, such as `github-pat`.
    pub kind: String,
    /// Keyed BLAKE3 of the secret with this installation's salt, 32 hexadecimal digits: equal secrets, equal hashes.
    pub salted_hash: String,
}

/// Identity of a finding across scans: 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

/// What a fingerprint is made of; no line number, so that moved code keeps its history.
#[derive(Debug, Clone, Copy)]
pub struct FingerprintParts<'a> {
    /// The rule.
    pub rule_id: &'a str,
    /// The file.
    pub path: &'a RepoPath,
    /// Qualified name of the innermost symbol around the finding; empty at file level.
    pub symbol: &'a str,
    /// Text of the finding's first line, secrets masked; blanks are folded here.
    pub line_text: &'a str,
    /// 0-based number among findings whose other parts are equal, in file order.
    pub ordinal: usize,
}

impl Fingerprint {
    /// Hashes the parts, each with its length before it so that no two lists of parts run together.
    pub fn of(parts: FingerprintParts<'_>) -> Self {
        let folded = parts.line_text.split_whitespace().collect::<Vec<_>>().join(" ");
        let ordinal = parts.ordinal.to_string();
        let mut hasher = blake3::Hasher::new();
        for part in [parts.rule_id, parts.path.as_str(), parts.symbol, &folded, &ordinal] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self(hasher.finalize().to_hex()[..32].to_owned())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Fingerprint {
    /// Takes the digits as they were stored.
    fn from(digits: String) -> Self {
        Self(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>(path: &'a RepoPath, line_text: &'a str) -> FingerprintParts<'a> {
        FingerprintParts { rule_id: "r", path, symbol: "f", line_text, ordinal: 0 }
    }

    #[test]
    fn fingerprint_folds_blanks_and_separates_parts() {
        let path = RepoPath::new("a.c").unwrap();
        let base = Fingerprint::of(parts(&path, "gets(x);"));
        assert_eq!(base, Fingerprint::of(parts(&path, "\t  gets(x); ")));
        assert_ne!(base, Fingerprint::of(FingerprintParts { ordinal: 1, ..parts(&path, "gets(x);") }));
        assert_ne!(
            Fingerprint::of(FingerprintParts { symbol: "fa", ..parts(&path, "b") }),
            Fingerprint::of(FingerprintParts { symbol: "f", ..parts(&path, "ab") }),
        );
    }

    #[test]
    fn words_go_both_ways() {
        assert_eq!("high".parse::<Severity>().unwrap(), Severity::High);
        assert_eq!(serde_json::to_string(&Tier::Weakness).unwrap(), "\"weakness\"");
        let error = "hihg".parse::<Severity>().unwrap_err().to_string();
        assert_eq!(error, "\"hihg\" is not a severity; use one of info, low, medium, high, critical");
        assert!("89".parse::<Cwe>().is_err());
    }
}
