//! From text to a syntax tree.

use std::cell::RefCell;

use codeproof_types::{Language, Problem, ProblemKind};
use tree_sitter::{Parser, Tree};

use crate::budget::{budget, parse_within};
use crate::languages;
use crate::nodes::errors;

/// A file's tree with its language. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ParsedFile {
    language: Language,
    tree: Tree,
}

impl ParsedFile {
    /// The language the file was read as.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The tree; its byte offsets are those of the text given to [`parse`].
    pub fn tree(&self) -> &Tree {
        &self.tree
    }
}

/// Parses `text`. Broken text gives a tree of what was understood and problems (without a path) for the rest; `None`
/// only when the analysis budget ran out.
///
/// C and C++ are read as they would be after the simplest preprocessing: where conditionals or macros break the grammar,
/// the tree leaves out tokens of the text, but every offset in it is an offset in `text`.
pub fn parse(text: &str, language: Language) -> (Option<ParsedFile>, Vec<Problem>) {
    let Some(tree) = best_tree(text, language) else {
        return (None, vec![problem(None, ProblemKind::Limit, out_of_budget(language))]);
    };
    let problems = syntax_problem(&tree, language).into_iter().collect();
    (Some(ParsedFile { language, tree }), problems)
}

/// The tree with fewest errors among those of the prepared, plain and repaired text; `None` when none was finished.
fn best_tree(text: &str, language: Language) -> Option<Tree> {
    let definition = languages::of(language);
    let Some(prepared) = (definition.prepare)(text) else { return plain_tree(text, language) };
    debug_assert_eq!(prepared.len(), text.len(), "offsets must stay those of the text");
    let tree = tree_of(&prepared, language);
    if tree.as_ref().is_some_and(|tree| !tree.root_node().has_error()) {
        return tree;
    }
    [tree, tree_of(text, language)].into_iter().flatten().min_by_key(broken_bytes)
}

/// The tree of a text that needs no preparation, or of its repaired form when that explains more.
fn plain_tree(text: &str, language: Language) -> Option<Tree> {
    let tree = tree_of(text, language)?;
    if !tree.root_node().has_error() {
        return Some(tree);
    }
    let repaired = languages::repaired(language, text).and_then(|repaired| tree_of(&repaired, language));
    [Some(tree), repaired].into_iter().flatten().min_by_key(broken_bytes)
}

/// How much of a text its tree does not explain; a missing token counts as one byte.
fn broken_bytes(tree: &Tree) -> usize {
    errors(tree).iter().map(|node| node.byte_range().len().max(1)).sum()
}

fn tree_of(text: &str, language: Language) -> Option<Tree> {
    thread_local! {
        /// One parser for each thread: making one costs more than parsing a small file.
        static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
    }
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(&(languages::of(language).grammar)()).expect("the grammars are built for this tree-sitter");
        parse_within(parser, text, budget(text.len()))
    })
}

fn out_of_budget(language: Language) -> String {
    format!(
        "reading it as {} takes more steps than a text of its size should; it was searched for secrets only",
        language.title()
    )
}

fn syntax_problem(tree: &Tree, language: Language) -> Option<Problem> {
    let places = if tree.root_node().has_error() { errors(tree) } else { Vec::new() };
    let line = u32::try_from(places.first()?.start_position().row + 1).ok();
    let message = match places.len() {
        1 => format!("one place does not follow the grammar of {}; facts around it may be missing", language.title()),
        count => format!(
            "{count} places do not follow the grammar of {}; the first is here, facts around them may be missing",
            language.title()
        ),
    };
    Some(problem(line, ProblemKind::Syntax, message))
}

fn problem(line: Option<u32>, kind: ProblemKind, message: String) -> Problem {
    Problem { path: None, line, kind, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, language: Language, expected: &[(u32, &str)]) {
        let (parsed, problems) = parse(text, language);
        assert!(parsed.is_some());
        let found: Vec<_> = problems.iter().map(|it| (it.line.unwrap_or(0), it.message.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn conditionals_that_cut_through_a_head_are_read_by_their_first_branch() {
        let text = "class A {\n  bool B()\n#if X\n    => true\n#else\n    => false\n#endif\n    ;\n  int C;\n}\n";
        check(text, Language::CSharp, &[]);
        check("class A {\n#if X\n  int B;\n#else\n  int C;\n#endif\n}\n", Language::CSharp, &[]);
    }

    #[test]
    fn says_where_a_text_leaves_the_grammar() {
        check("x = 1\n", Language::Python, &[]);
        check(
            "x = 1\n\ndef f(:\n    pass\n",
            Language::Python,
            &[(3, "one place does not follow the grammar of Python; facts around it may be missing")],
        );
        check(
            "<?php\nf(;\ng();\nh(;\n",
            Language::Php,
            &[(2, "2 places do not follow the grammar of PHP; the first is here, facts around them may be missing")],
        );
    }
}
