//! Landlock: rights on files that hold whatever is mounted, and no network where the kernel knows that right.

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};

use super::{Stop, part};
use crate::Part;
use crate::order::{MountKind, Order};

/// The rights on files that must be enforced: those of the first version. Later ones are taken where they exist; the
/// network and signals are kept away by namespaces already.
const REQUIRED: ABI = ABI::V1;

/// The newest version whose rights are asked for.
const WANTED: ABI = ABI::V6;

/// What must be enforced where Landlock stands alone: cutting a file that may be read, too.
const REQUIRED_ALONE: ABI = ABI::V3;

/// The version from which on signals end at the border.
pub(super) const SIGNALS_SCOPED: i32 = 6;

/// Restricts this process and all that come after it; gives the version of Landlock that does.
pub(super) fn restrict(order: &Order) -> Result<i32, Stop> {
    let refused = match &order.room {
        Some(_) => "restrict the process (Linux 6.2 with Landlock switched on is needed without namespaces)",
        None => "restrict the process (Linux 5.13 with Landlock switched on is needed)",
    };
    let status = ruleset(order).and_then(|rules| rules.restrict_self());
    let status = status.map_err(|error| part(Part::Landlock, refused)(words(&error)))?;
    if status.ruleset == RulesetStatus::NotEnforced || !status.no_new_privs {
        return Err(part(Part::Landlock, refused)("it is not enforced"));
    }
    match status.landlock {
        LandlockStatus::Available { effective_abi, .. } => Ok(effective_abi as i32),
        _ => Ok(0),
    }
}

/// What went wrong, without a list of all rights.
fn words(error: &RulesetError) -> String {
    match error {
        RulesetError::HandleAccesses(_) => "this kernel does not have it".to_owned(),
        other => other.to_string(),
    }
}

fn ruleset(order: &Order) -> Result<RulesetCreated, RulesetError> {
    let required = if order.room.is_some() { REQUIRED_ALONE } else { REQUIRED };
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(required))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(WANTED))?
        .handle_access(AccessNet::from_all(WANTED))?
        .scope(Scope::from_all(WANTED))?
        .create()?;
    for (place, access) in table(order) {
        rules = allow(rules, &place, access)?;
    }
    Ok(rules)
}

/// Every place with the rights below it; nothing else can be opened.
pub(crate) fn table(order: &Order) -> Vec<(String, BitFlags<AccessFs>)> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = AccessFs::from_all(WANTED) & !(AccessFs::Execute | AccessFs::IoctlDev);
    let room = order.room.as_deref().unwrap_or_default();
    let mut table = vec![(format!("{room}/own"), write)];
    // The root of a tree of its own holds nothing to hide.
    table.extend(order.room.is_none().then(|| ("/".to_owned(), AccessFs::ReadDir.into())));
    for mount in &order.mounts {
        let access = match mount.kind {
            MountKind::Folder => read,
            MountKind::File => AccessFs::ReadFile.into(),
            MountKind::Device => AccessFs::ReadFile | AccessFs::WriteFile,
        };
        table.push((mount.inside.clone(), access));
    }
    table.extend(["/job", "/venv", "/run/codeproof"].map(|folder| (format!("{room}{folder}"), read)));
    let execute = AccessFs::ReadFile | AccessFs::Execute;
    table.extend(order.executables.iter().map(|file| (file.clone(), execute)));
    table
}

/// Allows access below a place; one that does not exist needs no rule.
fn allow(rules: RulesetCreated, place: &str, access: BitFlags<AccessFs>) -> Result<RulesetCreated, RulesetError> {
    match PathFd::new(place) {
        Ok(descriptor) => rules.add_rule(PathBeneath::new(descriptor, access)),
        Err(_) => Ok(rules),
    }
}
