//! The Python that programs are put together from, one idea a file. What a part needs of others, and of the standard
//! library, stands at its name.

/// Files one after the other, two empty lines between them.
macro_rules! files {
    ($first:literal $(, $more:literal)*) => {
        concat!(
            include_str!(concat!("../../templates/", $first)),
            $("\n\n", include_str!(concat!("../../templates/", $more)),)*
        )
    };
}

/// Runs the original and keeps what its scanners find; it needs [`RECORDER`], [`JOINED`], [`PICKED`], [`ROWS`], and `ast`,
/// `atexit`, `contextlib`, `functools`, `inspect`, `json`, `os`, `sys`, `tempfile`, `threading`, `types`.
pub(super) const ORIGINAL: &str = files!(
    "with_symbol.py",
    "original/watched.py",
    "original/tables.py",
    "original/marks.py",
    "original/class_recorder.py",
    "original/edit.py",
    "original/engine.py",
    "original/run.py",
    "original/found.py"
);

/// Keeps what a function gives; it needs `functools`, `inspect`, `sys`, `types`.
pub(super) const RECORDER: &str = files!("symbols.py", "recorder.py");

/// Keeps what functions give that are run with settings; it needs [`RECORDER`].
pub(super) const ROWS_RECORDER: &str = files!("rows_recorder.py");

/// Keeps what methods of a class give; it needs [`RECORDER`], [`PICKED`], `contextlib`.
pub(super) const CLASS_RECORDER: &str = files!("with_symbol.py", "original/marks.py", "original/class_recorder.py");

/// Keeps tables in which a flag is set; it needs [`PICKED`], [`ROWS`], `sys`.
pub(super) const TABLES: &str = files!("symbols.py", "with_symbol.py", "original/tables.py");

/// Puts what several calls gave together; it needs [`RECORDER`], [`ROWS`].
pub(super) const JOINED: &str = files!("joined.py");

/// Picks the rows of a flag.
pub(super) const PICKED: &str = files!("picked.py");

/// Turns any result into rows; it needs `datetime` and `math`.
pub(super) const ROWS: &str = files!("rows.py");

/// Says which parameter a name means.
pub(super) const KNOWN: &str = files!("known.py");

/// Leaves the rows somebody asks for.
pub(super) const WANTED: &str = files!("wanted.py");

/// The command line.
pub(super) const MAIN: &str = files!("main.py");

/// All that runs an original whole.
pub(super) fn of_original() -> String {
    [RECORDER, JOINED, PICKED, ORIGINAL].map(str::trim_end).join("\n\n\n")
}
