//! Chores of this repository, run by `cargo xtask`: test, tidy, new-rule.

#![expect(clippy::disallowed_methods, reason = "chores run cargo and git and read cargo's environment")]

mod new_rule;
mod repository;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::bail;

use crate::repository::Repository;

const USAGE: &str = "\
Chores of this repository.

    cargo xtask test [--only lints|tests] [ARGUMENTS]
        Sets up what the tests need, then checks formatting, lints, documentation and runs every test. ARGUMENTS go to
        `cargo test`: `cargo xtask test --only tests -p codeproof_source`.
    cargo xtask tidy
        The checks of the house alone: crate edges, documents, licences, stray files and paths.
    cargo xtask new-rule ID --language c|php|python
        Writes rules/<language>/ID.yml with the blanks marked.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<()> {
    let repository = Repository::here();
    match arguments.split_first() {
        Some((command, rest)) if command == "test" => test::run(&repository, &test::Options::parse(rest)?),
        Some((command, [])) if command == "tidy" => tidy::run(&repository),
        Some((command, rest)) if command == "new-rule" => new_rule::run(&repository, rest),
        Some((command, _)) if ["help", "--help", "-h"].contains(&command.as_str()) => {
            print!("{USAGE}");
            Ok(())
        }
        Some(_) => bail!("{:?} is not a chore\n\n{USAGE}", arguments.join(" ")),
        None => bail!("say which chore\n\n{USAGE}"),
    }
}
