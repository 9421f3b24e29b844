//! What an inspection says: levels, threats, the score, and what to do. The field names are the wire format and the
//! columns of the table `security_analyses` (seed 001, section 5).

use serde::{Deserialize, Serialize};

/// How much harm a piece of code could do if nothing held it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Computes on the data it is given, reads the data folder, prints.
    Safe,
    /// Harmless, and worth a line: a GET to a fixed host, a result file in the working folder, sleeping, threads.
    Low,
    /// Wants a reader: SQL from text, a fixed command, a pickle of its own, switched-off TLS checks.
    Medium,
    /// Does not run without approval: a shell with variable input, data posted, files outside the working folder.
    High,
    /// Malicious, or execution that is hidden: needs to be allowed by name.
    Critical,
}

impl Level {
    /// The level's word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Probability-like weight of one threat of this level in the score; see [`risk_score`].
    fn weight(self) -> f64 {
        match self {
            Self::Safe => 0.0,
            Self::Low => 0.05,
            Self::Medium => 0.30,
            Self::High => 0.65,
            Self::Critical => 0.95,
        }
    }
}

/// What kind of harm a threat is. The first four are seed 001's words.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreatType {
    /// Code that is hidden, made at run time, or that nothing honest would do.
    MaliciousCode,
    /// Something private leaves the machine, or is shown.
    DataExfiltration,
    /// Processes, files outside the working folder, the interpreter, the kernel.
    SystemAccess,
    /// Use of a service or of the network.
    ApiAbuse,
    /// Text that becomes code.
    CodeExecution,
    /// Bytes that become objects with behaviour.
    UnsafeDeserialization,
    /// Files in the working folder.
    FileAccess,
    /// A thing that starts again by itself.
    Persistence,
    /// Memory, processes or time without bound.
    ResourceExhaustion,
    /// A password or key in the text, or one that is read.
    Credential,
}

/// One thing the code can do.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Threat {
    /// What kind of harm.
    #[serde(rename = "type")]
    pub threat_type: ThreatType,
    /// How bad; never [`Level::Safe`].
    pub severity: Level,
    /// The line it begins on, 1-based.
    pub line: u32,
    /// That line as it stands in the file, without the space around it, at most [`SNIPPET_CHARACTERS_MAX`] characters.
    pub snippet: String,
    /// One sentence: what it does and how that was seen.
    pub why: String,
    /// What to do instead.
    pub mitigation: String,
}

/// Characters of a line that are quoted at most.
pub const SNIPPET_CHARACTERS_MAX: usize = 160;

/// Threats of one file that are kept, the worst first; the level and the score count all of them.
pub const THREATS_MAX: usize = 500;

/// What the inspection of one file found.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Inspection {
    /// The worst severity of all threats; [`Level::Safe`] without any.
    pub level: Level,
    /// 0 (nothing) to 1; see [`risk_score`].
    pub risk_score: f64,
    /// False for critical files: running one has to be allowed by name. The sandbox holds either way.
    pub execution_allowed: bool,
    /// Everything found, in the order of lines, the worse one first on the same line.
    pub threats_detected: Vec<Threat>,
    /// What to do, the most urgent first, each once.
    pub security_recommendations: Vec<String>,
}

impl Inspection {
    /// Puts threats in order and draws the conclusions from them.
    pub(super) fn of(mut threats: Vec<Threat>) -> Self {
        threats.sort_by(|one, other| {
            let by_line = one.line.cmp(&other.line).then(other.severity.cmp(&one.severity));
            by_line.then(one.threat_type.cmp(&other.threat_type)).then_with(|| one.why.cmp(&other.why))
        });
        threats.dedup();
        let level = threats.iter().map(|threat| threat.severity).max().unwrap_or(Level::Safe);
        let risk_score = risk_score(&threats);
        if threats.len() > THREATS_MAX {
            threats.sort_by_key(|threat| std::cmp::Reverse(threat.severity));
            threats.truncate(THREATS_MAX);
            threats.sort_by_key(|threat| threat.line);
        }
        Self {
            level,
            risk_score,
            execution_allowed: level != Level::Critical,
            security_recommendations: recommendations(level, &threats),
            threats_detected: threats,
        }
    }
}

/// The score of a file: `1 - product(1 - weight)` over the lines that have a threat, each line with its worst one, rounded
/// to four digits. Weights: low 0.05, medium 0.30, high 0.65, critical 0.95. A second threat of a kind adds, but many
/// harmless ones never look like a bad one: all low threats together count at most 0.20, all medium ones 0.60.
pub fn risk_score(threats: &[Threat]) -> f64 {
    let mut worst_of_line = std::collections::BTreeMap::<u32, Level>::new();
    for threat in threats {
        let worst = worst_of_line.entry(threat.line).or_insert(Level::Safe);
        *worst = threat.severity.max(*worst);
    }
    let together = |level: Level| {
        let count = worst_of_line.values().filter(|&&worst| worst == level).count();
        1.0 - (1.0 - level.weight()).powi(i32::try_from(count).unwrap_or(i32::MAX))
    };
    let harmless = 1.0 - together(Level::Low).min(0.20);
    let doubtful = 1.0 - together(Level::Medium).min(0.60);
    let bad = (1.0 - together(Level::High)) * (1.0 - together(Level::Critical));
    ((1.0 - harmless * doubtful * bad) * 10_000.0).round() / 10_000.0
}

fn recommendations(level: Level, threats: &[Threat]) -> Vec<String> {
    let mut said = Vec::new();
    if level == Level::Critical {
        said.push(
            "do not run this file; read the critical lines first, and allow it by name only if you wrote them"
                .to_owned(),
        );
    }
    let mut worst_first: Vec<&Threat> = threats.iter().filter(|threat| threat.severity >= Level::Medium).collect();
    worst_first.sort_by_key(|threat| std::cmp::Reverse(threat.severity));
    for threat in worst_first {
        if !said.contains(&threat.mitigation) {
            said.push(threat.mitigation.clone());
        }
    }
    said
}
