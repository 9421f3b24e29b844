//! What a rule engine reports before it becomes a finding.

use codeproof_types::Span;

/// One match of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Id of the rule; in the rule table.
    pub rule_id: String,
    /// The exact bytes the caret stands under.
    pub span: Span,
    /// Text that replaces the rule's own message, when the match says more.
    pub message: Option<String>,
    /// The bytes that are the secret, for secret rules; masked wherever they are shown.
    pub secret: Option<Span>,
}
