//! What models did in a scan, counted from its rows: for budgets of resumed scans, and for reports of scans that have not
//! ended.

use codeproof_types::{ChunkCounts, DraftCounts, ModelReport, ModelUse, Origin, OutcomeCounts, ScanId, UnseenChunk};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::Value;

use crate::rows::to_word;
use crate::rows::{CallRow, Cell, ChunkStatus, DraftStatus, draft_findings, llm_call_metrics, scan_file_chunks, scans};
use crate::{Error, Store};

/// Sums over the calls of one model in one role.
#[derive(Debug, FromQueryResult)]
struct Sums {
    model: String,
    role: String,
    prompts: i64,
    attempts: i64,
    failed: i64,
    malformed: i64,
    refused: i64,
    input_tokens: i64,
    cached_input_tokens: i64,
    output_tokens: i64,
    reasoning_tokens: i64,
    estimated: i64,
    cost_nano_usd: Option<i64>,
    unpriced_tokens: i64,
    latency_ms: i64,
}

impl Store {
    /// What each model did in each role of a scan so far, by name and role: its calls are summed, answers from the cache
    /// cost none. A model's cost is that of its calls whose price is known, `None` when none is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn model_usage(&self, scan: ScanId) -> Result<Vec<ModelUse>, Error> {
        self.sums(scan).await?.iter().map(|sums| model_use(scan, sums)).collect()
    }

    /// What models did in a scan that has not said so itself; `None` when no chunk was cut for any.
    pub(crate) async fn models_so_far(&self, row: &scans::Model) -> Result<Option<ModelReport>, Error> {
        let scan = ScanId(row.id);
        let (chunks, unseen) = self.chunk_counts(scan).await?;
        let sums = self.sums(scan).await?;
        if chunks.total == 0 && sums.is_empty() {
            return Ok(None);
        }
        let (drafts, outcomes) = self.draft_counts(scan).await?;
        let total = |of: fn(&Sums) -> i64| sums.iter().map(of).fold(0, i64::saturating_add).max(0).cast_unsigned();
        Ok(Some(ModelReport {
            profile: row.profile.clone().unwrap_or_default(),
            chunks,
            drafts,
            outcomes,
            cost_nano_usd: total(|sums| sums.cost_nano_usd.unwrap_or(0)),
            unpriced_tokens: total(|sums| sums.unpriced_tokens),
            models: sums.iter().map(|sums| model_use(scan, sums)).collect::<Result<_, _>>()?,
            paused: row.paused_reason.clone(),
            unseen,
            ..ModelReport::default()
        }))
    }

    async fn sums(&self, scan: ScanId) -> Result<Vec<Sums>, Error> {
        use llm_call_metrics::{Column, Entity};
        // As integers of 64 bits on both databases: PostgreSQL sums them to decimals.
        let sum = |of: &str| Expr::cust(format!("CAST(COALESCE(SUM({of}), 0) AS BIGINT)"));
        let count = |of: &str| sum(&format!("CASE WHEN {of} THEN 1 ELSE 0 END"));
        let is = |column: &str, word: &str| format!("{column} = '{word}'");
        let sums = Entity::find()
            .select_only()
            .columns([Column::Model, Column::Role])
            .column_as(Column::Id.count(), "prompts")
            .column_as(sum("attempts"), "attempts")
            .column_as(count(&format!("outcome <> '{}'", CallRow::ANSWERED)), "failed")
            .column_as(count(&is("parse_status", CallRow::MALFORMED)), "malformed")
            .column_as(count(&is("parse_status", CallRow::REFUSAL)), "refused")
            .column_as(sum("input_tokens"), "input_tokens")
            .column_as(sum("cached_input_tokens"), "cached_input_tokens")
            .column_as(sum("output_tokens"), "output_tokens")
            .column_as(sum("reasoning_tokens"), "reasoning_tokens")
            .column_as(count("estimated"), "estimated")
            .column_as(Expr::cust("CAST(SUM(cost_nano_usd) AS BIGINT)"), "cost_nano_usd")
            .column_as(
                sum("CASE WHEN cost_nano_usd IS NULL THEN input_tokens + output_tokens ELSE 0 END"),
                "unpriced_tokens",
            )
            .column_as(sum("latency_ms"), "latency_ms")
            .filter(Column::ScanId.eq(scan.0))
            .group_by(Column::Model)
            .group_by(Column::Role);
        let mut sums =
            sums.into_model::<Sums>().all(&self.db).await.map_err(self.failed("sum up the calls of models"))?;
        // Sorted here: databases differ in how they compare text.
        sums.sort_by(|one, other| (&one.model, &one.role).cmp(&(&other.model, &other.role)));
        Ok(sums)
    }

    /// Chunks by status, and those that should have been seen and were not, in the order of the files.
    async fn chunk_counts(&self, scan: ScanId) -> Result<(ChunkCounts, Vec<UnseenChunk>), Error> {
        use scan_file_chunks::{Column, Entity};
        let failed = self.failed("count the chunks of a scan");
        let by_status = Entity::find()
            .select_only()
            .column(Column::Status)
            .column_as(Column::Id.count(), "count")
            .filter(Column::ScanId.eq(scan.0))
            .group_by(Column::Status)
            .into_tuple::<(String, i64)>();
        let mut counts = ChunkCounts::default();
        for (status, count) in by_status.all(&self.db).await.map_err(&failed)? {
            let cell = Cell { table: "scan_file_chunks", row: 0, column: "status" };
            let count = cell.number::<u64>(count)?;
            counts.total += count;
            match cell.word(status)? {
                ChunkStatus::Done => counts.seen += count,
                ChunkStatus::Cleared => counts.cleared += count,
                ChunkStatus::Unseen => counts.unseen += count,
                ChunkStatus::Pending => {}
            }
        }
        let unseen = Entity::find()
            .filter(Column::ScanId.eq(scan.0))
            .filter(Column::Status.eq(to_word(ChunkStatus::Unseen)))
            .order_by_asc(Column::Id)
            .limit(ModelReport::LISTED_MAX as u64);
        let rows = unseen.all(&self.db).await.map_err(&failed)?;
        let mut unseen = rows.into_iter().map(unseen_chunk).collect::<Result<Vec<_>, _>>()?;
        unseen.sort();
        Ok((counts, unseen))
    }

    /// Drafts as far as rows tell: those that were not believed have none.
    async fn draft_counts(&self, scan: ScanId) -> Result<(DraftCounts, OutcomeCounts), Error> {
        use draft_findings::{Column, Entity};
        let rows = Entity::find()
            .select_only()
            .columns([Column::Id, Column::Origin, Column::Status, Column::Sources])
            .filter(Column::ScanId.eq(scan.0))
            .filter(Column::Sources.is_not_null())
            .into_tuple::<(i64, String, String, Option<Value>)>();
        let (mut drafts, mut outcomes) = (DraftCounts::default(), OutcomeCounts::default());
        for (id, origin, status, sources) in
            rows.all(&self.db).await.map_err(self.failed("count the drafts of a scan"))?
        {
            let reports = sources.as_ref().and_then(Value::as_array).map_or(0, Vec::len) as u64;
            drafts.reported += reports;
            if origin == Origin::Detector.name() {
                drafts.joined += reports;
                continue;
            }
            drafts.merged += 1;
            match (Cell { table: "draft_findings", row: id, column: "status" }).word(status)? {
                DraftStatus::Verified => outcomes.verified += 1,
                DraftStatus::Weakness => outcomes.weakness += 1,
                DraftStatus::Rejected => outcomes.rejected += 1,
                DraftStatus::Unverified => outcomes.unverified += 1,
                DraftStatus::Pending | DraftStatus::Accepted => {}
            }
        }
        Ok((drafts, outcomes))
    }
}

fn unseen_chunk(row: scan_file_chunks::Model) -> Result<UnseenChunk, Error> {
    let cell = |column| Cell { table: "scan_file_chunks", row: row.id, column };
    Ok(UnseenChunk {
        path: cell("path").word(row.path)?,
        first_line: cell("first_line").number(row.first_line)?,
        last_line: cell("last_line").number(row.last_line)?,
        reason: row.why.unwrap_or_default(),
    })
}

fn model_use(scan: ScanId, sums: &Sums) -> Result<ModelUse, Error> {
    let number = |number: i64| Cell { table: "llm_call_metrics", row: scan.0, column: "sums" }.number::<u64>(number);
    Ok(ModelUse {
        model: sums.model.clone(),
        role: sums.role.clone(),
        prompts: number(sums.prompts)?,
        attempts: number(sums.attempts)?,
        cached: 0,
        failed: number(sums.failed)?,
        malformed: number(sums.malformed)?,
        refused: number(sums.refused)?,
        input_tokens: number(sums.input_tokens)?,
        cached_input_tokens: number(sums.cached_input_tokens)?,
        output_tokens: number(sums.output_tokens)?,
        reasoning_tokens: number(sums.reasoning_tokens)?,
        estimated: sums.estimated > 0,
        cost_nano_usd: sums.cost_nano_usd.map(number).transpose()?,
        latency_ms: number(sums.latency_ms)?,
        out: None,
    })
}
