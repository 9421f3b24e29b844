//! Where everything stands inside: a job and its policy become an [`Order`].
//!
//! The tree: `/usr/lib` and its sisters as they are; an interpreter that is not the system's in `/python`, a virtual
//! environment rebuilt in `/venv` (so no name of a home folder shows); `/job` with the program, `/modules/N`, the job's
//! folders where it wants them; `/own/work`, where the program starts, `/own/tmp` and `/own/shm` behind
//! `/tmp` and `/dev/shm`. There is no `/proc`, no `/sys`, no `/etc` but the loader's cache, and no shell.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::collect::Collection;
use crate::helper::{filter, rights};
use crate::incident::HOOK;
use crate::job::{Job, PlacedFile};
use crate::order::{Limits, Mount, MountKind, Order};
use crate::{Error, Policy, Python};

/// Folders and files of the system that a dynamically linked interpreter needs.
const SYSTEM: [&str; 8] =
    ["/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache"];

const DEVICES: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// What the kernel starts before a dynamically linked program, on the architectures and C libraries we know.
const LOADERS: [&str; 6] = [
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib64/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];

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
pub(crate) fn order(job: &Job, policy: &Policy) -> Result<Order, Error> {
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
        allow_weaker: policy.allow_weaker.clone(),
        is_server: false,
    })
}

/// Lays out the warm server for jobs like this one: the same tree, with the server's program in place of the job's. The
/// job's modules are not on its path, because it must not import anything of theirs.
pub(crate) fn server_order(job: &Job, policy: &Policy, preload: &[&str]) -> Result<Order, Error> {
    let empty = PlacedFile { name: "none.py".to_owned(), content: Vec::new() };
    let bare = Job {
        program: empty,
        support: Vec::new(),
        scratch: Vec::new(),
        collect: Vec::new(),
        arguments: Vec::new(),
        ..job.clone()
    };
    let mut order = order(&bare, policy)?;
    let rules: Vec<(String, u64)> =
        rights::table(&order).into_iter().map(|(place, access)| (place, access.bits())).collect();
    let setting = serde_json::json!({
        "preload": preload,
        "rules": rules,
        "weaker": policy.allow_weaker.iter().map(|part| part.name()).collect::<Vec<_>>(),
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

/// The new tree while it is put together.
#[derive(Default)]
struct Tree {
    mounts: Vec<Mount>,
    links: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
    executables: Vec<String>,
}

impl Tree {
    /// Libraries and devices. Folders that are links here (`/lib` on most systems) are links there.
    fn system(&mut self) {
        for name in SYSTEM {
            let path = Path::new(name);
            match fs::symlink_metadata(path) {
                Ok(about) if about.is_symlink() => {
                    if let Ok(target) = fs::read_link(path) {
                        self.links.push((name.to_owned(), target.to_string_lossy().into_owned()));
                    }
                }
                Ok(about) if about.is_dir() => self.mounts.push(mount(path, name, MountKind::Folder)),
                Ok(_) => self.mounts.push(mount(path, name, MountKind::File)),
                Err(_) => {}
            }
        }
        self.mounts.extend(DEVICES.map(|name| mount(Path::new(name), name, MountKind::Device)));
        self.links.push(("/tmp".to_owned(), "/own/tmp".to_owned()));
        self.links.push(("/dev/shm".to_owned(), "/own/shm".to_owned()));
        self.executables.extend(LOADERS.map(str::to_owned).into_iter().filter(|name| Path::new(name).exists()));
    }

    /// The interpreter and its packages; gives the path to start it with.
    fn python(&mut self, python: &Python) -> Result<String, Error> {
        let executable = self.installation(python)?;
        self.executables.push(executable.clone());
        if let Some(packages) = &python.own_packages {
            self.mounts.push(mount(packages, OWN_PACKAGES, MountKind::Folder));
        }
        if !python.is_environment() {
            let own: Vec<&PathBuf> =
                python.packages.iter().filter(|path| !path.starts_with(&python.base_prefix)).collect();
            return own.first().map_or(Ok(executable), |path| {
                Err(Error::Layout(format!("the interpreter's packages are outside its folder: {}", path.display())))
            });
        }
        let packages = python.packages.iter().find(|path| path.starts_with(&python.prefix));
        let settings = fs::read_to_string(python.prefix.join("pyvenv.cfg")).unwrap_or_default();
        let system_packages = settings
            .lines()
            .filter_map(|line| line.split_once('='))
            .any(|(key, value)| key.trim() == "include-system-site-packages" && value.trim() == "true");
        let home = parent(&executable);
        let text = format!("home = {home}\ninclude-system-site-packages = {system_packages}\n");
        self.files.push(("/venv/pyvenv.cfg".to_owned(), text.into_bytes()));
        self.links.push(("/venv/bin/python".to_owned(), executable));
        if let Some(packages) = packages {
            let inside = format!("/venv/lib/python{}/site-packages", python.version);
            self.mounts.push(mount(packages, &inside, MountKind::Folder));
        }
        Ok("/venv/bin/python".to_owned())
    }

    /// Where the binary and the standard library stand; gives the binary's path inside.
    fn installation(&mut self, python: &Python) -> Result<String, Error> {
        let base = &python.base_prefix;
        if base == Path::new("/usr") || base == Path::new("/usr/local") {
            let inside = text_of(&python.executable)?;
            if !inside.starts_with("/usr/") {
                return Err(Error::Layout(format!("the interpreter {inside} is not in /usr")));
            }
            if !SYSTEM.iter().any(|folder| python.executable.starts_with(folder)) {
                self.mounts.push(mount(&python.executable, &inside, MountKind::File));
            }
            return Ok(inside);
        }
        let below = python.executable.strip_prefix(base).map_err(|_| {
            let binary = python.executable.display();
            Error::Layout(format!("the interpreter {binary} is not in its own folder, {}", base.display()))
        })?;
        self.mounts.push(mount(base, "/python", MountKind::Folder));
        Ok(format!("/python/{}", text_of(below)?))
    }
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

fn text_of(path: &Path) -> Result<String, Error> {
    path.to_str().map(str::to_owned).ok_or_else(|| Error::Layout(format!("{} is not UTF-8", path.display())))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(head, _)| head)
}
