//! Macros around declarations: attributes in capitals, types with arguments, heads of functions, macros that need no
//! semicolon. Told from the shape of the statement, since their definitions are often in another file.

use super::canvas::Canvas;
use super::parts::{Ending, Head, Part, are_macros};
use super::prepare::Bracket;
use super::statements::mend_type_arguments;
use super::tokens::{Token, TokenKind};
use super::words::{Role, role};

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

impl Head<'_> {
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
            word if matches!(word, "signals" | "Q_SIGNALS") || self.parts.len() == 1 && self.is_macro(0) => {
                let colon = self.tokens.get(last + 1).map_or(self.text.len(), |colon| colon.range.end);
                canvas.blank(self.tokens[*last].range.start..colon);
            }
            _ => {}
        }
    }

    /// Mends a declaration outside of functions.
    fn mend_declaration(&self, canvas: &mut Canvas<'_>) {
        self.mend_decltype(canvas);
        let Some(start) = self.skip_template(canvas) else { return };
        let start = self.blank_leading_invocations(start, canvas);
        if let (Ending::Brace(Bracket::Body), Bracket::Scope, Some([Part::Word(name), Part::Group(open, close)])) =
            (self.ending, self.within, self.parts.get(start..))
        {
            return self.split_macro_head(*name, *open, *close, canvas);
        }
        if self.mend_tag(start, canvas) {
            return;
        }
        if self.ending == Ending::Semicolon && self.within == Bracket::Scope && start + 2 == self.parts.len() {
            self.mend_invocation(start, canvas);
        }
        let declarator = self.mend_names(start, true, canvas);
        if self.is_parentheses(declarator) {
            self.mend_parameters(declarator, canvas);
            self.blank_trailing(declarator + 1, canvas);
        }
        if matches!(self.parts.get(declarator), Some(Part::Group(open, _)) if self.tokens[*open].is(b'[')) {
            self.blank_trailing(declarator, canvas);
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
                Part::Word(at) if self.word(*at) == "template" => {
                    let end = self.skip_angles(part + 1);
                    self.mend_template_parameters(part + 1..end, canvas);
                    part = end;
                }
                Part::Word(at) if self.is_extern_template(part) => {
                    // The grammar knows it without `extern`.
                    canvas.blank(self.tokens[*at].range.clone());
                    part += 1;
                }
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
                    let after = |part: usize| part + 1 + usize::from(self.is_parentheses(part + 1));
                    let mut next = after(part);
                    let behind = std::iter::successors(Some(next), |next| self.is_macro(*next).then(|| after(*next)));
                    let starts =
                        |part: usize| self.role(part) == Some(Role::Statement) || self.is_extern_template(part);
                    if let Some(end) = behind.last().filter(|end| starts(*end)) {
                        next = end;
                    }
                    if !starts(next) && !self.is_followed_by_blank_line(next - 1) {
                        return Some(part);
                    }
                    (part..next).for_each(|part| self.blank(part, canvas));
                    part = next;
                }
                _ => return Some(part),
            }
        }
    }

    /// Writes `auto` for several expressions in `decltype(…)`, of which the grammar knows one.
    fn mend_decltype(&self, canvas: &mut Canvas<'_>) {
        for (part, pair) in self.parts.windows(2).enumerate() {
            let [Part::Word(name), Part::Group(open, close)] = pair else { continue };
            let inside = open + 1..*close;
            let is_list = self.tokens[inside.clone()].iter().any(|token| token.is(b','));
            if self.word(*name) == "decltype" && is_list && self.is_parentheses(part + 1) {
                let from = self.tokens[*open].range.end;
                let has_room =
                    self.text[from..self.tokens[*close].range.start].bytes().take(4).all(|it| it.is_ascii_graphic());
                if has_room {
                    self.blank_tokens(inside, canvas);
                    canvas.put_all(from, b"auto");
                }
            }
        }
    }

    fn is_extern_template(&self, part: usize) -> bool {
        let is =
            |part: usize, word: &str| matches!(self.parts.get(part), Some(Part::Word(at)) if self.word(*at) == word);
        is(part, "extern") && is(part + 1, "template")
    }

    /// Writes `0` for types that a macro gets where nothing but its invocation stands: `SPECIALIZE(unsigned, int);`
    fn mend_invocation(&self, name: usize, canvas: &mut Canvas<'_>) {
        let Some(Part::Group(open, close)) = self.parts.get(name + 1).copied() else { return };
        if self.is_macro(name) && self.is_parentheses(name + 1) {
            mend_type_arguments(self.text, self.tokens, open, close, canvas);
        }
    }

    /// Blanks invocations before a declaration: `NO_SANITIZE("x") int f()`. Where the invocation is the type, as in
    /// `LIST_HEAD(a, b) head;`, only arguments that are no type go. Hands out where the declaration starts.
    fn blank_leading_invocations(&self, mut start: usize, canvas: &mut Canvas<'_>) -> usize {
        while self.role(start) == Some(Role::Name) && self.is_parentheses(start + 1) {
            let rest = start + 2;
            if !matches!(self.parts.get(rest), Some(Part::Word(_))) {
                return start;
            }
            let members =
                (rest..self.parts.len()).find(|part| self.is_punctuation(*part, b':') && !self.is_scope(*part));
            let has_parameters = (rest..members.unwrap_or(self.parts.len())).any(|part| self.is_parentheses(part));
            let is_old_style = !self.is_macro(start) && !has_parameters;
            let is_attribute = self.role(rest) == Some(Role::Attribute)
                && !matches!(self.parts.get(rest), Some(Part::Word(at)) if self.word(*at) == "explicit");
            if is_old_style || is_attribute {
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

    /// Blanks macros before `struct`, where no name stands, and between it and the name it defines: `class EXPORT
    /// Stack {`. Hands out whether the statement is such a definition.
    fn mend_tag(&self, start: usize, canvas: &mut Canvas<'_>) -> bool {
        let Some(tag) = (start..self.parts.len().min(start + 8)).find(|part| self.role(*part) == Some(Role::Tag))
        else {
            return false;
        };
        // `BEGIN_NAMESPACE class Stack;`
        let is_announced = self.ending == Ending::Semicolon && tag + 2 == self.parts.len();
        if !is_announced && !matches!(self.ending, Ending::Brace(Bracket::Fields | Bracket::Enumerators)) {
            return false;
        }
        for part in (start..tag).filter(|part| self.role(*part) == Some(Role::Name)) {
            self.blank(part, canvas);
            if self.is_parentheses(part + 1) {
                self.blank(part + 1, canvas);
            }
        }
        let first = if self.role(tag + 1) == Some(Role::Tag) { tag + 2 } else { tag + 1 };
        let mut part = first;
        let mut names = Vec::new();
        while let Some(Part::Word(_) | Part::Group(..)) = self.parts.get(part) {
            match self.role(part) {
                Some(Role::Name) => names.push(part),
                Some(Role::Attribute) if self.is_parentheses(part + 1) => part += 1,
                None if !self.is_parentheses(part) => return true,
                _ => {}
            }
            part += 1;
        }
        if part == tag + 1
            && self.is_punctuation(part, b':')
            && matches!(self.ending, Ending::Brace(Bracket::Enumerators))
        {
            // The grammar knows no type of an enum without a name.
            (part..self.parts.len()).for_each(|part| self.blank_any(part, canvas));
        }
        // The last name is the one that is defined; qualified names go on behind the words.
        names.pop();
        for name in names {
            self.blank(name, canvas);
            if self.is_parentheses(name + 1) {
                self.blank(name + 1, canvas);
            }
        }
        true
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
}
