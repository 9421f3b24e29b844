//! A map as one page of HTML: the diagrams, a route table to search and filter, tables, models, migrations, concerns and
//! limits, each with links to the lines they stand in. No network, readable without JavaScript.
//!
//! The frame, the policy and the style are those of the report page ([`crate::html`]). The templates escape every text;
//! as they are go in only the style sheets, the script and the drawings ([`super::svg`]), which this crate makes and
//! escapes itself.

mod details;
mod links;
mod page;
mod routes;

pub(super) use page::write_map;
