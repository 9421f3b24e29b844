//! What models did, as the page shows it.

use codeproof_types::ModelReport;

use super::prose::{self, Piece};
use crate::clean;
use crate::models::{self, UseRow};

/// Everything `templates/models.html` shows.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub headline: String,
    pub facts: Vec<(&'static str, String)>,
    pub heads: [&'static str; 7],
    pub numbers_from: usize,
    pub uses: Vec<Use>,
    /// What no model saw; empty when all was seen.
    pub unseen_title: String,
    pub unseen: Vec<(Vec<Piece>, Vec<String>)>,
    /// Drafts that were not believed, when they are asked for; else empty.
    pub dropped_title: String,
    pub dropped: Vec<Dropped>,
    /// Whether the section is open when the page is: something in it needs a reader.
    pub is_open: bool,
}

/// A row of the table of models.
#[derive(Debug, Clone)]
pub(super) struct Use {
    pub cells: [String; 7],
    pub notes: String,
    pub out: String,
}

/// A draft that was not believed.
#[derive(Debug, Clone)]
pub(super) struct Dropped {
    pub place: String,
    pub title: Vec<Piece>,
    pub reason: Vec<Piece>,
}

impl View {
    pub(super) fn new(of_models: &ModelReport, with_drafts: bool) -> Self {
        let of_use = |row: UseRow| Use { cells: row.cells, notes: row.notes, out: row.out };
        let unseen = models::unseen_by_reason(of_models, usize::MAX).into_iter();
        let mut view = Self {
            headline: models::headline(of_models),
            facts: models::facts(of_models),
            heads: UseRow::HEADS,
            numbers_from: UseRow::NUMBERS_FROM,
            uses: models::uses(of_models).into_iter().map(of_use).collect(),
            unseen_title: models::unseen_title(of_models, usize::MAX).unwrap_or_default(),
            unseen: unseen.map(|(reason, places)| (prose::pieces(&reason), places)).collect(),
            dropped_title: String::new(),
            dropped: Vec::new(),
            is_open: of_models.paused.is_some() || of_models.limit_reached,
        };
        if with_drafts && of_models.drafts.dropped > 0 {
            view.dropped_title = models::dropped_title(of_models);
            view.dropped = of_models.dropped.iter().map(dropped).collect();
        }
        view.is_open |= view.uses.iter().any(|of_model| !of_model.out.is_empty());
        view
    }
}

fn dropped(draft: &codeproof_types::DroppedDraft) -> Dropped {
    Dropped {
        place: format!("{}:{}-{}", clean::path(&draft.path), draft.first_line, draft.last_line),
        title: prose::pieces(&models::title(&draft.title)),
        reason: prose::pieces(&models::dropped_reason(draft)),
    }
}
