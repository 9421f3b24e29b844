//! Which words a file must hold for a rule to have a chance, so that most rules are never tried on most files.
//!
//! The words are read off the rule: an identifier of its pattern, the literals of its regular expression. They are
//! required, not sufficient: a rule that gives none is tried on every file, which is slow and never wrong.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use ast_grep_core::Pattern;
use ast_grep_core::matcher::PatternNode;
use ast_grep_language::SupportLang;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};
use serde_json::{Map, Value};

/// Shorter words occur in nearly every file.
const WORD_BYTES_MIN: usize = 3;

/// Words of one rule: a file without any of them cannot match. Lower case, sorted.
pub(super) type Words = Vec<String>;

/// Lower case, sorted, without doubles and without words that hold another one.
pub(super) fn normalise(words: Words) -> Words {
    let mut words: Words = words.into_iter().map(|word| word.to_ascii_lowercase()).collect();
    words.sort_unstable();
    words.dedup();
    let is_needed = |word: &String| !words.iter().any(|other| other != word && word.contains(other.as_str()));
    words.iter().filter(|word| is_needed(word)).cloned().collect()
}

/// The words every match of a rule needs, read off its YAML (`rule`, `utils`, `constraints` as JSON) and the utilities
/// it shares with others. `None` when the rule does not tell.
pub(super) fn required_words(core: &Value, shared: &Map<String, Value>, language: SupportLang) -> Option<Words> {
    let utils = core.get("utils").unwrap_or(&Value::Null);
    let rule = Reader { utils, shared, language, open: Vec::new() }.rule(core.get("rule")?);
    let constraints = constraint_words(core);
    best([rule, constraints]).map(normalise)
}

struct Reader<'r> {
    utils: &'r Value,
    shared: &'r Map<String, Value>,
    language: SupportLang,
    /// The utilities being read, so that one that names itself ends.
    open: Vec<&'r str>,
}

impl<'r> Reader<'r> {
    /// The keys of a rule object hold together: the best of them will do.
    fn rule(&mut self, rule: &'r Value) -> Option<Words> {
        let keys = rule.as_object()?;
        let all: Vec<_> = keys.iter().map(|(key, value)| self.key(key, value)).collect();
        best(all)
    }

    fn key(&mut self, key: &str, value: &'r Value) -> Option<Words> {
        match key {
            "pattern" => pattern_words(value, self.language),
            "regex" => regex_words(value.as_str()?),
            "all" => {
                let all: Vec<_> = value.as_array()?.iter().map(|rule| self.rule(rule)).collect();
                best(all)
            }
            "any" => {
                let any: Option<Vec<Words>> = value.as_array()?.iter().map(|rule| self.rule(rule)).collect();
                any.map(|words| words.concat()).filter(|words| !words.is_empty())
            }
            // What stands around a match stands in the same file.
            "inside" | "has" | "precedes" | "follows" => self.rule(value),
            "matches" => self.utility(value.as_str()?),
            _ => None,
        }
    }

    fn utility(&mut self, name: &'r str) -> Option<Words> {
        if self.open.contains(&name) {
            return None;
        }
        self.open.push(name);
        let words = self.utils.get(name).or_else(|| self.shared.get(name)).and_then(|rule| self.rule(rule));
        self.open.pop();
        words
    }
}

/// A constraint must hold when its metavariable is bound, which is sure only for those of the patterns that every match
/// goes through: the rule's own and those under its `all`.
fn constraint_words(core: &Value) -> Option<Words> {
    let rule = core.get("rule")?;
    let all = rule.get("all").and_then(Value::as_array).into_iter().flatten();
    let patterns: Vec<&str> = all.chain([rule]).filter_map(|rule| pattern_text(rule.get("pattern")?)).collect();
    let constraints = core.get("constraints")?.as_object()?;
    let sure = constraints.iter().filter(|(name, _)| patterns.iter().any(|pattern| binds(pattern, name)));
    let words: Vec<_> = sure.map(|(_, rule)| rule.get("regex").and_then(Value::as_str).and_then(regex_words)).collect();
    best(words)
}

fn pattern_text(pattern: &Value) -> Option<&str> {
    pattern.as_str().or_else(|| pattern.get("context")?.as_str())
}

/// Whether `pattern` holds the metavariable `$name`.
fn binds(pattern: &str, name: &str) -> bool {
    let variable = format!("${name}");
    pattern.match_indices(&variable).any(|(at, _)| {
        let after = pattern[at + variable.len()..].chars().next();
        !pattern[..at].ends_with('$')
            && !after.is_some_and(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

/// The most telling of several sets that all hold: the one whose shortest word is longest, then the smallest.
fn best(sets: impl IntoIterator<Item = Option<Words>>) -> Option<Words> {
    sets.into_iter()
        .flatten()
        .filter(|words| shortest(words) >= WORD_BYTES_MIN)
        .max_by_key(|words| (shortest(words).min(8), std::cmp::Reverse(words.len())))
}

fn shortest(words: &Words) -> usize {
    words.iter().map(String::len).min().unwrap_or(0)
}

/// The longest identifier in the text a pattern must find, read off the compiled pattern.
fn pattern_words(pattern: &Value, language: SupportLang) -> Option<Words> {
    let compiled = match pattern {
        Value::String(text) => Pattern::try_new(text, language),
        // Loose strictness does not compare text.
        Value::Object(style) if style.get("strictness").is_none_or(Value::is_null) => {
            let context = style.get("context")?.as_str()?;
            match style.get("selector").and_then(Value::as_str) {
                Some(selector) => Pattern::contextual(context, selector, language),
                None => Pattern::try_new(context, language),
            }
        }
        _ => return None,
    };
    let compiled = compiled.ok().filter(|pattern| !pattern.has_error())?;
    let mut longest = "";
    let mut open = vec![&compiled.node];
    while let Some(node) = open.pop() {
        match node {
            PatternNode::Internal { children, .. } => open.extend(children),
            PatternNode::Terminal { text, is_named: true, .. } => longest = longer(longest, longest_identifier(text)),
            PatternNode::Terminal { .. } | PatternNode::MetaVar { .. } => {}
        }
    }
    (longest.len() >= WORD_BYTES_MIN).then(|| vec![longest.to_owned()])
}

fn longest_identifier(text: &str) -> &str {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).fold("", longer)
}

fn longer<'t>(a: &'t str, b: &'t str) -> &'t str {
    if b.len() > a.len() { b } else { a }
}

/// Literals one of which every match of the expression holds.
fn regex_words(expression: &str) -> Option<Words> {
    hir_words(&regex_syntax::parse(expression).ok()?)
}

fn hir_words(hir: &Hir) -> Option<Words> {
    let structure = match hir.kind() {
        HirKind::Concat(parts) => best(parts.iter().map(hir_words).collect::<Vec<_>>()),
        HirKind::Alternation(parts) => {
            parts.iter().map(hir_words).collect::<Option<Vec<Words>>>().map(|words| words.concat())
        }
        HirKind::Capture(capture) => hir_words(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => hir_words(&repetition.sub),
        _ => None,
    };
    best([structure, literals(hir, ExtractKind::Prefix), literals(hir, ExtractKind::Suffix)])
}

fn literals(hir: &Hir, kind: ExtractKind) -> Option<Words> {
    let sequence = Extractor::new().kind(kind).extract(hir);
    let words =
        sequence.literals()?.iter().map(|literal| std::str::from_utf8(literal.as_bytes()).map(str::to_ascii_lowercase));
    words.collect::<Result<Words, _>>().ok().map(normalise).filter(|words| !words.is_empty())
}

/// Tells which rules have a chance in a text, in one pass over it.
pub(super) struct Prefilter {
    words: Option<AhoCorasick>,
    /// Rules by word, in the order of the words given to the automaton.
    rules_of_word: Vec<Vec<usize>>,
    /// Rules without words.
    always: Vec<usize>,
    rule_count: usize,
}

impl Prefilter {
    /// Builds the automaton; `words_of_rule[i]` are the words of rule `i`.
    pub(super) fn new(words_of_rule: &[Option<Words>]) -> Self {
        let mut by_word = std::collections::BTreeMap::<&str, Vec<usize>>::new();
        let mut always = Vec::new();
        for (rule, words) in words_of_rule.iter().enumerate() {
            match words {
                Some(words) => words.iter().for_each(|word| by_word.entry(word).or_default().push(rule)),
                None => always.push(rule),
            }
        }
        let automaton = AhoCorasickBuilder::new()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(by_word.keys());
        // Building fails only for more bytes of words than an address holds; without it every rule is tried.
        let words = automaton.ok().filter(|_| !by_word.is_empty());
        if words.is_none() {
            always = (0..words_of_rule.len()).collect();
        }
        Self { words, rules_of_word: by_word.into_values().collect(), always, rule_count: words_of_rule.len() }
    }

    /// `result[i]` tells whether rule `i` is worth trying; `None` when no rule is.
    pub(super) fn rules_for(&self, text: &str) -> Option<Vec<bool>> {
        let mut is_wanted = vec![false; self.rule_count];
        self.always.iter().for_each(|&rule| is_wanted[rule] = true);
        let mut any = !self.always.is_empty();
        if let Some(words) = &self.words {
            for found in words.find_overlapping_iter(text) {
                self.rules_of_word[found.pattern().as_usize()].iter().for_each(|&rule| is_wanted[rule] = true);
                any = true;
            }
        }
        any.then_some(is_wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, expected: Option<&[&str]>) {
        let core: Value = serde_json::from_str(rule).unwrap();
        let expected = expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect::<Words>());
        assert_eq!(required_words(&core, &Map::new(), SupportLang::Python), expected, "{rule}");
    }

    #[test]
    fn reads_the_words_off_a_rule() {
        check(r#"{"rule": {"pattern": "strcpy($DST, $SRC)"}}"#, Some(&["strcpy"]));
        check(r#"{"rule": {"pattern": "$A($$$LONGNAME)"}}"#, None);
        check(
            r#"{"rule": {"kind": "call", "has": {"field": "f", "regex": "^(MD5|sha1)_Init$"}}}"#,
            Some(&["md5_init", "sha1_init"]),
        );
        check(r#"{"rule": {"any": [{"pattern": "gets($A)"}, {"pattern": "getwd($A)"}]}}"#, Some(&["gets", "getwd"]));
        check(r#"{"rule": {"any": [{"pattern": "gets($A)"}, {"kind": "call"}]}}"#, None);
        check(r#"{"rule": {"not": {"pattern": "gets($A)"}}}"#, None);
        check(r#"{"rule": {"regex": "(?i).*pepper$"}}"#, Some(&["pepper"]));
        check(r#"{"rule": {"matches": "u"}, "utils": {"u": {"any": [{"matches": "u"}, {"regex": "abc"}]}}}"#, None);
        check(r#"{"rule": {"matches": "u"}, "utils": {"u": {"regex": "a?xyz+"}}}"#, Some(&["xyz"]));
        check(r#"{"rule": {"pattern": "$F($A)"}, "constraints": {"F": {"regex": "^eval$"}}}"#, Some(&["eval"]));
        check(r#"{"rule": {"pattern": "$FN($A)"}, "constraints": {"F": {"regex": "^eval$"}}}"#, None);
        check(
            r#"{"rule": {"pattern": {"context": "class Thing: delete($A)", "selector": "call"}}}"#,
            Some(&["delete"]),
        );
        check(r#"{"rule": {"pattern": {"context": "delete($A)", "strictness": "signature"}}}"#, None);
    }

    #[test]
    fn only_rules_with_a_chance_are_tried() {
        let words = |word: &str| Some(vec![word.to_owned()]);
        let filter = Prefilter::new(&[words("gets"), words("fgets"), None]);
        assert_eq!(filter.rules_for("FGETS(a)"), Some(vec![true, true, true]));
        assert_eq!(filter.rules_for("puts(a)"), Some(vec![false, false, true]));
        assert_eq!(Prefilter::new(&[words("gets")]).rules_for("puts(a)"), None);
    }
}
