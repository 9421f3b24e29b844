//! Where drafts land: what models do to the code they quote, and what is not believed.

use codeproof_judge::{Analyzer, ChunkReading, CodeLines, RelativeDraft, anchor};
use codeproof_replies::ReplyStatus;
use codeproof_types::{Cwe, Language, Severity};

use crate::sample::{HANDLER, chunk};

fn draft(snippet: &str, line: Option<i64>) -> RelativeDraft {
    RelativeDraft {
        title: "Command injection".to_owned(),
        cwe: Some(Cwe(78)),
        severity: Severity::High,
        line: line.map(|line| line - 20),
        snippet: snippet.to_owned(),
        reason: "the name comes from the request".to_owned(),
    }
}

fn place(snippet: &str, claimed: Option<i64>, chunk: &CodeLines) -> Result<(u32, u32, bool), String> {
    let reading = ChunkReading { drafts: vec![draft(snippet, claimed)], status: ReplyStatus::Ok };
    let (anchored, dropped) = anchor(&reading, chunk, &Analyzer::of("fast"), "m");
    assert_eq!(anchored.len() + dropped.len(), 1);
    match anchored.first() {
        Some(found) => Ok((found.draft.line, found.last_line, found.is_relocated)),
        None => Err(dropped[0].reason.clone()),
    }
}

/// The draft lands in `line`; `claimed` is what the model said.
#[track_caller]
fn lands(snippet: &str, claimed: impl Into<Option<i64>>, line: u32) {
    let claimed = claimed.into();
    let found = place(snippet, claimed, &chunk(HANDLER)).expect("the draft is anchored");
    assert_eq!((found.0, found.2), (line, claimed.is_some_and(|claimed| claimed != i64::from(line))), "{snippet:?}");
}

#[track_caller]
fn is_dropped(snippet: &str, claimed: impl Into<Option<i64>>, reason: &str) {
    assert_eq!(place(snippet, claimed.into(), &chunk(HANDLER)).unwrap_err(), reason, "{snippet:?}");
}

const NOT_THERE: &str = "the code it quotes does not stand in the chunk";

#[test]
fn a_quote_at_its_line_stays_and_one_elsewhere_is_relocated() {
    lands("os.system(command)", 26, 26);
    lands("os.system(command)", 3, 26);
    lands("os.system(command)", 4_200, 26);
    lands("os.system(command)", None, 26);
    assert_eq!(place("os.system(command)", Some(-7), &chunk(HANDLER)).unwrap(), (26, 26, false));
    lands("name = request.args.get(\"name\")", 28, 22);
}

#[test]
fn what_models_do_to_code_is_tolerated() {
    for snippet in [
        "  os.system( command )",
        "26| os.system(command)",
        "26 |     os.system(command)",
        "`os.system(command)`",
        "\"os.system(command)\"",
        "```\nos.system(command)\n```",
        "os.system(command);",
        "os.system(command)  # runs the name of the request",
        "os.system(command) // attacker controls it",
        "os.system(command) <-- here",
        "os.sys\u{200b}tem(command)",
        "... os.system(command) ...",
        "command = \"tar czf /srv/out.tgz \" + name\n    os.system(command)",
        "25| command = \"tar czf /srv/out.tgz \" + name\n26| os.system(command)",
        "command = \"tar czf /srv/out.tgz \" + name ... os.system(command)",
    ] {
        lands(snippet, 26, 26);
    }
    lands("subprocess.run([\"tar\", …, check=True)", 27, 27);
    lands("command = \"tar czf /srv/ou…", 25, 25);
    lands("command = 'tar czf /srv/out.tgz ' + name", 25, 25);
    lands("command = \\\"tar czf /srv/out.tgz \\\" + name", 25, 25);
    lands("command = “tar czf /srv/out.tgz ” + name", 25, 25);
    lands("command = &quot;tar czf /srv/out.tgz &quot; + name", 25, 25);
    lands("subprocess.run([\"tar\", ...", 20, 27);
}

#[test]
fn a_statement_over_several_lines_is_found_however_it_is_broken() {
    let text = "result = query(\n    \"SELECT * FROM t WHERE id = \" +\n    user_id,\n)\n";
    let found = |snippet: &str, line| place(snippet, line, &chunk(text)).unwrap();
    assert_eq!(found("result = query(\"SELECT * FROM t WHERE id = \" + user_id,)", Some(20)), (20, 23, false));
    assert_eq!(found("query(\"SELECT * FROM t WHERE id = \" +", Some(99)), (20, 21, true));
    assert_eq!(found("result = query(\"SELECT * FROM t WHERE id = \" + user_id)", Some(21)), (21, 23, false));
}

#[test]
fn a_comma_behind_the_last_of_a_list_does_not_move_it() {
    let text = "call(\n    name=quote(name),\n    kind=1,\n)\ncall(\n    name=quote(name),\n)\n";
    let line = |claimed| place("name=quote(name),", Some(claimed), &chunk(text)).unwrap().0;
    assert_eq!([20, 21, 23, 24, 25, 26].map(line), [21, 21, 21, 25, 25, 25]);
}

#[test]
fn of_several_occurrences_the_nearest_to_the_claim_is_meant() {
    let text = "strcpy(a, b);\nx = 1;\ny = 2;\nz = 3;\nq = 4;\nstrcpy(a, b);\n// strcpy(a, b);\n";
    let chunk = CodeLines { language: Some(Language::C), ..chunk(text) };
    let line = |claimed| place("strcpy(a, b);", claimed, &chunk).unwrap().0;
    assert_eq!((line(Some(21)), line(Some(24)), line(Some(25)), line(None)), (20, 25, 25, 20));
    // Far from both, code comes before the comment; a claim that names the comment is right about the text.
    assert_eq!((line(Some(900)), line(Some(26))), (25, 26));
}

#[test]
fn what_could_stand_anywhere_is_believed_only_where_it_was_claimed() {
    lands("return 0", 29, 29);
    is_dropped("return 0", 22, NOT_THERE);
    is_dropped("return 0", None, NOT_THERE);
    is_dropped(")", 26, NOT_THERE);
    is_dropped("...", 26, NOT_THERE);
    is_dropped("…", None, NOT_THERE);
    // A name alone: several lines hold it, and the claim decides.
    lands("command", 26, 26);
    is_dropped("command", 29, NOT_THERE);
    lands("subprocess", 29, 27);
}

#[test]
fn inventions_are_dropped() {
    is_dropped("os.popen(command)", 26, NOT_THERE);
    is_dropped("system(command)\nstrcpy(buffer, input)\ngets(line)", 26, NOT_THERE);
    is_dropped("os.system(comm", 26, NOT_THERE);
    is_dropped("s.system(command)", 26, NOT_THERE);
    is_dropped("fetch(\"https://elsewhere\") # os.system(command)", 26, NOT_THERE);
    // Imports are shown, and are not part of the chunk.
    is_dropped("import subprocess", 2, NOT_THERE);
}

#[test]
fn without_a_quote_the_line_must_hold_code() {
    lands("", 26, 26);
    lands("  \n", 23, 23);
    let nothing = "it quotes no code, and there is none in the line it names";
    is_dropped("", 21, nothing);
    is_dropped("", 24, nothing);
    let outside = "it quotes no code and names no line of the chunk";
    is_dropped("", 30, outside);
    is_dropped("", 19, outside);
    is_dropped("", None, outside);

    let braces = CodeLines {
        language: Some(Language::C),
        ..chunk("int f(void)\n{\n  /* x */\n  * y;\n  *p = 1;\n}\n} else {\n")
    };
    let holds = |line| place("", Some(line), &braces).is_ok();
    assert_eq!([20, 21, 22, 23, 24, 25, 26].map(holds), [true, false, false, false, false, false, false]);
}

#[test]
fn masked_secrets_match_whatever_the_model_makes_of_the_stars() {
    let text = format!("connect(user, \"{}\")\n", "*".repeat(24));
    for stars in [4, 8, 24, 40] {
        let snippet = format!("connect(user, \"{}\")", "*".repeat(stars));
        assert_eq!(place(&snippet, Some(20), &chunk(&text)).unwrap(), (20, 20, false), "{stars}");
    }
    assert!(place("connect(user, \"hunter\")", Some(20), &chunk(&text)).is_err());
}

#[test]
fn moved_code_keeps_its_drafts() {
    let reading = ChunkReading { drafts: vec![draft("os.system(command)", Some(26))], status: ReplyStatus::Ok };
    let moved = CodeLines { first_line: 120, ..chunk(HANDLER) };
    let (anchored, _) = anchor(&reading, &moved, &Analyzer::of("fast"), "m");
    let found = &anchored[0];
    assert_eq!((found.draft.line, found.draft.claimed_line, found.is_relocated), (126, Some(126), false));
    assert_eq!(found.code, "    os.system(command)");
}

#[test]
fn a_model_that_repeats_itself_says_it_once() {
    let same = draft("os.system(command)", Some(26));
    let again = RelativeDraft { reason: "once more".to_owned(), ..same.clone() };
    let other = RelativeDraft { cwe: Some(Cwe(22)), ..same.clone() };
    let lost = draft("gets(line)", Some(26));
    let drafts = vec![same, again, other, lost.clone(), lost];
    let reading = ChunkReading { drafts, status: ReplyStatus::Ok };
    let (anchored, dropped) = anchor(&reading, &chunk(HANDLER), &Analyzer::of("fast"), "m");
    assert_eq!((anchored.len(), dropped.len()), (2, 1));
    assert_eq!((dropped[0].first_line, dropped[0].last_line, dropped[0].claimed_line), (20, 29, Some(26)));
}
