//! Which parts a run does without, decided before it starts: what the kernel refuses and the policy names.
//!
//! Three stands are possible. With all namespaces, single other parts may be missing. Where only that of users is missing
//! and the caller is root, the others are entered as root. Where those of mounts or processes are missing, none is used:
//! then Landlock, the filter and the limits must all be there, and they alone hold.

use crate::{Error, Part, PartStatus, Policy};

/// The parts that a run with this policy does without on a machine with these parts.
pub(crate) fn missing(statuses: &[PartStatus], policy: &Policy) -> Result<Vec<Part>, Error> {
    let refused = |part: Part| statuses.iter().any(|status| status.part == part && !status.available);
    let is_plain = refused(Part::MountNamespace) || refused(Part::PidNamespace);
    let missing: Vec<Part> = Part::ALL
        .into_iter()
        .filter(|part| part.is_required() && (refused(*part) || is_plain && Part::NAMESPACES.contains(part)))
        .collect();
    let is_missing = |part: Part| missing.contains(&part);
    let stands_alone = is_missing(Part::UserNamespace);
    let last_wall =
        [Part::Landlock, Part::Seccomp, Part::Limits].into_iter().find(|part| stands_alone && is_missing(*part));
    // The network is kept away by its namespace or by the filter.
    let open_network =
        [Part::Seccomp].into_iter().find(|_| is_missing(Part::NetNamespace) && is_missing(Part::Seccomp));
    let unnamed = missing.iter().copied().find(|part| !policy.allow_weaker.contains(part));
    if let Some(part) = unnamed.or(last_wall).or(open_network) {
        let sentence = statuses.iter().find(|status| status.part == part).map(|status| status.sentence.clone());
        let why = sentence.unwrap_or_default().trim_start_matches("not available: ").to_owned();
        return Err(match unnamed {
            Some(_) => Error::Refused { part, why },
            None => Error::LastWall { part, why },
        });
    }
    Ok(missing)
}
