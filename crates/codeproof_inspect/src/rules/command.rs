//! Programs and shells: what is run, and whether anybody else decides what.

mod words;

use super::super::value::{HOLE, Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::{Call, Facts, Verdict, place};

use words::{COMMANDS, NETWORK, RULING, SHELLS, SHOWING, VICIOUS};

const FIXED: &str = "give the program a fixed list of arguments without a shell, or do it in Python";

/// Whether a call runs a program.
pub(super) fn is_command(path: &str) -> bool {
    COMMANDS.contains(&path) || is_wrapper(path)
}

pub(super) fn judge(call: &Call<'_>, facts: &Facts) -> Option<Verdict> {
    if !is_command(call.path) {
        return None;
    }
    if is_wrapper(call.path) {
        return Some(verdict(Level::High, format!("runs `{}` through a library", call.method())));
    }
    if call.path.ends_with(".?") {
        return Some(verdict(Level::High, "runs a program through a name that is only known at run time"));
    }
    if ties_to_socket(call, facts) {
        let why = "gives a shell to whoever is at the other end of a socket";
        return Some(Verdict::new(ThreatType::MaliciousCode, Level::Critical, why, "remove it"));
    }
    if call.looped && call.origins().any(Origins::ITSELF) {
        let why = "starts itself again and again";
        return Some(Verdict::new(ThreatType::ResourceExhaustion, Level::Critical, why, "remove it"));
    }
    if call.path.starts_with("ctypes.") {
        let why = "runs a program through a native library";
        return Some(Verdict::new(ThreatType::MaliciousCode, Level::Critical, why, FIXED));
    }
    let shell =
        SHELLS.contains(&call.path) || call.arguments.named("shell").is_some_and(|shell| shell.truth() != Some(false));
    let skipped = usize::from(call.path.starts_with("os.spawn"));
    let given = call.arguments.positional.get(skipped..).unwrap_or_default();
    let whole = match given.first().or_else(|| call.arguments.named("args")).or_else(|| call.arguments.named("cmd")) {
        Some(first) => first.clone(),
        None => Value::default(),
    };
    let spread = call.path.starts_with("os.exec")
        || call.path.starts_with("os.spawn")
        || call.path.ends_with("create_subprocess_exec");
    let judged = match spread {
        true => vec![judge_list(&flattened(given), facts)],
        false => whole.alternatives().iter().map(|single| judge_one(single, shell, facts)).collect(),
    };
    judged.into_iter().max_by_key(|verdict| verdict.level)
}

/// `sh.rm(…)`, `plumbum.local['rm'](…)`: any name is a program.
fn is_wrapper(path: &str) -> bool {
    path.starts_with("sh.") || path.starts_with("plumbum.local.")
}

/// Arguments of `execl` in one list; `execv` has the list already.
fn flattened(given: &[Value]) -> Vec<Value> {
    match given {
        [_, Value { shape: Shape::List(rest), .. }, ..] if !rest.is_empty() => rest.to_vec(),
        // `execlp(file, argv0, argv1, …)`: the name stands twice.
        [file, _, rest @ ..] => std::iter::once(file.clone()).chain(rest.iter().cloned()).collect(),
        _ => given.to_vec(),
    }
}

fn ties_to_socket(call: &Call<'_>, facts: &Facts) -> bool {
    let streams = ["stdin", "stdout", "stderr"].iter().filter_map(|name| call.arguments.named(name));
    let tied = streams.into_iter().any(is_socket);
    tied || (facts.connected && facts.redirected)
}

fn is_socket(value: &Value) -> bool {
    match &value.shape {
        Shape::Object(class, _) => class.starts_with("socket."),
        _ => value.origins.any(Origins::SOCKET),
    }
}

fn judge_one(command: &Value, shell: bool, facts: &Facts) -> Verdict {
    match &command.shape {
        Shape::List(parts) => judge_list(parts, facts),
        _ => judge_line(command, shell, facts),
    }
}

/// A command line.
fn judge_line(command: &Value, shell: bool, facts: &Facts) -> Verdict {
    if let Some(verdict) = by_origin(command, facts) {
        return verdict;
    }
    let Some(line) = command.as_text() else {
        return verdict(Level::High, "runs a command that is only known at run time");
    };
    let fixed = judge_text(&line);
    if fixed.level == Level::Critical {
        return fixed;
    }
    match line.contains(HOLE) {
        true if shell => verdict(Level::High, "gives variable text to a shell"),
        true => verdict(Level::High, "runs a program chosen at run time"),
        false => fixed,
    }
}

/// A program and its arguments.
fn judge_list(parts: &[Value], facts: &Facts) -> Verdict {
    let mut line = String::new();
    let mut variable = false;
    for part in parts {
        if let Some(verdict) = by_origin(part, facts) {
            return verdict;
        }
        let hole = HOLE.to_string();
        let text = match &part.shape {
            Shape::Name(path) if &**path == "sys.executable" => "python".into(),
            _ => part.as_text().unwrap_or_else(|| hole.as_str().into()),
        };
        variable |= text.contains(HOLE);
        line.push_str(&text);
        line.push(' ');
    }
    let line = line.trim_end();
    let fixed = judge_text(line);
    let first = parts.first().and_then(Value::as_text);
    let own = matches!(parts.first().map(|part| &part.shape), Some(Shape::Name(path)) if &**path == "sys.executable");
    let known_program = own || first.is_some_and(|program| super::has_known_start(&program));
    match fixed.level {
        Level::Critical => fixed,
        _ if !variable => fixed,
        _ if !known_program => verdict(Level::High, "runs a program chosen at run time"),
        _ if runs_text(line) => verdict(Level::High, "gives variable text to a shell or an interpreter"),
        _ => Verdict { level: fixed.level.max(Level::Medium), ..fixed },
    }
}

/// `sh -c …`, `python -c …`.
fn runs_text(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.iter().take(3).any(|word| matches!(*word, "-c" | "/c" | "-e" | "-Command" | "-command" | "/C"))
}

fn by_origin(command: &Value, facts: &Facts) -> Option<Verdict> {
    let text = command.as_text().unwrap_or_default();
    let downloaded = facts.downloads.iter().any(|file| file.len() > 2 && text.contains(&**file));
    if command.origins.any(Origins::ENVIRONMENT.with(Origins::SECRET_FILE)) {
        let why = "hands something private to another program";
        return Some(Verdict::new(ThreatType::DataExfiltration, Level::Critical, why, "remove it"));
    }
    let why = match command.origins {
        origins if origins.any(Origins::NETWORK.with(Origins::SOCKET)) => "runs what came from the network",
        _ if downloaded => "runs a file it has downloaded",
        origins if origins.any(Origins::DECODED) => "runs a command that is hidden in the text",
        _ => return None,
    };
    Some(Verdict::new(
        ThreatType::MaliciousCode,
        Level::Critical,
        why,
        "remove it; run only programs that you installed",
    ))
}

/// A command line that is known, or partly.
fn judge_text(line: &str) -> Verdict {
    let lower = line.to_lowercase();
    let squeezed = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let vicious = VICIOUS.iter().find(|piece| holds_piece(&squeezed, piece));
    if let Some(piece) = vicious {
        return Verdict::new(
            ThreatType::MaliciousCode,
            Level::Critical,
            format!("runs a command with `{}`", piece.trim()),
            "remove it",
        );
    }
    if pipes_into_shell(&squeezed) {
        return Verdict::new(
            ThreatType::MaliciousCode,
            Level::Critical,
            "downloads something and runs it",
            "remove it",
        );
    }
    if carries_private(&squeezed) {
        let why = "sends something private out through a program";
        return Verdict::new(ThreatType::DataExfiltration, Level::Critical, why, "remove it");
    }
    if starts_what_it_hid(&squeezed) {
        let why = "makes a hidden or temporary file a program and runs it";
        return Verdict::new(ThreatType::MaliciousCode, Level::Critical, why, "remove it");
    }
    let mut worst = Level::Low;
    let mut why = String::new();
    for part in squeezed.split(['|', ';', '&', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let (level, said) = judge_part(part);
        if level > worst || why.is_empty() {
            worst = level.max(worst);
            why = said;
        }
    }
    let redirected = squeezed.split('>').nth(1).map(|target| place::of_text(target.trim()));
    if redirected.is_some_and(|target| target >= place::Place::Outside) {
        worst = worst.max(Level::High);
    }
    verdict(worst, if why.is_empty() { "runs a program".to_owned() } else { why })
}

/// Whether a line holds a piece; a piece that is a plain word must be a word there: `-halt-on-error` halts nothing.
fn holds_piece(line: &str, piece: &str) -> bool {
    let word = piece.bytes().all(|letter| letter.is_ascii_lowercase());
    let joins = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    line.match_indices(piece).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(joins);
        let after = line[at + piece.len()..].chars().next().is_some_and(joins);
        !word || !before && !after
    })
}

/// `env | curl …`, `tar cz ~/.ssh | nc …`, `curl -F f=@/etc/passwd …`.
fn carries_private(line: &str) -> bool {
    let parts: Vec<Vec<&str>> = line.split(['|', ';', '&']).map(|part| part.split_whitespace().collect()).collect();
    let sends = |words: &Vec<&str>| words.first().is_some_and(|name| NETWORK.contains(name));
    let private = |words: &Vec<&str>| {
        let whole = matches!(words.as_slice(), ["env" | "printenv" | "set" | "export", ..]);
        let names = words.iter().flat_map(|word| word.split(['@', '=', '<']));
        whole
            || names
                .map(|name| place::of_text(name.trim_matches(['"', '\''])))
                .any(|place| place == place::Place::Secret)
    };
    parts.iter().any(sends) && parts.iter().any(private)
}

fn pipes_into_shell(line: &str) -> bool {
    let fetches = ["curl", "wget", "http://", "https://"].iter().any(|word| line.contains(word));
    let runs = [
        "| sh", "|sh", "| bash", "|bash", "| python", "|python", "| sudo", "bash <(", "$(curl", "`curl", "$(wget",
        "| zsh", "| perl",
    ];
    let then =
        ["&& sh ", "; sh ", "&& bash ", "; bash ", "&& chmod", "; chmod", "&& ./", "; ./", "&& python", "; python"];
    fetches && (runs.iter().any(|word| line.contains(word)) || then.iter().any(|word| line.contains(word)))
}

/// `chmod +x /dev/shm/.x && /dev/shm/.x`.
fn starts_what_it_hid(line: &str) -> bool {
    let parts: Vec<Vec<&str>> = line.split(['&', ';', '\n']).map(|part| part.split_whitespace().collect()).collect();
    let made = parts.iter().filter(|words| words.first() == Some(&"chmod")).filter_map(|words| words.last());
    let hidden = |file: &str| file.contains("/.") || place::of_text(file) == place::Place::Temporary;
    made.filter(|file| hidden(file)).any(|file| parts.iter().any(|words| words.first() == Some(file)))
}

fn judge_part(part: &str) -> (Level, String) {
    let words: Vec<&str> = part.split_whitespace().collect();
    let program = words.first().copied().unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or(program).trim_matches(['\'', '"', '(', ')']);
    let is_python = name.starts_with("python") || name == "py";
    if is_python && words.windows(2).any(|pair| matches!(pair, ["-m", "pip" | "ensurepip" | "easy_install" | "conda"]))
        || installs(name, &words)
    {
        return (Level::High, format!("installs packages with `{name}`"));
    }
    if is_python && words.contains(&"-c") {
        return (Level::High, "runs Python from a command line".to_owned());
    }
    if is_python && words.windows(2).any(|pair| matches!(pair, ["-m", "http.server"])) {
        return (Level::High, "serves files on the network".to_owned());
    }
    if name == "rm" || name == "del" || name == "rmdir" || name == "mv" || name == "cp" {
        let outside = words.iter().skip(1).any(|word| place::of_text(word) >= place::Place::Outside);
        return (if outside { Level::High } else { Level::Medium }, format!("runs `{name}`"));
    }
    if name == "git" && words.contains(&"push") {
        return (Level::High, "sends a repository to another machine".to_owned());
    }
    if NETWORK.contains(&name) {
        return (Level::High, format!("uses the network through `{name}`"));
    }
    if RULING.contains(&name) {
        return (Level::High, format!("runs `{name}`, which rules over the machine or over other programs"));
    }
    let reads_outside = words.iter().skip(1).any(|word| place::of_text(word) >= place::Place::Secret);
    if reads_outside {
        return (Level::High, format!("runs `{name}` on something private"));
    }
    match name {
        "clear" | "cls" | "tput" | "title" | "color" => (Level::Low, format!("runs `{name}`")),
        _ if SHOWING.contains(&name) => (Level::Medium, format!("runs the fixed command `{name}`")),
        _ => (Level::Medium, "runs a fixed program".to_owned()),
    }
}

fn installs(name: &str, words: &[&str]) -> bool {
    let installer = matches!(
        name,
        "pip"
            | "pip3"
            | "conda"
            | "mamba"
            | "apt"
            | "apt-get"
            | "yum"
            | "dnf"
            | "brew"
            | "npm"
            | "gem"
            | "poetry"
            | "uv"
            | "easy_install"
    );
    installer
        && (name == "easy_install"
            || words.iter().any(|word| matches!(*word, "install" | "add" | "i" | "update" | "upgrade")))
}

fn verdict(level: Level, why: impl Into<String>) -> Verdict {
    Verdict::new(ThreatType::SystemAccess, level, why, FIXED)
}
