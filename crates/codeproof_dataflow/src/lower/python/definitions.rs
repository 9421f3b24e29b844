//! Functions, classes, their parameters and decorators.

use tree_sitter::Node;

use super::kinds::Kind;
use super::{LEVELS_MAX, Lowering};
use crate::ir::{
    Block, BodyId, BodyKind, Bytes, Class, ClassId, Expr, ExprId, Name, Parameter, ParameterKind, Place, Stmt, StmtKind,
};

/// What stands before a definition.
#[derive(Default)]
pub(super) struct Decorators {
    exprs: Vec<ExprId>,
    is_static: bool,
    is_class_method: bool,
}

/// A parameter whose default and type are lowered, and whose function is not open yet.
pub(super) struct PlainParameter<'t> {
    parameter: Parameter,
    /// Python 2's `def f((a, b))`: what takes the argument apart.
    pattern: Option<Node<'t>>,
}

/// Methods that get the class as their first argument without a decorator that says so.
const CLASS_METHODS: &[&str] = &["__new__", "__init_subclass__", "__class_getitem__"];

impl<'t> Lowering<'t> {
    pub(super) fn decorated(&mut self, statements: &mut Vec<Stmt>) {
        let mut decorators = Decorators::default();
        self.each_child(|lowering, kind| match kind {
            Kind::Decorator => {
                let source = lowering.source().trim_start_matches('@').trim();
                decorators.is_static |= source == "staticmethod";
                decorators.is_class_method |= source == "classmethod";
                let decorator = lowering.at_first_part(|lowering, _| lowering.expr());
                decorators.exprs.extend(decorator);
            }
            Kind::FunctionDefinition => lowering.function(std::mem::take(&mut decorators), statements),
            Kind::ClassDefinition => lowering.class(std::mem::take(&mut decorators), statements),
            _ if kind.is_token() => {}
            _ => lowering.statement(kind, statements),
        });
    }

    /// `def f(…): …`: a method of the open class, or a statement that binds its name.
    pub(super) fn function(&mut self, decorators: Decorators, statements: &mut Vec<Stmt>) {
        let class = self.open_class().map(|open| open.class);
        let bytes = self.bytes();
        let mut head = bytes;
        let mut name = None;
        let mut parameters = Vec::new();
        let mut returns = None;
        let mut body = None;
        self.each_child(|lowering, kind| match kind {
            Kind::Identifier if name.is_none() => name = Some(lowering.name()),
            Kind::Parameters => parameters = lowering.parameters(),
            Kind::Type => returns = Some(lowering.annotation()),
            Kind::Colon => head.end = lowering.bytes().end,
            Kind::Block if body.is_none() => {
                let parameters = std::mem::take(&mut parameters);
                body = Some(lowering.function_body(name, bytes, parameters, Self::block));
            }
            _ => {}
        });
        let body = body.unwrap_or_else(|| self.function_body(name, bytes, parameters, |_| Block::default()));
        let name = self.finish_function(body, class, decorators, returns);
        match class {
            Some(class) => {
                self.builder.module().classes[class.index()].methods.push((name, body));
                self.bind_in_class(name);
            }
            None => {
                self.bind_local(name);
                statements.push(Stmt { bytes: head, kind: StmtKind::Function(body) });
            }
        }
    }

    fn function_body(
        &mut self,
        name: Option<Name>,
        bytes: Bytes,
        parameters: Vec<PlainParameter<'t>>,
        block: impl FnOnce(&mut Self) -> Block,
    ) -> BodyId {
        let name = name.unwrap_or_else(|| self.builder.name(""));
        let id = self.open_body(BodyKind::Function, name, bytes);
        let mut code = self.place_parameters(parameters);
        let block = block(self);
        self.builder.body().code = if code.is_empty() {
            block
        } else {
            code.extend(block);
            code.into()
        };
        self.close_body();
        id
    }

    fn finish_function(
        &mut self,
        id: BodyId,
        class: Option<ClassId>,
        decorators: Decorators,
        returns: Option<ExprId>,
    ) -> Name {
        let is_of_file = self.is_file_scope();
        let module = self.builder.module();
        let body = &mut module.bodies[id.index()];
        let name = &*module.names[body.name.index()];
        body.class = class;
        body.decorators = decorators.exprs;
        body.returns = returns;
        body.is_static = decorators.is_static;
        body.is_class_method = decorators.is_class_method || class.is_some() && CLASS_METHODS.contains(&name);
        body.is_public = is_of_file && (!name.starts_with('_') || name.starts_with("__") && name.ends_with("__"));
        body.name
    }

    /// `class C(…): …`.
    pub(super) fn class(&mut self, decorators: Decorators, statements: &mut Vec<Stmt>) {
        let bytes = self.bytes();
        let mut head = bytes;
        let mut id = None;
        let mut bases = Vec::new();
        let mut rest = Vec::new();
        self.each_child(|lowering, kind| match kind {
            Kind::Identifier if id.is_none() => id = Some(lowering.begin_class(bytes)),
            Kind::ArgumentList => bases = lowering.bases(),
            Kind::Colon => head.end = lowering.bytes().end,
            Kind::Block => lowering.class_body(id, &mut rest),
            _ => {}
        });
        let Some(id) = id else { return statements.extend(rest) };
        let is_nested = self.open_class().is_some();
        let class = &mut self.builder.module().classes[id.index()];
        class.bases = bases;
        class.decorators = decorators.exprs;
        let name = class.name;
        match self.open_class().map(|outer| outer.class) {
            Some(outer) => {
                self.builder.module().classes[outer.index()].classes.push((name, id));
                self.bind_in_class(name);
            }
            None => self.bind_local(name),
        }
        if !is_nested {
            statements.push(Stmt { bytes: head, kind: StmtKind::Class(id) });
        }
        statements.extend(rest);
    }

    /// Makes the class whose name the cursor stands at.
    fn begin_class(&mut self, bytes: Bytes) -> ClassId {
        let name = self.name();
        let parent = self.builder.id();
        let classes = &mut self.builder.module().classes;
        classes.push(Class {
            name,
            parent,
            bases: Vec::new(),
            methods: Vec::new(),
            classes: Vec::new(),
            fields: Vec::new(),
            decorators: Vec::new(),
            bytes,
        });
        ClassId(u32::try_from(classes.len() - 1).unwrap_or(u32::MAX))
    }

    /// What stands in the parentheses behind a class's name, `metaclass=` and the like left out.
    fn bases(&mut self) -> Vec<ExprId> {
        let mut bases = Vec::new();
        self.each_child(|lowering, kind| {
            if !kind.is_token() && kind != Kind::KeywordArgument && kind != Kind::DictionarySplat {
                bases.push(lowering.expr());
            }
        });
        bases
    }

    /// The statements of a class: what is no method, class or field goes to `rest`.
    fn class_body(&mut self, id: Option<ClassId>, rest: &mut Vec<Stmt>) {
        let Some(id) = id.filter(|_| self.blocks < LEVELS_MAX) else {
            return rest.extend(self.block());
        };
        let name = self.builder.module().classes[id.index()].name;
        self.blocks += 1;
        self.open_class_scope(id, name);
        self.each_child(|lowering, kind| lowering.statement(kind, rest));
        self.close_class_scope();
        self.blocks -= 1;
    }

    /// The class whose own statements the cursor stands among, not in a block of them.
    pub(super) fn class_of_fields(&self) -> Option<ClassId> {
        self.open_class().filter(|open| open.blocks == self.blocks).map(|open| open.class)
    }

    /// `name = value` in a class's own body.
    pub(super) fn add_field(&mut self, class: ClassId, name: Name, value: Option<ExprId>, declared: Option<ExprId>) {
        self.builder.module().classes[class.index()].fields.push((name, value, declared));
        if value.is_some() {
            self.bind_in_class(name);
        }
    }

    /// The parameters at the cursor; their defaults and types belong to the body that is open now.
    pub(super) fn parameters(&mut self) -> Vec<PlainParameter<'t>> {
        let mut parameters = Vec::new();
        let mut is_name_only = false;
        self.each_child(|lowering, kind| match kind {
            Kind::KeywordSeparator => is_name_only = true,
            Kind::Identifier
            | Kind::TypedParameter
            | Kind::DefaultParameter
            | Kind::TypedDefaultParameter
            | Kind::ListSplatPattern
            | Kind::DictionarySplatPattern
            | Kind::TuplePattern => {
                let mut plain = lowering.plain_parameter();
                lowering.read_parameter(kind, &mut plain);
                match plain.parameter.kind {
                    ParameterKind::Plain if is_name_only => plain.parameter.kind = ParameterKind::NameOnly,
                    ParameterKind::Rest => is_name_only = true,
                    _ => {}
                }
                parameters.push(plain);
            }
            _ => {}
        });
        parameters
    }

    fn plain_parameter(&mut self) -> PlainParameter<'t> {
        let parameter = Parameter {
            name: self.builder.name(""),
            kind: ParameterKind::Plain,
            by_reference: false,
            default: None,
            declared_type: None,
            bytes: self.bytes(),
        };
        PlainParameter { parameter, pattern: None }
    }

    /// Reads the parameter, or part of one, at the cursor.
    fn read_parameter(&mut self, kind: Kind, plain: &mut PlainParameter<'t>) {
        match kind {
            Kind::Identifier => plain.parameter.name = self.name(),
            Kind::TuplePattern => plain.pattern = Some(self.node()),
            Kind::ListSplatPattern | Kind::DictionarySplatPattern => {
                let is_list = kind == Kind::ListSplatPattern;
                plain.parameter.kind = if is_list { ParameterKind::Rest } else { ParameterKind::RestByName };
                if let Some(name) = self.at_first_part(|lowering, _| lowering.name()) {
                    plain.parameter.name = name;
                }
            }
            _ => self.each_child(|lowering, kind| match kind {
                Kind::Type => plain.parameter.declared_type = Some(lowering.annotation()),
                _ if kind.is_token() => {}
                _ if lowering.field() == lowering.fields.value => plain.parameter.default = Some(lowering.expr()),
                Kind::Identifier | Kind::TuplePattern | Kind::ListSplatPattern | Kind::DictionarySplatPattern => {
                    lowering.read_parameter(kind, plain);
                }
                _ => {}
            }),
        }
    }

    /// Makes the parameters those of the body that was just opened; the result takes apart those that need it.
    pub(super) fn place_parameters(&mut self, parameters: Vec<PlainParameter<'t>>) -> Vec<Stmt> {
        let mut patterns = Vec::new();
        for PlainParameter { parameter, pattern } in parameters {
            let local = self.builder.fresh_local(parameter.name);
            patterns.extend(pattern.map(|pattern| (pattern, local)));
            self.builder.body().parameters.push(parameter);
        }
        let take_apart = |(pattern, local): (Node<'t>, _)| {
            let cursor = std::mem::replace(&mut self.cursor, pattern.walk());
            let bytes = self.bytes();
            let place: Place = self.place();
            self.cursor = cursor;
            let value = self.add(Expr::Local(local), bytes);
            Stmt { bytes, kind: StmtKind::Assign(place, value) }
        };
        patterns.into_iter().map(take_apart).collect()
    }
}
