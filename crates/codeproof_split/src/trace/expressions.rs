//! Expressions: values, and the reads of known ones.

use std::rc::Rc;

use ruff_python_ast::{
    BoolOp, CmpOp, Comprehension, Expr, ExprAttribute, ExprCompare, ExprDict, ExprFString, ExprSubscript, ExprUnaryOp,
    InterpolatedStringElement, Number, Operator, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange};

use super::machine::Machine;
use super::value::{Body, Constant, Data, Dict, Scope, Value, written};
use super::{Kind, Origin, fold};

/// Rounds of a comprehension over known items.
const ROUNDS_MAX: usize = 200;

impl<'a> Machine<'a, '_> {
    pub(super) fn value(&mut self, expression: &'a Expr) -> Value<'a> {
        if !self.step() {
            return Value::opaque();
        }
        match expression {
            Expr::Name(name) => self.name(name.id.as_str()),
            Expr::Attribute(attribute) => self.attribute_of(attribute),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Call(call) => self.call_expression(call),
            Expr::BinOp(operation) => {
                let left = self.value(&operation.left);
                let right = self.value(&operation.right);
                self.binary(&left, operation.op, &right, operation.range())
            }
            Expr::UnaryOp(operation) => self.unary(operation),
            Expr::BoolOp(operation) => self.bool_operation(operation.op, &operation.values),
            Expr::Compare(compare) => self.comparison(compare),
            Expr::If(choice) => match self.value(&choice.test).truth() {
                Some(true) => self.value(&choice.body),
                Some(false) => self.value(&choice.orelse),
                None => {
                    let (first, second) = (self.value(&choice.body), self.value(&choice.orelse));
                    Value::from_all([&first, &second])
                }
            },
            Expr::Lambda(lambda) => {
                let start = lambda.range().start().to_u32();
                self.function_value(start, "<lambda>", lambda.parameters.as_deref(), Body::Expression(&lambda.body))
            }
            Expr::Await(inner) => self.value(&inner.value),
            Expr::Yield(inner) => {
                let value = inner.value.as_deref().map_or_else(Value::opaque, |value| self.value(value));
                self.frame().maybe.push(value);
                Value::opaque()
            }
            Expr::YieldFrom(inner) => {
                let value = self.value(&inner.value);
                self.frame().maybe.push(value);
                Value::opaque()
            }
            Expr::FString(text) => self.formatted(text),
            Expr::Named(named) => {
                let value = self.value(&named.value);
                self.assign(&named.target, value.clone());
                value
            }
            Expr::Starred(starred) => self.value(&starred.value),
            Expr::Slice(slice) => {
                for part in [&slice.lower, &slice.upper, &slice.step].into_iter().flatten() {
                    self.value(part);
                }
                Value::opaque()
            }
            _ => self.literal_or_container(expression),
        }
    }

    fn literal_or_container(&mut self, expression: &'a Expr) -> Value<'a> {
        match expression {
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(value) => match value.as_i64() {
                    Some(value) => self.literal(Constant::Int(value), literal),
                    None => Value::opaque(),
                },
                Number::Float(value) => self.literal(Constant::Float(*value), literal),
                Number::Complex { .. } => Value::opaque(),
            },
            Expr::StringLiteral(literal) => self.literal(Constant::Text(Rc::from(literal.value.to_str())), literal),
            Expr::BooleanLiteral(literal) => self.literal(Constant::Bool(literal.value), literal),
            Expr::NoneLiteral(literal) => self.literal(Constant::None, literal),
            Expr::Tuple(tuple) => {
                let items = self.elements(&tuple.elts);
                Value::new(Data::Tuple(Rc::new(items))).at(written(tuple.range()))
            }
            Expr::List(list) => {
                let items = self.elements(&list.elts);
                Value::list(items).at(written(list.range()))
            }
            Expr::Set(set) => {
                let items = self.elements(&set.elts);
                Value::list(items).at(written(set.range()))
            }
            Expr::Dict(dict) => self.dict(dict),
            Expr::ListComp(comp) => self.comprehension(&comp.generators, &comp.elt),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, &comp.elt),
            Expr::Generator(comp) => self.comprehension(&comp.generators, &comp.elt),
            Expr::DictComp(comp) => self.dict_comprehension(&comp.generators, comp.key.as_deref(), &comp.value),
            _ => Value::opaque(),
        }
    }

    fn elements(&mut self, elements: &'a [Expr]) -> Vec<Value<'a>> {
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            let value = self.registered(element);
            match (element, self.items_of(&value)) {
                (Expr::Starred(_), Some(inner)) => items.extend(inner),
                _ => items.push(value),
            }
        }
        items
    }

    pub(super) fn name(&mut self, name: &str) -> Value<'a> {
        match self.lookup(name) {
            Some((value, of_module)) => {
                let shown = if of_module { name.to_owned() } else { local_name(&value, name) };
                self.read(&shown, &value, value.given);
                value
            }
            None => Value::new(Data::Outside(Rc::from(name))),
        }
    }

    fn attribute_of(&mut self, attribute: &'a ExprAttribute) -> Value<'a> {
        let base = self.value(&attribute.value);
        let name = attribute.attr.as_str();
        let found = self.attribute(&base, name);
        let is_options = matches!(&base.data, Data::Outside(path) if &**path == super::options::OPTIONS);
        let has_attributes =
            matches!(base.data, Data::Instance(_) | Data::Class(_) | Data::Namespace(_) | Data::Function(_));
        if is_options || has_attributes {
            self.read_attribute(name, &found, base.given);
            return handed(found, base.given);
        }
        found
    }

    fn subscript(&mut self, subscript: &'a ExprSubscript) -> Value<'a> {
        let base = self.value(&subscript.value);
        if let Expr::Slice(slice) = &*subscript.slice {
            let bound =
                |machine: &mut Self, part: &'a Option<Box<Expr>>| match part.as_deref().map(|part| machine.value(part))
                {
                    None => Some(None),
                    Some(value) => match value.as_constant() {
                        Some(Constant::Int(at)) => Some(Some(*at)),
                        _ => None,
                    },
                };
            let (low, high) = (bound(self, &slice.lower), bound(self, &slice.upper));
            return match (low, high, &slice.step) {
                (Some(low), Some(high), None) => sliced(&base, low, high),
                _ => Value::from_all([&base]),
            };
        }
        let key = self.value(&subscript.slice);
        let found = self.item(&base, &key);
        if matches!(base.data, Data::Dict(_)) {
            self.choose(&key, &found);
        }
        found
    }

    /// `base[key]`.
    pub(super) fn item(&mut self, base: &Value<'a>, key: &Value<'a>) -> Value<'a> {
        match (&base.data, key.as_constant()) {
            (Data::Dict(dict), Some(key)) => match dict.get(key) {
                Some(found) => self.entry(base, dict, key, found),
                None => Value::opaque(),
            },
            (Data::Dict(dict), None) => {
                let all: Vec<Value<'a>> = dict.items.borrow().iter().map(|(_, item)| item.clone()).collect();
                Value::from_all(&all)
            }
            (Data::Outside(path), Some(Constant::Text(name))) if &**path == "sys.modules" && &**name == "__main__" => {
                Value::new(Data::Globals)
            }
            (Data::Globals, Some(Constant::Text(name))) => {
                let found = self.globals.names.borrow().get(&**name).cloned();
                let found = found.unwrap_or_else(Value::opaque);
                self.read(name, &found, 0);
                found
            }
            (_, Some(Constant::Int(at))) => match self.items_of(base) {
                Some(items) => {
                    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
                    let at = if *at < 0 { at.saturating_add(count) } else { *at };
                    usize::try_from(at).ok().and_then(|at| items.get(at).cloned()).unwrap_or_else(Value::opaque)
                }
                None => Value::from_all([base, key]),
            },
            _ => Value::from_all([base, key]),
        }
    }

    /// An entry of a dict that is read: constants are written down, containers take its name.
    pub(super) fn entry(&mut self, base: &Value<'a>, dict: &Dict<'a>, key: &Constant, found: Value<'a>) -> Value<'a> {
        let label = dict.label.borrow().clone().unwrap_or_default();
        let name = if label.is_empty() { key.to_key() } else { format!("{label}.{}", key.to_key()) };
        if let Data::Dict(inner) = &found.data {
            let mut label = inner.label.borrow_mut();
            if label.is_none() {
                *label = Some(name.clone());
            }
        }
        let found = super::machine::named(found, &name, Kind::Dict);
        if !matches!(found.data, Data::Dict(_)) {
            self.read(&name, &found, base.given);
        }
        handed(found, base.given)
    }

    fn unary(&mut self, operation: &'a ExprUnaryOp) -> Value<'a> {
        let value = self.value(&operation.operand);
        if operation.op == UnaryOp::Not {
            return match value.truth() {
                Some(truth) => Value::constant(Constant::Bool(!truth)),
                None => Value::opaque(),
            };
        }
        match value.as_constant().and_then(|constant| fold::unary(operation.op, constant)) {
            Some(constant) => self.literal(constant, operation),
            None => Value::from_all([&value]),
        }
    }

    pub(super) fn binary(
        &mut self,
        left: &Value<'a>,
        operator: Operator,
        right: &Value<'a>,
        range: TextRange,
    ) -> Value<'a> {
        if let (Some(first), Some(second)) = (left.as_constant(), right.as_constant()) {
            return match fold::arithmetic(first, operator, second) {
                Some(constant) => Value::constant(constant).at(written(range)),
                None => Value::opaque(),
            };
        }
        match (&left.data, operator, &right.data) {
            (Data::List(_), Operator::Add, Data::List(_)) | (Data::Tuple(_), Operator::Add, Data::Tuple(_)) => {
                let items = [self.items_of(left), self.items_of(right)].into_iter().flatten().flatten().collect();
                Value::list(items).with_tags_of(left).with_tags_of(right)
            }
            (Data::Dict(first), Operator::BitOr, Data::Dict(second)) => {
                let dict = copy_of(first);
                self.merge_entries(&dict, left);
                self.merge_entries(&dict, right);
                for (key, item) in second.items.borrow().iter() {
                    dict.set(key.clone(), item.clone());
                }
                Value::new(Data::Dict(Rc::new(dict)))
            }
            _ => Value::from_all([left, right]),
        }
    }

    /// `left op= right`: containers are changed in place.
    pub(super) fn in_place(
        &mut self,
        left: Value<'a>,
        operator: Operator,
        right: Value<'a>,
        range: TextRange,
    ) -> Value<'a> {
        match (&left.data, operator) {
            (Data::List(items), Operator::Add) => {
                let more = self.items_of(&right).unwrap_or_else(|| vec![Value::from_all([&right])]);
                if items.borrow().len() < 10_000 {
                    items.borrow_mut().extend(more);
                }
                left.clone().with_tags_of(&right)
            }
            (Data::Dict(dict), Operator::BitOr) => {
                self.merge_entries(dict, &right);
                if let Data::Dict(more) = &right.data {
                    let more = more.items.borrow().clone();
                    more.into_iter().for_each(|(key, item)| dict.set(key, item));
                }
                left
            }
            _ => self.binary(&left, operator, &right, range),
        }
    }

    fn bool_operation(&mut self, operator: BoolOp, values: &'a [Expr]) -> Value<'a> {
        let mut seen = Vec::new();
        for (at, expression) in values.iter().enumerate() {
            let value = self.value(expression);
            let decides = value.truth().map(|truth| truth == (operator == BoolOp::Or));
            let is_last = at + 1 == values.len();
            if seen.is_empty() && (decides == Some(true) || is_last && decides.is_some()) {
                return value;
            }
            if decides != Some(false) {
                seen.push(value);
            }
        }
        Value::from_all(&seen)
    }

    fn comparison(&mut self, compare: &'a ExprCompare) -> Value<'a> {
        let mut left = self.value(&compare.left);
        let mut all = Vec::new();
        let mut truth = Some(true);
        for (operator, right) in compare.ops.iter().zip(&compare.comparators) {
            let right = self.value(right);
            let part = self.compare(&left, *operator, &right);
            truth = match (truth, part) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            all.push(std::mem::replace(&mut left, right));
        }
        all.push(left);
        match truth {
            Some(truth) => Value::constant(Constant::Bool(truth)),
            None => Value::from_all(&all),
        }
    }

    fn compare(&mut self, left: &Value<'a>, operator: CmpOp, right: &Value<'a>) -> Option<bool> {
        if let (Some(left), Some(right)) = (left.as_constant(), right.as_constant()) {
            return fold::compare(left, operator, right);
        }
        match (left.as_constant(), operator, &right.data) {
            (Some(key), CmpOp::In | CmpOp::NotIn, Data::Dict(dict)) if !dict.open.get() => {
                Some(dict.get(key).is_some() == (operator == CmpOp::In))
            }
            // Nobody gives options: `'--fast' in sys.argv` is false.
            (Some(_), CmpOp::In | CmpOp::NotIn, Data::Outside(path)) if &**path == "sys.argv" => {
                Some(operator == CmpOp::NotIn)
            }
            (Some(key), CmpOp::In | CmpOp::NotIn, Data::Tuple(_)) => {
                let items = self.items_of(right)?;
                let known: Option<Vec<&Constant>> = items.iter().map(Value::as_constant).collect();
                Some(known?.contains(&key) == (operator == CmpOp::In))
            }
            (Some(Constant::None), CmpOp::Is | CmpOp::IsNot, data) if is_object(data) => Some(operator == CmpOp::IsNot),
            _ => match (&left.data, operator, right.as_constant()) {
                (data, CmpOp::Is | CmpOp::IsNot, Some(Constant::None)) if is_object(data) => {
                    Some(operator == CmpOp::IsNot)
                }
                _ => None,
            },
        }
    }

    /// An entry of a container: what a factory made, and a condition, are units of their own.
    fn registered(&mut self, expression: &'a Expr) -> Value<'a> {
        let start = expression.range().start().to_u32();
        match expression {
            Expr::Call(_) => match self.value(expression) {
                made @ Value { data: Data::Function(_), .. } => {
                    let wrapped = self.wrapped(made);
                    self.variant(wrapped, start)
                }
                made => made,
            },
            Expr::Compare(_) | Expr::BinOp(_) if self.is_at_module() => {
                let scope = self.scope();
                self.enter(start, scope, false);
                let value = self.value(expression);
                self.frames.pop();
                if matches!(value.data, Data::Opaque(_)) { value.tagged(start) } else { value }
            }
            _ => self.value(expression),
        }
    }

    fn dict(&mut self, literal: &'a ExprDict) -> Value<'a> {
        let dict = Dict::default();
        for item in &literal.items {
            match &item.key {
                Some(key) => {
                    let key = self.value(key);
                    let value = self.registered(&item.value);
                    match key.as_constant() {
                        Some(key) => dict.set(key.clone(), value),
                        None => dict.set_somewhere(value),
                    }
                }
                None => {
                    let more = self.value(&item.value);
                    self.merge_entries(&dict, &more);
                    match &more.data {
                        Data::Dict(more) => {
                            more.items.borrow().iter().for_each(|(key, value)| dict.set(key.clone(), value.clone()))
                        }
                        _ => dict.open.set(true),
                    }
                }
            }
        }
        Value::new(Data::Dict(Rc::new(dict))).at(written(literal.range()))
    }

    fn comprehension(&mut self, generators: &'a [Comprehension], element: &'a Expr) -> Value<'a> {
        let mut items = Vec::new();
        let known = self.generate(generators, &mut |machine| {
            let value = machine.value(element);
            items.push(value);
        });
        if !known {
            return Value::from_all(&items);
        }
        // Parts of one text of the environment are one value.
        let origin = items.first().and_then(|item| item.origin.clone());
        let is_one = |origin: &Origin| {
            origin.kind == Kind::Environment && items.iter().all(|item| item.origin.as_deref() == Some(origin))
        };
        let origin = origin.filter(|origin| is_one(origin));
        Value { origin, ..Value::list(items) }
    }

    fn dict_comprehension(
        &mut self,
        generators: &'a [Comprehension],
        key: Option<&'a Expr>,
        element: &'a Expr,
    ) -> Value<'a> {
        let dict = Dict::default();
        let known = self.generate(generators, &mut |machine| {
            let key = key.map_or_else(Value::opaque, |key| machine.value(key));
            let value = machine.value(element);
            match key.as_constant() {
                Some(key) => dict.set(key.clone(), value),
                None => dict.set_somewhere(value),
            }
        });
        dict.open.set(dict.open.get() || !known);
        Value::new(Data::Dict(Rc::new(dict)))
    }

    /// Runs the element for each round, with names of its own; whether all rounds and their number are known.
    fn generate(&mut self, generators: &'a [Comprehension], element: &mut dyn FnMut(&mut Self)) -> bool {
        let outer = self.scope();
        self.frame().scope = Rc::new(Scope { parent: Some(Rc::clone(&outer)), ..Scope::default() });
        let known = self.rounds(generators, element);
        self.frame().scope = outer;
        known
    }

    fn rounds(&mut self, generators: &'a [Comprehension], element: &mut dyn FnMut(&mut Self)) -> bool {
        let Some((first, rest)) = generators.split_first() else {
            element(self);
            return true;
        };
        let iterated = self.value(&first.iter);
        let items = self.items_of(&iterated);
        let mut known = items.is_some();
        for item in items.unwrap_or_else(|| vec![Value::from_all([&iterated])]).into_iter().take(ROUNDS_MAX) {
            self.assign(&first.target, item);
            let mut kept = Some(true);
            for test in &first.ifs {
                let truth = self.value(test).truth();
                kept = if kept == Some(false) || truth == Some(false) { Some(false) } else { kept.and(truth) };
            }
            known &= kept.is_some();
            if kept != Some(false) {
                known &= self.rounds(rest, element);
            }
        }
        known
    }

    fn formatted(&mut self, text: &'a ExprFString) -> Value<'a> {
        let mut made = Some(String::new());
        let mut parts = Vec::new();
        for part in &text.value {
            if let ruff_python_ast::FStringPart::Literal(literal) = part
                && let Some(made) = &mut made
            {
                made.push_str(literal.as_str());
            }
            let ruff_python_ast::FStringPart::FString(part) = part else { continue };
            for element in &part.elements {
                match element {
                    InterpolatedStringElement::Literal(literal) => {
                        if let Some(made) = &mut made {
                            made.push_str(&literal.value);
                        }
                    }
                    InterpolatedStringElement::Interpolation(inner) => {
                        let value = self.value(&inner.expression);
                        let plain = value.as_constant().filter(|_| inner.format_spec.is_none()).map(Constant::to_key);
                        made = made.zip(plain).map(|(made, plain)| made + &plain);
                        parts.push(value);
                    }
                }
            }
        }
        match made {
            Some(made) => Value::text(&made).at(written(text.range())),
            None => Value::from_all(&parts),
        }
    }

    /// What a loop over the value gives, when that is known.
    pub(super) fn items_of(&self, value: &Value<'a>) -> Option<Vec<Value<'a>>> {
        match &value.data {
            Data::List(items) => Some(items.borrow().clone()),
            Data::Tuple(items) => Some(items.to_vec()),
            Data::Namespace(namespace) if namespace.is_tuple => {
                Some(namespace.names.borrow().iter().map(|(_, value)| value.clone()).collect())
            }
            Data::Dict(dict) if !dict.open.get() => {
                Some(dict.items.borrow().iter().map(|(key, _)| Value::constant(key.clone())).collect())
            }
            _ => None,
        }
    }
}

/// The name of a parameter is its own; a local that only repeats another name keeps that one's.
fn local_name(value: &Value<'_>, name: &str) -> String {
    match value.origin.as_deref() {
        Some(Origin { kind: Kind::Module | Kind::Global | Kind::Class, name, .. }) if !name.is_empty() => name.clone(),
        _ => name.to_owned(),
    }
}

fn is_object(data: &Data<'_>) -> bool {
    !matches!(data, Data::Opaque(_) | Data::Outside(_) | Data::Constant(_))
}

/// Who handed a value down first decides whose it is; what only hands it on does not.
pub(super) fn handed<'a>(mut value: Value<'a>, given: usize) -> Value<'a> {
    if value.given == 0 {
        value.given = given;
    }
    value
}

pub(super) fn copy_of<'a>(dict: &Dict<'a>) -> Dict<'a> {
    let copy = Dict::default();
    *copy.items.borrow_mut() = dict.items.borrow().clone();
    copy.open.set(dict.open.get());
    copy.made_of.borrow_mut().extend(dict.made_of.borrow().iter().copied());
    copy
}

fn sliced<'a>(base: &Value<'a>, low: Option<i64>, high: Option<i64>) -> Value<'a> {
    match &base.data {
        Data::Constant(Constant::Text(text)) => {
            let chars: Vec<char> = text.chars().collect();
            let (low, high) = fold::slice_bounds(chars.len(), low, high);
            Value::text(&chars.get(low..high).unwrap_or_default().iter().collect::<String>())
        }
        Data::List(items) => {
            let items = items.borrow();
            let (low, high) = fold::slice_bounds(items.len(), low, high);
            Value::list(items.get(low..high).unwrap_or_default().to_vec())
        }
        _ => Value::from_all([base]),
    }
}
