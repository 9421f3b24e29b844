//! Chunks as rows: written once before models are asked, so that each answer can say what it is about.

use std::collections::{HashMap, HashSet};

use codeproof_types::{RepoPath, ScanId};
use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryTrait as _};

use crate::rows::scan_file_chunks::{self, Column};
use crate::rows::{ChunkId, ChunkRecord, storable};
use crate::{Error, Store};

/// Chunks in one transaction: some tenths of a second, far less than others wait for a lock.
const TRANSACTION_CHUNKS: usize = 4000;

/// Chunks in one statement; see `rows::insert`.
const STATEMENT_CHUNKS: usize = 200;

/// Where a chunk is: the key of its row beside the scan.
type PlaceInScan = (String, i64, i64);

impl Store {
    /// Writes the chunks of a scan; returns their ids in the order of `chunks`. One that was written before (same file and
    /// lines) keeps its id, and as long as its text is the same its status.
    ///
    /// # Errors
    /// When the database cannot be written, or there is no such scan.
    pub async fn put_chunks(&self, scan: ScanId, chunks: &[ChunkRecord]) -> Result<Vec<ChunkId>, Error> {
        let failed = self.failed("write the chunks of a scan");
        let mut ids = Vec::with_capacity(chunks.len());
        for some in chunks.chunks(TRANSACTION_CHUNKS) {
            let transaction = self.begin().await.map_err(&failed)?;
            for few in some.chunks(STATEMENT_CHUNKS) {
                ids.extend(put(scan, few, &transaction).await.map_err(&failed)?);
            }
            transaction.commit().await.map_err(&failed)?;
        }
        Ok(ids)
    }
}

/// Writes what fits into one statement.
async fn put(scan: ScanId, chunks: &[ChunkRecord], transaction: &DatabaseTransaction) -> Result<Vec<ChunkId>, DbErr> {
    // The last of those at one place is the one that is meant: a statement may name a key once.
    let mut places = HashSet::<(&RepoPath, u32, u32)>::new();
    let last_of_each =
        chunks.iter().rev().filter(|chunk| places.insert((&chunk.path, chunk.first_line, chunk.last_line)));
    let rows = last_of_each.map(|chunk| storable(scan_file_chunks::row(scan.0, chunk))).collect::<Vec<_>>();
    let conflict = scan_file_chunks::cut_again(transaction.get_database_backend());
    let mut statement = scan_file_chunks::Entity::insert_many(rows).on_conflict(conflict).into_query();
    statement.returning(Query::returning().columns([Column::Id, Column::Path, Column::FirstLine, Column::LastLine]));
    let mut ids = HashMap::<PlaceInScan, i64>::with_capacity(chunks.len());
    for row in transaction.query_all(&statement).await? {
        let place = (row.try_get("", "path")?, row.try_get("", "first_line")?, row.try_get("", "last_line")?);
        ids.insert(place, row.try_get("", "id")?);
    }
    let id = |chunk: &ChunkRecord| {
        let place = (chunk.path.to_string(), chunk.first_line.into(), chunk.last_line.into());
        ids.get(&place).map(|id| ChunkId(*id)).expect("the database answers with every key it was given")
    };
    Ok(chunks.iter().map(id).collect())
}
