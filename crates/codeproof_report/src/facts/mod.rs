//! Facts about files as JSON lines and tables: what `codeproof symbols`, `calls` and `imports` print.

mod rows;
mod table;

pub use rows::{CallRow, ImportRow, SymbolRow, render_json_lines};
pub use table::{TableRow, render_table};
