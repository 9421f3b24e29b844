//! What came of a session: the public JSON of `codeproof split --format json`.

use std::path::Path;

use codeproof_inspect::Inspection;
use codeproof_prove::{Proof, Verdict};
use codeproof_split::{Avoided, Form, Parameter, Scanner, Source, Split, Status, Step};
use codeproof_store::NamespaceState;
use codeproof_types::{ErrorCategory, ErrorEvent, ErrorSeverity, RecoveryAction, SessionPhase, SessionStatus, sha256};
use serde::Serialize;

use super::SessionError;
use super::folder::WrittenFile;
use super::secrets::Masker;

/// How long a phase took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PhaseTime {
    /// The phase.
    pub phase: SessionPhase,
    /// Wall time, in microseconds: most take less than a millisecond.
    pub duration_us: u64,
}

/// The phase in which a step of the split counts.
pub(super) fn phase_of(step: Step) -> SessionPhase {
    match step {
        Step::Boundaries => SessionPhase::BoundaryDetection,
        Step::Parameters => SessionPhase::ParameterIsolation,
        Step::Templates => SessionPhase::TemplateGeneration,
    }
}

/// One scanner of a session.
#[derive(Debug, Clone, Serialize)]
pub struct SessionScanner {
    /// Where it is, what its template is.
    #[serde(flatten)]
    pub scanner: Scanner,
    /// What it really uses; secrets are masked.
    pub parameters: Vec<Parameter>,
}

/// What came of a session.
#[derive(Debug, Clone, Serialize)]
pub struct Session {
    /// UUIDv7 in the database; `None` when nothing was stored.
    pub session: Option<String>,
    /// The file as it was given.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub source_sha256: String,
    /// How it ended.
    pub status: SessionStatus,
    /// How many scanners the file holds.
    pub split: Status,
    /// Why it cannot be read, when it cannot.
    pub error: Option<codeproof_python::Problem>,
    /// Where the files are.
    pub folder: String,
    /// What was written there.
    pub files: Vec<WrittenFile>,
    /// The scanners in the order of the file.
    pub scanners: Vec<SessionScanner>,
    /// Values that all scanners share on purpose.
    pub globals: Vec<Parameter>,
    /// Values of the same name that were kept apart.
    pub avoided_contaminations: Vec<Avoided>,
    /// What the file could do if nothing held it.
    pub inspection: Option<Inspection>,
    /// What running showed, when anything ran.
    pub proof: Option<Proof>,
    /// Whether the proof is that of an earlier session: of the same bytes, data and interpreter.
    pub proof_cached: bool,
    /// How long what took.
    pub phases: Vec<PhaseTime>,
    /// Wall time of all.
    pub duration_ms: u64,
    /// What was done in a lesser way, in words for the user.
    pub degraded: Vec<String>,
    /// What went wrong.
    pub events: Vec<ErrorEvent>,
}

impl Session {
    pub(super) fn new(file: &Path, source: &Source, folder: &Path) -> Self {
        Self {
            session: None,
            file: file.display().to_string(),
            source_sha256: sha256(&source.bytes),
            status: SessionStatus::Running,
            split: Status::None,
            error: None,
            folder: folder.display().to_string(),
            files: Vec::new(),
            scanners: Vec::new(),
            globals: Vec::new(),
            avoided_contaminations: Vec::new(),
            inspection: None,
            proof: None,
            proof_cached: false,
            phases: Vec::new(),
            duration_ms: 0,
            degraded: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Takes over what the split found, with secrets masked.
    pub(super) fn take(
        &mut self,
        split: &Split,
        inspection: Option<Inspection>,
        masker: &mut Masker<'_>,
    ) -> Result<(), SessionError> {
        self.split = split.status;
        self.error.clone_from(&split.error);
        self.inspection = inspection;
        self.degraded.extend(split.degraded.iter().cloned());
        for scanner in &split.scanners {
            let parameters = masker.parameters(&scanner.parameters)?;
            self.scanners.push(SessionScanner { scanner: scanner.clone(), parameters });
        }
        self.globals = masker.parameters(&split.globals)?;
        self.avoided_contaminations = masker.avoided(&split.avoided)?;
        if let Some(problem) = &split.error {
            self.events.push(ErrorEvent {
                category: ErrorCategory::BoundaryDetection,
                phase: SessionPhase::BoundaryDetection,
                severity: ErrorSeverity::Critical,
                message: format!("line {}: {}", problem.line, problem.message),
                scanner: None,
                recovery: RecoveryAction::Abort,
                attempted: false,
                succeeded: false,
            });
        }
        Ok(())
    }

    /// The split as documents show it: secrets masked, each scanner with the form its program has now.
    pub(super) fn shown(&self, split: &Split) -> Split {
        let with_parameters = |it: &SessionScanner| Scanner { parameters: it.parameters.clone(), ..it.scanner.clone() };
        let mut shown = split.clone();
        shown.scanners = self.scanners.iter().map(with_parameters).collect();
        shown.globals.clone_from(&self.globals);
        shown.avoided.clone_from(&self.avoided_contaminations);
        shown
    }

    /// Takes over what a proof changed.
    pub(super) fn apply(&mut self, proof: &Proof) {
        self.degraded.extend(proof.degraded.iter().cloned());
        self.events.extend(proof.events.iter().cloned());
        for proven in proof.scanners.iter().filter(|proven| proven.fell_back) {
            let mut named = self.scanners.iter_mut().filter(|it| it.scanner.boundary.name == proven.name);
            if let Some(it) = named.next() {
                it.scanner.form = Form::WholeProgram;
                it.scanner.whole_program_because.clone_from(&proven.fell_back_because);
            }
        }
    }

    /// Notes parameters whose rows are not what was written.
    pub(super) fn check(&mut self, states: &[NamespaceState]) {
        for state in states.iter().filter(|state| !state.is_intact()) {
            self.events.push(ErrorEvent {
                category: ErrorCategory::DataIntegrity,
                phase: SessionPhase::Validation,
                severity: ErrorSeverity::High,
                message: format!(
                    "the stored parameters of {} are not those that were written; `codeproof split verify --restore` \
                     puts them back",
                    state.scanner
                ),
                scanner: Some(state.scanner.clone()),
                recovery: RecoveryAction::ManualIntervention,
                attempted: false,
                succeeded: false,
            });
        }
    }

    /// Masks what is left: what was quoted from the file, and what programs said.
    pub(super) fn mask(&mut self, masker: &mut Masker<'_>) -> Result<(), SessionError> {
        for threat in self.inspection.iter_mut().flat_map(|inspection| &mut inspection.threats_detected) {
            masker.text(&mut threat.snippet)?;
        }
        for event in &mut self.events {
            masker.text(&mut event.message)?;
        }
        Ok(())
    }

    /// Scanners that a proof says something bad of: other rows, or values that reach others.
    pub fn is_refuted(&self) -> bool {
        let Some(proof) = &self.proof else { return false };
        !proof.contamination.is_empty() || proof.scanners.iter().any(|scanner| scanner.verdict == Verdict::Differs)
    }
}
