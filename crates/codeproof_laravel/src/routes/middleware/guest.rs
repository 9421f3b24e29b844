//! Expressions as they are for somebody who is not signed in: what asks for the user is null or false, the rest is not
//! known.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::php::ast::{Body, Callee, ClassReference, Expr, ExprKind};

/// What a guest makes of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    True,
    False,
    /// No user, and whatever is asked of no user.
    Nobody,
    /// Something that is there: a text, a number.
    Something,
    /// The request, a guard, what `auth()` gives: what one asks for the user.
    Desk,
    Unknown,
}

/// Words in names and texts that have to do with who asks.
const VISITOR_WORDS: &[&str] = &[
    "user",
    "auth",
    "token",
    "signature",
    "guest",
    "password",
    "secret",
    "api_key",
    "apikey",
    "login",
    "logged",
    "permission",
    "role",
    "admin",
    "hmac",
    "credential",
    "bearer",
];
/// Words that make another matter of it.
const OTHER_WORDS: &[&str] = &["count", "cap", "max", "limit", "agent", "total"];
/// Classes that know who is signed in, by their last part.
const DESKS: &[&str] = &["Auth", "Sentinel", "Guard", "AuthManager", "Sentry"];

/// A request of somebody who is not signed in, and what variables hold.
#[derive(Debug, Default)]
pub(super) struct Guest {
    variables: FxHashMap<Rc<str>, Seen>,
}

impl Guest {
    /// Names the variable that holds the request.
    pub(super) fn request(&mut self, name: Option<Rc<str>>) {
        self.variables.extend(name.map(|name| (name, Seen::Desk)));
    }

    /// `$target = value`.
    pub(super) fn assign(&mut self, target: &Expr, value: &Expr) {
        if let ExprKind::Variable(name) = &target.kind {
            // `$found = null;` is a start, and no guest.
            let seen = match &value.kind {
                ExprKind::Null | ExprKind::Boolean(_) => Seen::Unknown,
                _ => self.seen(value),
            };
            self.variables.insert(name.clone(), seen);
        }
    }

    /// A parameter gets what the caller sees.
    pub(super) fn pass(&mut self, parameter: &Rc<str>, value: &Expr, caller: &Guest) {
        self.variables.insert(parameter.clone(), caller.seen(value));
    }

    /// Whether a condition holds for a guest; `None` when it hangs on something else.
    pub(super) fn truth(&mut self, condition: &Expr) -> Option<bool> {
        // `if ($user = Auth::user())`
        any(condition, &mut |inner| {
            if let ExprKind::Assign(target, value) = &inner.kind {
                self.assign(target, value);
            }
            false
        });
        truth_of(self.seen(condition))
    }

    fn seen(&self, expr: &Expr) -> Seen {
        match &expr.kind {
            ExprKind::Null => Seen::Nobody,
            ExprKind::Boolean(value) => truth(*value),
            ExprKind::Text(_) | ExprKind::Integer(_) | ExprKind::Float(_) => Seen::Something,
            ExprKind::Variable(name) => self.variables.get(name).copied().unwrap_or(Seen::Unknown),
            ExprKind::Not(inner) => truth_of(self.seen(inner)).map_or(Seen::Unknown, |it| truth(!it)),
            ExprKind::Assign(_, value) | ExprKind::Cast(_, value) => self.seen(value),
            ExprKind::Binary(operator, left, right) => self.binary(operator, left, right),
            ExprKind::Isset(all) if all.iter().any(|it| self.seen(it) == Seen::Nobody) => Seen::False,
            ExprKind::Empty(inner) => match self.seen(inner) {
                Seen::Nobody | Seen::False => Seen::True,
                _ => Seen::Unknown,
            },
            ExprKind::InstanceOf(object, _) if self.seen(object) == Seen::Nobody => Seen::False,
            ExprKind::Property(object, name) => match (self.seen(object), text(name)) {
                (Seen::Nobody, _) => Seen::Nobody,
                // `$this->auth`: a guard that was injected.
                (_, Some("auth" | "guard")) => Seen::Desk,
                (_, Some("request")) => Seen::Desk,
                _ => Seen::Unknown,
            },
            ExprKind::Index(object, _) if self.seen(object) == Seen::Nobody => Seen::Nobody,
            ExprKind::Call(Callee::Named(name), arguments) => self.called(name, arguments.first().map(|it| &it.value)),
            ExprKind::MethodCall(object, name, _) => self.asked(self.seen(object), text(name).unwrap_or_default()),
            ExprKind::StaticCall(class, name, _) => self.asked_of_class(class, name),
            _ => Seen::Unknown,
        }
    }

    fn binary(&self, operator: &str, left: &Expr, right: &Expr) -> Seen {
        let (left, right) = (self.seen(left), self.seen(right));
        let known = match operator {
            "&&" | "and" => match (truth_of(left), truth_of(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            "||" | "or" => match (truth_of(left), truth_of(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            "===" | "==" => same(left, right),
            "!==" | "!=" | "<>" => same(left, right).map(|same| !same),
            "??" => return if left == Seen::Nobody { right } else { left },
            _ => None,
        };
        known.map_or(Seen::Unknown, truth)
    }

    fn called(&self, name: &str, first: Option<&Expr>) -> Seen {
        let first = first.map(|it| self.seen(it));
        match (name.rsplit('\\').next().unwrap_or_default(), first) {
            ("auth" | "request", _) => Seen::Desk,
            ("is_null", Some(Seen::Nobody)) => Seen::True,
            ("optional" | "count" | "in_array" | "method_exists", Some(Seen::Nobody)) => Seen::Nobody,
            _ => Seen::Unknown,
        }
    }

    /// A method of something that was seen.
    fn asked(&self, of: Seen, method: &str) -> Seen {
        match (of, method) {
            (Seen::Nobody, _) => Seen::Nobody,
            (Seen::Desk, "check" | "hasUser" | "viaRemember" | "once" | "onceBasic" | "attempt") => Seen::False,
            (Seen::Desk, "guest") => Seen::True,
            (Seen::Desk, "user" | "id" | "getUser") => Seen::Nobody,
            (Seen::Desk, "guard" | "shouldUse" | "driver" | "setRequest") => Seen::Desk,
            _ => Seen::Unknown,
        }
    }

    fn asked_of_class(&self, class: &ClassReference, name: &Expr) -> Seen {
        let ClassReference::Named(class) = class else { return Seen::Unknown };
        let short = class.rsplit('\\').next().unwrap_or_default();
        let method = text(name).unwrap_or_default();
        match (short, method) {
            ("Gate", "allows" | "check" | "any") => Seen::False,
            ("Gate", "denies" | "none") => Seen::True,
            ("Request", _) => self.asked(Seen::Desk, method),
            _ if DESKS.contains(&short) => self.asked(Seen::Desk, method),
            _ => Seen::Unknown,
        }
    }
}

fn truth(value: bool) -> Seen {
    if value { Seen::True } else { Seen::False }
}

fn truth_of(seen: Seen) -> Option<bool> {
    match seen {
        Seen::True | Seen::Desk => Some(true),
        Seen::False | Seen::Nobody => Some(false),
        // An empty text is one, too.
        Seen::Something | Seen::Unknown => None,
    }
}

fn same(left: Seen, right: Seen) -> Option<bool> {
    match (left, right) {
        (Seen::Unknown, _) | (_, Seen::Unknown) => None,
        (Seen::Something, Seen::Something) => None,
        (Seen::Nobody, Seen::False) | (Seen::False, Seen::Nobody) => None,
        (left, right) => Some(left == right),
    }
}

fn text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Text(text) => Some(text),
        _ => None,
    }
}

/// Whether an expression has to do with who asks, as far as its words say it.
pub(super) fn mentions_visitor(expr: &Expr) -> bool {
    any(expr, &mut |inner| {
        let name = match &inner.kind {
            ExprKind::Text(name) | ExprKind::Variable(name) | ExprKind::ClassConstant(_, name) => name,
            ExprKind::Call(Callee::Named(name), _) => name,
            ExprKind::StaticCall(ClassReference::Named(name), _, _) => name,
            _ => return false,
        };
        let name = name.to_lowercase();
        VISITOR_WORDS.iter().any(|word| name.contains(word)) && !OTHER_WORDS.iter().any(|word| name.contains(word))
    })
}

/// Whether an expression, or one inside it, is what is looked for; functions written in it are not entered, but arrow
/// functions are.
pub(super) fn any(expr: &Expr, is_it: &mut dyn FnMut(&Expr) -> bool) -> bool {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        if is_it(expr) {
            return true;
        }
        parts(expr, &mut open);
    }
    false
}

/// The expressions directly inside another.
fn parts<'e>(expr: &'e Expr, open: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Interpolated(all) | ExprKind::Isset(all) => open.extend(all),
        ExprKind::Array(elements) => {
            open.extend(elements.iter().flat_map(|it| it.key.iter().chain([&it.value])));
        }
        ExprKind::Binary(_, left, right) | ExprKind::Assign(left, right) | ExprKind::AssignWith(_, left, right) => {
            open.extend([&**left, &**right]);
        }
        ExprKind::Not(inner)
        | ExprKind::Negative(inner)
        | ExprKind::Cast(_, inner)
        | ExprKind::Empty(inner)
        | ExprKind::Throw(inner)
        | ExprKind::Step(inner, _, _)
        | ExprKind::InstanceOf(inner, _)
        | ExprKind::Include(inner, _) => open.push(inner),
        ExprKind::Ternary(condition, body, otherwise) => {
            open.extend([&**condition, &**otherwise]);
            open.extend(body.as_deref());
        }
        ExprKind::Index(object, key) => {
            open.push(object);
            open.extend(key.as_deref());
        }
        ExprKind::Property(object, name) => open.extend([&**object, &**name]),
        ExprKind::Call(callee, arguments) => {
            if let Callee::Value(callee) = callee {
                open.push(callee);
            }
            open.extend(arguments.iter().map(|it| &it.value));
        }
        ExprKind::MethodCall(object, name, arguments) => {
            open.extend([&**object, &**name]);
            open.extend(arguments.iter().map(|it| &it.value));
        }
        ExprKind::StaticCall(class, name, arguments) => {
            open.push(name);
            if let ClassReference::Value(class) = class {
                open.push(class);
            }
            open.extend(arguments.iter().map(|it| &it.value));
        }
        ExprKind::New(_, arguments) => open.extend(arguments.iter().map(|it| &it.value)),
        ExprKind::Match(subject, arms) => {
            open.push(subject);
            open.extend(arms.iter().flat_map(|arm| arm.conditions.iter().chain([&arm.result])));
        }
        ExprKind::Closure(function) => {
            if let Body::Arrow(body) = &function.body {
                open.push(body);
            }
        }
        _ => {}
    }
}
