//! Bytes that become objects with behaviour: pickles and their relatives, YAML with tags, archives.

use super::super::value::{Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::place::{self, Place};
use super::{Call, Facts, Verdict};

const DATA: &str = "keep data as CSV, Parquet or JSON; load pickles only when nobody else can write them";

/// What is said of a pickle whose writer is not known.
const ANYBODYS: &str = "unpickles something that anybody may have written";

/// What is said of it in a program that packs pickles, too: caches are read before they are written.
const PERHAPS_OWN: &str = "unpickles a file that it may have packed itself";

/// A verdict on a pickle of an unknown writer, when the whole program is known to pack some: how bad it is, and why.
pub(in super::super) fn as_a_cache(why: &str, facts: &Facts) -> Option<(Level, String)> {
    let function = why.strip_prefix(ANYBODYS).filter(|_| facts.packs)?;
    Some((Level::Medium, format!("{PERHAPS_OWN}{function}")))
}

/// Whether a call packs objects into a file.
fn packs(call: &Call<'_>) -> bool {
    let library =
        ["pickle.", "dill.", "cloudpickle.", "joblib.", "torch."].iter().any(|one| call.path.starts_with(one));
    call.method() == "to_pickle" || library && matches!(call.method(), "dump" | "save")
}

pub(super) fn judge(call: &Call<'_>, facts: &mut Facts) -> Option<Verdict> {
    facts.packs |= packs(call);
    match call.path {
        "yaml.load" | "yaml.load_all" => yaml(call),
        "yaml.unsafe_load" | "yaml.unsafe_load_all" => Some(yaml_verdict(Level::High)),
        "yaml.full_load" | "yaml.full_load_all" => Some(yaml_verdict(Level::Medium)),
        "numpy.load" if call.is_true("allow_pickle") => pickle(call),
        "torch.load" if !call.is_true("weights_only") => pickle(call),
        "pickle.load"
        | "pickle.loads"
        | "pickle.Unpickler"
        | "dill.load"
        | "dill.loads"
        | "cloudpickle.load"
        | "cloudpickle.loads"
        | "joblib.load"
        | "pandas.read_pickle"
        | "shelve.open"
        | "jsonpickle.decode"
        | "marshal.load"
        | "marshal.loads"
        | "sklearn.externals.joblib.load"
        | "pickle.compat.load"
        | "pandas.io.pickle.read_pickle"
        | "pandas.compat.pickle_compat.load"
        | "multiprocessing.connection.Connection.recv"
        | "pickle._loads"
        | "pickle._load"
        | "keras.models.load_model"
        | "tensorflow.keras.models.load_model"
        | "diskcache.Cache" => pickle(call),
        "tarfile.TarFile.extractall"
        | "tarfile.open.extractall"
        | "zipfile.ZipFile.extractall"
        | "shutil.unpack_archive" => archive(call),
        _ => None,
    }
}

fn yaml(call: &Call<'_>) -> Option<Verdict> {
    let loader = call.argument(1, "Loader");
    let name = loader.and_then(|loader| match &loader.shape {
        Shape::Name(path) => Some(path.clone()),
        _ => None,
    });
    match name.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name)) {
        Some("SafeLoader" | "CSafeLoader" | "BaseLoader" | "CBaseLoader") => None,
        Some("FullLoader") => Some(yaml_verdict(Level::Medium)),
        _ => Some(yaml_verdict(Level::High)),
    }
}

fn yaml_verdict(level: Level) -> Verdict {
    let why = "loads YAML with a loader that can make any object";
    Verdict::new(ThreatType::UnsafeDeserialization, level, why, "use `yaml.safe_load`")
}

fn pickle(call: &Call<'_>) -> Option<Verdict> {
    let given = call
        .arguments
        .positional
        .first()
        .or_else(|| call.arguments.named("file"))
        .or_else(|| call.arguments.named("filepath_or_buffer"))?;
    // What the program itself packed a moment ago.
    if matches!(&given.shape, Shape::Object(class, _) if class.ends_with(".dumps")) {
        return None;
    }
    let worst = given.alternatives().iter().map(|single| pickle_level(single)).max_by_key(|(level, _)| *level)?;
    let (level, why) = worst;
    Some(Verdict::new(ThreatType::UnsafeDeserialization, level, format!("{why} (`{}`)", call.path), DATA))
}

fn pickle_level(given: &Value) -> (Level, &'static str) {
    if let Shape::Bytes(bytes) = &given.shape {
        let text = String::from_utf8_lossy(bytes);
        let calls = ["system", "posix", "subprocess", "builtins", "eval", "exec", "popen", "\nos"]
            .iter()
            .any(|word| text.contains(word));
        return match calls || given.origins.any(Origins::DECODED) {
            true => (Level::Critical, "unpickles bytes that call a program"),
            false => (Level::Medium, "unpickles fixed bytes"),
        };
    }
    if given.origins.any(Origins::DECODED) {
        return (Level::Critical, "unpickles bytes that are hidden in the text");
    }
    if given.origins.any(Origins::NETWORK.with(Origins::SOCKET)) {
        return (Level::High, "unpickles what came from the network");
    }
    if given.origins.any(Origins::INPUT.with(Origins::OPTION)) {
        return (Level::High, "unpickles a file the user names");
    }
    if given.as_text().is_some_and(|text| text.contains("://")) {
        return (Level::High, "unpickles what came from the network");
    }
    match place::of(given) {
        Place::Inside => (Level::Medium, "unpickles a file of its own"),
        _ if given.origins.any(Origins::FILE.with(Origins::LISTING)) && !given.origins.any(Origins::OUTSIDE_FILE) => {
            (Level::Medium, "unpickles a file of its own")
        }
        _ => (Level::High, ANYBODYS),
    }
}

/// Archives can write outside the folder they are unpacked in.
fn archive(call: &Call<'_>) -> Option<Verdict> {
    let fetched = call.origins().any(Origins::NETWORK);
    let filtered = call.arguments.named("filter").is_some();
    let tar = !call.path.starts_with("zipfile");
    let level = match (fetched, tar && !filtered) {
        (true, true) => Level::High,
        (true, false) | (false, true) => Level::Medium,
        (false, false) => Level::Low,
    };
    Some(Verdict::new(
        ThreatType::FileAccess,
        level,
        "unpacks an archive",
        "unpack with `filter='data'` into a folder of its own",
    ))
}
