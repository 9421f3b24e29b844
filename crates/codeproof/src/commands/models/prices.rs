//! `codeproof models prices`: the table that costs are counted with.

use std::path::Path;

use codeproof_llm::{ModelConfig, Price, PriceTable, Provider};
use serde_json::{Value, json};

use super::{Block, price_table, print, table_with, usd};
use crate::cli::{PricesArguments, ReferencesFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings::{self, UserSettings};

/// Shows the table, one price, or what a file would change.
pub(super) fn run(arguments: &PricesArguments) -> Result<Exit, Failure> {
    let user = settings::load_user(arguments.list.config.as_deref())?;
    let format = arguments.list.format;
    match (&arguments.update_from, &arguments.name) {
        (Some(path), _) => changes(path, &user, format)?,
        (None, Some(name)) => one(name, &user, format)?,
        (None, None) => table(&user, format)?,
    }
    Ok(Exit::Success)
}

fn table(user: &UserSettings, format: ReferencesFormat) -> Result<(), Failure> {
    let prices = price_table(user)?;
    let rows: Vec<(&str, &Price, &str)> = prices.entries().collect();
    let models: Vec<Value> = rows.iter().map(|(name, price, version)| as_json(name, price, version)).collect();
    let json = json!({"version": prices.version(), "models": models});
    let width = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
    let mut text =
        format!("USD per million tokens, {}\n\n{:<width$} {:>9} {:>9}\n", prices.version(), "model", "in", "out");
    for (name, price, _) in &rows {
        let (input, output) = price.usd_per_million();
        text.push_str(&format!("{name:<width$} {:>9} {:>9}\n", usd(input), usd(output)));
    }
    text.push_str(&format!("\n{} models; longer prompts and cached tokens may cost otherwise.\n", rows.len()));
    print(format, &json, &[], &text)
}

fn one(name: &str, user: &UserSettings, format: ReferencesFormat) -> Result<(), Failure> {
    let prices = price_table(user)?;
    let found = match user.model(name) {
        Some(config) => prices.price_of(config),
        None => served(name, &prices),
    };
    let Some((price, version)) = found else {
        let failure = Failure::usage(format_args!("no price is known for {name:?} in {}", prices.version()));
        return Err(match settings::nearest(name, prices.entries().map(|(known, ..)| known)) {
            Some(near) => failure.help(format_args!("did you mean `{near}`?")),
            None => failure.help(
                "write price = { input_usd_per_million = …, output_usd_per_million = … } into its section of your \
                 settings, or name a price_table in [llm]",
            ),
        });
    };
    let (input, output) = price.usd_per_million();
    let mut block = Block::of(name);
    block.line("input", &format!("{} USD per million tokens", usd(input)));
    block.line("output", &format!("{} USD per million tokens", usd(output)));
    block.line("from", &version);
    print(format, &as_json(name, &price, &version), &[block], "")
}

/// The price of a server's name, whichever provider has it.
fn served(name: &str, prices: &PriceTable) -> Option<(Price, std::sync::Arc<str>)> {
    let providers = Provider::ALL.iter().filter(|provider| **provider != Provider::Scripted);
    providers.map(|provider| ModelConfig::new(name, *provider)).find_map(|config| prices.price_of(&config))
}

fn changes(path: &Path, user: &UserSettings, format: ReferencesFormat) -> Result<(), Failure> {
    let new = table_with(path)?;
    let old = price_table(user)?;
    let price_in = |table: &PriceTable, name: &str| {
        table.entries().find(|(known, ..)| *known == name).map(|(_, price, _)| price.clone())
    };
    let mut rows = Vec::new();
    for (name, price, _) in new.entries() {
        match price_in(&old, name) {
            Some(before) if before == *price => {}
            before => rows.push((name, before, price)),
        }
    }
    let added = rows.iter().filter(|(_, before, _)| before.is_none()).count();
    let models: Vec<Value> = rows
        .iter()
        .map(|(name, before, price)| {
            let before = before.as_ref().map(Price::usd_per_million);
            json!({"model": name, "before_usd_per_million": before, "usd_per_million": price.usd_per_million()})
        })
        .collect();
    let json = json!({"version": new.version(), "added": added, "changed": rows.len() - added, "models": models});
    let mut text = format!(
        "{} can be used: {added} models are new, {} have other prices than in {}\n",
        path.display(),
        rows.len() - added,
        old.version()
    );
    for (name, before, price) in rows.iter().filter(|(_, before, _)| before.is_some()) {
        let words = |(input, output): (f64, f64)| format!("{} in, {} out", usd(input), usd(output));
        let before = before.as_ref().map(Price::usd_per_million).map(words).unwrap_or_default();
        text.push_str(&format!("  {name}: {before} -> {}\n", words(price.usd_per_million())));
    }
    text.push_str("Scans use it when your settings say so:\n\n[llm]\n");
    text.push_str(&format!("price_table = {}\n", toml::Value::from(path.display().to_string())));
    print(format, &json, &[], &text)
}

fn as_json(name: &str, price: &Price, version: &str) -> Value {
    let (input, output) = price.usd_per_million();
    json!({"model": name, "input_usd_per_million": input, "output_usd_per_million": output, "version": version})
}
