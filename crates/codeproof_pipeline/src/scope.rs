//! What a scan would have found: decides whether a finding that is gone was fixed or only not looked for.

use codeproof_types::{Finding, RepoPath, Severity};

use crate::compare::was_read;
use crate::tree::Tree;
use crate::{Handles, Request};

/// The limits of one scan, as far as they can hide a finding of the baseline.
pub(crate) struct Scope<'a> {
    pub request: &'a Request,
    pub handles: &'a Handles<'a>,
    pub tree: &'a Tree,
    /// Severities that replace those of the rules.
    pub severity: &'a dyn Fn(&str) -> Option<Severity>,
}

impl Scope<'_> {
    /// The findings of `baseline` this scan would not hold if they were still there.
    pub(crate) fn not_looked_for<'b>(
        &self,
        baseline: &'b [Finding],
        problems: &[codeproof_types::Problem],
    ) -> Vec<&'b Finding> {
        let was_read = was_read(problems);
        baseline
            .iter()
            .filter(|finding| !(was_read(finding) && self.rule_ran(finding) && self.holds(&finding.location.path)))
            .collect()
    }

    /// Whether the finding's rule is on, looked at that class of file, and is severe enough to be reported.
    fn rule_ran(&self, finding: &Finding) -> bool {
        let Some(rule) = self.handles.detector.rules().iter().find(|rule| rule.id == finding.rule_id) else {
            return false;
        };
        // A flow may be less severe than its rule, when its proof is weaker.
        let severity = (self.severity)(&rule.id).unwrap_or(rule.severity.min(finding.severity));
        let secrets_only =
            self.tree.snapshot.file(&finding.location.path).is_some_and(|file| file.class.is_secrets_only());
        // Rules with a category are those for secrets and files, which run everywhere.
        severity >= self.request.min_severity && (self.request.all || !secrets_only || rule.category.is_some())
    }

    /// Whether the file was looked at as a whole. One that is gone has no findings; one that is there and was not
    /// listed was left out.
    fn holds(&self, path: &RepoPath) -> bool {
        if self.tree.changed.is_some() {
            return false;
        }
        let snapshot = &self.tree.snapshot;
        snapshot.file(path).is_some() || snapshot.root().join(path.as_str()).symlink_metadata().is_err()
    }
}
