//! From tree-sitter's tree to the evaluator's own values. Names are resolved here, once, by the file's namespace and
//! imports; nesting deeper than [`DEPTH_MAX`] becomes opaque.

use std::rc::Rc;

use codeproof_types::Language;
use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::ast::{
    Attribute, Block, Body, Class, ClassReference, Expr, ExprKind, Function, Parameter, Property, Statement,
    StatementKind, Unit,
};

/// Levels of nesting that are read: far more than people write, and few enough for the stack of a run.
pub(super) const DEPTH_MAX: u32 = 400;

/// Reads one file; `None` when parsing it went over the budget of its size.
pub(crate) fn unit(path: &Rc<str>, text: &str) -> Option<Unit> {
    let (parsed, _) = codeproof_syntax::parse(text, Language::Php);
    let parsed = parsed?;
    let mut reader = Reader {
        text,
        path: path.clone(),
        namespace: String::new(),
        classes: FxHashMap::default(),
        functions: FxHashMap::default(),
        constants: FxHashMap::default(),
        depth: 0,
    };
    let body = reader.statements(parsed.tree().root_node());
    Some(Unit { path: path.clone(), body })
}

/// Reads one file's tree.
pub(super) struct Reader<'text> {
    text: &'text str,
    path: Rc<str>,
    namespace: String,
    /// Lower-case alias to full name.
    classes: FxHashMap<String, Rc<str>>,
    pub(super) functions: FxHashMap<String, Rc<str>>,
    pub(super) constants: FxHashMap<String, Rc<str>>,
    pub(super) depth: u32,
}

pub(super) fn named<'tree>(node: Node<'tree>) -> Vec<Node<'tree>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra()).collect()
}

/// Named children, and what the grammar could not place.
fn with_errors<'tree>(node: Node<'tree>) -> Vec<Node<'tree>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra() || child.is_error()).collect()
}

/// Whether a statement itself is broken, and not only one inside its closures.
fn is_broken(node: Node<'_>) -> bool {
    if !node.has_error() {
        return false;
    }
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if node.is_error() || node.is_missing() {
            return true;
        }
        let mut cursor = node.walk();
        open.extend(node.children(&mut cursor).filter(|it| it.has_error() && it.kind() != "compound_statement"));
    }
    false
}

pub(super) fn field<'tree>(node: Node<'tree>, name: &str) -> Option<Node<'tree>> {
    node.child_by_field_name(name)
}

fn child_of<'tree>(node: Node<'tree>, kind: &str) -> Option<Node<'tree>> {
    named(node).into_iter().find(|child| child.kind() == kind)
}

pub(super) fn line(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row + 1).unwrap_or(u32::MAX)
}

pub(super) fn end_line(node: Node<'_>) -> u32 {
    u32::try_from(node.end_position().row + 1).unwrap_or(u32::MAX)
}

impl<'text> Reader<'text> {
    pub(super) fn text(&self, node: Node<'_>) -> &'text str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    pub(super) fn shared(&self, node: Node<'_>) -> Rc<str> {
        Rc::from(self.text(node))
    }

    // ----- names

    fn qualified(&self, name: &str) -> Rc<str> {
        if self.namespace.is_empty() { Rc::from(name) } else { Rc::from(format!("{}\\{name}", self.namespace)) }
    }

    /// The full name of a class as written.
    pub(super) fn class_name(&self, written: &str) -> Rc<str> {
        if let Some(absolute) = written.strip_prefix('\\') {
            return Rc::from(absolute);
        }
        if let Some(relative) = written.strip_prefix("namespace\\") {
            return self.qualified(relative);
        }
        let (first, rest) = written.split_once('\\').map_or((written, None), |(first, rest)| (first, Some(rest)));
        match (self.classes.get(&first.to_lowercase()), rest) {
            (Some(full), None) => full.clone(),
            (Some(full), Some(rest)) => Rc::from(format!("{full}\\{rest}")),
            (None, _) => self.qualified(written),
        }
    }

    pub(super) fn class_reference(&mut self, node: Node<'_>) -> ClassReference {
        match node.kind() {
            "relative_scope" => match self.text(node).to_lowercase().as_str() {
                "self" => ClassReference::Itself,
                "parent" => ClassReference::Parent,
                _ => ClassReference::Static,
            },
            "name" | "qualified_name" | "relative_name" => match self.text(node).to_lowercase().as_str() {
                "self" => ClassReference::Itself,
                "parent" => ClassReference::Parent,
                "static" => ClassReference::Static,
                _ => ClassReference::Named(self.class_name(self.text(node))),
            },
            _ => ClassReference::Value(Box::new(self.expr(node))),
        }
    }

    /// Functions and constants: an import, else the name in this namespace (the evaluator falls back to the global one).
    pub(super) fn other_name(&self, written: &str, imports: &FxHashMap<String, Rc<str>>) -> Rc<str> {
        if let Some(absolute) = written.strip_prefix('\\') {
            return Rc::from(absolute);
        }
        if written.contains('\\') {
            return self.class_name(written);
        }
        imports.get(written).cloned().unwrap_or_else(|| self.qualified(written))
    }

    fn import(&mut self, node: Node<'_>) {
        let children = named(node);
        let kind_of = |node: Node<'_>| {
            let mut cursor = node.walk();
            node.children(&mut cursor).find_map(|child| match child.kind() {
                "function" => Some("function"),
                "const" => Some("const"),
                _ => None,
            })
        };
        let outer = kind_of(node);
        let group = children.iter().find(|child| child.kind() == "namespace_use_group").copied();
        let prefix = children
            .iter()
            .find(|child| group.is_some() && child.kind() == "namespace_name")
            .map(|prefix| format!("{}\\", self.text(*prefix)))
            .unwrap_or_default();
        for clause in named(group.unwrap_or(node)).into_iter().filter(|it| it.kind() == "namespace_use_clause") {
            let Some(target) = named(clause).into_iter().next() else { continue };
            let full = format!("{prefix}{}", self.text(target).trim_start_matches('\\'));
            let alias = match field(clause, "alias") {
                Some(alias) => self.text(alias).to_owned(),
                None => full.rsplit('\\').next().unwrap_or_default().to_owned(),
            };
            let full: Rc<str> = Rc::from(full);
            match kind_of(clause).or(outer) {
                Some("function") => self.functions.insert(alias, full),
                Some("const") => self.constants.insert(alias, full),
                _ => self.classes.insert(alias.to_lowercase(), full),
            };
        }
    }

    // ----- statements

    fn statements(&mut self, node: Node<'_>) -> Block {
        let mut found = Vec::new();
        for child in with_errors(node) {
            self.statement_into(child, &mut found);
        }
        found.into()
    }

    /// The body of a control structure: a block, or one statement.
    fn body(&mut self, node: Node<'_>) -> Block {
        match node.kind() {
            "compound_statement" | "colon_block" => self.statements(node),
            _ => {
                let mut found = Vec::new();
                self.statement_into(node, &mut found);
                found.into()
            }
        }
    }

    fn body_of(&mut self, node: Node<'_>) -> Block {
        match field(node, "body") {
            Some(body) => self.body(body),
            None => Rc::from([]),
        }
    }

    fn statement_into(&mut self, node: Node<'_>, found: &mut Vec<Statement>) {
        if self.depth >= DEPTH_MAX {
            return;
        }
        self.depth += 1;
        if let Some(kind) = self.statement_kind(node) {
            let statement = |kind| Statement { kind, line: line(node), end_line: end_line(node) };
            let is_broken = node.kind() == "expression_statement" && is_broken(node);
            found.push(match is_broken {
                true => statement(StatementKind::Broken(Rc::from([statement(kind)]))),
                false => statement(kind),
            });
        }
        self.depth -= 1;
    }

    fn statement_kind(&mut self, node: Node<'_>) -> Option<StatementKind> {
        Some(match node.kind() {
            "expression_statement" => StatementKind::Expression(self.expr(*named(node).first()?)),
            "echo_statement" | "print_intrinsic" => StatementKind::Expression(self.expr(*named(node).first()?)),
            "compound_statement" | "colon_block" => StatementKind::Block(self.statements(node)),
            "namespace_definition" => {
                self.namespace = field(node, "name").map(|name| self.text(name).to_owned()).unwrap_or_default();
                StatementKind::Block(self.body_of(node))
            }
            "namespace_use_declaration" => {
                self.import(node);
                return None;
            }
            "const_declaration" => StatementKind::Constants(
                self.constant_elements(node).into_iter().map(|(name, value)| (self.qualified(&name), value)).collect(),
            ),
            "function_definition" => StatementKind::Function(self.function(node, true)),
            "class_declaration" | "trait_declaration" | "interface_declaration" | "enum_declaration" => {
                StatementKind::Class(self.class(node)?)
            }
            "if_statement" => self.if_statement(node)?,
            "foreach_statement" => self.foreach_statement(node)?,
            "while_statement" | "do_statement" => StatementKind::Loop {
                start: Vec::new(),
                condition: field(node, "condition").map(|it| self.expr(it)),
                step: Vec::new(),
                body: self.body_of(node),
                body_first: node.kind() == "do_statement",
            },
            "for_statement" => StatementKind::Loop {
                start: field(node, "initialize").map(|it| self.expr(it)).into_iter().collect(),
                condition: field(node, "condition").map(|it| self.expr(it)),
                step: field(node, "update").map(|it| self.expr(it)).into_iter().collect(),
                body: self.body_of(node),
                body_first: false,
            },
            "switch_statement" => self.switch_statement(node)?,
            "try_statement" => self.try_statement(node),
            "return_statement" => StatementKind::Return(named(node).first().map(|it| self.expr(*it))),
            "break_statement" => StatementKind::Break(self.levels(node)),
            "continue_statement" => StatementKind::Continue(self.levels(node)),
            "exit_statement" => {
                StatementKind::Expression(Expr { kind: ExprKind::Exit, line: line(node), end_line: end_line(node) })
            }
            "unset_statement" => StatementKind::Unset(named(node).into_iter().map(|it| self.expr(it)).collect()),
            "function_static_declaration" => StatementKind::StaticVariables(
                named(node)
                    .into_iter()
                    .filter_map(|it| {
                        let name = self.variable_name(field(it, "name")?);
                        Some((name, field(it, "value").map(|value| self.expr(value))))
                    })
                    .collect(),
            ),
            // Broken places: what is inside still counts, in doubt.
            "ERROR" => StatementKind::Broken(self.statements(node)),
            kind if kind.ends_with("_expression") => StatementKind::Expression(self.expr(node)),
            _ => return None,
        })
    }

    fn levels(&self, node: Node<'_>) -> u32 {
        named(node).first().and_then(|it| self.text(*it).parse().ok()).unwrap_or(1)
    }

    fn if_statement(&mut self, node: Node<'_>) -> Option<StatementKind> {
        let mut branches = vec![(self.expr(field(node, "condition")?), self.body_of(node))];
        let mut otherwise = None;
        for child in named(node) {
            match child.kind() {
                "else_if_clause" => {
                    let condition = field(child, "condition").map(|it| self.expr(it));
                    branches.extend(condition.map(|condition| (condition, self.body_of(child))));
                }
                "else_clause" => otherwise = Some(self.body_of(child)),
                _ => {}
            }
        }
        Some(StatementKind::If(branches, otherwise))
    }

    fn foreach_statement(&mut self, node: Node<'_>) -> Option<StatementKind> {
        let parts: Vec<_> =
            named(node).into_iter().filter(|it| Some(it.id()) != field(node, "body").map(|body| body.id())).collect();
        let subject = self.expr(*parts.first()?);
        let target = *parts.get(1)?;
        let (key, value) = if target.kind() == "pair" {
            let pair = named(target);
            (Some(self.expr(*pair.first()?)), self.expr(*pair.get(1)?))
        } else {
            (None, self.expr(target))
        };
        Some(StatementKind::Foreach { subject, key, value, body: self.body_of(node) })
    }

    fn switch_statement(&mut self, node: Node<'_>) -> Option<StatementKind> {
        let subject = self.expr(field(node, "condition")?);
        let mut cases = Vec::new();
        for case in named(field(node, "body")?) {
            let value = field(case, "value");
            let mut body = Vec::new();
            for child in named(case).into_iter().filter(|it| Some(it.id()) != value.map(|value| value.id())) {
                self.statement_into(child, &mut body);
            }
            cases.push((value.map(|value| self.expr(value)), body.into()));
        }
        Some(StatementKind::Switch(subject, cases))
    }

    fn try_statement(&mut self, node: Node<'_>) -> StatementKind {
        let body = self.body_of(node);
        let mut catches = Vec::new();
        let mut finally = None;
        for child in named(node) {
            match child.kind() {
                "catch_clause" => catches.push(self.body_of(child)),
                "finally_clause" => finally = Some(self.body_of(child)),
                _ => {}
            }
        }
        StatementKind::Try { body, catches, finally }
    }

    // ----- declarations

    fn constant_elements(&mut self, node: Node<'_>) -> Vec<(Rc<str>, Expr)> {
        named(node)
            .into_iter()
            .filter(|it| it.kind() == "const_element")
            .filter_map(|element| {
                let parts = named(element);
                Some((self.shared(*parts.first()?), self.expr(*parts.get(1)?)))
            })
            .collect()
    }

    fn class(&mut self, node: Node<'_>) -> Option<Rc<Class>> {
        let name = self.qualified(self.text(field(node, "name")?));
        Some(Rc::new(self.class_body(node, name)))
    }

    /// A class without a name gets one that nobody can write, from its place.
    pub(super) fn anonymous_class(&mut self, node: Node<'_>) -> Rc<Class> {
        let name = Rc::from(format!("class@anonymous {}:{}", self.path, node.start_byte()));
        Rc::new(self.class_body(node, name))
    }

    fn class_body(&mut self, node: Node<'_>, name: Rc<str>) -> Class {
        let mut class = Class {
            name,
            is_abstract: child_of(node, "abstract_modifier").is_some(),
            attributes: self.attributes(node),
            parent: None,
            interfaces: Vec::new(),
            traits: Vec::new(),
            aliases: Vec::new(),
            constants: FxHashMap::default(),
            cases: FxHashMap::default(),
            case_order: Vec::new(),
            properties: Vec::new(),
            methods: FxHashMap::default(),
            file: self.path.clone(),
            line: line(field(node, "name").unwrap_or(node)),
        };
        if let Some(base) = child_of(node, "base_clause") {
            class.parent = named(base).first().map(|it| self.class_name(self.text(*it)));
        }
        if let Some(interfaces) = child_of(node, "class_interface_clause") {
            class.interfaces = named(interfaces).into_iter().map(|it| self.class_name(self.text(it))).collect();
        }
        for member in field(node, "body").map(named).unwrap_or_default() {
            self.member(member, &mut class);
        }
        class
    }

    fn member(&mut self, member: Node<'_>, class: &mut Class) {
        match member.kind() {
            "use_declaration" => {
                for name in named(member) {
                    if matches!(name.kind(), "name" | "qualified_name") {
                        class.traits.push(self.class_name(self.text(name)));
                    }
                }
                for clause in child_of(member, "use_list").map(named).unwrap_or_default() {
                    class.aliases.extend(self.alias(clause));
                }
            }
            "const_declaration" => class.constants.extend(self.constant_elements(member)),
            "enum_case" => {
                if let Some(name) = field(member, "name") {
                    let name = self.shared(name);
                    class.case_order.push(name.clone());
                    let value = field(member, "value").map(|it| self.expr(it));
                    class.cases.insert(name, value);
                }
            }
            "property_declaration" => {
                let is_static = child_of(member, "static_modifier").is_some();
                for element in named(member).into_iter().filter(|it| it.kind() == "property_element") {
                    let Some(name) = field(element, "name") else { continue };
                    let name = self.variable_name(name);
                    let default = field(element, "default_value").map(|it| self.expr(it));
                    class.properties.push(Property { name, default, is_static });
                }
            }
            "method_declaration" => {
                let function = self.function(member, false);
                class.methods.insert(Rc::from(function.name.to_lowercase()), function);
            }
            _ => {}
        }
    }

    /// `one as two`, `T::one as protected two`; a clause that gives no new name is none.
    fn alias(&self, clause: Node<'_>) -> Option<(Rc<str>, Rc<str>)> {
        if clause.kind() != "use_as_clause" {
            return None;
        }
        let parts = named(clause);
        let (first, last) = (parts.first()?, parts.last()?);
        let is_new = parts.len() > 1 && last.kind() == "name";
        let method = self.text(*first).rsplit(':').next().unwrap_or_default().trim();
        is_new.then(|| (Rc::from(self.text(*last).to_lowercase()), Rc::from(method.to_lowercase())))
    }

    pub(super) fn function(&mut self, node: Node<'_>, in_namespace: bool) -> Rc<Function> {
        let written = field(node, "name").map(|name| self.text(name)).unwrap_or("{closure}");
        let name = if in_namespace { self.qualified(written) } else { Rc::from(written) };
        let mut parameters = Vec::new();
        for parameter in field(node, "parameters").map(named).unwrap_or_default() {
            parameters.extend(self.parameter(parameter));
        }
        let mut uses = Vec::new();
        if let Some(clause) = child_of(node, "anonymous_function_use_clause") {
            for used in named(clause) {
                let variable = if used.kind() == "by_ref" { named(used).first().copied() } else { Some(used) };
                uses.extend(variable.map(|it| self.variable_name(it)));
            }
        }
        let body = match (node.kind(), field(node, "body")) {
            ("arrow_function", Some(body)) => Body::Arrow(self.expr(body)),
            (_, Some(body)) => Body::Statements(self.statements(body)),
            (_, None) => Body::None,
        };
        let visibility = child_of(node, "visibility_modifier").map(|it| self.text(it).to_lowercase());
        Rc::new(Function {
            name,
            parameters,
            body,
            uses,
            file: self.path.clone(),
            // Attributes stand in front of the declaration, as far as PHP is asked.
            line: line(field(node, "name").unwrap_or(node)),
            is_static: child_of(node, "static_modifier").is_some(),
            is_public: visibility.is_none_or(|it| it == "public"),
            returns: field(node, "return_type").map(|it| self.type_classes(it)).unwrap_or_default(),
            attributes: self.attributes(node),
        })
    }

    /// `#[Name(…), Other]` in front of a declaration.
    fn attributes(&mut self, node: Node<'_>) -> Vec<Attribute> {
        let mut found = Vec::new();
        for group in field(node, "attributes").map(named).unwrap_or_default() {
            for attribute in named(group) {
                let Some(name) = named(attribute).into_iter().find(|it| matches!(it.kind(), "name" | "qualified_name"))
                else {
                    continue;
                };
                let name = self.class_name(self.text(name));
                let arguments = self.arguments(field(attribute, "parameters"));
                found.push(Attribute { name, arguments });
            }
        }
        found
    }

    /// All classes that a type names: those of a union, and behind a `?`.
    fn type_classes(&self, node: Node<'_>) -> Vec<Rc<str>> {
        match node.kind() {
            "name" | "qualified_name" => vec![self.class_name(self.text(node))],
            "named_type" | "optional_type" | "union_type" | "intersection_type" | "disjunctive_normal_form_type" => {
                named(node).into_iter().flat_map(|it| self.type_classes(it)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn parameter(&mut self, node: Node<'_>) -> Option<Parameter> {
        let name = self.variable_name(field(node, "name")?);
        let class = field(node, "type").and_then(|it| self.type_class(it));
        Some(Parameter {
            name,
            class,
            default: field(node, "default_value").map(|it| self.expr(it)),
            variadic: node.kind() == "variadic_parameter",
            promoted: node.kind() == "property_promotion_parameter",
        })
    }

    fn type_class(&self, node: Node<'_>) -> Option<Rc<str>> {
        match node.kind() {
            "name" | "qualified_name" => Some(self.class_name(self.text(node))),
            "named_type" | "optional_type" => named(node).first().and_then(|it| self.type_class(*it)),
            _ => None,
        }
    }
}
