//! Where in a page a text stands: a state machine over what the page emits.

use super::Danger;
use crate::value::Facts;

/// Where in a page the next character will stand. Small, so that a walk can keep one for each way through the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct HtmlState {
    _private: (),
}

impl HtmlState {
    /// The state after the page emitted `text` of the program.
    #[must_use]
    pub(crate) fn after(self, text: &str) -> Self {
        let _ = text;
        self
    }

    /// The state after the page emitted something unknown, or data.
    #[must_use]
    pub(crate) fn after_unknown(self) -> Self {
        self
    }

    /// Whether data of these facts is dangerous here.
    pub(crate) fn danger(self, facts: &Facts) -> Danger {
        let _ = facts;
        Danger::Yes("is shown in the page")
    }
}
