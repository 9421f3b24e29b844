//! `cargo xtask test`: from a fresh clone to "everything passed" or one clear line.

mod needs;
mod postgres;
mod snapshots;

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, bail};

use crate::repository::Repository;
use crate::tidy;

/// What to run.
pub(crate) struct Options {
    only: Option<Part>,
    /// For `cargo test`; empty means everything.
    arguments: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Lints,
    Tests,
}

impl Options {
    /// Reads the arguments after `test`.
    pub(crate) fn parse(arguments: &[String]) -> anyhow::Result<Self> {
        let (only, rest) = match arguments {
            [flag, part, rest @ ..] if flag == "--only" => match part.as_str() {
                "lints" => (Some(Part::Lints), rest),
                "tests" => (Some(Part::Tests), rest),
                other => bail!("--only takes lints or tests, not {other:?}"),
            },
            [flag] if flag == "--only" => bail!("--only takes lints or tests"),
            rest => (None, rest),
        };
        if only == Some(Part::Lints) && !rest.is_empty() {
            bail!("lints take no arguments, so {:?} would have no effect", rest.join(" "));
        }
        Ok(Self { only, arguments: rest.to_vec() })
    }

    fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }
}

/// Runs the steps in order and stops at the first that fails.
pub(crate) fn run(repository: &Repository, options: &Options) -> anyhow::Result<()> {
    let started = Instant::now();
    if options.wants(Part::Lints) {
        needs::set_up(repository, needs::FOR_LINTS)?;
    }
    needs::set_up(repository, needs::FOR_TESTS)?;
    if options.wants(Part::Lints) {
        lints(repository)?;
    }
    if options.wants(Part::Tests) {
        tests(repository, &options.arguments)?;
    }
    println!("==> everything passed in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

fn lints(repository: &Repository) -> anyhow::Result<()> {
    step("format", &mut repository.cargo(&["fmt", "--all", "--check"]))?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    step("clippy", &mut repository.cargo(&clippy))?;
    let doc = ["doc", "--workspace", "--no-deps", "--locked"];
    step("documentation", repository.cargo(&doc).env("RUSTDOCFLAGS", "-Dwarnings"))?;
    announce("tidy");
    tidy::run(repository)
}

fn tests(repository: &Repository, arguments: &[String]) -> anyhow::Result<()> {
    let mut command = repository.cargo(&["test", "--locked"]);
    if arguments.is_empty() {
        command.arg("--workspace");
    }
    // Strict whatever the caller's environment says: a missing or changed snapshot fails and writes nothing.
    command.args(arguments).env("INSTA_UPDATE", "no").env_remove("INSTA_FORCE_PASS");
    let server = server()?;
    if let Some(server) = &server {
        command.env(postgres::VARIABLE, server.url());
    }
    if !arguments.is_empty() {
        return step("tests", &mut command);
    }
    let references = snapshots::References::new()?;
    step("tests", command.env(snapshots::References::VARIABLE, references.path()))?;
    announce("snapshots");
    references.check(repository)
}

/// The database server of this run; `None` when the caller's environment names one.
fn server() -> anyhow::Result<Option<postgres::Server>> {
    if std::env::var_os(postgres::VARIABLE).is_some() {
        return Ok(None);
    }
    announce("PostgreSQL for the tests");
    let started = Instant::now();
    let server = postgres::Server::start().context("the tests' PostgreSQL does not start")?;
    println!("    PostgreSQL took {:.1} s", started.elapsed().as_secs_f64());
    Ok(Some(server))
}

fn announce(name: &str) {
    println!("==> {name}");
}

/// Runs one command, whose output is passed through, and prints how long it took.
fn step(name: &str, command: &mut Command) -> anyhow::Result<()> {
    announce(name);
    let started = Instant::now();
    let status = command.status().with_context(|| format!("{name}: {} does not start", shown(command)))?;
    let seconds = started.elapsed().as_secs_f64();
    if !status.success() {
        bail!("{name} failed after {seconds:.1} s; run it alone: {}", shown(command));
    }
    println!("    {name} took {seconds:.1} s");
    Ok(())
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    std::iter::once(program)
        .chain(command.get_args().map(|argument| argument.to_string_lossy().into_owned()))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> anyhow::Result<Options> {
        Options::parse(&arguments.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_choose_the_part() {
        let options = parse("--only tests -p codeproof_source").expect("options");
        assert!(options.wants(Part::Tests) && !options.wants(Part::Lints));
        assert_eq!(options.arguments, ["-p", "codeproof_source"]);
        let options = parse("").expect("options");
        assert!(options.wants(Part::Tests) && options.wants(Part::Lints));
        for wrong in ["--only", "--only speed", "--only lints -p codeproof_source"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
