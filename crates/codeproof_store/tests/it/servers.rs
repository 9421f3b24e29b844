//! What only a server can do: be far away, be silent, refuse.

use std::time::Duration;

use codeproof_store::{Error, Place as Shown, Store, StoreOptions};
use codeproof_types::Phase;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::fixture::{Place, begin, options};
use crate::server::PrivateDatabase;

/// Opens and expects a refusal; returns it and its text with the place as `PLACE`.
async fn refused(url: &str) -> (Error, String) {
    refused_within(url, options()).await
}

async fn refused_within(url: &str, options: StoreOptions) -> (Error, String) {
    let error = Store::open(url, options).await.expect_err(url);
    let shown = Shown::of(url).unwrap().to_string();
    let text = error.to_string().replace(&shown, "PLACE");
    (error, text)
}

#[tokio::test]
async fn a_password_is_never_shown() {
    let place = Place::on_a_server().await;
    let (user, password) = place.server().new_user("").await;
    let wrong = place.server().url_by_network(&user, &format!("x{password}"), "sslmode=disable");
    let (error, text) = refused(&wrong).await;
    assert!(matches!(error, Error::AccessRefused { .. }), "{error:?}");
    assert_eq!(
        text,
        "PLACE refused the user or the password; check both (a password may also come from PGPASSWORD or from \
         PostgreSQL's password file)"
    );
    let right = place.server().url_by_network(&user, &password, "sslmode=disable");
    let (error, text) = refused(&right).await;
    assert!(matches!(error, Error::NotAllowed { .. }), "nobody but its owner makes tables in public: {error:?}");
    assert!(text.starts_with("cannot bring the database up to date in PLACE: its user may not; "), "{text}");
    for told in [format!("{error} {error:?}"), Shown::of(&right).unwrap().to_string()] {
        assert!(!told.contains(&password) && told.contains("***"), "{told}");
    }
}

#[tokio::test]
async fn a_user_who_may_only_read_can_read() {
    let place = Place::with_tables_on_a_server().await;
    let scan = begin(&place.open().await).await;
    let (user, password) = place.server().new_user("").await;
    let mut owner = place.stranger().await;
    owner.run(&format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}")).await;
    let url = place.server().url_by_network(&user, &password, "sslmode=disable");
    let store = Store::open_existing(&url, options()).await.unwrap();
    assert!(store.report(scan).await.unwrap().is_some());
    let error = store.set_phase(scan, Phase::Walk, 1).await.unwrap_err();
    assert!(matches!(error, Error::NotAllowed { operation: "note the phase of a scan", .. }), "{error:?}");
}

#[tokio::test]
async fn says_what_is_not_there() {
    let place = Place::on_a_server().await;
    let (error, text) = refused(&place.server().url_with(|url| url.set_path("no_such"))).await;
    assert!(matches!(error, Error::NoSuchDatabase { .. }), "{error:?}");
    assert_eq!(
        text,
        "PLACE is not there: the server runs and has no such database; make it with createdb, or name another"
    );
    // A port that was free a moment ago.
    let port = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port();
    let (error, text) = refused(&format!("postgres://someone@127.0.0.1:{port}/scans")).await;
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(
        text,
        "cannot open the database: PLACE cannot be reached; check that the server runs, and its host and port"
    );
}

#[tokio::test]
async fn tables_go_where_the_search_path_says() {
    let place = Place::on_a_server().await;
    let mut owner = place.stranger().await;
    owner.run("CREATE SCHEMA one; CREATE SCHEMA two; CREATE TABLE public.wallet (coins int)").await;
    let in_schema = |name: &str| {
        place.server().url_with(|url| {
            url.query_pairs_mut().append_pair("options", &format!("-csearch_path={name},public"));
        })
    };
    let (error, text) = refused(&place.url()).await;
    assert!(matches!(error, Error::ForeignSchema { .. }), "{error:?}");
    assert_eq!(
        text,
        "schema \"public\" of PLACE is another program's (it has a table \"wallet\"); it was left as it is, make a \
         schema for codeproof and add ?options=-csearch_path=NAME to the URL, or use --db with another database"
    );
    let one = Store::open(&in_schema("one"), options()).await.unwrap();
    let two = Store::open(&in_schema("two"), options()).await.unwrap();
    begin(&one).await;
    assert_eq!((one.scans(9).await.unwrap().len(), two.scans(9).await.unwrap().len()), (1, 0));
    assert_eq!(owner.ask::<i64>("SELECT COUNT(*) FROM one.scans").await, 1);

    let (error, text) = refused(&place.server().url_with(|url| {
        url.query_pairs_mut().append_pair("options", "-csearch_path=three");
    }))
    .await;
    assert!(matches!(error, Error::NoSchema { .. }), "{error:?}");
    assert!(
        text.starts_with("PLACE has no schema to keep tables in: none of the search path \"three\" exists; "),
        "{text}"
    );
}

#[tokio::test]
async fn looking_makes_no_tables() {
    let place = Place::on_a_server().await;
    let error = Store::open_existing(&place.url(), options()).await.unwrap_err();
    assert!(matches!(error, Error::Empty { .. }), "{error:?}");
    assert_eq!(place.stranger().await.ask::<i64>("SELECT COUNT(*) FROM pg_class WHERE relname = 'scans'").await, 0);
}

#[tokio::test]
async fn tables_of_extensions_are_nobodys() {
    let place = Place::on_a_server().await;
    let mut owner = place.stranger().await;
    owner.run("CREATE EXTENSION pg_trgm; CREATE TABLE theirs (x int); ALTER EXTENSION pg_trgm ADD TABLE theirs").await;
    assert!(Store::open(&place.url(), options()).await.is_ok());
}

#[tokio::test]
async fn names_get_trigrams_where_the_server_offers_them() {
    let place = Place::on_a_server().await;
    let with = place.open().await;
    assert!(!with.describe().await.unwrap().contains("pg_trgm"), "{}", with.describe().await.unwrap());

    // A user who may make tables, but no extension.
    let place = Place::on_a_server().await;
    let (user, password) = place.server().new_user("").await;
    place.stranger().await.run(&format!("GRANT CREATE ON SCHEMA public TO {user}")).await;
    let url = place.server().url_by_network(&user, &password, "sslmode=disable");
    let without = Store::open(&url, options()).await.unwrap();
    begin(&without).await;
    let described = without.describe().await.unwrap();
    assert!(
        described.ends_with(", without the extension pg_trgm: searching parts of names reads all of them"),
        "{described}"
    );
}

#[tokio::test]
async fn text_that_cannot_hold_everything_is_refused() {
    let place = Place::on_a_server().await;
    let name = format!("{}_latin1", place.server().name);
    let mut owner = place.stranger().await;
    owner.run(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1'")).await;
    let (error, text) = refused(&place.server().url_with(|url| url.set_path(&name))).await;
    owner.run(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    assert!(matches!(error, Error::Encoding { .. }), "{error:?}");
    assert_eq!(
        text,
        "PLACE keeps text in LATIN1, which cannot hold every path and quote; make one with ENCODING 'UTF8'"
    );
}

#[tokio::test]
async fn a_read_only_server_is_told_apart() {
    let place = Place::with_tables_on_a_server().await;
    let scan = begin(&place.open().await).await;
    let standby = place.server().url_with(|url| {
        url.query_pairs_mut().append_pair("options", "-cdefault_transaction_read_only=on");
    });
    let store = Store::open(&standby, options()).await.unwrap();
    assert!(store.report(scan).await.unwrap().is_some());
    let error = store.set_phase(scan, Phase::Walk, 1).await.unwrap_err();
    assert!(matches!(error, Error::ReadOnly { .. }), "{error:?}");
}

#[tokio::test]
async fn a_statement_has_a_time_limit() {
    let place = Place::with_tables_on_a_server().await;
    let mut stranger = place.stranger().await;
    let limits = StoreOptions {
        statement_timeout: Duration::from_millis(50),
        busy_timeout: Duration::from_secs(600),
        ..options()
    };
    let store = Store::open(&place.url(), limits).await.unwrap();
    stranger.run("BEGIN; LOCK TABLE scans IN ACCESS EXCLUSIVE MODE").await;
    let error = store.scans(1).await.unwrap_err();
    assert!(matches!(error, Error::TooSlow { operation: "list the scans", .. }), "{error:?}");
}

#[tokio::test]
async fn encrypted_connections_are_checked_as_the_url_asks() {
    let place = Place::with_tables_on_a_server().await;
    let (user, password) = place.server().new_user("").await;
    let tables = format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}");
    let ids = format!("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {user}");
    place.stranger().await.run(&format!("{tables}; {ids}")).await;
    let authority = PrivateDatabase::authority();
    let url = |parameters: &str| place.server().url_by_network(&user, &password, parameters);
    for parameters in ["sslmode=require".to_owned(), format!("sslmode=verify-full&sslrootcert={authority}")] {
        begin(&Store::open(&url(&parameters), options()).await.expect(&parameters)).await;
    }
    let unknown = url("sslmode=verify-full");
    let stranger = url(&format!("sslmode=verify-full&sslrootcert={authority}")).replace("@localhost", "@127.0.0.1");
    for url in [unknown, stranger] {
        let (error, text) = refused(&url).await;
        assert!(matches!(error, Error::TlsRefused { .. }), "{error:?}");
        assert!(text.starts_with("no TLS connection to PLACE; check that the server has TLS on, "), "{text}");
    }
}

/// A server that answers each message of a client with the next of `answers`, then says nothing more; its URL.
async fn pretend(answers: Vec<Vec<u8>>, sslmode: &str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut heard = [0; 4096];
        for answer in answers {
            let _ = client.read(&mut heard).await;
            let _ = client.write_all(&answer).await;
        }
        // Held open until the client goes.
        while client.read(&mut heard).await.is_ok_and(|bytes| bytes > 0) {}
    });
    format!("postgres://someone@127.0.0.1:{port}/scans?sslmode={sslmode}")
}

/// A message of the server: its kind, its length, its body.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind], &length[..], body].concat()
}

#[tokio::test]
async fn an_old_server_is_told_apart() {
    let welcome = [
        message(b'R', &[0; 4]),
        message(b'S', b"server_version\x009.6.24\0"),
        message(b'K', &[0; 8]),
        message(b'Z', b"I"),
    ];
    let (error, text) = refused(&pretend(vec![welcome.concat()], "disable").await).await;
    assert!(matches!(error, Error::ServerTooOld { .. }), "{error:?}");
    assert_eq!(text, "PLACE is PostgreSQL 9.6, codeproof needs 13 or later");
}

#[tokio::test]
async fn a_server_without_encryption_is_told_apart() {
    let (error, _) = refused(&pretend(vec![b"N".to_vec()], "require").await).await;
    assert!(matches!(error, Error::TlsRefused { .. }), "{error:?}");
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for() {
    let soon = StoreOptions { connect_timeout: Duration::from_millis(50), ..options() };
    for answers in [Vec::new(), vec![message(b'R', &[0; 4])]] {
        let url = pretend(answers, "disable").await;
        let (error, text) = refused_within(&url, soon).await;
        assert!(matches!(error, Error::NoAnswer { .. }), "{error:?}");
        let expected =
            "PLACE did not answer within 0.05 s; check host and port, and whether something between drops packets";
        assert_eq!(text, expected);
    }
}
