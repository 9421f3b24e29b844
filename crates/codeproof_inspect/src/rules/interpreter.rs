//! The interpreter and the machine's memory: `ctypes`, frames, tracing, import hooks.

use super::super::value::{Origins, Shape};
use super::super::verdict::{Level, ThreatType};
use super::{Call, Verdict, place, stores};

const PLAIN: &str = "use the library's own functions; raw memory and interpreter parts have no place in a scanner";

pub(super) fn judge(call: &Call<'_>) -> Option<Verdict> {
    let (kind, level, why): (ThreatType, Level, String) = match call.path {
        "ctypes.CDLL"
        | "ctypes.PyDLL"
        | "ctypes.WinDLL"
        | "ctypes.OleDLL"
        | "ctypes.cdll.LoadLibrary"
        | "cffi.FFI.dlopen"
        | "ctypes.windll.LoadLibrary" => library(call)?,
        "ctypes.memmove" | "ctypes.memset" | "ctypes.string_at" | "ctypes.wstring_at" | "ctypes.cast"
        | "ctypes.POINTER" | "ctypes.CFUNCTYPE" | "ctypes.WINFUNCTYPE" => {
            let level =
                if matches!(call.path, "ctypes.cast" | "ctypes.POINTER") { Level::Medium } else { Level::Critical };
            (ThreatType::MaliciousCode, level, "touches raw memory of the process".to_owned())
        }
        "sys.settrace" | "sys.setprofile" | "threading.settrace" | "sys.addaudithook" => {
            (ThreatType::SystemAccess, Level::Medium, "watches every step of the interpreter".to_owned())
        }
        "gc.get_objects" | "gc.get_referrers" | "gc.get_referents" | "sys._current_frames" => {
            (ThreatType::SystemAccess, Level::High, "goes through all objects of the interpreter".to_owned())
        }
        "sys.meta_path.insert" | "sys.meta_path.append" | "sys.path_hooks.insert" | "sys.path_hooks.append" => {
            (ThreatType::MaliciousCode, Level::High, "changes how modules are imported".to_owned())
        }
        "sys.path.append" | "sys.path.insert" | "site.addsitedir" => import_path(call)?,
        "os.environ.update" | "os.putenv" | "os.environ.__setitem__" | "os.environ.setdefault" => {
            return environment(call);
        }
        "code.interact" | "code.InteractiveConsole.interact" => {
            (ThreatType::CodeExecution, Level::Medium, "runs what is typed while it runs".to_owned())
        }
        "builtins.breakpoint" | "pdb.set_trace" | "IPython.embed" => {
            (ThreatType::SystemAccess, Level::Low, "stops in a debugger".to_owned())
        }
        "warnings.filterwarnings" | "warnings.simplefilter" => {
            let mitigation = "hide only the warnings you have read, by their category";
            return Some(Verdict::new(ThreatType::ApiAbuse, Level::Low, "hides warnings", mitigation));
        }
        "builtins.setattr" => return set_attribute(call),
        "fcntl.ioctl" | "termios.tcsetattr" | "termios.TIOCSTI" => terminal(call),
        "mmap.mmap" => (ThreatType::SystemAccess, Level::Medium, "maps memory".to_owned()),
        path if path.starts_with("ctypes.") && is_foreign_function(path) => {
            let level = match call.method() {
                _ if path.starts_with("ctypes.pythonapi.") => Level::Critical,
                "SetThreadExecutionState" | "SetConsoleTitleW" | "SetConsoleMode" | "GetStdHandle" | "malloc_trim" => {
                    Level::Medium
                }
                "from_address" | "from_buffer" | "ptrace" | "mprotect" | "mmap" | "syscall" | "VirtualAlloc"
                | "CreateThread" | "RtlMoveMemory" | "WriteProcessMemory" | "CreateRemoteThread" | "VirtualProtect"
                | "execve" | "mount" | "prctl" | "process_vm_writev" | "process_vm_readv" | "ShellExecuteW"
                | "ShellExecuteA" | "WinExec" | "kill" | "dlopen" => Level::Critical,
                _ => Level::High,
            };
            (ThreatType::MaliciousCode, level, format!("calls `{}` of a native library", call.method()))
        }
        _ => return None,
    };
    Some(Verdict::new(kind, level, why, PLAIN))
}

/// A function of a loaded library, or a type laid over an address.
fn is_foreign_function(path: &str) -> bool {
    let through = [
        "ctypes.CDLL.",
        "ctypes.PyDLL.",
        "ctypes.WinDLL.",
        "ctypes.cdll.",
        "ctypes.windll.",
        "ctypes.pythonapi.",
        "ctypes.oledll.",
    ];
    through.iter().any(|library| path.starts_with(library))
        || path.ends_with(".from_address")
        || path.ends_with(".from_buffer")
}

fn library(call: &Call<'_>) -> Option<(ThreatType, Level, String)> {
    let place = call.arguments.positional.first().map(place::of);
    let level = match place {
        Some(place::Place::Unknown | place::Place::Temporary) => Level::High,
        _ => Level::High,
    };
    Some((ThreatType::SystemAccess, level, "loads a native library".to_owned()))
}

fn import_path(call: &Call<'_>) -> Option<(ThreatType, Level, String)> {
    let folder = call.arguments.positional.last()?;
    let level = match place::of(folder) {
        _ if folder.origins.any(Origins::NETWORK.with(Origins::INPUT)) => Level::High,
        place::Place::Temporary => Level::High,
        place::Place::Outside | place::Place::Secret | place::Place::Startup => Level::Medium,
        _ => Level::Low,
    };
    Some((ThreatType::SystemAccess, level, "extends the folders that modules are imported from".to_owned()))
}

fn environment(call: &Call<'_>) -> Option<Verdict> {
    let mut names: Vec<std::rc::Rc<str>> =
        call.arguments.positional.iter().take(1).filter_map(super::Value::as_known_text).collect();
    for value in &call.arguments.positional {
        if let Shape::Dictionary(items) = &value.shape {
            names.extend(items.iter().filter_map(|(key, _)| key.as_known_text()));
        }
    }
    names.extend(call.arguments.named.iter().filter_map(|(name, _)| name.clone()));
    names.iter().filter_map(|name| stores::variable(name)).max_by_key(|verdict| verdict.level)
}

/// `setattr(builtins, 'open', …)`.
fn set_attribute(call: &Call<'_>) -> Option<Verdict> {
    let [owner, name, value, ..] = call.arguments.positional.as_slice() else { return None };
    let name = name.as_known_text().unwrap_or_else(|| "?".into());
    let mut owners = owner.alternatives().iter();
    owners.find_map(|owner| match &owner.shape {
        Shape::Name(path) => stores::attribute(path, &name, value),
        _ => None,
    })
}

fn terminal(call: &Call<'_>) -> (ThreatType, Level, String) {
    let types =
        call.arguments.values().any(|value| matches!(&value.shape, Shape::Name(path) if path.ends_with("TIOCSTI")));
    match types {
        true => (ThreatType::MaliciousCode, Level::Critical, "types into the terminal of whoever runs it".to_owned()),
        false => (ThreatType::SystemAccess, Level::Medium, "controls a device".to_owned()),
    }
}
