//! Where what a library gives comes from.

use super::super::value::{Origins, Shape, Value};
use super::place::{self, Place};
use super::{Call, Facts, files, messengers, network};

/// Words in the name of a variable that make it a secret.
const KEY_WORDS: &[&str] =
    &["KEY", "TOKEN", "SECRET", "PASS", "CRED", "AUTH", "PWD", "DSN", "API", "DATABASE_URL", "LOGIN"];

/// Variables whose names hold such a word and mean nothing private.
const NO_KEYS: &[&str] = &["PWD", "OLDPWD", "API_URL", "API_BASE", "API_HOST", "XAUTHORITY"];

/// What a bare name gives.
pub(in super::super) fn of_name(path: &str) -> Origins {
    match path {
        "os.environ" | "os.environb" => Origins::ENVIRONMENT,
        "sys.argv" => Origins::INPUT,
        "sys.stdin" => Origins::INPUT.with(Origins::TYPED),
        _ if path.starts_with("flask.request.") || path.starts_with("bottle.request.") => Origins::NETWORK,
        "sys.platform" | "os.name" | "sys.executable" => Origins::NONE,
        _ => Origins::NONE,
    }
}

/// One variable of the environment.
pub(in super::super) fn variable(name: &Value) -> Value {
    match name.as_known_text() {
        Some(name) if matches!(&*name, "HOME" | "USERPROFILE") => Value::text("~"),
        Some(name) if messengers::is_key_variable(&name) => Value::unknown(Origins::CHANNEL),
        Some(name) if messengers::is_variable(&name) => Value::default(),
        Some(name) if is_secret_variable(&name) => Value::unknown(Origins::KEY),
        Some(name) if is_host_variable(&name) => Value::unknown(Origins::HOST),
        Some(_) => Value::default(),
        None => Value::unknown(Origins::KEY),
    }
}

/// Whether a variable is named like something private.
pub(super) fn is_secret_variable(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    !NO_KEYS.contains(&&*name) && KEY_WORDS.iter().any(|word| name.contains(word))
}

fn is_host_variable(name: &str) -> bool {
    matches!(name, "USER" | "USERNAME" | "LOGNAME" | "HOSTNAME" | "COMPUTERNAME")
}

/// Where the result of a call comes from.
pub(in super::super) fn of_call(call: &Call<'_>, facts: &Facts) -> Origins {
    let own_key = Origins::KEY.with(Origins::CHANNEL);
    let carried = match is_answer(call) {
        true => call.arguments.origins().with(call.origins().without(own_key)),
        false => call.origins(),
    };
    let carried = carried.without(Origins::DETOUR);
    let own = match call.path {
        "os.getenv" | "os.environ.get" | "os.environ.pop" | "os.environ.setdefault" => {
            let name = call.argument(0, "key").cloned().unwrap_or_default();
            return variable(&name).origins;
        }
        "os.environ.copy" | "os.environ.items" | "os.environ.values" | "dotenv.dotenv_values" => Origins::ENVIRONMENT,
        "os.environ.keys"
        | "builtins.len"
        | "builtins.bool"
        | "builtins.isinstance"
        | "builtins.hasattr"
        | "os.path.exists"
        | "os.path.isfile"
        | "os.path.isdir"
        | "pathlib.Path.exists"
        | "pathlib.Path.is_file"
        | "pathlib.Path.is_dir" => {
            return carried.without(
                Origins::ENVIRONMENT
                    .with(Origins::SECRET_FILE)
                    .with(Origins::KEY)
                    .with(Origins::CHANNEL)
                    .with(Origins::OUTSIDE_FILE)
                    .with(Origins::INPUT)
                    .with(Origins::TYPED)
                    .with(Origins::OPTION),
            );
        }
        "builtins.input" | "sys.stdin.read" | "sys.stdin.readline" | "sys.stdin.readlines" => {
            Origins::INPUT.with(Origins::TYPED)
        }
        "argparse.ArgumentParser.parse_args"
        | "argparse.ArgumentParser.parse_known_args"
        | "click.option"
        | "fire.Fire" => Origins::OPTION,
        "getpass.getpass" => Origins::KEY,
        "socket.gethostname"
        | "socket.getfqdn"
        | "platform.node"
        | "platform.uname"
        | "platform.platform"
        | "getpass.getuser"
        | "os.getlogin"
        | "os.uname"
        | "uuid.getnode"
        | "os.getuid"
        | "platform.machine"
        | "platform.release"
        | "psutil.net_if_addrs"
        | "pwd.getpwuid"
        | "pwd.getpwall" => Origins::HOST,
        "time.time"
        | "datetime.datetime.now"
        | "datetime.datetime.today"
        | "datetime.datetime.utcnow"
        | "datetime.date.today"
        | "datetime.now"
        | "datetime.today"
        | "datetime.utcnow"
        | "date.today"
        | "time.localtime"
        | "time.gmtime"
        | "time.strftime"
        | "time.time_ns"
        | "pandas.Timestamp.now"
        | "pandas.Timestamp.today"
        | "pandas.Timestamp.utcnow" => Origins::CLOCK,
        "socket.socket.recv"
        | "socket.socket.recvfrom"
        | "socket.create_connection.recv"
        | "socket.socket.makefile" => Origins::SOCKET.with(Origins::NETWORK),
        "subprocess.check_output" | "subprocess.run" | "subprocess.getoutput" | "os.popen" => Origins::PROGRAM,
        "PIL.ImageGrab.grab"
        | "pyautogui.screenshot"
        | "mss.mss"
        | "pyperclip.paste"
        | "keyboard.record"
        | "cv2.VideoCapture"
        | "sounddevice.rec"
        | "pyaudio.PyAudio.open"
        | "browser_cookie3.load"
        | "browser_cookie3.chrome" => Origins::PERSONAL,
        "keyring.get_password" | "win32crypt.CryptUnprotectData" => Origins::SECRET_FILE,
        "inspect.getsource" => Origins::OWN_TEXT,
        "os.listdir"
        | "os.walk"
        | "os.scandir"
        | "glob.glob"
        | "glob.iglob"
        | "pathlib.Path.glob"
        | "pathlib.Path.rglob"
        | "pathlib.Path.iterdir"
        | "os.fwalk" => {
            let folder = match call.receiver {
                Some(receiver) => place::of(receiver),
                None => call.arguments.positional.first().map_or(Place::Inside, place::of),
            };
            match folder {
                Place::Inside | Place::Nowhere | Place::Temporary | Place::Beside => Origins::LISTING,
                Place::Unknown => Origins::NONE,
                Place::Outside | Place::Secret | Place::Startup => Origins::OUTSIDE_LISTING,
            }
        }
        "urllib.parse.unquote" if carried == Origins::NONE => Origins::DECODED,
        // What a program answers as data is data, and not what it shows of the machine.
        "json.loads" => return carried.without(Origins::PROGRAM),
        // The time of day and the day of the week come again: a market is open then, nothing waits for them once.
        _ if is_daily(call) => return carried.without(Origins::CLOCK),
        _ if network::is_request(call.path) => return carried_by_request(carried).with(Origins::NETWORK),
        "netrc.netrc" => Origins::SECRET_FILE,
        "html.unescape" | "quopri.decodestring" => Origins::DECODED,
        _ if call.method() == "to_bytes" => Origins::DECODED,
        _ if call.method() == "encrypt" => Origins::ENCRYPTED,
        _ => files::read_origins(call, facts),
    };
    carried.with(own)
}

/// Whether a call asks an object of somebody's library, a client made with a key: what it answers is not that key.
/// Python's own libraries do hand back what they were given.
fn is_answer(call: &Call<'_>) -> bool {
    let Some(Shape::Object(class, _)) = call.receiver.map(|receiver| &receiver.shape) else { return false };
    let library = class.split('.').next().unwrap_or(class);
    !HANDING_BACK.contains(&library)
}

/// Libraries whose objects hold what they were made of, and give it back.
const HANDING_BACK: &[&str] = &[
    "?",
    "os",
    "builtins",
    "io",
    "json",
    "base64",
    "binascii",
    "codecs",
    "re",
    "hashlib",
    "hmac",
    "configparser",
    "dotenv",
    "getpass",
    "keyring",
    "urllib",
    "pathlib",
    "file",
    "str",
    "bytes",
    "list",
    "dict",
    "collections",
    "string",
    "copy",
    "pickle",
    "zlib",
    "gzip",
    "struct",
    "textwrap",
    "subprocess",
    "functools",
    "types",
    "argparse",
    "yaml",
    "toml",
    "tomllib",
    "decouple",
    "netrc",
    "pandas",
    "numpy",
    "polars",
    "html",
    "email",
    "csv",
    "shlex",
    "cryptography",
];

/// `now.time()`, `today.weekday()`, `now.strftime('%H:%M')`.
fn is_daily(call: &Call<'_>) -> bool {
    let Some(receiver) = call.receiver.filter(|receiver| receiver.origins.any(Origins::CLOCK)) else { return false };
    let clock = |format: &str| {
        let fields = format.split('%').skip(1);
        format.contains('%')
            && fields.filter_map(|field| field.chars().next()).all(|field| "HMSIpaAwTRf".contains(field))
    };
    match call.method() {
        "weekday" | "isoweekday" | "time" | "day_name" => !matches!(receiver.shape, Shape::Name(_)),
        "strftime" => call.arguments.positional.first().and_then(Value::as_known_text).is_some_and(|text| clock(&text)),
        _ => false,
    }
}

/// An answer is not what the request carried.
fn carried_by_request(carried: Origins) -> Origins {
    carried.without(
        Origins::KEY
            .with(Origins::CHANNEL)
            .with(Origins::ENVIRONMENT)
            .with(Origins::INPUT)
            .with(Origins::TYPED)
            .with(Origins::OPTION)
            .with(Origins::FILE),
    )
}
