//! The map of a Laravel application, for people and programs: text for a terminal, the public JSON, Mermaid, SVG, a page.
//!
//! Everything is made from one [`LaravelMap`](codeproof_types::laravel::LaravelMap). Diagrams are first decided
//! ([`sections`]), then written. A diagram that would not stay readable is split; what is left out of one is said beside
//! it.

mod diagram;
mod format;
mod html;
mod json;
mod keys;
mod mermaid;
mod names;
mod options;
mod render;
mod sections;
mod summary;
mod svg;
mod text;

pub use format::MapFormat;
pub use options::{MapOptions, MapParts};
pub use render::render_map;
