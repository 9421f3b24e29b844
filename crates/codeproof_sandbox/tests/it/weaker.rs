//! Runs on a machine that refuses namespaces: Landlock, the filter and the limits hold alone. The machine is played by a
//! script that starts the helper in a namespace of users in which no further one may be made, without any right.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use codeproof_sandbox::{Ending, Error, Job, Outcome, Part, Policy, Sandbox};

use crate::setting::{NAMESPACES, attack, folder_with, policy, python, shown};

/// Who starts the sandbox when the tests run as root: for root, the kernel does not count processes.
const NOBODY: u32 = 65_534;

/// A sandbox on such a machine, or a sentence.
fn sandbox() -> Option<(tempfile::TempDir, Sandbox)> {
    let script = format!(
        "#!/bin/sh\n[ $(id -u) = 0 ] && as='/usr/bin/setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups'\n\
         exec $as /usr/bin/unshare --user --map-user=1000 --map-group=1000 --keep-caps -- /bin/sh -c 'echo 0 > \
         /proc/sys/user/max_user_namespaces && exec /usr/bin/setpriv --inh-caps=-all --ambient-caps=-all \
         --bounding-set=-all \"$0\" \"$@\"' {} \"$@\"\n",
        env!("CARGO_BIN_EXE_codeproof-sandbox-helper")
    );
    let folder = folder_with("helper", &script);
    let helper = folder.path().join("helper");
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).expect("rights on it");
    let sandbox = Sandbox::with_helper(helper);
    let refused = |part: Part| {
        let parts = sandbox.parts().ok()?;
        parts.into_iter().find(|status| status.part == part).map(|status| !status.available)
    };
    let plays = refused(Part::MountNamespace) == Some(true) && refused(Part::Landlock) == Some(false);
    if !plays {
        eprintln!("SKIPPED: this machine cannot play one without namespaces");
        return None;
    }
    Some((folder, sandbox))
}

fn weaker(policy: Policy) -> Policy {
    Policy { allow_weaker: NAMESPACES.to_vec(), ..policy }
}

fn run_with(text: &str, change: impl FnOnce(&mut Job, &mut Policy)) -> Option<Outcome> {
    let (_folder, sandbox) = sandbox()?;
    let mut job = Job::new(python()?, "program.py", text);
    let mut policy = weaker(policy());
    change(&mut job, &mut policy);
    match sandbox.run(&job, &policy) {
        Ok(outcome) => Some(outcome),
        // A kernel whose Landlock is too old to stand alone, or a root that cannot become somebody else.
        Err(Error::Refused { part: part @ (Part::Landlock | Part::UserNamespace), why }) => {
            eprintln!("SKIPPED: {part}: {why}");
            None
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    if let Some(outcome) = run_with(text, |_, _| {}) {
        assert_eq!(outcome.last_line(), Some(expected), "{}", shown(&outcome));
    }
}

/// Somebody else's process.
struct Bystander(Child);

impl Bystander {
    fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "somebody must be there to be attacked")]
        let mut command = Command::new("/bin/sleep");
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY);
        }
        Self(command.arg("600").spawn().expect("a process"))
    }

    fn lives(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn nothing_runs_until_all_of_them_are_named() {
    let (Some((_folder, sandbox)), Some(python)) = (sandbox(), python()) else { return };
    let job = Job::new(python, "program.py", "print(1)");
    for allowed in [&[][..], &[Part::UserNamespace], &NAMESPACES[..5]] {
        let policy = Policy { allow_weaker: allowed.to_vec(), ..policy() };
        let refused = sandbox.run(&job, &policy);
        assert!(matches!(&refused, Err(Error::Refused { part, .. }) if !allowed.contains(part)), "{refused:?}");
    }
    assert!(matches!(sandbox.warm(&job, &weaker(policy()), &[]), Err(Error::Setup { .. })));
}

#[test]
fn a_program_finds_its_data_and_leaves_nothing() {
    let data = folder_with("daily.csv", "ticker,close\nA,1\n");
    let modules = folder_with("shared_rows.py", "VALUE = 3\n");
    let text = "
import os, sys, shared_rows, tempfile, concurrent.futures
rows = open(sys.argv[2] + '/daily.csv').read().split()
open('rows.csv', 'w').write(rows[1])
with tempfile.NamedTemporaryFile() as file: file.write(b'x')
with concurrent.futures.ThreadPoolExecutor(2) as pool: assert list(pool.map(abs, [-1])) == [1]
os.makedirs('a/' + 'b/' * 300); os.mkdir('closed', 0)
print(sys.argv[1], shared_rows.VALUE, os.getcwd())
";
    let outcome = run_with(text, |job, _| {
        *job = job.clone().folder(data.path(), "/data").modules(modules.path()).collect("rows.csv");
        *job = job.clone().argument("--data").argument("/data");
    });
    let Some(outcome) = outcome else { return };
    assert_eq!(outcome.ending, Ending::Exited(0), "{}", shown(&outcome));
    assert_eq!(outcome.files.first().map(|file| &*file.content), Some(&b"A,1"[..]));
    assert_eq!(outcome.weaker, NAMESPACES);
    assert_eq!(outcome.incidents, []);
    let place = outcome.last_line().and_then(|line| line.strip_prefix("--data 3 ")).expect("where it was");
    assert!(place.ends_with("/own/work") && !Path::new(place.trim_end_matches("/own/work")).exists(), "{place}");
}

#[test]
fn nothing_else_is_read_listed_or_changed() {
    let data = folder_with("daily.csv", "a,b\n");
    let secret = folder_with("secret.txt", "made for this test");
    let text = format!(
        "
data, secret = sys.argv[1], {:?}
for path in (secret + '/secret.txt', '/etc/passwd', '/etc/hosts', '/proc/self/environ', '/proc/1/cmdline', '/proc/self/mem'):
    attempt('read ' + path, open, path)
for path in ('/', '/tmp', '/home', '/root', '/proc', '/sys', '/dev', secret, '../..', '../../..'):
    attempt('list ' + path, os.listdir, path)
for path in (data + '/daily.csv', data + '/new', secret + '/secret.txt', secret + '/new', '/var/tmp/new', __file__, '/dev/shm/new'):
    attempt('write ' + path, open, path, 'a')
file = data + '/daily.csv'
attempt('mode', os.chmod, file, 0o777); attempt('size', os.truncate, file, 0); attempt('times', os.utime, file, (0, 0))
attempt('remove', os.unlink, file); attempt('rename', os.rename, file, 'taken'); attempt('link', os.link, file, 'linked')
attempt('secret mode', os.chmod, secret, 0o777); attempt('owner', os.chown, file, 0, 0)
os.symlink(secret + '/secret.txt', 'near'); attempt('by link', open, 'near')
descriptor = os.open(file, os.O_RDONLY)
attempt('fchmod', os.fchmod, descriptor, 0o777); attempt('cut', os.open, file, os.O_RDONLY | os.O_TRUNC)
print(done)
",
        secret.path()
    );
    let outcome = run_with(&attack(&text), |job, _| *job = job.clone().folder(data.path(), "/data").argument("/data"));
    if let Some(outcome) = outcome {
        assert_eq!(outcome.last_line(), Some("[]"), "{}", shown(&outcome));
        assert_eq!(std::fs::read_to_string(data.path().join("daily.csv")).unwrap(), "a,b\n");
    }
}

#[test]
fn other_processes_are_not_reached() {
    let mut bystander = Bystander::start();
    let text = format!(
        "
import fcntl, resource
other = {}
for pid in (other, os.getppid(), -other):
    for number in (0, 15, 9): attempt((pid, number), os.kill, pid, number)
attempt('prlimit', resource.prlimit, other, resource.RLIMIT_CPU, (0, 0))
left, right = os.pipe()
for command in (8, 10, 15): attempt('owner of a descriptor', fcntl.fcntl, left, command, other)
done += [call for call in ('ptrace', 'tgkill', 'setpriority', 'sched_setaffinity') if getattr(libc, call)(other, other, 9, 0) == 0]
print(done)
",
        bystander.0.id()
    );
    check(&attack(&text), "[]");
    assert!(bystander.lives());
}

#[test]
fn the_network_is_not_reached() {
    let text = "
all_kinds = [(family, kind) for family in range(64) for kind in range(1, 11)]
room = (ctypes.c_int * 2)()
made = [one for one in all_kinds if libc.socket(*one, 0) >= 0]
made += [one for one in all_kinds if one not in ((1, 1), (1, 5)) and libc.socketpair(*one, 0, room) >= 0]
print(made)
";
    check(&attack(text), "[]");
}

#[test]
fn nobody_outlives_the_program() {
    let text = "
import os, time
def leave(depth):
    if os.fork() == 0:
        os.setsid()
        leave(depth - 1) if depth else time.sleep(600)
        os._exit(0)
left, right = os.pipe()
leave(3)
if os.fork() == 0:
    while True:
        try:
            if os.fork(): os._exit(0)
            os.setsid()
        except OSError: pass
print('done', flush=True)
os._exit(0)
";
    if let Some(outcome) = run_with(text, |_, _| {}) {
        assert_eq!((outcome.ending, outcome.last_line()), (Ending::Exited(0), Some("done")), "{}", shown(&outcome));
    }
    let short = |_: &mut Job, policy: &mut Policy| policy.wall_time = Duration::from_millis(600);
    if let Some(outcome) = run_with("import time\ntime.sleep(600)", short) {
        assert_eq!(outcome.ending, Ending::WallTime, "{}", shown(&outcome));
    }
}

#[test]
fn limits_and_the_folders_size_hold() {
    let many =
        "import time\nfor number in range(100): open(f'big{number}', 'wb').write(b'1' * (1 << 20))\ntime.sleep(600)";
    if let Some(outcome) = run_with(many, |_, _| {}) {
        assert_eq!(outcome.ending, Ending::Killed(25), "{}", shown(&outcome));
    }
    // Removed files that somebody holds: by a descriptor, by one that is no name from the beginning, by a mapping alone.
    let held = [
        "open(f'{number}', 'w+b')",
        "os.fdopen(os.open('.', os.O_TMPFILE | os.O_RDWR), 'w+b')",
        "mapped(open(f'{number}', 'w+b'))",
    ];
    for how in held {
        let text = format!(
            "
import mmap, os, time
def mapped(file):
    file.truncate(1 << 20)
    return mmap.mmap(file.fileno(), 1 << 20)
kept = []
for number in range(40):
    kept.append({how}); kept[-1].write(b'1' * (1 << 20)); kept[-1].flush()
    if os.path.exists(f'{{number}}'): os.unlink(f'{{number}}')
time.sleep(600)
"
        );
        if let Some(outcome) = run_with(&text, |_, _| {}) {
            assert_eq!(outcome.ending, Ending::Killed(25), "{how}: {}", shown(&outcome));
        }
    }
    let text = "
import resource, os
errors = []
try:
    open('sparse', 'wb').truncate(1 << 40)
except OSError as error: errors.append(error.errno)
try:
    x = bytearray(1 << 40)
except MemoryError: errors.append('memory')
children = 0
try:
    while children < 500:
        if os.fork() == 0:
            import time; time.sleep(600)
        children += 1
except OSError: errors.append('processes')
print(errors, flush=True)
os._exit(0)
";
    check(text, "[27, 'memory', 'processes']");
}

#[test]
fn nothing_of_the_caller_is_inherited() {
    let text = "
print([number for number in range(3, 1024) if is_open(number)], [name for name in os.environ if 'CARGO' in name], os.read(0, 9))
";
    check(&attack(text), "[] [] b''");
}
