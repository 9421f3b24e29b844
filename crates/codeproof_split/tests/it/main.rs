//! The crate at its door: text in, text out.

mod bad_input;
mod boundaries;
mod contamination;
mod effective;
mod manual;
mod mutants;
mod recorded;
mod semantic;
mod shapes;
mod slices;
mod templates;

use codeproof_split::{Options, Source, Split, split};

/// Splits text.
fn split_text(text: &str) -> Split {
    split(&Source::new("scans.py", text), &Options::default())
}

/// A market scanner's usual shape, to be put around conditions.
fn scanner(name: &str, condition: &str) -> String {
    format!("def {name}(df):\n    return df.loc[{condition}, ['ticker', 'date']]\n\n\n")
}
