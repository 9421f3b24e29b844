//! Hashes the sources of this crate, so that facts cached by an older version are never taken for today's.

use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    println!("cargo:rerun-if-changed=src");
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let hash = files.iter().try_fold(FNV_OFFSET, |hash, file| hash_file(hash, file))?;
    println!("cargo:rustc-env=CODEPROOF_SYNTAX_SOURCES={hash:016x}");
    Ok(())
}

/// Start and prime of the 64-bit FNV-1a hash (draft-eastlake-fnv).
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

fn hash_file(hash: u64, file: &Path) -> std::io::Result<u64> {
    let bytes = std::fs::read(file)?;
    Ok(bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME)))
}
