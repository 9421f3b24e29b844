//! Joining files: numbers for names, what imports mean, which classes extend what.

use codeproof_types::Language;
use rustc_hash::FxHashMap;

use super::{File, Known, Modules, Program, SourceFile, Templates};
use crate::ir::{BodyId, BodyKind, Expr, ExprId, Import};
use crate::specs::{NodeId, Specs};
use crate::value::{BodyRef, ClassRef, Kind, Value};

impl<'s> Program<'s> {
    /// Joins `files`, which must be sorted by path.
    pub(crate) fn link(files: Vec<SourceFile>, specs: &'s Specs) -> Self {
        let mut names = specs.names.clone();
        let known = Known {
            init: names.intern(if specs.language() == Language::Php { "__construct" } else { "__init__" }),
            this: names.intern("this"),
            star: names.intern("*"),
        };
        let mut modules = Modules::default();
        let mut linked = Vec::with_capacity(files.len());
        for (number, SourceFile { path, module }) in (0u32..).zip(files) {
            if specs.language() == Language::Python && !crate::lower::is_template(&path) {
                modules.add(path.as_str(), number);
            }
            let syms = module.names.iter().map(|name| names.intern(name)).collect();
            linked.push(File {
                path,
                module,
                syms,
                imports: Vec::new(),
                statics: FxHashMap::default(),
                globals: FxHashMap::default(),
                stars: Vec::new(),
                packages: Vec::new(),
            });
        }
        let mut program = Self {
            specs,
            names,
            files: linked,
            modules,
            functions: FxHashMap::default(),
            classes: FxHashMap::default(),
            methods: FxHashMap::default(),
            outer_bases: FxHashMap::default(),
            templates: Templates::default(),
            page_variables: FxHashMap::default(),
            known,
        };
        program.page_variables = specs
            .tops()
            .filter_map(|(name, node)| {
                Some((name.strip_prefix('$').filter(|name| !name.starts_with('_'))?.to_owned(), node))
            })
            .map(|(name, node)| (program.names.intern(&name), node))
            .collect();
        program.define();
        program.import();
        program.find_outer_bases();
        program.find_templates();
        program
    }

    /// Tables of what the files define.
    fn define(&mut self) {
        for number in 0..self.files.len() {
            let at = u32::try_from(number).unwrap_or(u32::MAX);
            let file = &mut self.files[number];
            for (body, of) in (0u32..).zip(&file.module.bodies) {
                if of.kind == BodyKind::Function && of.class.is_some() {
                    let body = BodyRef { file: at, body: BodyId(body) };
                    self.methods.entry(file.syms[of.name.index()]).or_default().push(body);
                    continue;
                }
                if of.kind == BodyKind::Function {
                    let (sym, body) = (file.syms[of.name.index()], BodyRef { file: at, body: BodyId(body) });
                    self.functions.entry(sym).or_default().push(body);
                    if of.parent == Some(BodyId(0)) {
                        file.statics.insert(sym, Value::of(Kind::Function(body, Value::unknown())));
                    }
                }
            }
            for (class, of) in (0u32..).zip(&file.module.classes) {
                let class = ClassRef { file: at, class: crate::ir::ClassId(class) };
                let sym = file.syms[of.name.index()];
                self.classes.entry(sym).or_default().push(class);
                if of.parent == BodyId(0) {
                    file.statics.insert(sym, Value::of(Kind::Class(class)));
                }
            }
        }
    }

    /// What each import means.
    fn import(&mut self) {
        for number in 0..self.files.len() {
            let file = &self.files[number];
            let mut imports = Vec::with_capacity(file.module.imports.len());
            let (mut stars, mut packages) = (Vec::new(), Vec::new());
            for import in &file.module.imports {
                let (value, star) = self.meaning(file, import);
                stars.extend(star);
                let module = file.module.name(import.module);
                let package: Box<str> = module.split('.').next().unwrap_or(module).into();
                if import.level == 0 && !packages.contains(&package) {
                    packages.push(package);
                }
                imports.push(value);
            }
            let bound: Vec<_> = file
                .module
                .imports
                .iter()
                .zip(&imports)
                .filter(|(import, _)| import.member.is_none_or(|member| file.sym(member) != self.known.star))
                .map(|(import, value)| (file.sym(import.binds), value.clone()))
                .collect();
            let file = &mut self.files[number];
            for (sym, value) in bound {
                file.statics.entry(sym).or_insert(value);
            }
            (file.imports, file.stars, file.packages) = (imports, stars, packages);
        }
        self.follow_members();
    }

    /// The module an import binds, or a name in it that is looked up later; and the file `*` is taken from.
    fn meaning(&self, file: &File, import: &Import) -> (Value, Option<u32>) {
        let (path, dotted) = (file.path.as_str(), file.module.name(import.module));
        let found = match import.level {
            0 => self.modules.absolute(path, dotted),
            level => self.modules.relative(path, level, dotted).map(|module| (module, module)),
        };
        let Some(member) = import.member else {
            // `import a.b` binds `a`; `import a.b as c` binds `a.b`.
            let first = dotted.split('.').next().unwrap_or(dotted);
            let binds_first = file.module.name(import.binds) == first;
            return match found {
                Some((package, module)) => (Value::of(Kind::Module(if binds_first { package } else { module })), None),
                None => (self.node_value(if binds_first { first } else { dotted }), None),
            };
        };
        let name = file.module.name(member);
        match found {
            Some((_, module)) if name == "*" => (Value::unknown(), self.modules.file(module)),
            Some((_, module)) => match self.modules.child(module, name) {
                // A package's file may bind the name of its own module to something else; the file is asked first.
                Some(child) => (Value::of(Kind::Module(child)), None),
                None => (Value::of(Kind::Method(Value::of(Kind::Module(module)), file.sym(member))), None),
            },
            None => (self.node_value(&format!("{dotted}.{name}")), None),
        }
    }

    /// The spec of a whole name, as a value.
    pub(crate) fn node_value(&self, name: &str) -> Value {
        self.specs.node(name).map_or_else(Value::unknown, |node| Value::of(Kind::Node(node)))
    }

    /// Replaces names that are taken from other files by what they mean there, through any number of files.
    fn follow_members(&mut self) {
        for _ in 0..8 {
            let mut changed = Vec::new();
            for (number, file) in self.files.iter().enumerate() {
                for (sym, value) in &file.statics {
                    if let Kind::Method(module, name) = value.kind()
                        && let Kind::Module(module) = module.kind()
                        && let Some(from) = self.modules.file(*module)
                        && let Some(meaning) = self.static_name(from, *name)
                        && meaning != *value
                    {
                        changed.push((number, *sym, meaning));
                    }
                }
            }
            if changed.is_empty() {
                break;
            }
            for (number, sym, value) in changed {
                self.files[number].statics.insert(sym, value);
            }
        }
        // What leads round in a circle means nothing.
        let is_open =
            |value: &Value| matches!(value.kind(), Kind::Method(module, _) if matches!(module.kind(), Kind::Module(_)));
        for file in &mut self.files {
            file.statics.retain(|_, value| !is_open(value));
        }
        for number in 0..self.files.len() {
            let file = &self.files[number];
            let followed: Vec<Value> = file
                .imports
                .iter()
                .map(|value| match value.kind() {
                    Kind::Method(module, name) => match module.kind() {
                        Kind::Module(module) => self
                            .modules
                            .file(*module)
                            .and_then(|from| self.static_name(from, *name))
                            .unwrap_or_else(|| value.clone()),
                        _ => value.clone(),
                    },
                    _ => value.clone(),
                })
                .collect();
            self.files[number].imports = followed;
        }
    }

    /// What a name or a chain of names means before anything runs; for bases, annotations and decorators.
    pub(crate) fn constant_expr(&self, file: u32, body: BodyId, expr: ExprId) -> Option<Value> {
        let of = self.file(file);
        let arena = of.module.body(body);
        match arena.expr(expr) {
            Expr::Global(name) => self.global(file, of.sym(*name)),
            Expr::Local(local) => self.global(file, of.sym(arena.locals[local.index()])),
            Expr::Outer(outer, local) => self.global(file, of.sym(of.module.body(*outer).locals[local.index()])),
            Expr::Attribute(object, name) => {
                let object = self.constant_expr(file, body, *object)?;
                self.static_member(&object, of.sym(*name))
            }
            // `Generic[T]`, `Depends(x)`: what stands before the bracket.
            Expr::Index(object, _) | Expr::Call(object, _) => self.constant_expr(file, body, *object),
            _ => None,
        }
    }

    /// A member of a module or of a name of the specs.
    pub(crate) fn static_member(&self, object: &Value, name: crate::names::Sym) -> Option<Value> {
        match object.kind() {
            Kind::Node(node) => self.specs.child(*node, name).map(|child| Value::of(Kind::Node(child))),
            Kind::Tree(cell) => match cell.kind {
                crate::value::CellKind::Foreign(Some(node)) => {
                    self.specs.child(node, name).map(|child| Value::of(Kind::Node(child)))
                }
                _ => None,
            },
            Kind::Module(module) => {
                let own = self.modules.file(*module).and_then(|file| self.static_name(file, name));
                own.or_else(|| {
                    let child = self.modules.child(*module, self.text(name))?;
                    Some(Value::of(Kind::Module(child)))
                })
            }
            _ => None,
        }
    }

    /// A name at file level: the file's own, then the language's.
    pub(crate) fn global(&self, file: u32, name: crate::names::Sym) -> Option<Value> {
        if self.is_php() {
            if let Some(class) = self.class_named(file, name) {
                return Some(Value::of(Kind::Class(class)));
            }
        } else if let Some(value) = self.static_name(file, name) {
            return Some(value);
        }
        self.specs.top(name).map(|node| Value::of(Kind::Node(node)))
    }

    /// The names of the specs that classes extend.
    fn find_outer_bases(&mut self) {
        let mut found: FxHashMap<ClassRef, Vec<NodeId>> = FxHashMap::default();
        for (number, file) in (0u32..).zip(&self.files) {
            for class in 0..file.module.classes.len() {
                let class = ClassRef { file: number, class: crate::ir::ClassId(u32::try_from(class).unwrap_or(0)) };
                let mut nodes = Vec::new();
                for ancestor in self.lineage(class) {
                    for base in self.bases(ancestor) {
                        if let Kind::Node(node) = base.kind()
                            && !nodes.contains(node)
                        {
                            nodes.push(*node);
                        }
                    }
                }
                if !nodes.is_empty() {
                    found.insert(class, nodes);
                }
            }
        }
        self.outer_bases = found;
    }
}
