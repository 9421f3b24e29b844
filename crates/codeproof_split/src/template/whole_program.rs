//! Renders whole-program templates: the original is run unchanged, and the rows of one scanner are given.

use minijinja::{Environment, UndefinedBehavior, context};

use super::projection::Projection;
use super::{FileFacts, comment, literal, parts};
use crate::Source;
use crate::split::{Options, Scanner, TemplateStyle};
use crate::trace::Kind;
use codeproof_python::Module;

const WHOLE_PROGRAM: &str = include_str!("../../templates/whole_program.py.j2");

/// What the whole-program templates of a file are rendered from.
pub(super) struct WholeProgram<'w> {
    environment: Environment<'static>,
    source: &'w Source,
    module: &'w Module,
    options: &'w Options<'w>,
}

impl<'w> WholeProgram<'w> {
    pub(super) fn new(source: &'w Source, module: &'w Module, options: &'w Options<'w>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_template("whole", WHOLE_PROGRAM).expect("the built-in template is well formed");
        Self { environment, source, module, options }
    }

    /// The program of a scanner.
    pub(super) fn render(&self, scanner: &Scanner, projection: &Projection, file: &FileFacts<'_>) -> String {
        let Self { source, module, options, .. } = self;
        let editable = scanner.parameters.iter().filter(|parameter| parameter.kind != Kind::Json);
        let rows: Vec<minijinja::Value> = editable
            .map(|parameter| {
                let (line, column) = module.lines.place(parameter.range.0.into());
                let (last_line, last_column) = module.lines.place(parameter.range.1.into());
                context! {
                    name => literal::text(&parameter.name),
                    value => literal::value(&parameter.value),
                    why => match parameter.kind {
                        Kind::Inline => String::new(),
                        _ if options.style == TemplateStyle::Minimal => String::new(),
                        _ => format!(": {}", comment(&parameter.why)),
                    },
                    place => format!("({line}, {}, {last_line}, {})", column - 1, last_column - 1),
                    line => line,
                }
            })
            .collect();
        let unnamed = scanner.parameters.iter().filter(|parameter| parameter.kind == Kind::Inline);
        let aliases: Vec<String> = unnamed
            .map(|parameter| {
                let (line, column) = module.lines.place(parameter.range.0.into());
                format!("'@{line}:{}': {}", column - 1, literal::text(&parameter.name))
            })
            .collect();
        let start = codeproof_python::line_of_definition(module, scanner.boundary.unit);
        let template = self.environment.get_template("whole").expect("the template was added above");
        let values = context! {
            scanner => literal::text(&scanner.boundary.name),
            title => comment(&scanner.boundary.name),
            file => comment(&source.name),
            hash => file.hash.as_str(),
            confidence => format!("{:.2}", scanner.boundary.confidence),
            lines => format!("{}-{}", scanner.boundary.start_line, scanner.boundary.end_line),
            original => literal::text(file.original),
            parameters => rows,
            path => literal::list(&projection.path),
            column => projection.column_of(scanner),
            flags => projection.flags(),
            entry => literal::text(&scanner.boundary.entry),
            entry_line => start,
            own_arguments => literal::boolean(file.own_arguments),
            original_code => parts::of_original(),
            rows_code => parts::ROWS.trim_end(),
            known_code => parts::KNOWN.trim_end(),
            wanted_code => parts::WANTED.trim_end(),
            main_code => parts::MAIN.trim_end(),
            generated => options.generated.map(comment),
            aliases => format!("{{{}}}", aliases.join(", ")),
        };
        let mut text = template.render(values).expect("every name of the built-in template is given");
        text.push('\n');
        text
    }
}
