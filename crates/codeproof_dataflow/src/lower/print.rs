//! The IR as text for tests: one line for each statement with its line in the file, expressions as s-expressions.
//!
//! Locals stand as they are (`x`, `x~3` when there are several), those of enclosing bodies as `^x`, other names as `@x`.

use std::fmt::Write as _;

use crate::ir::{
    Argument, Block, Body, BodyId, Bytes, Class, Comprehension, Constant, Expr, ExprId, Import, Local, Loop, Module,
    Name, Parameter, ParameterKind, Pattern, Place, PlaceItem, Stmt, StmtKind,
};

/// All of a module.
pub(super) fn print(module: &Module, text: &str) -> String {
    let mut printer = Printer { module, text, out: String::new() };
    module.imports.iter().for_each(|import| printer.import(import));
    module.classes.iter().for_each(|class| printer.class(class));
    for number in 0..module.bodies.len() {
        printer.body(BodyId(u32::try_from(number).unwrap()));
    }
    printer.out
}

struct Printer<'m> {
    module: &'m Module,
    text: &'m str,
    out: String,
}

impl<'m> Printer<'m> {
    fn line_of(&self, bytes: Bytes) -> usize {
        self.text[..bytes.start as usize].matches('\n').count() + 1
    }

    fn name(&self, name: Name) -> &'m str {
        self.module.name(name)
    }

    fn import(&mut self, import: &Import) {
        let module = format!("{}{}", ".".repeat(import.level as usize), self.name(import.module));
        let member = import.member.map_or(String::new(), |member| format!(" . {}", self.name(member)));
        let binds = self.name(import.binds);
        writeln!(self.out, "import {module}{member} -> {binds}  (line {})", import.line).unwrap();
    }

    fn class(&mut self, class: &Class) {
        let parent = self.module.body(class.parent);
        let bases = self.exprs(parent, &class.bases);
        let decorators = self.decorators(parent, &class.decorators);
        writeln!(self.out, "\nclass {} ({bases}){decorators}", self.name(class.name)).unwrap();
        for (name, value, declared) in &class.fields {
            let declared = self.marked(parent, " : ", *declared);
            let value = self.marked(parent, " = ", *value);
            writeln!(self.out, "  field {}{declared}{value}", self.name(*name)).unwrap();
        }
        for (name, body) in &class.methods {
            writeln!(self.out, "  method {} = body {}", self.name(*name), body.0).unwrap();
        }
        for (name, class) in &class.classes {
            writeln!(self.out, "  class {} = class {}", self.name(*name), class.0).unwrap();
        }
    }

    fn decorators(&self, parent: &Body, decorators: &[ExprId]) -> String {
        decorators.iter().fold(String::new(), |all, decorator| format!("{all} @[{}]", self.expr(parent, *decorator)))
    }

    fn body(&mut self, id: BodyId) {
        let body = self.module.body(id);
        let parent = body.parent.map_or(body, |parent| self.module.body(parent));
        let parameters: Vec<String> =
            body.parameters.iter().map(|parameter| self.parameter(parent, parameter)).collect();
        let mut head = format!("\nbody {} {:?} {}({})", id.0, body.kind, self.name(body.name), parameters.join(", "));
        head += &self.marked(parent, " -> ", body.returns);
        for (is, word) in [
            (body.is_static, " static"),
            (body.is_class_method, " classmethod"),
            (body.is_generator, " generator"),
            (!body.is_public, " private"),
        ] {
            head += if is { word } else { "" };
        }
        if let Some(class) = body.class {
            head += &format!(" of {}", self.name(self.module.classes[class.index()].name));
        }
        head += &self.decorators(parent, &body.decorators);
        for (inner, outer, by_reference) in &body.captures {
            let by_reference = if *by_reference { "&" } else { "" };
            head += &format!(" use {by_reference}{}={}", self.local(body, *inner), self.local(parent, *outer));
        }
        writeln!(self.out, "{head}").unwrap();
        self.block(body, &body.code, 1);
    }

    fn parameter(&self, parent: &Body, parameter: &Parameter) -> String {
        let kind = match parameter.kind {
            ParameterKind::Plain => "",
            ParameterKind::NameOnly => "name-only ",
            ParameterKind::Rest => "*",
            ParameterKind::RestByName => "**",
        };
        let reference = if parameter.by_reference { "&" } else { "" };
        let declared = self.marked(parent, ": ", parameter.declared_type);
        let default = self.marked(parent, " = ", parameter.default);
        format!("{kind}{reference}{}{declared}{default}", self.name(parameter.name))
    }

    fn marked(&self, body: &Body, mark: &str, expr: Option<ExprId>) -> String {
        expr.map_or(String::new(), |expr| format!("{mark}{}", self.expr(body, expr)))
    }

    fn block(&mut self, body: &Body, block: &Block, indent: usize) {
        block.iter().for_each(|statement| self.statement(body, statement, indent));
    }

    fn write(&mut self, indent: usize, text: &str) {
        writeln!(self.out, "{}{text}", "  ".repeat(indent)).unwrap();
    }

    fn part(&mut self, body: &Body, word: &str, block: &Block, indent: usize) {
        if !block.is_empty() {
            self.write(indent, word);
            self.block(body, block, indent + 1);
        }
    }

    fn statement(&mut self, body: &Body, statement: &Stmt, indent: usize) {
        let line = self.line_of(statement.bytes);
        let head = match &statement.kind {
            StmtKind::Assign(place, value) => format!("{} = {}", self.place(body, place), self.expr(body, *value)),
            StmtKind::AssignReference(place, value) => {
                format!("{} = &{}", self.place(body, place), self.expr(body, *value))
            }
            StmtKind::Declare(local, kind, length) => {
                let length = self.marked(body, " length ", *length);
                format!("declare {} {}{length}", self.name(*kind), self.local(body, *local))
            }
            StmtKind::Eval(value) => self.expr(body, *value),
            StmtKind::Output(value) => format!("output {}", self.expr(body, *value)),
            StmtKind::If(..) => "if".to_owned(),
            StmtKind::Loop(looped) => self.loop_head(body, looped),
            StmtKind::Switch(switch) => format!("switch {}", self.expr(body, switch.subject)),
            StmtKind::Try(_) => "try".to_owned(),
            StmtKind::With(items, _) => {
                let item = |(manager, place): &(ExprId, Option<Place>)| {
                    let place =
                        place.as_ref().map_or(String::new(), |place| format!(" as {}", self.place(body, place)));
                    format!("{}{place}", self.expr(body, *manager))
                };
                format!("with {}", items.iter().map(item).collect::<Vec<_>>().join(", "))
            }
            StmtKind::Return(value) => format!("return{}", self.marked(body, " ", *value)),
            StmtKind::Raise(value) => format!("raise{}", self.marked(body, " ", *value)),
            StmtKind::Break(loops) => format!("break {loops}"),
            StmtKind::Continue(loops) => format!("continue {loops}"),
            StmtKind::Function(id) => format!("function {} = body {}", self.name(self.module.body(*id).name), id.0),
            StmtKind::Class(id) => format!("class {}", self.name(self.module.classes[id.index()].name)),
            StmtKind::Import(number) => {
                format!("import {}", self.name(self.module.imports[*number as usize].binds))
            }
            StmtKind::Delete(place) => format!("delete {}", self.place(body, place)),
            StmtKind::Assert(test) => format!("assert {}", self.expr(body, *test)),
            StmtKind::Label(name) => format!("label {}", self.name(*name)),
            StmtKind::Goto(name) => format!("goto {}", self.name(*name)),
        };
        self.write(indent, &format!("{line}: {head}"));
        self.blocks_of(body, &statement.kind, indent + 1);
    }

    fn blocks_of(&mut self, body: &Body, kind: &StmtKind, indent: usize) {
        match kind {
            StmtKind::If(branches, otherwise) => {
                for (test, block) in branches {
                    self.write(indent, &format!("when {}", self.expr(body, *test)));
                    self.block(body, block, indent + 1);
                }
                self.part(body, "else", otherwise, indent);
            }
            StmtKind::Loop(looped) => {
                self.part(body, "first", &looped.first, indent);
                self.block(body, &looped.body, indent);
                self.part(body, "step", &looped.step, indent);
                self.part(body, "else", &looped.otherwise, indent);
            }
            StmtKind::Switch(switch) => {
                for case in &switch.cases {
                    let patterns: Vec<String> =
                        case.patterns.iter().map(|pattern| self.pattern(body, pattern)).collect();
                    let guard = self.marked(body, " if ", case.guard);
                    let falls = if case.falls_through { " falls through" } else { "" };
                    self.write(indent, &format!("case {}{guard}{falls}", patterns.join(" | ")));
                    self.block(body, &case.body, indent + 1);
                }
            }
            StmtKind::Try(attempt) => {
                self.block(body, &attempt.body, indent);
                for (types, place, block) in &attempt.handlers {
                    let place =
                        place.as_ref().map_or(String::new(), |place| format!(" as {}", self.place(body, place)));
                    self.write(indent, &format!("except ({}){place}", self.exprs(body, types)));
                    self.block(body, block, indent + 1);
                }
                self.part(body, "else", &attempt.otherwise, indent);
                self.part(body, "finally", &attempt.last, indent);
            }
            StmtKind::With(_, block) => self.block(body, block, indent),
            _ => {}
        }
    }

    fn loop_head(&self, body: &Body, looped: &Loop) -> String {
        let each = looped.each.as_ref().map_or(String::new(), |each| {
            let key = each.key.as_ref().map_or(String::new(), |key| format!("{} => ", self.place(body, key)));
            format!(" {key}{} in {}", self.place(body, &each.value), self.expr(body, each.items))
        });
        let word = if looped.test_is_last { " until-last " } else { " while " };
        format!("loop{each}{}", self.marked(body, word, looped.test))
    }

    fn pattern(&self, body: &Body, pattern: &Pattern) -> String {
        match pattern {
            Pattern::Equal(value) => self.expr(body, *value),
            Pattern::Any(place) => {
                format!("any{}", place.as_ref().map_or(String::new(), |place| format!(" {}", self.place(body, place))))
            }
            Pattern::Structure(places) => {
                let places: Vec<String> = places.iter().map(|place| self.place(body, place)).collect();
                format!("structure({})", places.join(", "))
            }
        }
    }

    fn local(&self, body: &Body, local: Local) -> String {
        let name = self.name(body.locals[local.index()]);
        let is_same = |other: &Name| self.name(*other).trim_end() == name.trim_end();
        let is_shared = body.locals.iter().filter(|other| is_same(other)).count() > 1;
        match is_shared || name.is_empty() {
            true => format!("{}~{}", name.trim_end(), local.0),
            false => name.trim_end().to_owned(),
        }
    }

    fn outer(&self, body: BodyId, local: Local) -> String {
        format!("^{}", self.local(self.module.body(body), local))
    }

    fn place(&self, body: &Body, place: &Place) -> String {
        match place {
            Place::Local(local) => self.local(body, *local),
            Place::Outer(outer, local) => self.outer(*outer, *local),
            Place::Global(name) => format!("@{}", self.name(*name)),
            Place::Attribute(object, name) => format!("{}.{}", self.expr(body, *object), self.name(*name)),
            Place::Index(object, index) => {
                format!("{}[{}]", self.expr(body, *object), self.marked(body, "", *index))
            }
            Place::Slice(object) => format!("{}[:]", self.expr(body, *object)),
            Place::Destructure(items) => {
                let items: Vec<String> = items.iter().map(|item| self.place_item(body, item)).collect();
                format!("[{}]", items.join(", "))
            }
            Place::Unknown => "?".to_owned(),
        }
    }

    fn place_item(&self, body: &Body, item: &PlaceItem) -> String {
        let key = item.key.map_or(String::new(), |key| format!("{} => ", self.expr(body, key)));
        let rest = if item.is_rest { "*" } else { "" };
        format!("{key}{rest}{}", item.place.as_ref().map_or("_".to_owned(), |place| self.place(body, place)))
    }

    fn exprs(&self, body: &Body, exprs: &[ExprId]) -> String {
        exprs.iter().map(|expr| self.expr(body, *expr)).collect::<Vec<_>>().join(" ")
    }

    fn arguments(&self, body: &Body, arguments: &[Argument]) -> String {
        arguments.iter().fold(String::new(), |all, argument| {
            let name = argument.name.map_or(String::new(), |name| format!("{}=", self.name(name)));
            let mapping = if argument.is_mapping { "*" } else { "" };
            format!("{all} {name}{mapping}{}", self.expr(body, argument.value))
        })
    }

    fn expr(&self, body: &Body, id: ExprId) -> String {
        let one = |id: ExprId| self.expr(body, id);
        let many = |ids: &[ExprId]| self.exprs(body, ids);
        let maybe = |id: Option<ExprId>| id.map_or("_".to_owned(), |id| self.expr(body, id));
        match body.expr(id) {
            Expr::Unknown(operands) => format!("(? {})", many(operands)).replace("(? )", "?"),
            Expr::Constant(constant) => print_constant(constant),
            Expr::Local(local) => self.local(body, *local),
            Expr::Outer(outer, local) => self.outer(*outer, *local),
            Expr::Global(name) => format!("@{}", self.name(*name)),
            Expr::Attribute(object, name) => format!("{}.{}", one(*object), self.name(*name)),
            Expr::DynamicAttribute(object, name) => format!("(attribute {} {})", one(*object), one(*name)),
            Expr::Index(object, index) => format!("{}[{}]", one(*object), one(*index)),
            Expr::Slice(object, start, stop) => format!("{}[{}:{}]", one(*object), maybe(*start), maybe(*stop)),
            Expr::Call(callee, arguments) => format!("({}{})", one(*callee), self.arguments(body, arguments)),
            Expr::New(class, arguments) => format!("(new {}{})", one(*class), self.arguments(body, arguments)),
            Expr::Text(parts) => format!("(text {})", many(parts)),
            Expr::Chain(operator, operands) => format!("({operator:?}… {})", many(operands)),
            Expr::Binary(operator, left, right) => format!("({operator:?} {} {})", one(*left), one(*right)),
            Expr::Unary(operator, operand) => format!("({operator:?} {})", one(*operand)),
            Expr::Compare(operator, left, right) => format!("({operator:?}? {} {})", one(*left), one(*right)),
            Expr::And(operands) => format!("(and {})", many(operands)),
            Expr::Or(operands) => format!("(or {})", many(operands)),
            Expr::Conditional(test, value, otherwise) => {
                format!("(if {} {} {})", one(*test), one(*value), one(*otherwise))
            }
            Expr::Coalesce(value, otherwise) => format!("(?? {} {})", one(*value), one(*otherwise)),
            Expr::List(items) => format!("[list {}]", many(items)).replace(" ]", "]"),
            Expr::Tuple(items) => format!("[tuple {}]", many(items)).replace(" ]", "]"),
            Expr::Set(items) => format!("[set {}]", many(items)),
            Expr::Dict(pairs) => {
                let pairs: Vec<String> =
                    pairs.iter().map(|(key, value)| format!("{}: {}", maybe(*key), one(*value))).collect();
                format!("{{{}}}", pairs.join(", "))
            }
            Expr::Spread(items) => format!("*{}", one(*items)),
            Expr::Comprehension(comprehension) => self.comprehension(body, comprehension),
            Expr::Closure(id) => format!("(closure {})", id.0),
            Expr::Reference(value) => format!("&{}", one(*value)),
            Expr::Cast(name, value) => format!("(cast {} {})", self.name(*name), one(*value)),
            Expr::Assign(place, value) => format!("({} := {})", self.place(body, place), one(*value)),
            Expr::Match(subject, arms) => {
                let arm =
                    |(patterns, value): &(Vec<ExprId>, ExprId)| format!("({} => {})", many(patterns), one(*value));
                format!("(match {} {})", one(*subject), arms.iter().map(arm).collect::<Vec<_>>().join(" "))
            }
            Expr::Include(path) => format!("(include {})", one(*path)),
            Expr::Command(text) => format!("(command {})", one(*text)),
            Expr::Exit(value) => format!("(exit {})", maybe(*value)),
            Expr::IsSet(values) => format!("(isset {})", many(values)),
            Expr::IsEmpty(value) => format!("(empty {})", one(*value)),
            Expr::Yield(value) => format!("(yield {})", maybe(*value)),
            Expr::Await(value) => format!("(await {})", one(*value)),
            Expr::Raise(value) => format!("(raise {})", one(*value)),
            Expr::Output(value) => format!("(output {})", one(*value)),
        }
    }

    fn comprehension(&self, body: &Body, comprehension: &Comprehension) -> String {
        let key = comprehension.key.map_or(String::new(), |key| format!("{}: ", self.expr(body, key)));
        let clauses = comprehension.clauses.iter().fold(String::new(), |all, (place, items, tests)| {
            let tests = tests.iter().fold(String::new(), |all, test| format!("{all} if {}", self.expr(body, *test)));
            format!("{all} for {} in {}{tests}", self.place(body, place), self.expr(body, *items))
        });
        format!("({:?} {key}{}{clauses})", comprehension.kind, self.expr(body, comprehension.element))
    }
}

fn print_constant(constant: &Constant) -> String {
    match constant {
        Constant::None => "None".to_owned(),
        Constant::Bool(value) => value.to_string(),
        Constant::Int(value) => value.to_string(),
        Constant::Float(value) => format!("{value:?}"),
        Constant::Str(text) => format!("{text:?}"),
        Constant::Bytes(text) => format!("b{text:?}"),
    }
}
