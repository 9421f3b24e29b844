//! Processes, signals, memory, time, what is shown, and what is private about the machine and its user.

use super::super::value::{Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::{Call, Facts, Verdict, sources};

/// Bytes of one array, or of one flood of text, that are worth a word.
const MEMORY_BYTES_LARGE: i64 = 4 << 30;

/// Processes that a counted loop may split off before it is no work but an attack.
const FORKS_MANY: i64 = 64;

/// Bytes of one of many arrays that pile up.
const PIECE_BYTES_LARGE: i64 = 32 << 20;

pub(super) fn judge(call: &Call<'_>, facts: &mut Facts) -> Option<Verdict> {
    let system = |level: Level, why: &str, mitigation: &'static str| {
        Some(Verdict::new(ThreatType::SystemAccess, level, why, mitigation))
    };
    let resources = |level: Level, why: &str| {
        Some(Verdict::new(ThreatType::ResourceExhaustion, level, why, "bound what is started; the sandbox has limits"))
    };
    match call.path {
        "os.fork" | "os.forkpty" | "pty.fork" if call.looped || call.rounds > FORKS_MANY => {
            resources(Level::Critical, "forks again and again")
        }
        "os.fork" | "os.forkpty" | "pty.fork" => {
            system(Level::High, "splits off a process of its own", "use `concurrent.futures`")
        }
        "multiprocessing.Process"
        | "multiprocessing.Process.start"
        | "threading.Thread.start"
        | "_thread.start_new_thread"
        | "threading.Thread"
            if call.looped =>
        {
            resources(Level::High, "starts processes or threads in a loop without an end")
        }
        "threading.Thread"
        | "threading.Timer"
        | "multiprocessing.Process"
        | "multiprocessing.Pool"
        | "_thread.start_new_thread"
        | "concurrent.futures.ThreadPoolExecutor"
        | "concurrent.futures.ProcessPoolExecutor"
        | "multiprocessing.pool.ThreadPool"
        | "joblib.Parallel"
        | "concurrent.futures.thread.ThreadPoolExecutor" => resources(Level::Low, "starts threads or processes"),
        "time.sleep" | "asyncio.sleep" => resources(Level::Low, "waits"),
        "os.kill" if call.arguments.positional.first().and_then(Value::as_integer) == Some(-1) => {
            system(Level::Critical, "ends every process it may end", "leave other processes alone")
        }
        "os.kill" | "os.killpg" if call.arguments.positional.get(1).and_then(Value::as_integer) == Some(0) => {
            system(Level::Low, "asks whether a process is there", "leave other processes alone")
        }
        "os.kill"
        | "os.killpg"
        | "psutil.Process.kill"
        | "psutil.Process.terminate"
        | "psutil.Process.suspend"
        | "signal.pidfd_send_signal" => {
            system(Level::High, "sends a signal to a process", "leave other processes alone")
        }
        "signal.signal" => signal(call),
        "os.setuid" | "os.setgid" | "os.seteuid" | "os.setegid" | "os.chroot" | "os.setreuid" | "os.setresuid"
        | "os.setgroups" => {
            system(Level::High, "changes the user or the root folder of the process", "run as the user you are")
        }
        "crontab.CronTab" | "crontab.CronTab.new" => {
            let why = "makes programs start by themselves";
            Some(Verdict::new(ThreatType::Persistence, Level::Critical, why, "start the program by hand"))
        }
        "os.setsid" | "os.setpgrp" | "daemon.DaemonContext" | "os.unshare" | "os.setns" => {
            system(Level::High, "detaches itself from whoever runs it", "end when the work is done")
        }
        "os.dup2" => redirect(call, facts),
        "os._exit" | "os.abort" => {
            system(Level::Medium, "ends the process at once, without cleaning up", "use `sys.exit`")
        }
        "pip.main" | "pip._internal.main" | "pip._internal.cli.main.main" | "conda.cli.python_api.run_command" => {
            system(Level::High, "installs packages", "install what the file needs before it runs")
        }
        path if path.starts_with("winreg.") => registry(call),
        "sys.setrecursionlimit" => {
            let large =
                call.arguments.positional.first().and_then(Value::as_integer).is_some_and(|limit| limit > 100_000);
            large.then(|| resources(Level::Medium, "lets functions nest until the stack overflows")).flatten()
        }
        "resource.setrlimit" => None,
        "numpy.zeros" | "numpy.ones" | "numpy.empty" | "numpy.full" | "numpy.arange" | "builtins.bytearray"
        | "builtins.range" | "builtins.list" | "numpy.random.rand" | "numpy.random.randn" | "builtins.bytes" => {
            memory(call)
        }
        "getpass.getpass" => credential(Level::Low, "asks for a password"),
        "keyring.get_password" => credential(Level::Medium, "reads a password"),
        "netrc.netrc" => credential(Level::High, "reads a file of keys, passwords or users"),
        "os.getenv" | "os.environ.get" | "os.environ.pop" => one_variable(call.argument(0, "key")),
        "os.environ.items"
        | "os.environ.copy"
        | "os.environ.values"
        | "os.environ.__iter__"
        | "dotenv.dotenv_values" => None,
        _ if is_spying(call.path) => {
            let why = "records keys, the screen, the camera or the clipboard";
            Some(Verdict::new(ThreatType::MaliciousCode, Level::Critical, why, "remove it"))
        }
        _ => shown(call).or_else(|| mines(call)).or_else(|| flood(call)),
    }
}

/// The registry of Windows: its `Run` keys start programs.
fn registry(call: &Call<'_>) -> Option<Verdict> {
    let starts = call.arguments.values().filter_map(Value::as_text).any(|text| {
        let key = text.to_lowercase();
        key.contains("currentversion\\run") || key.contains("winlogon") || key.contains("image file execution")
    });
    let writes =
        matches!(call.method(), "SetValue" | "SetValueEx" | "CreateKey" | "CreateKeyEx" | "DeleteKey" | "DeleteValue");
    let (level, why) = match (starts, writes) {
        (true, _) => (Level::Critical, "opens the registry where programs start by themselves"),
        (false, true) => (Level::High, "changes the registry"),
        (false, false) => return None,
    };
    Some(Verdict::new(ThreatType::Persistence, level, why, "leave the registry alone"))
}

/// A variable of the environment by its name.
pub(super) fn one_variable(name: Option<&Value>) -> Option<Verdict> {
    let name = name?.as_known_text();
    let secret = name.as_deref().is_none_or(sources::is_secret_variable);
    secret.then(|| credential(Level::Low, "reads a key from the environment")).flatten()
}

fn credential(level: Level, why: &str) -> Option<Verdict> {
    Some(Verdict::new(ThreatType::Credential, level, why, "give the key to the service it belongs to and nobody else"))
}

fn is_spying(path: &str) -> bool {
    [
        "pynput.",
        "keyboard.",
        "pyxhook.",
        "pyscreenshot.grab",
        "pyaudio.",
        "PIL.ImageGrab.",
        "pyautogui.screenshot",
        "mss.",
        "pyperclip.paste",
        "cv2.VideoCapture",
        "sounddevice.rec",
        "browser_cookie3.",
        "win32crypt.",
        "win32clipboard.",
    ]
    .iter()
    .any(|library| path.starts_with(library))
        && !path.starts_with("keyboard.is_pressed")
}

fn signal(call: &Call<'_>) -> Option<Verdict> {
    let is_named = |value: Option<&Value>, names: &[&str]| {
        value.is_some_and(
            |value| matches!(&value.shape, Shape::Name(path) if names.iter().any(|name| path.ends_with(name))),
        )
    };
    let ignores = is_named(call.arguments.positional.get(1), &["SIG_IGN"]);
    let ends =
        is_named(call.arguments.positional.first(), &["SIGTERM", "SIGXCPU", "SIGHUP", "SIGQUIT", "SIGINT", "SIGALRM"]);
    let unknown = !matches!(call.arguments.positional.first().map(|value| &value.shape), Some(Shape::Name(_)));
    let why = "ignores the signals that are to end it";
    (ignores && (ends || unknown))
        .then(|| Verdict::new(ThreatType::SystemAccess, Level::High, why, "let the process be ended"))
}

/// `os.dup2(socket.fileno(), 0)`.
fn redirect(call: &Call<'_>, facts: &mut Facts) -> Option<Verdict> {
    facts.redirected = true;
    let socket = call.arguments.positional.first().is_some_and(|value| match &value.shape {
        Shape::Object(class, _) => class.starts_with("socket."),
        _ => value.origins.any(Origins::SOCKET),
    });
    let level = if socket || facts.connected { Level::Critical } else { Level::Medium };
    let why = if level == Level::Critical { "ties the terminal to a socket" } else { "redirects the terminal" };
    Some(Verdict::new(ThreatType::MaliciousCode, level, why, "remove it"))
}

fn memory(call: &Call<'_>) -> Option<Verdict> {
    let first = call.arguments.positional.first()?;
    let product = |values: &[Value]| {
        values.iter().try_fold(1_i64, |all, value| all.checked_mul(value.as_integer()?.max(1)).or(Some(i64::MAX)))
    };
    let count = match &first.shape {
        Shape::List(sizes) if !call.path.starts_with("builtins.") => product(sizes)?,
        _ if call.path.starts_with("numpy.random") => product(&call.arguments.positional)?,
        Shape::Integer(count) => *count,
        _ => return None,
    };
    let width = if matches!(call.path, "builtins.bytearray" | "builtins.bytes") { 1 } else { 8 };
    let lazy = call.path == "builtins.range";
    let bytes = count.saturating_mul(width);
    let together = bytes.saturating_mul(call.rounds);
    let piles_up = bytes >= PIECE_BYTES_LARGE && together >= 4 * MEMORY_BYTES_LARGE;
    (!lazy && (bytes >= MEMORY_BYTES_LARGE || piles_up)).then(|| super::too_much(together.max(bytes)))
}

/// The same large piece written again and again.
fn flood(call: &Call<'_>) -> Option<Verdict> {
    let writes = matches!(
        call.path,
        "file.write"
            | "sys.stdout.write"
            | "sys.stderr.write"
            | "?.write"
            | "builtins.print"
            | "zipfile.ZipFile.open.write"
    );
    let size = match &call.arguments.positional.first().filter(|_| writes)?.shape {
        Shape::Text(text) => text.len(),
        Shape::Bytes(bytes) => bytes.len(),
        _ => return None,
    };
    let bytes = i64::try_from(size).ok()?.saturating_mul(call.rounds);
    let why = format!("writes {} GiB of the same text", bytes >> 30);
    (bytes >= MEMORY_BYTES_LARGE).then(|| {
        Verdict::new(
            ThreatType::ResourceExhaustion,
            Level::High,
            why,
            "write what the data needs; the sandbox has limits",
        )
    })
}

/// What is private and is printed or logged.
fn shown(call: &Call<'_>) -> Option<Verdict> {
    let logs = matches!(call.path, "builtins.print" | "pprint.pprint" | "sys.stdout.write" | "sys.stderr.write")
        || call.path.starts_with("logging.")
        || call.path.starts_with("loguru.")
        || (matches!(call.method(), "info" | "debug" | "warning" | "error" | "critical" | "exception" | "log")
            && call.receiver.is_some());
    if !logs || call.path.ends_with("getLogger") || call.path.ends_with("basicConfig") {
        return None;
    }
    let origins = call.arguments.origins();
    let (level, why) = match () {
        () if origins.any(Origins::ENVIRONMENT) => (Level::High, "shows the whole environment"),
        () if origins.any(Origins::SECRET_FILE) => (Level::High, "shows what a private file holds"),
        () if origins.any(Origins::KEY.with(Origins::CHANNEL)) => (Level::Medium, "shows a key"),
        () => return None,
    };
    Some(Verdict::new(ThreatType::DataExfiltration, level, why, "do not print what is private"))
}

fn mines(call: &Call<'_>) -> Option<Verdict> {
    let texts = call.arguments.values().filter_map(Value::as_text).take(8);
    let mining = texts.into_iter().any(|text| text.contains("stratum+tcp://") || text.contains("stratum+ssl://"));
    mining.then(|| Verdict::new(ThreatType::MaliciousCode, Level::Critical, "works for a mining pool", "remove it"))
}
