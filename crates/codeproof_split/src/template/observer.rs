//! Renders the program that runs the original once and tells the rows of all its scanners. It has the original's way of
//! running and the projection from the same texts as the whole-program template.

use minijinja::{Environment, UndefinedBehavior, context};

use super::projection::Projection;
use super::{FileFacts, comment, literal, parts};
use crate::Source;
use crate::split::{self, OutputFile, Scanner};

const OBSERVE: &str = include_str!("../../templates/observe.py.j2");

/// What is watched, scanner by scanner.
#[derive(Default)]
pub(super) struct Watch {
    watched: Vec<minijinja::Value>,
}

impl Watch {
    /// Adds a scanner, whose entry is defined on that line.
    pub(super) fn watch(&mut self, scanner: &Scanner, projection: &Projection, line: u32) {
        self.watched.push(context! {
            name => literal::text(&scanner.boundary.name),
            path => literal::list(&projection.path),
            column => projection.column_of(scanner),
            flags => projection.flags(),
            entry => literal::text(&scanner.boundary.entry),
            line => line,
        });
    }

    /// The program.
    pub(super) fn render(self, source: &Source, file: &FileFacts<'_>, beside: &[OutputFile]) -> split::Observer {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let values = context! {
            file => comment(&source.name),
            original => literal::text(file.original),
            scanners => self.watched,
            own_arguments => literal::boolean(file.own_arguments),
            original_code => parts::of_original(),
            rows_code => parts::ROWS.trim_end(),
        };
        let text = environment.render_str(OBSERVE, values).expect("every name of the built-in template is given");
        split::Observer {
            program: OutputFile { name: "observe.py".to_owned(), bytes: text.into_bytes() },
            beside: beside.to_vec(),
        }
    }
}
