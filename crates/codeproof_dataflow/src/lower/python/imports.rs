//! `import` in all its forms.

use super::Lowering;
use super::kinds::Kind;
use crate::ir::{Bytes, Import, Name, Stmt, StmtKind};

impl Lowering<'_> {
    /// `import a.b, c as d`: each name is one import.
    pub(super) fn import(&mut self, bytes: Bytes, statements: &mut Vec<Stmt>) {
        let mut import = self.plain_import();
        self.each_child(|lowering, kind| match kind {
            Kind::DottedName => {
                import.module = lowering.dotted_text();
                import.binds = lowering.first_name();
                lowering.add_import(&import, bytes, statements);
            }
            Kind::AliasedImport => {
                (import.module, import.binds) = lowering.aliased();
                lowering.add_import(&import, bytes, statements);
            }
            _ => {}
        });
    }

    /// `from a.b import c as d, e`, `from . import f`, `from g import *`.
    pub(super) fn import_from(&mut self, bytes: Bytes, statements: &mut Vec<Stmt>) {
        let mut import = self.plain_import();
        let mut has_module = false;
        self.each_child(|lowering, kind| match kind {
            Kind::RelativeImport => {
                has_module = true;
                (import.module, import.level) = lowering.relative();
            }
            Kind::DottedName if !has_module => {
                has_module = true;
                import.module = lowering.dotted_text();
            }
            Kind::DottedName | Kind::WildcardImport => {
                let member = lowering.dotted_text();
                (import.member, import.binds) = (Some(member), member);
                lowering.add_import(&import, bytes, statements);
            }
            Kind::AliasedImport => {
                let (member, binds) = lowering.aliased();
                (import.member, import.binds) = (Some(member), binds);
                lowering.add_import(&import, bytes, statements);
            }
            _ => {}
        });
    }

    /// An import of nothing, at the statement at the cursor.
    fn plain_import(&mut self) -> Import {
        let nameless = self.builder.name("");
        let line = u32::try_from(self.node().start_position().row + 1).unwrap_or(u32::MAX);
        Import { module: nameless, level: 0, member: None, binds: nameless, line }
    }

    fn add_import(&mut self, import: &Import, bytes: Bytes, statements: &mut Vec<Stmt>) {
        if self.builder.module().name(import.binds) != "*" {
            self.bind_local(import.binds);
        }
        let imports = &mut self.builder.module().imports;
        imports.push(import.clone());
        let number = u32::try_from(imports.len() - 1).unwrap_or(u32::MAX);
        statements.push(StmtKind::Import(number).over(bytes));
    }

    /// `a.b as c`: the full name and the new one.
    fn aliased(&mut self) -> (Name, Name) {
        let nameless = self.builder.name("");
        let (mut full, mut alias) = (nameless, nameless);
        self.each_child(|lowering, kind| match kind {
            Kind::DottedName => full = lowering.dotted_text(),
            Kind::Identifier => alias = lowering.name(),
            _ => {}
        });
        (full, alias)
    }

    /// `..a.b`: the module and the number of dots.
    fn relative(&mut self) -> (Name, u32) {
        let mut module = self.builder.name("");
        let mut level = 0;
        self.each_child(|lowering, kind| match kind {
            Kind::ImportPrefix => {
                let dots = lowering.source().bytes().filter(|byte| *byte == b'.').count();
                level = u32::try_from(dots).unwrap_or(u32::MAX);
            }
            Kind::DottedName => module = lowering.dotted_text(),
            _ => {}
        });
        (module, level)
    }

    /// `a.b` as one name, without what may stand between its parts.
    fn dotted_text(&mut self) -> Name {
        let source = self.source();
        if !source.bytes().any(|byte| byte.is_ascii_whitespace() || byte == b'\\' || byte == b'#') {
            return self.builder.name(source);
        }
        let mut parts = Vec::new();
        self.each_child(|lowering, kind| {
            if kind == Kind::Identifier {
                parts.push(lowering.source());
            }
        });
        self.builder.name(&parts.join("."))
    }

    fn first_name(&mut self) -> Name {
        let first = self.at_first_part(|lowering, _| lowering.name());
        first.unwrap_or_else(|| self.builder.name(""))
    }
}
