//! Where the files of a scan come from: a folder, the part of it that changed, or a commit of a repository.

use codeproof_source::{ChangedFiles, Snapshot};

use crate::{Handles, Request};

/// The files to look at.
pub(crate) struct Tree {
    /// The files.
    pub snapshot: Snapshot,
    /// What in them changed, when only that counts.
    pub changed: Option<ChangedFiles>,
}

impl Tree {
    /// Lists, reads and hashes the files.
    pub(crate) fn read(request: &Request, handles: &Handles<'_>) -> Result<Self, codeproof_source::Error> {
        let (walk, progress, stop) = (&request.walk, handles.progress, handles.stop);
        match (&request.checkout, &request.since) {
            (Some(checkout), _) => Ok(Self { snapshot: checkout.snapshot(walk, progress, stop)?, changed: None }),
            (None, Some(since)) => {
                let (snapshot, changed) = codeproof_source::snapshot_since(&request.root, walk, since, progress, stop)?;
                Ok(Self { snapshot, changed: Some(changed) })
            }
            (None, None) => {
                let snapshot = codeproof_source::snapshot(&request.root, walk, progress, stop)?;
                Ok(Self { snapshot, changed: None })
            }
        }
    }

    /// What the reader should know about which files these are; `findings_left_out` lie on unchanged lines.
    pub(crate) fn notes(&self, request: &Request, findings_left_out: u64) -> Vec<String> {
        let mut notes = request.checkout.as_ref().map(|checkout| checkout.notes().to_vec()).unwrap_or_default();
        if let (Some(changed), Some(since)) = (&self.changed, &request.since) {
            notes.push(changed_note(changed, &since.revision, findings_left_out));
        }
        notes
    }
}

fn changed_note(changed: &ChangedFiles, revision: &str, findings_left_out: u64) -> String {
    let base = changed.base.get(..12).unwrap_or(&changed.base);
    let mut note = format!("only what changed since {revision} (merge base {base}) was looked at: ");
    note.push_str(&counted(changed.unchanged, "unchanged file", "unchanged files"));
    if changed.in_submodules > 0 {
        let files = counted(changed.in_submodules, "file", "files");
        note.push_str(&format!(" and {files} in submodules, which are not compared,"));
    }
    let verb = if changed.unchanged + changed.in_submodules == 1 { "was" } else { "were" };
    note.push_str(&format!(" {verb} left out"));
    if findings_left_out > 0 {
        let findings = counted(findings_left_out, "finding", "findings");
        note.push_str(&format!(", and {findings} on unchanged lines of changed files"));
    }
    note
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
