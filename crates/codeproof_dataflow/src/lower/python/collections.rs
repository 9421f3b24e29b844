//! Lists, tuples, sets, dictionaries and comprehensions.

use super::Lowering;
use super::kinds::Kind;
use crate::ir::{Collection, Comprehension, Expr, ExprId, Place};

impl Lowering<'_> {
    pub(super) fn dictionary(&mut self) -> Expr {
        let mut pairs = Vec::new();
        self.each_child(|lowering, kind| match kind {
            _ if kind.is_token() => {}
            Kind::Pair => pairs.extend(lowering.pair()),
            _ => pairs.push((None, lowering.expr())),
        });
        Expr::Dict(pairs.into())
    }

    /// The key and value at the cursor.
    fn pair(&mut self) -> Option<(Option<ExprId>, ExprId)> {
        let (mut key, mut value) = (None, None);
        self.each_child(|lowering, kind| match kind {
            _ if kind.is_token() => {}
            _ if key.is_none() => key = Some(lowering.expr()),
            _ => value = Some(lowering.expr()),
        });
        value.map(|value| (key, value)).or(key.map(|value| (None, value)))
    }

    /// A comprehension: its clauses first, because they bind what the element reads.
    pub(super) fn comprehension(&mut self, kind: Kind) -> Expr {
        let opened = self.open_comprehension();
        let mut clauses: Vec<(Place, ExprId, Vec<ExprId>)> = Vec::new();
        self.each_child(|lowering, kind| match kind {
            Kind::ForInClause => clauses.push(lowering.clause()),
            Kind::IfClause => {
                let test = lowering.at_first_part(|lowering, _| lowering.expr());
                if let Some((_, _, tests)) = clauses.last_mut() {
                    tests.extend(test);
                }
            }
            _ => {}
        });
        let element = self.at_first_part(|lowering, kind| match kind {
            Kind::Pair => lowering.pair(),
            _ => Some((None, lowering.expr())),
        });
        self.close_comprehension(opened);
        let Some((key, element)) = element.flatten() else { return Expr::Unknown(Box::default()) };
        let kind = match kind {
            Kind::ListComprehension => Collection::List,
            Kind::SetComprehension => Collection::Set,
            Kind::DictionaryComprehension => Collection::Dict,
            _ => Collection::Generator,
        };
        Expr::Comprehension(Box::new(Comprehension { kind, key, element, clauses }))
    }

    /// `for x in xs`; the items are read before the target is bound.
    fn clause(&mut self) -> (Place, ExprId, Vec<ExprId>) {
        let bytes = self.bytes();
        let start = self.operands.len();
        let mut is_target = true;
        self.each_child(|lowering, kind| match kind {
            Kind::In => is_target = false,
            _ if is_target || kind.is_token() => {}
            _ => {
                let items = lowering.expr();
                lowering.operands.push(items);
            }
        });
        let target = self.at_first_part(Self::comprehension_target).unwrap_or(Place::Unknown);
        let items = self.operands_since(start);
        let items = match *items {
            [items] => items,
            _ => self.add(Expr::Tuple(items), bytes),
        };
        (target, items, Vec::new())
    }
}
