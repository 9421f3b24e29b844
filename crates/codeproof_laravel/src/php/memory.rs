//! What a run holds: elements of arrays that are alive, and bytes of texts and registrations that were made. A program of a few lines can
//! double either with every turn of a loop, so both are bounded; a run that meets a bound stops, and says so.
//!
//! The counts are those of the thread: every run has one of its own.

use std::cell::Cell;

/// Elements of all arrays that are alive. No application that was tried meets it.
const ELEMENTS_MAX: usize = 2_000_000;
/// Bytes of all texts and registrations that were made, those that are gone as well.
const BYTES_MAX: usize = 128 * 1024 * 1024;

thread_local! {
    static ELEMENTS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
    static IS_OVER: Cell<bool> = const { Cell::new(false) };
}

/// Asks for room for more elements; false when there is none, and from then on the run is over.
pub(super) fn more_elements(count: usize) -> bool {
    let held = ELEMENTS.get().saturating_add(count);
    if held > ELEMENTS_MAX {
        IS_OVER.set(true);
        return false;
    }
    ELEMENTS.set(held);
    true
}

/// Elements are gone.
pub(super) fn fewer_elements(count: usize) {
    // While a thread ends its counts may be gone already.
    let _ = ELEMENTS.try_with(|held| held.set(held.get().saturating_sub(count)));
}

/// A text, or something that is registered, of so many bytes was made.
pub(crate) fn more_bytes(bytes: usize) {
    let made = BYTES.get().saturating_add(bytes);
    BYTES.set(made);
    if made > BYTES_MAX {
        IS_OVER.set(true);
    }
}

/// Whether a bound was met.
pub(super) fn is_over() -> bool {
    IS_OVER.get()
}
