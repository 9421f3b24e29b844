//! Scans in PostgreSQL, as a user keeps them.

use crate::harness::{Project, Run};
use crate::server::PrivateDatabase;

const C_FILE: &str = "void f(char *b)\n{\n    gets(b);\n}\n";

/// Does something with a database that is gone afterwards.
fn with_database(test: impl AsyncFnOnce(PrivateDatabase)) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async { test(PrivateDatabase::empty().await).await });
}

#[test]
fn a_scan_in_postgresql_can_be_shown_again() {
    with_database(async |database| {
        let project = Project::new(&[("a.c", C_FILE)]);
        let url = database.url();
        project.run(&["scans", "--db", &url]).fails_with(2, &["holds no scans yet", "codeproof scan"]);
        let doctor = project.run(&["doctor", "--db", &url]);
        assert!(doctor.stdout.contains("made by the first scan"), "{}", doctor.stdout);

        let report = project.scan_json(&["--db", &url]);
        let (scan, finding) = (report["scan"]["id"].to_string(), report["findings"][0]["id"].to_string());
        let list = project.run(&["scans", "--db", &url]);
        assert!(list.stdout.contains("completed"), "{list:?}");
        let shown = project.run(&["show", &finding, "--db", &url]);
        assert!(shown.stdout.contains("gets(b);") && shown.stdout.contains("c-gets"), "{shown:?}");
        let again = project.run(&["scans", &scan, "--format", "json", "--db", &url]);
        let again: serde_json::Value = serde_json::from_str(&again.stdout).expect("JSON");
        assert_eq!(again["summary"], report["summary"]);
        assert_eq!(again["findings"], report["findings"]);
        assert!(!project.database().exists(), "nothing is stored twice");
        let doctor = project.run(&["doctor", "--db", &url]);
        assert!(doctor.stdout.contains("PostgreSQL "), "{}", doctor.stdout);
    });
}

#[test]
fn no_password_is_printed() {
    with_database(async |database| {
        let project = Project::new(&[("a.c", C_FILE)]);
        let (user, password) = database.new_user("").await;
        // The right one, for a user who may make no tables, and a wrong one.
        for password in [password.clone(), format!("x{password}")] {
            let url = database.url_by_network(&user, &password, "sslmode=disable");
            std::fs::create_dir_all(project.beside("home/.config/codeproof")).expect("a folder");
            std::fs::write(project.beside("home/.config/codeproof/config.toml"), format!("db = {url:?}\n"))
                .expect("a file");
            for arguments in [&["scan", "."][..], &["scans"], &["show", "1"], &["doctor"]] {
                let logs = "sqlx=trace,sea_orm=trace,sea_orm_migration=trace,codeproof=trace";
                let run = Run::of(project.command(arguments).env("RUST_LOG", logs).output().expect("it runs"));
                // Looking is allowed to the first; everything else fails.
                assert!(run.code != Some(0) || arguments == ["doctor"], "{arguments:?} {run:?}");
                let told = format!("{}{}", run.stdout, run.stderr);
                assert!(told.contains(":***@"), "{told}");
                assert!(!told.contains(&password), "{arguments:?} {told}");
            }
        }
    });
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let project = Project::new(&[("a.c", C_FILE)]);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let url = format!("postgres://someone@{}/scans", nobody.expect("a port that was free a moment ago"));
    project.run(&["scan", ".", "--db", &url]).fails_with(3, &["cannot be reached", "host and port"]);
    project.run(&["scan", ".", "--db", "postgres://a:b#c@host/d"]).fails_with(2, &["does not name a database", "%23"]);
}
