//! Programs that try to get out, to stay, or to use more than they may.

use codeproof_sandbox::{Ending, Part, ResultProblem};

use crate::setting::{check, folder_with, policy, run, run_with, sandbox, shown};

#[test]
fn files_of_this_machine_are_not_there() {
    let folder = folder_with("secret.txt", "made for this test");
    let text = format!(
        "import os\ntry:\n    print(open({:?}).read())\nexcept OSError as error:\n    print(type(error).__name__)\n",
        folder.path().join("secret.txt")
    );
    if let Some(outcome) = run(&text) {
        assert_eq!(outcome.last_line(), Some("FileNotFoundError"), "{}", shown(&outcome));
    }
    check("import os\nprint(sorted(set(os.listdir('/../..')) & {'home', 'root', 'proc', 'sys', 'boot', 'var'}))", "[]");
}

#[test]
fn attempts_are_seen_and_stay_out_of_standard_error() {
    let text = "
import os, subprocess, sys
sys.stderr.write('no line end'); sys.stderr.flush()
for attempt in (lambda: open('/etc/passwd'), lambda: subprocess.run(['id']), lambda: os.listdir('/home')):
    try:
        attempt()
    except OSError: pass
sys.stderr.write('last\\n')
";
    if let Some(outcome) = run(text) {
        let events: Vec<&str> = outcome.incidents.iter().map(|incident| incident.event.as_str()).collect();
        assert_eq!(events, ["open", "subprocess.Popen", "os.listdir"]);
        assert_eq!(String::from_utf8_lossy(&outcome.stderr), "no line end\nlast\n");
    }
}

#[test]
fn what_may_be_read_may_not_be_written() {
    let folder = folder_with("daily.csv", "a,b\n");
    let text = "
import os
done = []
for path in ('/data/daily.csv', '/data/new.csv', __file__, '/new', '/usr/lib/new', '/dev/new', '/etc/new', '/modules/0/m.py'):
    try:
        open(path, 'a').write('x'); done.append(path)
    except OSError: pass
for call in (os.chmod, os.truncate):
    try:
        call('/data/daily.csv', 0); done.append(call.__name__)
    except OSError: pass
print(open('/data/daily.csv').read().strip(), done)
";
    let outcome = run_with(text, |job, _| *job = job.clone().folder(folder.path(), "/data").modules(folder.path()));
    if let Some(outcome) = outcome {
        assert_eq!(outcome.last_line(), Some("a,b []"), "{}", shown(&outcome));
        assert_eq!(std::fs::read_to_string(folder.path().join("daily.csv")).unwrap(), "a,b\n");
    }
}

#[test]
fn links_in_a_folder_lead_nowhere() {
    let folder = folder_with("file", "");
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).unwrap();
    let text = "
try:
    print(len(open('/data/link').read()))
except OSError as error:
    print(type(error).__name__)
";
    let outcome = run_with(text, |job, _| *job = job.clone().folder(folder.path(), "/data"));
    if let Some(outcome) = outcome {
        assert_eq!(outcome.last_line(), Some("FileNotFoundError"), "{}", shown(&outcome));
    }
}

#[test]
fn nothing_of_the_caller_is_inherited() {
    let folder = folder_with("open.txt", "made for this test");
    let file = std::fs::File::open(folder.path().join("open.txt")).unwrap();
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty()).unwrap();
    let text = "
import os
def is_open(number):
    try:
        os.fstat(number)
        return True
    except OSError:
        return False
print([number for number in range(3, 1024) if is_open(number)], [name for name in os.environ if 'CARGO' in name], os.read(0, 9))
";
    check(text, "[] [] b''");
}

#[test]
fn no_socket_leads_out() {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixListener};
    let name = format!("codeproof-test-{}", std::process::id());
    let _listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let text = format!(
        "
import ctypes, socket
libc = ctypes.CDLL(None, use_errno=True)
made = [family for family in (1, 2, 10, 16, 17, 38, 40) if libc.socket(family, 1, 0) >= 0]
left, right = socket.socketpair()
try:
    left.sendto(b'x', '\\0{name}'); made.append('sent')
except OSError: pass
right.close()
try:
    left.connect('\\0{name}'); made.append('connected')
except OSError: pass
print(made)
"
    );
    check(&text, "[]");
}

#[test]
fn dangerous_calls_do_not_exist() {
    // keyctl, bpf, userfaultfd, io_uring_setup, unshare, setns, ptrace, process_vm_readv, open_tree, mount_setattr,
    // clone3, memfd_create, pidfd_open, seccomp: by number, as a program would that avoids its own libraries.
    let numbers = if cfg!(target_arch = "x86_64") {
        "(250, 321, 323, 425, 272, 308, 101, 310, 428, 442, 435, 319, 434, 317)"
    } else {
        "(219, 280, 282, 425, 97, 268, 117, 270, 428, 442, 435, 279, 434, 277)"
    };
    let text = format!(
        "
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
room = ctypes.create_string_buffer(256)
print([number for number in {numbers} if libc.syscall(number, room, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 38])
"
    );
    check(&text, "[]");
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_other_numbers_of_calls_do_not_exist() {
    // The x32 forms of getpid and ptrace: a list of forbidden numbers would miss them.
    let text = "
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print([libc.syscall(0x40000000 | number, 0, 0, 0, 0) for number in (39, 521)])
";
    check(text, "[-1, -1]");
}

#[test]
fn new_namespaces_cannot_be_entered() {
    // clone with a new user namespace; the flags lie in the first argument.
    let number = if cfg!(target_arch = "x86_64") { 56 } else { 220 };
    let text = format!(
        "
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = [libc.syscall({number}, flag | 17, 0, 0, 0, 0) for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000)]
print(done)
"
    );
    check(&text, "[-1, -1, -1, -1]");
}

#[test]
fn dropped_programs_do_not_run() {
    let text = "
import os, shutil, subprocess, sys
shutil.copy(os.path.realpath(sys.executable), 'copy'); os.chmod('copy', 0o755)
open('script', 'w').write('#!' + sys.executable + '\\nprint(1)'); os.chmod('script', 0o755)
loaders = [path for path in ('/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1') if os.path.exists(path)]
ran = []
for command in [['./copy', '-c', '1'], ['./script']] + [[loader, './copy', '-c', '1'] for loader in loaders]:
    try:
        if subprocess.run(command, capture_output=True).returncode == 0: ran.append(command)
    except OSError: pass
print(ran)
";
    check(text, "[]");
}

#[test]
fn nobody_outlives_the_program() {
    // The daemon keeps standard output open: were it alive, the run would not come back in time.
    let text = "
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.wait()
print('done')
";
    if let Some(outcome) = run(text) {
        assert_eq!((outcome.ending, outcome.last_line()), (Ending::Exited(0), Some("done")), "{}", shown(&outcome));
    }
}

#[test]
fn signals_reach_nobody_else() {
    let text = "
import os, signal
hit = []
for pid in [-1, os.getppid()] + list(range(2, 5000)):
    if pid == 0: continue
    try:
        os.kill(pid, signal.SIGKILL); hit.append(pid)
    except OSError: pass
print(hit, os.getpid(), os.getppid())
";
    check(text, "[] 1 0");
}

#[test]
fn sleeping_and_working_are_both_ended() {
    let short = |text: &str| {
        run_with(text, |_, policy| {
            policy.wall_time = std::time::Duration::from_millis(400);
        })
    };
    let deaf = "import signal, time\nfor s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\nprint(1, flush=True)\n";
    if let Some(outcome) = short(&format!("{deaf}time.sleep(600)")) {
        assert_eq!((outcome.ending, outcome.last_line()), (Ending::WallTime, Some("1")));
    }
    if let Some(outcome) = short(&format!("{deaf}import os\nwhile True: os.fork() if os.getpid() == 1 else None")) {
        assert!(matches!(outcome.ending, Ending::WallTime | Ending::Exited(1)), "{}", shown(&outcome));
    }
    let busy = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass";
    if let Some(outcome) = run_with(busy, |_, policy| policy.cpu_seconds = 1) {
        assert_eq!(outcome.ending, Ending::CpuTime, "{}", shown(&outcome));
    }
}

#[test]
fn limits_cannot_be_raised() {
    let text = "
import resource
raised = []
for name in ('AS', 'CPU', 'NPROC', 'FSIZE', 'NOFILE', 'CORE'):
    which = getattr(resource, 'RLIMIT_' + name)
    soft, hard = resource.getrlimit(which)
    try:
        resource.setrlimit(which, (hard + 1, hard + 1)); raised.append(name)
    except (ValueError, OSError): pass
    if soft == -1 or hard == -1: raised.append(name)
print(raised)
";
    check(text, "[]");
}

#[test]
fn memory_is_bounded_for_one_and_for_all() {
    if let Some(outcome) = run("x = bytearray(1 << 40)") {
        assert_eq!(outcome.ending, Ending::Memory, "{}", shown(&outcome));
    }
    // Each process stays below its limit; together they do not.
    let many = "
import os, time
for _ in range(6):
    if os.fork() == 0:
        x = bytearray(b'1') * (60 << 20)
        time.sleep(600)
time.sleep(600)
";
    if let Some(outcome) = run_with(many, |_, policy| policy.memory_bytes = 200 << 20) {
        assert_eq!(outcome.ending, Ending::Memory, "{}", shown(&outcome));
    }
}

#[test]
fn the_scratch_folder_has_a_size_and_a_number_of_files() {
    let text = "
import tempfile
place = tempfile.gettempdir()
def fill(make):
    try:
        make()
    except OSError as error:
        return error.errno
def big():
    for number in range(100):
        with open(f'{place}/big{number}', 'wb') as file: file.write(b'1' * (1 << 20))
def many():
    for number in range(100000): open(f'small{number}', 'w').close()
def sparse():
    with open('/dev/shm/sparse', 'wb') as file: file.truncate(1 << 40)
print(fill(sparse), fill(many), fill(big))
";
    // EFBIG; ENOSPC for files; ENOSPC for bytes.
    check(text, "27 28 28");
}

#[test]
fn no_scratch_folder_is_not_an_endless_one() {
    let text = "
try:
    open('big', 'wb').write(b'1' * (1 << 20)); print('written')
except OSError as error:
    print(error.errno in (27, 28))
";
    if let Some(outcome) = run_with(text, |_, policy| policy.scratch_bytes = 0) {
        assert_eq!(outcome.last_line(), Some("True"), "{}", shown(&outcome));
    }
}

#[test]
fn what_may_be_missing_is_there_where_the_kernel_has_it() {
    let text = "
import ctypes, resource
libc = ctypes.CDLL(None, use_errno=True)
print(libc.unshare(0), ctypes.get_errno(), resource.getrlimit(resource.RLIMIT_AS)[1] == -1)
";
    let allowed = run_with(text, |_, policy| policy.allow_weaker = Part::ALL.to_vec());
    let (Some(outcome), Ok(parts)) = (allowed, sandbox().parts()) else { return };
    if parts.iter().all(|status| status.available || !status.part.is_required()) {
        assert_eq!(outcome.last_line(), Some("-1 38 False"), "{}", shown(&outcome));
    }
}

#[test]
fn floods_are_cut() {
    let text = "import os\nwhile True: os.write(1, b'x' * 65536); os.write(2, b'y' * 65536)";
    if let Some(outcome) = run(text) {
        assert_eq!(outcome.ending, Ending::Output);
        assert!(outcome.stdout.len() <= policy().stdout_bytes && outcome.stderr.len() <= policy().stderr_bytes);
    }
}

#[test]
fn hostile_results_are_told_apart() {
    let text = "print('{\"rows\":' + '[' * 100000 + ']' * 100000 + '}')";
    if let Some(outcome) = run(text) {
        assert_eq!(outcome.result(&policy()), Err(ResultProblem::TooDeep(policy().result_depth)));
    }
    if let Some(outcome) = run("print('{\"rows\": [NaN]}')") {
        assert!(matches!(outcome.result(&policy()), Err(ResultProblem::NotJson(_))));
    }
    if let Some(outcome) = run_with("print('\"' + 'x' * 5000 + '\"')", |_, policy| policy.result_bytes = 1000) {
        let small = codeproof_sandbox::Policy { result_bytes: 1000, ..policy() };
        assert_eq!(outcome.result(&small), Err(ResultProblem::TooLong(5002)));
    }
    if let Some(outcome) = run("import sys\nsys.stdout.buffer.write(b'\\xff\\xfe\\n')") {
        assert_eq!(outcome.result(&policy()), Err(ResultProblem::Missing));
    }
}

#[test]
fn a_run_leaves_nothing_for_the_next() {
    let text = "
import os, tempfile
for path in ('/dev/shm/x', tempfile.gettempdir() + '/sitecustomize.py', 'left', os.path.expanduser('~/.left')):
    open(path, 'w').write('raise SystemExit(3)')
print('written')
";
    check(text, "written");
    check("import os\nprint(os.listdir('/dev/shm') + os.listdir('/tmp') + os.listdir('.'))", "[]");
}
