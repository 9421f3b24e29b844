//! The languages rules can be written for, and how their grammars number kinds and fields.

use ast_grep_language::{LanguageExt, SupportLang};
use codeproof_types::Language;

/// What ast-grep calls the language.
pub(super) fn support_language(language: Language) -> SupportLang {
    match language {
        Language::C => SupportLang::C,
        Language::Cpp => SupportLang::Cpp,
        Language::CSharp => SupportLang::CSharp,
        Language::Go => SupportLang::Go,
        Language::Java => SupportLang::Java,
        Language::JavaScript => SupportLang::JavaScript,
        Language::Php => SupportLang::Php,
        Language::Python => SupportLang::Python,
        Language::Ruby => SupportLang::Ruby,
        Language::Rust => SupportLang::Rust,
        Language::Tsx => SupportLang::Tsx,
        Language::TypeScript => SupportLang::TypeScript,
    }
}

/// Whether the rules and utilities written for `folder`, the name of a language, may be for `language` too: those for C
/// serve C++, those for JavaScript serve TypeScript, because most misuses are the same.
pub(crate) fn serves(folder: Language, language: Language) -> bool {
    folder == language
        || matches!(
            (folder, language),
            (Language::C, Language::Cpp) | (Language::JavaScript, Language::TypeScript | Language::Tsx)
        )
}

/// The language a rule names, in any of ast-grep's spellings.
///
/// # Errors
/// A sentence that says why there are no rules for it here, and which languages there are.
pub(super) fn parse_language(word: &str) -> Result<Language, String> {
    let known = Language::ALL.map(Language::name).join(", ");
    let Ok(support) = word.parse::<SupportLang>() else {
        return Err(format!("{word:?} is not a language of ast-grep; use one of {known}"));
    };
    Language::ALL.into_iter().find(|language| support_language(*language) == support).ok_or_else(|| {
        format!("ast-grep knows the language {word:?}, but its grammar is not built into codeproof; use one of {known}")
    })
}

/// From the numbers of the grammar a file is parsed with to those patterns are compiled with. They differ for PHP only.
pub(super) struct KindNumbers {
    grammar: tree_sitter::Language,
    kinds: Option<Vec<u16>>,
    fields: Vec<u16>,
}

impl KindNumbers {
    /// Pairs the two grammars of `language` by the names of their kinds and fields.
    pub(super) fn new(language: Language, parsed_with: &tree_sitter::Language) -> Self {
        let grammar = support_language(language).get_ts_language();
        if grammar == *parsed_with {
            return Self { grammar, kinds: None, fields: Vec::new() };
        }
        let kinds = (0..parsed_with.node_kind_count() as u16)
            .map(|kind| {
                let name = parsed_with.node_kind_for_id(kind).unwrap_or_default();
                grammar.id_for_node_kind(name, parsed_with.node_kind_is_named(kind))
            })
            .collect();
        let fields = (0..=parsed_with.field_count() as u16)
            .map(|field| parsed_with.field_name_for_id(field).and_then(|name| grammar.field_id_for_name(name)))
            .map(|field| field.map_or(0, std::num::NonZero::get))
            .collect();
        Self { grammar, kinds: Some(kinds), fields }
    }

    /// The grammar whose numbers come out.
    pub(super) fn grammar(&self) -> &tree_sitter::Language {
        &self.grammar
    }

    /// The number of a kind; 0, which no rule can name, when the other grammar does not have it.
    pub(super) fn kind(&self, kind: u16) -> u16 {
        match &self.kinds {
            // The built-in kind ERROR lies outside the table and is the same in every grammar.
            Some(kinds) => kinds.get(kind as usize).copied().unwrap_or(kind),
            None => kind,
        }
    }

    /// The number of a field; 0 when the other grammar does not have it.
    pub(super) fn field(&self, field: u16) -> u16 {
        match &self.kinds {
            Some(_) => self.fields.get(field as usize).copied().unwrap_or(0),
            None => field,
        }
    }
}
