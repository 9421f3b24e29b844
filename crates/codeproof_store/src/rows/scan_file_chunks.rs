//! Table `scan_file_chunks`: the pieces of files that models are asked about.

use codeproof_types::{ContentHash, RepoPath};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, OnConflict};
use sea_orm::{DbBackend, Set};
use serde::{Deserialize, Serialize};

use super::conflict::{kept, kept_when, new};
use super::to_word;
use crate::postgres::PATH_DIGEST;

/// A piece of a file as the scan cut it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkRecord {
    /// The file.
    pub path: RepoPath,
    /// Hash of the whole file.
    pub content_hash: ContentHash,
    /// Hash of the chunk's own text.
    pub chunk_hash: ContentHash,
    /// 1-based.
    pub first_line: u32,
    /// Inclusive.
    pub last_line: u32,
    /// Qualified name of the symbol it is, when it is one.
    pub symbol: Option<String>,
    /// Tokens, estimated.
    pub tokens: u32,
    /// Whether the rules leave something to say about it.
    pub needs_model: bool,
    /// Why it does, or does not.
    pub reason: String,
}

/// Row id of a stored chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChunkId(pub i64);

/// What became of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChunkStatus {
    /// Waits for a model.
    Pending,
    /// Seen by at least one model.
    Done,
    /// Should have been seen, and no model could.
    Unseen,
    /// Not sent: the rules have said what there is to say.
    Cleared,
}

impl ChunkStatus {
    /// The word in rows and for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Unseen => "unseen",
            Self::Cleared => "cleared",
        }
    }
}

/// A row; columns as in schema step m0004.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scan_file_chunks")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub path: String,
    pub content_hash: String,
    pub chunk_hash: String,
    pub first_line: i64,
    pub last_line: i64,
    pub symbol: Option<String>,
    pub tokens: i64,
    pub needs_model: bool,
    pub reason: String,
    pub status: String,
    pub why: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a chunk that nobody has seen yet.
pub(crate) fn row(scan_id: i64, chunk: &ChunkRecord) -> ActiveModel {
    let status = if chunk.needs_model { ChunkStatus::Pending } else { ChunkStatus::Cleared };
    ActiveModel {
        scan_id: Set(scan_id),
        path: Set(chunk.path.to_string()),
        content_hash: Set(chunk.content_hash.to_string()),
        chunk_hash: Set(chunk.chunk_hash.to_string()),
        first_line: Set(chunk.first_line.into()),
        last_line: Set(chunk.last_line.into()),
        symbol: Set(chunk.symbol.clone()),
        tokens: Set(chunk.tokens.into()),
        needs_model: Set(chunk.needs_model),
        reason: Set(chunk.reason.clone()),
        status: Set(to_word(status)),
        why: Set(None),
        ..Default::default()
    }
}

/// A chunk that is cut again keeps its status as long as its text is the same.
pub(crate) fn cut_again(backend: DbBackend) -> OnConflict {
    use Column::*;
    let mut conflict = OnConflict::column(ScanId);
    match backend {
        DbBackend::Postgres => conflict.expr(Expr::cust(PATH_DIGEST)),
        _ => conflict.expr(Expr::col(Path)),
    };
    conflict.exprs([Expr::col(FirstLine), Expr::col(LastLine)]);
    let same_text = || kept(ChunkHash).eq(new(ChunkHash));
    conflict.values([Status, Why].map(|column| (column, kept_when(same_text(), column))));
    conflict.update_columns([ContentHash, ChunkHash, Symbol, Tokens, NeedsModel, Reason]).to_owned()
}
