//! The index of a scanned program as rows: replaced as a whole, looked up by name.
//!
//! A large program has millions of references, and one transaction would keep every other writer of a SQLite file out
//! for minutes. So rows come in chunks, a transaction each, under a number that the scan's row holds (`index_run`): who
//! starts to replace the index raises the number, every chunk of an earlier run is then refused. Until the last chunk is
//! written `index_state` says `writing`: what a killed or cancelled run leaves is no index, and the next run removes it.

use codeproof_types::ScanId;
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait as _, QueryFilter as _,
    QuerySelect as _,
};

use crate::rows::{
    ImportRecord, ReferenceRecord, SymbolRecord, import_relations, insert, key_text, scans, symbol_references, symbols,
};
use crate::turn::Transaction;
use crate::{Error, Store};

/// Rows in one transaction: some tenths of a second, far less than others wait for a lock.
const CHUNK_ROWS: usize = 4000;

/// `index_state` while rows come in.
const WRITING: &str = "writing";

/// `index_state` when all are there.
const COMPLETE: &str = "complete";

/// What an index says, in any order; read once, as it is written.
#[derive(Debug, Clone, Default)]
pub struct IndexRows<Symbols, References, Imports> {
    /// The definitions.
    pub symbols: Symbols,
    /// Calls and mentions.
    pub references: References,
    /// Imported names.
    pub imports: Imports,
}

/// The rows of an index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IndexCounts {
    /// Rows of `symbols`.
    pub symbols: u64,
    /// Rows of `symbol_references`.
    pub references: u64,
    /// Rows of `import_relations`.
    pub imports: u64,
}

impl Store {
    /// Writes the index of a scan in place of the one it had. Memory stays bounded by a chunk of rows, however many there
    /// are.
    ///
    /// # Errors
    /// When the database cannot be written, there is no such scan, or another program begins to replace the same index
    /// ([`Error::IndexTaken`]). The scan then has no index until one is written again.
    pub async fn replace_index<Symbols, References, Imports>(
        &self,
        scan: ScanId,
        rows: IndexRows<Symbols, References, Imports>,
    ) -> Result<IndexCounts, Error>
    where
        Symbols: IntoIterator<Item = SymbolRecord, IntoIter: Send>,
        References: IntoIterator<Item = ReferenceRecord, IntoIter: Send>,
        Imports: IntoIterator<Item = ImportRecord, IntoIter: Send>,
    {
        // Made before the first await, so that only the iterators, not what they come from, must be sent across threads.
        let symbol_rows = rows.symbols.into_iter().map(|symbol| symbols::row(scan.0, symbol));
        let reference_rows = rows.references.into_iter().map(|reference| symbol_references::row(scan.0, reference));
        let import_rows = rows.imports.into_iter().map(|import| import_relations::row(scan.0, import));
        let run = IndexRun::begin(self, scan).await?;
        let counts = IndexCounts {
            symbols: run.write(symbol_rows, "write the symbols of an index").await?,
            references: run.write(reference_rows, "write the references of an index").await?,
            imports: run.write(import_rows, "write the imports of an index").await?,
        };
        run.complete().await?;
        Ok(counts)
    }

    /// How many rows the index of a scan has; `None` when it has no complete one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn index_counts(&self, scan: ScanId) -> Result<Option<IndexCounts>, Error> {
        match self.demand_index(scan).await {
            Err(Error::NoIndex { .. }) => return Ok(None),
            other => other?,
        }
        let failed = self.failed("count the rows of an index");
        let of_scan = symbols::Entity::find().filter(symbols::Column::ScanId.eq(scan.0));
        let symbols = of_scan.count(&self.db).await.map_err(&failed)?;
        let of_scan = symbol_references::Entity::find().filter(symbol_references::Column::ScanId.eq(scan.0));
        let references = of_scan.count(&self.db).await.map_err(&failed)?;
        let of_scan = import_relations::Entity::find().filter(import_relations::Column::ScanId.eq(scan.0));
        let imports = of_scan.count(&self.db).await.map_err(&failed)?;
        Ok(Some(IndexCounts { symbols, references, imports }))
    }

    /// The definitions with this name, by path and line.
    ///
    /// # Errors
    /// When the database cannot be read, or the scan has no complete index.
    pub async fn symbols_named(&self, scan: ScanId, name: &str) -> Result<Vec<SymbolRecord>, Error> {
        self.demand_index(scan).await?;
        let named = symbols::Entity::find()
            .filter(symbols::Column::ScanId.eq(scan.0))
            .filter(symbols::Column::Name.eq(key_text(name.to_owned())));
        let rows = named.all(&self.db).await.map_err(self.failed("read the symbols of an index"))?;
        let mut found = rows.into_iter().map(symbols::symbol).collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|one, other| (&one.path, one.first_line).cmp(&(&other.path, other.first_line)));
        Ok(found)
    }

    /// The calls and mentions of this name, whatever they were resolved to, by path and line.
    ///
    /// # Errors
    /// As [`symbols_named`](Self::symbols_named).
    pub async fn references_named(&self, scan: ScanId, callee: &str) -> Result<Vec<ReferenceRecord>, Error> {
        self.references(scan, symbol_references::Column::Callee, callee).await
    }

    /// The calls and mentions that were resolved to the definition with this qualified name, by path and line.
    ///
    /// # Errors
    /// As [`symbols_named`](Self::symbols_named).
    pub async fn references_to(&self, scan: ScanId, target_name: &str) -> Result<Vec<ReferenceRecord>, Error> {
        self.references(scan, symbol_references::Column::TargetName, target_name).await
    }

    async fn references(
        &self,
        scan: ScanId,
        column: symbol_references::Column,
        text: &str,
    ) -> Result<Vec<ReferenceRecord>, Error> {
        self.demand_index(scan).await?;
        let named = symbol_references::Entity::find()
            .filter(symbol_references::Column::ScanId.eq(scan.0))
            .filter(column.eq(key_text(text.to_owned())));
        let rows = named.all(&self.db).await.map_err(self.failed("read the references of an index"))?;
        let mut found = rows.into_iter().map(symbol_references::reference).collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|one, other| (&one.path, one.line, one.column).cmp(&(&other.path, other.line, other.column)));
        Ok(found)
    }

    /// The imports of this module, by path and line.
    ///
    /// # Errors
    /// As [`symbols_named`](Self::symbols_named).
    pub async fn imports_of(&self, scan: ScanId, module: &str) -> Result<Vec<ImportRecord>, Error> {
        self.demand_index(scan).await?;
        let named = import_relations::Entity::find()
            .filter(import_relations::Column::ScanId.eq(scan.0))
            .filter(import_relations::Column::Module.eq(key_text(module.to_owned())));
        let rows = named.all(&self.db).await.map_err(self.failed("read the imports of an index"))?;
        let mut found = rows.into_iter().map(import_relations::import).collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|one, other| (&one.path, one.line, &one.name).cmp(&(&other.path, other.line, &other.name)));
        Ok(found)
    }

    /// "Nothing found" must mean "looked and found nothing": not that there was nothing to look through.
    async fn demand_index(&self, scan: ScanId) -> Result<(), Error> {
        let complete = scans::Entity::find_by_id(scan.0).filter(scans::Column::IndexState.eq(COMPLETE));
        match complete.count(&self.db).await.map_err(self.failed("read a scan"))? {
            0 => Err(Error::NoIndex { scan, place: self.place.clone() }),
            _ => Ok(()),
        }
    }
}

/// One writing of one scan's index.
struct IndexRun<'s> {
    store: &'s Store,
    scan: ScanId,
    number: i64,
}

impl<'s> IndexRun<'s> {
    /// Takes the index over from any earlier run, and removes its rows.
    async fn begin(store: &'s Store, scan: ScanId) -> Result<Self, Error> {
        let failed = store.failed("begin to replace an index");
        let transaction = store.begin().await.map_err(&failed)?;
        let raise = Expr::col(scans::Column::IndexRun).if_null(0).add(1);
        let taken = scans::Entity::update_many()
            .col_expr(scans::Column::IndexRun, raise)
            .col_expr(scans::Column::IndexState, Expr::val(WRITING))
            .filter(scans::Column::Id.eq(scan.0));
        if taken.exec(&*transaction).await.map_err(&failed)?.rows_affected == 0 {
            return Err(Error::NoSuchScan { scan, place: store.place.clone() });
        }
        let number = run_number(scan, &transaction).await.map_err(&failed)?.unwrap_or_default();
        // In the same transaction: no chunk of an earlier run can come between.
        let of_scan = symbols::Entity::delete_many().filter(symbols::Column::ScanId.eq(scan.0));
        of_scan.exec(&*transaction).await.map_err(&failed)?;
        let of_scan = symbol_references::Entity::delete_many().filter(symbol_references::Column::ScanId.eq(scan.0));
        of_scan.exec(&*transaction).await.map_err(&failed)?;
        let of_scan = import_relations::Entity::delete_many().filter(import_relations::Column::ScanId.eq(scan.0));
        of_scan.exec(&*transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(&failed)?;
        Ok(Self { store, scan, number })
    }

    /// Writes rows of one kind, chunk by chunk; returns how many.
    async fn write<Row>(&self, mut rows: impl Iterator<Item = Row>, operation: &'static str) -> Result<u64, Error>
    where
        Row: ActiveModelTrait + Send,
    {
        let failed = self.store.failed(operation);
        let mut written = 0;
        loop {
            let chunk = rows.by_ref().take(CHUNK_ROWS).collect::<Vec<_>>();
            if chunk.is_empty() {
                return Ok(written);
            }
            written += chunk.len() as u64;
            let transaction = self.transaction(operation).await?;
            insert(chunk, &transaction).await.map_err(&failed)?;
            transaction.commit().await.map_err(&failed)?;
        }
    }

    async fn complete(self) -> Result<(), Error> {
        let operation = "finish an index";
        let failed = self.store.failed(operation);
        let transaction = self.transaction(operation).await?;
        let complete = scans::Entity::update_many()
            .col_expr(scans::Column::IndexState, Expr::val(COMPLETE))
            .filter(scans::Column::Id.eq(self.scan.0));
        complete.exec(&*transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(&failed)
    }

    /// Begins a transaction in which nobody else can take the index over; refused when somebody has.
    async fn transaction(&self, operation: &'static str) -> Result<Transaction, Error> {
        let failed = self.store.failed(operation);
        let transaction = self.store.begin().await.map_err(&failed)?;
        match run_number(self.scan, &transaction).await.map_err(&failed)? {
            Some(number) if number == self.number => Ok(transaction),
            _ => Err(Error::IndexTaken { scan: self.scan, place: self.store.place.clone() }),
        }
    }
}

/// The number of the run that has the index, which stays the same until the transaction ends: SQLite's holds the write
/// lock, PostgreSQL's a share of the row.
async fn run_number(scan: ScanId, transaction: &DatabaseTransaction) -> Result<Option<i64>, DbErr> {
    let number = scans::Entity::find_by_id(scan.0)
        .select_only()
        .column(scans::Column::IndexRun)
        .lock(LockType::Share)
        .into_tuple::<Option<i64>>();
    Ok(number.one(transaction).await?.flatten())
}
