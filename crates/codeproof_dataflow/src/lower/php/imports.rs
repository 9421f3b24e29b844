//! `use`: what names of other namespaces are called here.

use super::Lowering;
use super::kinds::Kind;
use super::names::NameKind;
use super::table::At;

impl Lowering<'_> {
    pub(super) fn imports(&mut self, at: At) {
        let kind = self.import_kind(at, NameKind::Class);
        let table = self.table;
        let prefix = table.child(at, Kind::NamespaceName).map_or("", |prefix| self.text_of(prefix));
        let group = table.child(at, Kind::UseGroup).unwrap_or(at);
        for clause in table.children(group).filter(|it| table.kind(*it) == Kind::UseClause) {
            let kind = self.import_kind(clause, kind);
            let mut names = table
                .children(clause)
                .filter(|it| matches!(table.kind(*it), Kind::Name | Kind::QualifiedName))
                .map(|name| self.text_of(name));
            let Some(name) = names.next() else { continue };
            let last = name.rsplit('\\').next().unwrap_or(name);
            let alias = names.next().unwrap_or(last);
            let full = if prefix.is_empty() { name.to_owned() } else { [prefix, "\\", name].concat() };
            self.names.import(kind, &full, alias);
        }
    }

    fn import_kind(&self, at: At, otherwise: NameKind) -> NameKind {
        let kinds = self.table.children(at).map(|child| self.table.kind(child));
        kinds
            .filter_map(|kind| match kind {
                Kind::FunctionWord => Some(NameKind::Function),
                Kind::ConstWord => Some(NameKind::Constant),
                _ => None,
            })
            .next()
            .unwrap_or(otherwise)
    }
}
