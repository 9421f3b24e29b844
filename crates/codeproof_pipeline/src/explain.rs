//! Why a line is dangerous, or why it is not: everything known of the places on it.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use codeproof_types::{FileClass, Finding, Language, Problem, RepoPath};

use crate::flows::AllSpecs;
use crate::lowered;
use crate::merge::KnownSite;
use crate::scan::run;
use crate::{Error, Handles, Request};

/// What is known of one line.
#[derive(Debug)]
pub struct Explanation {
    /// The language of the file, when it has a grammar.
    pub language: Option<Language>,
    /// Whether data is followed through the file: by its language, or because it may be a template.
    pub is_followed: bool,
    /// What the file is to its project.
    pub class: FileClass,
    /// Findings on the line, suppressed ones too.
    pub findings: Vec<Finding>,
    /// Places on the line that data flow looked at.
    pub sites: Vec<KnownSite>,
    /// What of the file was not, or not wholly, looked at.
    pub problems: Vec<Problem>,
}

/// Looks at the whole tree of the request, as a scan does, and tells what is known of one line; `None` when the file is
/// not among those that are looked at. Nothing is stored. Must run on a multi-threaded runtime, because the engines block.
///
/// # Errors
/// When the tree cannot be listed, specs are wrong, or `stop` was raised.
pub async fn explain(
    request: &Request,
    handles: &Handles<'_>,
    path: &RepoPath,
    line: u32,
) -> Result<Option<Explanation>, Error> {
    let specs = AllSpecs::new(&request.specs)?;
    let outcome = run(request, handles, (&HashMap::new(), &specs), None, None).await?;
    if handles.stop.load(Ordering::Relaxed) {
        return Err(codeproof_source::Error::Interrupted.into());
    }
    let Some((class, language)) = outcome.languages.get(path).copied() else { return Ok(None) };
    let is_here =
        |place: &codeproof_types::Location| place.path == *path && (place.first_line..=place.last_line).contains(&line);
    let mut sites: Vec<KnownSite> = outcome.sites.into_iter().filter(|known| is_here(&known.site.location)).collect();
    sites.sort_by(|one, other| one.site.location.cmp(&other.site.location));
    Ok(Some(Explanation {
        language,
        is_followed: lowered::language_of(path, language).is_some(),
        class,
        findings: outcome.findings.into_iter().filter(|finding| is_here(&finding.location)).collect(),
        sites,
        problems: outcome.problems.into_iter().filter(|problem| problem.path.as_ref() == Some(path)).collect(),
    }))
}
