//! What languages do differently when they look for a name.

use codeproof_types::{Language, SymbolKind};

use crate::entity::{is_callable, is_class};

/// Whether members of the class around a call can be called without naming an object.
pub(super) fn has_implicit_members(language: Language) -> bool {
    matches!(language, Language::Cpp | Language::Java | Language::CSharp | Language::Ruby)
}

/// Whether a name that is neither declared nor imported here may be defined anywhere in the program.
pub(super) fn has_global_names(language: Language) -> bool {
    matches!(language, Language::C | Language::Cpp | Language::Php | Language::Ruby)
}

/// Whether a later definition of a name in one scope replaces an earlier one.
pub(super) fn last_definition_wins(language: Language) -> bool {
    matches!(language, Language::Python | Language::JavaScript | Language::Ruby)
}

/// Whether a class is called to make an instance.
pub(super) fn calls_classes(language: Language) -> bool {
    matches!(language, Language::Python | Language::C | Language::Cpp | Language::Go | Language::Rust)
}

/// Whether `kind` can be meant by a bare call in `language`.
pub(super) fn can_be_called(language: Language, kind: SymbolKind) -> bool {
    is_callable(kind) || (is_class(kind) || kind == SymbolKind::Type) && calls_classes(language)
}

/// How a word stands for the object or class around a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relative {
    /// The object or class itself.
    This,
    /// What it extends.
    Parent,
}

/// What `word` means in a method.
pub(super) fn relative(language: Language, word: &str) -> Option<Relative> {
    use Relative::{Parent, This};
    Some(match (language, word) {
        (Language::Python, "self" | "cls") => This,
        (Language::Python, "super") => Parent,
        (Language::Php, "$this" | "self" | "static") => This,
        (Language::Php, "parent") => Parent,
        (Language::Ruby | Language::Rust, "self") | (Language::Rust, "Self") => This,
        (Language::Cpp | Language::Java | Language::CSharp, "this") => This,
        (Language::JavaScript | Language::TypeScript | Language::Tsx, "this") => This,
        (Language::Java | Language::JavaScript | Language::TypeScript | Language::Tsx, "super") => Parent,
        (Language::CSharp, "base") => Parent,
        _ => return None,
    })
}

/// Names of methods that standard types have: a call on something unknown most likely means theirs, even when the
/// program defines a single method of that name.
pub(super) fn is_common_method(name: &str) -> bool {
    COMMON_METHODS.binary_search(&name).is_ok()
}

/// Sorted. Methods of strings, lists, maps, sets, files, streams, sockets, threads, loggers, dates, regular
/// expressions, promises, iterators, database cursors and test doubles in the eleven languages.
const COMMON_METHODS: &[&str] = &[
    "Add", "Append", "Clear", "Close", "Contains", "Copy", "Count", "Create", "Delete", "Dispose", "Equals", "Error",
    "Errorf", "Exec", "Execute", "Fatal", "Fatalf", "Find", "First", "Format", "Get", "GetType", "Info", "Init",
    "Insert", "Join", "Len", "Length", "List", "Load", "Lock", "Log", "Logf", "Map", "Name", "New", "Next", "Open",
    "Parse", "Print", "Printf", "Push", "Query", "Read", "Remove", "Replace", "Reset", "Run", "Scan", "Select",
    "Send", "Set", "Size", "Split", "Start", "Stop", "String", "Sub", "Sum", "ToArray", "ToList", "ToString", "Trim",
    "Unlock", "Update", "Value", "Values", "Wait", "Warn", "Where", "With", "Write", "acquire", "add", "addAll",
    "addEventListener", "all", "any", "append", "apply", "as_ref", "assert", "assertEqual", "at", "begin", "bind",
    "build", "call", "cancel", "catch", "charAt", "chars", "clear", "clone", "close", "collect", "commit", "compile",
    "concat", "connect", "contains", "copy", "count", "create", "cursor", "data", "debug", "decode", "default",
    "delete", "detach", "disconnect", "dispatch", "done", "drain", "each", "emit", "empty", "encode", "end",
    "endswith", "entries", "equals", "error", "exception", "exec", "execute", "exists", "exit", "expect", "extend",
    "fail", "fetch", "fetchall", "fetchone", "fileno", "fill", "filter", "finalize", "find", "findall", "finish",
    "first", "flat_map", "flatten", "flush", "fmt", "forEach", "format", "from", "front", "get", "getMessage",
    "getName", "getOrDefault", "getValue", "group", "handle", "has", "hash", "header", "headers", "id", "include?",
    "indexOf", "info", "init", "insert", "into", "invoke", "isEmpty", "is_empty", "isdigit", "items", "iter", "join",
    "json", "key", "keys", "last", "len", "length", "limit", "list", "listen", "ljust", "load", "lock", "log",
    "lower", "main", "map", "match", "max", "merge", "message", "min", "name", "new", "next", "notify", "now", "of",
    "off", "offset", "ok", "on", "once", "open", "orElse", "order", "parse", "path", "pop", "popitem", "post",
    "prepare", "print", "printf", "println", "process", "push", "put", "query", "raise", "read", "readline",
    "readlines", "recv", "redirect", "reduce", "register", "release", "reload", "remove", "render", "replace",
    "request", "reset", "resize", "resolve", "respond", "result", "reverse", "rollback", "run", "save", "search",
    "seek", "select", "send", "set", "setdefault", "setup", "shift", "show", "shutdown", "size", "skip", "slice",
    "sort", "splice", "split", "start", "startsWith", "startswith", "stat", "stop", "stream", "strip", "submit",
    "substring", "sum", "swap", "take", "tell", "test", "text", "then", "toArray", "toString", "to_owned", "to_s",
    "to_string", "top", "trim", "trunc", "type", "unlock", "unshift", "unwrap", "update", "upper", "url", "use",
    "validate", "value", "values", "wait", "warn", "warning", "where", "with", "write", "writelines", "zip",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_methods_are_sorted() {
        assert!(COMMON_METHODS.is_sorted_by(|one, other| one < other));
        assert!(is_common_method("get") && !is_common_method("resolve_redirects"));
    }
}
