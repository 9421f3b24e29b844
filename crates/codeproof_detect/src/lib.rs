//! Deterministic findings: pattern rules on syntax trees, secrets, dangerous files, data flow, what does not fit together
//! in a Laravel application, and the comments that suppress them.
//!
//! In: the text of a file with its tree and facts ([`FileInput`]) and the loaded rules ([`Detector`]). Out: findings
//! with checked quotes, sorted by place, suppressed ones marked; and problems. Same input, same output. This crate
//! knows no network, no clock, no model, and reads no disk beyond the rule folders it is told of when it is made.

mod assemble;
mod concerns;
mod environment;
mod error;
mod files;
mod flows;
mod hit;
mod input;
mod patterns;
mod quote;
mod rule_table;
mod secrets;
mod sites;
mod suppress;

use std::borrow::Cow;
use std::sync::OnceLock;

use codeproof_types::{Finding, Problem, RepoPath, RuleInfo, Suppression};

pub use error::{Error, RuleError};
pub use flows::{FlowReport, FlowSite, FlowText, FunctionAnswer, SiteVerdict, Texts, TraceAnswer};
pub use input::{Config, FileInput};
pub use sites::Site;

/// All rules, ready to run on many threads.
///
/// The built-in pattern rules are read when they are asked for and compiled for a language when its first file comes.
pub struct Detector {
    patterns: patterns::PatternRules,
    secrets: secrets::SecretRules,
    flows: flows::FlowRules,
    concerns: concerns::ConcernRules,
    /// All rules but the built-in ones for patterns and flows.
    table: Vec<RuleInfo>,
    whole_table: OnceLock<Vec<RuleInfo>>,
    sites: sites::SiteRules,
    config: Config,
}

impl Detector {
    /// Loads the built-in rules, then those of `config.rule_folders`, and turns off `config.rules_off`.
    ///
    /// # Errors
    /// [`Error::Rules`] lists every rule that does not load, each with file, line and what to try.
    pub fn new(config: Config) -> Result<Self, Error> {
        let patterns = patterns::PatternRules::load(&config)?;
        let secrets = secrets::SecretRules::load(&config)?;
        let table = rule_table::rule_table(&patterns, &secrets, &config)?;
        let (flows, concerns, sites, whole_table) = Default::default();
        Ok(Self { patterns, secrets, flows, concerns, table, whole_table, sites, config })
    }

    /// Every rule that is on, sorted by id. Reads every built-in rule: ask for [`Self::rule`] when a few will do.
    pub fn rules(&self) -> &[RuleInfo] {
        self.whole_table.get_or_init(|| {
            let built_in = self.patterns.built_in_rules().chain(self.flows.infos()).chain(self.concerns.infos());
            rule_table::whole_table(&self.table, built_in, &self.config)
        })
    }

    /// The rule of this id, when it is on.
    pub fn rule(&self, id: &str) -> Option<&RuleInfo> {
        let known = self.table.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().map(|at| &self.table[at]);
        let is_off = || self.config.rules_off.iter().any(|off| off == id);
        let built_in = || {
            let of_program = self.flows.by_id(id).map(|rule| &rule.info).or_else(|| self.concerns.by_id(id));
            of_program.or_else(|| self.patterns.built_in_rule(id))
        };
        known.or_else(|| built_in().filter(|_| !is_off()))
    }

    /// Identity of the rules and settings, for cache keys: 32 hexadecimal digits.
    pub fn version(&self) -> String {
        rule_table::version(&self.table, &self.patterns, &self.secrets, &self.config)
    }

    /// Looks at one file.
    pub fn detect(&self, file: &FileInput<'_>) -> (Vec<Finding>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut hits = files::hits(file, self.secrets.hits(file));
        if !file.secrets_only {
            hits.extend(self.patterns.hits(file, &mut problems));
        }
        (assemble::findings(hits, file, self), problems)
    }

    /// The marker in a file that accepts a finding of `rule` at these lines (1-based, inclusive), for findings that no rule of
    /// this detector made.
    pub fn suppression(
        &self,
        file: &FileInput<'_>,
        rule: &RuleInfo,
        first_line: u32,
        last_line: u32,
    ) -> Option<Suppression> {
        let site = suppress::Site { rule, first_line, last_line };
        suppress::judge(&[site], file, &|id| self.rule(id)).suppressions.pop().flatten()
    }

    /// The risky sites of one file: places where code of its language does harm when it is fed badly, each with whether
    /// its form is safe whatever it is fed, and places nothing could look at. In the order of their lines. None for a
    /// file without a tree, which nobody looked at.
    pub fn sites(&self, file: &FileInput<'_>) -> Vec<Site> {
        self.sites.sites(file)
    }

    /// Replaces every secret in `text` (any text that is about to leave the program) by its published prefix and
    /// asterisks; characters are counted as before and line breaks stay, so columns and lines stay true.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.secrets.mask(text)
    }

    /// Masks the text of a known file: as [`Self::mask`], and in environment files the values of sensitive names too.
    /// Give the whole file and cut lines afterwards: a key block is only known as one from its first or last line.
    pub fn mask_file<'t>(&self, path: &RepoPath, text: &'t str) -> Cow<'t, str> {
        self.secrets.mask_file(path, text)
    }
}
