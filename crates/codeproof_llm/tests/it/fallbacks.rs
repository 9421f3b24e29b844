//! Servers that cannot take what others can: lists, schemas, long prompts.

use std::sync::Arc;

use codeproof_llm::{Error, ModelPool, Output, Provider, Reply, Request};
use serde_json::{Value, json};

use crate::server::{Asked, Say, Server};
use crate::setup::{impatient, open, options, prompt};

async fn ask_all(pool: &Arc<ModelPool>, requests: Vec<Request>) -> Vec<Result<Reply, Error>> {
    let asks: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let pool = Arc::clone(pool);
            tokio::spawn(async move { pool.ask("m", request).await })
        })
        .collect();
    let mut replies = Vec::new();
    for ask in asks {
        replies.push(ask.await.expect("asking does not panic"));
    }
    replies
}

fn numbered(count: usize) -> Vec<Request> {
    (0..count).map(|number| prompt(format!("Say number{number}"))).collect()
}

#[track_caller]
fn assert_numbered(replies: &[Result<Reply, Error>]) {
    for (number, reply) in replies.iter().enumerate() {
        match reply {
            Ok(reply) => assert_eq!(reply.text, format!("number{number}")),
            Err(error) => panic!("number{number}: {error}"),
        }
    }
}

/// A pool whose model sends lists of four, one request at a time.
fn pool_of_four(server: &Server) -> Arc<ModelPool> {
    let mut model = server.model(Provider::Vllm);
    (model.batch_size, model.max_concurrent, model.batch_wait_ms) = (Some(4), 1, 1);
    Arc::new(open(vec![model], impatient(options().0)))
}

#[tokio::test]
async fn lists_are_answered_prompt_by_prompt() {
    let server = Server::start(Asked::echo).await;
    let replies = ask_all(&pool_of_four(&server), numbered(10)).await;
    assert_numbered(&replies);
    assert_eq!(server.list_sizes(), [4, 4, 2]);
    let inputs: u64 = replies.iter().flatten().map(|reply| reply.record.usage.input_tokens).sum();
    assert_eq!(inputs, 100, "shares add up to what the server told");
}

/// llama-cpp-python answers a list with a 500 and an empty message: nobody should wait 14 s for it, and not twice.
#[tokio::test]
async fn a_server_without_lists_is_found_out_with_one_prompt() {
    for status in [400, 422, 500] {
        let server = Server::start(move |asked| match asked.body["prompt"] {
            Value::Array(_) => Say::json(status, &json!({"error": {"message": ""}})),
            _ => asked.echo(),
        })
        .await;
        let pool = pool_of_four(&server);
        assert_numbered(&ask_all(&pool, numbered(9)).await);
        assert_eq!(server.list_sizes(), [4, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        assert_eq!(pool.status()[0].takes_lists, Some(false));
    }
}

/// vLLM fails the whole list when one prompt is too long.
#[tokio::test]
async fn a_prompt_that_is_too_long_is_taken_out_of_its_list() {
    let server = Server::start(|asked| {
        let prompts = asked.body["prompt"].as_array().cloned().unwrap_or_else(|| vec![asked.body["prompt"].clone()]);
        match prompts.iter().any(|prompt| prompt.as_str().is_some_and(|text| text.len() > 1_000)) {
            true => Say::json(400, &json!({"error": {"message": "maximum context length is 300 tokens", "code": 400}})),
            false => asked.echo(),
        }
    })
    .await;
    let pool = pool_of_four(&server);
    let mut requests = numbered(4);
    requests[1] = prompt("long ".repeat(300));
    let replies = ask_all(&pool, requests).await;
    for (number, reply) in replies.iter().enumerate() {
        match (number, reply) {
            (1, Err(Error::TooLong { message, .. })) => assert_eq!(message, "maximum context length is 300 tokens"),
            (1, other) => panic!("{other:?}"),
            (number, reply) => {
                assert_eq!(reply.as_ref().map(|reply| reply.text.clone()).ok(), Some(format!("number{number}")));
            }
        }
    }
    assert_eq!(server.list_sizes(), [4, 1, 3]);
    assert_eq!(pool.status()[0].out, None);
}

/// A list that a server took before, and now refuses for one of its prompts.
#[tokio::test]
async fn one_bad_prompt_does_not_spoil_its_company() {
    let server = Server::start(|asked| match asked.body["prompt"].to_string().contains("poison") {
        true => Say::json(400, &json!({"error": "no such character"})),
        false => asked.echo(),
    })
    .await;
    let pool = pool_of_four(&server);
    assert_numbered(&ask_all(&pool, numbered(4)).await);
    let mut requests = numbered(4);
    requests[2] = prompt("poison");
    let replies = ask_all(&pool, requests).await;
    assert_eq!(replies.iter().filter(|reply| reply.is_ok()).count(), 3);
    assert!(matches!(&replies[2], Err(Error::Refused { status: 400, .. })));
    assert_eq!(pool.status()[0].takes_lists, Some(true));
}

/// llama-cpp-python answers `json_schema` with a 500.
#[tokio::test]
async fn a_schema_that_a_server_cannot_take_is_left_out() {
    let server = Server::start(|asked| match asked.body.get("response_format") {
        Some(_) => Say::json(500, &json!({"error": {"message": "1 validation error"}})),
        None => Say::json(200, &json!({"choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}]})),
    })
    .await;
    let pool = Arc::new(open(vec![server.model(Provider::OpenAi)], impatient(options().0)));
    let schema = Arc::new(json!({"type": "object"}));
    let request = || prompt("1|").with_output(Output::Schema { name: "draft".to_owned(), schema: Arc::clone(&schema) });
    for _ in 0..2 {
        let reply = pool.ask("m", request()).await.expect("it answers without a schema");
        assert_eq!((reply.text.as_str(), reply.form_was_sent), ("{}", false));
    }
    let with_form: Vec<bool> = server.asked().iter().map(|asked| asked.body.get("response_format").is_some()).collect();
    assert_eq!(with_form, [true, false, false]);
}

/// Whether a list or its schema was the matter is found out one after the other.
#[tokio::test]
async fn a_refused_schema_does_not_cost_the_lists() {
    let server = Server::start(|asked| match asked.body.get("response_format") {
        Some(_) => Say::json(422, &json!({"detail": [{"msg": "unknown field"}]})),
        None => asked.echo(),
    })
    .await;
    let pool = pool_of_four(&server);
    let schema = Arc::new(json!({"type": "object"}));
    let with_schema = |request: Request| {
        request.with_output(Output::Schema { name: "draft".to_owned(), schema: Arc::clone(&schema) })
    };
    assert_numbered(&ask_all(&pool, numbered(9).into_iter().map(with_schema).collect()).await);
    assert_eq!(server.list_sizes(), [4, 1, 1, 4, 4]);
    let status = &pool.status()[0];
    assert_eq!((status.takes_lists, status.accepts_schema), (Some(true), Some(false)));
}

/// Lists that fail side by side are all taken apart, and none waits for a retry that cannot help.
#[tokio::test]
async fn lists_in_flight_together_learn_from_each_other() {
    let server = Server::start(|asked| match asked.body["prompt"] {
        Value::Array(_) => Say::json(500, &json!({"error": {"message": ""}})),
        _ => asked.echo(),
    })
    .await;
    let mut model = server.model(Provider::Vllm);
    (model.batch_size, model.max_concurrent) = (Some(4), 4);
    // Without retries: whoever takes the refusal of the list for a failure, fails.
    let mut options = options().0;
    options.retry.delays.clear();
    let pool = Arc::new(open(vec![model], options));
    assert_numbered(&ask_all(&pool, numbered(40)).await);
    assert!(server.list_sizes().iter().filter(|size| **size > 1).count() <= 5, "{:?}", server.list_sizes());
}

/// vLLM's `guided_json` habit: a field is taken and ignored. The caller sees it in the answers.
#[tokio::test]
async fn the_caller_can_say_that_schemas_are_ignored() {
    let server = Server::start(|_| Say::json(200, &json!({"choices": [{"message": {"content": "no"}}]}))).await;
    let pool = open(vec![server.model(Provider::OpenAi)], options().0);
    let request = || prompt("1|").with_output(Output::Json);
    assert!(pool.ask("m", request()).await.expect("an answer").form_was_sent);
    pool.forget_schemas("m").expect("it is there");
    assert!(!pool.ask("m", request()).await.expect("an answer").form_was_sent);
}
