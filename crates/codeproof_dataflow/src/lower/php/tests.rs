//! PHP in, IR as text out.
