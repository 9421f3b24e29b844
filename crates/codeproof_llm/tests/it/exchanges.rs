//! Every provider says what its recorded exchanges say: bytes out, reading in.
//!
//! `src/providers/<provider>.fixture` holds answers of servers: a part begins with `//- NAME | QUESTION`, then the
//! status, headers, an empty line and the body. The questions are written below. `<provider>.snap` beside it shows what
//! was sent for each, and what became of the answer.

use std::fmt::Write as _;
use std::sync::Arc;

use codeproof_llm::{AwsConfig, ModelConfig, Output, Provider, Request, RetryPolicy, Role, Speaker, Turn};
use serde_json::json;

use crate::server::{Asked, Say, Server};
use crate::setup::{open, options, prompt};

/// Answered without a server; `src/providers/scripted.rs` tells the format.
const WITHOUT_EXCHANGES: &[Provider] = &[Provider::Scripted];

struct Part {
    name: String,
    question: String,
    say: Say,
}

#[test]
fn every_provider_keeps_to_its_recorded_exchanges() {
    for provider in Provider::ALL.iter().filter(|provider| !WITHOUT_EXCHANGES.contains(provider)) {
        let path = format!("{}/src/providers/{provider}.fixture", env!("CARGO_MANIFEST_DIR"));
        let fixture = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut told = String::new();
        for part in parts(&fixture) {
            writeln!(told, "=== {} | {}", part.name, part.question).unwrap();
            told.push_str(&exchange(*provider, part));
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(format!("{}/src/providers", env!("CARGO_MANIFEST_DIR")));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(provider.as_str(), told));
    }
}

/// A file of the folder that the list forgot, or the other way round.
#[test]
fn list_files_and_fixtures_agree() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/providers")).unwrap();
    let names: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let with = |ending: &str| {
        let mut stems: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(ending)).collect();
        stems.sort_unstable();
        stems
    };
    let mut listed: Vec<&str> = Provider::ALL.iter().map(|provider| provider.as_str()).collect();
    listed.sort_unstable();
    let files: Vec<&str> = with(".rs").into_iter().filter(|stem| !["mod", "json"].contains(stem)).collect();
    assert_eq!(files, listed);
    listed.retain(|name| WITHOUT_EXCHANGES.iter().all(|provider| provider.as_str() != *name));
    assert_eq!(with(".fixture"), listed);
    assert_eq!(with(".snap"), listed);
}

fn parts(fixture: &str) -> Vec<Part> {
    let parts = fixture.split("//- ").skip(1).map(|part| {
        let (title, rest) = part.split_once('\n').expect("a part has a title");
        let (name, question) = title.split_once(" | ").expect("a title names a question");
        let (head, body) = rest.split_once("\n\n").expect("an empty line ends the headers");
        let mut head = head.lines();
        let status = head.next().and_then(|line| line.parse().ok()).expect("the first line is the status");
        let headers = head.map(|line| {
            let (name, value) = line.split_once(": ").expect("a header");
            (name.to_owned(), value.to_owned())
        });
        let say = Say::Answer(status, headers.collect(), body.trim_end().to_owned());
        Part { name: name.to_owned(), question: question.to_owned(), say }
    });
    parts.collect()
}

#[tokio::main(flavor = "current_thread")]
async fn exchange(provider: Provider, part: Part) -> String {
    let server = Server::start(move |_| part.say.clone()).await;
    let (mut options, _) = options();
    options.retry = RetryPolicy { delays: Vec::new(), ..RetryPolicy::default() };
    let pool = open(vec![model(provider, &server)], options);
    let requests = questions(&part.question);
    let asks = requests.into_iter().map(|request| pool.ask("m", request));
    let mut told = String::new();
    let answers = join(asks.collect()).await;
    for asked in server.asked() {
        told.push_str(&sent(&asked));
    }
    for answer in answers {
        match answer {
            Ok(reply) => writeln!(
                told,
                "<-- {:?} finish={:?} form_was_sent={}\n    {:?}",
                reply.text, reply.finish, reply.form_was_sent, reply.record.usage
            ),
            Err(error) => writeln!(told, "<-- error: {error}"),
        }
        .expect("a text takes more text");
    }
    told.replace(&server.url(), "http://SERVER/v1").replace(server.url().trim_end_matches("/v1"), "http://SERVER")
}

async fn join<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, output) in futures.iter_mut().zip(&mut outputs) {
            if output.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *output = Some(value);
            }
        }
        if outputs.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
}

fn model(provider: Provider, server: &Server) -> ModelConfig {
    let mut model = server.model(provider);
    model.model = Some("maker/model-1:0".to_owned());
    model.max_tokens = 200;
    model.temperature = Some(0.5);
    model.api_key_env = Some("MODEL_KEY".to_owned());
    model.context_tokens = Some(8_192);
    model.extra_body.insert("seed".to_owned(), json!(7));
    if provider == Provider::Bedrock {
        model.aws = Some(AwsConfig::new("eu-central-1"));
    }
    if provider == Provider::Vllm {
        model.batch_size = Some(2);
        model.completion_template = Some("<s>{system}</s>{prompt}<a>".to_owned());
    }
    model
}

fn questions(name: &str) -> Vec<Request> {
    let schema = || Arc::new(json!({"type": "object", "required": ["line"]}));
    match name {
        "text" => vec![prompt("1| gets(line);")],
        "bare" => vec![Request::new(Role::Analyzer, "", "1| gets(line);")],
        "long system" => vec![Request::new(Role::Analyzer, "Rule. ".repeat(700), "1| gets(line);")],
        "json" => vec![prompt("1| gets(line);").with_output(Output::Json)],
        "schema" => {
            vec![prompt("1| gets(line);").with_output(Output::Schema { name: "draft".to_owned(), schema: schema() })]
        }
        "regex" => vec![prompt("Vote.").with_output(Output::Regex("YES|NO".to_owned()))],
        "list" => vec![prompt("1| gets(line);"), prompt("1| a {system} b")],
        "conversation" => {
            let mut request = prompt("Where?");
            request.turns.push(Turn { speaker: Speaker::Assistant, text: "Line 1.".to_owned() });
            request.turns.push(Turn { speaker: Speaker::User, text: "Why?".to_owned() });
            vec![request]
        }
        other => panic!("there is no question {other:?}"),
    }
}

/// A request without what differs between runs.
fn sent(asked: &Asked) -> String {
    let mut told = format!("--> {}\n", asked.line);
    for (name, value) in &asked.headers {
        if !["host", "content-length", "accept"].contains(&name.as_str()) {
            let value = value.replace("value-of-model_key", "(key)");
            writeln!(told, "    {name}: {value}").expect("a text takes more text");
        }
    }
    let body = asked.body.to_string().replace(&"Rule. ".repeat(700), "(700 rules)");
    writeln!(told, "    {body}").expect("a text takes more text");
    told
}
