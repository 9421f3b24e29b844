//! Every dependency, direct or not, may be shipped under Apache-2.0: its licence is permissive.

use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

use super::Violation;
use crate::repository::Repository;

/// Licences that allow shipping as part of an Apache-2.0 program, by their SPDX names.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    // The older text of the same permissive licence: the character names of the Python parser are under it.
    "Unicode-DFS-2016",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Dependencies whose manifest names no licence or another one, with what was found by reading: name and licence.
const READ_BY_HAND: &[(&str, &str)] = &[];

/// Asks cargo for all dependencies on this platform and judges their licences.
pub(super) fn check(repository: &Repository) -> anyhow::Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for package in packages(repository)? {
        let field = |name: &str| package.get(name).and_then(Value::as_str);
        let (name, version) = (field("name").unwrap_or_default(), field("version").unwrap_or_default());
        let read = READ_BY_HAND.iter().find(|(read, _)| *read == name).map(|(_, licence)| *licence);
        let message = match read.or(field("license")) {
            Some(licence) if is_allowed(licence) => continue,
            Some(licence) => format!(
                "{name} {version} is under {licence:?}; use another crate, or argue for the licence in \
                 xtask/src/tidy/licences.rs"
            ),
            None => format!(
                "{name} {version} names no licence; read it, and note it in READ_BY_HAND of xtask/src/tidy/licences.rs"
            ),
        };
        violations.push(Violation::file("Cargo.lock", message));
    }
    Ok(violations)
}

/// What `cargo metadata` says of every package that is built on this platform (others are not fetched).
fn packages(repository: &Repository) -> anyhow::Result<Vec<Value>> {
    let platform = host_platform()?;
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", &platform];
    let output = repository.cargo(&arguments).output().context("cargo metadata does not start")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let mut metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
    match metadata.get_mut("packages").map(Value::take) {
        Some(Value::Array(packages)) => Ok(packages),
        _ => bail!("cargo metadata lists no packages"),
    }
}

fn host_platform() -> anyhow::Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().context("rustc does not start")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

/// Whether an SPDX expression can be met with allowed licences only: one side of each OR, both sides of each AND. The
/// older `/` means OR.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { tokens: &tokens, at: 0 };
    parser.any() == Some(true) && parser.at == tokens.len()
}

/// Reads an expression from left to right; AND binds closer than OR. `None` for what is no expression.
struct Parser<'t> {
    tokens: &'t [&'t str],
    at: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.take("OR") {
            met |= self.all()?;
        }
        Some(met)
    }

    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let met = self.any()?;
            return self.take(")").then_some(met);
        }
        let licence = *self.tokens.get(self.at)?;
        self.at += 1;
        if !self.take("WITH") {
            return Some(ALLOWED.contains(&licence));
        }
        let exception = *self.tokens.get(self.at)?;
        self.at += 1;
        Some(ALLOWED.contains(&format!("{licence} WITH {exception}").as_str()))
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_with_allowed_licences_only() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 / MIT",
            "LGPL-2.1-or-later OR MIT",
            "(MIT OR GPL-3.0-only) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
            "GPL-3.0-only OR Apache-2.0 AND ISC",
        ] {
            assert!(is_allowed(good), "{good}");
        }
        for bad in [
            "",
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "(MIT",
            "MIT)",
            "MIT OR",
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }
}
