//! A server for repositories on this machine: HTTP in front of git's own `http-backend`, with the ways a server can be
//! difficult.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server that ends with the test.
pub(crate) struct GitServer {
    port: u16,
    shared: Arc<Shared>,
    /// Told when a request under `/hang/` arrives (`true`), and when its connection is closed (`false`).
    pub(crate) hanging: Receiver<bool>,
}

struct Shared {
    /// Bare repositories lie here.
    root: PathBuf,
    /// What `/private/` wants in the `Authorization` header.
    authorization: String,
    /// Where `/away/` leads to.
    away: String,
    /// First lines and `Authorization` headers of all requests.
    seen: Mutex<Vec<(String, Option<String>)>>,
    hanging: Mutex<Sender<bool>>,
}

/// One request.
struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl GitServer {
    /// Serves the bare repositories in `root`: under `/open/` to all, under `/private/` to whoever sends
    /// `authorization`. `/moved/` leads to `/open/`, `/away/` to another server, `/loop/` to itself, `/hang/` nowhere.
    pub(crate) fn new(root: &Path, authorization: &str, away: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (sender, hanging) = channel();
        let shared = Arc::new(Shared {
            root: root.to_owned(),
            authorization: authorization.to_owned(),
            away: away.to_owned(),
            seen: Mutex::default(),
            hanging: Mutex::new(sender),
        });
        let server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                thread::spawn(move || server.answer(stream));
            }
        });
        Self { port, shared, hanging }
    }

    /// The URL of a path on this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// First lines and `Authorization` headers of all requests so far.
    pub(crate) fn seen(&self) -> Vec<(String, Option<String>)> {
        self.shared.seen.lock().expect("no panic").clone()
    }
}

impl Shared {
    fn answer(&self, mut stream: TcpStream) {
        let Some(request) = read_request(&stream) else { return };
        let authorization = request.header("authorization").map(str::to_owned);
        let line = format!("{} {}", request.method, request.path);
        self.seen.lock().expect("no panic").push((line, authorization.clone()));
        let (kind, rest) = request.path.trim_start_matches('/').split_once('/').unwrap_or_default();
        let redirect = |to: String| {
            let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
            format!("HTTP/1.1 301 Moved\r\nLocation: {to}{query}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .into_bytes()
        };
        let answer = match kind {
            "open" => self.serve(&request, rest),
            "private" if authorization.as_deref() == Some(self.authorization.as_str()) => self.serve(&request, rest),
            "private" => {
                b"HTTP/1.1 401 Who are you\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .to_vec()
            }
            "moved" => redirect(format!("/open/{rest}")),
            "away" => redirect(format!("{}{rest}", self.away)),
            "loop" => redirect(format!("/loop/again/{rest}")),
            "hang" => {
                let tell = |arrived| self.hanging.lock().expect("no panic").send(arrived);
                let _test_is_over = tell(true);
                let _closed = stream.read(&mut [0; 16]);
                let _test_is_over = tell(false);
                return;
            }
            _ => b"HTTP/1.1 404 Nothing here\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
        };
        let _client_went_away = stream.write_all(&answer);
    }

    /// Asks git's `http-backend`, as a web server would (RFC 3875).
    fn serve(&self, request: &Request, path: &str) -> Vec<u8> {
        let mut command = Command::new("git");
        command.arg("http-backend").env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("GIT_PROJECT_ROOT", &self.root).env("GIT_HTTP_EXPORT_ALL", "1");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("REQUEST_METHOD", &request.method).env("PATH_INFO", format!("/{path}"));
        command.env("QUERY_STRING", &request.query).env("CONTENT_LENGTH", request.body.len().to_string());
        for (header, variable) in [
            ("content-type", "CONTENT_TYPE"),
            ("content-encoding", "HTTP_CONTENT_ENCODING"),
            ("git-protocol", "GIT_PROTOCOL"),
        ] {
            if let Some(value) = request.header(header) {
                command.env(variable, value);
            }
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("git runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let body = request.body.clone();
        let feeder = thread::spawn(move || stdin.write_all(&body));
        let output = child.wait_with_output().expect("git ends").stdout;
        let _read_enough = feeder.join();
        let end = output.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(output.len());
        let head = String::from_utf8_lossy(&output[..end]).into_owned();
        let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
        let others: String =
            head.lines().filter(|line| !line.starts_with("Status: ")).map(|line| format!("{line}\r\n")).collect();
        let body = output.get(end + 4..).unwrap_or_default();
        let head = format!("HTTP/1.1 {status}\r\n{others}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    }
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut request = Request { method, path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok());
    match length {
        Some(length) => {
            request.body = vec![0; length];
            reader.read_exact(&mut request.body).ok()?;
        }
        None if request.header("transfer-encoding") == Some("chunked") => loop {
            line.clear();
            reader.read_line(&mut line).ok()?;
            let length = usize::from_str_radix(line.trim(), 16).ok()?;
            let mut chunk = vec![0; length + 2];
            reader.read_exact(&mut chunk).ok()?;
            request.body.extend_from_slice(&chunk[..length]);
            if length == 0 {
                break;
            }
        },
        None => {}
    }
    Some(request)
}
