//! Macros around declarations: attributes in capitals, types with arguments, heads of functions, macros that need no
//! semicolon. Told from the shape of the statement, since their definitions are often in another file.

use super::canvas::Canvas;
use super::prepare::Bracket;
use super::tokens::{Token, TokenKind};
use super::words::{Role, is_macro_name, role};

/// A part of a statement; numbers are tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A word.
    Word(usize),
    /// A number or string.
    Literal(usize),
    /// Parentheses or square brackets: first and last token.
    Group(usize, usize),
    /// Braces, by their first token.
    Block(usize),
    /// Any other byte.
    Punctuation(usize, u8),
}

/// How a statement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// At `;`.
    Semicolon,
    /// At `{`, which opens this.
    Brace(Bracket),
    /// At the `:` of a label.
    Label,
    /// At `}`, a directive or the end of the file: a semicolon is missing or nothing is open.
    Nothing,
}

/// A statement up to its end.
pub(super) struct Head<'h> {
    /// The whole text.
    pub(super) text: &'h str,
    /// Its tokens.
    pub(super) tokens: &'h [Token],
    /// The statement.
    pub(super) parts: &'h [Part],
    /// What it stands in.
    pub(super) within: Bracket,
    /// How it ends.
    pub(super) ending: Ending,
}

/// Paints over the macros of a statement that the grammar cannot place.
pub(super) fn mend(head: &Head<'_>, canvas: &mut Canvas<'_>) {
    if head.parts.is_empty() {
        return;
    }
    match (head.within, head.ending) {
        (Bracket::Enumerators, _) => head.mend_enumerator(canvas),
        (Bracket::Body, _) => head.mend_statement(canvas),
        (_, Ending::Nothing | Ending::Label) => head.blank_macros(canvas),
        _ => head.mend_declaration(canvas),
    }
}

/// Whether `parts` are a macro invocation or call and nothing else.
pub(super) fn is_invocation(text: &str, tokens: &[Token], parts: &[Part]) -> bool {
    match parts {
        [Part::Word(name), Part::Group(open, _)] => {
            tokens[*open].is(b'(') && role(&text[tokens[*name].range.clone()]) == Role::Name
        }
        _ => false,
    }
}

/// Paints over arguments of the call `name (open … close)` that are types, which the grammar takes for values only:
/// `va_arg(list, char *)` gets a `0` there.
pub(super) fn mend_arguments(text: &str, tokens: &[Token], open: usize, close: usize, canvas: &mut Canvas<'_>) {
    if open > 0 && &text[tokens[open - 1].range.clone()] == "__builtin_available" {
        // Names and versions of Apple's systems.
        tokens[open + 1..close].iter().for_each(|token| canvas.blank(token.range.clone()));
        return;
    }
    let word = |token: &Token| (token.kind == TokenKind::Word).then(|| role(&text[token.range.clone()]));
    for argument in tokens[open + 1..close].split(|token| token.is(b',')) {
        let is_flat = argument.iter().all(|token| token.kind == TokenKind::Word || token.is(b'*'));
        let [first, .., last] = argument else { continue };
        let starts_as_type = matches!(word(first), Some(Role::Type | Role::Tag | Role::Modifier));
        if is_flat && word(first).is_some() && (starts_as_type || last.is(b'*')) {
            canvas.blank(first.range.start..last.range.end);
            canvas.put(first.range.start, b'0');
        }
    }
}

/// Whether `parts` are nothing but macros, with or without arguments.
pub(super) fn are_macros(text: &str, tokens: &[Token], parts: &[Part]) -> bool {
    let mut is_after_word = false;
    parts.iter().all(|part| {
        let is_macro = match part {
            Part::Word(at) => role(&text[tokens[*at].range.clone()]) == Role::Name,
            Part::Group(open, _) => is_after_word && tokens[*open].is(b'('),
            _ => false,
        };
        is_after_word = matches!(part, Part::Word(_));
        is_macro
    }) && (parts.len() > 1 || parts.iter().all(|part| is_capital(text, tokens, part)))
}

fn is_capital(text: &str, tokens: &[Token], part: &Part) -> bool {
    matches!(part, Part::Word(at) if is_macro_name(&text[tokens[*at].range.clone()]))
}

/// Whether a `:` that is no half of `::` is among `parts`.
pub(super) fn has_single_colon(tokens: &[Token], parts: &[Part]) -> bool {
    parts.iter().any(|part| match part {
        Part::Punctuation(at, b':') => {
            let is_scope = tokens.get(at + 1).is_some_and(|next| next.is(b':')) || *at > 0 && tokens[at - 1].is(b':');
            !is_scope
        }
        _ => false,
    })
}

/// How many parts `<…>` takes at the start of `parts`; 0 when none starts there or it is not closed.
fn angles(parts: &[Part]) -> usize {
    let mut depth = 0_usize;
    let mut is_arrow = false;
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Punctuation(_, b'<') => depth += 1,
            Part::Punctuation(_, b'>') if !is_arrow => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if at == 0 { 0 } else { at + 1 };
        }
        is_arrow = matches!(part, Part::Punctuation(_, b'-'));
    }
    0
}

/// The parts behind `template <…>`; all when they start otherwise.
pub(super) fn after_template<'p>(text: &str, tokens: &[Token], mut parts: &'p [Part]) -> &'p [Part] {
    while let [Part::Word(at), rest @ ..] = parts
        && &text[tokens[*at].range.clone()] == "template"
    {
        parts = &rest[angles(rest)..];
    }
    parts
}

/// A name in the head of a declaration, before what it declares.
struct Name {
    /// Its place among the parts.
    part: usize,
    /// Whether it is qualified or has template arguments, so that it is no macro.
    is_compound: bool,
}

impl Head<'_> {
    fn word(&self, at: usize) -> &str {
        &self.text[self.tokens[at].range.clone()]
    }

    fn role(&self, part: usize) -> Option<Role> {
        match self.parts.get(part)? {
            Part::Word(at) => Some(role(self.word(*at))),
            _ => None,
        }
    }

    fn is_macro(&self, part: usize) -> bool {
        self.parts.get(part).is_some_and(|part| is_capital(self.text, self.tokens, part))
    }

    fn is_parentheses(&self, part: usize) -> bool {
        matches!(self.parts.get(part), Some(Part::Group(open, _)) if self.tokens[*open].is(b'('))
    }

    fn is_punctuation(&self, part: usize, byte: u8) -> bool {
        matches!(self.parts.get(part), Some(Part::Punctuation(_, found)) if *found == byte)
    }

    /// Blanks a part; a group with all that is in it.
    fn blank(&self, part: usize, canvas: &mut Canvas<'_>) {
        match self.parts.get(part) {
            Some(Part::Word(at)) => canvas.blank(self.tokens[*at].range.clone()),
            Some(Part::Group(open, close)) => self.blank_tokens(*open..close + 1, canvas),
            _ => {}
        }
    }

    fn blank_tokens(&self, tokens: std::ops::Range<usize>, canvas: &mut Canvas<'_>) {
        self.tokens[tokens].iter().for_each(|token| canvas.blank(token.range.clone()));
    }

    /// Blanks macros that stand alone where no semicolon follows, such as `BEGIN_DECLS` or `Q_OBJECT`.
    fn blank_macros(&self, canvas: &mut Canvas<'_>) {
        if self.ending == Ending::Label {
            self.blank_qt_label(canvas);
        }
        // An access label comes last: `Q_OBJECT public:`.
        let count = if self.ending == Ending::Label {
            self.parts.iter().position(|part| matches!(part, Part::Word(at) if role(self.word(*at)) == Role::Statement))
        } else {
            Some(self.parts.len())
        };
        let parts = &self.parts[..count.unwrap_or(0)];
        if are_macros(self.text, self.tokens, parts) {
            (0..parts.len()).for_each(|part| self.blank(part, canvas));
        }
    }

    /// Blanks what Qt adds to access labels: `public slots:`, `signals:`.
    fn blank_qt_label(&self, canvas: &mut Canvas<'_>) {
        let Some(Part::Word(last)) = self.parts.last() else { return };
        match self.word(*last) {
            "slots" | "Q_SLOTS" => canvas.blank(self.tokens[*last].range.clone()),
            "signals" | "Q_SIGNALS" => {
                let colon = self.tokens.get(last + 1).map_or(self.text.len(), |colon| colon.range.end);
                canvas.blank(self.tokens[*last].range.start..colon);
            }
            _ => {}
        }
    }

    /// Mends a declaration outside of functions.
    fn mend_declaration(&self, canvas: &mut Canvas<'_>) {
        let Some(start) = self.skip_template(canvas) else { return };
        let start = self.blank_leading_invocations(start, canvas);
        if let (Ending::Brace(Bracket::Body), Bracket::Scope, Some([Part::Word(name), Part::Group(open, close)])) =
            (self.ending, self.within, self.parts.get(start..))
        {
            return self.split_macro_head(*name, *open, *close, canvas);
        }
        self.mend_tag(start, canvas);
        let declarator = self.mend_names(start, true, canvas);
        let has_members = self.parts.get(declarator..).is_some_and(|rest| has_single_colon(self.tokens, rest));
        if has_members && self.is_parentheses(declarator) && self.is_macro(start) && declarator == start + 2 {
            // A constructor that sets members has no type before it.
            self.blank(start, canvas);
        }
        if self.is_parentheses(declarator) {
            self.mend_parameters(declarator, canvas);
            self.blank_trailing(declarator + 1, canvas);
        }
        if let Some(block) = self.parts.iter().rposition(|part| matches!(part, Part::Block(_))) {
            // `struct { … } name PACKED;`
            self.blank_trailing(block + 2, canvas);
        }
    }

    /// Gives the head of a function that a macro makes the shape of one: `START_TEST(x) {` becomes `S ART_TEST(x) {`.
    /// Readers of the tree find the whole name in the text, since no blank stands between the two words there.
    fn split_macro_head(&self, name: usize, open: usize, close: usize, canvas: &mut Canvas<'_>) {
        let word = self.word(name);
        if word.len() < 3 || !word.is_ascii() || role(word) != Role::Name || !self.tokens[open].is(b'(') {
            return;
        }
        canvas.put(self.tokens[name].range.start + 1, b' ');
        if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            // Arguments of a macro may be anything; parameters of old C stay.
            self.blank_tokens(open + 1..close, canvas);
        }
    }

    /// The part behind `template <…>` and `extern "C"`; `None` when the statement declares nothing of interest.
    fn skip_template(&self, canvas: &mut Canvas<'_>) -> Option<usize> {
        let mut part = 0;
        loop {
            match self.parts.get(part)? {
                Part::Word(at) if self.word(*at) == "template" => part = self.skip_angles(part + 1),
                Part::Word(at) if self.word(*at) == "export" => part += 1,
                Part::Word(at)
                    if self.word(*at) == "extern" && matches!(self.parts.get(part + 1), Some(Part::Literal(_))) =>
                {
                    part += 2;
                }
                Part::Group(open, _) if self.tokens[*open].is(b'[') => part += 1,
                Part::Word(_) if self.role(part) == Some(Role::Statement) => return None,
                Part::Word(_) if self.is_macro(part) => {
                    // `BEGIN_NAMESPACE namespace shop {`
                    let next = part + 1 + usize::from(self.is_parentheses(part + 1));
                    if self.role(next) != Some(Role::Statement) && !self.is_followed_by_blank_line(next - 1) {
                        return Some(part);
                    }
                    (part..next).for_each(|part| self.blank(part, canvas));
                    part = next;
                }
                _ => return Some(part),
            }
        }
    }

    /// The part behind `<…>`, or `part` when none starts there.
    fn skip_angles(&self, part: usize) -> usize {
        part + angles(self.parts.get(part..).unwrap_or_default())
    }

    /// Blanks invocations before a declaration: `NO_SANITIZE("x") int f()`. Where the invocation is the type, as in
    /// `LIST_HEAD(a, b) head;`, only arguments that are no type go. Hands out where the declaration starts.
    fn blank_leading_invocations(&self, mut start: usize, canvas: &mut Canvas<'_>) -> usize {
        while self.role(start) == Some(Role::Name) && self.is_parentheses(start + 1) {
            let rest = start + 2;
            if !matches!(self.parts.get(rest), Some(Part::Word(_))) {
                return start;
            }
            let has_parameters = (rest..self.parts.len()).any(|part| self.is_parentheses(part));
            let is_old_style = !self.is_macro(start) && !has_parameters;
            if is_old_style || self.role(rest) == Some(Role::Attribute) {
                // `int f(a, b) int a;` of old C without its `int`.
                return start;
            }
            let is_last_name = self.role(rest) == Some(Role::Name)
                && !matches!(
                    self.parts.get(rest + 1),
                    Some(Part::Word(_) | Part::Punctuation(_, b'*' | b'&' | b':' | b'<'))
                );
            // On a line of its own it is a statement for itself, not the type of what follows.
            if is_last_name && !self.is_followed_by_line_end(start + 1) {
                if !self.is_type_argument(start + 1) {
                    self.blank(start + 1, canvas);
                }
                return rest;
            }
            self.blank(start, canvas);
            self.blank(start + 1, canvas);
            start = rest;
        }
        start
    }

    /// Whether parentheses hold one type, which the grammar reads as the argument of a type macro.
    fn is_type_argument(&self, group: usize) -> bool {
        let Some(Part::Group(open, close)) = self.parts.get(group) else { return false };
        let inside = &self.tokens[open + 1..*close];
        let is_type = |token: &Token| token.kind == TokenKind::Word || token.is(b'*');
        inside.first().is_some_and(|first| first.kind == TokenKind::Word) && inside.iter().all(is_type)
    }

    /// Blanks macros between `struct` and the name it defines: `class EXPORT Stack {`.
    fn mend_tag(&self, start: usize, canvas: &mut Canvas<'_>) {
        let Some(tag) = (start..self.parts.len().min(start + 8)).find(|part| self.role(*part) == Some(Role::Tag))
        else {
            return;
        };
        if !matches!(self.ending, Ending::Brace(Bracket::Fields | Bracket::Enumerators)) {
            return;
        }
        let first = if self.role(tag + 1) == Some(Role::Tag) { tag + 2 } else { tag + 1 };
        let mut part = first;
        let mut names = Vec::new();
        while let Some(Part::Word(_) | Part::Group(..)) = self.parts.get(part) {
            match self.role(part) {
                Some(Role::Name) => names.push(part),
                Some(Role::Attribute) if self.is_parentheses(part + 1) => part += 1,
                None if !self.is_parentheses(part) => return,
                _ => {}
            }
            part += 1;
        }
        // The last name is the one that is defined; qualified names go on behind the words.
        names.pop();
        for name in names {
            self.blank(name, canvas);
            if self.is_parentheses(name + 1) {
                self.blank(name + 1, canvas);
            }
        }
    }

    /// Blanks names that are too many before what is declared: a declaration has one type and one name. Hands out the
    /// part where the names end. `is_certain` says that the statement declares something, so that names that do not
    /// look like macros may go as well.
    fn mend_names(&self, start: usize, is_certain: bool, canvas: &mut Canvas<'_>) -> usize {
        let mut names: Vec<Name> = Vec::new();
        let mut has_type = false;
        let mut has_neighbours = false;
        let mut part = start;
        loop {
            match (self.parts.get(part), self.role(part)) {
                (_, Some(Role::Name)) => {
                    let is_joined = part > start && self.is_punctuation(part - 1, b':')
                        || self.is_punctuation(part.wrapping_sub(1), b'~');
                    let next = self.skip_angles(part + 1);
                    let is_compound = is_joined || next > part + 1;
                    has_neighbours |= part > start && self.role(part - 1) == Some(Role::Name);
                    match names.last_mut().filter(|_| is_joined) {
                        Some(name) => *name = Name { part, is_compound },
                        None => names.push(Name { part, is_compound }),
                    }
                    let is_inner_macro = self.is_parentheses(part + 1)
                        && self.is_macro(part)
                        && matches!(self.role(part + 2), Some(Role::Name | Role::Type | Role::Tag | Role::Modifier))
                        && self.tokens_hold_parameters(part + 3);
                    if is_inner_macro {
                        self.blank(part, canvas);
                        self.blank(part + 1, canvas);
                        names.pop();
                        part += 2;
                        continue;
                    }
                    part = next;
                    continue;
                }
                (_, Some(Role::Type)) => has_type = true,
                (_, Some(Role::TypeOf)) => {
                    has_type = true;
                    part += usize::from(self.is_parentheses(part + 1));
                }
                (_, Some(Role::Tag)) => {
                    has_type = true;
                    part += usize::from(self.role(part + 1) == Some(Role::Name));
                }
                (_, Some(Role::Modifier)) => {}
                (_, Some(Role::Attribute)) => part += usize::from(self.is_parentheses(part + 1)),
                (_, Some(Role::Operator)) => {
                    names.push(Name { part, is_compound: true });
                    break;
                }
                (Some(Part::Punctuation(_, b'*' | b'&' | b'~' | b':')), _) => {
                    if self.is_punctuation(part, b':') && !self.is_scope(part) {
                        break;
                    }
                }
                _ => break,
            }
            part += 1;
        }
        let is_inside = self.is_parentheses(part) && self.starts_with_star(part, canvas);
        let allowed = usize::from(!is_inside) + usize::from(!has_type);
        let surplus = names.len().saturating_sub(allowed);
        // No expression has two names side by side, or a type first.
        let is_certain = is_certain || has_neighbours || has_type;
        self.blank_surplus(&names, surplus, is_certain, is_inside, canvas);
        part
    }

    /// Whether parentheses come at or behind `part`, before anything that ends a head.
    fn tokens_hold_parameters(&self, part: usize) -> bool {
        (part..self.parts.len()).any(|part| self.is_parentheses(part))
    }

    fn is_scope(&self, part: usize) -> bool {
        self.is_punctuation(part + 1, b':') || part > 0 && self.is_punctuation(part - 1, b':')
    }

    /// Whether parentheses hold the declarator itself, as in `int (*callback)(int)`. A macro before its `*` goes.
    fn starts_with_star(&self, group: usize, canvas: &mut Canvas<'_>) -> bool {
        let Some(Part::Group(open, close)) = self.parts.get(group) else { return false };
        let is_modifier =
            |token: &&Token| token.kind == TokenKind::Word && role(&self.text[token.range.clone()]) == Role::Modifier;
        let mut inside = self.tokens[open + 1..*close].iter().skip_while(is_modifier);
        match (inside.next(), inside.next()) {
            (Some(first), _) if first.is(b'*') => true,
            // `char *(name)(int)` keeps a macro of the same name from being called.
            (Some(first), None) => first.kind == TokenKind::Word && self.is_parentheses(group + 1),
            (Some(first), Some(second)) if first.kind == TokenKind::Word && second.is(b'*') => {
                let is_function = self.is_parentheses(group + 1) && is_macro_name(&self.text[first.range.clone()]);
                if is_function {
                    canvas.blank(first.range.clone());
                }
                is_function
            }
            _ => false,
        }
    }

    fn blank_surplus(
        &self,
        names: &[Name],
        surplus: usize,
        is_certain: bool,
        is_inside: bool,
        canvas: &mut Canvas<'_>,
    ) {
        let Some((last, before)) = names.split_last() else { return };
        let mut left = surplus;
        // Names with two underscores in front are the compiler's and the system's, most often for attributes.
        let is_reserved = |part: usize| matches!(self.parts[part], Part::Word(at) if self.word(at).starts_with("__"));
        let can_go = |name: &Name| !name.is_compound && (self.is_macro(name.part) || is_reserved(name.part));
        // `int value UNUSED;`
        let is_last_macro = left > 0 && can_go(last) && before.last().is_some_and(|name| !self.is_macro(name.part));
        if is_last_macro {
            self.blank(last.part, canvas);
            if self.is_parentheses(last.part + 1) {
                self.blank(last.part + 1, canvas);
            }
            left -= 1;
        }
        let candidates = if is_inside { names } else { before };
        for name in candidates.iter().filter(|name| can_go(name)) {
            if left == 0 {
                return;
            }
            self.blank(name.part, canvas);
            left -= 1;
        }
        if !is_certain {
            return;
        }
        for name in before.iter().filter(|name| !name.is_compound && !self.is_macro(name.part)).take(left) {
            self.blank(name.part, canvas);
        }
    }

    /// Blanks macros in a list of parameters: `(int count UNUSED, IN char *name)`.
    fn mend_parameters(&self, group: usize, canvas: &mut Canvas<'_>) {
        let Some(Part::Group(open, close)) = self.parts.get(group).copied() else { return };
        let mut parts = Vec::new();
        let mut index = open + 1;
        while index <= close {
            let token = &self.tokens[index];
            match token.kind {
                TokenKind::Punctuation(b',' | b')') if token.is(b',') || index == close => {
                    let head = Head { parts: &parts, ..*self };
                    let end = head.mend_names(0, false, canvas);
                    if matches!(head.parts.get(end), Some(Part::Group(..))) {
                        head.blank_trailing(end, canvas);
                    }
                    parts.clear();
                }
                TokenKind::Punctuation(b'(' | b'[' | b'{') => {
                    let end = self.matching(index, close);
                    parts.push(Part::Group(index, end));
                    index = end;
                }
                TokenKind::Punctuation(byte) => parts.push(Part::Punctuation(index, byte)),
                TokenKind::Word => parts.push(Part::Word(index)),
                TokenKind::Literal => parts.push(Part::Literal(index)),
                TokenKind::Directive(_) => {}
            }
            index += 1;
        }
    }

    /// The token that closes the bracket `open`, at most `last`.
    fn matching(&self, open: usize, last: usize) -> usize {
        let mut depth = 0_i64;
        for index in open..last {
            match self.tokens[index].kind {
                TokenKind::Punctuation(b'(' | b'[' | b'{') => depth += 1,
                TokenKind::Punctuation(b')' | b']' | b'}') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return index;
            }
        }
        last - 1
    }

    /// Blanks macros behind a declarator: `int f(void) NORETURN PRINTF_LIKE(1, 2);`
    fn blank_trailing(&self, start: usize, canvas: &mut Canvas<'_>) {
        let mut macros = Vec::new();
        let mut part = start;
        while matches!(self.parts.get(part), Some(Part::Group(..))) {
            // Parameters of a function pointer, dimensions of an array.
            part += 1;
        }
        while part < self.parts.len() {
            match self.role(part) {
                Some(Role::Name) if self.is_macro(part) || self.is_parentheses(part + 1) => {
                    macros.push(part);
                    if self.is_parentheses(part + 1) {
                        part += 1;
                        macros.push(part);
                    }
                }
                Some(Role::Modifier) => {}
                Some(Role::Attribute) => part += usize::from(self.is_parentheses(part + 1)),
                None if matches!(self.parts[part], Part::Punctuation(_, b'=' | b'-')) => break,
                None if self.is_punctuation(part, b':') && !self.is_scope(part) => break,
                _ => return,
            }
            part += 1;
        }
        macros.into_iter().for_each(|part| self.blank(part, canvas));
    }

    /// Mends an enumerator: `A DEPRECATED("") = 3` loses the macro, `OPTION(A, LONG, 1)` all but its first argument.
    fn mend_enumerator(&self, canvas: &mut Canvas<'_>) {
        match self.parts {
            [Part::Word(name), Part::Group(open, close)] if self.tokens[open + 1].kind == TokenKind::Word => {
                canvas.blank(self.tokens[*name].range.clone());
                canvas.blank(self.tokens[*open].range.clone());
                self.blank_tokens(open + 2..close + 1, canvas);
            }
            [Part::Word(_), rest @ ..] => {
                for part in 1..=rest.len() {
                    if !matches!(self.parts[part], Part::Word(_) | Part::Group(..)) {
                        return;
                    }
                    self.blank(part, canvas);
                }
            }
            _ => {}
        }
    }

    /// Mends a statement in a body: macros that loop or end without a semicolon get one where a blank has room.
    fn mend_statement(&self, canvas: &mut Canvas<'_>) {
        let first = usize::from(matches!(self.parts.first(), Some(Part::Word(at)) if self.word(*at) == "else"));
        if self.role(first) != Some(Role::Name) {
            if matches!(self.role(first), Some(Role::Modifier | Role::Type | Role::Tag)) {
                self.mend_names(first, false, canvas);
            }
            return;
        }
        let is_invocation = self.is_parentheses(first + 1);
        match (is_invocation, self.ending, self.parts.get(first + 2)) {
            (true, Ending::Brace(Bracket::Body) | Ending::Nothing, None) => self.put_semicolon(first + 1, canvas),
            (true, Ending::Semicolon, None) => self.unwrap_declaration(first, canvas),
            (false, Ending::Nothing, None) if self.parts.len() == 1 && self.is_macro(first) => {
                self.blank(first, canvas)
            }
            (false, Ending::Semicolon, Some(_)) => {
                if self.is_macro(first) && matches!(self.role(first + 1), Some(Role::Type | Role::Tag | Role::Modifier))
                {
                    self.blank(first, canvas);
                } else {
                    self.mend_names(first, false, canvas);
                }
            }
            _ => {}
        }
    }

    /// Takes a declaration out of a macro that leaves it out in some builds: `VERBOSE(int count = 0);`
    fn unwrap_declaration(&self, name: usize, canvas: &mut Canvas<'_>) {
        let Some(Part::Group(open, close)) = self.parts.get(name + 1).copied() else { return };
        let inside = &self.tokens[open + 1..close];
        let [first, second, ..] = inside else { return };
        let starts_as_type = first.kind == TokenKind::Word
            && matches!(role(&self.text[first.range.clone()]), Role::Type | Role::Tag | Role::Modifier);
        let declares = inside.iter().any(|token| token.is(b'=') || token.is(b'['));
        if self.is_macro(name) && starts_as_type && (second.kind == TokenKind::Word || second.is(b'*')) && declares {
            self.blank(name, canvas);
            canvas.blank(self.tokens[open].range.clone());
            canvas.blank(self.tokens[close].range.clone());
        }
    }

    /// Whether a blank line follows a part: what comes behind it is something else.
    fn is_followed_by_blank_line(&self, part: usize) -> bool {
        let last = match self.parts.get(part) {
            Some(Part::Word(at) | Part::Group(_, at)) => *at,
            _ => return false,
        };
        let Some(next) = self.tokens.get(last + 1) else { return false };
        let gap = &self.text[self.tokens[last].range.end..next.range.start];
        gap.lines().skip(1).any(|line| line.trim().is_empty() && gap.matches('\n').count() > 1)
    }

    /// Whether the line ends behind a group.
    fn is_followed_by_line_end(&self, group: usize) -> bool {
        let Some(Part::Group(_, close)) = self.parts.get(group) else { return false };
        let next = self.tokens.get(close + 1).map_or(self.text.len(), |token| token.range.start);
        self.text[self.tokens[*close].range.end..next].contains('\n')
    }

    /// Writes `;` into the first blank behind a group.
    fn put_semicolon(&self, group: usize, canvas: &mut Canvas<'_>) {
        let Some(Part::Group(_, close)) = self.parts.get(group) else { return };
        let after = self.tokens[*close].range.end;
        let next = self.tokens.get(close + 1).map_or(self.text.len(), |token| token.range.start);
        let gap = self.text.as_bytes()[after..next].iter();
        let room = gap.take_while(|byte| byte.is_ascii_whitespace()).position(|byte| matches!(byte, b' ' | b'\t'));
        if let Some(room) = room {
            canvas.put(after + room, b';');
        }
    }
}
