//! An index as rows of the database, on demand.

use std::time::Instant;

use codeproof_index::{Index, SymbolId};
use codeproof_store::{ImportRecord, IndexCounts, IndexRows, NewScan, ReferenceRecord, ScanEnd, Store, SymbolRecord};
use codeproof_types::{RepoPath, ScanId, ScanStatus, ScanSummary};

use crate::{Error, Program};

/// Told with the row of a run that only made an index, so that nobody takes it for a scan without findings.
const NOTE: &str = "this run made an index only: no rule was run";

/// Writes the definitions, references and imports of `program` as rows under a new scan id.
///
/// # Errors
/// When the database refuses; the run's row then ends as failed.
pub async fn persist_index(store: &Store, program: &Program, new: NewScan) -> Result<(ScanId, IndexCounts), Error> {
    let started = Instant::now();
    let id = store.begin_scan(new).await.map_err(|source| Error::store(None, source))?;
    let index = &program.index;
    let paths: Vec<&RepoPath> = index.paths().map(|(path, _)| path).collect();
    let rows = IndexRows {
        symbols: paths.iter().flat_map(|path| symbols(index, path)),
        references: paths.iter().flat_map(|path| references(index, path)),
        imports: paths.iter().flat_map(|path| imports(index, path)),
    };
    let written = store.replace_index(id, rows).await;
    let summary = ScanSummary::default();
    let notes = [NOTE.to_owned()];
    let why = written.as_ref().err().map(ToString::to_string);
    let end = ScanEnd {
        status: if written.is_ok() { ScanStatus::Completed } else { ScanStatus::Failed },
        problems: &program.problems,
        notes: &notes,
        error: why.as_deref(),
        ..ScanEnd::completed(&summary, u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX))
    };
    let finished = store.finish_scan(id, end).await;
    let failed = |source| Error::store(Some(id), source);
    let counts = written.map_err(failed)?;
    finished.map_err(failed)?;
    Ok((id, counts))
}

fn symbols<'i>(index: &'i Index, path: &RepoPath) -> impl Iterator<Item = SymbolRecord> + use<'i> {
    index.symbols_of(path).into_iter().map(|id| {
        let place = index.place(id);
        let symbol = place.symbol;
        let doc = symbol.doc.as_deref().unwrap_or_default();
        SymbolRecord {
            path: place.path.clone(),
            kind: symbol.kind,
            name: symbol.name.clone(),
            qualified_name: place.name,
            parent: index.parent_name(id),
            first_line: symbol.first_line,
            last_line: symbol.last_line,
            signature: symbol.signature.clone(),
            doc: symbol.doc.clone(),
            visibility: symbol.visibility,
            is_static: symbol.is_static,
            search_text: format!("{} {} {doc}", symbol.name, symbol.signature).trim_end().to_owned(),
        }
    })
}

fn references<'i>(index: &'i Index, path: &RepoPath) -> impl Iterator<Item = ReferenceRecord> + use<'i> {
    let name = |id: SymbolId| index.place(id).name;
    index.calls_of(path).into_iter().map(move |call| {
        let target = call.to.map(|to| index.place(to));
        ReferenceRecord {
            kind: call.site.kind,
            path: call.path.clone(),
            line: call.site.position.line,
            column: call.site.position.column,
            callee: call.site.callee.clone(),
            receiver: call.site.receiver.clone(),
            caller: call.from.map(name),
            target_path: target.as_ref().map(|target| target.path.clone()),
            target_line: target.as_ref().map(|target| target.symbol.first_line),
            target_name: target.map(|target| target.name),
            resolution: call.resolution,
        }
    })
}

fn imports<'i>(index: &'i Index, path: &RepoPath) -> impl Iterator<Item = ImportRecord> + use<'i> {
    let path = path.clone();
    index.imports_of(&path).into_iter().map(move |(import, target)| ImportRecord {
        path: path.clone(),
        line: import.line,
        module: import.module.clone(),
        name: import.name.clone(),
        alias: import.alias.clone(),
        level: import.level,
        target_path: target.cloned(),
    })
}
