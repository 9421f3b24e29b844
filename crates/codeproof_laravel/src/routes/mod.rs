//! The router as the evaluator's code sees it: groups, registrations, resources; and the rows that come out.

pub(crate) mod attributes;
pub(crate) mod middleware;
mod models;
pub(crate) mod register;
pub(crate) mod resource;
pub(crate) mod table;
