//! The threads engines run on.

use crate::Error;

/// Stack of a worker: 8 MiB, as a main thread has; the engines do not recurse on input, grammars' scanners are foreign
/// code.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Makes a pool of `jobs` threads.
pub(crate) fn make(jobs: usize) -> Result<rayon::ThreadPool, Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .stack_size(STACK_BYTES)
        .thread_name(|number| format!("codeproof-{number}"))
        .build()
        .map_err(|source| Error::Threads { jobs, source })
}
