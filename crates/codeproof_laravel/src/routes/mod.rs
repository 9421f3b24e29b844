//! The router as the evaluator's code sees it: groups, registrations, resources; and the rows that come out.

pub(crate) mod attributes;
mod handler;
mod known;
pub(crate) mod middleware;
mod models;
pub(crate) mod register;
pub(crate) mod resource;
mod route;
mod router;
pub(crate) mod table;
