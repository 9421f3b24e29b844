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
    /// No way leads past that.
    pub(super) is_closed: bool,
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

/// Why a piece of code is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Anything,
    /// It has to do with who asks.
    Visitor,
    /// Because nobody is signed in.
    Guest,
}

impl Cause {
    fn or_visitor(self, condition: &Expr) -> Cause {
        if mentions_visitor(condition) { self.max(Cause::Visitor) } else { self }
    }
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

    /// Whether every way ends before the handler.
    fn is_closed(self) -> bool {
        !self.passes && !self.asks_parent && !self.goes_on && self.ends.is_some()
    }

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
    let way = walk.body(function, Cause::Anything);
    let is_closed = way.is_closed();
    Findings { passes: way.passes, refuses: way.refuses || is_closed, is_closed, asks_parent: way.asks_parent }
}

impl Walk<'_, '_> {
    fn body(&mut self, function: &Function, cause: Cause) -> Way {
        match &function.body {
            Body::Statements(block) => self.block(block, cause),
            Body::Arrow(expr) => self.returned(expr, cause),
            Body::None => Way::ON,
        }
    }

    fn block(&mut self, block: &Block, mut cause: Cause) -> Way {
        let mut whole = Way::ON;
        for statement in block.iter() {
            self.statements += 1;
            if self.statements > STATEMENTS_MAX {
                return Way { passes: true, ..whole };
            }
            let way = self.statement(statement, &mut cause);
            whole = Way { goes_on: way.goes_on, ..whole.also(way) };
            if !whole.goes_on {
                break;
            }
        }
        whole
    }

    fn statement(&mut self, statement: &Statement, cause: &mut Cause) -> Way {
        match &statement.kind {
            StatementKind::Expression(expr) => self.expression(expr, *cause),
            StatementKind::Return(Some(expr)) => self.returned(expr, *cause),
            StatementKind::Return(None) => Way::default(),
            StatementKind::If(branches, otherwise) => self.branches(branches, otherwise.as_ref(), cause),
            StatementKind::Block(block) | StatementKind::Broken(block) => self.block(block, *cause),
            StatementKind::Foreach { body, .. } | StatementKind::Loop { body, .. } => {
                Way::ON.or(self.block(body, *cause))
            }
            StatementKind::Switch(subject, cases) => {
                let cause = (*cause).or_visitor(subject);
                cases.iter().fold(Way::ON, |whole, (_, block)| whole.or(self.block(block, cause)))
            }
            StatementKind::Try { body, catches, finally } => {
                let tried = self.block(body, *cause);
                let mut whole = tried;
                // What fails in the body for a guest is answered by a catch.
                let fails = tried.ends == Some(Refusal::Strong) && !tried.passes;
                for caught in catches {
                    whole = whole.or(self.block(caught, if fails { Cause::Visitor } else { *cause }));
                }
                if fails && !catches.is_empty() {
                    let caught = catches.iter().map(|it| self.block(it, Cause::Visitor)).fold(Way::default(), Way::or);
                    whole = caught;
                }
                match finally {
                    Some(finally) => whole.also(self.block(finally, *cause)),
                    None => whole,
                }
            }
            _ => Way::ON,
        }
    }

    fn branches(&mut self, branches: &[(Expr, Block)], otherwise: Option<&Block>, cause: &mut Cause) -> Way {
        let mut whole: Option<Way> = None;
        let join = |whole: Option<Way>, way: Way| Some(whole.map_or(way, |known| known.or(way)));
        let mut here = *cause;
        for (condition, block) in branches {
            let truth = self.guest.truth(condition);
            match truth {
                Some(false) => {
                    // What follows a way out that guests do not take is for them.
                    if leaves(block) && mentions_visitor(condition) {
                        here = Cause::Guest;
                    }
                    continue;
                }
                Some(true) => {
                    let way = self.block(block, Cause::Guest);
                    let refuses = way.refuses || way.is_closed();
                    return join(whole, Way { refuses, ..way }).unwrap_or(Way::ON);
                }
                None => here = here.or_visitor(condition),
            }
            // In there it hangs on more than that nobody is signed in.
            whole = join(whole, self.block(block, here.min(Cause::Visitor)));
        }
        let rest = match otherwise {
            Some(block) => self.block(block, here),
            None => Way::ON,
        };
        // What follows a branch that left is its other side.
        if here == Cause::Guest || whole.is_some_and(|way| !way.goes_on) {
            *cause = (*cause).max(here);
        }
        join(whole, rest).unwrap_or(Way::ON)
    }

    /// A statement that is an expression: what it calls may end the request.
    fn expression(&mut self, expr: &Expr, cause: Cause) -> Way {
        let mut way = match &expr.kind {
            ExprKind::Throw(thrown) => return ended(Some(thrown_refusal(thrown)), cause),
            ExprKind::Exit => return ended(Some(Refusal::Some), cause),
            ExprKind::Assign(target, value) => {
                self.guest.assign(target, value);
                return self.expression(value, cause);
            }
            ExprKind::Call(Callee::Named(name), arguments) => match self.aborting(name, arguments, cause) {
                Some(way) => return way,
                None => Way::ON,
            },
            ExprKind::Ternary(condition, body, otherwise) => {
                let truth = self.guest.truth(condition);
                let cause = cause.or_visitor(condition);
                let yes = body.as_ref().map_or(Way::ON, |body| self.expression(body, cause));
                return match truth {
                    Some(true) => yes,
                    Some(false) => self.expression(otherwise, cause),
                    None => yes.or(self.expression(otherwise, cause)),
                };
            }
            _ => Way::ON,
        };
        if any(expr, &mut |inner| calls_method(inner, &["authenticate"]) && !calls_own(inner)) {
            return ended(Some(Refusal::Strong), cause);
        }
        way.passes |= self.calls_next(expr);
        way.asks_parent |= calls_parent(expr);
        match self.own_call(expr, cause) {
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

    fn returned(&mut self, expr: &Expr, cause: Cause) -> Way {
        match &expr.kind {
            ExprKind::Throw(_) | ExprKind::Exit => return self.expression(expr, cause),
            ExprKind::Ternary(condition, body, otherwise) => {
                let truth = self.guest.truth(condition);
                let cause = cause.or_visitor(condition);
                let yes = match body {
                    Some(body) => self.returned(body, cause),
                    None => self.returned(condition, cause),
                };
                return match truth {
                    Some(true) => yes,
                    Some(false) => self.returned(otherwise, cause),
                    None => yes.or(self.returned(otherwise, cause)),
                };
            }
            ExprKind::Binary(operator, left, right) if &**operator == "??" => {
                return self.returned(left, cause).or(self.returned(right, cause));
            }
            ExprKind::Call(Callee::Named(name), arguments) => {
                if let Some(way) = self.aborting(name, arguments, cause) {
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
        if let Some(inner) = self.own_call(expr, cause) {
            return Way { goes_on: false, ..inner };
        }
        ended(Some(answer_refusal(expr)), cause)
    }

    /// `abort(403)`, `abort_if(…)`, `abort_unless(…)`.
    fn aborting(&mut self, name: &str, arguments: &[Argument], cause: Cause) -> Option<Way> {
        let short = name.rsplit('\\').next().unwrap_or_default();
        let condition = arguments.first().map(|it| &it.value);
        let code = |place: usize| arguments.get(place).map_or(Refusal::Some, |it| code_refusal(&it.value));
        Some(match short {
            "abort" => ended(Some(code(0)), cause),
            "abort_if" | "abort_unless" | "throw_if" | "throw_unless" => {
                let wanted = short.ends_with("_if");
                let condition = condition?;
                let truth = self.guest.truth(condition);
                let cause = if truth.is_some() { Cause::Guest } else { cause.or_visitor(condition) };
                let refusal = match short.starts_with("throw") {
                    true => arguments.get(1).map_or(Refusal::Some, |it| thrown_refusal(&it.value)),
                    false => code(1),
                };
                match truth.map(|truth| truth == wanted) {
                    Some(true) => ended(Some(refusal), cause),
                    Some(false) => Way::ON,
                    None => Way::ON.or(ended(Some(refusal), cause)),
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
    fn own_call(&mut self, expr: &Expr, cause: Cause) -> Option<Way> {
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
            return is_refusal.then(|| ended(Some(Refusal::Strong), Cause::Guest));
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
        let way = self.body(&function, cause);
        (self.guest, self.next) = outer;
        self.calls -= 1;
        Some(way)
    }
}

/// Whether a block ends with a way out.
fn leaves(block: &Block) -> bool {
    match block.last().map(|statement| &statement.kind) {
        Some(StatementKind::Return(_)) => true,
        Some(StatementKind::Expression(expr)) => matches!(expr.kind, ExprKind::Throw(_) | ExprKind::Exit),
        _ => false,
    }
}

/// The request ends here.
fn ended(refusal: Option<Refusal>, cause: Cause) -> Way {
    let refuses = match refusal {
        Some(Refusal::Strong) => true,
        Some(Refusal::Weak) => cause >= Cause::Visitor,
        Some(Refusal::Some) => cause == Cause::Guest,
        None => false,
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
    if says(&["tokenmismatch"]) {
        // Of forms, not of people.
        Refusal::Some
    } else if says(&["authentication", "unauthenticated", "unauthorized", "notloggedin", "oauthserver"]) {
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
