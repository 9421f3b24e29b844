//! What Blade's directives mean (laravel.com, "Blade Templates").

/// What a directive opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    If,
    For,
    ForEach,
    /// `@forelse` before its `@empty`.
    ForElse,
    /// `@forelse` behind its `@empty`.
    Empty,
    While,
    Switch,
}

impl Block {
    /// What closes it.
    pub(super) fn end(self) -> &'static str {
        match self {
            Self::If | Self::Empty => "endif;",
            Self::For => "endfor;",
            Self::ForEach | Self::ForElse => "endforeach;",
            Self::While => "endwhile;",
            Self::Switch => "endswitch;",
        }
    }
}

/// What a directive stands for. Two texts are what stands before and behind its arguments.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning {
    /// Opens a block.
    Open(Block, &'static str, &'static str),
    /// Opens a block by itself.
    OpenPlain(Block, &'static str),
    /// Opens an `if` that asks a function of the directive's name.
    OpenAsked(Block),
    /// Stands between the parts of the innermost block.
    Between(Block, &'static str, &'static str),
    /// The part of `@forelse` for an empty list.
    ForElse,
    /// Closes a block.
    Close(Block),
    /// A statement with arguments.
    Statement(&'static str, &'static str),
    /// A statement without.
    Plain(&'static str),
    /// A call of a function of the directive's name; nothing without arguments.
    Call,
}

/// What a directive means; `None` for those that are none of Laravel's, and stay text.
pub(super) fn meaning(name: &str, has_arguments: bool) -> Option<Meaning> {
    Some(match name {
        "if" => Meaning::Open(Block::If, "if (", "):"),
        "unless" => Meaning::Open(Block::If, "if (! (", ")):"),
        "isset" => Meaning::Open(Block::If, "if (isset(", ")):"),
        "empty" if has_arguments => Meaning::Open(Block::If, "if (empty(", ")):"),
        "empty" => Meaning::ForElse,
        "elseif" => Meaning::Between(Block::If, "elseif (", "):"),
        "else" => Meaning::Between(Block::If, "else:", ""),
        "elsecan" | "elsecannot" | "elsecanany" | "elseauth" | "elseguest" | "elseenv" => {
            Meaning::Between(Block::If, "elseif (can(", ")):")
        }
        "auth" | "guest" | "can" | "cannot" | "canany" | "env" | "production" | "hasSection" | "sectionMissing"
        | "hasStack" | "feature" | "role" | "hasrole" | "hasanyrole" | "permission" => Meaning::OpenAsked(Block::If),
        "error" if has_arguments => Meaning::Open(Block::If, "if ($message = $errors->first(", ")):"),
        "session" if has_arguments => Meaning::Open(Block::If, "if ($value = session(", ")):"),
        "once" => Meaning::OpenPlain(Block::If, "if (true):"),
        "endif" | "endunless" | "endisset" | "endempty" | "endauth" | "endguest" | "endcan" | "endcannot"
        | "endcanany" | "endenv" | "endproduction" | "endfeature" | "endrole" | "endhasrole" | "endhasanyrole"
        | "endpermission" | "enderror" | "endsession" | "endonce" => Meaning::Close(Block::If),
        "for" => Meaning::Open(Block::For, "for (", "):"),
        "endfor" => Meaning::Close(Block::For),
        "foreach" => Meaning::Open(Block::ForEach, "foreach (", "):"),
        "endforeach" => Meaning::Close(Block::ForEach),
        "forelse" => Meaning::Open(Block::ForElse, "foreach (", "):"),
        "endforelse" => Meaning::Close(Block::ForElse),
        "while" => Meaning::Open(Block::While, "while (", "):"),
        "endwhile" => Meaning::Close(Block::While),
        "switch" => Meaning::Open(Block::Switch, "switch (", "):"),
        "case" => Meaning::Between(Block::Switch, "case ", ":"),
        "default" => Meaning::Between(Block::Switch, "default:", ""),
        "endswitch" => Meaning::Close(Block::Switch),
        "break" if has_arguments => Meaning::Statement("if (", ") break;"),
        "break" => Meaning::Plain("break;"),
        "continue" if has_arguments => Meaning::Statement("if (", ") continue;"),
        "continue" => Meaning::Plain("continue;"),
        "php" | "dump" | "dd" => Meaning::Statement("(", ");"),
        "json" => Meaning::Statement("echo json_encode(", ");"),
        "js" => Meaning::Statement("echo \\Illuminate\\Support\\Js::from(", ");"),
        "lang" => Meaning::Statement("echo __(", ");"),
        "choice" => Meaning::Statement("echo trans_choice(", ");"),
        "include" | "includeIf" | "extends" | "component" => Meaning::Statement("view(", ");"),
        // They emit an attribute.
        "class" if has_arguments => {
            Meaning::Statement("echo 'class=\"', e(\\Illuminate\\Support\\Arr::toCssClasses(", ")), '\"';")
        }
        "style" if has_arguments => {
            Meaning::Statement("echo 'style=\"', e(\\Illuminate\\Support\\Arr::toCssStyles(", ")), '\"';")
        }
        // Their names are words of PHP.
        "yield" | "use" => Meaning::Statement("section(", ");"),
        "includeWhen" | "includeUnless" | "includeFirst" | "each" | "section" | "livewire" | "push" | "pushOnce"
        | "pushIf" | "prepend" | "prependOnce" | "slot" | "stack" | "props" | "aware" | "inject" | "class"
        | "style" | "checked" | "selected" | "disabled" | "readonly" | "required" | "method" | "csrf" | "vite"
        | "viteReactRefresh" | "livewireStyles" | "livewireScripts" | "parent" | "show" | "stop" | "append"
        | "overwrite" | "fragment" | "endfragment" | "endsection" | "endpush" | "endPushOnce" | "endpushOnce"
        | "endPushIf" | "endprepend" | "endPrependOnce" | "endslot" | "endcomponent" | "endcomponentFirst"
        | "componentFirst" => Meaning::Call,
        _ => return None,
    })
}
