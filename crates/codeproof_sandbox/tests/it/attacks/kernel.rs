//! Programs that talk to the kernel directly.

use codeproof_sandbox::Part;

use crate::setting::{attack, check_attack, run_with, sandbox, shown};

#[test]
fn no_socket_leads_out() {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixListener};
    let name = format!("codeproof-test-{}", std::process::id());
    let _listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let text = format!(
        "
import socket
made = [family for family in (1, 2, 10, 16, 17, 38, 40) if libc.socket(family, 1, 0) >= 0]
left, right = socket.socketpair()
attempt('sent', left.sendto, b'x', '\\0{name}')
right.close()
attempt('connected', left.connect, '\\0{name}')
print(made, done)
"
    );
    check_attack(&text, "[] []");
}

#[test]
fn no_socket_of_any_kind_is_made() {
    // Netlink, packets, vsock, Bluetooth, CAN, the kernel's ciphers: every family with every kind; and pairs that could
    // send to an address.
    let text = "
import socket
all_kinds = [(family, kind) for family in range(64) for kind in range(1, 11)]
made = [one for one in all_kinds if libc.socket(*one, 0) >= 0]
room = (ctypes.c_int * 2)()
made += [one for one in all_kinds if one not in ((1, 1), (1, 5)) and libc.socketpair(*one, 0, room) >= 0]
left, right = socket.socketpair()
for name in ('bind', 'listen', 'accept', 'connect', 'setsockopt'):
    if getattr(libc, name)(left.fileno(), bytes([1, 0, 0, 120]), 4, 0, 0) != -1: made.append(name)
print(made)
";
    check_attack(text, "[]");
}

/// Calls that open a way to other processes, other files, the network, the machine's settings, or much of the kernel.
const DANGEROUS: &[libc::c_long] = &[
    libc::SYS_accept4,
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_adjtimex,
    libc::SYS_bind,
    libc::SYS_bpf,
    libc::SYS_capset,
    libc::SYS_chroot,
    libc::SYS_clock_settime,
    libc::SYS_clone3,
    libc::SYS_connect,
    libc::SYS_delete_module,
    libc::SYS_execveat,
    libc::SYS_fanotify_init,
    libc::SYS_fanotify_mark,
    libc::SYS_finit_module,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_init_module,
    libc::SYS_inotify_init1,
    libc::SYS_io_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_ioprio_set,
    libc::SYS_kcmp,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_listen,
    libc::SYS_lookup_dcookie,
    libc::SYS_mbind,
    libc::SYS_memfd_create,
    libc::SYS_migrate_pages,
    libc::SYS_mlockall,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_move_pages,
    libc::SYS_mq_open,
    libc::SYS_msgget,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_perf_event_open,
    libc::SYS_personality,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_pivot_root,
    libc::SYS_process_madvise,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_setattr,
    libc::SYS_sched_setscheduler,
    libc::SYS_seccomp,
    libc::SYS_semget,
    libc::SYS_setdomainname,
    libc::SYS_setgid,
    libc::SYS_setgroups,
    libc::SYS_sethostname,
    libc::SYS_setns,
    libc::SYS_setpriority,
    libc::SYS_setresuid,
    libc::SYS_settimeofday,
    libc::SYS_setuid,
    libc::SYS_setxattr,
    libc::SYS_shmget,
    libc::SYS_splice,
    libc::SYS_swapon,
    libc::SYS_syslog,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
    libc::SYS_vhangup,
    libc::SYS_vmsplice,
];

#[test]
fn dangerous_calls_do_not_exist() {
    // By number, as a program would that avoids its own libraries.
    let text = format!(
        "
room = ctypes.create_string_buffer(256)
print([number for number in {DANGEROUS:?} if libc.syscall(number, room, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 38])
"
    );
    check_attack(&text, "[]");
}

#[test]
fn questions_to_a_process_cannot_change_it() {
    // Dumps, rights, filters, speculation, memory map, subreaper, ptrace; typing into terminals; another's limits.
    let text = "
import resource
options = (1, 4, 8, 22, 23, 24, 28, 29, 35, 36, 38, 47, 53, 59, 0x59616D61)
done = [('prctl', option) for option in options if libc.prctl(option, 0, 0, 0, 0) != -1]
left, right = os.pipe()
done += [('ioctl', call) for call in (0x5412, 0x541C, 0x540E, 0x5414, 0x8933, 0xAE01) if libc.ioctl(right, call, b'x') != -1]
child = os.fork()
if child == 0:
    os.read(left, 1); os._exit(0)
attempt('prlimit', resource.prlimit, child, resource.RLIMIT_CPU, (1, 1))
print(done)
os.write(right, b'x')
";
    check_attack(text, "[]");
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_other_numbers_of_calls_do_not_exist() {
    // The x32 forms of getpid and ptrace: a list of forbidden numbers would miss them.
    let text = "
print([libc.syscall(0x40000000 | number, 0, 0, 0, 0) for number in (39, 521)])
";
    check_attack(text, "[-1, -1]");
}

#[test]
fn new_namespaces_cannot_be_entered() {
    // clone with a new user namespace; the flags lie in the first argument.
    let number = if cfg!(target_arch = "x86_64") { 56 } else { 220 };
    let text = format!(
        "
done = [libc.syscall({number}, flag | 17, 0, 0, 0, 0) for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000)]
print(done)
"
    );
    check_attack(&text, "[-1, -1, -1, -1]");
}

#[test]
fn what_may_be_missing_is_there_where_the_kernel_has_it() {
    let text = "
import resource
print(libc.unshare(0), ctypes.get_errno(), resource.getrlimit(resource.RLIMIT_AS)[1] == -1)
";
    let allowed = run_with(&attack(text), |_, policy| policy.allow_weaker = Part::ALL.to_vec());
    let (Some(outcome), Ok(parts)) = (allowed, sandbox().parts()) else { return };
    if parts.iter().all(|status| status.available || !status.part.is_required()) {
        assert_eq!(outcome.last_line(), Some("-1 38 False"), "{}", shown(&outcome));
    }
}
