//! The rules of one language, and one walk of a file that tries them all.

use std::sync::OnceLock;

use ast_grep_config::RuleConfig;
use ast_grep_core::AstGrep;
use ast_grep_core::matcher::{Matcher, MatcherExt, NodeMatch};
use ast_grep_language::SupportLang;
use codeproof_types::{Language, Problem, ProblemKind, Span};

use super::flat_tree::{DEPTH_MAX, FlatTree, Rows};
use super::grammar::{KindNumbers, support_language};
use super::keywords::{Prefilter, Words};
use super::message::MessageTemplate;
use super::rule_file::PathGlobs;
use crate::FileInput;
use crate::hit::Hit;

/// Levels of nesting the matchers may recurse through on the stack of the calling thread. A rule that names itself from
/// level to level uses up to 4 KiB for each; a worker thread has 2 MiB.
const DEPTH_ON_STACK: usize = 100;

/// Stack for files nested deeper: 64 KiB for each of [`DEPTH_MAX`] levels.
const LARGE_STACK_BYTES: usize = DEPTH_MAX * 64 * 1024;

/// A rule compiled for one language.
pub(super) struct CompiledRule {
    pub(super) id: String,
    pub(super) config: RuleConfig<SupportLang>,
    pub(super) message: MessageTemplate,
    pub(super) words: Option<Words>,
    pub(super) caret: Option<String>,
    pub(super) globs: std::sync::Arc<PathGlobs>,
}

/// All rules of one language.
pub(super) struct RuleSet {
    language: Language,
    rules: Vec<CompiledRule>,
    prefilter: Prefilter,
    /// Rules by the number of the kind of node they can match.
    rules_of_kind: Vec<Vec<usize>>,
    /// Made from the first tree, which knows the grammar it was parsed with.
    numbers: OnceLock<KindNumbers>,
}

impl RuleSet {
    /// Sorts the rules into their buckets.
    pub(super) fn new(language: Language, rules: Vec<CompiledRule>) -> Self {
        let words: Vec<_> = rules.iter().map(|rule| rule.words.clone()).collect();
        let mut rules_of_kind = Vec::<Vec<usize>>::new();
        for (index, rule) in rules.iter().enumerate() {
            // Every rule has kinds: ast-grep refuses to compile one that has none.
            for kind in rule.config.matcher.potential_kinds().iter().flatten() {
                if rules_of_kind.len() <= kind {
                    rules_of_kind.resize_with(kind + 1, Vec::new);
                }
                rules_of_kind[kind].push(index);
            }
        }
        Self { language, rules, prefilter: Prefilter::new(&words), rules_of_kind, numbers: OnceLock::new() }
    }

    /// Tries every rule that has a chance on every node it may match. Hits in file order, then by rule.
    ///
    /// ast-grep's own `ast-grep-ignore` comments have no say here: what suppresses a finding is decided, and shown, in
    /// one place for all engines.
    pub(super) fn hits(&self, file: &FileInput<'_>, tree: &tree_sitter::Tree, problems: &mut Vec<Problem>) -> Vec<Hit> {
        let Some(mut is_wanted) = self.prefilter.rules_for(file.text) else { return Vec::new() };
        for (wanted, rule) in is_wanted.iter_mut().zip(&self.rules) {
            *wanted &= rule.globs.match_path(file.path.as_str());
        }
        if !is_wanted.contains(&true) {
            return Vec::new();
        }
        let numbers = self.numbers.get_or_init(|| KindNumbers::new(self.language, &tree.language()));
        let rows = Rows::copy(tree, numbers);
        let is_deep = rows.depth > DEPTH_ON_STACK;
        if let Some(offset) = rows.cut_at {
            let what = format!("code nested deeper than {DEPTH_MAX} levels was not looked at by pattern rules");
            problems.push(problem(file, ProblemKind::Limit, offset, what));
        }
        let walk = || self.walk(FlatTree::new(file.text, support_language(self.language), numbers, rows), &is_wanted);
        let walked = if is_deep { with_large_stack(walk) } else { Ok(walk()) };
        let (mut hits, stopped_at) = walked.unwrap_or_else(|error| {
            let what = format!("pattern rules could not run on this deeply nested file: {error}");
            problems.push(problem(file, ProblemKind::Engine, 0, what));
            (Vec::new(), None)
        });
        if let Some(offset) = stopped_at {
            let what = "pattern rules used up their budget of steps here and did not look further".to_owned();
            problems.push(problem(file, ProblemKind::Limit, offset, what));
        }
        hits.sort_by(|a, b| (a.span, &a.rule_id).cmp(&(b.span, &b.rule_id)));
        hits.dedup_by(|a, b| a.span == b.span && a.rule_id == b.rule_id);
        hits
    }

    /// The hits in pre-order, and where the budget ran out, if it did.
    fn walk(&self, flat: FlatTree, is_wanted: &[bool]) -> (Vec<Hit>, Option<usize>) {
        let mut hits = Vec::new();
        let grep = AstGrep::doc(flat.clone());
        let root = grep.root();
        let mut last = 0;
        for node in root.dfs() {
            last = node.range().start;
            let Some(rules) = self.rules_of_kind.get(node.kind_id() as usize) else { continue };
            for &index in rules.iter().filter(|&&index| is_wanted[index]) {
                let rule = &self.rules[index];
                let matched = rule.config.matcher.match_node(node.clone());
                if flat.is_exhausted() {
                    return (hits, Some(last));
                }
                hits.extend(matched.map(|matched| hit(rule, &matched)));
            }
        }
        (hits, flat.is_exhausted().then_some(last))
    }
}

fn hit(rule: &CompiledRule, matched: &NodeMatch<'_, FlatTree>) -> Hit {
    let caret = rule.caret.as_ref().and_then(|name| matched.get_env().get_match(name));
    let range = caret.map_or_else(|| matched.range(), |node| node.range());
    Hit {
        rule_id: rule.id.clone(),
        span: Span { start: range.start, end: range.end },
        message: rule.message.render(matched.get_env()),
        secret: None,
    }
}

/// Runs `walk` on a thread of its own, whose stack holds the matchers' recursion down to [`DEPTH_MAX`] levels.
///
/// # Errors
/// When the system gives no thread.
fn with_large_stack<T: Send>(walk: impl FnOnce() -> T + Send) -> std::io::Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(LARGE_STACK_BYTES).spawn_scoped(scope, walk)?;
        thread.join().map_err(|_| std::io::Error::other("a rule failed"))
    })
}

fn problem(file: &FileInput<'_>, kind: ProblemKind, offset: usize, message: String) -> Problem {
    Problem { path: Some(file.path.clone()), line: Some(file.lines.line(offset)), kind, message }
}
