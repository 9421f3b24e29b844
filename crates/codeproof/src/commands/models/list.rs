//! `codeproof models`: what the settings say, without asking anybody.

use codeproof_llm::{ModelConfig, PriceTable, Provider};
use serde_json::{Value, json};

use super::{Block, is_set, no_models, price_table, price_words, print, usd};
use crate::cli::ListArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings::{self, UserSettings, plain_url, variables};

/// Lists the models.
pub(super) fn run(arguments: &ListArguments) -> Result<Exit, Failure> {
    let user = settings::load_user(arguments.config.as_deref())?;
    let prices = price_table(&user)?;
    let own = user.models.values().map(|model| &model.config);
    let built_in: Vec<&ModelConfig> = user.built_in_models().collect();
    let all = own.clone().map(|config| (config, false)).chain(built_in.iter().map(|config| (*config, true)));
    let json = all.map(|(config, is_built_in)| as_json(config, is_built_in, &prices)).collect();
    let blocks: Vec<Block> = own.map(|config| as_block(config, &prices)).collect();
    let last = format!("{}{}", no_models(&user).unwrap_or_default(), last_line(&user, &built_in));
    print(arguments.format, &json, &blocks, &last)?;
    Ok(Exit::Success)
}

fn last_line(user: &UserSettings, built_in: &[&ModelConfig]) -> String {
    let names: Vec<&str> = built_in.iter().map(|config| config.name.as_str()).collect();
    let check = if user.models.is_empty() { "" } else { "`codeproof models check` asks each a small question. " };
    match names.is_empty() {
        true => format!("{check}\n"),
        false => format!("{check}Built in, for `--profile demo`: {}.\n", names.join(", ")),
    }
}

fn as_block(config: &ModelConfig, prices: &PriceTable) -> Block {
    let mut block = Block::of(&config.name);
    block.line("provider", &format!("{}, {} at {}", config.provider, config.served_name(), server(config)));
    block.line("roles", &roles(config));
    let window = config.context_tokens.map_or("not told".to_owned(), |tokens| format!("{tokens} tokens"));
    block.line("context", &format!("{window}; answers up to {} tokens", config.max_tokens));
    block.line("at once", &format!("{} requests", config.max_concurrent));
    block.line("price", &price(config, prices));
    let variables = variables(config);
    if variables.is_empty() {
        block.line("key", "none");
    }
    for variable in variables {
        block.line("key", &format!("{variable} {}", if is_set(&variable) { "is set" } else { "IS NOT SET" }));
    }
    block
}

fn roles(config: &ModelConfig) -> String {
    match config.roles.is_empty() {
        true => "none: no scan asks it; write roles = [\"analyzer\", \"verifier\"]".to_owned(),
        false => config.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", "),
    }
}

fn price(config: &ModelConfig, prices: &PriceTable) -> String {
    match price_words(config, prices) {
        Some((input, output, version)) => {
            format!("{} in, {} out, USD per million tokens ({version})", usd(input), usd(output))
        }
        None => "unknown; write price = { input_usd_per_million = …, output_usd_per_million = … }".to_owned(),
    }
}

/// Where it is asked, without anything that could be a password.
fn server(config: &ModelConfig) -> String {
    match (&config.base_url, config.provider) {
        (Some(url), _) => plain_url(url),
        (None, Provider::Scripted) => "a script".to_owned(),
        (None, Provider::Bedrock) => {
            let region = config.aws.as_ref().map_or("no region", |aws| aws.region.as_str());
            format!("Bedrock in {region}")
        }
        (None, provider) => format!("{provider}'s own address"),
    }
}

fn as_json(config: &ModelConfig, is_built_in: bool, prices: &PriceTable) -> Value {
    let price = price_words(config, prices).map(|(input, output, source)| {
        json!({"input_usd_per_million": input, "output_usd_per_million": output, "source": &*source})
    });
    let keys: Vec<Value> =
        variables(config).into_iter().map(|variable| json!({"set": is_set(&variable), "variable": variable})).collect();
    json!({
        "name": config.name,
        "built_in": is_built_in,
        "provider": config.provider,
        "model": config.served_name(),
        "server": server(config),
        "roles": config.roles,
        "context_tokens": config.context_tokens,
        "max_tokens": config.max_tokens,
        "max_concurrent": config.max_concurrent,
        "output_mode": config.output_mode,
        "price": price,
        "keys": keys,
    })
}
