//! Programs that want files that are not theirs, or to leave some behind.

use crate::setting::{attack, check, check_attack, folder_with, run, run_with, shown};

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
    let text = attack(
        "
for path in ('/data/daily.csv', '/data/new.csv', __file__, '/new', '/usr/lib/new', '/dev/new', '/etc/new', '/modules/0/m.py'):
    attempt(path, open, path, 'a')
attempt('mode', os.chmod, '/data/daily.csv', 0); attempt('size', os.truncate, '/data/daily.csv', 0)
print(open('/data/daily.csv').read().strip(), done)
",
    );
    let outcome = run_with(&text, |job, _| *job = job.clone().folder(folder.path(), "/data").modules(folder.path()));
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
print([number for number in range(3, 1024) if is_open(number)], [name for name in os.environ if 'CARGO' in name], os.read(0, 9))
";
    check_attack(text, "[] [] b''");
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

#[test]
fn links_and_renames_do_not_leave_the_scratch_folder() {
    let folder = folder_with("daily.csv", "a,b\n");
    let text = attack(
        "
open('own', 'w').write('x')
attempt('link in', os.link, '/data/daily.csv', 'linked'); attempt('link out', os.link, 'own', '/data/own')
attempt('program', os.link, __file__, 'program'); attempt('rename in', os.rename, '/data/daily.csv', 'moved')
attempt('rename out', os.rename, 'own', '/data/own'); attempt('replace', os.replace, 'own', '/data/daily.csv')
attempt('link on data', os.symlink, '/own/work/own', '/data/link'); attempt('remove', os.unlink, '/data/daily.csv')
attempt('device', os.mknod, 'memory', 0o20666, os.makedev(1, 1)); attempt('pipe', os.mkfifo, 'pipe')
attempt('unnamed', os.open, '/data', os.O_TMPFILE | os.O_RDWR); attempt('change root', os.chroot, '.')
attempt('times', os.utime, '/data/daily.csv', (0, 0)); attempt('attribute', os.setxattr, 'own', 'user.x', b'1')
descriptor = os.open('/data/daily.csv', os.O_RDONLY)
attempt('mode', os.fchmod, descriptor, 0o777); attempt('size', os.ftruncate, descriptor, 0)
attempt('owner', os.fchown, descriptor, 0, 0)
print(done, os.listdir('/data'))
",
    );
    let outcome = run_with(&text, |job, _| *job = job.clone().folder(folder.path(), "/data"));
    if let Some(outcome) = outcome {
        assert_eq!(outcome.last_line(), Some("[] ['daily.csv']"), "{}", shown(&outcome));
    }
}

#[test]
fn other_programs_of_the_system_do_not_run() {
    // Among them those that run as root for whoever starts them.
    let text = "
import os, stat, subprocess
found = []
for root, _, names in os.walk('/usr/lib'):
    for path in (os.path.join(root, name) for name in names):
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode) and mode & 0o111: found.append((not mode & 0o6000, '.so' in path, path))
    if len(found) > 2000: break
ran = []
for path in [path for _, _, path in sorted(found)[:30]] + ['/bin/sh', '/usr/bin/env', '/usr/bin/id']:
    try:
        subprocess.run([path], capture_output=True, timeout=5); ran.append(path)
    except OSError: pass
print(ran)
";
    check(text, "[]");
}

#[test]
fn libraries_of_its_own_do_not_load() {
    let text = "
import ctypes, glob, shutil, subprocess, sys
patterns = ('/usr/lib/*/libm.so.6', '/usr/lib*/libm.so.6', '/lib/libc.musl*')
shutil.copy(next(path for pattern in patterns for path in glob.glob(pattern)), 'own.so')
loaded = []
try:
    ctypes.CDLL('./own.so'); loaded.append('opened')
except OSError: pass
for variable in ('LD_PRELOAD', 'LD_AUDIT'):
    command = [sys.executable, '-c', '']
    told = subprocess.run(command, env={variable: '/own/work/own.so'}, capture_output=True, text=True).stderr
    if '/own/work/own.so' not in told: loaded.append(variable)
print(loaded)
";
    check(text, "[]");
}

#[test]
fn an_interpreter_started_again_has_no_more_rights() {
    let text = "
import subprocess, sys
inner = '''
import os
out = []
for path in ('/etc/passwd', '/proc/self/environ', '/root', '/home', '/var/lib', '/sys/kernel'):
    try:
        os.open(path, os.O_RDONLY); out.append(path)
    except OSError: pass
try:
    open('/usr/lib/x', 'w'); out.append('written')
except OSError: pass
print(out, os.getuid())
'''
print(subprocess.run([sys.executable, '-I', '-S', '-c', inner], capture_output=True, text=True).stdout.strip())
";
    check(text, "[] 65534");
}
