//! Programs that try to get out, to stay, or to use more than they may. `docs/sandbox.md` lists them.

mod files;
mod kernel;
mod processes;
mod resources;
mod results;
