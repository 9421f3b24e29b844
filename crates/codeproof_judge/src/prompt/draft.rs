//! Asks a model what is wrong in one chunk.

use std::sync::{Arc, LazyLock};

use codeproof_types::OutputMode;

use super::{
    ATTACKER_DATA, DRAFT, DRAFT_JSON, DRAFT_MARKERS, Prompt, SHOWN_CODE, SYSTEM_OF_TEMPLATES, SystemText, paragraphs,
    schema,
};
use crate::code_lines::CodeLines;
use crate::fence::{Fence, PromptKey, numbered, quoted};
use crate::profile::Analyzer;
use crate::template;

static SYSTEM_MARKERS: SystemText = LazyLock::new(|| paragraphs(&[DRAFT, ATTACKER_DATA, SHOWN_CODE, DRAFT_MARKERS]));
static SYSTEM_JSON: SystemText = LazyLock::new(|| paragraphs(&[DRAFT, ATTACKER_DATA, SHOWN_CODE, DRAFT_JSON]));

/// The last line of the built-in message: behind code small models forget what they were asked.
const REMINDER_MARKERS: &str =
    "\nReport what is wrong in this part with lines from *DRAFT to *END_DRAFT, or answer *NO_FINDINGS.\n";
const REMINDER_JSON: &str = "\nReport what is wrong in this part as one JSON object with the list \"findings\".\n";

/// The prompt that asks `analyzer` for drafts of `chunk`, in the form of `mode`.
pub fn draft_prompt(analyzer: &Analyzer, mode: OutputMode, chunk: &CodeLines, key: &PromptKey) -> Prompt {
    let blocks = Blocks::of(chunk, key);
    let (system, body) = match &analyzer.prompt_template {
        None => {
            (if mode == OutputMode::Markers { &*SYSTEM_MARKERS } else { &*SYSTEM_JSON }, blocks.message(chunk, mode))
        }
        Some(template) => (&*SYSTEM_OF_TEMPLATES, blocks.fill(template, mode, chunk)),
    };
    Prompt {
        system: Arc::clone(system),
        user: blocks.fence.heading() + &body,
        schema: (mode == OutputMode::GuidedJson).then(schema::drafts),
        schema_name: schema::DRAFTS_NAME,
        shown: shown(chunk),
    }
}

/// The form of answers of a mode, in words.
pub(crate) fn form(mode: OutputMode) -> &'static str {
    match mode {
        OutputMode::Markers => DRAFT_MARKERS,
        OutputMode::Json | OutputMode::GuidedJson => DRAFT_JSON,
    }
}

/// What a chunk shows, without numbers: its lines, then its imports.
pub(crate) fn shown(chunk: &CodeLines) -> String {
    let preamble = chunk.preamble.iter().flat_map(|(_, line)| [line.as_str(), "\n"]);
    chunk.text() + &preamble.collect::<String>()
}

/// The chunk's texts, fenced.
struct Blocks {
    fence: Fence,
    imports: String,
    code: String,
    path: String,
    symbol: String,
}

impl Blocks {
    fn of(chunk: &CodeLines, key: &PromptKey) -> Self {
        let imports = numbered(chunk.preamble.iter().map(|(number, line)| (*number, line.as_str())));
        let code = numbered(chunk.numbered());
        let path = quoted(chunk.path.as_str());
        let symbol = chunk.symbol.as_deref().map(quoted).unwrap_or_default();
        let fence = key.fence([path.as_str(), &symbol, &imports, &code]);
        let imports = if imports.is_empty() { imports } else { fence.around(&imports) };
        let code = fence.around(&code);
        Self { fence, imports, code, path, symbol }
    }

    /// The built-in message.
    fn message(&self, chunk: &CodeLines, mode: OutputMode) -> String {
        let mut text = format!("File: {}\n", self.path);
        if let Some(language) = chunk.language {
            text.push_str(&format!("Language: {}\n", language.title()));
        }
        if chunk.symbol.is_some() {
            text.push_str(&format!("Part of: {}\n", self.symbol));
        }
        if !self.imports.is_empty() {
            text.push_str(&format!("\nIts imports, not to be reported:\n{}", self.imports));
        }
        text.push_str(&format!("\nThe part to review:\n{}", self.code));
        text.push_str(if mode == OutputMode::Markers { REMINDER_MARKERS } else { REMINDER_JSON });
        text
    }

    /// The user's template with everything put in.
    fn fill(&self, template: &str, mode: OutputMode, chunk: &CodeLines) -> String {
        let values = [
            ("path", self.path.as_str()),
            ("language", chunk.language.map_or("unknown", |language| language.title())),
            ("code", self.code.as_str()),
            ("symbol", self.symbol.as_str()),
            ("imports", self.imports.as_str()),
            ("format", form(mode)),
        ];
        template::render(template, &values, &["code", "format"])
    }
}
