//! Diagrams as SVG: places of boxes and lines first ([`layout`]), then the drawing.
//!
//! Both are made here rather than by a renderer of Mermaid: flows and tables have columns by nature, and a renderer that
//! measures texts with the fonts of a machine draws differently on each. Texts are monospaced, so their widths are known
//! without a font. Every text is escaped, nothing is referred to by id, and colours come from a style sheet, as the
//! page's policy wants it.

mod columns;
mod draw;
mod layout;
mod sheet;
mod tables;

pub(super) use draw::inline;
pub(super) use sheet::write_map;
