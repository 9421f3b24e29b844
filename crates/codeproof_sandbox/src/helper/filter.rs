//! The system calls that the program may make: a list of what an interpreter with numerical packages needs. Every other
//! call is answered as if this kernel did not have it (`ENOSYS`), which libraries are prepared for.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Is, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

use super::{Stop, part};
use crate::Part;

/// Calls that are allowed whatever their arguments.
const ALLOWED: &[c_long] = &[
    // Files.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_chdir,
    libc::SYS_fchdir,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_readlinkat,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_utimensat,
    libc::SYS_truncate,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fadvise64,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_sendfile,
    libc::SYS_copy_file_range,
    libc::SYS_umask,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_pipe2,
    // Memory.
    libc::SYS_munmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_msync,
    libc::SYS_brk,
    libc::SYS_mincore,
    libc::SYS_membarrier,
    libc::SYS_get_mempolicy,
    // Processes, threads and signals.
    libc::SYS_execve,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_get_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigsuspend,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_getpriority,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_gettid,
    libc::SYS_getpgid,
    libc::SYS_getsid,
    libc::SYS_setpgid,
    libc::SYS_setsid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getresuid,
    libc::SYS_getresgid,
    libc::SYS_getgroups,
    libc::SYS_getrlimit,
    libc::SYS_getrusage,
    libc::SYS_times,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_getcpu,
    libc::SYS_getrandom,
    // Time.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getitimer,
    libc::SYS_setitimer,
    libc::SYS_timerfd_create,
    libc::SYS_timerfd_settime,
    libc::SYS_timerfd_gettime,
    // Waiting, and pairs of sockets that lead nowhere else.
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_sendmsg,
    libc::SYS_recvmsg,
    libc::SYS_shutdown,
    libc::SYS_getsockopt,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
];

/// Older forms of the same calls, which only this architecture has.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[c_long] = &[
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_dup2,
    libc::SYS_pipe,
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_rename,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_creat,
    libc::SYS_link,
    libc::SYS_unlink,
    libc::SYS_symlink,
    libc::SYS_readlink,
    libc::SYS_chmod,
    libc::SYS_getpgrp,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_getdents,
    libc::SYS_time,
    libc::SYS_alarm,
    libc::SYS_arch_prctl,
    libc::SYS_epoll_create,
    libc::SYS_epoll_wait,
    libc::SYS_eventfd,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[c_long] = &[];

/// What may be asked of an open file: whether it is a terminal and how large, how much can be read, and flags of the
/// descriptor. Nothing that types into a terminal, and nothing of a device.
const IOCTLS: [u64; 6] = [
    0x5401, // TCGETS
    0x5413, // TIOCGWINSZ
    0x541B, // FIONREAD
    0x5421, // FIONBIO
    0x5450, // FIONCLEX
    0x5451, // FIOCLEX
];

/// Flags with which a new process would get a namespace of its own; `CLONE_NEWTIME` shares its bit with a signal.
const NEW_NAMESPACES: u64 = 0x7E02_0000;

/// `PR_GET_DUMPABLE`, `PR_SET_NAME`, `PR_GET_NAME`.
const PROCESS_QUESTIONS: [u64; 3] = [3, 15, 16];

/// `AF_UNIX`, and the two kinds of it whose pairs cannot send elsewhere by an address: `SOCK_STREAM`, `SOCK_SEQPACKET`.
const PAIR_FAMILY: u64 = 1;
const PAIR_KINDS: [u64; 2] = [1, 5];

/// The bits of a socket's type that say its kind; the others are flags of the descriptor.
const KIND_BITS: u64 = 0xF;

/// Calls that change files that may only be read, or their rights and times, whatever Landlock says; without a tree of
/// read-only mounts they are left out.
const CHANGING: &[c_long] =
    &[libc::SYS_fchmod, libc::SYS_fchmodat, libc::SYS_utimensat, libc::SYS_truncate, libc::SYS_flock];
#[cfg(target_arch = "x86_64")]
const CHANGING_HERE: &[c_long] = &[libc::SYS_chmod, libc::SYS_utime, libc::SYS_utimes, libc::SYS_futimesat];
#[cfg(not(target_arch = "x86_64"))]
const CHANGING_HERE: &[c_long] = &[];

/// Sends descriptors: a file without a name that is on its way between two sockets is in nobody's list. The scratch
/// folder of a tree of its own has its size from the kernel.
const HIDING: &[c_long] = &[libc::SYS_sendmsg];

/// Calls that send signals to others.
const SIGNALLING: &[c_long] = &[libc::SYS_kill, libc::SYS_tkill, libc::SYS_tgkill];

/// What may be asked of a descriptor: copies, flags, locks, sizes of pipes, seals. Not who gets a signal when it is ready.
const DESCRIPTOR_QUESTIONS: [u64; 15] = [0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1031, 1032, 1034];

/// `MAP_SHARED` (and `MAP_SHARED_VALIDATE`), `MAP_ANONYMOUS`, `MAP_HUGETLB`.
const SHARED: u64 = 0x01;
const ANONYMOUS: u64 = 0x20;
const HUGE_PAGES: u64 = 0x4_0000;

/// `RLIMIT_CORE`.
const CORE_LIMIT: u64 = 4;

/// How far a program's calls can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Its own namespaces.
    Namespaces,
    /// The machine's files, as far as Landlock opens them; signals end at Landlock's border where it knows one.
    Machine {
        /// Whether it does.
        signals_scoped: bool,
    },
}

/// Lays the filter over this process and all that come after it.
pub(super) fn apply(reach: Reach) -> Result<(), Stop> {
    let refused = || part::<String>(Part::Seccomp, "filter system calls");
    let program = program(reach).map_err(|error| refused()(error.to_string()))?;
    apply_filter(&program).map_err(|error| refused()(error.to_string()))
}

/// The filter as the kernel reads it (`struct sock_filter`, eight bytes each), for a process that lays it by itself.
pub(crate) fn bytes() -> Result<Vec<u8>, String> {
    let program = program(Reach::Namespaces).map_err(|error| error.to_string())?;
    let instruction = |it: &seccompiler::sock_filter| {
        let [code_low, code_high] = it.code.to_ne_bytes();
        let [k0, k1, k2, k3] = it.k.to_ne_bytes();
        [code_low, code_high, it.jt, it.jf, k0, k1, k2, k3]
    };
    Ok(program.iter().flat_map(instruction).collect())
}

fn program(reach: Reach) -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for call in ALLOWED.iter().chain(ALLOWED_HERE) {
        rules.insert(*call, Vec::new());
    }
    rules.insert(libc::SYS_ioctl, one_of(1, &IOCTLS)?);
    rules.insert(libc::SYS_prctl, one_of(0, &PROCESS_QUESTIONS)?);
    if let Reach::Machine { signals_scoped } = reach {
        let signals = if signals_scoped { &[] } else { SIGNALLING };
        for call in CHANGING.iter().chain(CHANGING_HERE).chain(HIDING).chain(signals) {
            rules.remove(call);
        }
    }
    rules.insert(libc::SYS_fcntl, one_of(1, &DESCRIPTOR_QUESTIONS)?);
    let same_namespaces = SeccompCondition::new(0, Length::Qword, Is::MaskedEq(NEW_NAMESPACES), 0)?;
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![same_namespaces])?]);
    rules.insert(libc::SYS_mmap, mappings()?);
    let is_other_limit = |argument| SeccompCondition::new(argument, Length::Dword, Is::Ne, CORE_LIMIT);
    rules.insert(libc::SYS_setrlimit, vec![SeccompRule::new(vec![is_other_limit(0)?])?]);
    // Limits of this process only; that of cores can only be asked for.
    let own = SeccompCondition::new(0, Length::Dword, Is::Eq, 0)?;
    let asks = SeccompCondition::new(2, Length::Qword, Is::Eq, 0)?;
    let limits = [asks, is_other_limit(1)?].map(|how| SeccompRule::new(vec![own.clone(), how]));
    rules.insert(libc::SYS_prlimit64, limits.into_iter().collect::<Result<_, _>>()?);
    let family = SeccompCondition::new(0, Length::Dword, Is::Eq, PAIR_FAMILY)?;
    let pair = |kind| {
        let kind = SeccompCondition::new(1, Length::Dword, Is::MaskedEq(KIND_BITS), kind)?;
        SeccompRule::new(vec![family.clone(), kind])
    };
    let pairs = PAIR_KINDS.into_iter().map(pair).collect::<Result<_, _>>()?;
    rules.insert(libc::SYS_socketpair, pairs);
    let absent = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    SeccompFilter::new(rules, absent, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// Memory of one's own, and files. Shared memory without a file would belong to nobody whom it could be counted for: a page
/// that no process maps at the moment is in no sum. Large pages are a store of the whole machine.
fn mappings() -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    [HUGE_PAGES | SHARED, HUGE_PAGES | ANONYMOUS]
        .into_iter()
        .map(|bits| SeccompRule::new(vec![SeccompCondition::new(3, Length::Dword, Is::MaskedEq(bits), 0)?]))
        .collect()
}

fn one_of(argument: u8, values: &[u64]) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    values
        .iter()
        .map(|value| SeccompRule::new(vec![SeccompCondition::new(argument, Length::Dword, Is::Eq, *value)?]))
        .collect()
}
