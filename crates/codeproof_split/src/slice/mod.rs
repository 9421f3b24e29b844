//! The part of a file that one scanner needs: from where its rows end up, backwards.
//!
//! [`program`] is the file as statements and functions with what each reads, binds and changes ([`facts`], [`fields`]);
//! [`keep`] follows that from the result backwards; [`remove`] takes other scanners out of lists they stand in together;
//! [`trust`] says whether anything is left that could make the rows differ, and then there is no slice but a reason;
//! [`layout`] and [`text`] copy what is left into the parts of a new file; [`lost()`] looks at that once more.

mod eye;
mod facts;
mod fields;
mod keep;
mod known;
mod known_facts;
mod layout;
mod links;
mod lost;
mod program;
mod reaching;
mod recording;
mod remove;
mod roots;
mod runs;
mod summary;
mod tails;
mod text;
mod trust;

use std::collections::BTreeSet;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use crate::boundary::Boundary;
use crate::parameters::Parameter;
use crate::trace::UnitId;
use codeproof_python::Module;
use facts::Removed;
use keep::{Keeper, Wanted, Way};
use program::Program;
use remove::Removals;
use runs::Runs;
use tails::{Tails, Whole};
use text::{Copied, Copier};

pub(crate) use known_facts::Known;
pub(crate) use layout::is_plain;
pub(crate) use lost::lost;
pub(crate) use recording::Recording;
pub(crate) use text::Copied as CopiedText;
use text::RETURNED;

/// Statements times scanners of a file that is cut; each scanner goes through all statements. A file of 6,000 lines with 90
/// scanners has 350,000, which takes 3 s without optimisation.
const WORK_MAX: usize = 1_500_000;

/// Columns that say which row it is.
const KEY_COLUMNS: &[&str] = &["ticker", "symbol", "date", "timestamp"];

/// What is asked for.
pub(crate) struct Question<'q> {
    pub(crate) module: &'q Module,
    /// What is known of its statements.
    pub(crate) known: &'q Known<'q>,
    /// The scanner.
    pub(crate) own: &'q Boundary,
    /// Scanners that run as a part of it.
    pub(crate) parts: Vec<&'q Boundary>,
    /// All others of the file.
    pub(crate) others: Vec<&'q Boundary>,
    /// Where its rows are when the program has run: a name of the module, then keys.
    pub(crate) path: &'q [String],
    /// Keys under which results of other scanners lie beside it.
    pub(crate) other_keys: BTreeSet<&'q str>,
    /// The column that picks its rows there.
    pub(crate) column: Option<&'q str>,
    /// Functions that are run with its settings, when it is an entry of a registry.
    pub(crate) engines: BTreeSet<UnitId>,
    /// Values of names of the module that other scanners have left there and this one reads.
    pub(crate) left: &'q [&'q Parameter],
}

/// A scanner's part of a file, in the parts of a new file.
#[derive(Debug, Default)]
pub(crate) struct Slice {
    /// What keeps its rows, when the program does not.
    pub(crate) recording: Option<Recording>,
    /// `from __future__` imports.
    pub(crate) future: CopiedText,
    pub(crate) imports: CopiedText,
    /// Plain values, one statement each, with where it started in the original.
    pub(crate) constants: Vec<Constant>,
    pub(crate) definitions: CopiedText,
    /// What runs, indented by one level.
    pub(crate) program: CopiedText,
    /// Names of the module that the program binds.
    pub(crate) bound: Vec<String>,
    /// All names the code binds or reads, so that nothing around it takes one of them.
    pub(crate) names: BTreeSet<String>,
}

/// One statement of the block of parameters.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(crate) text: CopiedText,
    /// Start and end in the original.
    pub(crate) range: (u32, u32),
    /// Comments that stood above it.
    pub(crate) comments: Vec<String>,
    /// Whether a comment stands behind it.
    pub(crate) has_comment: bool,
}

/// Cuts a scanner out, or says why that is not sure to give the same rows.
pub(crate) fn slice(question: &Question<'_>) -> Result<Slice, String> {
    let recording = Recording::of(question)?;
    let scanners = 1 + question.parts.len() + question.others.len();
    if question.known.count * scanners > WORK_MAX {
        return Err("the file has too many scanners and statements to be cut".to_owned());
    }
    let foreign = Foreign::new(question);
    let whole = match recording {
        None | Some(Recording::Function) => Attempt { question, foreign: &foreign, recording, cuts_tails: false }.cut(),
        Some(_) => Err(String::new()),
    };
    match (whole, recording) {
        (Err(because), Some(_)) => {
            let without = Attempt { question, foreign: &foreign, recording, cuts_tails: true }.cut();
            without.map_err(|other| if because.is_empty() { other } else { because })
        }
        (done, _) => done,
    }
}

/// What is said when nothing is seen that runs a scanner.
const NOT_FOLLOWED: &str = "its result is made in a way that is not followed";

/// Times that a slice is tried with less left out.
const TRIALS_MAX: u32 = 8;

/// One way to cut a scanner out.
struct Attempt<'t, 'q> {
    question: &'t Question<'q>,
    foreign: &'t Foreign<'q>,
    /// How its rows are kept, when the program does not keep them.
    recording: Option<Recording>,
    /// Whether what is done with the rows is left out.
    cuts_tails: bool,
}

impl<'q> Attempt<'_, 'q> {
    fn cut(&self) -> Result<Slice, String> {
        let mut whole = Whole::new();
        for _ in 0..TRIALS_MAX {
            match self.trial(&whole)? {
                Ok(slice) => return Ok(slice),
                Err(missed) => whole.extend(missed),
            }
        }
        Err("too much in it hangs together".to_owned())
    }

    /// A slice, or what has to be whole for the next trial.
    fn trial(&self, whole: &Whole) -> Result<Result<Slice, Whole>, String> {
        let question = self.question;
        let pinned: BTreeSet<&str> = question.left.iter().map(|left| left.name.as_str()).collect();
        let mut removals = remove::find(question, self.foreign);
        let wanted = Wanted { path: self.path().iter().map(String::as_str).collect(), columns: columns(question) };
        let unread = {
            let (program, way, _) = self.program(&removals, whole);
            if self.recording.is_some() && way.nodes.is_empty() {
                return Err(NOT_FOLLOWED.to_owned());
            }
            let keeper = Keeper::run(&program, &wanted, &pinned, self.foreign, &way);
            if keeper.gave_up {
                return Err("there is too much in the file to follow".to_owned());
            }
            removals.shortened.extend(&keeper.shortened);
            remove::unpacked(&program, &keeper, &mut removals.all);
            remove::unread(question, &program, &keeper)
        };
        unread.into_iter().for_each(|range| removals.all.add(range));
        let (program, way, runs) = self.program(&removals, whole);
        let mut keeper = Keeper::run(&program, &wanted, &pinned, self.foreign, &way);
        if keeper.gave_up {
            return Err("there is too much in the file to follow".to_owned());
        }
        if !way.tails.is_nothing() {
            let missed = way.tails.missed(&program, &mut keeper, &runs, &removals.all);
            if !missed.is_empty() {
                return Ok(Err(missed));
            }
        }
        removals.shortened.extend(&keeper.shortened);
        trust::check(question, self.foreign, &removals, &program, &keeper)?;
        if self.recording == Some(Recording::Table) {
            trust::tables_are_all(question, &program, &keeper)?;
        }
        if let Some(recording) = self.recording
            && !recording.mark(question, &mut removals.all)
        {
            return Err("its result has no place of its own when the program has run".to_owned());
        }
        Ok(Ok(copy(question, self.recording, &program, &keeper, &removals.all)))
    }

    /// Where the rows are, when they have a place.
    fn path(&self) -> &'q [String] {
        if self.recording.is_some() { &[] } else { self.question.path }
    }

    /// The program without what is removed, and how the scanner is run in it.
    fn program(&self, removals: &Removals<'q>, whole: &Whole) -> (Program<'q>, Way<'q>, Runs<'q>) {
        let body = &self.question.module.parsed.syntax().body;
        let mut met = self.foreign.meetings(body, self.question.known, &removals.shortened);
        if matches!(self.recording, Some(Recording::Table | Recording::Entry | Recording::Engine)) {
            let mut all = Vec::new();
            definitions(body, &mut all, 0);
            all.retain(|statement| statement.range().contains(self.question.own.unit.into()));
            met.extend(all.into_iter().map(|statement| statement.range().start().to_u32()));
        }
        let opens = |statement: &Stmt| met.contains(&statement.range().start().to_u32());
        let program = Program::new(body, self.question.known, &removals.all, &Tails::default(), &opens);
        let Some(recording) = self.recording else { return (program, Way::default(), Runs::default()) };
        let starts = recording.starts(self.question, &program);
        let runs = runs::of(&program, &starts, recording, self.foreign);
        let mut way = Way { nodes: runs.nodes.iter().chain(&starts.nodes).copied().collect(), ..Way::default() };
        if recording == Recording::Table {
            way.watched = recording::watched(&program, &starts, &runs);
        }
        if !self.cuts_tails {
            return (program, way, runs);
        }
        let recorded = |statement: &Stmt| {
            let range = statement.range();
            let own = self.question.own.range;
            let start = range.start().to_u32();
            recording != Recording::Table && own.0 <= start && range.end().to_u32() <= own.1
                || recording == Recording::Engine && self.question.engines.contains(&start)
        };
        way.tails = Tails::find(&program, &runs, &recorded, whole);
        (Program::new(body, self.question.known, &removals.all, &way.tails, &opens), way, runs)
    }
}

fn columns<'q>(question: &Question<'q>) -> Vec<&'q str> {
    let Some(flag) = question.column else { return Vec::new() };
    let all = &question.known.file;
    let is_key = |name: &&str| KEY_COLUMNS.contains(&name.to_lowercase().as_str());
    let written = all.effects.iter().filter_map(|effect| match effect.field {
        fields::Field::Name(name) => Some(name),
        _ => None,
    });
    all.mentions.iter().chain(written).filter(is_key).chain([flag]).collect()
}

fn copy(
    question: &Question<'_>,
    recording: Option<Recording>,
    program: &Program<'_>,
    keeper: &Keeper<'_, '_>,
    removed: &Removed,
) -> Slice {
    let layout = layout::lay_out(program, &keeper.kept);
    let mut copier = Copier::new(question.module, program, &keeper.kept, removed, &keeper.way.tails);
    copier.recorded = (recording == Some(Recording::Function)).then_some(question.own.unit);
    if recording == Some(Recording::Table) {
        copier.behind =
            recording::flag_table(question).map(|table| (question.own.unit, format!("TABLES.keep({table})")));
    }
    let mut slice =
        Slice { recording, bound: layout.bound.iter().map(|name| (*name).to_owned()).collect(), ..Slice::default() };
    for (ids, out) in [(&layout.future, &mut slice.future), (&layout.imports, &mut slice.imports)] {
        ids.iter().for_each(|id| copier.without_comments(*id, 0, out));
    }
    let mut definitions = Copied::default();
    let mut last_is_definition = None;
    for id in &layout.definitions {
        let statement = program.nodes[*id].statement;
        let is_definition = matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
        let blank = match last_is_definition {
            None => 0,
            Some(true) => 2,
            Some(false) if is_definition => 2,
            Some(false) => copier.blank_lines_above(statement).min(1),
        };
        (0..blank).for_each(|_| definitions.line(""));
        copier.statement(*id, 0, &mut definitions);
        last_is_definition = Some(is_definition);
    }
    slice.definitions = definitions;
    for (at, id) in layout.program.iter().enumerate() {
        if at > 0 && copier.blank_lines_above(program.nodes[*id].statement) > 0 {
            slice.program.line("");
        }
        copier.statement(*id, 1, &mut slice.program);
    }
    slice.constants = layout.constants.iter().map(|id| constant(&copier, program, *id)).collect();
    slice.constants.extend(question.left.iter().map(|left| left_value(left)));
    for id in keeper.kept_nodes() {
        let facts = &program.nodes[id].facts;
        let body = program.nodes[id].body.iter().flat_map(|body| &body.free);
        let names = facts.loads.iter().chain(&facts.later).chain(&facts.binds).chain(&facts.global_binds).chain(body);
        slice.names.extend(names.map(|name| (*name).to_owned()));
    }
    slice
}

/// What another scanner has left in a name of the module, as a statement.
fn left_value(left: &Parameter) -> Constant {
    Constant {
        text: Copied::new(&format!("{} = ", left.name), &left.expression, left.range),
        range: left.range,
        comments: Vec::new(),
        has_comment: false,
    }
}

fn constant(copier: &Copier<'_, '_>, program: &Program<'_>, id: program::NodeId) -> Constant {
    let statement = program.nodes[id].statement;
    let mut text = Copied::default();
    copier.without_comments(id, 0, &mut text);
    let range = statement.range();
    Constant {
        text,
        range: (range.start().to_u32(), range.end().to_u32()),
        comments: copier.comment_lines(statement).into_iter().map(str::to_owned).collect(),
        has_comment: copier.has_comment(range.end()),
    }
}

/// The other scanners, as code may name them.
pub(crate) struct Foreign<'q> {
    /// Where they start.
    units: BTreeSet<UnitId>,
    own: UnitId,
    own_entry: &'q str,
    /// Names of their functions, classes, partials.
    names: BTreeSet<&'q str>,
    /// Names of their methods.
    methods: BTreeSet<&'q str>,
    /// Their columns.
    columns: BTreeSet<&'q str>,
}

impl<'q> Foreign<'q> {
    fn new(question: &Question<'q>) -> Self {
        let mut foreign = Self {
            units: question.others.iter().map(|other| other.unit).collect(),
            own: question.own.unit,
            own_entry: &question.own.entry,
            names: BTreeSet::new(),
            methods: BTreeSet::new(),
            columns: BTreeSet::new(),
        };
        for other in &question.others {
            let names = match other.kind {
                "column" => &mut foreign.columns,
                "method" => &mut foreign.methods,
                "config" => continue,
                _ => &mut foreign.names,
            };
            names.insert(&other.entry);
        }
        for known in question.parts.iter().chain([&question.own]) {
            foreign.names.remove(known.entry.as_str());
            foreign.methods.remove(known.entry.as_str());
            foreign.columns.remove(known.entry.as_str());
        }
        foreign
    }

    /// Where functions and classes start that are more than one scanner's: they hold or name another one, or they call one
    /// that does.
    fn meetings(&self, body: &[Stmt], known: &Known<'_>, shortened: &BTreeSet<&str>) -> BTreeSet<UnitId> {
        let mut all = Vec::new();
        definitions(body, &mut all, 0);
        let is_scanner = |statement: &Stmt| {
            let start = statement.range().start().to_u32();
            self.units.contains(&start) || start == self.own && !statement.is_class_def_stmt()
        };
        all.retain(|statement| !is_scanner(statement));
        all.retain(|statement| known.all(statement).is_some());
        let seen: Vec<&facts::Facts<'_>> = all.iter().filter_map(|statement| known.all(statement)).collect();
        let mut met = BTreeSet::new();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for (statement, facts) in all.iter().zip(&seen) {
            let (start, end) = (statement.range().start().to_u32(), statement.range().end().to_u32());
            let looks_through = facts.loads.iter().chain(&facts.later).any(|name| shortened.contains(name));
            if self.units.range(start..end).next().is_some() || self.is_named_by(facts) || looks_through {
                met.insert(start);
                names.extend(name_of(statement));
            }
        }
        loop {
            let before = met.len();
            for (statement, facts) in all.iter().zip(&seen) {
                let calls = facts.loads.iter().chain(&facts.later).any(|name| names.contains(name));
                if calls && statement.is_function_def_stmt() && met.insert(statement.range().start().to_u32()) {
                    names.extend(name_of(statement));
                }
            }
            if met.len() == before {
                return met;
            }
        }
    }

    /// Whether a statement, or the function that it is, names another scanner.
    fn is_named_in(&self, node: &program::Node<'_>) -> bool {
        let body = node.body.as_ref().filter(|_| node.opens.is_none());
        node.facts.loads.iter().chain(&node.facts.later).any(|name| self.names.contains(name))
            || body.is_some_and(|body| body.free.iter().any(|name| self.names.contains(name)))
            || self
                .methods
                .iter()
                .any(|name| node.facts.mentions.has(name) || body.is_some_and(|body| body.facts.mentions.has(name)))
    }

    /// Whether code names another scanner.
    fn is_named_by(&self, facts: &facts::Facts<'_>) -> bool {
        facts.loads.iter().chain(&facts.later).any(|name| self.names.contains(name))
            || self.methods.iter().chain(&self.columns).any(|name| facts.mentions.has(name))
    }
}

/// Functions and classes of a file, also those inside others.
fn definitions<'s>(body: &'s [Stmt], found: &mut Vec<&'s Stmt>, levels: u32) {
    if levels > 50 {
        return;
    }
    for statement in body {
        let inner: Vec<&[Stmt]> = match statement {
            Stmt::FunctionDef(definition) => vec![&definition.body],
            Stmt::ClassDef(definition) => vec![&definition.body],
            other => facts::blocks(other),
        };
        if matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            found.push(statement);
        }
        inner.into_iter().for_each(|body| definitions(body, found, levels + 1));
    }
}

fn name_of(statement: &Stmt) -> Option<&str> {
    match statement {
        Stmt::FunctionDef(definition) => Some(definition.name.as_str()),
        Stmt::ClassDef(definition) => Some(definition.name.as_str()),
        _ => None,
    }
}
