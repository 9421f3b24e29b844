//! What must hold for every program: results do not depend on what lies beside, on names, on order or on threads, and no
//! text makes the engine fail.

use std::path::{Path, PathBuf};

use codeproof_dataflow::Analysis;
use codeproof_types::Language;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::program::Program;

/// Flows and sites without the places of the files in the list, so that programs of different files compare.
fn told(program: &Program, analysis: &Analysis) -> Vec<String> {
    let place = |spot| format!("{}:{}", program.line(analysis, spot), program.quote(analysis, spot));
    let path = |file: u32| analysis.paths[file as usize].as_str();
    let flows = analysis.flows.iter().map(|flow| {
        let steps: Vec<String> =
            flow.steps.iter().map(|step| format!("{} {:?}", place(step.spot), step.what)).collect();
        let (sink, source) = (place(flow.sink), place(flow.source.spot));
        let (kind, trust, danger) = (flow.kind.name(), flow.source.trust, flow.danger);
        format!("{} {kind} {sink} <- {trust:?} {source} {danger} {} {steps:?}", path(flow.sink.file), flow.is_certain)
    });
    let sites = analysis.sites.iter().map(|site| {
        let verdict = std::mem::discriminant(&site.verdict);
        format!("{} {} {} {verdict:?}", path(site.sink.file), site.kind.name(), place(site.sink))
    });
    flows.chain(sites).collect()
}

/// The fixtures as programs.
fn fixtures() -> Vec<Program> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let read = std::fs::read_dir(folder).expect("the fixtures are in the checkout");
        read.map(|entry| entry.expect("the folder can be read").path()).collect()
    };
    let mut files: Vec<PathBuf> = entries(&folder).iter().flat_map(|topic| entries(topic)).collect();
    files.sort();
    let program = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).expect("fixtures are text");
        let is_php = file.extension().is_some_and(|extension| extension == "php");
        Program::parted(if is_php { Language::Php } else { Language::Python }, &text)
    };
    files.iter().map(program).collect()
}

fn analyse_on(program: &Program, threads: usize) -> Analysis {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
    pool.install(|| program.analyse())
}

#[test]
fn an_unrelated_function_changes_nothing() {
    for program in fixtures() {
        let before = told(&program, &program.analyse());
        let mut with_more = program.clone();
        for (path, text) in &mut with_more.files {
            if path.ends_with(".py") {
                text.push_str("\n\ndef zz_unrelated(zz_a, zz_b=1):\n    for zz_c in zz_a:\n        zz_b = zz_b + zz_c\n    return zz_b\n");
            } else if !text.contains("?>") {
                text.push_str(
                    "\nfunction zz_unrelated($zz_a) { foreach ($zz_a as $zz_c) { $zz_a = $zz_c; } return $zz_a; }\n",
                );
            }
        }
        assert_eq!(told(&with_more, &with_more.analyse()), before);
    }
}

#[test]
fn an_unrelated_file_changes_nothing() {
    for program in fixtures() {
        let before = told(&program, &program.analyse());
        for path in ["aa_unrelated/first", "zz_unrelated/last"] {
            let mut with_more = program.clone();
            let file = match program.language {
                Language::Php => (
                    format!("{path}.php"),
                    "<?php\nclass ZzUnrelated { public $zz = 1; function zz_run($zz) { return $zz; } }\n",
                ),
                _ => (
                    format!("{path}.py"),
                    "class ZzUnrelated:\n    zz = 1\n    def zz_run(self, zz):\n        return zz\n",
                ),
            };
            with_more.files.insert(0, (file.0, file.1.to_owned()));
            assert_eq!(told(&with_more, &with_more.analyse()), before);
        }
    }
}

#[test]
fn the_order_of_files_does_not_matter() {
    for program in fixtures() {
        let before = told(&program, &program.analyse());
        let mut turned = program.clone();
        turned.files.reverse();
        assert_eq!(told(&turned, &turned.analyse()), before);
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    // All of a language as one program: their functions share names, and are many.
    for language in [Language::Python, Language::Php] {
        let mut all = Program { language, files: Vec::new() };
        for (number, program) in (0..).zip(fixtures()).filter(|(_, program)| program.language == language) {
            all.files.extend(program.files.into_iter().map(|(path, text)| (format!("f{number}/{path}"), text)));
        }
        let before = told(&all, &analyse_on(&all, 1));
        assert!(before.len() > 100, "{} things are told", before.len());
        for threads in [1, 4] {
            assert_eq!(told(&all, &analyse_on(&all, threads)), before);
        }
    }
}

#[test]
fn the_name_of_a_local_does_not_matter() {
    for program in fixtures() {
        // Names of one length, so that places stay; keys of the same name change with it.
        let mut renamed = program.clone();
        for (_, text) in &mut renamed.files {
            *text = with_word_replaced(text, "q", "z");
        }
        let before = told(&program, &program.analyse());
        let before: Vec<String> = before.iter().map(|line| with_word_replaced(line, "q", "z")).collect();
        assert_eq!(told(&renamed, &renamed.analyse()), before);
    }
}

/// `text` with `old` replaced where it is a whole word.
fn with_word_replaced(text: &str, old: &str, new: &str) -> String {
    let is_part = |char: char| char.is_alphanumeric() || char == '_';
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (before, behind) = (&rest[..at], &rest[at + old.len()..]);
        let last = before.chars().next_back().or_else(|| result.chars().next_back());
        let is_whole = !last.is_some_and(is_part) && !behind.starts_with(is_part);
        result.push_str(before);
        result.push_str(if is_whole { new } else { old });
        rest = behind;
    }
    result + rest
}

/// Words of which programs of the language are made.
fn words(language: Language) -> Vec<&'static str> {
    let python = "def class return if elif else for while in not and or try except finally with as lambda yield from import \
        global nonlocal del assert raise match case async await None True pass break continue f( request.args os.system( \
        self . , : ( ) [ ] { } = == += := -> * ** + - / % @ 'a' f'{q}' \"b\" 1 0 -1 q x items append pop get join format \
        isdigit startswith flask os ... ~ < > != is \\ # ; _ __init__ super()";
    let php = "<?php ?> function class trait interface extends implements use static public private abstract final fn return \
        if elseif else for foreach while do switch case default match break continue try catch finally throw new clone \
        namespace const global unset isset empty exit die echo print include require list array yield from instanceof goto \
        declare => -> :: ; , ( ) [ ] { } = == === .= . + - * / % & | ! ? ?? ?: @ # $_GET['q'] $_GET $q $x $this \"a $q b\" 'a' \
        1 0 system( htmlspecialchars( intval( in_array( <<<A A; `ls` \\ & ... #[A] __construct parent::f self::$x $$q <p> <a href=\"";
    if language == Language::Php { php.split_whitespace().collect() } else { python.split_whitespace().collect() }
}

fn soup(language: Language) -> impl Strategy<Value = String> {
    let breaks = if language == Language::Php { vec![" ", "\n", ""] } else { vec![" ", "\n", "\n    ", "\n        "] };
    proptest::collection::vec((select(words(language)), select(breaks)), 0..120).prop_map(move |parts| {
        let head = if language == Language::Php { "<?php " } else { "import os\nfrom flask import request\n" };
        parts.iter().fold(head.to_owned(), |text, (word, gap)| text + word + gap)
    })
}

/// A fixture with pieces cut out, doubled or moved, and perhaps cut off.
fn mutated(language: Language) -> impl Strategy<Value = String> {
    let texts: Vec<String> = fixtures()
        .into_iter()
        .filter(|program| program.language == language)
        .flat_map(|program| program.files)
        .map(|(_, text)| text)
        .collect();
    let change = (any::<Index>(), any::<Index>(), any::<Index>(), 0..4);
    (select(texts), proptest::collection::vec(change, 1..6)).prop_map(|(text, changes)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (one, other, to, what) in changes {
            if chars.is_empty() {
                break;
            }
            let (one, other) = (one.index(chars.len()), other.index(chars.len()));
            let (from, until) = (one.min(other), one.max(other).min(one.min(other) + 200));
            let piece: Vec<char> = chars[from..until].to_vec();
            match what {
                0 => drop(chars.drain(from..until)),
                1 => drop(chars.splice(from..from, piece)),
                2 => {
                    let to = to.index(chars.len());
                    chars.splice(to..to, piece);
                }
                _ => chars.truncate(until),
            }
        }
        chars.into_iter().collect()
    })
}

/// Analyses a text of whatever sense: it must end, and every place it names must be a place of the text.
fn survives(language: Language, text: String) {
    let program = Program::one(language, text);
    let analysis = program.analyse();
    told(&program, &analysis);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_of_python_in_any_order_are_analysed(text in soup(Language::Python)) {
        survives(Language::Python, text);
    }

    #[test]
    fn words_of_php_in_any_order_are_analysed(text in soup(Language::Php)) {
        survives(Language::Php, text);
    }

    #[test]
    fn damaged_python_is_analysed(text in mutated(Language::Python)) {
        survives(Language::Python, text);
    }

    #[test]
    fn damaged_php_is_analysed(text in mutated(Language::Php)) {
        survives(Language::Php, text);
    }
}
