//! Words of C and C++ by what they do in a declaration.

/// What a word does in the head of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A name: of a type, of what is declared, or of a macro.
    Name,
    /// A type by itself, such as `int`.
    Type,
    /// `typeof` and its like: a type with the parentheses behind it.
    TypeOf,
    /// `struct`, `union`, `enum`, `class`: a type with the name behind it.
    Tag,
    /// `static`, `const` and what else stands beside a type.
    Modifier,
    /// `__attribute__` and what else takes parentheses and stands anywhere in a head.
    Attribute,
    /// `operator`: names what is declared.
    Operator,
    /// A word that no declaration of a variable, field or function starts with or holds.
    Statement,
}

/// The role of `word`.
pub(super) fn role(word: &str) -> Role {
    match word {
        "void" | "char" | "short" | "int" | "long" | "float" | "double" | "signed" | "unsigned" | "bool" | "_Bool"
        | "_Complex" | "auto" | "size_t" | "ssize_t" | "ptrdiff_t" | "intptr_t" | "uintptr_t" | "wchar_t"
        | "char8_t" | "char16_t" | "char32_t" | "int8_t" | "int16_t" | "int32_t" | "int64_t" | "uint8_t"
        | "uint16_t" | "uint32_t" | "uint64_t" | "__int128" | "__signed__" => Role::Type,
        "typeof" | "__typeof__" | "__typeof" | "decltype" | "_BitInt" => Role::TypeOf,
        "struct" | "union" | "enum" | "class" => Role::Tag,
        "static" | "extern" | "inline" | "__inline" | "__inline__" | "__forceinline" | "register" | "const"
        | "__const" | "volatile" | "__volatile__" | "restrict" | "__restrict" | "__restrict__" | "_Atomic"
        | "_Noreturn" | "noreturn" | "thread_local" | "_Thread_local" | "__thread" | "constexpr" | "consteval"
        | "constinit" | "virtual" | "mutable" | "typedef" | "typename" | "friend" | "__extension__" | "__cdecl"
        | "__stdcall" | "__fastcall" | "__thiscall" | "__vectorcall" | "noexcept" | "override" | "final" => {
            Role::Modifier
        }
        "__attribute__" | "__attribute" | "__declspec" | "alignas" | "_Alignas" | "explicit" | "throw" | "asm"
        | "__asm__" | "__asm" => Role::Attribute,
        "operator" => Role::Operator,
        "return" | "goto" | "if" | "else" | "for" | "while" | "do" | "switch" | "case" | "default" | "break"
        | "continue" | "sizeof" | "using" | "namespace" | "template" | "concept" | "requires" | "try" | "catch"
        | "new" | "delete" | "co_return" | "co_yield" | "co_await" | "import" | "module" | "export" | "public"
        | "private" | "protected" | "static_assert" | "_Static_assert" | "this" | "_Generic" => Role::Statement,
        _ => Role::Name,
    }
}

/// Whether a name is written as macros are: capitals, digits and underscores, with two capitals at least.
pub(super) fn is_macro_name(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && word.bytes().filter(u8::is_ascii_uppercase).count() >= 2
}
