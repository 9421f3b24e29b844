//! Where a path leads, by its text: below the working folder, outside of it, to secrets, to places that start programs.

use super::super::value::{HOLE, Origins, Shape, Value};

/// What is at a path.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Place {
    /// `/dev/null` and its like.
    Nowhere,
    /// Below the working folder.
    Inside,
    /// Nothing is known of the path's beginning.
    Unknown,
    /// The folder for temporary files.
    Temporary,
    /// A folder beside the working folder: `../data`.
    Beside,
    /// Some other place of the machine.
    Outside,
    /// Keys, passwords, the system's users, other processes.
    Secret,
    /// What starts programs by itself.
    Startup,
}

/// Parts of paths that name what is private.
const SECRETS: &[&str] = &[
    "/.ssh",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa",
    "/.aws",
    "/.azure",
    "/.config/gcloud",
    "/.netrc",
    "/.pgpass",
    "/.my.cnf",
    ".git-credentials",
    "/.gnupg",
    "/.docker/config",
    "/.kube",
    "/etc/shadow",
    "/etc/passwd",
    "/etc/sudoers",
    "/etc/gshadow",
    "/.bash_history",
    "/.zsh_history",
    "/.python_history",
    "/.npmrc",
    "/.pypirc",
    "wallet.dat",
    "/.bitcoin",
    "/.ethereum",
    "/.electrum",
    "/exodus",
    "metamask",
    "login data",
    "cookies.sqlite",
    "/cookies",
    "local state",
    "logins.json",
    "key4.db",
    "keychain",
    "/etc/krb5",
    "/run/secrets",
    "/var/run/secrets",
    "service_account",
    "/.vault-token",
    "ntds.dit",
    "/system32/config/sam",
    "/.mozilla",
    "/chrome/user data",
    "google-chrome",
    "/etc/ssl/private",
    "authorized_keys",
    "/proc/self/environ",
    "/proc/1/",
    "/.cache/keyring",
    ".keystore",
    "/.config/solana",
    "/.local/share/keyrings",
    "/.gitconfig",
    "telegram desktop/tdata",
    "/.password-store",
    "/docker.sock",
    "/containerd.sock",
    "/kcore",
    "/dev/mem",
];

/// Parts of paths where a file runs by itself later.
const STARTUPS: &[&str] = &[
    "/etc/cron",
    "/var/spool/cron",
    "/etc/systemd",
    "/lib/systemd",
    "/systemd/user",
    "/etc/init.d",
    "/etc/rc.local",
    "/etc/rc.d",
    "/etc/profile",
    "/etc/bash.bashrc",
    "/etc/ld.so",
    "/etc/inittab",
    "/etc/pam.d",
    "/etc/sudoers",
    "/etc/passwd",
    "/etc/shadow",
    "/etc/hosts",
    "/etc/environment",
    "/.bashrc",
    "/.bash_profile",
    "/.profile",
    "/.zshrc",
    "/.zprofile",
    "/.zshenv",
    "/.bash_login",
    "/.bash_logout",
    "/.login",
    "/.config/fish",
    "/launchagents",
    "/launchdaemons",
    "/autostart",
    "authorized_keys",
    "/.ssh/config",
    "/.ssh/rc",
    "sitecustomize",
    "usercustomize",
    "site-packages",
    "dist-packages",
    "/startup/",
    "start menu/programs/startup",
    "/.git/hooks",
    "/.vimrc",
    "/.ipython/profile_default/startup",
    "/.xinitrc",
    "/.xprofile",
    "/.pythonrc",
    "/.pythonstartup",
    "/.config/systemd",
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/bin/",
    "/sbin/",
    "/boot",
    "/lib/python",
    "/system32",
    "/.local/bin",
    "/.local/lib",
    "/.jupyter",
    "/.condarc",
    "/pip.conf",
    "/.pydistutils.cfg",
];

/// Where a text leads.
pub(super) fn of_text(text: &str) -> Place {
    let path = text.replace('\\', "/").to_lowercase();
    let path = path.strip_prefix("file://").unwrap_or(&path);
    let rooted = format!("/{}", path.trim_start_matches("./"));
    let has_any = |parts: &[&str]| parts.iter().any(|part| rooted.contains(part));
    if matches!(path, "/dev/null" | "nul" | "/dev/stdout" | "/dev/stderr" | "/dev/stdin" | "-") {
        return Place::Nowhere;
    }
    let file = path.rsplit('/').next().unwrap_or(path);
    if path.contains(".git/hooks/") || matches!(file, "sitecustomize.py" | "usercustomize.py") {
        return Place::Startup;
    }
    let leads_out = is_rooted(path) || path.starts_with('~') || path.contains("../") || path == "..";
    if leads_out || path.starts_with(HOLE) || path.starts_with('$') || path.starts_with('%') || path.starts_with('.') {
        let is_startup = has_any(STARTUPS) || (path.ends_with(".pth") && path.contains("python"));
        match (is_startup, has_any(SECRETS)) {
            (true, _) if leads_out || path.starts_with(HOLE) || path.starts_with('$') || path.starts_with('%') => {
                return Place::Startup;
            }
            (_, true) => return Place::Secret,
            _ => {}
        }
    }
    match () {
        () if rooted.contains("id_rsa") || rooted.contains("id_ed25519") || rooted.contains("wallet.dat") => {
            Place::Secret
        }
        () if path.starts_with("/proc/")
            && !path.starts_with("/proc/cpuinfo")
            && !path.starts_with("/proc/meminfo") =>
        {
            Place::Secret
        }
        () if ["/tmp/", "/var/tmp/", "/dev/shm/"].iter().any(|folder| path.starts_with(folder)) || path == "/tmp" => {
            Place::Temporary
        }
        () if is_rooted(path) || path.starts_with('~') || path.starts_with("$home") || path.starts_with('%') => {
            Place::Outside
        }
        () if climbs(path) >= 2 => Place::Outside,
        () if climbs(path) == 1 => Place::Beside,
        () if path.is_empty() || path.starts_with(HOLE) || path.starts_with('$') => Place::Unknown,
        () => Place::Inside,
    }
}

fn is_rooted(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    path.starts_with('/') || drive
}

/// How many folders a relative path climbs above where it starts.
fn climbs(path: &str) -> usize {
    let mut depth = 0_isize;
    let mut highest = 0_isize;
    for part in path.split('/').take(64) {
        match part {
            ".." => depth -= 1,
            "" | "." => {}
            _ => depth += 1,
        }
        highest = highest.min(depth);
    }
    highest.unsigned_abs()
}

/// Folders that a program's file may be below the folder of its project.
const PROJECT_DEPTH: usize = 3;

/// `tempfile.mkdtemp()`, `tempfile.NamedTemporaryFile().name`.
fn is_temporary(value: &Value) -> bool {
    match &value.shape {
        Shape::Object(class, _) => class.starts_with("tempfile."),
        Shape::Method(_, path) => path.starts_with("tempfile.") && path.ends_with(".name"),
        _ => false,
    }
}

/// Where a value leads: the worst of its alternatives.
pub(super) fn of(value: &Value) -> Place {
    let one = |single: &Value| match single.as_text() {
        Some(text) => match of_text(&text) {
            // `Path(__file__).parents[2]`: the folder of the project, however deep the file is in it.
            Place::Outside if single.origins.any(Origins::ITSELF) && (1..=PROJECT_DEPTH).contains(&climbs(&text)) => {
                Place::Beside
            }
            place => place,
        },
        None if is_temporary(single) => Place::Temporary,
        None => Place::Unknown,
    };
    value.alternatives().iter().map(one).max().unwrap_or(Place::Unknown)
}

/// Whether deleting or overwriting everything there ends the machine's or the user's life.
pub(super) fn is_vital(text: &str) -> bool {
    let path = text.replace('\\', "/").to_lowercase();
    let path = path.trim_end_matches(['*', '/']);
    let short = path.is_empty() && text.starts_with(['/', '\\', '*']);
    let depth = path.split('/').filter(|part| !part.is_empty()).count();
    short
        || matches!(path, "~" | ".." | "$home" | "c:" | "%userprofile%" | "/home" | "/root" | "/users" | "c:/users")
        || (is_rooted(path) && depth <= 2 && !path.starts_with("/tmp") && !path.contains(HOLE))
        || ["/etc", "/usr", "/var", "/boot", "/lib", "/bin", "/sbin", "/opt", "/dev", "/sys", "c:/windows"]
            .iter()
            .any(|one| path.starts_with(one))
}

/// What reading from there makes of the read.
pub(super) fn origins(place: Place) -> Origins {
    match place {
        Place::Secret | Place::Startup => Origins::SECRET_FILE,
        Place::Outside => Origins::OUTSIDE_FILE,
        Place::Inside | Place::Beside | Place::Temporary => Origins::FILE,
        Place::Unknown | Place::Nowhere => Origins::NONE,
    }
}
