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

/// Restricts this process and all that come after it; gives the version of Landlock that does, in words.
pub(super) fn restrict(order: &Order) -> Result<String, Stop> {
    let refused = "restrict the process (Linux 5.13 with Landlock switched on is needed)";
    let status = ruleset(order).and_then(|rules| rules.restrict_self());
    let status = status.map_err(part(Part::Landlock, refused))?;
    if status.ruleset == RulesetStatus::NotEnforced || !status.no_new_privs {
        return Err(part(Part::Landlock, refused)("it is not enforced"));
    }
    match status.landlock {
        LandlockStatus::Available { effective_abi, .. } => Ok(format!("version {}", effective_abi as i32)),
        _ => Ok(String::new()),
    }
}

fn ruleset(order: &Order) -> Result<RulesetCreated, RulesetError> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(REQUIRED))?
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
    let mut table = vec![("/".to_owned(), AccessFs::ReadDir.into()), ("/own".to_owned(), write)];
    for mount in &order.mounts {
        let access = match mount.kind {
            MountKind::Folder => read,
            MountKind::File => AccessFs::ReadFile.into(),
            MountKind::Device => AccessFs::ReadFile | AccessFs::WriteFile,
        };
        table.push((mount.inside.clone(), access));
    }
    table.extend(["/job", "/venv", "/run/codeproof"].map(|folder| (folder.to_owned(), read)));
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
