//! Work in parallel: one thread per runner, each takes the next item when it is free.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::runner::Runner;

/// Does `work` for every item; results are in the items' order.
pub(crate) fn each<'r, Item: Sync, Done: Send>(
    runners: &mut [Runner<'r>],
    items: &[Item],
    work: impl Fn(&mut Runner<'r>, &Item) -> Done + Sync,
) -> Vec<Done> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Done)>> = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for runner in runners.iter_mut().take(items.len()) {
            scope.spawn(|| {
                while let Some((at, item)) = take(&next, items) {
                    let result = work(runner, item);
                    done.lock().expect("no thread panics with the lock").push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread panics with the lock");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn take<'i, Item>(next: &AtomicUsize, items: &'i [Item]) -> Option<(usize, &'i Item)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    items.get(at).map(|item| (at, item))
}
