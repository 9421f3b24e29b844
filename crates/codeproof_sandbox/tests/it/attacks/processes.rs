//! Programs that want to stay, or to reach others.

use codeproof_sandbox::{Ending, Job, Policy};

use crate::setting::{check_attack, run, run_with, shown};

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
for pid in [-1] + list(range(2, 5000)): attempt(pid, os.kill, pid, 9)
print(done, os.getpid(), os.getppid())
";
    check_attack(text, "[] 1 0");
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
fn who_stops_or_hides_is_ended() {
    // Has itself and a child stopped, and waits; children that leave the session, start the next, and end; a pipe that
    // nobody writes.
    let stopped = "
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
child = os.fork()
if child == 0: os.kill(os.getpid(), signal.SIGSTOP)
os.waitpid(child, 0)
";
    let hiding = "
import os, time
if os.fork() == 0:
    while True:
        try:
            if os.fork(): os._exit(0)
            os.setsid()
        except OSError: pass
time.sleep(600)
";
    for text in [stopped, hiding, "import os\nos.read(os.pipe()[0], 1)"] {
        let short = |_: &mut Job, policy: &mut Policy| policy.wall_time = std::time::Duration::from_millis(400);
        if let Some(outcome) = run_with(text, short) {
            assert_eq!(outcome.ending, Ending::WallTime, "{text}: {}", shown(&outcome));
        }
    }
}

#[test]
fn an_output_that_is_hidden_in_a_socket_keeps_nobody_waiting() {
    // A socket that is sent through itself, with standard output beside it, stays open until the kernel clears up.
    let text = "
import array, os, socket
left, right = socket.socketpair()
hidden = array.array('i', [1, left.fileno(), right.fileno()])
for one in (left, right): one.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, hidden)])
print('done', flush=True)
os._exit(0)
";
    if let Some(outcome) = run(text) {
        assert_eq!((outcome.ending, outcome.last_line()), (Ending::Exited(0), Some("done")), "{}", shown(&outcome));
    }
}

#[test]
fn priorities_and_processors_stay() {
    let text = "
attempt('nice', os.nice, -5); attempt('priority', os.setpriority, os.PRIO_PROCESS, 0, -5)
attempt('real time', os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1))
attempt('processors', os.sched_setaffinity, 0, {0})
print(done)
";
    check_attack(text, "[]");
}
