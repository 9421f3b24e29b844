//! What the tests need on the machine, and how it gets there.
//!
//! A need that is missing is installed where that is safe to do unasked: Debian packages when this runs as root on a
//! machine with apt-get (a container in CI), toolchain components with rustup. Otherwise the run stops with one sentence
//! that says what to install. A service is a need (its programs are there) and something started per run: see the module
//! beside this one.

use std::process::{Command, Stdio};

use anyhow::bail;

use super::postgres;
use crate::repository::Repository;

/// One thing that must answer before a run starts.
pub(super) struct Need {
    /// What a person calls it.
    name: &'static str,
    why: &'static str,
    proof: Proof,
    remedy: Remedy,
}

/// How it is seen that something is there.
enum Proof {
    /// Any one of these commands, run without output, succeeds.
    Answer(&'static [&'static [&'static str]]),
    /// Somebody knows where to look.
    Found(fn() -> bool),
}

/// Where a need comes from.
enum Remedy {
    /// Packages of Debian and what derives from it.
    Debian(&'static [&'static str]),
    /// A component of the Rust toolchain.
    Rustup(&'static str),
}

/// Needs of the lints.
pub(super) const FOR_LINTS: &[Need] = &[
    Need {
        name: "rustfmt",
        why: "to check the formatting",
        proof: Proof::Answer(&[&["cargo", "fmt", "--version"]]),
        remedy: Remedy::Rustup("rustfmt"),
    },
    Need {
        name: "clippy",
        why: "to lint",
        proof: Proof::Answer(&[&["cargo", "clippy", "--version"]]),
        remedy: Remedy::Rustup("clippy"),
    },
];

/// Needs of building and testing.
pub(super) const FOR_TESTS: &[Need] = &[
    Need {
        name: "git",
        why: "the tests make repositories",
        proof: Proof::Answer(&[&["git", "--version"]]),
        remedy: Remedy::Debian(&["git"]),
    },
    Need {
        name: "a C compiler",
        why: "SQLite and the grammars are built from C",
        proof: Proof::Answer(&[&["cc", "--version"], &["gcc", "--version"], &["clang", "--version"]]),
        remedy: Remedy::Debian(&["gcc", "libc6-dev"]),
    },
    Need {
        name: "mkfifo",
        why: "the tests make pipes",
        proof: Proof::Answer(&[&["mkfifo", "--version"], &["mkfifo", "--help"]]),
        remedy: Remedy::Debian(&["coreutils"]),
    },
    Need {
        name: "PostgreSQL",
        why: "the tests run a server of their own",
        proof: Proof::Found(|| postgres::programs().is_some()),
        remedy: Remedy::Debian(&["postgresql"]),
    },
    Need {
        name: "openssl",
        why: "that server gets a certificate",
        proof: Proof::Answer(&[&["openssl", "version"]]),
        remedy: Remedy::Debian(&["openssl"]),
    },
];

/// Checks every need and installs what may be installed.
pub(super) fn set_up(repository: &Repository, needs: &[Need]) -> anyhow::Result<()> {
    for need in needs.iter().filter(|need| !need.is_met(repository)) {
        println!("==> {} is missing ({})", need.name, need.why);
        let installed = need.remedy.apply(repository);
        if !installed || !need.is_met(repository) {
            bail!("{} is needed, {}; {}", need.name, need.why, need.remedy.advice());
        }
    }
    Ok(())
}

impl Need {
    fn is_met(&self, repository: &Repository) -> bool {
        match self.proof {
            Proof::Found(look) => look(),
            Proof::Answer(commands) => commands.iter().any(|command| match command {
                ["cargo", arguments @ ..] => answers(&mut repository.cargo(arguments)),
                [program, arguments @ ..] => answers(Command::new(program).args(arguments)),
                [] => false,
            }),
        }
    }
}

impl Remedy {
    /// Installs what is missing, if that may be done unasked; whether anything was done.
    fn apply(&self, repository: &Repository) -> bool {
        match self {
            Self::Debian(packages) => {
                is_root() && apt_get(&["update", "-qq"]) && {
                    let install = ["install", "-y", "-qq", "--no-install-recommends"];
                    apt_get(&[&install, *packages].concat())
                }
            }
            Self::Rustup(component) => {
                let add = ["component", "add", component];
                Command::new("rustup")
                    .args(add)
                    .current_dir(&repository.root)
                    .status()
                    .is_ok_and(|status| status.success())
            }
        }
    }

    fn advice(&self) -> String {
        match self {
            Self::Debian(packages) => format!(
                "install it (Debian, Ubuntu: sudo apt-get install {}) and run `cargo xtask test` again",
                packages.join(" ")
            ),
            Self::Rustup(component) => format!("run `rustup component add {component}` and `cargo xtask test` again"),
        }
    }
}

fn answers(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn apt_get(arguments: &[&str]) -> bool {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command.status().is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_that_cannot_be_met_says_what_to_do() {
        let need = Need {
            name: "a compiler of dreams",
            why: "to build castles",
            proof: Proof::Answer(&[&["no-such-program-in-any-path"]]),
            remedy: Remedy::Rustup("no-such-component"),
        };
        let repository = Repository::here();
        assert!(!need.is_met(&repository));
        assert_eq!(need.remedy.advice(), "run `rustup component add no-such-component` and `cargo xtask test` again");
    }

    #[test]
    fn what_runs_this_test_is_there() {
        set_up(&Repository::here(), &FOR_TESTS[..2]).expect("git and a C compiler");
    }
}
