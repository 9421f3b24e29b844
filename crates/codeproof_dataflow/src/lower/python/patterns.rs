//! `match` and its patterns.

use super::kinds::Kind;
use super::{LEVELS_MAX, Lowering};
use crate::ir::{Block, Case, Expr, Pattern, Place, Stmt, StmtKind, Switch};

impl Lowering<'_> {
    pub(super) fn match_statement(&mut self) -> Stmt {
        let mut head = self.bytes();
        let mut subjects = Vec::new();
        let mut is_tuple = false;
        let mut cases = Vec::new();
        self.each_child(|lowering, kind| match kind {
            Kind::Colon => head.end = lowering.bytes().end,
            Kind::Comma => is_tuple = true,
            Kind::Block => cases = lowering.cases(),
            _ if kind.is_token() => {}
            _ => subjects.push(lowering.expr_below(1)),
        });
        let subject = match subjects.as_slice() {
            [subject] if !is_tuple => *subject,
            _ => self.add(Expr::Tuple(subjects.into()), head),
        };
        StmtKind::Switch(Box::new(Switch { subject, cases })).over(head)
    }

    fn cases(&mut self) -> Vec<Case> {
        let mut cases = Vec::new();
        if self.blocks < LEVELS_MAX {
            self.each_child(|lowering, kind| {
                if kind == Kind::CaseClause {
                    cases.push(lowering.case());
                }
            });
        }
        cases
    }

    fn case(&mut self) -> Case {
        let mut patterns = Vec::new();
        let mut is_sequence = false;
        let mut guard = None;
        let mut body = Block::default();
        self.each_child(|lowering, kind| match kind {
            Kind::CasePattern => patterns.push(lowering.pattern()),
            Kind::Comma => is_sequence = true,
            Kind::IfClause => guard = lowering.at_first_part(|lowering, _| lowering.expr()),
            Kind::Block => body = lowering.block(),
            _ => {}
        });
        let patterns = patterns.into_iter().flatten();
        let patterns = if is_sequence { vec![Pattern::Structure(captured(patterns))] } else { patterns.collect() };
        // No pattern would mean `default`.
        let patterns = if patterns.is_empty() { vec![Pattern::Structure(Vec::new())] } else { patterns };
        Case { patterns, guard, body, falls_through: false }
    }

    /// The alternatives of the pattern at the cursor, whose node only wraps it.
    fn pattern(&mut self) -> Vec<Pattern> {
        if self.levels >= LEVELS_MAX {
            return vec![Pattern::Structure(Vec::new())];
        }
        self.levels += 1;
        let mut patterns = Vec::with_capacity(1);
        let mut is_negative = false;
        self.each_child(|lowering, kind| match kind {
            Kind::Underscore => patterns.push(Pattern::Any(None)),
            Kind::Subtract => is_negative = true,
            Kind::Integer | Kind::Float if is_negative => {
                is_negative = false;
                let (number, bytes) = (lowering.negated(), lowering.bytes());
                patterns.push(Pattern::Equal(lowering.add(number, bytes)));
            }
            _ if kind.is_token() => {}
            _ => lowering.pattern_of(kind, &mut patterns),
        });
        self.levels -= 1;
        patterns
    }

    fn pattern_of(&mut self, kind: Kind, patterns: &mut Vec<Pattern>) {
        let pattern = match kind {
            Kind::String
            | Kind::ConcatenatedString
            | Kind::True
            | Kind::False
            | Kind::None
            | Kind::Integer
            | Kind::Float => Pattern::Equal(self.expr()),
            Kind::DottedName => self.name_pattern(),
            Kind::UnionPattern => return patterns.extend(self.pattern()),
            Kind::CasePattern => return patterns.extend(self.pattern()),
            Kind::TuplePattern if self.is_parenthesis() => return patterns.extend(self.pattern()),
            Kind::AsPattern => self.as_case_pattern(),
            _ => {
                let mut places = Vec::new();
                self.captures(kind, &mut places);
                Pattern::Structure(places)
            }
        };
        patterns.push(pattern);
    }

    /// Whether the brackets at the cursor only group.
    fn is_parenthesis(&mut self) -> bool {
        let (mut parts, mut is_tuple) = (0, false);
        self.each_child(|lowering, kind| match kind {
            Kind::Comma => is_tuple = true,
            _ if kind.is_token() => {}
            _ => {
                parts += 1;
                is_tuple |= lowering.at_first_part(|_, kind| kind == Kind::SplatPattern) == Some(true);
            }
        });
        parts == 1 && !is_tuple
    }

    /// A name catches everything, a dotted name is compared.
    fn name_pattern(&mut self) -> Pattern {
        let (source, bytes) = (self.source(), self.bytes());
        match source {
            "_" => Pattern::Any(None),
            _ if source.contains('.') => Pattern::Equal(self.dotted(bytes)),
            _ => {
                let name = self.name();
                Pattern::Any(Some(self.bind(name, bytes)))
            }
        }
    }

    fn as_case_pattern(&mut self) -> Pattern {
        let mut patterns = Vec::new();
        let mut place = None;
        self.each_child(|lowering, kind| match kind {
            Kind::CasePattern => patterns.extend(lowering.pattern()),
            Kind::Identifier => {
                let (name, bytes) = (lowering.name(), lowering.bytes());
                place = Some(lowering.bind(name, bytes));
            }
            _ => {}
        });
        match patterns.as_slice() {
            [Pattern::Any(None)] => Pattern::Any(place),
            _ => Pattern::Structure(captured(patterns.into_iter()).into_iter().chain(place).collect()),
        }
    }

    /// The names that the structure at the cursor binds.
    fn captures(&mut self, kind: Kind, places: &mut Vec<Place>) {
        if self.levels >= LEVELS_MAX {
            return;
        }
        self.levels += 1;
        match kind {
            Kind::DottedName | Kind::Identifier => match self.name_pattern() {
                Pattern::Any(place) => places.extend(place),
                Pattern::Equal(_) | Pattern::Structure(_) => {}
            },
            // The class, or the attribute.
            Kind::ClassPattern | Kind::KeywordPattern => {
                let mut is_first = true;
                self.each_child(|lowering, kind| {
                    if !kind.is_token() && !std::mem::take(&mut is_first) {
                        lowering.captures(kind, places);
                    }
                });
            }
            Kind::DictPattern => self.each_child(|lowering, kind| {
                if !kind.is_token() && lowering.field() != lowering.fields.key {
                    lowering.captures(kind, places);
                }
            }),
            Kind::CasePattern
            | Kind::UnionPattern
            | Kind::ListPattern
            | Kind::TuplePattern
            | Kind::SplatPattern
            | Kind::AsPattern => self.each_child(|lowering, kind| {
                if !kind.is_token() {
                    lowering.captures(kind, places);
                }
            }),
            _ => {}
        }
        self.levels -= 1;
    }
}

/// What `patterns` bind.
fn captured(patterns: impl Iterator<Item = Pattern>) -> Vec<Place> {
    patterns
        .flat_map(|pattern| match pattern {
            Pattern::Any(place) => place.into_iter().collect(),
            Pattern::Structure(places) => places,
            Pattern::Equal(_) => Vec::new(),
        })
        .collect()
}
