//! Where everything stands inside: a job and its policy become an [`Order`].
//!
//! The tree: `/usr/lib` and its sisters as they are; an interpreter that is not the system's in `/python`, a virtual
//! environment rebuilt in `/venv` (so no name of a home folder shows); `/job` with the program, `/modules/N`, the job's
//! folders where it wants them; `/own/work`, where the program starts, `/own/tmp` and `/own/shm` behind
//! `/tmp` and `/dev/shm`. There is no `/proc`, no `/sys`, no `/etc` but the loader's cache, and no shell.

mod plain;
mod tree;

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::collect::Collection;
use crate::helper::{filter, privileges, rights};
use crate::incident::HOOK;
use crate::job::{Job, PlacedFile};
use crate::order::{Limits, Mount, MountKind, Order};
use crate::{Error, Part, Policy};
use tree::Tree;

/// Places that a job's folders must not cover.
const TAKEN: [&str; 12] =
    ["packages", "usr", "lib", "lib32", "lib64", "dev", "job", "own", "python", "venv", "modules", "run"];

/// The sandbox's own modules.
const OURS: &str = "/run/codeproof";

/// What the user installed for the interpreter.
const OWN_PACKAGES: &str = "/packages";

/// The warm server's program.
const SERVER: &str = include_str!("warm_server.py");

/// The smallest scratch folder: one page.
const SCRATCH_BYTES_MIN: u64 = 4096;

/// Where the program starts.
pub(crate) const WORK: &str = "/own/work";

/// Lays everything out.
pub(crate) fn order(job: &Job, policy: &Policy, missing: &[Part]) -> Result<Order, Error> {
    if missing.contains(&Part::MountNamespace) {
        return plain::order(job, policy, missing);
    }
    let mut tree = Tree::default();
    tree.system();
    let interpreter = tree.python(&job.python)?;
    tree.files.push((format!("{OURS}/sitecustomize.py"), HOOK.as_bytes().to_vec()));
    for (host, inside) in job.modules.iter().zip(modules(job)) {
        tree.mounts.push(mount(&absolute(host)?, &inside, MountKind::Folder));
    }
    for folder in &job.folders {
        tree.mounts.push(mount(&absolute(&folder.host)?, &free_place(&folder.inside)?, MountKind::Folder));
    }
    let placed = placed(job, policy)?;
    tree.files.extend(placed.files);
    let mut command = vec![interpreter, "-s".to_owned(), "-B".to_owned(), placed.program];
    command.extend(job.arguments.iter().cloned());
    Ok(Order {
        mounts: tree.mounts,
        links: tree.links,
        files: tree.files,
        executables: tree.executables,
        collection: placed.collection,
        command,
        environment: environment(job, &placed.modules),
        limits: placed.limits,
        user: privileges::private_user(),
        missing: missing.to_vec(),
        room: None,
        is_server: false,
    })
}

/// Lays out the warm server for jobs like this one: the same tree, with the server's program in place of the job's. The
/// job's modules are not on its path, because it must not import anything of theirs.
pub(crate) fn server_order(job: &Job, policy: &Policy, missing: &[Part], preload: &[&str]) -> Result<Order, Error> {
    let empty = PlacedFile { name: "none.py".to_owned(), content: Vec::new() };
    let bare = Job {
        program: empty,
        support: Vec::new(),
        scratch: Vec::new(),
        collect: Vec::new(),
        arguments: Vec::new(),
        ..job.clone()
    };
    let mut order = order(&bare, policy, missing)?;
    let rules: Vec<(String, u64)> =
        rights::table(&order).into_iter().map(|(place, access)| (place, access.bits())).collect();
    let setting = serde_json::json!({
        "preload": preload,
        "rules": rules,
        "weaker": missing.iter().map(|part| part.name()).collect::<Vec<_>>(),
    })
    .to_string();
    let filter = filter::bytes().map_err(Error::Layout)?;
    let server = format!("{OURS}/warm_server.py");
    order.files.push((format!("{OURS}/setting.json"), setting.into_bytes()));
    order.files.push((format!("{OURS}/filter.bin"), filter));
    order.files.push((server.clone(), SERVER.as_bytes().to_vec()));
    order.command.pop();
    order.command.push(server);
    order.environment = environment(job, &[]);
    order.is_server = true;
    Ok(order)
}

/// What is a single run's, not its tree's.
pub(crate) struct Placed {
    /// Where the program is.
    pub(crate) program: String,
    /// The job's files with their places.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Folders with modules.
    pub(crate) modules: Vec<String>,
    /// What comes back.
    pub(crate) collection: Collection,
    pub(crate) limits: Limits,
}

/// Places a job's files.
pub(crate) fn placed(job: &Job, policy: &Policy) -> Result<Placed, Error> {
    let mut names = BTreeSet::new();
    let mut files = Vec::new();
    let beside = job.support.iter().chain([&job.program]).map(|file| ("/job", file));
    for (root, file) in beside.chain(job.scratch.iter().map(|file| (WORK, file))) {
        let place = format!("{root}/{}", plain_name(&file.name)?);
        if !names.insert(place.clone()) {
            return Err(Error::Layout(format!("two files are called {place}")));
        }
        files.push((place, file.content.clone()));
    }
    Ok(Placed {
        program: format!("/job/{}", job.program.name),
        files,
        modules: modules(job),
        collection: Collection::new(&job.collect, policy)?,
        limits: Limits {
            cpu_seconds: policy.cpu_seconds,
            memory_bytes: policy.memory_bytes,
            processes: policy.processes,
            // A file system in memory takes a size of 0 as "no limit".
            scratch_bytes: policy.scratch_bytes.max(SCRATCH_BYTES_MIN),
        },
    })
}

fn modules(job: &Job) -> Vec<String> {
    (0..job.modules.len()).map(|number| format!("/modules/{number}")).collect()
}

/// The variables of every run: nothing of the caller's, results that do not depend on the machine, one thread.
fn environment(job: &Job, modules: &[String]) -> Vec<(String, String)> {
    let visible = job.folders.iter().map(|folder| folder.inside.as_str()).collect::<Vec<_>>().join(":");
    let own = job.python.own_packages.as_ref().map(|_| OWN_PACKAGES);
    let path = [OURS].into_iter().chain(modules.iter().map(String::as_str)).chain(own).collect::<Vec<_>>().join(":");
    let fixed = [
        ("HOME", "/own/tmp"),
        ("LANG", "C.UTF-8"),
        ("LC_ALL", "C.UTF-8"),
        ("TZ", "UTC"),
        ("PATH", "/nonexistent"),
        ("PYTHONHASHSEED", "0"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("OPENBLAS_NUM_THREADS", "1"),
        ("OMP_NUM_THREADS", "1"),
        ("MKL_NUM_THREADS", "1"),
        ("MPLBACKEND", "Agg"),
        ("LD_LIBRARY_PATH", "/python/lib"),
        ("CODEPROOF_VISIBLE", &visible),
        ("PYTHONPATH", &path),
    ];
    let mut all: Vec<(String, String)> =
        fixed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    all.extend(job.environment.iter().cloned());
    all
}

fn mount(host: &Path, inside: &str, kind: MountKind) -> Mount {
    Mount { host: host.to_owned(), inside: inside.to_owned(), kind }
}

/// A folder of the caller's as the helper finds it, which works elsewhere.
fn absolute(folder: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(folder).map_err(|error| Error::Layout(format!("{}: {error}", folder.display())))
}

/// A folder's place: absolute, without `..`, and not where something else stands.
fn free_place(inside: &str) -> Result<String, Error> {
    let path = Path::new(inside);
    let parts: Vec<Component<'_>> = path.components().skip(1).collect();
    let is_plain = path.is_absolute() && parts.iter().all(|part| matches!(part, Component::Normal(_)));
    let is_taken = parts.first().is_none_or(|first| TAKEN.iter().any(|name| first.as_os_str() == *name));
    if !is_plain || is_taken || inside.contains(':') {
        return Err(Error::Layout(format!("a folder cannot stand at {inside:?}")));
    }
    Ok(inside.trim_end_matches('/').to_owned())
}

/// A relative name without `..`.
pub(crate) fn plain_name(name: &str) -> Result<&str, Error> {
    let is_plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if !is_plain || name.is_empty() || name.contains('\0') {
        return Err(Error::Layout(format!("{name:?} is no name of a file")));
    }
    Ok(name)
}
