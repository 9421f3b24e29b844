//! What models said and did, in the words every format uses.
//!
//! All texts of models are foreign: they leave here on one line, without hidden characters, and cut.

mod drafts;
mod uses;
mod votes;

use std::borrow::Cow;

use codeproof_types::ModelReport;

pub(crate) use drafts::{
    dropped_reason, dropped_title, list_rest, not_listed, origin_fact, origin_text, unconfirmed_reason,
};
pub(crate) use uses::{UseRow, facts, headline, unseen_by_reason, unseen_title, uses};
pub(crate) use votes::{Ballot, attack_path, ballots, tally_beside, tally_of};

/// Characters of a model's reason where findings are read one after the other.
pub(crate) const REASON_SHORT: usize = 300;

/// Characters of a model's reason where it was asked for: `show`, and what is folded on the page.
pub(crate) const REASON_LONG: usize = 2_000;

/// Characters of a model's name, and of a title it gave.
const NAME_CHARACTERS_MAX: usize = 60;
const TITLE_CHARACTERS_MAX: usize = 160;

/// A model's name, as the user gave it.
pub(crate) fn name(model: &str) -> String {
    crate::clean::short(model, NAME_CHARACTERS_MAX)
}

/// What a model called what it saw.
pub(crate) fn title(text: &str) -> String {
    crate::clean::short(text, TITLE_CHARACTERS_MAX)
}

/// What models did, for programs: without the drafts that were not believed unless they are asked for; they are counted
/// all the same.
pub(crate) fn listed(models: &ModelReport, with_drafts: bool) -> Cow<'_, ModelReport> {
    if with_drafts || models.dropped.is_empty() {
        return Cow::Borrowed(models);
    }
    Cow::Owned(ModelReport { dropped: Vec::new(), ..models.clone() })
}
