//! Columns, keys and attributes by their names alone, whatever object they belong to.
//!
//! Which objects a name may stand for is hard to know; that a column nobody mentions is read by nobody is not. So what is
//! written goes by its name, and counts when the kept code mentions that name anywhere.

use std::collections::BTreeSet;

/// A part of an object that is written.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Field<'a> {
    /// A column, key or attribute.
    Name(&'a str),
    /// A name with a computed middle: what stands before and behind it.
    Like(&'a str, &'a str),
    /// Anything.
    Any,
}

/// Names that code mentions: attributes, words in text.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentions<'a> {
    names: BTreeSet<&'a str>,
    like: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Mentions<'a> {
    pub(super) fn name(&mut self, name: &'a str) {
        self.names.insert(name);
    }

    /// Text is a name as a whole, and each of its words may be one (`df.query('gap > 2')`).
    pub(super) fn text(&mut self, text: &'a str) {
        self.names.insert(text);
        let is_part = |char: char| char.is_alphanumeric() || char == '_';
        if !text.chars().all(is_part) {
            self.names.extend(text.split(|char| !is_part(char)).filter(|word| !word.is_empty()));
        }
    }

    pub(super) fn like(&mut self, before: &'a str, behind: &'a str) {
        self.like.insert((before, behind));
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.names.extend(&other.names);
        self.like.extend(&other.like);
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.names.iter().copied()
    }

    /// Whether what is written there may be read by whoever mentions these names.
    pub(super) fn may_read(&self, field: &Field<'a>) -> bool {
        let fits = |name: &str, before: &str, behind: &str| {
            name.len() >= before.len() + behind.len() && name.starts_with(before) && name.ends_with(behind)
        };
        match field {
            Field::Name(name) => {
                self.names.contains(name)
                    || self
                        .like
                        .iter()
                        .any(|(before, behind)| !(before.is_empty() && behind.is_empty()) && fits(name, before, behind))
            }
            Field::Like(before, behind) => {
                !self.like.is_empty() || self.names.iter().any(|name| fits(name, before, behind))
            }
            Field::Any => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_by_its_name_a_word_or_a_pattern() {
        let mut mentions = Mentions::default();
        mentions.text("gap > 2 and rvol >= 1");
        mentions.like("ema", "");
        assert!(mentions.may_read(&Field::Name("rvol")) && mentions.may_read(&Field::Name("ema20")));
        assert!(mentions.may_read(&Field::Like("g", "p")) && mentions.may_read(&Field::Any));
        assert!(!mentions.may_read(&Field::Name("flag")));
    }
}
