//! Files: what is read, written, listed and deleted, by where it is.

use std::rc::Rc;

use super::super::value::{HOLE, Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::place::{self, Place};
use super::{Call, Facts, Verdict};

const INSIDE: &str = "keep to the working folder and the data folder";

/// What a call does with a path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Action {
    Read,
    Write,
    /// Makes a folder.
    Make,
    Remove,
    RemoveTree,
    /// Takes it away to another place.
    Move,
    List,
    Enter,
    Link,
    Database,
}

pub(super) fn judge(call: &Call<'_>, facts: &mut Facts) -> Option<Verdict> {
    note_private(call, facts);
    let mut verdicts = Vec::new();
    for (action, path) in actions(call) {
        for single in path.alternatives() {
            verdicts.extend(judge_path(action, single, call));
        }
    }
    verdicts.extend(written(call, facts));
    verdicts.extend(permissions(call, facts));
    verdicts.extend(copies_itself(call));
    verdicts.into_iter().max_by_key(|verdict| verdict.level)
}

/// What reading gives: the origins of what is behind the path.
pub(super) fn read_origins(call: &Call<'_>, facts: &Facts) -> Origins {
    let mut origins = Origins::NONE;
    for (action, path) in actions(call) {
        if is_key_file(path) {
            origins = origins.with(Origins::KEY);
        }
        if matches!(action, Action::Read | Action::Write) && !is_address(path) {
            origins = origins.with(place::origins(place::of(path)));
            origins = origins.with(put_there(path, facts));
            let own = path.as_text().is_none_or(|text| text.ends_with("__file__"));
            if own && action == Action::Read && path.origins.any(Origins::ITSELF) {
                origins = origins.with(Origins::OWN_TEXT);
            }
        }
    }
    origins
}

/// What is private and was put into a file before.
fn put_there(path: &Value, facts: &Facts) -> Origins {
    let Some(text) = path.as_known_text() else { return Origins::NONE };
    let named = facts.private.iter().filter(|(name, _)| text.starts_with(&**name));
    named.fold(Origins::NONE, |all, (_, origins)| all.with(*origins))
}

/// Remembers files into which something private is copied, packed or saved.
fn note_private(call: &Call<'_>, facts: &mut Facts) {
    let private = Origins::SECRET_FILE.with(Origins::OUTSIDE_FILE).with(Origins::PERSONAL).with(Origins::ENVIRONMENT);
    let behind = |path: Option<&Value>| path.map_or(Origins::NONE, |path| place::origins(place::of(path)));
    let (target, origins) = match call.path {
        "shutil.copy" | "shutil.copy2" | "shutil.copyfile" | "shutil.copytree" | "shutil.move" | "os.rename"
        | "os.replace" | "os.link" | "os.symlink" => (call.argument(1, "dst"), behind(call.argument(0, "src"))),
        "shutil.make_archive" => (call.argument(0, "base_name"), behind(call.argument(2, "root_dir"))),
        "json.dump" => (call.arguments.positional.get(1), call.arguments.origins()),
        _ if matches!(call.method(), "save" | "imwrite") => (call.arguments.positional.first(), call.origins()),
        _ if matches!(call.method(), "write" | "writelines" | "write_text" | "write_bytes") => {
            (call.receiver, call.arguments.origins())
        }
        _ => return,
    };
    if origins.any(private) {
        facts.private.extend(target.and_then(file_name).filter(|name| name.len() > 2).map(|name| (name, origins)));
    }
}

/// The name of a path, or of an open file.
fn file_name(value: &Value) -> Option<Rc<str>> {
    match &value.shape {
        Shape::Object(class, arguments) if &**class == "file" => {
            arguments.positional.first().and_then(Value::as_known_text)
        }
        _ => value.as_known_text(),
    }
}

/// The file beside a program that holds its keys.
fn is_key_file(path: &Value) -> bool {
    path.as_text()
        .is_some_and(|text| text.rsplit('/').next().is_some_and(|name| name == ".env" || name.starts_with(".env.")))
}

fn is_address(path: &Value) -> bool {
    path.as_text().is_some_and(|text| text.contains("://"))
}

/// The paths of a call, each with what is done to it.
fn actions<'c>(call: &'c Call<'_>) -> Vec<(Action, &'c Value)> {
    let argument = |place: usize, name: &str| call.argument(place, name);
    let one = |action: Action, path: Option<&'c Value>| path.map(|path| (action, path)).into_iter().collect();
    let first = || call.arguments.positional.first();
    match call.path {
        "builtins.open" => one(by_mode(argument(1, "mode")), argument(0, "file")),
        "pathlib.Path.open" => one(by_mode(argument(0, "mode")), call.receiver),
        "os.open" => one(by_flags(argument(1, "flags")), first()),
        "zipfile.ZipFile" | "tarfile.open" | "h5py.File" | "pandas.HDFStore" => {
            one(by_mode(argument(1, "mode")), first())
        }
        "pathlib.Path.read_text" | "pathlib.Path.read_bytes" | "pathlib.Path.readlink" => {
            one(Action::Read, call.receiver)
        }
        "pathlib.Path.write_text" | "pathlib.Path.write_bytes" | "pathlib.Path.touch" => {
            one(Action::Write, call.receiver)
        }
        "pathlib.Path.mkdir" => one(Action::Make, call.receiver),
        "pathlib.Path.unlink" | "pathlib.Path.rmdir" => one(Action::Remove, call.receiver),
        "pathlib.Path.glob" | "pathlib.Path.rglob" | "pathlib.Path.iterdir" => one(Action::List, call.receiver),
        // A path of `os.path.join` is a text, whose `replace` has two arguments.
        "pathlib.Path.replace" if call.arguments.positional.len() > 1 => Vec::new(),
        "pathlib.Path.rename" | "pathlib.Path.replace" => [(Action::Write, first()), (Action::Move, call.receiver)]
            .into_iter()
            .filter_map(|(action, path)| Some((action, path?)))
            .collect(),
        "pathlib.Path.symlink_to" | "pathlib.Path.hardlink_to" => one(Action::Link, first()),
        "?.unlink" | "?.rmdir" | "?.read_text" | "?.read_bytes" | "?.write_text" | "?.write_bytes"
            if call.receiver.is_some_and(|path| path.origins.any(Origins::LISTING.with(Origins::OUTSIDE_LISTING))) =>
        {
            let action = match call.method() {
                "unlink" | "rmdir" => Action::Remove,
                "read_text" | "read_bytes" => Action::Read,
                _ => Action::Write,
            };
            one(action, call.receiver)
        }
        "os.listdir" | "os.walk" | "os.scandir" | "os.fwalk" | "glob.glob" | "glob.iglob" => one(Action::List, first()),
        "os.remove" | "os.unlink" | "os.rmdir" | "os.removedirs" => one(Action::Remove, first()),
        "shutil.rmtree" | "distutils.dir_util.remove_tree" => one(Action::RemoveTree, first()),
        "os.makedirs" | "os.mkdir" => one(Action::Make, first()),
        "os.readlink" => one(Action::Read, first()),
        "os.chdir" => one(Action::Enter, first()),
        "os.rename" | "os.replace" | "os.renames" | "shutil.move" => two(call, Action::Move, Action::Write),
        "shutil.copy" | "shutil.copy2" | "shutil.copyfile" | "shutil.copytree" => {
            two(call, Action::Read, Action::Write)
        }
        "os.symlink" | "os.link" => one(Action::Link, first()),
        "os.truncate"
        | "os.mkfifo"
        | "os.mknod"
        | "logging.FileHandler"
        | "logging.handlers.RotatingFileHandler"
        | "os.utime" => one(Action::Write, first()),
        "logging.basicConfig" => one(Action::Write, call.arguments.named("filename")),
        "shutil.make_archive" => {
            let source = argument(2, "root_dir").map(|path| (Action::Read, path));
            first().map(|path| (Action::Write, path)).into_iter().chain(source).collect()
        }
        "sqlite3.connect" | "duckdb.connect" => one(Action::Database, first()),
        "numpy.save" | "numpy.savez" | "numpy.savez_compressed" | "numpy.savetxt" => one(Action::Write, first()),
        "numpy.load" | "numpy.loadtxt" | "numpy.genfromtxt" | "numpy.fromfile" | "json.load_path" | "joblib.load"
        | "torch.load" | "linecache.getlines" | "dotenv.load_dotenv" | "mmap.mmap_path" => one(Action::Read, first()),
        "joblib.dump" | "torch.save" => one(Action::Write, argument(1, "filename")),
        "ctypes.CDLL" => Vec::new(),
        path if path.starts_with("pandas.read_") && !path.starts_with("pandas.read_sql") => {
            one(Action::Read, first().or_else(|| call.arguments.named("filepath_or_buffer")))
        }
        path if path.starts_with("polars.read_") || path.starts_with("polars.scan_") => one(Action::Read, first()),
        _ if call.method() == "save" && call.receiver.is_some() => {
            one(Action::Write, first().filter(|path| has_ending(path)))
        }
        _ if !call.path.starts_with("builtins.") && writes_a_result(call.method()) => {
            let path = first().or_else(|| {
                ["path_or_buf", "path", "fname", "file", "buf", "excel_writer"]
                    .iter()
                    .find_map(|name| call.arguments.named(name))
            });
            one(Action::Write, path.filter(|path| !is_buffer(path)))
        }
        _ => Vec::new(),
    }
}

fn two<'c>(call: &'c Call<'_>, source: Action, target: Action) -> Vec<(Action, &'c Value)> {
    [(source, call.argument(0, "src")), (target, call.argument(1, "dst"))]
        .into_iter()
        .filter_map(|(action, path)| Some((action, path?)))
        .collect()
}

/// `book.save('hits.xlsx')`: the name of a file, not of anything else that is saved.
fn has_ending(path: &Value) -> bool {
    let text = path.as_text().unwrap_or_default();
    let ending = text.rsplit_once('.').map_or("", |(_, ending)| ending);
    (1..=5).contains(&ending.len()) && ending.bytes().all(|letter| letter.is_ascii_alphanumeric())
}

/// Methods of frames and charts that write a file they are given.
fn writes_a_result(method: &str) -> bool {
    matches!(
        method,
        "to_csv"
            | "to_parquet"
            | "to_excel"
            | "to_pickle"
            | "to_hdf"
            | "to_feather"
            | "to_stata"
            | "to_xml"
            | "savefig"
            | "write_html"
            | "write_image"
            | "write_csv"
            | "write_parquet"
            | "to_file"
            | "tofile"
            | "to_html"
            | "to_json"
    )
}

fn is_buffer(path: &Value) -> bool {
    matches!(&path.shape, Shape::Nothing)
        || matches!(&path.shape, Shape::Name(name) if name.starts_with("sys.std"))
        || matches!(&path.shape, Shape::Object(class, _) if class.starts_with("io.") || class.starts_with("sys.") || &**class == "file")
}

fn by_mode(mode: Option<&Value>) -> Action {
    let mode = mode.and_then(Value::as_known_text);
    let writes = mode.is_some_and(|mode| mode.contains(['w', 'a', 'x', '+']));
    if writes { Action::Write } else { Action::Read }
}

fn by_flags(flags: Option<&Value>) -> Action {
    match flags.map(|flags| &flags.shape) {
        Some(Shape::Name(path)) if path.ends_with("O_RDONLY") => Action::Read,
        Some(Shape::Integer(0)) => Action::Read,
        _ => Action::Write,
    }
}

fn judge_path(action: Action, path: &Value, call: &Call<'_>) -> Option<Verdict> {
    if is_address(path) || matches!(&path.shape, Shape::Integer(_)) || is_buffer(path) {
        return None;
    }
    let place = place::of(path);
    let text = path.as_text().unwrap_or_default();
    let (kind, level, why) = match action {
        Action::Read => read(place, path)?,
        Action::Write => write(place, path, &text),
        Action::Make if place <= Place::Unknown => (ThreatType::FileAccess, Level::Low, "makes a folder".to_owned()),
        Action::Make => write(place, path, &text),
        Action::Remove => remove(place, path, &text, false),
        Action::RemoveTree => remove(place, path, &text, true),
        Action::Move if place <= Place::Temporary && !path.origins.any(Origins::OUTSIDE_LISTING) => {
            (ThreatType::FileAccess, Level::Low, "moves a file of the working folder".to_owned())
        }
        Action::Move => remove(place, path, &text, false),
        Action::List => list(place, path)?,
        Action::Enter => match place {
            Place::Inside | Place::Nowhere | Place::Unknown => {
                (ThreatType::FileAccess, Level::Low, "changes the working folder".to_owned())
            }
            _ => (ThreatType::FileAccess, Level::Medium, "works in a folder elsewhere".to_owned()),
        },
        Action::Link => link(place),
        Action::Database if &*text == ":memory:" || text.contains("mode=ro") => return None,
        Action::Database => write(place, path, &text),
    };
    let _ = call;
    Some(Verdict::new(kind, level, why, INSIDE))
}

fn read(place: Place, path: &Value) -> Option<(ThreatType, Level, String)> {
    let said = |level: Level, why: &str| Some((ThreatType::SystemAccess, level, why.to_owned()));
    match place {
        _ if is_memory_of_another(path) => said(Level::Critical, "reads the memory of a process"),
        Place::Secret => said(Level::High, "reads a file of keys, passwords or users"),
        Place::Outside | Place::Startup => said(Level::High, "reads a file outside the working folder"),
        Place::Inside if is_key_file(path) => said(Level::Low, "reads a file of keys beside the program"),
        Place::Temporary => said(Level::Low, "reads a temporary file"),
        Place::Beside => said(Level::Low, "reads a file in a folder beside the working folder"),
        _ if path.origins.any(Origins::OUTSIDE_LISTING) => {
            said(Level::High, "reads files found outside the working folder")
        }
        Place::Unknown if path.origins.any(Origins::TYPED) => said(Level::Medium, "reads a file the user names"),
        Place::Unknown if path.origins.any(Origins::INPUT) => {
            let is_known = path.as_text().is_some_and(|text| text.rsplit('/').next().is_some_and(is_whole));
            let level = if is_known { Level::Low } else { Level::Medium };
            said(level, "reads a file the user's own command line names")
        }
        Place::Unknown if path.origins.any(Origins::DECODED) => said(Level::High, "reads a file whose name is hidden"),
        _ => None,
    }
}

/// Whether all of a name stands in the file.
fn is_whole(name: &str) -> bool {
    !name.is_empty() && !name.contains(HOLE)
}

/// `/proc/PID/mem`, `/dev/mem`.
fn is_memory_of_another(path: &Value) -> bool {
    path.as_text().is_some_and(|text| text.starts_with("/proc/") && text.ends_with("/mem"))
}

fn write(place: Place, path: &Value, text: &str) -> (ThreatType, Level, String) {
    let own = text.contains("__file__");
    let (kind, level, why) = match place {
        _ if matches!(&path.shape, Shape::Name(name) if &**name == "sys.executable") => {
            (ThreatType::MaliciousCode, Level::Critical, "replaces the interpreter")
        }
        _ if rules_the_machine(text) => {
            (ThreatType::MaliciousCode, Level::Critical, "writes to a device or to the kernel's settings")
        }
        Place::Startup => (ThreatType::Persistence, Level::Critical, "writes where programs start by themselves"),
        Place::Secret => (ThreatType::SystemAccess, Level::Critical, "writes to a place of keys and passwords"),
        _ if path.origins.any(Origins::OUTSIDE_LISTING) => {
            (ThreatType::MaliciousCode, Level::Critical, "overwrites files found outside the working folder")
        }
        _ if own => (ThreatType::MaliciousCode, Level::High, "changes its own program text"),
        Place::Outside => (ThreatType::SystemAccess, Level::High, "writes outside the working folder"),
        Place::Beside if path.origins.any(Origins::ITSELF) => {
            (ThreatType::FileAccess, Level::Low, "writes a file of its project")
        }
        Place::Beside => (ThreatType::SystemAccess, Level::Medium, "writes to a folder beside the working folder"),
        Place::Unknown if path.origins.any(Origins::INPUT) => {
            (ThreatType::FileAccess, Level::Medium, "writes a file the user names")
        }
        Place::Unknown if path.origins.any(Origins::DECODED.with(Origins::NETWORK)) => {
            (ThreatType::SystemAccess, Level::High, "writes a file whose name is hidden or comes from the network")
        }
        Place::Temporary => (ThreatType::FileAccess, Level::Low, "writes a temporary file"),
        _ if text.ends_with(".py") || text.ends_with(".sh") || text.ends_with(".bat") || text.ends_with(".exe") => {
            (ThreatType::FileAccess, Level::Medium, "writes a program")
        }
        _ => (ThreatType::FileAccess, Level::Low, "writes a file in the working folder"),
    };
    (kind, level, why.to_owned())
}

/// Devices, and the kernel's settings.
fn rules_the_machine(text: &str) -> bool {
    let harmless = ["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/shm", "/proc/self/oom_score_adj"];
    let is_one = ["/dev/", "/proc/", "/sys/"].iter().any(|folder| text.starts_with(folder));
    is_one && !harmless.iter().any(|one| text.starts_with(one))
}

fn remove(place: Place, path: &Value, text: &str, tree: bool) -> (ThreatType, Level, String) {
    let unknown = text.is_empty() || text.starts_with(HOLE);
    let whole = tree && matches!(text, "." | "./" | "*" | "./*");
    let (level, why) = match place {
        _ if path.origins.any(Origins::OUTSIDE_LISTING) => {
            (Level::Critical, "deletes files found outside the working folder")
        }
        _ if place::is_vital(text) && !unknown || whole => {
            (Level::Critical, "deletes what the machine or its user lives on")
        }
        Place::Outside | Place::Secret | Place::Startup if tree => {
            (Level::Critical, "deletes a folder outside the working folder")
        }
        Place::Outside | Place::Secret | Place::Startup => (Level::High, "deletes a file outside the working folder"),
        Place::Beside if tree => (Level::High, "deletes a folder beside the working folder"),
        Place::Beside => (Level::Medium, "deletes a file in a folder beside the working folder"),
        _ if text.contains("__file__") => (Level::High, "deletes its own program text"),
        _ if path.origins.any(Origins::INPUT) => (Level::High, "deletes what the user names"),
        Place::Unknown if tree && !path.origins.any(Origins::LISTING) => {
            (Level::High, "deletes a folder named at run time")
        }
        _ => (Level::Medium, "deletes files of the working folder"),
    };
    (ThreatType::FileAccess, level, why.to_owned())
}

fn list(place: Place, path: &Value) -> Option<(ThreatType, Level, String)> {
    match place {
        Place::Secret | Place::Startup => {
            Some((ThreatType::SystemAccess, Level::High, "looks for private files".to_owned()))
        }
        Place::Outside => {
            Some((ThreatType::SystemAccess, Level::High, "lists files outside the working folder".to_owned()))
        }
        Place::Unknown if path.origins.any(Origins::TYPED) => {
            Some((ThreatType::FileAccess, Level::Medium, "lists a folder the user names".to_owned()))
        }
        Place::Unknown if path.origins.any(Origins::INPUT) => {
            Some((ThreatType::FileAccess, Level::Low, "lists a folder the user's own command line names".to_owned()))
        }
        _ => None,
    }
}

fn link(place: Place) -> (ThreatType, Level, String) {
    match place {
        Place::Inside | Place::Nowhere | Place::Unknown => {
            (ThreatType::FileAccess, Level::Low, "makes a link".to_owned())
        }
        _ => (ThreatType::SystemAccess, Level::High, "makes a link that leads outside the working folder".to_owned()),
    }
}

/// What is written: downloads, the environment, secrets.
fn written(call: &Call<'_>, facts: &mut Facts) -> Option<Verdict> {
    let writes = matches!(
        call.path,
        "file.write"
            | "file.writelines"
            | "?.write"
            | "pathlib.Path.write_text"
            | "pathlib.Path.write_bytes"
            | "json.dump"
            | "os.write"
    );
    if !writes {
        return None;
    }
    let origins = call.arguments.origins();
    if origins.any(Origins::NETWORK) {
        facts.downloads.extend(call.receiver.and_then(file_name));
    }
    let (kind, level, why) = match () {
        () if origins.any(Origins::ENCRYPTED) => {
            (ThreatType::MaliciousCode, Level::High, "writes files that only the holder of a key can read")
        }
        () if origins.any(Origins::ENVIRONMENT) => {
            (ThreatType::DataExfiltration, Level::High, "writes the whole environment to a file")
        }
        () if origins.any(Origins::SECRET_FILE) && call.path != "json.dump" => {
            (ThreatType::DataExfiltration, Level::High, "copies what a private file holds")
        }
        () if origins.any(Origins::NETWORK) && call.path != "json.dump" => {
            (ThreatType::FileAccess, Level::Medium, "stores a download")
        }
        () => return None,
    };
    Some(Verdict::new(kind, level, why, INSIDE))
}

fn permissions(call: &Call<'_>, facts: &Facts) -> Option<Verdict> {
    let (path, mode) = match call.path {
        "os.chmod" => (call.arguments.positional.first()?, call.argument(1, "mode")),
        "pathlib.Path.chmod" => (call.receiver?, call.argument(0, "mode")),
        "os.chown" | "shutil.chown" => (call.arguments.positional.first()?, None),
        _ => return None,
    };
    let bits = mode.and_then(Value::as_integer).unwrap_or(0o777);
    let text = path.as_text().unwrap_or_default();
    let downloaded = facts.downloads.iter().any(|file| file.len() > 2 && **file == *text);
    let (level, why) = match () {
        () if downloaded && bits & 0o111 != 0 => (Level::Critical, "makes a downloaded file a program"),
        () if bits & 0o6000 != 0 => (Level::Critical, "makes a program run as somebody else"),
        () if bits & 0o111 != 0 => (Level::High, "makes a file a program"),
        () if place::of(path) >= Place::Outside => {
            (Level::High, "changes who may use a file outside the working folder")
        }
        () => (Level::Medium, "changes who may use a file"),
    };
    Some(Verdict::new(ThreatType::SystemAccess, level, why, INSIDE))
}

/// `shutil.copy(__file__, …)`.
fn copies_itself(call: &Call<'_>) -> Option<Verdict> {
    let copies = matches!(
        call.path,
        "shutil.copy" | "shutil.copy2" | "shutil.copyfile" | "shutil.move" | "os.rename" | "os.link" | "os.symlink"
    );
    let source = call.argument(0, "src").filter(|_| copies)?;
    let itself = source.origins.any(Origins::ITSELF) && source.as_text().is_some_and(|text| text.ends_with("__file__"));
    let argument_zero = source.origins.any(Origins::INPUT) && matches!(source.shape, Shape::Unknown);
    if !itself && !argument_zero {
        return None;
    }
    let outside = call.argument(1, "dst").map_or(Place::Unknown, place::of) >= Place::Temporary;
    let level = if outside { Level::Critical } else { Level::Medium };
    Some(Verdict::new(ThreatType::Persistence, level, "copies its own program", "remove it"))
}
