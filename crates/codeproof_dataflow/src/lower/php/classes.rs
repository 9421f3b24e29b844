//! Classes, traits, interfaces and enums.

use super::Lowering;
use super::kinds::Kind;
use super::names::NameKind;
use super::statements::head;
use super::table::At;
use super::variables::name_of;
use crate::ir::{Class, ClassId, Expr, ExprId, Name, StmtKind};

impl Lowering<'_> {
    /// A class as a statement.
    pub(super) fn class_statement(&mut self, at: At) {
        let name = self.table.child(at, Kind::Name).map_or("", |name| self.text_of(name));
        let name = self.names.declared(NameKind::Class, name, &mut self.builder);
        self.class(at, name);
    }

    /// `class {…}` behind `new`: a name that no other class has.
    pub(super) fn anonymous_class(&mut self, at: At) -> ExprId {
        let place = self.table.bytes(at).start.to_string();
        let name = self.builder.name(&["class@anonymous:", &place].concat());
        self.class(at, name);
        self.add(Expr::Global(name), at)
    }

    fn class(&mut self, at: At, name: Name) {
        let table = self.table;
        let bytes = table.bytes(at);
        let list = table
            .children(at)
            .find(|it| matches!(table.kind(*it), Kind::DeclarationList | Kind::EnumDeclarationList))
            .unwrap_or(at);
        let bases = self.bases(at, list);
        let decorators = self.decorators(at);
        let parent = self.builder.id();
        let classes = &mut self.builder.module().classes;
        let id = ClassId(u32::try_from(classes.len()).unwrap_or(u32::MAX));
        classes.push(Class {
            name,
            parent,
            bases,
            methods: Vec::new(),
            classes: Vec::new(),
            fields: Vec::new(),
            decorators,
            bytes,
        });
        let mut members = table.children(list);
        while let Some(member) = members.next() {
            if table.kind(member) == Kind::Error {
                members.enter(member);
            } else {
                self.class_member(id, member);
            }
        }
        let end = if list == at { bytes.end } else { table.bytes(list).start };
        self.push(StmtKind::Class(id), head(bytes, end));
    }

    fn class_member(&mut self, class: ClassId, at: At) {
        match self.table.kind(at) {
            Kind::Method => {
                let method = self.method_of(class, at);
                self.builder.module().classes[class.index()].methods.extend(method);
            }
            Kind::Property => self.properties(class, at),
            Kind::Const => self.class_constants(class, at),
            Kind::EnumCase => self.enum_case(class, at),
            _ => {}
        }
    }

    /// What a class extends, then its traits, then its interfaces.
    fn bases(&mut self, at: At, list: At) -> Vec<ExprId> {
        let table = self.table;
        let below = |parent: At, kind: Kind| {
            let clauses = table.children(parent).filter(move |it| table.kind(*it) == kind);
            clauses.flat_map(|clause| table.children(clause))
        };
        let names: Vec<At> = below(at, Kind::BaseClause)
            .chain(below(list, Kind::UseTraits))
            .chain(below(at, Kind::InterfaceClause))
            .filter(|it| super::members::is_name(table.kind(*it)))
            .collect();
        names.into_iter().map(|name| self.class_reference(name)).collect()
    }

    fn properties(&mut self, class: ClassId, at: At) {
        let table = self.table;
        let mut declared = None;
        for part in table.children(at) {
            match table.kind(part) {
                Kind::PropertyElement => {
                    let (name, value) = self.item(part);
                    let value = value.map(|value| self.expr(value));
                    let name = name.map_or("", |name| name_of(self.text_of(name)));
                    let name = self.builder.name(name);
                    self.field(class, name, value, declared);
                }
                Kind::PropertyHooks => {
                    for hook in table.children(part).filter(|it| table.kind(*it) == Kind::PropertyHook) {
                        self.hook_of(class, hook);
                    }
                }
                Kind::NamedType
                | Kind::PrimitiveType
                | Kind::OptionalType
                | Kind::UnionType
                | Kind::IntersectionType
                | Kind::NormalFormType => declared = Some(self.declared_type(part)),
                _ => {}
            }
        }
    }

    fn class_constants(&mut self, class: ClassId, at: At) {
        let table = self.table;
        for element in table.children(at).filter(|it| table.kind(*it) == Kind::ConstElement) {
            let (Some(name), value) = self.item(element) else { continue };
            let value = value.map(|value| self.expr(value));
            let name = self.builder.name(self.text_of(name));
            self.field(class, name, value, None);
        }
    }

    fn enum_case(&mut self, class: ClassId, at: At) {
        let table = self.table;
        let Some(name) = table.child(at, Kind::Name) else { return };
        let value = table.last(at).filter(|value| *value != name).map(|value| self.expr(value));
        let name = self.builder.name(self.text_of(name));
        self.field(class, name, value, None);
    }

    fn field(&mut self, class: ClassId, name: Name, value: Option<ExprId>, declared: Option<ExprId>) {
        self.builder.module().classes[class.index()].fields.push((name, value, declared));
    }
}
