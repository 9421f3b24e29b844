//! `codeproof models`: what models the settings name, whether they work, what they cost.

mod check;
mod list;
mod prices;
mod questions;
pub(crate) mod sample;

use std::path::Path;
use std::sync::Arc;

use codeproof_llm::{ModelConfig, PriceTable};
use codeproof_types::visible;

use crate::cli::{ModelsArguments, ModelsCommand, ReferencesFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::settings::{self, UserSettings};

/// Runs the subcommand, or lists the models.
pub(crate) fn run(arguments: &ModelsArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        None => list::run(&arguments.list),
        Some(ModelsCommand::Check(arguments)) => check::run(arguments),
        Some(ModelsCommand::Prices(arguments)) => prices::run(arguments),
        Some(ModelsCommand::Parse(arguments)) => super::models_parse::parse(arguments),
    }
}

/// The price table of the settings: the built-in one, with the user's file over it.
///
/// # Errors
/// When the user's file cannot be used.
pub(crate) fn price_table(user: &UserSettings) -> Result<Arc<PriceTable>, Failure> {
    match &user.llm.price_table {
        Some(path) => table_with(path),
        None => Ok(Arc::new(PriceTable::built_in())),
    }
}

fn table_with(path: &Path) -> Result<Arc<PriceTable>, Failure> {
    PriceTable::with_file(path).map(Arc::new).map_err(|error| {
        Failure::usage(error).help(
            "a price table is a JSON object of models, each with input_cost_per_token and output_cost_per_token in US \
             dollars, as in LiteLLM's map",
        )
    })
}

/// What costs are counted with.
fn price_words(config: &ModelConfig, prices: &PriceTable) -> Option<(f64, f64, Arc<str>)> {
    let (price, version) = prices.price_of(config)?;
    let (input, output) = price.usd_per_million();
    Some((input, output, version))
}

/// Dollars as people write prices: two digits, more where a price is small.
fn usd(amount: f64) -> String {
    let text = format!("{amount:.4}");
    let short = text.trim_end_matches('0');
    let decimals = short.len().saturating_sub(short.find('.').unwrap_or_default() + 1).max(2);
    format!("{amount:.decimals$}")
}

/// Whether the variable holds anything; its value goes nowhere.
pub(crate) fn is_set(variable: &str) -> bool {
    look_up(variable).is_some_and(|value| !value.trim().is_empty())
}

/// Looks up what a model's settings name.
pub(crate) fn look_up(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// Lines about one thing: its name, then a label and a text each.
#[derive(Default)]
struct Block {
    text: String,
}

impl Block {
    fn of(name: &str) -> Self {
        Self { text: format!("{}\n", visible(name)) }
    }

    fn line(&mut self, label: &str, text: &str) {
        self.text.push_str(&format!("  {label:<9} {}\n", visible(text)));
    }
}

/// Prints JSON, or blocks with empty lines between.
fn print(format: ReferencesFormat, json: &serde_json::Value, blocks: &[Block], last: &str) -> Result<(), Failure> {
    output::to_stdout(|out| match format {
        ReferencesFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, json)?;
            writeln!(out)
        }
        ReferencesFormat::Text => {
            let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).chain([last]).collect();
            let texts: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
            write!(out, "{}", texts.join("\n"))
        }
    })
}

/// The settings with the models they name, or what to do when there are none.
fn no_models(user: &UserSettings) -> Option<&'static str> {
    user.models.is_empty().then_some(
        "Your settings name no model. `codeproof init --models` writes examples; docs/models.md explains them.\n",
    )
}

/// The model of that name.
///
/// # Errors
/// When the settings have none; names the nearest.
pub(crate) fn named<'s>(user: &'s UserSettings, name: &str) -> Result<&'s ModelConfig, Failure> {
    user.model(name).ok_or_else(|| {
        let failure = Failure::usage(format_args!("there is no model {name:?}"));
        match settings::nearest(name, user.models.keys().map(String::as_str)) {
            Some(near) => failure.help(format_args!("did you mean `{near}`?")),
            None => failure.help("`codeproof models` lists those of your settings"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::usd;

    #[test]
    fn prices_have_two_digits_or_those_they_need() {
        assert_eq!([0.0, 3.0, 0.5, 0.075, 0.0375].map(usd), ["0.00", "3.00", "0.50", "0.075", "0.0375"]);
    }
}
