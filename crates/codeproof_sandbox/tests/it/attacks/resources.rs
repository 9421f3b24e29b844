//! Programs that use more than they may.

use codeproof_sandbox::Ending;

use crate::setting::{check, check_attack, run, run_with, shown};

#[test]
fn limits_cannot_be_raised() {
    let text = "
import resource
for name in ('AS', 'CPU', 'NPROC', 'FSIZE', 'NOFILE', 'CORE'):
    which = getattr(resource, 'RLIMIT_' + name)
    soft, hard = resource.getrlimit(which)
    attempt(name, resource.setrlimit, which, (hard + 1, hard + 1))
    if soft == -1 or hard == -1: done.append(name)
print(done)
";
    check_attack(text, "[]");
}

#[test]
fn crashes_are_handed_to_nobody() {
    // A machine may start a program of its own for each crash, as root and outside. A limit of 0 does not keep it from that.
    let text = "
import resource
for none in ((0, 0), (0, 1)):
    attempt('set', resource.setrlimit, resource.RLIMIT_CORE, none)
    attempt('prlimit', resource.prlimit, 0, resource.RLIMIT_CORE, none)
print(resource.getrlimit(resource.RLIMIT_CORE), done)
";
    check_attack(text, "(1, 1) []");
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
fn shared_memory_counts() {
    // Memory of this kind is nobody's own, and small for each; together it is too much.
    let text = "
import mmap, os, time
for number in range(6):
    if os.fork() == 0:
        with open(f'/dev/shm/{number}', 'w+b') as file:
            file.truncate(60 << 20)
            memory = mmap.mmap(file.fileno(), 60 << 20)
        memory.write(b'1' * len(memory))
        time.sleep(600)
time.sleep(600)
";
    let outcome = run_with(text, |_, policy| {
        policy.memory_bytes = 200 << 20;
        policy.scratch_bytes = 400 << 20;
    });
    if let Some(outcome) = outcome {
        assert_eq!(outcome.ending, Ending::Memory, "{}", shown(&outcome));
    }
}

#[test]
fn memory_that_no_sum_finds_is_not_to_be_had() {
    // Shared pages that no process maps at the moment would be there and belong to nobody; large pages are the machine's.
    let text = "
import mmap
attempt('shared', mmap.mmap, -1, 4096)
attempt('shared and validated', mmap.mmap, -1, 4096, flags=mmap.MAP_ANONYMOUS | 3)
attempt('large', mmap.mmap, -1, 2 << 20, flags=mmap.MAP_ANONYMOUS | mmap.MAP_PRIVATE | 0x40000)
try:
    mmap.mmap(-1, 2 << 20, flags=mmap.MAP_ANONYMOUS | mmap.MAP_PRIVATE | 0x40000)
except OSError as error: refused = error.errno
attempt('zeros', open, '/dev/zero', 'rb')
mmap.mmap(-1, 4096, flags=mmap.MAP_ANONYMOUS | mmap.MAP_PRIVATE).write(b'own')
with open('/dev/shm/file', 'w+b') as file:
    file.truncate(4096)
    mmap.mmap(file.fileno(), 4096).write(b'shared')
print(done, refused, open('/dev/shm/file', 'rb').read(6))
";
    check_attack(text, "[] 38 b'shared'");
}

#[test]
fn what_forks_share_counts_once() {
    // The children are there long enough to be looked at.
    let text = "
import os, select
memory = bytearray(b'1') * (90 << 20)
left, right = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        os.close(right); os.read(left, 1); os._exit(0)
select.select([], [], [], 0.2)
os.close(right)
for _ in range(4): os.wait()
print('done')
";
    if let Some(outcome) = run_with(text, |_, policy| policy.memory_bytes = 200 << 20) {
        assert_eq!((outcome.ending, outcome.last_line()), (Ending::Exited(0), Some("done")), "{}", shown(&outcome));
    }
}

#[test]
fn what_unpacks_to_much_more_is_bounded() {
    let text = "
import io, zipfile
packed = io.BytesIO()
with zipfile.ZipFile(packed, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    with archive.open('zeros', 'w') as file:
        for _ in range(96): file.write(bytes(1 << 20))
zipfile.ZipFile(packed).read('zeros')
print('unpacked')
";
    if let Some(outcome) = run_with(text, |_, policy| policy.memory_bytes = 64 << 20) {
        assert_eq!(outcome.ending, Ending::Memory, "{}", shown(&outcome));
    }
}

#[test]
fn threads_and_descriptors_have_a_number() {
    let text = "
import os, threading
wait = threading.Event()
threads = files = 0
try:
    while threads < 1000: threading.Thread(target=wait.wait, daemon=True).start(); threads += 1
except RuntimeError: pass
wait.set()
try:
    while files < 5000: os.pipe(); files += 1
except OSError: pass
print(threads < 64, files < 256)
";
    check(text, "True True");
}
