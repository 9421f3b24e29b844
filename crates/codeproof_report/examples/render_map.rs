//! Renders a map that was written as JSON: `cargo run -p codeproof_report --example render_map -- FILE FORMAT [TITLE]`.

use std::io::Write as _;

use codeproof_report::{MapFormat, MapOptions, render_map};
use codeproof_types::laravel::LaravelMap;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: render_map FILE FORMAT [TITLE]";
    let (file, format) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    let map: LaravelMap = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
    let options = MapOptions {
        target: arguments.next().unwrap_or(file),
        link_base: Some(String::new()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..MapOptions::default()
    };
    let mut out = Vec::new();
    render_map(&map, format.parse::<MapFormat>()?, &options, &mut out)?;
    Ok(std::io::stdout().write_all(&out)?)
}
