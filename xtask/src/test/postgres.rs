//! A PostgreSQL for one test run, with nothing of the machine's own: its files lie in a temporary folder, its socket in
//! that folder, and on 127.0.0.1 it takes only users with a password.
//!
//! A guard, a shell that waits for the end of its input, stops the server and removes the folder. Its input is a pipe
//! from this process, so it does so however this process ends: done, failed, panicked, interrupted or killed.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail};

/// The variable by which the tests are told the URL: a superuser by way of the socket, the port for connections by
/// network, and `sslrootcert`, which signed the server's certificate.
pub(super) const VARIABLE: &str = "CODEPROOF_TEST_POSTGRES";

/// The folder of the server's programs: the newest of Debian's or Red Hat's, else that of the `initdb` in PATH.
pub(super) fn programs() -> Option<PathBuf> {
    let mut folders = versions("/usr/lib/postgresql", "");
    folders.extend(versions("/usr", "pgsql-"));
    folders.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let newest = folders.into_iter().map(|(_, folder)| folder.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).collect::<Vec<_>>();
    newest.chain(in_path).find(|folder| ["initdb", "pg_ctl"].iter().all(|program| folder.join(program).is_file()))
}

/// Folders in `parent` whose names are `prefix` and a version.
fn versions(parent: &str, prefix: &str) -> Vec<(u32, PathBuf)> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let version = |entry: &fs::DirEntry| entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok();
    entries.filter_map(|entry| Some((version(&entry)?, entry.path()))).collect()
}

/// A running server; stopped and removed with the value.
pub(super) struct Server {
    guard: Child,
    url: String,
}

impl Server {
    /// Makes a server and waits until it answers: about two seconds.
    pub(super) fn start() -> anyhow::Result<Self> {
        let programs = programs().context("PostgreSQL was found a moment ago, and is gone")?;
        let site = Site::new(programs)?;
        // Before there is anything to guard: nothing is left behind whenever this process ends.
        let guard = site.guard()?;
        let server = |url| Self { guard, url };
        site.make_cluster()?;
        site.make_certificates()?;
        let port = free_port()?;
        site.configure(port)?;
        site.start()?;
        Ok(server(site.url(port)))
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take()); // The word to stop.
        if let Err(error) = self.guard.wait() {
            eprintln!("the test server may still run: {error}");
        }
    }
}

/// Where the server lives, and as whom it runs.
struct Site {
    programs: PathBuf,
    folder: PathBuf,
    account: Option<Account>,
}

/// A user that is not root: PostgreSQL refuses to run as root.
#[derive(Clone, Copy)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// Whom to become; `None` when this process is not root and need not.
    fn needed() -> anyhow::Result<Option<Self>> {
        if id(&["-u"]) != Some(0) {
            return Ok(None);
        }
        let of = |name| Some(Self { uid: id(&["-u", name])?, gid: id(&["-g", name])? });
        match of("postgres").or_else(|| of("nobody")) {
            Some(account) => Ok(Some(account)),
            None => bail!("PostgreSQL does not run as root, and there is no user postgres or nobody to run it"),
        }
    }
}

/// What `id` answers, when it is a number.
fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

impl Site {
    fn new(programs: PathBuf) -> anyhow::Result<Self> {
        let account = Account::needed()?;
        let folder = std::env::temp_dir().join(format!("codeproof-postgres-{}", std::process::id()));
        let made = fs::DirBuilder::new().mode(0o700).create(&folder);
        made.with_context(|| format!("{} cannot be made; remove it if it is there", folder.display()))?;
        if let Some(Account { uid, gid }) = account {
            chown(&folder, Some(uid), Some(gid)).with_context(|| format!("cannot give {} away", folder.display()))?;
        }
        Ok(Self { programs, folder, account })
    }

    /// A program that runs as the server's user, in its folder, and knows nothing of the caller's environment.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env_clear().env("LC_ALL", "C").stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        if let Some(Account { uid, gid }) = self.account {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Runs a program to its end; its own words are told only when it fails.
    fn run(&self, program: &Path, arguments: &[&str]) -> anyhow::Result<()> {
        let output = self.command(program).args(arguments).output();
        let output = output.with_context(|| format!("{} does not start", program.display()))?;
        if !output.status.success() {
            let told = [output.stdout, output.stderr].concat();
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            bail!("{} failed:\n{}\n{log}", program.display(), String::from_utf8_lossy(&told).trim());
        }
        Ok(())
    }

    fn guard(&self) -> anyhow::Result<Child> {
        const SCRIPT: &str =
            r#"cat >/dev/null; "$1" -D "$2/data" -m immediate stop >/dev/null 2>&1; cd /; rm -rf "$2""#;
        self.command(Path::new("sh"))
            .args(["-c", SCRIPT, "guard"])
            .arg(self.programs.join("pg_ctl"))
            .arg(&self.folder)
            .stdin(Stdio::piped())
            // Of its own group: who interrupts the tests must not interrupt the clearing up.
            .process_group(0)
            .spawn()
            .context("no shell to guard the test server")
    }

    fn make_cluster(&self) -> anyhow::Result<()> {
        let arguments = ["-D", "data", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "-U", "codeproof"];
        self.run(&self.programs.join("initdb"), &arguments)
    }

    /// An authority of this run, and a certificate for `localhost` that it signs.
    fn make_certificates(&self) -> anyhow::Result<()> {
        self.write("extensions", "subjectAltName = DNS:localhost\nbasicConstraints = critical, CA:FALSE\n")?;
        let new_key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"];
        let authority = ["req", "-x509", "-subj", "/CN=tests", "-keyout", "authority.key", "-out", "authority.pem"];
        let request = ["req", "-new", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.request"];
        let sign = [
            "x509",
            "-req",
            "-in",
            "server.request",
            "-CA",
            "authority.pem",
            "-CAkey",
            "authority.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "extensions",
            "-out",
            "server.pem",
        ];
        let openssl = Path::new("openssl");
        self.run(openssl, &[&authority[..], &new_key].concat())?;
        self.run(openssl, &[&request[..], &new_key[..3]].concat())?;
        self.run(openssl, &sign)
    }

    /// Speed instead of durability, and who may come in.
    fn configure(&self, port: u16) -> anyhow::Result<()> {
        let folder = self.folder.display();
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{folder}'\n\
             ssl = on\nssl_cert_file = '{folder}/server.pem'\nssl_key_file = '{folder}/server.key'\n\
             password_encryption = 'scram-sha-256'\nmax_connections = 500\nshared_buffers = 64MB\n\
             fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\n\
             max_wal_senders = 0\nautovacuum = off\n"
        );
        self.write("data/postgresql.auto.conf", &settings)?;
        self.write("data/pg_hba.conf", "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    }

    /// Writes a file that belongs to the server's user.
    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        let write = || {
            let mut file = fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
            file.write_all(text.as_bytes())?;
            self.account.map_or(Ok(()), |Account { uid, gid }| chown(&path, Some(uid), Some(gid)))
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }

    fn start(&self) -> anyhow::Result<()> {
        self.run(&self.programs.join("pg_ctl"), &["-D", "data", "-l", "log", "-w", "-t", "60", "start"])
    }

    fn url(&self, port: u16) -> String {
        let folder = self.folder.display();
        format!("postgres://codeproof@localhost:{port}/postgres?host={folder}&sslrootcert={folder}/authority.pem")
    }
}

/// A port that was free a moment ago.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
