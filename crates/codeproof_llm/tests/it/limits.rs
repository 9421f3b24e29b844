//! What a server may not do to us, and what must not leave us.

use codeproof_llm::{Error, HeaderText, Provider};
use serde_json::{Value, json};

use crate::server::{Say, Server};
use crate::setup::{impatient, open, options, prompt};

fn good() -> Value {
    json!({"choices": [{"message": {"content": "fine"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}})
}

async fn ask(server: &Server) -> Result<String, Error> {
    let mut model = server.model(Provider::OpenAi);
    model.timeout_seconds = 1;
    let mut options = impatient(options().0);
    options.answer_bytes_max = 10_000;
    open(vec![model], options).ask("m", prompt("1|")).await.map(|reply| reply.text)
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let server = Server::start(|_| Say::Endless).await;
    assert!(matches!(ask(&server).await, Err(Error::AnswerTooLarge { bytes_max: 10_000, .. })));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_silent_server_is_left() {
    let server = Server::start(|asked| if asked.number == 1 { Say::Hang } else { Say::json(200, &good()) }).await;
    assert_eq!(ask(&server).await.expect("the second attempt is answered"), "fine");
}

#[tokio::test]
async fn broken_connections_and_cut_answers_are_tried_again() {
    let server = Server::start(|asked| match asked.number {
        1 => Say::Drop,
        2 => Say::Cut(good().to_string()),
        3 => Say::Answer(200, Vec::new(), good().to_string().trim_end_matches('}').to_owned()),
        _ => Say::json(200, &good()),
    })
    .await;
    assert_eq!(ask(&server).await.expect("the fourth attempt is answered"), "fine");
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let url = Server::start(|_| Say::Drop).await.url();
    let mut model = codeproof_llm::ModelConfig::new("m", Provider::OpenAi);
    model.base_url = Some(url.clone());
    let error = open(vec![model], impatient(options().0)).ask("m", prompt("1|")).await.expect_err("nobody listens");
    let text = error.to_string().replace(url.trim_end_matches("/v1"), "SERVER");
    assert!(text.starts_with("model m: SERVER cannot be reached (Connection refused"), "{text}");
    assert!(text.ends_with("tried 4 times; check base_url, and that the server runs"), "{text}");
}

/// Neither prompts nor keys follow a redirect.
#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Server::start(|_| Say::json(200, &good())).await;
    let target = other.url();
    let server =
        Server::start(move |_| Say::Answer(307, vec![("location".to_owned(), target.clone())], String::new())).await;
    let error = ask(&server).await.expect_err("it points elsewhere").to_string();
    assert!(error.contains(&format!("redirects to {}", other.url())), "{error}");
    assert!(other.asked().is_empty());
}

/// Some servers repeat the key they refuse.
#[tokio::test]
async fn keys_are_sent_and_never_told() {
    let server = Server::start(|asked| {
        let told: Vec<String> = asked.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Say::json(401, &json!({"error": {"message": told.join(" ")}}))
    })
    .await;
    let mut model = server.model(Provider::OpenAi);
    model.api_key_env = Some("MODEL_KEY".to_owned());
    model.extra_headers.insert("x-team".to_owned(), HeaderText::Variable { env: "TEAM_KEY".to_owned() });
    model.extra_headers.insert("x-title".to_owned(), HeaderText::Text("shown".to_owned()));
    let (options, records) = options();
    let debug = format!("{model:?}");
    let pool = open(vec![model], impatient(options));
    let error = pool.ask("m", prompt("1|")).await.expect_err("it refuses the key");
    let asked = server.asked();
    let sent = |name: &str| asked[0].headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.clone());
    assert_eq!(sent("authorization").as_deref(), Some("Bearer value-of-model_key"));
    assert_eq!(sent("x-team").as_deref(), Some("value-of-team_key"));
    assert_eq!(sent("x-title").as_deref(), Some("shown"));
    for text in [error.to_string(), format!("{error:?}"), format!("{:?}", records.all()), debug] {
        assert!(!text.contains("value-of"), "{text}");
    }
    assert!(error.to_string().ends_with("check the key in MODEL_KEY, and what it may be used for"), "{error}");
}

#[tokio::test]
async fn dropping_the_question_takes_it_back() {
    let server = Server::start(|_| Say::Hang).await;
    let mut model = server.model(Provider::OpenAi);
    model.max_concurrent = 1;
    let (options, records) = options();
    let pool = open(vec![model], options);
    let asked = async {
        while server.asked().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        reply = pool.ask("m", prompt("1|")) => panic!("it never answers: {reply:?}"),
        () = asked => {}
    }
    // The slot is free again, and the record says what became of it.
    until(|| pool.status()[0].in_flight == 0).await;
    until(|| !records.all().is_empty()).await;
    assert_eq!(records.all()[0].outcome, codeproof_llm::CallOutcome::Cancelled);
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

/// A proxy sees the requests to others, not those to this machine.
#[tokio::test]
async fn a_proxy_is_used_for_others_only() {
    let proxy = Server::start(|_| Say::json(200, &good())).await;
    let server = Server::start(|_| Say::json(200, &good())).await;
    let mut options = impatient(options().0);
    options.proxy = Some(proxy.url().trim_end_matches("/v1").to_owned());
    let mut near = server.model(Provider::OpenAi);
    let mut far = near.clone();
    near.name = "near".to_owned();
    (far.name, far.base_url, far.allow_http) = ("far".to_owned(), Some("http://far.invalid/v1".to_owned()), true);
    let pool = open(vec![near, far], options);
    pool.ask("near", prompt("1|")).await.expect("it is reached directly");
    assert_eq!((proxy.asked().len(), server.asked().len()), (0, 1));
    pool.ask("far", prompt("1|")).await.expect("the proxy answers for it");
    assert_eq!(proxy.asked()[0].line, "POST http://far.invalid/v1/chat/completions HTTP/1.1");
}
