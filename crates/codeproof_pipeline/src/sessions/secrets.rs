//! Secrets in what a session quotes of a file. Templates keep them: without its key a scanner does not run.

use codeproof_detect::Detector;
use codeproof_split::{Avoided, Parameter};
use serde_json::Value;

use super::SessionError;
use crate::map_secrets::may_hold_secret;

/// Masks texts with a detector that is made when the first one needs it.
pub(super) struct Masker<'a> {
    make: &'a mut dyn FnMut() -> Result<Detector, codeproof_detect::Error>,
    made: Option<Detector>,
}

impl<'a> Masker<'a> {
    pub(super) fn new(make: &'a mut dyn FnMut() -> Result<Detector, codeproof_detect::Error>) -> Self {
        Self { make, made: None }
    }

    /// Masks what stands in a text.
    pub(super) fn text(&mut self, text: &mut String) -> Result<(), SessionError> {
        if may_hold_secret(text) {
            *text = self.masked(text)?;
        }
        Ok(())
    }

    /// Parameters with what is secret of them masked: a value is judged by its name, too.
    pub(super) fn parameters(&mut self, parameters: &[Parameter]) -> Result<Vec<Parameter>, SessionError> {
        let mut masked = parameters.to_vec();
        for parameter in &mut masked {
            self.value(&parameter.name, &mut parameter.value)?;
            for text in [&mut parameter.expression, &mut parameter.why] {
                self.text(text)?;
            }
        }
        Ok(masked)
    }

    /// The same for values that were kept apart.
    pub(super) fn avoided(&mut self, avoided: &[Avoided]) -> Result<Vec<Avoided>, SessionError> {
        let mut masked = avoided.to_vec();
        for one in &mut masked {
            self.value(&one.name, &mut one.value)?;
        }
        Ok(masked)
    }

    fn value(&mut self, name: &str, value: &mut Value) -> Result<(), SessionError> {
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) if may_hold_secret(text) => {
                    let before = format!("{} = \"", name.rsplit('.').next().unwrap_or(name));
                    let line = self.masked(&format!("{before}{text}\""))?;
                    let of_value = line.strip_prefix(&before).and_then(|rest| rest.strip_suffix('"'));
                    *text = of_value.unwrap_or(&line).to_owned();
                }
                Value::Array(values) => open.extend(values),
                Value::Object(fields) => open.extend(fields.values_mut()),
                _ => {}
            }
        }
        Ok(())
    }

    fn masked(&mut self, text: &str) -> Result<String, SessionError> {
        if self.made.is_none() {
            self.made = Some((self.make)()?);
        }
        Ok(self.made.as_ref().map_or_else(String::new, |detector| detector.mask(text).into_owned()))
    }
}
