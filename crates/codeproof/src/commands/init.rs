//! `codeproof init`: a commented `codeproof.toml` in the project, and commented examples of models in the user's own
//! settings.

use std::path::Path;

use crate::cli::InitArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings::{EXAMPLES, PROJECT_FILE};
use crate::{folders, output};

/// The file as it is written: everything commented out, so that it changes nothing until somebody decides.
pub(crate) const TEMPLATE: &str = r#"# Settings of codeproof for this project. They travel with the code, so codeproof does not trust them far: they can
# leave files and rules out, lower limits and change severities; every report says when they did. Databases, keys, rule
# folders and models belong into your own file, $XDG_CONFIG_HOME/codeproof/config.toml.

# Look only at files that match one of these globs, relative to this folder.
# include = ["src/**", "app/**"]

# Leave out files that match one of these globs.
# exclude = ["docs/**", "**/fixtures/**"]

# Rules that are off in this project; `codeproof rules` lists all of them.
# rules_off = ["python-assert-hidden"]

# Files larger than this are listed and not read; at most the limit of whoever scans (2097152 unless set).
# max_file_bytes = 1048576

# Severities of rules in this project: critical, high, medium, low, info.
# [severity]
# python-weak-hash = "low"
"#;

/// Writes the files, or the one that was asked for.
pub(crate) fn run(arguments: &InitArguments) -> Result<Exit, Failure> {
    if arguments.models {
        return user_file();
    }
    if !arguments.path.is_dir() {
        return Err(Failure::usage(format_args!("there is no folder {}", arguments.path.display()))
            .help("give the folder of the project, for example `codeproof init .`"));
    }
    let path = arguments.path.join(PROJECT_FILE);
    if path.symlink_metadata().is_ok() && !arguments.force {
        return Err(Failure::usage(format_args!("{} is already there", path.display()))
            .help("edit it, or replace it with --force; `codeproof init --models` writes examples of models"));
    }
    output::to_file(&path, |out| out.write_all(TEMPLATE.as_bytes()))?;
    output::to_stdout(|out| {
        writeln!(out, "wrote {}; everything in it is commented out", path.display())?;
        writeln!(out, "for scans with models: `codeproof init --models`")
    })?;
    Ok(Exit::Success)
}

/// Writes the examples where codeproof will read them, or prints them when there are settings already: those are never
/// replaced.
fn user_file() -> Result<Exit, Failure> {
    let Some(path) = folders::config_folder().map(|folder| folder.join("config.toml")) else {
        return Err(Failure::usage("there is no folder for your settings: neither XDG_CONFIG_HOME nor HOME is set")
            .help("set HOME, or write a file and name it with --config FILE"));
    };
    if path.symlink_metadata().is_ok() {
        output::to_stderr(&format!("{} is already there; copy into it what you need:\n", path.display()));
        output::to_stdout(|out| out.write_all(EXAMPLES.as_bytes()))?;
        return Ok(Exit::Success);
    }
    make_folder(path.parent().unwrap_or(Path::new(".")))?;
    output::to_file(&path, |out| out.write_all(EXAMPLES.as_bytes()))?;
    output::to_stdout(|out| {
        writeln!(out, "wrote {}; everything in it is commented out", path.display())?;
        writeln!(out, "take the # away before a model, then try it: `codeproof models check`")
    })?;
    Ok(Exit::Success)
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::failed(format_args!("cannot make the folder {}: {error}", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::ProjectFile;

    #[test]
    fn the_template_is_valid_with_and_without_comments() {
        let empty: ProjectFile = toml::from_str(TEMPLATE).unwrap();
        assert_eq!(empty, ProjectFile::default());
        let uncommented: String = TEMPLATE
            .lines()
            .filter(|line| line.contains(" = ") || line.starts_with("# ["))
            .map(|line| format!("{}\n", line.trim_start_matches("# ")))
            .collect();
        let full: ProjectFile = toml::from_str(&uncommented).unwrap();
        assert!(!full.include.is_empty() && !full.severity.is_empty() && full.max_file_bytes.is_some());
    }
}
