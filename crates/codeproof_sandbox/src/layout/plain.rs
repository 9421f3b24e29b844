//! Where everything stands when namespaces are missing: the machine's own places, and a folder for what is the run's.
//! Nothing hides the rest of the machine here; Landlock closes it.

use std::fs;
use std::path::Path;

use super::tree::{DEVICES, LOADERS, SYSTEM};
use super::{OURS, absolute, environment, mount, placed};
use crate::helper::privileges;
use crate::incident::HOOK;
use crate::job::Job;
use crate::order::{Mount, MountKind, Order};
use crate::{Error, Part, Policy};

/// The folder in which each run gets one of its own.
const ROOMS: &str = "/tmp";

/// Lays out a run without namespaces.
pub(super) fn order(job: &Job, policy: &Policy, missing: &[Part]) -> Result<Order, Error> {
    let room = room()?;
    let placed = placed(job, policy)?;
    let within = |place: &str| format!("{room}{place}");
    let mut files: Vec<(String, Vec<u8>)> =
        placed.files.into_iter().map(|(place, content)| (within(&place), content)).collect();
    files.push((within(&format!("{OURS}/sitecustomize.py")), HOOK.as_bytes().to_vec()));
    let python = &job.python;
    let interpreter = match python.is_environment() {
        true => python.prefix.join("bin/python"),
        false => python.executable.clone(),
    };
    let mut modules = vec![within(OURS)];
    for folder in job.modules.iter().chain(&python.own_packages) {
        modules.push(absolute(folder)?.display().to_string());
    }
    let mut command =
        vec![interpreter.display().to_string(), "-s".to_owned(), "-B".to_owned(), within(&placed.program)];
    command.extend(job.arguments.iter().map(|argument| outside(job, argument)));
    let executables = LOADERS.into_iter().filter(|name| Path::new(name).exists()).map(str::to_owned);
    Ok(Order {
        mounts: readable(job)?,
        links: Vec::new(),
        files,
        executables: executables.chain([python.executable.display().to_string()]).collect(),
        collection: placed.collection,
        command,
        environment: variables(job, &room, &modules)?,
        limits: placed.limits,
        user: privileges::private_user(),
        missing: missing.to_vec(),
        room: Some(room),
        is_server: false,
    })
}

/// A name that nobody else has.
fn room() -> Result<String, Error> {
    let unique = fs::read_to_string("/proc/sys/kernel/random/uuid").map_err(Error::Helper)?;
    Ok(format!("{ROOMS}/codeproof-sandbox-{}", unique.trim()))
}

/// What may be read, at the machine's own places.
fn readable(job: &Job) -> Result<Vec<Mount>, Error> {
    let python = &job.python;
    let at_home = |path: &Path, kind: MountKind| mount(path, &path.display().to_string(), kind);
    let mut places: Vec<Mount> = SYSTEM
        .into_iter()
        .map(Path::new)
        .filter(|path| path.exists())
        .map(|path| at_home(path, if path.is_dir() { MountKind::Folder } else { MountKind::File }))
        .collect();
    places.extend(DEVICES.map(|name| at_home(Path::new(name), MountKind::Device)));
    places.push(at_home(&python.executable, MountKind::File));
    let is_system = python.base_prefix == Path::new("/usr") || python.base_prefix == Path::new("/usr/local");
    let installed = [&python.base_prefix].into_iter().filter(|_| !is_system);
    let environment = [&python.prefix].into_iter().filter(|_| python.is_environment());
    let given = job.modules.iter().chain(job.folders.iter().map(|folder| &folder.host));
    for folder in installed.chain(environment).chain(&python.own_packages).chain(given) {
        places.push(at_home(&absolute(folder)?, MountKind::Folder));
    }
    Ok(places)
}

/// An argument or variable that names a folder of the job by its place inside, or something below it, names the real one
/// here.
fn outside(job: &Job, argument: &str) -> String {
    for folder in &job.folders {
        let inside = folder.inside.trim_end_matches('/');
        if let Some(rest) = argument.strip_prefix(inside).filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            let host = std::path::absolute(&folder.host).unwrap_or_else(|_| folder.host.clone());
            return format!("{}{rest}", host.display());
        }
    }
    argument.to_owned()
}

/// The variables of every run, with this run's own places.
fn variables(job: &Job, room: &str, modules: &[String]) -> Result<Vec<(String, String)>, Error> {
    let temporary = format!("{room}/own/tmp");
    let mut visible = vec![room.to_owned()];
    visible.extend([&job.python.prefix, &job.python.base_prefix].map(|prefix| prefix.display().to_string()));
    visible.extend_from_slice(modules);
    for folder in &job.folders {
        visible.push(absolute(&folder.host)?.display().to_string());
    }
    let own = [
        ("HOME", temporary.clone()),
        ("TMPDIR", temporary),
        ("PYTHONPATH", modules.join(":")),
        ("LD_LIBRARY_PATH", job.python.base_prefix.join("lib").display().to_string()),
        ("CODEPROOF_VISIBLE", visible.join(":")),
    ];
    let mut all = environment(job, &[]);
    all.retain(|(name, _)| own.iter().all(|(known, _)| known != name));
    for (_, value) in &mut all {
        *value = outside(job, value);
    }
    all.extend(own.map(|(name, value)| (name.to_owned(), value)));
    Ok(all)
}
