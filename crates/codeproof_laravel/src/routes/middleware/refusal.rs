//! What `handle()` does with a guest: a walk over its statements in which nobody is signed in. Conditions on the
//! visitor are decided (`Auth::check()` is false, `$request->user()` is null), others are followed both ways.
//!
//! A middleware refuses when no way leads to `$next()`, or when one that hangs on who asks (a token, a signature, a
//! role) ends in 401, 403, an exception that says so, or a way to the login page.

use std::rc::Rc;

use super::guest::{Guest, any, mentions_visitor};
use crate::app::Laravel;
use crate::php::Machine;
use crate::php::ast::{
    Argument, Block, Body, Callee, ClassReference, Expr, ExprKind, Function, Statement, StatementKind,
};

/// Own methods followed within each other.
const CALLS_MAX: u32 = 4;
/// Statements looked at in one middleware.
const STATEMENTS_MAX: u32 = 2_000;

/// What happens to a guest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// A way leads to `$next()`.
    pub(super) passes: bool,
    /// Guests are turned away.
    pub(super) refuses: bool,
    /// A way leads to the parent's `handle()`.
    pub(super) asks_parent: bool,
}

/// How plainly a statement refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Refusal {
    /// It ends here, for whatever reason.
    Some,
    /// 403, 404 or a way to the login page: it depends on why.
    Weak,
    /// 401 or what amounts to it.
    Strong,
}

/// How a piece of code goes on.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    goes_on: bool,
    passes: bool,
    asks_parent: bool,
    ends: Option<Refusal>,
    /// A refusal that hangs on who asks.
    refuses: bool,
}

impl Way {
    const ON: Way = Way { goes_on: true, passes: false, asks_parent: false, ends: None, refuses: false };

    fn or(self, other: Way) -> Way {
        Way { goes_on: self.goes_on || other.goes_on, ..self.also(other) }
    }

    fn also(self, other: Way) -> Way {
        Way {
            goes_on: self.goes_on,
            passes: self.passes || other.passes,
            asks_parent: self.asks_parent || other.asks_parent,
            ends: self.ends.max(other.ends),
            refuses: self.refuses || other.refuses,
        }
    }
}

struct Walk<'m, 'f> {
    machine: &'m mut Machine<'f, Laravel>,
    class: Option<Rc<str>>,
    guest: Guest,
    /// The variable that holds `$next`.
    next: Rc<str>,
    calls: u32,
    statements: u32,
}

/// What a middleware's `handle()` (or a closure in its place) does with a guest.
pub(super) fn handle_of_guest(
    machine: &mut Machine<'_, Laravel>,
    class: Option<Rc<str>>,
    function: &Rc<Function>,
) -> Findings {
    let next = function.parameters.get(1).map_or_else(|| Rc::from("next"), |it| it.name.clone());
    let mut guest = Guest::default();
    guest.request(function.parameters.first().map(|it| it.name.clone()));
    let mut walk = Walk { machine, class, guest, next, calls: 0, statements: 0 };
    let way = walk.body(function, false);
    let is_closed = !way.passes && !way.asks_parent && !way.goes_on && way.ends.is_some();
    Findings { passes: way.passes, refuses: way.refuses || is_closed, asks_parent: way.asks_parent }
}

impl Walk<'_, '_> {
    fn body(&mut self, function: &Function, on_visitor: bool) -> Way {
        match &function.body {
            Body::Statements(block) => self.block(block, on_visitor),
            Body::Arrow(expr) => self.returned(expr, on_visitor),
            Body::None => Way::ON,
        }
    }

    /// `on_visitor`: whether this is reached because of who asks.
    fn block(&mut self, block: &Block, mut on_visitor: bool) -> Way {
        let mut whole = Way::ON;
        for statement in block.iter() {
            self.statements += 1;
            if self.statements > STATEMENTS_MAX {
                return Way { passes: true, ..whole };
            }
            let way = self.statement(statement, &mut on_visitor);
            whole = Way { goes_on: way.goes_on, ..whole.also(way) };
            if !whole.goes_on {
                break;
            }
        }
        whole
    }

    fn statement(&mut self, statement: &Statement, on_visitor: &mut bool) -> Way {
        match &statement.kind {
            StatementKind::Expression(expr) => self.expression(expr, *on_visitor),
            StatementKind::Return(Some(expr)) => self.returned(expr, *on_visitor),
            StatementKind::Return(None) => Way::default(),
            StatementKind::If(branches, otherwise) => self.branches(branches, otherwise.as_ref(), on_visitor),
            StatementKind::Block(block) | StatementKind::Broken(block) => self.block(block, *on_visitor),
            StatementKind::Foreach { body, .. } | StatementKind::Loop { body, .. } => {
                Way::ON.or(self.block(body, *on_visitor))
            }
            StatementKind::Switch(subject, cases) => {
                let on_visitor = *on_visitor || mentions_visitor(subject);
                cases.iter().fold(Way::ON, |whole, (_, block)| whole.or(self.block(block, on_visitor)))
            }
            StatementKind::Try { body, catches, finally } => {
                let tried = self.block(body, *on_visitor);
                let mut whole = tried;
                // What fails in the body for a guest is answered by a catch.
                let fails = tried.ends == Some(Refusal::Strong) && !tried.passes;
                for caught in catches {
                    whole = whole.or(self.block(caught, *on_visitor || fails));
                }
                if fails && !catches.is_empty() {
                    let caught = catches.iter().map(|it| self.block(it, true)).fold(Way::default(), Way::or);
                    whole = caught;
                }
                match finally {
                    Some(finally) => whole.also(self.block(finally, *on_visitor)),
                    None => whole,
                }
            }
            _ => Way::ON,
        }
    }

    fn branches(&mut self, branches: &[(Expr, Block)], otherwise: Option<&Block>, on_visitor: &mut bool) -> Way {
        let mut whole: Option<Way> = None;
        let join = |whole: Option<Way>, way: Way| Some(whole.map_or(way, |known| known.or(way)));
        let mut here = *on_visitor;
        for (condition, block) in branches {
            let truth = self.guest.truth(condition);
            if truth == Some(false) {
                continue;
            }
            here |= truth.is_none() && mentions_visitor(condition);
            whole = join(whole, self.block(block, here || truth == Some(true)));
            if truth == Some(true) {
                return whole.unwrap_or(Way::ON);
            }
        }
        let rest = match otherwise {
            Some(block) => self.block(block, here),
            None => Way::ON,
        };
        // What follows a branch that left is its other side.
        *on_visitor |= here && whole.is_some_and(|way| !way.goes_on);
        join(whole, rest).unwrap_or(Way::ON)
    }

    /// A statement that is an expression: what it calls may end the request.
    fn expression(&mut self, expr: &Expr, on_visitor: bool) -> Way {
        let mut way = match &expr.kind {
            ExprKind::Throw(thrown) => return ended(Some(thrown_refusal(thrown)), on_visitor),
            ExprKind::Exit => return ended(Some(Refusal::Some), on_visitor),
            ExprKind::Assign(target, value) => {
                self.guest.assign(target, value);
                return self.expression(value, on_visitor);
            }
            ExprKind::Call(Callee::Named(name), arguments) => match self.aborting(name, arguments, on_visitor) {
                Some(way) => return way,
                None => Way::ON,
            },
            ExprKind::Ternary(condition, body, otherwise) => {
                let truth = self.guest.truth(condition);
                let on_visitor = on_visitor || mentions_visitor(condition);
                let yes = body.as_ref().map_or(Way::ON, |body| self.expression(body, on_visitor));
                return match truth {
                    Some(true) => yes,
                    Some(false) => self.expression(otherwise, on_visitor),
                    None => yes.or(self.expression(otherwise, on_visitor)),
                };
            }
            _ => Way::ON,
        };
        if calls_method(expr, &["authenticate"]) && !calls_own(expr) {
            return ended(Some(Refusal::Strong), on_visitor);
        }
        way.passes |= self.calls_next(expr);
        way.asks_parent |= calls_parent(expr);
        match self.own_call(expr, on_visitor) {
            // What the method gives back is not what the middleware gives back: only refusals by exception count.
            Some(inner)
                if !inner.passes && !inner.asks_parent && inner.ends == Some(Refusal::Strong) && !inner.goes_on =>
            {
                Way { goes_on: false, ..way.also(inner) }
            }
            Some(inner) => way.also(Way { ends: None, ..inner }),
            None => way,
        }
    }

    fn returned(&mut self, expr: &Expr, on_visitor: bool) -> Way {
        match &expr.kind {
            ExprKind::Throw(_) | ExprKind::Exit => return self.expression(expr, on_visitor),
            ExprKind::Ternary(condition, body, otherwise) => {
                let truth = self.guest.truth(condition);
                let on_visitor = on_visitor || mentions_visitor(condition);
                let yes = match body {
                    Some(body) => self.returned(body, on_visitor),
                    None => self.returned(condition, on_visitor),
                };
                return match truth {
                    Some(true) => yes,
                    Some(false) => self.returned(otherwise, on_visitor),
                    None => yes.or(self.returned(otherwise, on_visitor)),
                };
            }
            ExprKind::Binary(operator, left, right) if &**operator == "??" => {
                return self.returned(left, on_visitor).or(self.returned(right, on_visitor));
            }
            ExprKind::Call(Callee::Named(name), arguments) => {
                if let Some(way) = self.aborting(name, arguments, on_visitor) {
                    return way;
                }
            }
            _ => {}
        }
        let passes = self.calls_next(expr);
        let asks_parent = calls_parent(expr);
        if passes || asks_parent {
            return Way { passes, asks_parent, ..Way::default() };
        }
        if let Some(inner) = self.own_call(expr, on_visitor) {
            return Way { goes_on: false, ..inner };
        }
        ended(Some(answer_refusal(expr)), on_visitor)
    }

    /// `abort(403)`, `abort_if(…)`, `abort_unless(…)`.
    fn aborting(&mut self, name: &str, arguments: &[Argument], on_visitor: bool) -> Option<Way> {
        let short = name.rsplit('\\').next().unwrap_or_default();
        let condition = arguments.first().map(|it| &it.value);
        let code = |place: usize| arguments.get(place).map_or(Refusal::Some, |it| code_refusal(&it.value));
        Some(match short {
            "abort" => ended(Some(code(0)), on_visitor),
            "abort_if" | "abort_unless" | "throw_if" | "throw_unless" => {
                let wanted = short.ends_with("_if");
                let condition = condition?;
                let truth = self.guest.truth(condition);
                let on_visitor = on_visitor || truth.is_some() || mentions_visitor(condition);
                let refusal = match short.starts_with("throw") {
                    true => arguments.get(1).map_or(Refusal::Some, |it| thrown_refusal(&it.value)),
                    false => code(1),
                };
                match truth.map(|truth| truth == wanted) {
                    Some(true) => ended(Some(refusal), on_visitor),
                    Some(false) => Way::ON,
                    None => Way::ON.or(ended(Some(refusal), on_visitor)),
                }
            }
            _ => return None,
        })
    }

    fn calls_next(&self, expr: &Expr) -> bool {
        any(expr, &mut |inner| match &inner.kind {
            ExprKind::Call(Callee::Value(callee), _) => {
                matches!(&callee.kind, ExprKind::Variable(name) if *name == self.next)
            }
            // Handed on: `$pipeline->then($next)`, `$this->handleStateful($request, $next)` of a package.
            ExprKind::MethodCall(_, _, arguments) | ExprKind::Call(Callee::Named(_), arguments) => {
                !calls_own(inner)
                    && arguments
                        .iter()
                        .any(|it| matches!(&it.value.kind, ExprKind::Variable(name) if *name == self.next))
            }
            ExprKind::Closure(function) => function.uses.contains(&self.next),
            _ => false,
        })
    }

    /// `$this->method(…)` of the application's own class: what happens in there.
    fn own_call(&mut self, expr: &Expr, on_visitor: bool) -> Option<Way> {
        let (name, arguments) = match &expr.kind {
            ExprKind::MethodCall(object, name, arguments) if is_this(object) => (name, arguments),
            ExprKind::StaticCall(ClassReference::Itself | ClassReference::Static, name, arguments) => (name, arguments),
            _ => return None,
        };
        let ExprKind::Text(name) = &name.kind else { return None };
        let class = self.class.clone()?;
        if self.calls >= CALLS_MAX {
            return None;
        }
        let Some((_, function)) = self.machine.method(&class, name) else {
            // A method of the framework's class above: `$this->authenticate($request, $guards)` throws.
            let is_refusal = matches!(&**name, "authenticate" | "unauthenticated");
            return is_refusal.then(|| ended(Some(Refusal::Strong), true));
        };
        self.calls += 1;
        let mut inner = Guest::default();
        let mut next = Rc::from("");
        for (parameter, argument) in function.parameters.iter().zip(arguments) {
            if matches!(&argument.value.kind, ExprKind::Variable(name) if *name == self.next) {
                next = parameter.name.clone();
            }
            inner.pass(&parameter.name, &argument.value, &self.guest);
        }
        let outer = (std::mem::replace(&mut self.guest, inner), std::mem::replace(&mut self.next, next));
        let way = self.body(&function, on_visitor);
        (self.guest, self.next) = outer;
        self.calls -= 1;
        Some(way)
    }
}

/// The request ends here.
fn ended(refusal: Option<Refusal>, on_visitor: bool) -> Way {
    let refuses = match refusal {
        Some(Refusal::Strong) => true,
        Some(Refusal::Weak) => on_visitor,
        Some(Refusal::Some) | None => false,
    };
    Way { ends: refusal, refuses, ..Way::default() }
}

fn is_this(object: &Expr) -> bool {
    matches!(&object.kind, ExprKind::Variable(name) if &**name == "this")
}

fn calls_own(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::MethodCall(object, _, _) => is_this(object),
        _ => false,
    }
}

fn calls_parent(expr: &Expr) -> bool {
    any(expr, &mut |inner| match &inner.kind {
        ExprKind::StaticCall(ClassReference::Parent, name, _) => {
            matches!(&name.kind, ExprKind::Text(name) if name.eq_ignore_ascii_case("handle"))
        }
        _ => false,
    })
}

fn calls_method(expr: &Expr, names: &[&str]) -> bool {
    let name = match &expr.kind {
        ExprKind::MethodCall(_, name, _) | ExprKind::StaticCall(_, name, _) => name,
        _ => return false,
    };
    matches!(&name.kind, ExprKind::Text(name) if names.contains(&&**name))
}

fn code_refusal(expr: &Expr) -> Refusal {
    match &expr.kind {
        ExprKind::Integer(401) => Refusal::Strong,
        ExprKind::Integer(403 | 404) => Refusal::Weak,
        ExprKind::ClassConstant(_, name) if &**name == "HTTP_UNAUTHORIZED" => Refusal::Strong,
        ExprKind::ClassConstant(_, name) if matches!(&**name, "HTTP_FORBIDDEN" | "HTTP_NOT_FOUND") => Refusal::Weak,
        _ => answer_refusal(expr),
    }
}

/// What is thrown says why.
fn thrown_refusal(thrown: &Expr) -> Refusal {
    let class = match &thrown.kind {
        ExprKind::New(ClassReference::Named(class), _) | ExprKind::StaticCall(ClassReference::Named(class), _, _) => {
            class
        }
        _ => return answer_refusal(thrown),
    };
    let short = class.rsplit('\\').next().unwrap_or_default().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| short.contains(word));
    if says(&["authentication", "unauthenticated", "unauthorized", "notloggedin", "oauthserver"]) {
        Refusal::Strong
    } else if says(&["authorization", "accessdenied", "forbidden", "notfound", "signature", "token"]) {
        Refusal::Weak
    } else {
        answer_refusal(thrown)
    }
}

/// An answer that says 401, 403 or login anywhere in it.
fn answer_refusal(expr: &Expr) -> Refusal {
    let mut found = Refusal::Some;
    any(expr, &mut |inner| {
        let here = match &inner.kind {
            ExprKind::Integer(401) => Refusal::Strong,
            ExprKind::Integer(403) => Refusal::Weak,
            ExprKind::ClassConstant(_, name) => match &**name {
                "HTTP_UNAUTHORIZED" => Refusal::Strong,
                "HTTP_FORBIDDEN" => Refusal::Weak,
                _ => Refusal::Some,
            },
            ExprKind::Text(text) => {
                let text = text.to_lowercase();
                let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
                if says(&["unauthenticated", "unauthorized", "unauthorised"]) {
                    Refusal::Strong
                } else if says(&["login", "signin", "sign-in", "forbidden"]) {
                    Refusal::Weak
                } else {
                    Refusal::Some
                }
            }
            _ => Refusal::Some,
        };
        found = found.max(here);
        false
    });
    found
}
