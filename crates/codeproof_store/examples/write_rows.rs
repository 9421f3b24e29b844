//! Measures the writing of rows: `write_rows URL [ROWS]` writes that many findings, files, symbols and references into a
//! database and says how many a second each took. The database may be new; it keeps the rows.

use std::error::Error;
use std::time::Instant;

use codeproof_store::{
    FileOutcome, FileRecord, IndexRows, NewScan, ReferenceRecord, ScanRecord, Store, StoreOptions, SymbolRecord,
};
use codeproof_types::{
    CallKind, Confidence, ContentHash, Evidence, EvidenceRole, Finding, Fingerprint, Location, Origin, RepoPath,
    Resolution, ScanId, Severity, State, SymbolKind, Tier,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("usage: write_rows URL [ROWS]")?;
    let rows: u32 = arguments.next().map_or(Ok(50_000), |rows| rows.parse())?;
    let store = Store::open(&url, StoreOptions::default()).await?;
    println!("{}, {rows} rows of each", store.describe().await?);
    let scan = store.begin_scan(scan()).await?;
    records(&store, scan, "findings", (0..rows).map(|number| ScanRecord::Finding(Box::new(finding(number))))).await?;
    records(&store, scan, "files", (0..rows).map(file)).await?;
    index(&store, scan, "symbols", rows, 0).await?;
    index(&store, scan, "references", 0, rows).await?;
    store.close().await?;
    Ok(())
}

async fn records(
    store: &Store,
    scan: ScanId,
    name: &str,
    records: impl ExactSizeIterator<Item = ScanRecord>,
) -> Result<(), Box<dyn Error>> {
    let (count, started) = (records.len(), Instant::now());
    let writer = store.writer(scan);
    for record in records {
        writer.send(record).await?;
    }
    writer.close().await?;
    tell(name, count, started);
    Ok(())
}

async fn index(store: &Store, scan: ScanId, name: &str, symbols: u32, references: u32) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let symbols = (0..symbols).map(symbol);
    let references = (0..references).map(reference);
    let counts = store.replace_index(scan, IndexRows { symbols, references, imports: [] }).await?;
    tell(name, (counts.symbols + counts.references) as usize, started);
    Ok(())
}

fn tell(name: &str, count: usize, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    println!("{name:<12} {:>9.0} rows/s, {seconds:.2} s wall", count as f64 / seconds);
}

fn scan() -> NewScan {
    let text = String::new;
    NewScan {
        target: text(),
        commit: None,
        root: text(),
        version: text(),
        settings: serde_json::Value::Null,
        started_at_ms: 0,
        profile: None,
    }
}

fn path(number: u32) -> RepoPath {
    RepoPath::new(format!("src/shop/models/file_{number}.py")).expect("a plain path")
}

fn file(number: u32) -> ScanRecord {
    ScanRecord::File(FileRecord {
        path: path(number),
        content_hash: Some(ContentHash::of(&number.to_le_bytes())),
        class: None,
        language: None,
        bytes: 4000,
        lines: 120,
        outcome: FileOutcome::Done,
    })
}

fn finding(number: u32) -> Finding {
    let location = Location {
        path: path(number % 1000),
        first_line: number,
        last_line: number,
        first_column: Some(5),
        last_column: Some(30),
        content_hash: ContentHash::of(b"eval(x)"),
    };
    Finding {
        id: None,
        fingerprint: Fingerprint::from(format!("{number:032x}")),
        rule_id: "python-eval".to_owned(),
        title: "Evaluation of computed code".to_owned(),
        severity: Severity::High,
        tier: Tier::Weakness,
        cwe: None,
        category: None,
        origin: Origin::Detector,
        confidence: Confidence::Medium,
        evidence: vec![Evidence {
            location: location.clone(),
            quote: "result = eval(expression, {}, {})".to_owned(),
            role: EvidenceRole::Sink,
            note: String::new(),
        }],
        location,
        message: "What `eval` is given runs with all the rights of this program. ".repeat(3),
        remediation: "Read values with `ast.literal_eval`, or look names up in a table. ".repeat(3),
        votes: None,
        source_models: Vec::new(),
        state: State::Open,
        suppression: None,
        secret: None,
        judgement: None,
        baseline_state: None,
    }
}

fn symbol(number: u32) -> SymbolRecord {
    let name = format!("update_{}", number % 5000);
    SymbolRecord {
        path: path(number % 1000),
        kind: SymbolKind::Method,
        qualified_name: format!("shop.models.Order.{name}"),
        parent: Some("shop.models.Order".to_owned()),
        first_line: number,
        last_line: number + 12,
        signature: format!("def {name}(self, customer, amount=None)"),
        doc: Some("Writes the order with what the customer changed.".to_owned()),
        visibility: None,
        is_static: false,
        search_text: format!("{name} def {name}(self, customer, amount=None) Writes the order."),
        name,
    }
}

fn reference(number: u32) -> ReferenceRecord {
    ReferenceRecord {
        kind: CallKind::Call,
        path: path(number % 1000),
        line: number,
        column: 9,
        callee: format!("update_{}", number % 5000),
        receiver: Some("self.order".to_owned()),
        caller: Some("shop.views.checkout".to_owned()),
        target_path: Some(path(number % 700)),
        target_line: Some(12),
        target_name: Some(format!("shop.models.Order.update_{}", number % 5000)),
        resolution: Resolution::Import,
    }
}
