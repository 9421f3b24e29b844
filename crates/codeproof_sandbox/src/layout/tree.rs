//! What a tree of its own holds of the machine: the system's libraries, devices, and the interpreter with its packages.

use std::fs;
use std::path::{Path, PathBuf};

use super::{OWN_PACKAGES, mount};
use crate::order::{Mount, MountKind};
use crate::{Error, Python};

/// What the kernel starts before a dynamically linked program, on the architectures and C libraries we know.
pub(super) const LOADERS: [&str; 6] = [
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib64/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];

/// Not `/dev/zero`: mapped, it is shared memory that could not be counted.
pub(super) const DEVICES: [&str; 4] = ["/dev/null", "/dev/full", "/dev/random", "/dev/urandom"];

/// Folders and files of the system that a dynamically linked interpreter needs.
pub(super) const SYSTEM: [&str; 8] =
    ["/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache"];

/// The new tree while it is put together.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) mounts: Vec<Mount>,
    pub(super) links: Vec<(String, String)>,
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) executables: Vec<String>,
}

impl Tree {
    /// Libraries and devices. Folders that are links here (`/lib` on most systems) are links there.
    pub(super) fn system(&mut self) {
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
    pub(super) fn python(&mut self, python: &Python) -> Result<String, Error> {
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

fn text_of(path: &Path) -> Result<String, Error> {
    path.to_str().map(str::to_owned).ok_or_else(|| Error::Layout(format!("{} is not UTF-8", path.display())))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(head, _)| head)
}
