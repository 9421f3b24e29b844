//! How much memory a run's processes use together, seen from outside. Limits of single processes do not bound their
//! sum, and a control group is seldom delegated to an ordinary user.
//!
//! The *quick* sum takes three numbers of each process from `/proc/PID/status`; pages that a fork shares are counted for
//! each process. The *exact* one takes `/proc/PID/smaps_rollup`, where a page of several processes counts for each in
//! part; the kernel walks all pages for it, so it is asked only when the quick sum is too high.

use std::fs;

/// Processes that are looked at: more than any policy allows.
const PROCESSES_MAX: usize = 4096;

/// What was resident before a run, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Resident {
    pub(crate) quick: u64,
    pub(crate) exact: u64,
}

/// Memory below process `root` that is no file's, in bytes, never less than there is. Processes that are gone count nothing.
pub(crate) fn quick(root: u32) -> u64 {
    descendants(root).into_iter().map(quick_of).sum()
}

/// The same with shared pages in part, in bytes; pages of files count, too.
pub(crate) fn exact(root: u32) -> u64 {
    descendants(root).into_iter().map(exact_of).sum()
}

fn quick_of(process: u32) -> u64 {
    fs::read_to_string(format!("/proc/{process}/status")).map_or(0, |status| held(&status))
}

/// What a process holds that is no file's. Files of the scratch folder that it maps are shared memory to the kernel, not
/// anonymous; and what was written to a swap, which a process can ask for, is still its own.
fn held(status: &str) -> u64 {
    ["RssAnon:", "RssShmem:", "VmSwap:"].into_iter().map(|name| field(status, name)).sum()
}

fn exact_of(process: u32) -> u64 {
    match fs::read_to_string(format!("/proc/{process}/smaps_rollup")) {
        Ok(rollup) => field(&rollup, "Pss:") + field(&rollup, "SwapPss:"),
        Err(_) => quick_of(process),
    }
}

/// A field of kibibytes, in bytes.
fn field(text: &str, name: &str) -> u64 {
    let rest = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    rest.split_whitespace().next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// All processes below `root`.
pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let (mut waiting, mut found) = (children(root), Vec::new());
    while let Some(process) = waiting.pop() {
        if found.len() >= PROCESSES_MAX {
            break;
        }
        found.push(process);
        waiting.extend(children(process));
    }
    found
}

/// The children that a process's threads started. Only the first thread of the helper and of Python's workers matters
/// mostly, but any may start some.
fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<u32>>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_swap_is_held() {
        let status = "VmRSS:\t  50 kB\nRssAnon:\t  20 kB\nRssFile:\t  29 kB\nRssShmem:\t   1 kB\nVmSwap:\t     4 kB\n";
        assert_eq!(held(status), 25 << 10);
    }
}
