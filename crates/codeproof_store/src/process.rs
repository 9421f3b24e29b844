//! Whether the process that runs a scan is still there, so that a killed scan is not shown as running for ever.

use codeproof_types::ScanStatus;

/// What became of a scan, as far as can be told from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// It ended and said so.
    Ended,
    /// Its process is at work: on this machine, or heard of less than 30 s ago.
    Running,
    /// It said nothing and its process is gone, or has not been heard of for 30 s.
    Killed,
    /// It said nothing, and its process, which sends no heartbeats, cannot be seen from here: another machine, container or
    /// boot.
    RunningOrKilled,
}

/// Milliseconds since its last heartbeat after which a process that cannot be seen counts as gone: sixty heartbeats.
const HEARTBEAT_LOST_MS: i64 = 30_000;

impl Activity {
    /// The same, with doubt removed by the scan's last heartbeat, when it has one.
    pub(crate) fn with_heartbeat(self, last_heard_ms: Option<i64>, now_ms: i64) -> Self {
        match (self, last_heard_ms) {
            (Self::RunningOrKilled, Some(heard)) if now_ms.saturating_sub(heard) > HEARTBEAT_LOST_MS => Self::Killed,
            (Self::RunningOrKilled, Some(_)) => Self::Running,
            (told, _) => told,
        }
    }
}

/// What became of a scan with this status and mark, as seen by this process.
pub(crate) fn activity_here(status: ScanStatus, stored: Option<&str>) -> Activity {
    activity(status, stored, own_mark().as_deref(), mark_of)
}

/// Decides from the stored status, the stored mark of the scan's process, this process's own mark, and a way to look up
/// the mark of a process by its id.
fn activity(
    status: ScanStatus,
    stored: Option<&str>,
    own: Option<&str>,
    look_up: impl Fn(u32) -> Option<String>,
) -> Activity {
    if status != ScanStatus::Running {
        return Activity::Ended;
    }
    let seen = stored.and_then(place_and_id).zip(own.and_then(place_and_id));
    let Some(((place, id), (own_place, _))) = seen else { return Activity::RunningOrKilled };
    match look_up(id) {
        _ if place != own_place => Activity::RunningOrKilled,
        // Ids are used again: only the start time tells the scan's process from a later one.
        found if found.as_deref() == stored => Activity::Running,
        _ => Activity::Killed,
    }
}

/// Splits a mark into its place and process id.
fn place_and_id(mark: &str) -> Option<(&str, u32)> {
    let (place, process) = mark.rsplit_once('/')?;
    Some((place, process.split_once('@')?.0.parse().ok()?))
}

/// The mark of this process: `BOOT/PID-NAMESPACE/PID@START`, START in clock ticks since boot. `None` where the system
/// does not tell (other than Linux).
pub(crate) fn own_mark() -> Option<String> {
    mark_of(std::process::id())
}

/// The mark of the process with this id, as seen from here.
fn mark_of(id: u32) -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let start = start_ticks(&stat)?;
    Some(format!("{}/{}/{id}@{start}", boot.trim(), namespace.display()))
}

/// Field 22 of `/proc/PID/stat` (proc(5)). Field 2, the program's name in brackets, may itself hold blanks and brackets.
/// `None` for a process that is dead and only waits for its parent to notice (states Z and X).
fn start_ticks(stat: &str) -> Option<&str> {
    const FIELDS_FROM_STATE_TO_START: usize = 19;
    let (_, from_state) = stat.rsplit_once(") ")?;
    if from_state.starts_with(['Z', 'X']) {
        return None;
    }
    from_state.split(' ').nth(FIELDS_FROM_STATE_TO_START)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stored: Option<&str>, alive: Option<&str>, expected: Activity) {
        let look_up = |id| alive.filter(|_| id == 7).map(str::to_owned);
        assert_eq!(activity(ScanStatus::Running, stored, Some("boot/ns/1@5"), look_up), expected);
    }

    #[test]
    fn tells_running_from_killed_only_where_it_can_see() {
        check(Some("boot/ns/7@900"), Some("boot/ns/7@900"), Activity::Running);
        check(Some("boot/ns/7@900"), None, Activity::Killed);
        check(Some("boot/ns/7@900"), Some("boot/ns/7@901"), Activity::Killed);
        check(Some("other/ns/7@900"), Some("boot/ns/7@900"), Activity::RunningOrKilled);
        check(Some("boot/other/7@900"), None, Activity::RunningOrKilled);
        check(Some("nonsense"), None, Activity::RunningOrKilled);
        check(None, None, Activity::RunningOrKilled);
    }

    #[test]
    fn a_heartbeat_tells_of_a_process_that_cannot_be_seen() {
        let told = |activity: Activity, heard| activity.with_heartbeat(heard, 1_000_000);
        assert_eq!(told(Activity::RunningOrKilled, Some(970_000)), Activity::Running);
        assert_eq!(told(Activity::RunningOrKilled, Some(969_999)), Activity::Killed);
        assert_eq!(told(Activity::RunningOrKilled, None), Activity::RunningOrKilled);
        assert_eq!(told(Activity::Killed, Some(999_999)), Activity::Killed);
        assert_eq!(told(Activity::Ended, Some(0)), Activity::Ended);
    }

    #[test]
    fn an_ended_scan_is_ended_whatever_runs() {
        let mark = "boot/ns/7@900";
        let told = activity(ScanStatus::Interrupted, Some(mark), Some(mark), |_| Some(mark.to_owned()));
        assert_eq!(told, Activity::Ended);
    }

    #[test]
    fn reads_the_start_behind_a_name_with_brackets() {
        let stat = format!("7 (a) b) S {}", (4..=30).map(|field| field.to_string()).collect::<Vec<_>>().join(" "));
        assert_eq!(start_ticks(&stat), Some("22"));
        assert_eq!(start_ticks(&stat.replacen(") S ", ") Z ", 1)), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn sees_itself() {
        let own = own_mark().expect("Linux tells");
        assert_eq!(activity(ScanStatus::Running, Some(&own), Some(&own), mark_of), Activity::Running);
    }
}
