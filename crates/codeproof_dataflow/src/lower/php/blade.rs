//! Blade, Laravel's templates: a template is written out as the PHP program it stands for, which is lowered as any
//! other; then every place in it is led back to the template.
//!
//! Known directives become statements, `{{ … }}` is `echo e(…)`, `{!! … !!}` is `echo …`. What a template opens and does
//! not close, or the other way round, is put right first, so that one slip does not cost the rest. Directives that a
//! project adds are not known, and stay text.

mod directives;
mod places;
mod scan;

use codeproof_types::Language;

use super::super::builder::Builder;
use crate::ir::{Bytes, Module};
use directives::{Block, Meaning, meaning};
use places::Program;
use scan::{Piece, Span, pieces};

/// How many blocks may stand in each other; further ones are read as if they stood side by side.
const OPEN_MAX: usize = 200;

/// Lowers a template. Its variables are those that were passed to it: locals that are nowhere assigned.
pub fn lower_blade(text: &str) -> Module {
    let program = program(text);
    let mut module = match codeproof_syntax::parse(&program.text, Language::Php).0 {
        Some(parsed) => super::lower(&program.text, parsed.tree()),
        // Out of budget: a file of which nothing is known.
        None => Builder::new(Language::Php, Bytes::default()).finish(),
    };
    program.lead_back(&mut module);
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    module.bodies[0].bytes = Bytes { start: 0, end };
    module
}

/// The program a template stands for.
fn program(text: &str) -> Program {
    let mut writer = Writer { template: text, program: Program::default(), open: Vec::new() };
    for piece in pieces(text) {
        writer.piece(&piece);
    }
    let end = Span { start: text.len(), end: text.len() };
    while let Some(block) = writer.open.pop() {
        writer.code(end, &[Part::Word(block.end())]);
    }
    writer.program
}

/// A template being written out as PHP.
struct Writer<'t> {
    template: &'t str,
    program: Program,
    /// The blocks that are still to be closed, innermost last.
    open: Vec<Block>,
}

/// A part of a statement.
enum Part {
    /// Words of PHP.
    Word(&'static str),
    /// The name of a directive.
    Name(Span),
    /// Code of the template: an expression or the like, which has to be whole.
    Copied(Span),
    /// Statements of the template.
    Block(Span),
}

impl Writer<'_> {
    fn piece(&mut self, piece: &Piece) {
        match piece {
            Piece::Text(span) | Piece::Php(span) => self.program.copy(self.template, *span),
            // The end of the program, where `<?php` was not closed.
            Piece::OpenPhp(span) => {
                self.program.copy(self.template, *span);
                self.program.write("\n?>\n", *span);
            }
            Piece::Cut(at) => self.program.write("<?php ?>\n", Span { start: *at, end: *at }),
            Piece::Echo { whole, value, is_escaped: true } => {
                self.code(*whole, &[Part::Word("echo e("), Part::Copied(*value), Part::Word("\n);")]);
            }
            Piece::Echo { whole, value, is_escaped: false } => {
                self.code(*whole, &[Part::Word("echo "), Part::Copied(*value), Part::Word("\n;")]);
            }
            Piece::Code { whole, code } => self.code(*whole, &[Part::Block(*code), Part::Word("\n")]),
            Piece::Directive { whole, name, arguments } => self.directive(*whole, *name, *arguments),
        }
    }

    fn directive(&mut self, whole: Span, name: Span, arguments: Option<Span>) {
        let Some(meaning) = meaning(name.of(self.template), arguments.is_some()) else { return };
        let is_opening = matches!(meaning, Meaning::Open(..) | Meaning::OpenPlain(..) | Meaning::OpenAsked(_));
        if is_opening && self.open.len() >= OPEN_MAX {
            return;
        }
        match (meaning, arguments) {
            (Meaning::Open(block, before, behind), Some(arguments)) => {
                self.open.push(block);
                self.code(whole, &[Part::Word(before), Part::Copied(arguments), Part::Word(behind)]);
            }
            (Meaning::OpenPlain(block, code), _) => {
                self.open.push(block);
                self.code(whole, &[Part::Word(code)]);
            }
            (Meaning::OpenAsked(block), arguments) => {
                self.open.push(block);
                let asked = Part::Copied(arguments.unwrap_or(Span { start: name.end, end: name.end }));
                self.code(whole, &[Part::Word("if ("), Part::Name(name), Part::Word("("), asked, Part::Word(")):")]);
            }
            (Meaning::Between(block, before, behind), arguments) if self.open.last() == Some(&block) => {
                let arguments = arguments.unwrap_or(Span { start: name.end, end: name.end });
                self.code(whole, &[Part::Word(before), Part::Copied(arguments), Part::Word(behind)]);
            }
            (Meaning::ForElse, None) if self.open.last() == Some(&Block::ForElse) => {
                self.open.pop();
                self.open.push(Block::Empty);
                self.code(whole, &[Part::Word("endforeach; if (! $loop):")]);
            }
            (Meaning::Close(block), _) => self.close(whole, block),
            (Meaning::Statement(before, behind), Some(arguments)) => {
                self.code(whole, &[Part::Word(before), Part::Copied(arguments), Part::Word(behind)]);
            }
            (Meaning::Plain(code), None) => self.code(whole, &[Part::Word(code)]),
            (Meaning::Call, Some(arguments)) => {
                self.code(whole, &[Part::Name(name), Part::Word("("), Part::Copied(arguments), Part::Word(");")]);
            }
            _ => {}
        }
    }

    /// Closes the innermost block of a kind, and what was left open in it.
    fn close(&mut self, whole: Span, block: Block) {
        let is_it = |open: &Block| *open == block || (block == Block::ForElse && *open == Block::Empty);
        if !self.open.iter().any(is_it) {
            return;
        }
        while let Some(open) = self.open.pop() {
            self.code(whole, &[Part::Word(open.end())]);
            if is_it(&open) {
                return;
            }
        }
    }

    /// Writes a statement. One whose copied parts are not whole is left out.
    fn code(&mut self, whole: Span, parts: &[Part]) {
        let template = self.template;
        let is_whole = parts.iter().all(|part| match part {
            Part::Copied(span) => scan::is_whole(span.of(template)),
            _ => true,
        });
        self.program.write("<?php ", whole);
        for part in parts {
            match part {
                Part::Word(word) => self.program.write(word, whole),
                Part::Name(span) | Part::Block(span) => self.program.copy(template, *span),
                Part::Copied(span) if is_whole => self.program.copy(template, *span),
                // A value that is not known.
                Part::Copied(_) => self.program.write("null", whole),
            }
        }
        self.program.write(" ?>\n", whole);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_a_template_cost_themselves_only() {
        for template in [
            include_str!("fixtures/page.blade.php"),
            "@if($a) @foreach($b as $c) @endif {{ $d",
            "@else @endif @endforeach @case(1) @empty {{ f( }} {!! ] !!} @php($x",
            "@forelse($a as $b) @empty @forelse($c as $d) @endforelse",
            "a <? b <?xml c ?> d <?php if ($x) { ?> e <?php } ",
            "{{ $a; }} {{ $b // c }} {{ '}' }} @if(')' == \"(\") x @endif",
        ] {
            let program = program(template);
            let (_, problems) = codeproof_syntax::parse(&program.text, Language::Php);
            assert!(problems.is_empty(), "{template} became {}", program.text);
        }
    }
}
