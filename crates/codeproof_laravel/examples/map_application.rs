//! Prints the map of an application:
//! `cargo run -p codeproof_laravel --example map_application -- PATH [--only routes|models] [--with-framework]`.

use std::path::Path;

use codeproof_laravel::{Parts, map};
use codeproof_source::{Folder, WalkConfig};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("usage: map_application PATH [--only routes|models] [--with-framework]")?;
    let folder = Folder::open(Path::new(path), &WalkConfig { max_file_bytes: 16 << 20, ..WalkConfig::default() })?;
    let start = std::time::Instant::now();
    let is_asked = |part: &str| arguments.iter().any(|it| it == part);
    let parts = match (is_asked("routes"), is_asked("models")) {
        (true, _) => Parts::ROUTES,
        (false, true) => Parts { models: true, routes: false, migrations: false, concerns: false },
        (false, false) => Parts::ALL,
    };
    let mut map = map(&folder, parts);
    let elapsed = start.elapsed();
    if !arguments.iter().any(|it| it == "--with-framework") {
        map.routes.retain(|route| !route.framework);
    }
    println!("{}", serde_json::to_string_pretty(&map)?);
    eprintln!(
        "{} routes, {} migration operations, {} models, {} concerns, {} limits, {elapsed:?}",
        map.routes.len(),
        map.migrations.len(),
        map.models.len(),
        map.concerns.len(),
        map.limits.len()
    );
    Ok(())
}
