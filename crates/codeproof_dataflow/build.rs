//! Rebuilds the crate when a spec file is added or removed: `include_dir!` alone only sees changes of known files.

fn main() {
    println!("cargo:rerun-if-changed=../../specs");
}
