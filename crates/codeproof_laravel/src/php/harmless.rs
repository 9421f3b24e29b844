//! Constructors that hand closures to `middleware()` which only prepare something and let everybody through: told from
//! their lines, since controllers have them by the hundred.

/// What a constructor says when it could turn somebody away, or ask for more than closures.
const REFUSALS: &[&str] = &[
    "if (",
    "if(",
    "? ",
    "?:",
    "?->",
    "&&",
    "||",
    "match",
    "switch",
    "while",
    "for (",
    "foreach",
    "throw",
    "abort",
    "redirect",
    "response",
    "exit",
    "die",
    "authorize",
    "deny",
    "try",
    "goto",
    "only(",
    "except(",
    "can(",
    "eval",
];
/// Functions that give something and refuse nothing.
const GIVERS: &[&str] =
    &["app", "auth", "config", "trans", "__", "view", "route", "resolve", "function", "fn", "array", "list"];

/// What such a constructor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Harmless {
    /// Whether the constructor of its parent runs first.
    pub(crate) calls_parent: bool,
    /// How many closures it hands over.
    pub(crate) closures: usize,
}

/// Looks at the lines of a constructor; `None` when they could do anything else.
pub(super) fn harmless<'t>(lines: impl Iterator<Item = &'t str>) -> Option<Harmless> {
    let mut body = String::new();
    let mut in_comment = false;
    for line in lines.map(str::trim) {
        if in_comment || line.starts_with("/*") {
            in_comment = !line.ends_with("*/");
            continue;
        }
        if line.starts_with("//") {
            continue;
        }
        if line.contains("/*") || line.contains("*/") || line.contains("<<<") {
            return None;
        }
        body.push_str(line);
        body.push(' ');
    }
    let calls_parent = body.contains("parent::__construct(");
    let body = body.replace("parent::__construct(", "");
    if REFUSALS.iter().any(|word| body.contains(word)) || body.contains("parent::") || body.contains("self::") {
        return None;
    }
    let closures = body.matches("$this->middleware(").count();
    let given = body.split("$this->middleware(").skip(1).all(|rest| {
        let rest = rest.trim_start().trim_start_matches("static ");
        rest.starts_with("function") || rest.starts_with("fn")
    });
    let passed = body.matches("return $next(").count() + body.matches("=> $next(").count();
    (closures > 0 && given && passed == closures && only_givers(&body)).then_some(Harmless { calls_parent, closures })
}

/// Whether everything that is called is known to refuse nothing: givers, methods of other objects, and `middleware()`.
fn only_givers(body: &str) -> bool {
    for (place, _) in body.match_indices('(') {
        let before = &body[..place];
        let start = before.rfind(|it: char| !(it.is_alphanumeric() || it == '_')).map_or(0, |at| at + 1);
        let (front, name) = before.split_at(start);
        let is_fine = match name {
            "" => true,
            "middleware" | "__construct" => true,
            // `$next($request)`
            _ if front.ends_with('$') => name == "next",
            // A method of the object itself may do anything; those of others only with what they were given.
            _ if front.ends_with("->") => !front.ends_with("$this->"),
            _ if front.ends_with("::") => front.ends_with("View::") || front.ends_with("Auth::"),
            _ => GIVERS.contains(&name),
        };
        if !is_fine {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{Harmless, harmless};

    fn of(body: &str) -> Option<Harmless> {
        harmless(body.lines())
    }

    #[test]
    fn closures_that_only_prepare_are_known_by_their_lines() {
        let prepare = "public function __construct()\n{\n    parent::__construct();\n    $this->middleware(function ($request, $next) {\n        \
            /** @var Rows $rows */\n        $this->rows = app(Rows::class);\n        $this->rows->setUser(auth()->user());\n\n        return $next($request);\n    });\n}\n\n    /**\n     * if (this) throws\n     */";
        assert_eq!(of(prepare), Some(Harmless { calls_parent: true, closures: 1 }));
        assert_eq!(of(&prepare.replace("parent::__construct();", "")).map(|it| it.calls_parent), Some(false));
        for (from, to) in [
            ("$this->rows = app(Rows::class);", "if (!$request->user()) { return back(); }"),
            ("$this->rows = app(Rows::class);", "$this->check($request);"),
            ("$this->rows = app(Rows::class);", "demand_user();"),
            ("$this->rows = app(Rows::class);", "Door::close();"),
            ("return $next($request);", "return view('no');"),
            (
                "$this->middleware(function ($request, $next) {",
                "$this->middleware('auth'); $this->middleware(function () {",
            ),
            ("    });", "    })->only('index');"),
        ] {
            let other = prepare.replace(from, to);
            assert_ne!(other, prepare);
            assert_eq!(of(&other), None, "{to}");
        }
        assert_eq!(of("public function __construct() {}"), None);
    }
}
