//! The way of a finding, followed back: verified finding, draft, chunk, the models that reported it, what they took.

use codeproof_types::{FindingId, Fingerprint, ModelDraft, RepoPath, ScanId};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::Serialize;

use crate::rows::{
    CallRow, Cell, ChunkId, ChunkStatus, DraftStatus, draft_findings, findings, llm_call_metrics, scan_file_chunks,
};
use crate::{Error, Store};

/// How a finding came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// The finding.
    pub finding: FindingId,
    /// Its scan.
    pub scan: ScanId,
    /// Row id of its draft.
    pub draft: i64,
    /// Where the draft is in its life.
    pub draft_status: DraftStatus,
    /// Row id of the verified finding, when the votes made one.
    pub verified: Option<i64>,
    /// The chunk the draft was found in, when a model found it.
    pub chunk: Option<ChunkPlace>,
    /// The models' reports that became the draft, or joined it.
    pub sources: Vec<ModelDraft>,
    /// The prompts about the chunk and about the draft, oldest first. An answer that another scan paid for has none here.
    pub calls: Vec<CallRow>,
}

/// Where a chunk is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChunkPlace {
    /// Row id.
    pub id: ChunkId,
    /// The file.
    pub path: RepoPath,
    /// 1-based.
    pub first_line: u32,
    /// Inclusive.
    pub last_line: u32,
    /// Qualified name of the symbol it is, when it is one.
    pub symbol: Option<String>,
    /// What became of it.
    pub status: ChunkStatus,
}

impl Store {
    /// How a finding came to be; `None` when there is no such one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn provenance(&self, finding: FindingId) -> Result<Option<Provenance>, Error> {
        let Some((found, draft)) = self.finding_and_draft(finding).await? else { return Ok(None) };
        let calls = self.calls_about(&draft).await?.into_iter().map(|row| {
            let about_draft = row.draft_id == Some(draft.id);
            llm_call_metrics::call(row, about_draft.then(|| Fingerprint::from(draft.dedup_key.clone())))
        });
        let calls = calls.collect::<Result<Vec<_>, _>>()?;
        let cell = |column| Cell { table: "draft_findings", row: draft.id, column };
        let sources = draft.sources.map(|sources| cell("sources").json(sources)).transpose()?;
        Ok(Some(Provenance {
            finding,
            scan: ScanId(found.scan_id),
            draft: draft.id,
            draft_status: cell("status").word(draft.status)?,
            verified: found.verified_id,
            chunk: match draft.chunk_id {
                Some(chunk) => self.chunk_place(chunk).await?,
                None => None,
            },
            sources: sources.unwrap_or_default(),
            calls,
        }))
    }

    /// The rows of the calls that led to a finding, oldest first; none when there is no such finding.
    pub(crate) async fn calls_behind(&self, finding: FindingId) -> Result<Vec<llm_call_metrics::Model>, Error> {
        match self.finding_and_draft(finding).await? {
            Some((_, draft)) => self.calls_about(&draft).await,
            None => Ok(Vec::new()),
        }
    }

    async fn finding_and_draft(
        &self,
        finding: FindingId,
    ) -> Result<Option<(findings::Model, draft_findings::Model)>, Error> {
        let failed = self.failed("read how a finding came to be");
        let Some(found) = findings::Entity::find_by_id(finding.0).one(&self.db).await.map_err(&failed)? else {
            return Ok(None);
        };
        let draft = draft_findings::Entity::find_by_id(found.draft_id).one(&self.db).await.map_err(&failed)?;
        Ok(draft.map(|draft| (found, draft)))
    }

    async fn calls_about(&self, draft: &draft_findings::Model) -> Result<Vec<llm_call_metrics::Model>, Error> {
        use llm_call_metrics::{Column, Entity};
        let mut about = Condition::any().add(Column::DraftId.eq(draft.id));
        if let Some(chunk) = draft.chunk_id {
            about = about.add(Column::ChunkId.eq(chunk));
        }
        let calls = Entity::find().filter(Column::ScanId.eq(draft.scan_id)).filter(about).order_by_asc(Column::Seq);
        calls.all(&self.db).await.map_err(self.failed("read the calls of models"))
    }

    async fn chunk_place(&self, chunk: i64) -> Result<Option<ChunkPlace>, Error> {
        let found = scan_file_chunks::Entity::find_by_id(chunk).one(&self.db).await;
        let Some(row) = found.map_err(self.failed("read a chunk"))? else { return Ok(None) };
        let cell = |column| Cell { table: "scan_file_chunks", row: row.id, column };
        Ok(Some(ChunkPlace {
            id: ChunkId(row.id),
            path: cell("path").word(row.path)?,
            first_line: cell("first_line").number(row.first_line)?,
            last_line: cell("last_line").number(row.last_line)?,
            symbol: row.symbol,
            status: cell("status").word(row.status)?,
        }))
    }
}
