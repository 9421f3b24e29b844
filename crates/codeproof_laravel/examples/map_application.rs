//! Prints the map of an application:
//! `cargo run -p codeproof_laravel --example map_application -- PATH [--only routes] [--with-framework]`.

use std::path::{Path, PathBuf};

use codeproof_laravel::{Files, Parts, map};

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.0.join(path)).ok()
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![self.0.join(folder)];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let name = entry.file_name();
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && name != "node_modules" && name != "vendor" && name != ".git" => {
                        open.push(path);
                    }
                    Ok(kind) if kind.is_file() => found.extend(relative(&self.0, &path)),
                    _ => {}
                }
            }
        }
        found.sort();
        found
    }
}

fn relative(root: &Path, path: &Path) -> Option<String> {
    Some(path.strip_prefix(root).ok()?.to_str()?.to_owned())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("usage: map_application PATH [--only routes] [--with-framework]")?;
    let start = std::time::Instant::now();
    let parts = if arguments.iter().any(|it| it == "routes") { Parts::ROUTES } else { Parts::ALL };
    let mut map = map(&Folder(path.into()), parts);
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
