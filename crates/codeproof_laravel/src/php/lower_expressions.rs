//! The expressions of [`super::lower`]: operators, calls, literals and closures.

use std::rc::Rc;

use tree_sitter::Node;

use super::ast::{Argument, Callee, Element, Expr, ExprKind, IncludeKind, MatchArm};
use super::lower::{DEPTH_MAX, Reader, end_line, field, line, named};
use super::strings;

impl Reader<'_> {
    pub(super) fn variable_name(&self, node: Node<'_>) -> Rc<str> {
        Rc::from(self.text(node).trim_start_matches(['&', '$', '.']))
    }

    fn boxed(&mut self, node: Node<'_>) -> Box<Expr> {
        Box::new(self.expr(node))
    }

    fn field_expr(&mut self, node: Node<'_>, name: &str) -> Box<Expr> {
        match field(node, name) {
            Some(child) => self.boxed(child),
            None => Box::new(opaque(node, "missing")),
        }
    }

    fn first_expr(&mut self, node: Node<'_>) -> Box<Expr> {
        match named(node).first() {
            Some(child) => self.boxed(*child),
            None => Box::new(opaque(node, "missing")),
        }
    }

    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        if self.depth >= DEPTH_MAX {
            return opaque(node, "nesting deeper than is read");
        }
        self.depth += 1;
        let kind = self.expr_kind(node);
        self.depth -= 1;
        Expr { kind, line: line(node), end_line: end_line(node) }
    }

    fn expr_kind(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            "string" | "encapsed_string" | "heredoc" | "nowdoc" => self.string(node),
            "integer" => strings::integer(self.text(node))
                .map_or_else(|| ExprKind::Opaque(Rc::from("integer")), ExprKind::Integer),
            "float" => self
                .text(node)
                .replace('_', "")
                .parse()
                .map_or_else(|_| ExprKind::Opaque(Rc::from("float")), ExprKind::Float),
            "boolean" => ExprKind::Boolean(self.text(node).eq_ignore_ascii_case("true")),
            "null" => ExprKind::Null,
            "variable_name" => ExprKind::Variable(self.variable_name(node)),
            "by_ref"
            | "parenthesized_expression"
            | "error_suppression_expression"
            | "clone_expression"
            | "reference_assignment_expression"
                if named(node).len() == 1 =>
            {
                match named(node).first() {
                    Some(inner) => self.expr_kind_nested(*inner),
                    None => ExprKind::Null,
                }
            }
            "array_creation_expression" | "list_literal" => self.array(node),
            "binary_expression" => self.binary(node),
            "unary_op_expression" => match self.text(node).chars().next() {
                Some('!') => ExprKind::Not(self.field_expr(node, "argument")),
                Some('-') => ExprKind::Negative(self.field_expr(node, "argument")),
                Some('+') => self.field_expr(node, "argument").kind,
                _ => ExprKind::Opaque(Rc::from("unary operator")),
            },
            "conditional_expression" => ExprKind::Ternary(
                self.field_expr(node, "condition"),
                field(node, "body").map(|it| self.boxed(it)),
                self.field_expr(node, "alternative"),
            ),
            "assignment_expression" | "reference_assignment_expression" => {
                ExprKind::Assign(self.field_expr(node, "left"), self.field_expr(node, "right"))
            }
            "augmented_assignment_expression" => {
                let operator = field(node, "operator").map(|it| self.text(it)).unwrap_or_default();
                let operator = operator.strip_suffix('=').unwrap_or(operator);
                ExprKind::AssignWith(Rc::from(operator), self.field_expr(node, "left"), self.field_expr(node, "right"))
            }
            "update_expression" => {
                let text = self.text(node);
                let step = if text.contains("++") { 1 } else { -1 };
                ExprKind::Step(self.field_expr(node, "argument"), step, text.starts_with(['+', '-']))
            }
            "subscript_expression" => {
                let parts = named(node);
                match parts.first() {
                    Some(base) => ExprKind::Index(self.boxed(*base), parts.get(1).map(|it| self.boxed(*it))),
                    None => ExprKind::Opaque(Rc::from("subscript")),
                }
            }
            "member_access_expression" | "nullsafe_member_access_expression" => {
                ExprKind::Property(self.field_expr(node, "object"), self.member_name(node))
            }
            "scoped_property_access_expression" => match (field(node, "scope"), field(node, "name")) {
                (Some(scope), Some(name)) => {
                    ExprKind::StaticProperty(self.class_reference(scope), self.variable_name(name))
                }
                _ => ExprKind::Opaque(Rc::from("static property")),
            },
            "class_constant_access_expression" => {
                let parts = named(node);
                match (parts.first(), parts.get(1)) {
                    (Some(class), Some(name)) => {
                        ExprKind::ClassConstant(self.class_reference(*class), self.shared(*name))
                    }
                    _ => ExprKind::Opaque(Rc::from("class constant")),
                }
            }
            "name" | "qualified_name" | "relative_name" => {
                ExprKind::Constant(self.other_name(self.text(node), &self.constants))
            }
            "function_call_expression" => self.call(node),
            "member_call_expression" | "nullsafe_member_call_expression" => ExprKind::MethodCall(
                self.field_expr(node, "object"),
                self.member_name(node),
                self.arguments(field(node, "arguments")),
            ),
            "scoped_call_expression" => match field(node, "scope") {
                Some(scope) => ExprKind::StaticCall(
                    self.class_reference(scope),
                    self.member_name(node),
                    self.arguments(field(node, "arguments")),
                ),
                None => ExprKind::Opaque(Rc::from("static call")),
            },
            "object_creation_expression" => self.new_object(node),
            "anonymous_function" | "arrow_function" => ExprKind::Closure(self.function(node, false)),
            "match_expression" => self.match_expression(node),
            "require_expression" | "include_expression" => {
                ExprKind::Include(self.first_expr(node), IncludeKind::Always)
            }
            "require_once_expression" | "include_once_expression" => {
                ExprKind::Include(self.first_expr(node), IncludeKind::Once)
            }
            "cast_expression" => {
                let target = field(node, "type").map(|it| self.text(it).to_lowercase()).unwrap_or_default();
                ExprKind::Cast(Rc::from(target.trim()), self.field_expr(node, "value"))
            }
            "throw_expression" => match named(node).first() {
                Some(thrown) => ExprKind::Throw(self.boxed(*thrown)),
                None => ExprKind::Exit,
            },
            "sequence_expression" => match named(node).last() {
                Some(last) => self.expr_kind_nested(*last),
                None => ExprKind::Null,
            },
            "magic_constant" => ExprKind::Constant(self.shared(node)),
            other => ExprKind::Opaque(Rc::from(other)),
        }
    }

    fn expr_kind_nested(&mut self, node: Node<'_>) -> ExprKind {
        self.expr(node).kind
    }

    /// What stands behind `->` or `::` in a call: a name as text, or an expression.
    fn member_name(&mut self, node: Node<'_>) -> Box<Expr> {
        match field(node, "name") {
            Some(name) if name.kind() == "name" => {
                Box::new(Expr { kind: ExprKind::Text(self.shared(name)), line: line(name), end_line: end_line(name) })
            }
            Some(name) => self.boxed(name),
            None => Box::new(opaque(node, "missing name")),
        }
    }

    fn call(&mut self, node: Node<'_>) -> ExprKind {
        let arguments = field(node, "arguments");
        let Some(function) = field(node, "function") else { return ExprKind::Opaque(Rc::from("call")) };
        if !matches!(function.kind(), "name" | "qualified_name" | "relative_name") {
            return ExprKind::Call(Callee::Value(self.boxed(function)), self.arguments(arguments));
        }
        let written = self.text(function);
        match written.to_lowercase().as_str() {
            "isset" => {
                return ExprKind::Isset(self.arguments(arguments).into_iter().map(|argument| argument.value).collect());
            }
            "empty" => {
                let first = self.arguments(arguments).into_iter().next();
                return first.map_or(ExprKind::Boolean(true), |first| ExprKind::Empty(Box::new(first.value)));
            }
            _ => {}
        }
        let name = self.other_name(written, &self.functions);
        ExprKind::Call(Callee::Named(name), self.arguments(arguments))
    }

    pub(super) fn arguments(&mut self, node: Option<Node<'_>>) -> Vec<Argument> {
        let mut found = Vec::new();
        for argument in node.map(named).unwrap_or_default() {
            if argument.kind() != "argument" {
                found.push(Argument { name: None, value: opaque(argument, "first-class callable"), spread: false });
                continue;
            }
            let name = field(argument, "name");
            let Some(value) = named(argument)
                .into_iter()
                .find(|it| Some(it.id()) != name.map(|name| name.id()) && it.kind() != "reference_modifier")
            else {
                continue;
            };
            let (value, spread) = match value.kind() {
                "variadic_unpacking" => (*self.first_expr(value), true),
                _ => (self.expr(value), false),
            };
            found.push(Argument { name: name.map(|it| self.shared(it)), value, spread });
        }
        found
    }

    fn new_object(&mut self, node: Node<'_>) -> ExprKind {
        let parts = named(node);
        let Some(class) = parts.first() else { return ExprKind::Opaque(Rc::from("new")) };
        if class.kind() == "anonymous_class" {
            let arguments = named(*class).into_iter().find(|it| it.kind() == "arguments");
            return ExprKind::NewAnonymous(self.anonymous_class(*class), self.arguments(arguments));
        }
        let arguments = parts.iter().find(|it| it.kind() == "arguments").copied();
        ExprKind::New(self.class_reference(*class), self.arguments(arguments))
    }

    fn binary(&mut self, node: Node<'_>) -> ExprKind {
        let operator = field(node, "operator").map(|it| self.text(it).to_lowercase()).unwrap_or_default();
        if operator == "instanceof" {
            return match field(node, "right") {
                Some(right) => {
                    let left = self.field_expr(node, "left");
                    ExprKind::InstanceOf(left, self.class_reference(right))
                }
                None => ExprKind::Opaque(Rc::from("instanceof")),
            };
        }
        ExprKind::Binary(Rc::from(operator), self.field_expr(node, "left"), self.field_expr(node, "right"))
    }

    fn array(&mut self, node: Node<'_>) -> ExprKind {
        if node.kind() == "list_literal" {
            return self.pattern(node);
        }
        let mut elements = Vec::new();
        for element in named(node).into_iter().filter(|it| it.kind() == "array_element_initializer") {
            let parts = named(element);
            match parts.as_slice() {
                [value] if value.kind() == "variadic_unpacking" => {
                    elements.push(Element { key: None, value: *self.first_expr(*value), spread: true });
                }
                [value] => elements.push(Element { key: None, value: self.expr(*value), spread: false }),
                [key, value, ..] => {
                    elements.push(Element { key: Some(self.expr(*key)), value: self.expr(*value), spread: false });
                }
                [] => {}
            }
        }
        ExprKind::Array(elements)
    }

    /// `[$a, 'k' => $b]` on the left of an assignment. Left-out places are opaque elements.
    fn pattern(&mut self, node: Node<'_>) -> ExprKind {
        let mut elements: Vec<Element> = Vec::new();
        let mut pending: Option<Expr> = None;
        let mut keyed = None;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "," | "]" | ")" => {
                    let is_end = child.kind() != ",";
                    match pending.take() {
                        Some(value) => elements.push(Element { key: keyed.take(), value, spread: false }),
                        None if !is_end => {
                            elements.push(Element { key: None, value: opaque(child, "left out"), spread: false });
                        }
                        None => {}
                    }
                }
                "=>" => keyed = pending.take(),
                _ if child.is_named() => pending = Some(self.expr(child)),
                _ => {}
            }
        }
        ExprKind::Array(elements)
    }

    fn match_expression(&mut self, node: Node<'_>) -> ExprKind {
        let subject = self.field_expr(node, "condition");
        let mut arms = Vec::new();
        for arm in field(node, "body").map(named).unwrap_or_default() {
            let conditions = match field(arm, "conditional_expressions") {
                Some(list) => named(list).into_iter().map(|it| self.expr(it)).collect(),
                None => Vec::new(),
            };
            arms.push(MatchArm { conditions, result: *self.field_expr(arm, "return_expression") });
        }
        ExprKind::Match(subject, arms)
    }

    fn string(&mut self, node: Node<'_>) -> ExprKind {
        let double_quoted = matches!(node.kind(), "encapsed_string" | "heredoc");
        let holder = field(node, "value").unwrap_or(node);
        let mut parts: Vec<Expr> = Vec::new();
        let mut literal = String::new();
        for part in named(holder) {
            match part.kind() {
                "string_content" | "nowdoc_string" => literal.push_str(self.text(part)),
                "escape_sequence" => strings::push_escape(&mut literal, self.text(part), double_quoted),
                "heredoc_start" | "heredoc_end" => {}
                _ => {
                    if !literal.is_empty() {
                        parts.push(text_expr(part, &std::mem::take(&mut literal)));
                    }
                    parts.push(self.expr(part));
                }
            }
        }
        if parts.is_empty() {
            return ExprKind::Text(Rc::from(literal));
        }
        if !literal.is_empty() {
            parts.push(text_expr(node, &literal));
        }
        ExprKind::Interpolated(parts)
    }
}

fn opaque(node: Node<'_>, what: &'static str) -> Expr {
    Expr { kind: ExprKind::Opaque(Rc::from(what)), line: line(node), end_line: end_line(node) }
}

fn text_expr(node: Node<'_>, text: &str) -> Expr {
    Expr { kind: ExprKind::Text(Rc::from(text)), line: line(node), end_line: end_line(node) }
}
