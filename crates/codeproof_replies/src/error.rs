//! What can go wrong when the caller's own words are read; answers of models never fail.

/// A question that was not asked well.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The context is not JSON of the shape the format needs.
    #[error("the context for {format} answers is not as expected; it is JSON such as {example}")]
    Context {
        /// The format.
        format: &'static str,
        /// A context that would do.
        example: &'static str,
        /// Where it went wrong.
        source: serde_json::Error,
    },
    /// There is no such format.
    #[error("there is no format {name:?}; use one of {}", known.join(", "))]
    Format {
        /// The name given.
        name: String,
        /// The formats there are.
        known: Vec<&'static str>,
    },
}
