//! Data flow over whole programs: one for each language, of all files that are the project's own.
//!
//! Files that were just analysed bring their IR along; the others are read again, and only when the result for exactly these
//! files is not in the cache. Results hold findings with the rules' own severities, so that settings do not change keys.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_dataflow::{Analysis, SourceFile as ProgramFile, Specs};
use codeproof_detect::{Detector, FlowReport, FlowSite, FlowText};
use codeproof_source::{Snapshot, SourceFile};
use codeproof_store::AnalysisCache;
use codeproof_types::{FileClass, FileFacts, Finding, Language, Problem, ProblemKind, RepoPath};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::task::block_in_place;

use crate::lowered::{self, LANGUAGES, Lowered};
use crate::{Error, cache_key};

/// What data flow says of a program; also the value of its cache entry, as JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Flows {
    /// Chains, by path and place.
    pub findings: Vec<Finding>,
    /// Every place that was looked at, by path and place.
    pub sites: Vec<FlowSite>,
    /// What was not analysed to the end.
    pub problems: Vec<Problem>,
}

/// What is known of the functions of languages and frameworks.
pub(crate) struct AllSpecs {
    folders: Vec<PathBuf>,
    loaded: Vec<(Language, OnceLock<Specs>)>,
}

impl AllSpecs {
    /// Those built in, and those of the users' folders, which are read at once so that their faults are told first.
    ///
    /// # Errors
    /// When a file of a user is wrong.
    pub(crate) fn new(folders: &[PathBuf]) -> Result<Self, Error> {
        let specs = Self {
            folders: folders.to_vec(),
            loaded: LANGUAGES.iter().map(|language| (*language, OnceLock::new())).collect(),
        };
        if !folders.is_empty() {
            specs.loaded.iter().try_for_each(|(language, _)| specs.of(*language).map(drop))?;
        }
        Ok(specs)
    }

    pub(crate) fn of(&self, language: Language) -> Result<&Specs, Error> {
        let place = self.loaded.iter().find(|(known, _)| *known == language).map(|(_, place)| place);
        let place = place.expect("only followed languages are asked for");
        if let Some(specs) = place.get() {
            return Ok(specs);
        }
        let specs = Specs::load(language, &self.folders)?;
        Ok(place.get_or_init(|| specs))
    }

    /// Changes when a user's file does; those built in belong to the program's build.
    fn identity(&self, language: Language) -> Result<String, Error> {
        if self.folders.is_empty() {
            return Ok("built in".to_owned());
        }
        Ok(self.of(language)?.identity().to_string())
    }
}

/// What programs are analysed with.
pub(crate) struct Programs<'a> {
    /// The files.
    pub snapshot: &'a Snapshot,
    /// The rules.
    pub detector: &'a Detector,
    /// What functions do.
    pub specs: &'a AllSpecs,
    /// Where results are kept.
    pub cache: Option<&'a AnalysisCache>,
    /// Raised to stop.
    pub stop: &'a AtomicBool,
    /// Vendored and generated files belong to the programs, too.
    pub all: bool,
    /// Identity of program and rules.
    pub engine: &'a str,
}

/// A file that belongs to a program.
struct Member<'a> {
    file: &'a SourceFile,
    lowered: Option<Lowered>,
}

/// A file of a program, what is kept of its facts, and its own language.
type Known<'f> = (&'f SourceFile, FileFacts, Option<Language>);

impl Programs<'_> {
    /// Analyses the program of each language. `languages` are those of the files that were analysed, by path; `fresh` are
    /// those that were lowered on the way. When it is stopped, nothing is said of what was not reached.
    ///
    /// # Errors
    /// When specs are wrong.
    pub(crate) async fn flows(
        &self,
        languages: &HashMap<RepoPath, (FileClass, Option<Language>)>,
        mut fresh: HashMap<RepoPath, Lowered>,
        pool: &rayon::ThreadPool,
    ) -> Result<Flows, Error> {
        let mut flows = Flows::default();
        for language in LANGUAGES {
            let is_member = |file: &&SourceFile| {
                let known = languages.get(&file.path).map(|(_, language)| *language);
                // A file outside of this scan is known by its name alone.
                let own = known.unwrap_or_else(|| codeproof_syntax::language_of(&file.path, ""));
                lowered::language_of(&file.path, own) == Some(language) && (self.all || !file.class.is_secrets_only())
            };
            let members: Vec<&SourceFile> = self.snapshot.files.iter().filter(is_member).collect();
            if members.is_empty() || self.stopped() {
                continue;
            }
            let key = cache_key::of_flows(&members, language, &self.specs.identity(language)?, self.engine);
            let kept = match self.cache {
                Some(cache) => cache.get_many(&[key]).await.remove(&key),
                None => None,
            };
            // An entry that cannot be read counts as none.
            let kept = kept.and_then(|bytes| serde_json::from_slice::<Flows>(&bytes).ok());
            let found = match kept {
                Some(kept) => kept,
                None => {
                    let specs = self.specs.of(language)?;
                    let members: Vec<Member<'_>> =
                        members.iter().map(|file| Member { file, lowered: fresh.remove(&file.path) }).collect();
                    let found = block_in_place(|| pool.install(|| self.analysed(members, specs)));
                    let is_lasting = !self.stopped() && !found.problems.iter().any(|problem| problem.kind.is_failure());
                    if let (Some(cache), true, Ok(entry)) = (self.cache, is_lasting, serde_json::to_vec(&found)) {
                        cache.put_many(vec![(key, entry)]).await;
                    }
                    found
                }
            };
            flows.findings.extend(found.findings);
            flows.sites.extend(found.sites);
            flows.problems.extend(found.problems);
        }
        Ok(flows)
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn analysed<'m>(&self, members: Vec<Member<'m>>, specs: &Specs) -> Flows {
        let one = |member: Member<'m>| {
            let lowered = member.lowered.or_else(|| self.lowered(member.file))?;
            let file = ProgramFile { path: member.file.path.clone(), module: lowered.module };
            Some((file, (member.file, lowered.facts, lowered.language)))
        };
        let lowered: Vec<_> = members.into_par_iter().filter_map(one).collect();
        if self.stopped() {
            return Flows::default();
        }
        let (files, known): (Vec<_>, Vec<_>) = lowered.into_iter().unzip();
        let Ok(analysis) = catch_unwind(AssertUnwindSafe(|| codeproof_dataflow::analyse(files, specs))) else {
            let what = specs.language().title();
            let message = format!("data flow of the {what} files crashed; please report it with them");
            let problem = Problem { path: None, line: None, kind: ProblemKind::Engine, message };
            return Flows { problems: vec![problem], ..Flows::default() };
        };
        self.told(&analysis, &known)
    }

    /// Reads and lowers a file that was not analysed this time. Problems were told when it was.
    fn lowered(&self, file: &SourceFile) -> Option<Lowered> {
        if self.stopped() {
            return None;
        }
        lowered::read(self.snapshot, file)
    }

    /// Findings and sites of every file, in the order of paths.
    fn told(&self, analysis: &Analysis, known: &[Known<'_>]) -> Flows {
        let by_path: HashMap<&RepoPath, &Known<'_>> = known.iter().map(|known| (&known.0.path, known)).collect();
        let read: Vec<OnceLock<Option<FlowText<'_>>>> = analysis.paths.iter().map(|_| OnceLock::new()).collect();
        let texts = |file: u32| -> Option<&FlowText<'_>> {
            let place = read.get(file as usize)?;
            let text = place.get_or_init(|| {
                let (file, facts, language) = *by_path.get(&analysis.paths[file as usize])?;
                let text = self.snapshot.read(file).ok()?.text;
                Some(FlowText::new((file.path.clone(), file.class), file.hash, *language, text, facts, self.detector))
            });
            text.as_ref()
        };
        let mut with_places: Vec<u32> = analysis.sites.iter().map(|site| site.sink.file).collect();
        with_places.extend(analysis.flows.iter().map(|flow| flow.sink.file));
        with_places.extend(analysis.incomplete.iter().map(|function| function.spot.file));
        with_places.sort_unstable();
        with_places.dedup();
        let reports: Vec<FlowReport> =
            with_places.into_par_iter().map(|file| self.detector.flow_report(analysis, file, &texts)).collect();
        let mut flows = Flows::default();
        for report in reports {
            flows.findings.extend(report.findings);
            flows.sites.extend(report.sites);
            flows.problems.extend(report.problems);
        }
        flows
    }
}
