//! Names under which a scanner's values are kept apart.

use crate::boundary::Boundary;

/// `ns_<scanner>_<hash>`: the hash is of the file's bytes and the scanner's place, so equal scanners of two files differ.
pub(crate) fn of(boundary: &Boundary, file: &blake3::Hash) -> String {
    let plain: String = boundary
        .name
        .chars()
        .map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' })
        .collect();
    let mut hasher = blake3::Hasher::new();
    hasher.update(file.as_bytes()).update(boundary.entry.as_bytes()).update(&boundary.start_line.to_le_bytes());
    let hash = hasher.finalize().to_hex();
    format!("ns_{plain}_{}", &hash[..8])
}
