//! Where text goes: the terminal, pipes and files.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use codeproof_types::visible;

use crate::failure::Failure;

/// Columns when the terminal does not say; also the width piped text is wrapped to.
const WIDTH_DEFAULT: usize = 80;

/// Whether colour fits standard output: a terminal, no `NO_COLOR` (no-color.org: set and not empty), no `TERM=dumb`.
pub(crate) fn stdout_is_colored() -> bool {
    io::stdout().is_terminal() && color_allowed()
}

/// The same for standard error.
pub(crate) fn stderr_is_colored() -> bool {
    stderr_is_terminal() && color_allowed()
}

/// Whether a person watches standard error.
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

fn color_allowed() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|value| value != "dumb")
}

/// Columns of the terminal, between 40 and 120: longer lines are hard to read.
pub(crate) fn terminal_width() -> usize {
    let (_, columns) = console::Term::stdout().size_checked().unwrap_or((0, 0));
    if columns == 0 { WIDTH_DEFAULT } else { usize::from(columns).clamp(40, 120) }
}

/// Writes to standard output. A reader that went away (`| head`) is not an error: the results are in the database.
///
/// # Errors
/// When standard output cannot be written for another reason, such as a full disk behind it.
pub(crate) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // The buffer is written again on drop; without this it would fail again, silently, at exit.
            let _ = out.into_parts();
            Ok(())
        }
        Err(error) => Err(Failure::failed(format_args!("cannot write to standard output: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Foreign text that must stay in its line, such as a name: what could steer a terminal, reorder the line or begin another
/// becomes U+FFFD.
pub(crate) fn one_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], "\u{fffd}")
}

/// Writes to standard error; if that is closed there is nobody to tell.
pub(crate) fn to_stderr(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes a whole file or leaves the old one: the text goes to a file beside it, which then takes its name.
///
/// # Errors
/// Names the file and the system's words.
pub(crate) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let fail = |error: io::Error| {
        Failure::failed(format_args!("cannot write {}: {error}", path.display()))
            .help("check that the folder exists, that you may write there and that the disk has room")
    };
    // A device or pipe (`-o /dev/stderr`) has no name to take over.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        let mut out = io::BufWriter::new(std::fs::OpenOptions::new().write(true).open(path).map_err(fail)?);
        return write(&mut out).and_then(|()| out.flush()).map_err(fail);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".codeproof-").tempfile_in(folder).map_err(fail)?;
    let mut out = io::BufWriter::new(file.as_file_mut());
    write(&mut out).and_then(|()| out.flush()).map_err(fail)?;
    drop(out);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A report is read by others (CI uploads it), so it gets a plain file's mode, as far as the umask allowed
        // for the old file; temporary files are private.
        let mode = path.metadata().map_or(0o644, |metadata| metadata.permissions().mode());
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).map_err(fail)?;
    }
    file.persist(path).map(|_| ()).map_err(|error| fail(error.error))
}
