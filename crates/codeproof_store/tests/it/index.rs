//! The index of a scan as rows.

use codeproof_store::{Error, ImportRecord, IndexCounts, IndexRows, ReferenceRecord, Store, SymbolRecord};
use codeproof_types::{CallKind, Resolution, ScanId, SymbolKind, Visibility};

use crate::fixture::{Place, begin, on_both_databases, path};

on_both_databases! {
    what_is_written_is_found_by_name,
    another_index_takes_the_place_of_the_first,
    a_name_of_any_length_is_found,
    an_index_that_was_cancelled_is_none_and_is_replaced,
    the_later_one_of_two_that_replace_an_index_wins,
    an_index_goes_with_its_scan,
}

fn symbol(number: u32, name: &str) -> SymbolRecord {
    SymbolRecord {
        path: path(&format!("src/{number}.py")),
        kind: SymbolKind::Method,
        name: name.to_owned(),
        qualified_name: format!("Shop.{name}"),
        parent: Some("Shop".to_owned()),
        first_line: number,
        last_line: number + 3,
        signature: format!("def {name}(self)"),
        doc: Some("Sells.\0".to_owned()),
        visibility: Some(Visibility::Protected),
        is_static: number.is_multiple_of(2),
        search_text: format!("{name} def {name}(self) Sells."),
    }
}

fn reference(number: u32, callee: &str) -> ReferenceRecord {
    ReferenceRecord {
        kind: CallKind::Call,
        path: path("src/a.py"),
        line: number,
        column: 5,
        callee: callee.to_owned(),
        receiver: Some("shop".to_owned()),
        caller: None,
        target_path: Some(path("src/b.py")),
        target_line: Some(number + 1),
        target_name: Some(format!("Shop.{callee}")),
        resolution: Resolution::NameUnique,
    }
}

fn import(number: u32, module: &str) -> ImportRecord {
    ImportRecord {
        path: path("src/a.py"),
        line: number,
        module: module.to_owned(),
        name: "*".to_owned(),
        alias: None,
        level: 2,
        target_path: None,
    }
}

/// As many symbols, references and imports as said.
fn rows(
    symbols: u32,
    references: u32,
    imports: u32,
) -> IndexRows<Vec<SymbolRecord>, Vec<ReferenceRecord>, Vec<ImportRecord>> {
    IndexRows {
        symbols: (0..symbols).map(|number| symbol(number, &format!("f{}", number % 1000))).collect(),
        references: (0..references).map(|number| reference(number, "sell")).collect(),
        imports: (0..imports).map(|number| import(number, "shop.models")).collect(),
    }
}

async fn replace(store: &Store, scan: ScanId, symbols: u32, references: u32, imports: u32) -> IndexCounts {
    store.replace_index(scan, rows(symbols, references, imports)).await.unwrap()
}

async fn what_is_written_is_found_by_name(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let error = store.symbols_named(scan, "sell").await.unwrap_err();
    assert!(matches!(error, Error::NoIndex { .. }), "nobody has looked: {error:?}");
    assert_eq!(store.index_counts(scan).await.unwrap(), None);

    let counts = replace(&store, scan, 9001, 4001, 3).await;
    assert_eq!(counts, IndexCounts { symbols: 9001, references: 4001, imports: 3 });
    assert_eq!(store.index_counts(scan).await.unwrap(), Some(counts));
    let named = store.symbols_named(scan, "f7").await.unwrap();
    assert_eq!(named.len(), 9);
    assert!(named.is_sorted_by_key(|symbol| symbol.path.clone()));
    let expected = SymbolRecord { doc: Some("Sells.␀".to_owned()), ..symbol(2007, "f7") };
    assert!(named.contains(&expected), "{named:?}");
    assert_eq!(store.references_named(scan, "sell").await.unwrap()[4000], reference(4000, "sell"));
    assert_eq!(store.references_to(scan, "Shop.sell").await.unwrap().len(), 4001);
    assert_eq!(store.references_to(scan, "sell").await.unwrap(), []);
    assert_eq!(store.imports_of(scan, "shop.models").await.unwrap()[2], import(2, "shop.models"));
}

async fn another_index_takes_the_place_of_the_first(place: Place) {
    let store = place.open().await;
    let (scan, other) = (begin(&store).await, begin(&store).await);
    replace(&store, scan, 50, 50, 50).await;
    replace(&store, other, 7, 7, 7).await;
    let counts = replace(&store, scan, 5, 0, 1).await;
    assert_eq!(store.index_counts(scan).await.unwrap(), Some(counts));
    assert_eq!(store.index_counts(other).await.unwrap().unwrap().symbols, 7);
    let error = store.replace_index(ScanId(99), rows(1, 1, 1)).await.unwrap_err();
    assert!(matches!(error, Error::NoSuchScan { scan: ScanId(99), .. }), "{error:?}");
}

async fn a_name_of_any_length_is_found(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    // No compression makes this fit into an entry of an index.
    let noise =
        (0..20_000u32).filter_map(|number| char::from_u32(0x4e00 + number.wrapping_mul(2_654_435_761) % 20_000));
    let names = [noise.collect::<String>(), "nul\0".to_owned(), String::new()];
    let index = IndexRows {
        symbols: names.clone().map(|name| symbol(1, &name)),
        references: names.clone().map(|name| reference(1, &name)),
        imports: names.clone().map(|name| import(1, &name)),
    };
    store.replace_index(scan, index).await.unwrap();
    for name in &names {
        assert_eq!(store.symbols_named(scan, name).await.unwrap().len(), 1);
        assert_eq!(store.references_named(scan, name).await.unwrap().len(), 1);
        assert_eq!(store.references_to(scan, &format!("Shop.{name}")).await.unwrap().len(), 1);
        assert_eq!(store.imports_of(scan, name).await.unwrap().len(), 1);
    }
}

async fn an_index_that_was_cancelled_is_none_and_is_replaced(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    replace(&store, scan, 3, 3, 3).await;
    // The second chunk of symbols is never asked for: the writing is dropped when its turn comes.
    let (asked, is_asked) = tokio::sync::oneshot::channel();
    let mut asked = Some(asked);
    let symbols = (0..).inspect(move |number| {
        if *number == 4000
            && let Some(asked) = asked.take()
        {
            asked.send(()).unwrap();
        }
    });
    let symbols = symbols.map(|number| symbol(number, "endless"));
    let endless = IndexRows { symbols, references: [], imports: [] };
    tokio::select! {
        biased;
        _ = is_asked => {}
        result = store.replace_index(scan, endless) => panic!("it has no end: {result:?}"),
    }

    assert_eq!(store.index_counts(scan).await.unwrap(), None);
    assert!(matches!(store.imports_of(scan, "shop.models").await, Err(Error::NoIndex { .. })));
    let counts = replace(&store, scan, 2, 1, 0).await;
    assert_eq!(store.index_counts(scan).await.unwrap(), Some(counts));
    assert_eq!(store.symbols_named(scan, "endless").await.unwrap(), []);
}

async fn the_later_one_of_two_that_replace_an_index_wins(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let (later, has_begun) = std::sync::mpsc::channel();
    let (may_begin, begun) = tokio::sync::oneshot::channel();
    let mut may_begin = Some(may_begin);
    // The first one stops within its second chunk until the later one is done.
    let symbols = (0..9000).inspect(move |number| {
        if *number == 5000 {
            may_begin.take().unwrap().send(()).unwrap();
            tokio::task::block_in_place(|| has_begun.recv()).unwrap();
        }
    });
    let symbols = symbols.map(|number| symbol(number, "first"));
    let first = IndexRows { symbols, references: [], imports: [] };
    let first_store = store.clone();
    let first = tokio::spawn(async move { first_store.replace_index(scan, first).await });
    begun.await.unwrap();
    let counts = replace(&store, scan, 10, 0, 0).await;
    later.send(()).unwrap();
    let error = first.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::IndexTaken { .. }), "{error:?}");
    assert_eq!(store.index_counts(scan).await.unwrap(), Some(counts));
    assert_eq!(store.symbols_named(scan, "first").await.unwrap(), []);
}

async fn an_index_goes_with_its_scan(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    replace(&store, scan, 3, 3, 3).await;
    let mut stranger = place.stranger().await;
    stranger.run("DELETE FROM scans").await;
    for table in ["symbols", "symbol_references", "import_relations"] {
        let left = format!("SELECT COUNT(*) FROM {table}");
        assert_eq!(stranger.ask::<i64>(left.leak()).await, 0, "{table}");
    }
}
