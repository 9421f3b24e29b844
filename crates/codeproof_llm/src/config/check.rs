//! Refuses settings that cannot work, before anything is sent.

use super::header::carries_key;
use super::{HeaderText, ModelConfig};
use crate::error::Error;

/// Members of a body that decide what this crate reads back.
const RESERVED_MEMBERS: [&str; 8] = ["messages", "prompt", "input", "contents", "system", "model", "stream", "n"];
/// More requests in flight than any server serves well; a mistyped number should not open a million sockets.
const MAX_CONCURRENT: u32 = 1_024;
/// More prompts in one list than a server's own queue holds.
const MAX_BATCH: u32 = 256;

/// Checks what a provider does not need to know for.
pub(crate) fn check(config: &ModelConfig) -> Result<(), Error> {
    let problem =
        |field: &'static str, why: String| Err(Error::InvalidConfig { model: config.name.clone(), field, why });
    if config.name.trim().is_empty() {
        return problem("name", "it is empty; give the model a name".to_owned());
    }
    if !(1..=MAX_CONCURRENT).contains(&config.max_concurrent) {
        return problem("max_concurrent", format!("{} is not between 1 and {MAX_CONCURRENT}", config.max_concurrent));
    }
    if config.batch_size.is_some_and(|size| !(1..=MAX_BATCH).contains(&size)) {
        return problem("batch_size", format!("it is not between 1 and {MAX_BATCH}"));
    }
    if config.max_tokens == 0 {
        return problem("max_tokens", "an answer needs at least one token".to_owned());
    }
    if config.context_tokens.is_some_and(|context| context <= config.max_tokens) {
        let why = format!("it leaves no room for a prompt beside max_tokens = {}", config.max_tokens);
        return problem("context_tokens", why);
    }
    if config.timeout_seconds == 0 {
        return problem("timeout_seconds", "no answer comes within 0 s".to_owned());
    }
    if config.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
        return problem("temperature", "it is not between 0 and 2".to_owned());
    }
    if let Some(member) = RESERVED_MEMBERS.iter().find(|member| config.extra_body.contains_key(**member)) {
        return problem("extra_body", format!("{member:?} is written by codeproof; take it out"));
    }
    for (name, value) in &config.extra_headers {
        if carries_key(name) && matches!(value, HeaderText::Text(_)) {
            let why =
                format!("{name} carries a key, which must not stand in a file; write {name} = {{ env = \"NAME\" }}");
            return problem("extra_headers", why);
        }
    }
    if let Some(template) = &config.completion_template
        && !template.contains("{prompt}")
    {
        return problem("completion_template", "it has no {prompt}".to_owned());
    }
    Ok(())
}
