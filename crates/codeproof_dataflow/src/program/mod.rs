//! The files of one language as one program: names joined, imports resolved, classes with their bases.

mod link;
mod modules;
mod order;
mod summary;
mod templates;

use std::sync::Arc;

use codeproof_types::{Language, RepoPath};
use rustc_hash::FxHashMap;

use crate::ir::{Body, BodyId, BodyKind, Class, Module, Name};
use crate::names::{Names, Sym};
use crate::specs::{NodeId, Specs};
use crate::value::{BodyRef, ClassRef, Value};

pub(crate) use modules::Modules;
pub(crate) use order::levels;
pub(crate) use summary::{Held, Store, Summary};
pub(crate) use templates::Templates;

/// One lowered file.
#[derive(Debug)]
pub struct SourceFile {
    /// Its path in the tree.
    pub path: RepoPath,
    /// Its IR.
    pub module: Module,
}

/// A program whose names are joined.
pub(crate) struct Program<'s> {
    pub(crate) specs: &'s Specs,
    pub(crate) names: Names,
    pub(crate) files: Vec<File>,
    pub(crate) modules: Modules,
    /// PHP's functions and classes, which have one name space; Python's classes by their last name.
    pub(crate) functions: FxHashMap<Sym, Vec<BodyRef>>,
    pub(crate) classes: FxHashMap<Sym, Vec<ClassRef>>,
    /// Methods of all classes by name.
    pub(crate) methods: FxHashMap<Sym, Vec<BodyRef>>,
    /// What the specs say of the classes outside of the program that a class extends, through any number of classes.
    pub(crate) outer_bases: FxHashMap<ClassRef, Vec<NodeId>>,
    /// Files that can be rendered.
    pub(crate) templates: Templates,
    /// Variables of pages that specs know, by their names without `$`.
    pub(crate) page_variables: FxHashMap<Sym, NodeId>,
    /// Names the engine itself asks for.
    pub(crate) known: Known,
}

/// Names the engine itself asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) init: Sym,
    pub(crate) this: Sym,
    pub(crate) star: Sym,
}

/// A file of the program.
pub(crate) struct File {
    pub(crate) path: RepoPath,
    pub(crate) module: Module,
    /// The number of each of the module's names.
    pub(crate) syms: Vec<Sym>,
    /// What each import means.
    pub(crate) imports: Vec<Value>,
    /// Functions and classes defined at file level, and what imports bind there, before anything runs.
    pub(crate) statics: FxHashMap<Sym, Value>,
    /// Variables at file level after the file ran.
    pub(crate) globals: FxHashMap<Sym, Value>,
    /// Files taken in by `from x import *`.
    pub(crate) stars: Vec<u32>,
    /// Top-level packages it imports.
    pub(crate) packages: Vec<Box<str>>,
}

impl File {
    /// The number of a name of this file.
    pub(crate) fn sym(&self, name: Name) -> Sym {
        self.syms[name.index()]
    }
}

impl Program<'_> {
    /// The language of the program.
    pub(crate) fn language(&self) -> Language {
        self.specs.language()
    }

    /// Whether it is PHP.
    pub(crate) fn is_php(&self) -> bool {
        self.language() == Language::Php
    }

    /// A file by number.
    pub(crate) fn file(&self, file: u32) -> &File {
        &self.files[file as usize]
    }

    /// A body of the program.
    pub(crate) fn body(&self, at: BodyRef) -> &Body {
        self.files[at.file as usize].module.body(at.body)
    }

    /// A class of the program.
    pub(crate) fn class(&self, at: ClassRef) -> &Class {
        &self.files[at.file as usize].module.classes[at.class.index()]
    }

    /// The text of a name.
    pub(crate) fn text(&self, sym: Sym) -> &str {
        self.names.text(sym)
    }

    /// A name in a file, looked up before anything ran: what the file defines or imports, then what `import *` brings.
    pub(crate) fn static_name(&self, file: u32, name: Sym) -> Option<Value> {
        let mut seen = Vec::new();
        self.static_name_from(file, name, &mut seen)
    }

    fn static_name_from(&self, file: u32, name: Sym, seen: &mut Vec<u32>) -> Option<Value> {
        if seen.contains(&file) || seen.len() > 16 {
            return None;
        }
        seen.push(file);
        let of = self.file(file);
        if let Some(value) = of.globals.get(&name).or_else(|| of.statics.get(&name)) {
            return Some(value.clone());
        }
        of.stars.iter().find_map(|star| self.static_name_from(*star, name, seen))
    }

    /// PHP's class of a name, as a file sees it: its own, else the only one, else the one in the nearest folder.
    pub(crate) fn class_named(&self, file: u32, name: Sym) -> Option<ClassRef> {
        let found = self.classes.get(&name)?;
        nearest(self, file, found, |class| class.file)
    }

    /// PHP's function of a name, as a file sees it.
    pub(crate) fn function_named(&self, file: u32, name: Sym) -> Option<BodyRef> {
        let found = self.functions.get(&name)?;
        nearest(self, file, found, |body| body.file)
    }

    /// The class a method is written in.
    pub(crate) fn class_of(&self, at: BodyRef) -> Option<ClassRef> {
        self.body(at).class.map(|class| ClassRef { file: at.file, class })
    }

    /// A method of a class, looked for in its bases too.
    pub(crate) fn method(&self, class: ClassRef, name: Sym) -> Option<(ClassRef, BodyRef)> {
        self.lineage(class).into_iter().find_map(|class| {
            let file = self.file(class.file);
            let methods = &file.module.classes[class.class.index()].methods;
            let found = methods.iter().find(|(known, _)| file.sym(*known) == name)?;
            Some((class, BodyRef { file: class.file, body: found.1 }))
        })
    }

    /// A class and those it extends, nearest first; at most 32.
    pub(crate) fn lineage(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut lineage = vec![class];
        let mut at = 0;
        while at < lineage.len() && lineage.len() < 32 {
            for base in self.bases(lineage[at]) {
                if let crate::value::Kind::Class(base) = base.kind()
                    && !lineage.contains(base)
                {
                    lineage.push(*base);
                }
            }
            at += 1;
        }
        lineage
    }

    /// What the bases of a class mean.
    pub(crate) fn bases(&self, class: ClassRef) -> Vec<Value> {
        let of = self.class(class);
        of.bases.iter().filter_map(|base| self.constant_expr(class.file, of.parent, *base)).collect()
    }

    /// Every body of the program in the order of files.
    pub(crate) fn bodies(&self) -> impl Iterator<Item = BodyRef> {
        self.files.iter().zip(0u32..).flat_map(|(file, number)| {
            let count = u32::try_from(file.module.bodies.len()).unwrap_or(u32::MAX);
            (0..count).map(move |body| BodyRef { file: number, body: BodyId(body) })
        })
    }

    /// What a function is called in messages: `Order.total`, `total`, or the file's name for its own statements.
    pub(crate) fn title(&self, at: BodyRef) -> String {
        let (file, body) = (self.file(at.file), self.body(at));
        match (body.kind, body.class) {
            (BodyKind::File, _) => file.path.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
            (BodyKind::Closure, _) => "a closure".to_owned(),
            (BodyKind::Function, Some(class)) => {
                let class = file.module.name(file.module.classes[class.index()].name);
                let separator = if self.is_php() { "::" } else { "." };
                format!("{}{separator}{}", class.rsplit('\\').next().unwrap_or(class), file.module.name(body.name))
            }
            (BodyKind::Function, None) => file.module.name(body.name).to_owned(),
        }
    }
}

/// Of several things of one name the one a file means: its own, the only one, or the only one whose path shares most
/// folders with the file's.
fn nearest<T: Copy>(program: &Program<'_>, file: u32, found: &[T], file_of: impl Fn(&T) -> u32) -> Option<T> {
    if let [one] = found {
        return Some(*one);
    }
    if let Some(own) = found.iter().find(|one| file_of(one) == file) {
        return Some(*own);
    }
    let path = program.file(file).path.as_str();
    let shared = |one: &T| {
        let other = program.file(file_of(one)).path.as_str();
        path.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count()
    };
    // Many things of one name are many programs in one tree; looking at all of them is not worth it.
    let most = found.iter().take(64).map(&shared).max()?;
    let mut best = found.iter().take(64).filter(|one| shared(one) == most);
    let first = best.next()?;
    (best.next().is_none() && found.len() <= 64).then_some(*first)
}

/// A shared table of summaries by body.
pub(crate) type Summaries = FxHashMap<BodyRef, Arc<Summary>>;
