//! The warm server: its runs are as isolated as single ones, and from each other.

use std::time::Duration;

use codeproof_sandbox::{Ending, Error, Job, Outcome, PlacedFile, Policy, Warm};

use crate::setting::{attack, folder_with, policy, python, sandbox, shown};

/// A server for programs without folders, or a sentence.
fn server(change: impl FnOnce(Job) -> Job) -> Option<(Warm, Job)> {
    let Some(python) = python() else {
        eprintln!("SKIPPED: no python3 on this machine");
        return None;
    };
    let job = change(Job::new(python, "program.py", ""));
    match sandbox().warm(&job, &policy(), &["decimal", "there_is_no_such_module"]) {
        Ok(server) => Some((server, job)),
        Err(Error::Refused { part, why }) => {
            eprintln!("SKIPPED: this kernel refuses {part}: {why}");
            None
        }
        Err(error) => panic!("{error:?}"),
    }
}

fn run(server: &mut Warm, job: &Job, text: &str, policy: &Policy) -> Outcome {
    let program = PlacedFile { name: "program.py".into(), content: text.into() };
    server.run(&Job { program, ..job.clone() }, policy).expect("a run of the server")
}

#[test]
fn runs_find_what_they_need_and_packages_are_there_already() {
    let folder = folder_with("daily.csv", "a,b\n");
    let modules = folder_with("shared_rows.py", "VALUE = 3\n");
    let found = server(|job| {
        let mut job = job.folder(folder.path(), "/data").modules(modules.path()).argument("--json");
        job.support.push(PlacedFile { name: "beside.py".into(), content: b"VALUE = 4".to_vec() });
        job
    });
    let Some((mut server, job)) = found else { return };
    let text = "
import sys, os, shared_rows, beside
assert __name__ == '__main__' and __file__ == '/job/program.py' and sys.modules['__main__'].__dict__ is globals()
print('decimal' in sys.modules, sys.argv[1:], shared_rows.VALUE, beside.VALUE, open('/data/daily.csv').read().strip())
";
    for _ in 0..2 {
        let outcome = run(&mut server, &job, text, &policy());
        assert_eq!(outcome.last_line(), Some("True ['--json'] 3 4 a,b"), "{}", shown(&outcome));
        assert_eq!((outcome.ending, outcome.incidents.len()), (Ending::Exited(0), 0), "{:?}", outcome.incidents);
    }
}

#[test]
fn a_run_is_as_isolated_as_a_single_one() {
    let Some((mut server, job)) = server(|job| job) else { return };
    let text = attack(
        "
import mmap, resource
out = [number for number in range(3, 1024) if is_open(number)]
out += [path for path in ('/etc/passwd', '/proc/1/environ', '/run/codeproof/x', '/usr/lib/x', '/job/x', '/x') if not
        (fails(open, path) and fails(open, path, 'w'))]
out += [call for call in ('unshare', 'umount', 'chroot', 'setns') if getattr(libc, call)(0, 0) != -1]
out += [libc.prctl(23, right, 0, 0, 0) for right in range(41) if libc.prctl(23, right, 0, 0, 0) > 0]
out += [pid for pid in range(2, 3000) if not fails(os.kill, pid, 0)]
out += ['socket'] if libc.socket(1, 1, 0) >= 0 else []
out += ['copy'] if fails(open, 'copy', 'w') or libc.execl(b'copy', b'copy', None) != -1 else []
out += ['limit'] if resource.getrlimit(resource.RLIMIT_AS)[0] == -1 else []
out += [] if fails(mmap.mmap, -1, 4096) else ['shared memory']
out += [] if fails(resource.setrlimit, resource.RLIMIT_CORE, (0, 0)) else ['cores']
print(out, os.getuid(), os.getpid(), os.getppid(), os.environ.get('PATH'))
",
    );
    let outcome = run(&mut server, &job, &text, &policy());
    assert_eq!(outcome.last_line(), Some("[] 65534 1 0 /nonexistent"), "{}", shown(&outcome));
}

#[test]
fn a_run_changes_nothing_for_the_next() {
    let Some((mut server, job)) = server(|job| job) else { return };
    let first = "
import decimal, os, signal, sys, tempfile, time, builtins
decimal.Decimal = print; builtins.len = lambda value: 0; sys.path.insert(0, '/own/tmp'); os.environ['LEFT'] = '1'
for path in ('/dev/shm/x', tempfile.gettempdir() + '/sitecustomize.py', 'left'):
    open(path, 'w').write('raise SystemExit(3)')
for pid in (-1, 1): os.kill(pid, signal.SIGKILL) if pid == 1 else None
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: time.sleep(600)
print('done')
";
    let outcome = run(&mut server, &job, first, &policy());
    assert_eq!(outcome.last_line(), Some("done"), "{}", shown(&outcome));
    let second = "
import decimal, os, tempfile
print(decimal.Decimal('1.5'), len('abc'), 'LEFT' in os.environ, os.listdir('/dev/shm') + os.listdir('.') + os.listdir(tempfile.gettempdir()))
";
    let outcome = run(&mut server, &job, second, &policy());
    assert_eq!(outcome.last_line(), Some("1.5 3 False []"), "{}", shown(&outcome));
}

#[test]
fn a_run_that_is_ended_does_not_end_the_server() {
    let Some((mut server, job)) = server(|job| job) else { return };
    let short = Policy { wall_time: Duration::from_millis(300), ..policy() };
    let cases = [
        ("import time\ntime.sleep(600)", Ending::WallTime),
        ("raise SystemExit(3)", Ending::Exited(3)),
        ("import os\nwhile True: os.write(1, b'x' * 65536)", Ending::Output),
        ("x = bytearray(1 << 40)", Ending::Memory),
        ("import ctypes\nctypes.string_at(0)", Ending::Killed(11)),
        ("x = (", Ending::Exited(1)),
        ("print('still here')", Ending::Exited(0)),
    ];
    for (text, expected) in cases {
        let policy = if expected == Ending::WallTime { &short } else { &policy() };
        let outcome = run(&mut server, &job, text, policy);
        assert_eq!(outcome.ending, expected, "{text}: {}", shown(&outcome));
    }
    let outcome = run(&mut server, &job, "def f():\n    raise ValueError('why')\nf()", &policy());
    let told = String::from_utf8_lossy(&outcome.stderr);
    assert!(told.starts_with("Traceback") && told.contains("line 3, in <module>") && !told.contains("warm"), "{told}");
}

#[test]
fn a_server_outlives_the_thread_that_started_it() {
    let started = std::thread::spawn(|| server(|job| job)).join().expect("the thread");
    let Some((mut server, job)) = started else { return };
    assert_eq!(run(&mut server, &job, "print(1)", &policy()).last_line(), Some("1"));
}

#[test]
fn jobs_of_another_kind_are_refused() {
    let folder = folder_with("daily.csv", "");
    let Some((mut server, job)) = server(|job| job) else { return };
    let other = job.folder(folder.path(), "/data");
    assert!(matches!(server.run(&other, &policy()), Err(Error::Layout(_))));
}

#[test]
fn a_run_does_not_find_the_text_of_the_one_before() {
    let Some((mut server, job)) = server(|job| job) else { return };
    let word = format!("{:x}", std::process::id()).repeat(8);
    run(&mut server, &job, &format!("x = '{word}'\n").repeat(1_000), &policy());
    let turned: String = word.chars().rev().collect();
    // Reads its own heap, page by page downwards as far as it is there.
    let text = format!(
        "
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.sbrk.restype = ctypes.c_void_p
answer, word = ctypes.create_string_buffer(1), '{turned}'[::-1].encode()
page, seen, found = libc.sbrk(0) & ~4095, 0, 0
while libc.mincore(ctypes.c_void_p(page - 4096), ctypes.c_size_t(4096), answer) == 0:
    page -= 4096; seen += 1; found += ctypes.string_at(page, 4096).count(word)
print(seen > 100, found)
"
    );
    let outcome = run(&mut server, &job, &text, &policy());
    assert_eq!(outcome.last_line(), Some("True 0"), "{}", shown(&outcome));
}

#[test]
fn a_program_ends_as_by_the_interpreter_itself() {
    let Some((mut server, job)) = server(|job| job) else { return };
    let text = "
import atexit, sys, threading
class Last:
    def __del__(self):
        print('last')
kept, begun = Last(), threading.Event()
threading.Thread(target=lambda: begun.wait() and print('thread')).start()
atexit.register(print, 'bye')
open('left.txt', 'w').write('not flushed by hand')
begun.set()
sys.exit('words')
";
    let outcome = run(&mut server, &job, text, &policy());
    assert_eq!(String::from_utf8_lossy(&outcome.stdout), "thread\nbye\nlast\n", "{}", shown(&outcome));
    assert_eq!((outcome.ending, shown(&outcome).contains("words")), (Ending::Exited(1), true));
}
