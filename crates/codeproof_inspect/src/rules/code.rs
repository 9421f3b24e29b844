//! Text that becomes code: `eval`, `exec`, `compile`, code objects, expressions of data frames.

use super::super::names;
use super::super::value::{HOLE, Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::{Call, Verdict};

const DIRECT: &str = "write the code in the file; read values with `ast.literal_eval` or `json`";

pub(super) fn judge(call: &Call<'_>) -> Option<Verdict> {
    match call.path {
        "builtins.eval"
        | "builtins.exec"
        | "code.InteractiveInterpreter.runsource"
        | "code.InteractiveInterpreter.runcode"
        | "code.InteractiveConsole.push"
        | "timeit.timeit"
        | "sympy.sympify"
        | "sympy.parsing.sympy_parser.parse_expr" => program(call),
        "builtins.compile" => compiled(call),
        "types.FunctionType" | "types.CodeType" | "types.LambdaType" => {
            let why = "makes a function from a code object";
            let packed = |value: &Value| {
                let read = matches!(&value.shape, Shape::Object(class, _) if class.starts_with("marshal."));
                read || value.origins.any(Origins::DECODED.with(Origins::NETWORK).with(Origins::SOCKET))
            };
            let level = if call.arguments.positional.iter().any(packed) { Level::Critical } else { Level::High };
            Some(Verdict::new(ThreatType::MaliciousCode, level, why, DIRECT))
        }
        "runpy.run_path"
        | "runpy.run_module"
        | "builtins.execfile"
        | "imp.load_source"
        | "importlib.machinery.SourceFileLoader"
        | "importlib.util.spec_from_file_location" => file(call),
        "str.format" | "str.format_map" | "builtins.str.format" if walks_inside(call) => {
            let why = "fills a text with the inner parts of an object";
            Some(Verdict::new(ThreatType::MaliciousCode, Level::Critical, why, DIRECT))
        }
        "jinja2.Template" | "jinja2.Environment.from_string" | "mako.template.Template" => template(call),
        "builtins.?" => Some(Verdict::new(
            ThreatType::MaliciousCode,
            Level::Critical,
            "calls a builtin under a hidden name",
            DIRECT,
        )),
        "pandas.eval" | "numexpr.evaluate" => expression(call, call.arguments.positional.first()?),
        _ => {
            let frame_method = matches!(call.method(), "eval" | "query") && call.receiver.is_some();
            let given = call.arguments.positional.first().or_else(|| call.arguments.named("expr"));
            given.filter(|_| frame_method).and_then(|given| expression(call, given))
        }
    }
}

/// `'{0.__init__.__globals__}'.format(x)`.
fn walks_inside(call: &Call<'_>) -> bool {
    let text = call.receiver.or_else(|| call.arguments.positional.first()).and_then(Value::as_text);
    let inner = ["__globals__", "__builtins__", "__subclasses__", "__code__", "__closure__", "__import__"];
    text.is_some_and(|text| text.contains('{') && inner.iter().any(|part| text.contains(part)))
}

/// `eval(x)`, `exec(x)`.
fn program(call: &Call<'_>) -> Option<Verdict> {
    let given = call.arguments.positional.first()?;
    let origins = given.origins;
    let (kind, level, why) = match () {
        () if origins.any(Origins::NETWORK) => {
            (ThreatType::MaliciousCode, Level::Critical, "runs code that came from the network")
        }
        () if origins.any(Origins::DECODED) => {
            (ThreatType::MaliciousCode, Level::Critical, "runs code that is hidden in the text")
        }
        () if origins.any(Origins::INPUT.with(Origins::KEY).with(Origins::ENVIRONMENT)) => {
            (ThreatType::CodeExecution, Level::High, "runs text the user gives as code")
        }
        () if given.is_constant() => (ThreatType::CodeExecution, Level::Medium, "runs a fixed text as code"),
        () if call.path.starts_with("timeit") || call.path.starts_with("sympy") => return None,
        () => (ThreatType::CodeExecution, Level::High, "runs text as code that is only known at run time"),
    };
    Some(Verdict::new(kind, level, why, DIRECT))
}

/// A template's text reaches every object it is given, and from there the rest.
fn template(call: &Call<'_>) -> Option<Verdict> {
    let given = call.arguments.positional.first()?;
    let foreign = Origins::NETWORK.with(Origins::DECODED).with(Origins::INPUT).with(Origins::SOCKET);
    let why = "fills a template that comes from elsewhere";
    given.origins.any(foreign).then(|| Verdict::new(ThreatType::CodeExecution, Level::High, why, DIRECT))
}

fn compiled(call: &Call<'_>) -> Option<Verdict> {
    let given = call.arguments.positional.first()?;
    let level = match () {
        () if given.origins.any(Origins::NETWORK.with(Origins::DECODED)) => Level::High,
        () => Level::Medium,
    };
    Some(Verdict::new(ThreatType::CodeExecution, level, "compiles a text to code", DIRECT))
}

/// A Python file that is run.
fn file(call: &Call<'_>) -> Option<Verdict> {
    let given = call
        .arguments
        .positional
        .iter()
        .find(|value| value.as_text().is_some_and(|text| text.contains('/') || text.contains('.')));
    let given = given.or_else(|| call.arguments.positional.last());
    let place = given.map(super::place::of);
    let fetched = given.is_some_and(|given| given.origins.any(Origins::NETWORK.with(Origins::DECODED)));
    let level = match place {
        _ if fetched => Level::Critical,
        Some(super::place::Place::Inside | super::place::Place::Beside) => Level::Medium,
        Some(_) => Level::High,
        None => return None,
    };
    Some(Verdict::new(ThreatType::CodeExecution, level, "loads another file as code", "import it by its name"))
}

/// An expression for `DataFrame.eval`, `query`, `pandas.eval`: `@name` reaches every name of the program.
fn expression(call: &Call<'_>, given: &Value) -> Option<Verdict> {
    let mut worst: Option<Verdict> = None;
    for single in given.alternatives() {
        let text = single.as_text();
        let reaches = text.as_deref().is_some_and(leaves_the_frame);
        let (level, why) = match () {
            () if reaches => (Level::Critical, "leaves the data frame through `@` in an expression"),
            () if single.origins.any(Origins::NETWORK.with(Origins::DECODED)) => {
                (Level::High, "evaluates an expression from elsewhere")
            }
            () if single.origins.any(Origins::INPUT) => (Level::High, "evaluates an expression the user gives"),
            () if single.origins.any(Origins::FILE) => (Level::Medium, "evaluates an expression that stands in a file"),
            () if call.path == "pandas.eval" && text.as_deref().is_none_or(|text| text.contains(HOLE)) => {
                (Level::Medium, "evaluates an expression that is only known at run time")
            }
            () => continue,
        };
        if worst.as_ref().is_none_or(|worst| worst.level < level) {
            worst = Some(Verdict::new(ThreatType::CodeExecution, level, why, "use plain column expressions"));
        }
    }
    worst
}

/// `@pd.io.common.os.system('id')`, `@x.__class__`: names of the program with members, calls or inner parts.
fn leaves_the_frame(text: &str) -> bool {
    text.contains("__")
        || text.split('@').skip(1).any(|rest| {
            let name_ends = rest
                .find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '.')
                .unwrap_or(rest.len());
            let (name, after) = rest.split_at(name_ends);
            name.matches('.').count() >= 2 || (after.starts_with('(') && calls_power(name))
        })
}

/// `os.system`, `pd.read_pickle`: a member that does more than compute.
fn calls_power(name: &str) -> bool {
    let member = name.rsplit('.').next().unwrap_or(name);
    let acts =
        ["system", "popen", "eval", "exec", "read_pickle", "load", "loads", "run", "call", "Popen", "import_module"];
    let reads = ["get", "post", "open", "remove", "rmtree"].contains(&member) && name.starts_with("requests.");
    name.contains('.') && (names::is_powerful(name) || acts.contains(&member) || reads)
}
