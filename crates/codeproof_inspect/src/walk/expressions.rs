//! Expressions: what each may be.

use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::{
    Arguments as ArgumentNodes, Comprehension, Expr, ExprFString, ExprSubscript, FStringPart,
    InterpolatedStringElement, Number, Operator, Parameters, UnaryOp,
};
use ruff_text_size::Ranged;

use super::super::compute;
use super::super::rules::{self, Verdict, credential};
use super::super::value::{Arguments, HOLE, Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::{Body, Function, REPEATED_STEPS_MAX, Walk};

/// Rounds of a comprehension over known elements that are read one by one.
const COMPREHENSION_ROUNDS_MAX: usize = 4_096;

impl<'a> Walk<'a> {
    /// What an expression may be; every call in it is judged.
    pub(super) fn value(&mut self, expression: &'a Expr) -> Value {
        if self.frames.len() > 1 {
            self.repeated_steps += 1;
        }
        match expression {
            Expr::StringLiteral(text) => Value::text(text.value.to_str()),
            Expr::BytesLiteral(bytes) => Value::bytes(bytes.value.bytes().collect::<Vec<u8>>()),
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(number) => number.as_i64().map_or_else(Value::default, Value::integer),
                Number::Float(_) => Value { shape: Shape::Float, origins: Origins::NONE },
                Number::Complex { .. } => Value::default(),
            },
            Expr::BooleanLiteral(literal) => Value { shape: Shape::Boolean(literal.value), origins: Origins::NONE },
            Expr::NoneLiteral(_) => Value { shape: Shape::Nothing, origins: Origins::NONE },
            Expr::EllipsisLiteral(_) => Value::default(),
            Expr::Name(name) => {
                let value = self.lookup(name.id.as_str());
                self.judge_spelling(expression, name.id.as_str(), &value);
                value
            }
            Expr::Attribute(attribute) => {
                let owner = self.value(&attribute.value);
                self.attribute(&owner, attribute.attr.as_str(), Origins::NONE, attribute.range())
            }
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Call(call) => {
                let callee = self.value(&call.func);
                let arguments = self.arguments(&call.arguments);
                self.note_growth(&call.func, &arguments);
                self.call(&callee, &arguments, call.range())
            }
            Expr::BinOp(_) => self.operation(expression),
            Expr::BoolOp(both) => {
                let values: Vec<Value> = both.values.iter().map(|value| self.value(value)).collect();
                Value::choice(values)
            }
            Expr::UnaryOp(operation) => {
                let operand = self.value(&operation.operand);
                match (operation.op, operand.as_integer()) {
                    (UnaryOp::USub, Some(number)) => Value::integer(number.saturating_neg()).from(operand.origins),
                    (UnaryOp::Invert, Some(number)) => Value::integer(!number).from(operand.origins),
                    _ => Value::unknown(operand.origins),
                }
            }
            Expr::Compare(compare) => {
                let left = self.value(&compare.left);
                let all: Vec<Value> =
                    std::iter::once(left).chain(compare.comparators.iter().map(|value| self.value(value))).collect();
                let origins = all.iter().fold(Origins::NONE, |all, value| all.with(value.origins));
                let fixed = all.iter().any(compute::is_fixed_time);
                let kept = if fixed { origins } else { origins.without(Origins::CLOCK) };
                Value::unknown(kept.without(Origins::PRIVATE))
            }
            Expr::If(choice) => self.choice(choice),
            Expr::List(list) => self.collection(&list.elts),
            Expr::Tuple(tuple) => self.collection(&tuple.elts),
            Expr::Set(set) => self.collection(&set.elts),
            Expr::Dict(dictionary) => self.dictionary(dictionary),
            Expr::FString(text) => self.formatted(text),
            Expr::TString(_) => Value::default(),
            Expr::Lambda(lambda) => {
                self.function("<lambda>", lambda.parameters.as_deref(), Body::Expression(&lambda.body))
            }
            Expr::ListComp(comprehension) => self.comprehension(&comprehension.elt, &comprehension.generators),
            Expr::SetComp(comprehension) => self.comprehension(&comprehension.elt, &comprehension.generators),
            Expr::Generator(comprehension) => self.comprehension(&comprehension.elt, &comprehension.generators),
            Expr::DictComp(comprehension) => {
                let key = comprehension.key.as_deref().unwrap_or(&comprehension.value);
                let keys = self.comprehension(key, &comprehension.generators);
                let values = self.comprehension(&comprehension.value, &comprehension.generators);
                let pairs = keys.elements().into_iter().zip(values.elements()).collect();
                Value { shape: Shape::Dictionary(pairs), origins: keys.origins.with(values.origins) }
            }
            Expr::Named(named) => {
                let value = self.value(&named.value);
                self.assign(&named.target, value.clone());
                value
            }
            Expr::Starred(starred) => self.value(&starred.value),
            Expr::Await(awaited) => self.value(&awaited.value),
            Expr::Yield(given) => {
                let value = given.value.as_deref().map(|value| self.value(value)).unwrap_or_default();
                self.frame_mut().returned.push(Value::list(vec![value]));
                Value::default()
            }
            Expr::YieldFrom(given) => {
                let value = self.value(&given.value);
                self.frame_mut().returned.push(value);
                Value::default()
            }
            Expr::Slice(slice) => {
                for bound in [&slice.lower, &slice.upper, &slice.step].into_iter().flatten() {
                    self.value(bound);
                }
                Value::default()
            }
            Expr::IpyEscapeCommand(command) => {
                let arguments = Arguments { positional: vec![Value::text(&*command.value)], named: Vec::new() };
                self.call(&Value::name("os.system"), &arguments, command.range())
            }
        }
    }

    /// A chain `a + b + …` leans to the left as far as it is long: read from its innermost part outwards.
    fn operation(&mut self, expression: &'a Expr) -> Value {
        let mut links = Vec::new();
        let mut innermost = expression;
        while let Expr::BinOp(operation) = innermost {
            links.push((operation.op, &*operation.right));
            innermost = &operation.left;
        }
        let mut value = self.value(innermost);
        for (operator, right) in links.into_iter().rev() {
            let right_value = self.value(right);
            if let Some(verdict) = rules::huge(&value, operator, &right_value) {
                self.report(expression.range(), verdict);
            }
            value = self.operated(&value, operator, &right_value);
        }
        value
    }

    fn operated(&mut self, left: &Value, operator: Operator, right: &Value) -> Value {
        if left.alternatives().len() == 1 && right.alternatives().len() == 1 {
            return compute::operation(left, operator, right);
        }
        let pairs = left.alternatives().iter().flat_map(|one| right.alternatives().iter().map(move |two| (one, two)));
        Value::choice(pairs.take(64).map(|(one, two)| compute::operation(one, operator, two)).collect::<Vec<_>>())
            .from(left.origins.with(right.origins))
    }

    fn choice(&mut self, choice: &'a ruff_python_ast::ExprIf) -> Value {
        let test = self.value(&choice.test);
        if matches!(&*choice.test, Expr::BooleanLiteral(literal) if !literal.value) {
            return self.value(&choice.orelse);
        }
        let before = self.circumstances;
        self.circumstances = before.with(test.origins);
        let values = [self.value(&choice.body), self.value(&choice.orelse)];
        self.circumstances = before;
        Value::choice(values)
    }

    fn collection(&mut self, elements: &'a [Expr]) -> Value {
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            let value = self.value(element);
            match element {
                Expr::Starred(_) => values.extend(value.elements()),
                _ => values.push(value),
            }
        }
        Value::list(values)
    }

    fn dictionary(&mut self, dictionary: &'a ruff_python_ast::ExprDict) -> Value {
        let mut items = Vec::with_capacity(dictionary.items.len());
        let mut origins = Origins::NONE;
        for item in &dictionary.items {
            let key = item.key.as_ref().map(|key| self.value(key));
            let value = self.value(&item.value);
            origins = origins.with(value.origins);
            let held = key.as_ref().and_then(Value::as_known_text).and_then(|name| credential::held(&name, &value));
            if let Some(verdict) = held {
                self.report(item.value.range(), verdict);
            }
            match (key, &value.shape) {
                (Some(key), _) => items.push((key, value)),
                (None, Shape::Dictionary(inner)) => items.extend(inner.iter().cloned()),
                (None, _) => {}
            }
        }
        Value { shape: Shape::Dictionary(items.into()), origins }
    }

    fn formatted(&mut self, text: &'a ExprFString) -> Value {
        let mut pieces = Vec::new();
        for part in &text.value {
            match part {
                FStringPart::Literal(literal) => pieces.push(Value::text(literal.as_str())),
                FStringPart::FString(inner) => {
                    for element in inner.elements.iter() {
                        pieces.push(match element {
                            InterpolatedStringElement::Literal(literal) => Value::text(&*literal.value),
                            InterpolatedStringElement::Interpolation(field) => self.field(field),
                        });
                    }
                }
            }
        }
        compute::joined(&pieces)
    }

    fn field(&mut self, field: &'a ruff_python_ast::InterpolatedElement) -> Value {
        let value = self.value(&field.expression);
        if let Some(format) = &field.format_spec {
            for element in format.elements.iter() {
                if let InterpolatedStringElement::Interpolation(inner) = element {
                    self.value(&inner.expression);
                }
            }
        }
        match &value.shape {
            Shape::Choice(values) => values.first().cloned().filter(|_| value.is_constant()).unwrap_or(value),
            _ => value,
        }
    }

    /// A function of the file from here on, its defaults read where it is defined.
    pub(super) fn function(&mut self, name: &'a str, parameters: Option<&'a Parameters>, body: Body<'a>) -> Value {
        let mut defaults = HashMap::new();
        for parameter in parameters.into_iter().flat_map(Parameters::iter_non_variadic_params) {
            if let Some(default) = &parameter.default {
                defaults.insert(parameter.parameter.name.as_str(), self.value(default));
            }
        }
        let id = self.functions.len();
        let captured = Rc::new(self.visible_names());
        self.functions.push(Function { name, parameters, body, defaults: Rc::new(defaults), captured, class: None });
        if !self.read.contains(&body.range()) {
            self.pending.push_back(id);
        }
        Value { shape: Shape::Function(id, None), origins: Origins::NONE }
    }

    pub(super) fn arguments(&mut self, nodes: &'a ArgumentNodes) -> Arguments {
        let mut given = Arguments::default();
        for node in &nodes.args {
            let value = self.value(node);
            match node {
                Expr::Starred(_) if !value.elements().is_empty() => given.positional.extend(value.elements()),
                _ => given.positional.push(value),
            }
        }
        for keyword in &nodes.keywords {
            let value = self.value(&keyword.value);
            match (&keyword.arg, &value.shape) {
                (Some(name), _) => given.named.push((Some(name.as_str().into()), value)),
                (None, Shape::Dictionary(items)) => {
                    let named = items.iter().map(|(key, value)| (key.as_known_text(), value.clone()));
                    given.named.extend(named);
                }
                (None, _) => given.named.push((None, value)),
            }
        }
        given
    }

    fn subscript(&mut self, subscript: &'a ExprSubscript) -> Value {
        let owner = self.value(&subscript.value);
        if let Expr::Slice(slice) = &*subscript.slice {
            let mut bound = |part: &'a Option<Box<Expr>>| part.as_deref().map(|part| self.value(part).as_integer());
            let (start, stop, step) = (bound(&slice.lower), bound(&slice.upper), bound(&slice.step));
            return match (start, stop, step.unwrap_or(Some(1))) {
                (Some(None), _, _) | (_, Some(None), _) | (_, _, None) => Value::unknown(owner.origins),
                (start, stop, Some(step)) => compute::slice(&owner, start.flatten(), stop.flatten(), step),
            };
        }
        let key = self.value(&subscript.slice);
        let values: Vec<Value> = owner.alternatives().to_vec();
        let items = values.iter().map(|single| self.item(single, &key, subscript.range()));
        let items: Vec<Value> = items.collect();
        Value::choice(items)
    }

    fn comprehension(&mut self, element: &'a Expr, generators: &'a [Comprehension]) -> Value {
        let Some((generator, rest)) = generators.split_first() else {
            return Value::list(vec![self.value(element)]);
        };
        let over = self.value(&generator.iter);
        let names = target_names(&generator.target);
        let before: Vec<Option<Value>> = names.iter().map(|name| self.frame().bindings.get(name).cloned()).collect();
        let conditional = std::mem::take(&mut self.frame_mut().conditional);
        let elements = over.elements();
        let result = if (1..=COMPREHENSION_ROUNDS_MAX).contains(&elements.len())
            && elements.iter().all(|element| {
                element.is_constant() || matches!(element.shape, Shape::List(_)) || element.is_callable()
            })
            && self.may_repeat(elements.len())
        {
            let mut results = Vec::with_capacity(elements.len());
            for single in elements {
                if self.is_spent() {
                    results.push(Value::unknown(over.origins));
                    break;
                }
                self.assign(&generator.target, single.from(over.origins));
                let kept = generator.ifs.iter().all(|test| self.value(test).truth() != Some(false));
                if kept {
                    results.extend(self.comprehension(element, rest).elements());
                }
            }
            Value::list(results)
        } else {
            self.assign(&generator.target, over.element());
            for test in &generator.ifs {
                self.value(test);
            }
            let inner = self.comprehension(element, rest);
            // One element stands for all of them: its text must not pass for the whole list.
            match inner.elements().as_slice() {
                // `'?' for _ in values`.
                [_] if element.is_string_literal_expr() => return self.restored(names, before, conditional, inner),
                [one] if one.is_callable() || matches!(one.shape, Shape::List(_)) => inner,
                _ => Value { shape: Shape::Unknown, origins: inner.origins },
            }
        };
        let result = result.from(over.origins);
        self.restored(names, before, conditional, result)
    }

    /// A comprehension's value, its own names gone.
    fn restored(&mut self, names: Vec<&'a str>, before: Vec<Option<Value>>, conditional: u32, result: Value) -> Value {
        self.frame_mut().conditional = conditional;
        for (name, value) in names.into_iter().zip(before) {
            self.rebind(name, value);
        }
        result
    }

    /// Whether nothing is read again any more.
    pub(super) fn is_spent(&self) -> bool {
        self.repeated_steps > REPEATED_STEPS_MAX
    }

    /// Whether something may be read that many more times.
    pub(super) fn may_repeat(&mut self, times: usize) -> bool {
        self.repeated_steps += times as u64;
        self.repeated_steps < REPEATED_STEPS_MAX
    }

    /// `commands.append(os.system)`.
    fn note_growth(&mut self, callee: &'a Expr, arguments: &Arguments) {
        let Expr::Attribute(attribute) = callee else { return };
        let (Expr::Name(name), Some(added)) = (&*attribute.value, arguments.positional.last()) else { return };
        let name = name.id.as_str();
        if !self.is_bound(name) {
            return;
        }
        let container = self.lookup(name);
        match attribute.attr.as_str() {
            "append" | "add" | "appendleft" => self.add_to(name, &container, None, added.clone()),
            "extend" => {
                for element in added.elements() {
                    let container = self.lookup(name);
                    self.add_to(name, &container, None, element);
                }
            }
            "setdefault" | "__setitem__" if arguments.positional.len() == 2 => {
                self.add_to(name, &container, arguments.positional.first().cloned(), added.clone());
            }
            "update" | "insert" | "write" | "writelines" | "put" => {
                self.add_to(name, &container, None, Value::unknown(arguments.origins()));
            }
            _ => {}
        }
    }

    /// `ｏｓ.system`: a name that is written in letters that only look like those of the name it is.
    fn judge_spelling(&mut self, expression: &Expr, name: &str, value: &Value) {
        let written = self.module.text.get(expression.range().to_std_range()).unwrap_or_default();
        if written != name && name.is_ascii() && !written.is_ascii() && matches!(value.shape, Shape::Name(_)) {
            self.report(
                expression.range(),
                Verdict::new(
                    ThreatType::MaliciousCode,
                    Level::Critical,
                    format!("writes `{name}` in letters that only look like it"),
                    "write names in plain letters",
                ),
            );
        }
    }
}

/// The names a target binds.
fn target_names(target: &Expr) -> Vec<&str> {
    match target {
        Expr::Name(name) => vec![name.id.as_str()],
        Expr::Tuple(tuple) => tuple.elts.iter().flat_map(target_names).collect(),
        Expr::List(list) => list.elts.iter().flat_map(target_names).collect(),
        Expr::Starred(starred) => target_names(&starred.value),
        _ => Vec::new(),
    }
}

/// A piece of text nothing is known of.
pub(super) fn hole(origins: Origins) -> Value {
    Value::text(HOLE.to_string()).from(origins)
}
