//! The parts of the isolation, each with what it keeps away.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One part of the isolation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A user of its own, without any right over this machine. All other namespaces need it.
    UserNamespace,
    /// A tree of files of its own.
    MountNamespace,
    /// Processes of its own, which all end with the first.
    PidNamespace,
    /// No network, not even this machine's.
    NetNamespace,
    /// No shared memory or queues of others.
    IpcNamespace,
    /// A host name of its own.
    UtsNamespace,
    /// Rights on files, checked by the kernel whatever is mounted.
    Landlock,
    /// The system calls that may be made.
    Seccomp,
    /// Limits of each process.
    Limits,
    /// Limits of all processes together, where a control group is delegated. Never required.
    ControlGroup,
}

impl Part {
    /// All parts, in the order in which they are entered.
    pub const ALL: [Self; 10] = [
        Self::UserNamespace,
        Self::MountNamespace,
        Self::PidNamespace,
        Self::NetNamespace,
        Self::IpcNamespace,
        Self::UtsNamespace,
        Self::Landlock,
        Self::Seccomp,
        Self::Limits,
        Self::ControlGroup,
    ];

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserNamespace => "user",
            Self::MountNamespace => "mount",
            Self::PidNamespace => "pid",
            Self::NetNamespace => "net",
            Self::IpcNamespace => "ipc",
            Self::UtsNamespace => "uts",
            Self::Landlock => "landlock",
            Self::Seccomp => "seccomp",
            Self::Limits => "limits",
            Self::ControlGroup => "cgroup",
        }
    }

    /// The part with that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// What it keeps away, as a sentence without its full stop.
    fn keeps(self) -> &'static str {
        match self {
            Self::UserNamespace => "the program has a user without rights over this machine",
            Self::MountNamespace => "the program sees only the files it needs, read-only",
            Self::PidNamespace => "the program sees no other process, and all of its own end with it",
            Self::NetNamespace => "the program has no network, not even this machine's",
            Self::IpcNamespace => "the program shares no memory and no queue with others",
            Self::UtsNamespace => "the program does not learn this machine's name",
            Self::Landlock => "the kernel checks rights on files whatever is mounted",
            Self::Seccomp => "the program can make only the system calls an interpreter needs",
            Self::Limits => "CPU, address space, processes and files of each process are bounded",
            Self::ControlGroup => "the kernel bounds memory and number of all processes together",
        }
    }

    /// The parts that are namespaces.
    pub(crate) const NAMESPACES: [Self; 6] = [
        Self::UserNamespace,
        Self::MountNamespace,
        Self::PidNamespace,
        Self::NetNamespace,
        Self::IpcNamespace,
        Self::UtsNamespace,
    ];

    /// What somebody can do whose machine refuses it.
    pub(crate) fn way_out(self) -> String {
        match self {
            Self::UserNamespace | Self::MountNamespace | Self::PidNamespace => {
                "`--allow-weaker user,mount,pid,net,ipc,uts` runs without namespaces, behind Landlock, the filter of \
                 system calls and limits"
                    .to_owned()
            }
            _ => format!("`--allow-weaker {self}` runs without it"),
        }
    }

    /// Whether a run is refused where it is missing and nobody named it.
    pub fn is_required(self) -> bool {
        self != Self::ControlGroup
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Whether this kernel, for this user, has a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartStatus {
    /// The part.
    pub part: Part,
    /// Whether it was entered when it was tried.
    pub available: bool,
    /// One sentence: what it keeps away, or why it is missing and what would help.
    pub sentence: String,
}

impl PartStatus {
    /// What was found when the part was tried, in a sentence.
    pub(crate) fn of(part: Part, tried: &[(Part, Result<String, String>)]) -> Self {
        let found = tried.iter().find(|(tried, _)| *tried == part).map(|(_, result)| result);
        let keeps = part.keeps();
        let (available, sentence) = match found {
            Some(Ok(more)) if more.is_empty() => (true, keeps.to_owned()),
            Some(Ok(more)) => (true, format!("{keeps} ({more})")),
            Some(Err(why)) => (false, format!("not available: {why}")),
            None if part == Part::ControlGroup => {
                (false, "no group is delegated: the caller's watch bounds memory of all processes together".to_owned())
            }
            None => (false, keeps.to_owned()),
        };
        Self { part, available, sentence }
    }
}
