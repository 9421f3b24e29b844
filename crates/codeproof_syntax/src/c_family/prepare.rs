//! Prepares.
use super::Dialect;
pub(crate) fn prepare(_text: &str, _dialect: Dialect) -> Option<String> {
    None
}
