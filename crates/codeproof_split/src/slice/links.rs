//! From which name of a scope one comes to what another name stands for: from a dict to what it holds, and back only when
//! somebody may have taken that out of it.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;

/// Names, and the names of what they may be or hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Links<'a> {
    to: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Names by what holds what they stand for.
    held: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Names whose parts somebody may have got hold of; what they hold leads to them.
    opened: BTreeSet<&'a str>,
}

impl<'a> Links<'a> {
    /// What a statement binds and puts into others.
    pub(super) fn add(&mut self, facts: &Facts<'a>) {
        self.opened.extend(&facts.opened);
        for (one, other) in &facts.same {
            if facts.holds.contains(&(*one, *other)) {
                self.to.entry(one).or_default().insert(other);
                self.held.entry(other).or_default().insert(one);
            } else {
                self.join(one, other);
            }
        }
    }

    /// Two names of one object, or of a part of it.
    pub(super) fn join(&mut self, one: &'a str, other: &'a str) {
        self.to.entry(one).or_default().insert(other);
        self.to.entry(other).or_default().insert(one);
    }

    /// Whether a change of what one name stands for can be seen through another one.
    pub(super) fn lead(&self, from: &'a str, to: &str) -> bool {
        let mut seen = BTreeSet::from([from]);
        let mut waiting = vec![from];
        while let Some(name) = waiting.pop() {
            if name == to {
                return true;
            }
            let holders = self.held.get(name).into_iter().flatten().filter(|holder| self.opened.contains(*holder));
            waiting.extend(self.to.get(name).into_iter().flatten().chain(holders).filter(|next| seen.insert(next)));
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts;
    use super::*;

    #[track_caller]
    fn check(text: &str, from: &str, to: &str, expected: bool) {
        let read = codeproof_python::read(text.as_bytes()).expect("the text is Python");
        let mut links = Links::default();
        for statement in &read.parsed.syntax().body {
            links.add(&facts::of_header(statement, &facts::Removed::default()));
        }
        assert_eq!(links.lead(from, to), expected, "{from} to {to}");
    }

    #[test]
    fn one_comes_from_a_holder_to_its_parts_and_not_back() {
        let text = "row = {'symbol': symbol, 'why': why}\ndf['ticker'] = symbol\n";
        check(text, "row", "why", true);
        check(text, "symbol", "why", false);
        check(text, "symbol", "df", false);
        let again = format!("{text}again = df\n");
        check(&again, "again", "symbol", true);
        check(&again, "df", "again", true);
        let taken = format!("{text}first = row['why']\n");
        check(&taken, "why", "first", true);
        check(&taken, "symbol", "why", true);
    }
}
