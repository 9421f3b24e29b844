//! Rules about files as such: environment files and key files.

use crate::FileInput;
use crate::hit::Hit;
use crate::secrets::SecretRules;

/// Looks at the file's name and content; `secret_hits` are the secrets already found in it.
pub(crate) fn hits(_file: &FileInput<'_>, _secrets: &SecretRules, _secret_hits: &[Hit]) -> Vec<Hit> {
    Vec::new()
}
