//! How much memory a run's processes use together, seen from outside. Limits of single processes do not bound their
//! sum, and a control group is seldom delegated to an ordinary user.

use std::fs;

/// Bytes of a page; a larger real page only makes the sum too small by that factor, and the limit of each process holds.
const PAGE_BYTES: u64 = 4096;

/// Processes that are looked at: more than any policy allows.
const PROCESSES_MAX: usize = 4096;

/// Resident memory below process `root`, shared pages left out, in bytes. Processes that are gone count nothing.
pub(crate) fn of_descendants(root: u32) -> u64 {
    let mut waiting = vec![root];
    let mut sum = 0;
    let mut seen = 0;
    while let Some(process) = waiting.pop() {
        seen += 1;
        if seen > PROCESSES_MAX {
            break;
        }
        if process != root {
            sum += private_bytes(process);
        }
        waiting.extend(children(process));
    }
    sum
}

/// The children that a process's threads started. Only the first thread of the helper and of Python's workers matters
/// mostly, but any may start some.
fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<u32>>()).collect()
}

fn private_bytes(process: u32) -> u64 {
    let Ok(text) = fs::read_to_string(format!("/proc/{process}/statm")) else { return 0 };
    let mut numbers = text.split_whitespace().skip(1).map(|word| word.parse::<u64>().unwrap_or(0));
    let (resident, shared) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    resident.saturating_sub(shared) * PAGE_BYTES
}
