//! Scanners that are called several times with different values: which is meant by its name is not known then.

use std::collections::{BTreeMap, BTreeSet};

use super::Parameter;
use super::effective::key_of;

/// Names and values that are told per scanner.
const TOLD_MAX: usize = 4;

/// Values by scanner and name, as its calls had them.
#[derive(Debug, Default)]
pub(super) struct ByCall(BTreeMap<(usize, String), BTreeMap<usize, String>>);

impl ByCall {
    /// A value that a call of a scanner had; the last of one call counts.
    pub(super) fn add(&mut self, scanner: usize, call: usize, parameter: &Parameter) {
        let calls = self.0.entry((scanner, key_of(parameter))).or_default();
        calls.insert(call, parameter.value.to_string());
    }

    /// What is to be looked at, in words for the user, by scanner.
    pub(super) fn review(&self, scanners: &[Vec<Parameter>]) -> Vec<Option<String>> {
        scanners.iter().enumerate().map(|(at, list)| self.of_scanner(at, list)).collect()
    }

    fn of_scanner(&self, at: usize, list: &[Parameter]) -> Option<String> {
        let several = |parameter: &Parameter| {
            let calls = self.0.get(&(at, key_of(parameter)))?;
            let values: BTreeSet<&str> = calls.values().map(String::as_str).collect();
            let told: Vec<&str> = values.iter().take(TOLD_MAX).copied().collect();
            (values.len() > 1).then(|| format!("{} ({})", parameter.name, told.join(", ")))
        };
        let names: Vec<String> = list.iter().filter_map(several).take(TOLD_MAX).collect();
        (!names.is_empty()).then(|| {
            format!(
                "is called several times with different values of {}: those of the last call stand for it, and its rows \
                 may be those of all",
                names.join(", ")
            )
        })
    }
}
