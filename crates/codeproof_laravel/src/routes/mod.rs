//! The router as the evaluator's code sees it: groups, registrations, resources; and the rows that come out.

pub(crate) mod attributes;
pub(crate) mod inflect;
pub(crate) mod register;
pub(crate) mod resource;
mod route;
pub(crate) mod table;

pub use route::{Certainty, HandlerType, Route, UnknownPart};
