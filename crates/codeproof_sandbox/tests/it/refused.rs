//! Machines that refuse single parts, played by a parent whose own filter of system calls answers for the kernel.

use std::os::unix::fs::PermissionsExt as _;

use codeproof_sandbox::{Ending, Error, Job, Part, Policy, Sandbox};

use crate::setting::{NAMESPACES, folder_with, policy, python, shown};

/// A sandbox on a machine whose kernel answers these calls with an error, or a sentence.
fn sandbox(refused: &[(libc::c_long, i32)]) -> Option<(tempfile::TempDir, Sandbox)> {
    let script = format!(
        "#!/usr/bin/python3 -I
import ctypes, os, struct, sys
libc = ctypes.CDLL(None)
code = struct.pack('HBBI', 0x20, 0, 0, 0)
for call, error in {refused:?}:
    code += struct.pack('HBBI', 0x15, 0, 1, call) + struct.pack('HBBI', 6, 0, 0, 0x50000 | error)
code += struct.pack('HBBI', 6, 0, 0, 0x7fff0000)
class Program(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_char_p)]
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(Program(len(code) // 8, code)), 0, 0):
    sys.exit(9)
os.execv({helper:?}, [{helper:?}] + sys.argv[1:])
",
        helper = env!("CARGO_BIN_EXE_codeproof-sandbox-helper"),
    );
    let folder = folder_with("helper", &script);
    let helper = folder.path().join("helper");
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).expect("rights on it");
    let sandbox = Sandbox::with_helper(helper);
    // Without the filter's own word, or where the real kernel refuses something itself, there is nothing to play.
    let real = crate::setting::sandbox().parts().ok()?;
    let plays = real.iter().all(|part| part.available || !part.part.is_required()) && sandbox.parts().is_ok();
    if !plays {
        eprintln!("SKIPPED: this machine cannot play one that refuses parts");
        return None;
    }
    Some((folder, sandbox))
}

/// On a machine that refuses these calls, `part` is missing, runs are refused, and `instead` lets them happen.
#[track_caller]
fn check(refused: &[(libc::c_long, i32)], part: Part, instead: &[Part]) {
    let (Some((_folder, sandbox)), Some(python)) = (sandbox(refused), python()) else { return };
    let parts = sandbox.parts().expect("a trial");
    let status = parts.iter().find(|status| status.part == part).expect("every part is tried");
    assert!(!status.available && status.sentence.len() < 300, "{status:?}");
    let job = Job::new(python, "program.py", "print('runs')");
    let run = |allow: &[Part]| sandbox.run(&job, &Policy { allow_weaker: allow.to_vec(), ..policy() });
    let other = if part == Part::UtsNamespace { Part::IpcNamespace } else { Part::UtsNamespace };
    for allowed in [&[][..], &[other]] {
        let outcome = run(allowed);
        assert!(matches!(&outcome, Err(Error::Refused { part: told, .. }) if *told != other), "{outcome:?}");
    }
    match run(instead) {
        Ok(outcome) => {
            assert_eq!((outcome.ending, outcome.last_line()), (Ending::Exited(0), Some("runs")), "{}", shown(&outcome));
            assert_eq!(outcome.weaker, instead);
        }
        // A kernel whose Landlock is too old to stand alone.
        Err(Error::Refused { part: Part::Landlock, why }) if instead.len() > 1 => eprintln!("SKIPPED: {why}"),
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn a_part_that_is_refused_is_told_and_can_be_given_up() {
    check(&[(libc::SYS_landlock_create_ruleset, libc::ENOSYS)], Part::Landlock, &[Part::Landlock]);
    check(&[(libc::SYS_landlock_create_ruleset, libc::EOPNOTSUPP)], Part::Landlock, &[Part::Landlock]);
    check(&[(libc::SYS_seccomp, libc::ENOSYS)], Part::Seccomp, &[Part::Seccomp]);
    check(&[(libc::SYS_prlimit64, libc::EPERM), (libc::SYS_setrlimit, libc::EPERM)], Part::Limits, &[Part::Limits]);
}

#[test]
fn namespaces_in_which_nothing_can_be_mounted_are_none() {
    check(&[(libc::SYS_unshare, libc::EPERM)], Part::UserNamespace, &NAMESPACES);
    check(&[(libc::SYS_mount, libc::EACCES)], Part::MountNamespace, &NAMESPACES);
    check(&[(libc::SYS_open_tree, libc::ENOSYS)], Part::MountNamespace, &NAMESPACES);
}

#[test]
fn the_last_wall_cannot_be_given_up() {
    let refused = [(libc::SYS_unshare, libc::EPERM), (libc::SYS_landlock_create_ruleset, libc::ENOSYS)];
    let (Some((_folder, sandbox)), Some(python)) = (sandbox(&refused), python()) else { return };
    let job = Job::new(python, "program.py", "print('runs')");
    let outcome = sandbox.run(&job, &Policy { allow_weaker: Part::ALL.to_vec(), ..policy() });
    assert!(matches!(outcome, Err(Error::LastWall { part: Part::Landlock, .. })), "{outcome:?}");
}
