//! Reads answers: `read --format F [--context FILE] [--finish-reason R] FILE`, or `read --batch` with one JSON object
//! `{"id", "format", "finish_reason", "raw" | "raw_b64" | "raw_parts", "context"?}` per line on standard input.

use std::io::{BufRead, Read};

use base64::Engine as _;
use codeproof_replies::{Answer, FinishReason, Format, read_as_json};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "--batch") {
        for line in std::io::stdin().lock().lines() {
            let item: Value = serde_json::from_str(&line?)?;
            println!("{}", json!({ "id": item["id"], "parsed": read_item(&item)? }));
        }
        return Ok(());
    }
    let option =
        |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let format: Format = option("--format").ok_or("--format is missing")?.parse()?;
    let context = option("--context").map(std::fs::read_to_string).transpose()?;
    let finish = if option("--finish-reason").is_some_and(|reason| reason == "length") {
        FinishReason::Length
    } else {
        FinishReason::Stop
    };
    let bytes = match arguments.last().map(String::as_str) {
        Some("-") | None => {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes)?;
            bytes
        }
        Some(path) => std::fs::read(path)?,
    };
    println!("{}", read_as_json(format, &Answer::new(&bytes, finish), context.as_deref())?);
    Ok(())
}

fn read_item(item: &Value) -> Outcome<Value> {
    let bytes = match (&item["raw"], &item["raw_b64"], &item["raw_parts"]) {
        (Value::String(raw), ..) => raw.clone().into_bytes(),
        (_, Value::String(raw), _) => base64::engine::general_purpose::STANDARD.decode(raw)?,
        (.., Value::Array(parts)) => parts
            .iter()
            .filter_map(|part| Some(part[0].as_str()?.repeat(usize::try_from(part[1].as_u64()?).ok()?)))
            .collect::<String>()
            .into_bytes(),
        _ => return Err("an item needs raw, raw_b64 or raw_parts".into()),
    };
    let finish = if item["finish_reason"] == "length" { FinishReason::Length } else { FinishReason::Stop };
    let context = item.get("context").filter(|context| !context.is_null()).map(Value::to_string);
    let format: Format = item["format"].as_str().ok_or("an item needs its format")?.parse()?;
    let start = std::time::Instant::now();
    let mut parsed = read_as_json(format, &Answer::new(&bytes, finish), context.as_deref())?;
    if let Some(map) = parsed.as_object_mut() {
        map.insert("_micros".to_owned(), u64::try_from(start.elapsed().as_micros())?.into());
    }
    Ok(parsed)
}
