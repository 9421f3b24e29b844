//! The network: where a request goes and what it carries.

mod host;
mod market;
mod sent;

use super::super::value::{HOLE, Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::place::{self, Place};
use super::{Call, Facts, Verdict, messengers};

pub(super) use host::Host;
use host::host_of;

const KNOWN: &str = "talk only to the data service you chose, over https, and send nothing but what it needs";

/// Values that must not leave the machine.
const PRIVATE: Origins = Origins::ENVIRONMENT
    .with(Origins::SECRET_FILE)
    .with(Origins::OUTSIDE_FILE)
    .with(Origins::PERSONAL)
    .with(Origins::OUTSIDE_LISTING);

/// Modules whose functions and sessions make HTTP requests.
const CLIENTS: &[&str] = &[
    "requests.",
    "httpx.",
    "aiohttp.",
    "urllib3.",
    "requests_html.",
    "cloudscraper.",
    "curl_cffi.",
    "requests_cache.",
    "niquests.",
    "grequests.",
];

/// Libraries that log in to other machines, or open this one to them.
const CONNECTORS: &[&str] = &[
    "asyncssh.",
    "aioftp.",
    "aiosmtplib.",
    "impacket.",
    "netmiko.",
    "pypsrp.",
    "pyngrok.",
    "rpyc.",
    "smbclient.",
    "sshtunnel.",
    "stem.",
    "telnetlib3.",
    "winrm.",
    "wmi.",
];

/// What a request does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verb {
    Fetch,
    Send,
    Delete,
}

/// Whether the result of a call is what a server answered.
pub(super) fn is_request(path: &str) -> bool {
    let http = CLIENTS.iter().any(|client| path.starts_with(client)) && verb_of(path).is_some();
    http || matches!(
        path,
        "urllib.request.urlopen"
            | "urllib.request.build_opener.open"
            | "http.client.HTTPSConnection.getresponse"
            | "http.client.HTTPConnection.getresponse"
            | "urllib.request.urlretrieve"
            | "wget.download"
            | "?.recv"
            | "websocket.WebSocket.recv"
            | "websocket.create_connection.recv"
            | "ftplib.FTP.retrbinary"
            | "pycurl.Curl.perform"
            | "dns.resolver.resolve"
            | "dns.resolver.query"
            | "asyncio.open_connection"
    )
}

fn verb_of(path: &str) -> Option<Verb> {
    match path.rsplit('.').next()? {
        "get" | "head" | "options" | "request" | "urlopen" | "stream" | "fetch" => Some(Verb::Fetch),
        "post" | "put" | "patch" => Some(Verb::Send),
        "delete" => Some(Verb::Delete),
        _ => None,
    }
}

pub(super) fn judge(call: &Call<'_>, facts: &mut Facts) -> Option<Verdict> {
    let access = |level: Level, why: &str| Some(Verdict::new(ThreatType::ApiAbuse, level, why, KNOWN));
    match call.path {
        "urllib.request.urlretrieve" | "wget.download" => retrieve(call, facts),
        "urllib.request.urlopen" | "urllib.request.build_opener.open" => {
            let sends = call.argument(1, "data").is_some_and(|data| !matches!(data.shape, Shape::Nothing));
            request(call, call.argument(0, "url"), if sends { Verb::Send } else { Verb::Fetch })
        }
        "urllib.request.Request" => {
            let sends = call.argument(1, "data").is_some_and(|data| !matches!(data.shape, Shape::Nothing));
            request(call, call.argument(0, "url"), if sends { Verb::Send } else { Verb::Fetch })
        }
        "requests.request"
        | "httpx.request"
        | "requests.Session.request"
        | "urllib3.PoolManager.request"
        | "aiohttp.ClientSession.request"
        | "urllib3.request"
        | "httpx.Client.request" => request(call, call.argument(1, "url"), verb_by_text(call.argument(0, "method"))),
        "http.client.HTTPSConnection.request" | "http.client.HTTPConnection.request" => {
            let host = call.receiver.and_then(constructed_with).cloned();
            request(call, host.as_ref(), verb_by_text(call.argument(0, "method")))
        }
        "socket.socket.connect"
        | "socket.create_connection"
        | "socket.socket.connect_ex"
        | "asyncio.open_connection" => {
            facts.connected = true;
            connect(call)
        }
        "socket.socket.bind"
        | "socket.socket.listen"
        | "http.server.HTTPServer"
        | "http.server.ThreadingHTTPServer"
        | "socketserver.TCPServer"
        | "http.server.test"
        | "logging.config.listen"
        | "socketserver.ThreadingTCPServer"
        | "asyncio.start_server"
        | "flask.Flask.run"
        | "uvicorn.run"
        | "socket.create_server"
        | "wsgiref.simple_server.make_server"
        | "xmlrpc.server.SimpleXMLRPCServer"
        | "aiohttp.web.run_app"
        | "socketserver.UDPServer"
        | "bottle.run"
        | "waitress.serve"
        | "multiprocessing.connection.Listener"
        | "websockets.serve"
        | "tornado.ioloop.IOLoop.start" => access(Level::High, "listens on the network"),
        "socket.socket" => access(Level::Medium, "opens a socket"),
        "socket.socket.send"
        | "socket.socket.sendall"
        | "socket.socket.sendto"
        | "socket.create_connection.sendall"
        | "socket.create_connection.send"
        | "http.client.HTTPSConnection.send" => sent_raw(call),
        "socket.gethostbyname"
        | "socket.getaddrinfo"
        | "socket.gethostbyname_ex"
        | "dns.resolver.resolve"
        | "dns.resolver.query" => name_lookup(call),
        "smtplib.SMTP"
        | "smtplib.SMTP_SSL"
        | "smtplib.SMTP.sendmail"
        | "smtplib.SMTP_SSL.sendmail"
        | "smtplib.SMTP.send_message"
        | "smtplib.SMTP_SSL.send_message"
        | "yagmail.SMTP" => carried(call, Level::High, "sends mail"),
        "ftplib.FTP"
        | "ftplib.FTP_TLS"
        | "ftplib.FTP.storbinary"
        | "ftplib.FTP_TLS.storbinary"
        | "paramiko.SSHClient.connect"
        | "paramiko.SSHClient.exec_command"
        | "telnetlib.Telnet"
        | "paramiko.Transport"
        | "ftplib.FTP.storlines"
        | "pysftp.Connection" => carried(call, Level::High, "connects to another machine"),
        "boto3.client" | "boto3.resource" | "google.cloud.storage.Client" | "azure.storage.blob.BlobServiceClient" => {
            access(Level::Medium, "uses a cloud account")
        }
        "boto3.client.upload_file"
        | "boto3.client.put_object"
        | "boto3.client.upload_fileobj"
        | "boto3.resource.Bucket.upload_file" => carried(call, Level::High, "sends data to a cloud account"),
        "websocket.create_connection"
        | "websockets.connect"
        | "websocket.WebSocketApp"
        | "aiohttp.ClientSession.ws_connect"
        | "websockets.sync.client.connect" => request(call, call.argument(0, "url"), Verb::Fetch),
        "websocket.create_connection.send" | "websocket.WebSocket.send" => {
            carried(call, Level::Low, "sends over a web socket")
        }
        "webbrowser.open" | "webbrowser.open_new_tab" | "webbrowser.open_new" => {
            carried(call, Level::Low, "opens a page in the browser")
        }
        path if unchecks(call, path) => access(Level::Medium, "switches off TLS checks"),
        "ssl._create_unverified_context" => access(Level::Medium, "switches off TLS checks"),
        "urllib3.disable_warnings" | "requests.packages.urllib3.disable_warnings" => {
            access(Level::Low, "hides warnings about TLS")
        }
        "sqlalchemy.create_engine"
        | "psycopg2.connect"
        | "pymysql.connect"
        | "pymongo.MongoClient"
        | "redis.Redis"
        | "redis.from_url"
        | "mysql.connector.connect"
        | "asyncpg.connect" => database(call),
        path if market::trades(path) => access(Level::Medium, "places or cancels orders at a broker"),
        path if market::fetches(path) => access(Level::Low, "fetches market data"),
        path if path.starts_with("pandas.read_") && is_address(call) => {
            request(call, call.arguments.positional.first(), Verb::Fetch)
        }
        path if CLIENTS.iter().any(|client| path.starts_with(client)) => {
            let verb = verb_of(path)?;
            request(call, call.argument(0, "url"), verb)
        }
        "imaplib.IMAP4" | "imaplib.IMAP4_SSL" | "poplib.POP3" | "poplib.POP3_SSL" | "exchangelib.Account" => {
            access(Level::High, "reads mail")
        }
        path if path.starts_with("docker.") || path.starts_with("kubernetes.") => {
            access(Level::High, "rules containers, and with them the machine")
        }
        path if CONNECTORS.iter().any(|library| path.starts_with(library)) => {
            carried(call, Level::High, "connects to another machine")
        }
        path if path.starts_with("fabric.Connection") => access(Level::High, "connects to another machine"),
        path if path.starts_with("pwn.") => access(Level::High, "uses tools for attacks"),
        path if is_browser(path) => access(Level::Medium, "drives a browser"),
        "torch.hub.load" | "torch.hub.load_state_dict_from_url" => {
            access(Level::High, "loads objects from the network")
        }
        path if serves(call, path) => access(Level::High, "listens on the network"),
        path if path.starts_with("?.") => {
            let verb = verb_of(path)?;
            let sends = verb == Verb::Send
                && (call.arguments.named("json").is_some() || call.arguments.named("data").is_some());
            (is_address(call) || sends).then(|| request(call, call.arguments.positional.first(), verb)).flatten()
        }
        _ => None,
    }
}

/// A client or connector that is made without TLS checks: `httpx.Client(verify=False)`.
fn unchecks(call: &Call<'_>, path: &str) -> bool {
    let made = path.rsplit('.').next().is_some_and(|name| name.starts_with(|letter: char| letter.is_ascii_uppercase()));
    let off = ["verify", "ssl", "verify_ssl"].iter().any(|name| call.is_false(name));
    let none =
        call.arguments.named("cert_reqs").and_then(Value::as_known_text).is_some_and(|text| &*text == "CERT_NONE");
    made && (off || none) && CLIENTS.iter().any(|client| path.starts_with(client))
}

/// A browser that is started or sent somewhere; what is then done with its page is one thing.
fn is_browser(path: &str) -> bool {
    let library = path.starts_with("selenium.webdriver.") || path.starts_with("playwright.");
    let name = path.rsplit('.').next().unwrap_or(path);
    let starts = name.starts_with(|letter: char| letter.is_ascii_uppercase()) || name.contains("playwright");
    library && (starts || matches!(name, "launch" | "launch_persistent_context" | "connect" | "goto" | "get"))
}

/// Servers of libraries that are known by what is asked of them only.
fn serves(call: &Call<'_>, path: &str) -> bool {
    let method = call.method();
    let named = |names: &[&str]| names.iter().any(|name| call.arguments.named(name).is_some());
    let port = call.arguments.positional.first().and_then(Value::as_integer).is_some();
    let unknown = path.starts_with("?.")
        || ["dash.", "tornado.", "bottle.", "aiohttp.web."].iter().any(|one| path.starts_with(one));
    matches!(method, "serve_forever" | "run_server" | "run_app")
        || unknown && (method == "listen" && port || method == "run" && named(&["host", "port", "debug"]))
}

fn is_address(call: &Call<'_>) -> bool {
    let first = call.arguments.positional.first();
    first.is_some_and(|url| url.alternatives().iter().any(|url| url.as_text().is_some_and(|text| text.contains("://"))))
}

fn constructed_with(receiver: &Value) -> Option<&Value> {
    match &receiver.shape {
        Shape::Object(_, arguments) => arguments.positional.first(),
        Shape::Method(inner, _) => constructed_with(inner),
        _ => None,
    }
}

fn verb_by_text(method: Option<&Value>) -> Verb {
    match method.and_then(Value::as_known_text).map(|text| text.to_ascii_uppercase()).as_deref() {
        Some("GET" | "HEAD" | "OPTIONS") => Verb::Fetch,
        Some("DELETE") => Verb::Delete,
        _ => Verb::Send,
    }
}

fn request(call: &Call<'_>, url: Option<&Value>, verb: Verb) -> Option<Verdict> {
    let nothing = Value::default();
    let url = url.unwrap_or(&nothing);
    let judged = url.alternatives().iter().map(|single| request_to(call, single, verb));
    let (kind, level, why) = judged.max_by_key(|(_, level, _)| *level)?;
    let unchecked = call.is_false("verify") || call.is_false("ssl") || call.is_false("verify_ssl");
    match unchecked && level < Level::Medium {
        true => Some(Verdict::new(ThreatType::ApiAbuse, Level::Medium, "switches off TLS checks for a request", KNOWN)),
        false => Some(Verdict::new(kind, level, why, KNOWN)),
    }
}

fn request_to(call: &Call<'_>, url: &Value, verb: Verb) -> (ThreatType, Level, String) {
    let host = host_of(url);
    let origins = call.arguments.origins().with(url.origins);
    if let Some(leak) = leak(origins, host) {
        return (ThreatType::DataExfiltration, Level::Critical, leak.to_owned());
    }
    let said = |level: Level, why: &str| (ThreatType::ApiAbuse, level, why.to_owned());
    match (verb, host) {
        (_, Host::Metadata) => {
            (ThreatType::DataExfiltration, Level::Critical, "asks the cloud for the machine's keys".to_owned())
        }
        _ if url.origins.any(Origins::DECODED) => said(Level::High, "talks to an address that is hidden in the text"),
        (_, Host::Messenger(name)) => messengers::request(call, url, name),
        (_, Host::Drop) if verb != Verb::Fetch => {
            said(Level::High, "sends something to a place where anybody can fetch it")
        }
        (Verb::Send, _) => sent::sent(call, host, origins),
        (Verb::Delete, _) => said(Level::Medium, "deletes something through a service"),
        (Verb::Fetch, Host::Numbered) => said(Level::Medium, "talks to a machine without a name"),
        (Verb::Fetch, Host::Drop) => said(Level::Medium, "fetches from a place where anybody can put anything"),
        (Verb::Fetch, Host::Unknown) if url.origins.any(Origins::INPUT) => {
            said(Level::Medium, "talks to an address the user gives")
        }
        (Verb::Fetch, Host::Plain) if origins.any(Origins::KEY.with(Origins::CHANNEL)) => {
            said(Level::Medium, "sends a key without encryption")
        }
        (Verb::Fetch, _) => said(Level::Low, "fetches from the network"),
    }
}

/// What is private and goes out.
pub(super) fn leak(origins: Origins, host: Host) -> Option<&'static str> {
    let doubtful = matches!(host, Host::Numbered | Host::Drop);
    match () {
        () if origins.any(Origins::ENVIRONMENT) => Some("sends the whole environment out"),
        () if origins.any(Origins::SECRET_FILE) => Some("sends a file of keys, passwords or users out"),
        () if origins.any(Origins::PERSONAL) => Some("sends what the user sees, says or types out"),
        () if origins.any(Origins::OUTSIDE_FILE.with(Origins::OUTSIDE_LISTING)) => {
            Some("sends files from outside the working folder out")
        }
        () if origins.any(Origins::PROGRAM) => Some("sends the output of a program out"),
        () if origins.any(Origins::KEY.with(Origins::CHANNEL).with(Origins::HOST).with(Origins::OWN_TEXT))
            && doubtful =>
        {
            Some("sends a key or the machine's name to a doubtful place")
        }
        () => None,
    }
}

fn retrieve(call: &Call<'_>, facts: &mut Facts) -> Option<Verdict> {
    let target = call.argument(1, "filename").or_else(|| call.argument(1, "out"));
    facts.downloads.extend(target.and_then(Value::as_known_text));
    let base = request(call, call.argument(0, "url"), Verb::Fetch)?;
    let level = match target.map_or(Place::Inside, place::of) {
        Place::Startup => Level::Critical,
        Place::Outside | Place::Secret => Level::High,
        _ => Level::Medium,
    };
    let worse =
        if base.level > level { base } else { Verdict::new(ThreatType::FileAccess, level, "stores a download", KNOWN) };
    Some(worse)
}

fn connect(call: &Call<'_>) -> Option<Verdict> {
    let origins = call.arguments.origins();
    let address = call.arguments.positional.first().map(|address| match &address.shape {
        Shape::List(parts) => parts.first().cloned().unwrap_or_default(),
        _ => address.clone(),
    });
    let host = address.map_or(Host::Unknown, |address| host_of(&address));
    let level = match host {
        Host::Metadata => Level::Critical,
        _ if origins.any(PRIVATE) || is_control_socket(call) => Level::Critical,
        _ => Level::High,
    };
    Some(Verdict::new(ThreatType::ApiAbuse, level, "connects a socket to another machine", KNOWN))
}

/// The socket by which containers, and with them the machine, are ruled.
fn is_control_socket(call: &Call<'_>) -> bool {
    let mut texts = call.arguments.values().filter_map(Value::as_text);
    texts.any(|text| text.ends_with("docker.sock") || text.ends_with("containerd.sock"))
}

fn sent_raw(call: &Call<'_>) -> Option<Verdict> {
    carried(call, Level::High, "sends over a socket")
}

/// Sends something: as bad as what it carries.
fn carried(call: &Call<'_>, level: Level, why: &str) -> Option<Verdict> {
    let private = leak(call.arguments.origins().without(Origins::HOST), Host::Named);
    match private {
        Some(leak) => Some(Verdict::new(ThreatType::DataExfiltration, Level::Critical, leak, KNOWN)),
        None => Some(Verdict::new(ThreatType::ApiAbuse, level, why, KNOWN)),
    }
}

/// A name that is looked up is sent to whoever answers for it.
fn name_lookup(call: &Call<'_>) -> Option<Verdict> {
    let name = call.arguments.positional.first()?;
    let origins = name.origins;
    let hidden = origins.any(
        PRIVATE
            .with(Origins::KEY)
            .with(Origins::CHANNEL)
            .with(Origins::HOST)
            .with(Origins::PROGRAM)
            .with(Origins::FILE),
    );
    let (level, why) = match name.as_known_text() {
        _ if hidden => (Level::Critical, "sends data out as a name that is looked up"),
        Some(_) => (Level::Low, "looks up a host"),
        None if has_unknown_label(name) => (Level::High, "puts data into a name that is looked up"),
        None => (Level::Medium, "looks up a host that is only known at run time"),
    };
    Some(Verdict::new(ThreatType::DataExfiltration, level, why, KNOWN))
}

/// `piece + '.domain'`: the domain is fixed, and what stands before it is told to whoever owns it.
fn has_unknown_label(name: &Value) -> bool {
    let text = name.as_text();
    text.is_some_and(|text| text.starts_with(HOLE) && text.trim_start_matches(HOLE).starts_with('.') && text.len() > 3)
}

/// A connection to a database, its password in the address.
fn database(call: &Call<'_>) -> Option<Verdict> {
    let password = call.arguments.named("password").or_else(|| call.arguments.named("passwd"));
    let in_address = call.arguments.positional.first().and_then(Value::as_known_text).is_some_and(|text| {
        let authority = text.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
        authority.and_then(|authority| authority.rsplit_once('@')).is_some_and(|(user, _)| user.contains(':'))
    });
    let fixed = password.is_some_and(|password| password.as_known_text().is_some_and(|text| !text.is_empty()));
    let (kind, level, why) = match in_address || fixed {
        true => (ThreatType::Credential, Level::Medium, "holds the password of a database"),
        false => (ThreatType::ApiAbuse, Level::Low, "connects to a database"),
    };
    Some(Verdict::new(kind, level, why, "read passwords from the environment"))
}
