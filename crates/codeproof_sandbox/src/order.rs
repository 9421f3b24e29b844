//! What the caller, the helper's outer process and its inner process tell each other. All three are this same program.
//!
//! A frame is a length (`u32`, little endian) and that many bytes of postcard. The caller sends an [`Order`] to the outer
//! process, which hands it to the inner one; each answers with one [`Report`]. The inner process answers only when
//! something failed: its end of the socket closes when the interpreter takes its place.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Part;
use crate::collect::{Collection, Found};

/// The longest frame: programs and their files are text of a few megabytes at most.
const FRAME_BYTES_MAX: usize = 256 << 20;

/// Everything the helper has to know.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// What is to be mounted, parents before children.
    pub(crate) mounts: Vec<Mount>,
    /// Links in the new tree: where, and what they lead to.
    pub(crate) links: Vec<(String, String)>,
    /// Files to be written: absolute places inside.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Files the kernel may execute: the interpreter and the loader.
    pub(crate) executables: Vec<String>,
    /// What comes back from the scratch folder.
    pub(crate) collection: Collection,
    /// The interpreter and its arguments.
    pub(crate) command: Vec<String>,
    /// All variables.
    pub(crate) environment: Vec<(String, String)>,
    /// Limits of each process and of the scratch folder.
    pub(crate) limits: Limits,
    /// Who the program is when the caller is root.
    pub(crate) user: u32,
    /// Parts that this run does without.
    pub(crate) missing: Vec<Part>,
    /// The folder that stands in for a tree of its own where namespaces are missing; the places above are below it then,
    /// and those of mounts are the machine's.
    pub(crate) room: Option<String>,
    /// Whether the command is the warm server, which keeps rights over its namespaces and isolates each run itself.
    pub(crate) is_server: bool,
}

/// Limits that the kernel keeps.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Limits {
    pub(crate) cpu_seconds: u64,
    pub(crate) memory_bytes: u64,
    pub(crate) processes: u64,
    pub(crate) scratch_bytes: u64,
}

/// One thing of this machine in the new tree.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Mount {
    /// Where it is.
    pub(crate) host: PathBuf,
    /// Where it is inside.
    pub(crate) inside: String,
    /// What it is.
    pub(crate) kind: MountKind,
}

/// What a mount is; folders and files are read-only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MountKind {
    Folder,
    File,
    Device,
}

/// Each part with what was found, or why it is missing.
pub(crate) type Tried = Vec<(Part, Result<String, String>)>;

/// What a helper's process answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Report {
    /// The kernel refused a part.
    Refused { part: Part, why: String },
    /// A step failed.
    Failed { step: String, why: String },
    /// The program ended.
    Ended {
        /// As `wait` gives it.
        raw_status: i32,
        cpu_micros: u64,
        peak_bytes: u64,
        files: Vec<Found>,
    },
    /// What was found when every part was tried.
    Tried(Tried),
}

/// Writes one frame.
pub(crate) fn send<T: Serialize>(mut to: impl Write, value: &T) -> io::Result<()> {
    let bytes = postcard::to_stdvec(value).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&bytes)
}

/// Reads one frame. `None` when the other side closed without one.
pub(crate) fn receive<T: DeserializeOwned>(mut from: impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > FRAME_BYTES_MAX {
        return Err(io::Error::other("a frame is too long"));
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    postcard::from_bytes(&bytes).map(Some).map_err(io::Error::other)
}
