//! What calls of libraries mean: one family of names per module, each a plain function of the call and of what was seen
//! before it. A verdict goes by what the arguments are and where they come from.

mod code;
mod command;
pub(super) mod credential;
mod database;
mod files;
mod interpreter;
pub(super) mod loading;
mod machine;
mod messengers;
mod network;
mod place;
mod sends;
pub(super) mod sources;
pub(super) mod stores;

use std::rc::Rc;

use ruff_python_ast::Operator;

use super::value::{Arguments, HOLE, Origins, Shape, Value};
use super::verdict::{Level, ThreatType};
use super::walk::LoopBody;

/// Bytes of memory that one expression may ask for before it is worth a word.
const MEMORY_BYTES_LARGE: i64 = 4 << 30;

/// What one call means.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) kind: ThreatType,
    pub(super) level: Level,
    pub(super) why: String,
    pub(super) mitigation: &'static str,
}

impl Verdict {
    pub(super) fn new(kind: ThreatType, level: Level, why: impl Into<String>, mitigation: &'static str) -> Self {
        Self { kind, level, why: why.into(), mitigation }
    }
}

/// A call of something that is not of this file.
pub(super) struct Call<'c> {
    /// The full dotted name; `?.member` for members of what is not known.
    pub(super) path: &'c str,
    pub(super) receiver: Option<&'c Value>,
    pub(super) arguments: &'c Arguments,
    /// Whether the name was reached by a text, a dictionary or through another library.
    pub(super) detour: bool,
    /// Whether it stands in a loop that never ends by itself.
    pub(super) looped: bool,
    /// How often it runs because of counted loops around it.
    pub(super) rounds: i64,
}

impl Call<'_> {
    pub(super) fn argument(&self, place: usize, name: &str) -> Option<&Value> {
        self.arguments.get(place, name)
    }

    /// The last part of the name.
    pub(super) fn method(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// Origins of the arguments and of what the method belongs to.
    pub(super) fn origins(&self) -> Origins {
        self.receiver.map_or(Origins::NONE, |receiver| receiver.origins).with(self.arguments.origins())
    }

    pub(super) fn is_false(&self, name: &str) -> bool {
        self.arguments.named(name).and_then(Value::truth) == Some(false)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.arguments.named(name).and_then(Value::truth) == Some(true)
    }
}

/// What was seen so far and changes how later calls are judged.
#[derive(Default)]
pub(super) struct Facts {
    /// Files that were downloaded.
    pub(super) downloads: Vec<Rc<str>>,
    /// Files into which something private was put, with where it is from.
    pub(super) private: Vec<(Rc<str>, Origins)>,
    /// Whether a socket was connected.
    pub(super) connected: bool,
    /// Whether objects are packed into files.
    pub(super) packs: bool,
    /// Whether standard input or output was tied to something else.
    pub(super) redirected: bool,
}

/// Everything that is to be said about one call.
pub(super) fn judge(call: &Call<'_>, facts: &mut Facts) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = Vec::new();
    verdicts.extend(command::judge(call, facts));
    verdicts.extend(code::judge(call));
    verdicts.extend(loading::judge(call, facts));
    verdicts.extend(files::judge(call, facts));
    verdicts.extend(network::judge(call, facts));
    verdicts.extend(sends::judge(call));
    verdicts.extend(database::judge(call));
    verdicts.extend(interpreter::judge(call));
    verdicts.extend(machine::judge(call, facts));
    verdicts.extend(credential::judge(call));
    verdicts
}

/// `os.environ[name]`.
pub(super) fn reads_variable(name: &Value) -> Option<Verdict> {
    machine::one_variable(Some(name))
}

/// Whether calling this name can do harm: such a name must not be handed around unseen.
pub(super) fn is_sink(path: &str) -> bool {
    command::is_command(path)
        || matches!(
            path,
            "builtins.exec" | "builtins.eval" | "builtins.compile" | "builtins.__import__" | "builtins.open"
        )
        || matches!(
            path,
            "pickle.loads" | "pickle.load" | "marshal.loads" | "shutil.rmtree" | "os.remove" | "os.unlink"
        )
        || matches!(
            path,
            "os.kill"
                | "os.fork"
                | "requests.get"
                | "requests.post"
                | "urllib.request.urlopen"
                | "importlib.import_module"
        )
}

/// What is done through a hidden name is done by somebody who hides it.
pub(super) fn on_detour(call: &Call<'_>, verdict: Verdict) -> Verdict {
    if !call.detour || verdict.level < Level::Medium {
        return verdict;
    }
    let why = format!("{}, reached by a hidden name", verdict.why);
    Verdict { kind: ThreatType::MaliciousCode, level: Level::Critical, why, mitigation: verdict.mitigation }
}

/// A loop that never ends by itself.
pub(super) fn endless(body: &LoopBody) -> Option<Verdict> {
    let (level, why) = match body {
        LoopBody { ends_or_waits: true, .. } => return None,
        LoopBody { grows: true, .. } => (Level::High, "a loop without an end makes something grow"),
        LoopBody { calls: false, .. } => (Level::High, "a loop without an end that does nothing"),
        _ => (Level::Medium, "a loop without an end and without a pause"),
    };
    Some(Verdict::new(ThreatType::ResourceExhaustion, level, why, "end the loop, or pause in it"))
}

/// `'x' * 10**12`, `[0] * 10**11`, `9 ** 9 ** 9`.
pub(super) fn huge(left: &Value, operator: Operator, right: &Value) -> Option<Verdict> {
    let bytes = match (operator, &left.shape, &right.shape) {
        (Operator::Mult, Shape::Text(text), Shape::Integer(times)) => {
            times.saturating_mul(i64::try_from(text.len()).ok()?)
        }
        (Operator::Mult, Shape::Bytes(bytes), Shape::Integer(times)) => {
            times.saturating_mul(i64::try_from(bytes.len()).ok()?)
        }
        (Operator::Mult, Shape::List(list), Shape::Integer(times)) => {
            times.saturating_mul(8).saturating_mul(i64::try_from(list.len()).ok()?)
        }
        (Operator::Pow, Shape::Integer(base), Shape::Integer(exponent)) if base.abs() > 1 => *exponent,
        (Operator::Pow, Shape::Integer(base), Shape::Unknown) if base.abs() > 1 && right.origins == Origins::NONE => {
            return None;
        }
        _ => return None,
    };
    (bytes >= MEMORY_BYTES_LARGE / 4 && (operator == Operator::Pow || bytes >= MEMORY_BYTES_LARGE))
        .then(|| too_much(bytes))
}

pub(super) fn too_much(bytes: i64) -> Verdict {
    let gigabytes = bytes >> 30;
    Verdict::new(
        ThreatType::ResourceExhaustion,
        Level::High,
        format!("asks for {gigabytes} GiB of memory at once"),
        "compute on what the data needs; the sandbox has a memory limit",
    )
}

/// Whether a text begins with something that is known.
fn has_known_start(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(HOLE)
}
