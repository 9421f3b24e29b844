//! Prints the routes of an application: `cargo run -p codeproof_laravel --example map_routes -- PATH [--with-framework]`.

use std::path::{Path, PathBuf};

use codeproof_laravel::{Files, map};

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
    let path = arguments.first().ok_or("usage: map_routes PATH [--with-framework]")?;
    let start = std::time::Instant::now();
    let mut map = map(&Folder(path.into()));
    let elapsed = start.elapsed();
    if !arguments.iter().any(|it| it == "--with-framework") {
        map.routes.retain(|route| !route.framework);
    }
    println!("{}", serde_json::to_string_pretty(&map)?);
    eprintln!("{} routes, {} limits, {elapsed:?}", map.routes.len(), map.limits.len());
    Ok(())
}
