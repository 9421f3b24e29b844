//! What the index knows about a program, for reading and for programs: references, call graphs, contexts, chunks.
//!
//! The types here are the rows; their serde form is the public JSON of `codeproof callers`, `callees`, `graph`,
//! `context` and `chunks`.

mod chunks;
mod context;
mod graph;
mod references;
mod trace;

pub use chunks::ChunkRow;
pub use context::{ContextFormat, ContextPart, ContextView, LeftOutPart, render_context};
pub use graph::{GraphFormat, GraphLine, GraphNode, GraphView, render_graph};
pub use references::{Definition, Reference, References, render_references};
pub use trace::{FunctionView, TraceView, TracedSink, render_functions, render_trace};
