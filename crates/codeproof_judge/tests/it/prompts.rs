//! What models are told and shown.

use codeproof_judge::{
    Analyzer, AnswerForm, CodeLines, ContextPart, Prompt, Verifier, VerifyInput, chunk_key, draft_prompt, mend_prompt,
    verify_prompt,
};
use codeproof_types::{Evidence, EvidenceRole, OutputMode, RepoPath};

use crate::sample::{HANDLER, chunk, evidence, finding, key};

/// Both texts as one, for reading.
fn both(prompt: &Prompt) -> String {
    format!("--- system\n{}\n--- message\n{}", prompt.system, prompt.user)
}

fn draft(mode: OutputMode) -> Prompt {
    draft_prompt(&Analyzer::of("fast"), mode, &chunk(HANDLER), &key())
}

fn words(text: &str) -> u32 {
    text.split_whitespace().count() as u32
}

fn trail() -> Vec<Evidence> {
    vec![
        evidence(22, "    name = request.args.get(\"name\")", EvidenceRole::Source),
        evidence(26, "    os.system(command)", EvidenceRole::Sink),
    ]
}

fn parts() -> Vec<ContextPart> {
    vec![ContextPart {
        heading: "caller `routes`".to_owned(),
        path: RepoPath::new("app/routes.py").unwrap(),
        first_line: 4,
        lines: vec![
            "@app.route(\"/export\")".to_owned(),
            "def routes():".to_owned(),
            "    return export(request)".to_owned(),
        ],
    }]
}

pub(crate) fn vote(tokens_max: u32) -> Prompt {
    let (finding, code, trail, parts) = (finding(), chunk(HANDLER), trail(), parts());
    let input = VerifyInput {
        finding: &finding,
        code: &code,
        trail: &trail,
        context_parts: &parts,
        tree: &["app/export.py".to_owned(), "app/routes.py".to_owned()],
        entry_points: &["GET /export -> app/routes.py:5 routes".to_owned()],
    };
    verify_prompt(&Verifier::of("judge"), &input, tokens_max, &words, &key())
}

#[test]
fn prompts_read_as_models_read_them() {
    insta::assert_snapshot!("draft_markers", both(&draft(OutputMode::Markers)));
    insta::assert_snapshot!("draft_json", both(&draft(OutputMode::Json)));
    insta::assert_snapshot!("vote", both(&vote(4_000)));
    insta::assert_snapshot!("mend_vote", both(&mend_prompt(AnswerForm::Vote, "I'd say\nit is real", &key())));
    let form = AnswerForm::Drafts(OutputMode::Markers);
    insta::assert_snapshot!("mend_draft", both(&mend_prompt(form, "os.system(command) is bad", &key())));
}

#[test]
fn a_prompt_uses_no_word_of_another_forms_answers() {
    let others = ["*TOOL", "*VERDICT", "tool_call", "*END_FINDING", "source_ids", "id_hint", "repo_overview"];
    let votes = ["*VOTE", "FINDING TO VERIFY", "VERIFICATION CRITERIA"];
    let [markers, json] = [OutputMode::Markers, OutputMode::Json].map(|mode| both(&draft(mode)));
    let vote = both(&vote(4_000));
    assert!(others.iter().all(|word| !markers.contains(word) && !json.contains(word) && !vote.contains(word)));
    assert!(votes.iter().all(|word| !markers.contains(word) && !json.contains(word)));
    assert!(!json.contains("*DRAFT") && !markers.contains("\"findings\"") && !vote.contains("*DRAFT"));
}

#[test]
fn a_schema_is_sent_only_where_it_is_asked_for() {
    assert!(draft(OutputMode::Markers).schema.is_none());
    assert!(draft(OutputMode::Json).schema.is_none());
    let guided = draft(OutputMode::GuidedJson);
    insta::assert_json_snapshot!("drafts_schema", *guided.schema.unwrap());
    assert_eq!(both(&draft(OutputMode::Json)), format!("--- system\n{}\n--- message\n{}", guided.system, guided.user));
}

#[test]
fn all_prompts_of_one_kind_share_their_beginning() {
    let analyzer = Analyzer { prompt_template: Some("Look at {path}: {code}".to_owned()), ..Analyzer::of("fast") };
    for mode in OutputMode::ALL {
        for analyzer in [&analyzer, &Analyzer::of("fast")] {
            let one = draft_prompt(analyzer, *mode, &chunk(HANDLER), &key());
            let other = draft_prompt(analyzer, *mode, &chunk("other()"), &key());
            assert!(std::sync::Arc::ptr_eq(&one.system, &other.system), "{mode}");
            assert_ne!(one.user, other.user);
        }
    }
}

#[test]
fn the_same_code_gets_the_same_prompt_and_another_installation_another() {
    assert_eq!(draft(OutputMode::Markers), draft(OutputMode::Markers));
    let other = codeproof_judge::PromptKey::new([8; 32]);
    let elsewhere = draft_prompt(&Analyzer::of("fast"), OutputMode::Markers, &chunk(HANDLER), &other);
    assert_ne!(draft(OutputMode::Markers).user, elsewhere.user);
    assert!(!format!("{other:?}").contains('8'), "{other:?}");
}

#[test]
fn a_template_of_a_user_gets_everything_it_asks_for() {
    let template = "Review {language} in {path} ({symbol}).\n{imports}{code}\nSay {{\"ok\": true}.";
    let analyzer = Analyzer { prompt_template: Some(template.to_owned()), ..Analyzer::of("fast") };
    let short = CodeLines { lines: vec!["eval(\"{path} {{ {code}\")".to_owned()], ..chunk("") };
    insta::assert_snapshot!("draft_template", both(&draft_prompt(&analyzer, OutputMode::Markers, &short, &key())));

    let template = "{criteria}\n{finding}\nCode:\n{code}\nRest:\n{context}";
    let verifier = Verifier { prompt_template: Some(template.to_owned()), ..Verifier::of("judge") };
    let (finding, parts) = (finding(), parts());
    let input = VerifyInput {
        finding: &finding,
        code: &short,
        trail: &[],
        context_parts: &parts,
        tree: &[],
        entry_points: &[],
    };
    insta::assert_snapshot!("vote_template", both(&verify_prompt(&verifier, &input, 4_000, &words, &key())));
}

#[test]
fn what_does_not_fit_is_left_out_from_the_least_important_and_said() {
    let full = vote(4_000);
    let full_words = words(&full.system) + words(&full.user);
    let tight = vote(full_words - 1).user;
    assert!(
        tight.contains("def routes():") && tight.contains("\n20| ") && tight.contains("for want of room"),
        "{tight}"
    );

    let cut =
        (0..full_words).rev().map(|tokens_max| vote(tokens_max).user).find(|user| user.contains(" of 10 lines around"));
    let cut = cut.expect("some budget is too small for all lines around");
    assert!(cut.contains("parts of other code, 1 entry points, 2 files.\n"), "{cut}");
    assert!(cut.contains("\n26|     os.system(command)\n27|") && !cut.contains("\n20| "), "{cut}");
    assert!(cut.contains("- source, a parameter of the request"), "{cut}");

    let least = vote(0).user;
    assert!(least.contains("Title: Command built from parts"), "{least}");
    assert!(least.contains("\n26|     os.system(command)\n") && !least.contains("comes from the request"), "{least}");
}

#[test]
fn moved_code_keeps_its_key_and_nothing_else_does() {
    let fast = Analyzer::of("fast");
    let key = |analyzer: &Analyzer, mode, model: &str, chunk: &CodeLines| chunk_key(analyzer, mode, model, chunk);
    let base = key(&fast, OutputMode::Markers, "m-7b", &chunk(HANDLER));
    let moved = CodeLines { first_line: 900, path: RepoPath::new("b.py").unwrap(), ..chunk(HANDLER) };
    assert_eq!(base, key(&fast, OutputMode::Markers, "m-7b", &moved));
    let renumbered =
        CodeLines { preamble: vec![(7, "import os".to_owned()), (9, "import subprocess".to_owned())], ..moved };
    assert_eq!(base, key(&fast, OutputMode::Markers, "m-7b", &renumbered));

    let own_words = Analyzer { prompt_template: Some("{code}".to_owned()), ..Analyzer::of("fast") };
    let less = CodeLines { preamble: Vec::new(), ..chunk(HANDLER) };
    let others = [
        key(&Analyzer::of("slow"), OutputMode::Markers, "m-7b", &chunk(HANDLER)),
        key(&own_words, OutputMode::Markers, "m-7b", &chunk(HANDLER)),
        key(&fast, OutputMode::Json, "m-7b", &chunk(HANDLER)),
        key(&fast, OutputMode::Markers, "m-70b", &chunk(HANDLER)),
        key(&fast, OutputMode::Markers, "m-7b", &chunk(&HANDLER.replace("return 0", "return 1"))),
        key(&fast, OutputMode::Markers, "m-7b", &less),
    ];
    assert!(others.iter().all(|other| *other != base));
}
