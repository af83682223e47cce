//! Two meanings, and what is different between them, in words.

mod lines;
mod sets;
mod steps;
mod table;

pub(crate) use lines::lines;
pub(crate) use sets::{Key, pairs, told};

use ferry_core::model::difference::Files;
use ferry_core::model::{Change, Difference, Section};

use crate::meaning::{Meaning, Node, Value};

/// What is different between two meanings; nothing where their fingerprints are equal.
pub(crate) fn compare(before: &Meaning, after: &Meaning) -> Vec<Difference> {
    let mut all = Vec::new();
    let sections = [
        (Section::Content, &before.content, &after.content),
        (Section::State, &before.state, &after.state),
        (Section::Unknown, &before.unknown, &after.unknown),
    ];
    for (section, before, after) in sections {
        let mut walk = Walk {
            section,
            path: Vec::new(),
            found: Vec::new(),
            steps: Vec::new(),
        };
        walk.pair(before, after);
        walk.join_moved();
        all.append(&mut walk.found);
    }
    all
}

struct Walk {
    section: Section,
    path: Vec<String>,
    found: Vec<Difference>,
    /// The steps that came or went, by their place among what was found.
    steps: Vec<(usize, [u8; 32])>,
}

impl Walk {
    fn pair(&mut self, before: &Node, after: &Node) {
        if before.hash() == after.hash() {
            return;
        }
        let found = self.found.len();
        if before.name != after.name {
            self.push(Change::Renamed, before.name.clone(), after.name.clone());
        }
        self.values(before, after);
        self.parts(&before.parts, &after.parts);
        steps::compare(self, &before.steps, &after.steps);
        // Whatever was not put into words is a difference all the same.
        if self.found.len() == found {
            self.push(Change::Changed, None, None);
        }
    }

    fn values(&mut self, before: &Node, after: &Node) {
        match (&before.value, &after.value) {
            (Value::Table(before), Value::Table(after)) => table::compare(self, before, after),
            (
                Value::File { path, digest },
                Value::File {
                    path: after,
                    digest: other,
                },
            ) => {
                if digest != other {
                    let files = Files {
                        before: path.clone(),
                        after: after.clone(),
                    };
                    self.push(Change::Changed, None, None);
                    if let Some(last) = self.found.last_mut() {
                        last.files = Some(files);
                    }
                }
            }
            (a, b) if a.means() == b.means() => {}
            _ => self.push(Change::Changed, shown(before), shown(after)),
        }
    }

    /// Parts are sorted by their keys; of several with one key the equal ones are no difference.
    fn parts(&mut self, before: &[Node], after: &[Node]) {
        let (mut before, mut after) = (before, after);
        loop {
            let key = match (before.first(), after.first()) {
                (None, None) => return,
                (Some(a), Some(b)) => a.key.as_ref().min(b.key.as_ref()),
                (Some(only), None) | (None, Some(only)) => only.key.as_ref(),
            };
            let a = take(&mut before, key);
            let b = take(&mut after, key);
            let (left, right) = without_equal(a, b);
            for at in 0..left.len().max(right.len()) {
                match (left.get(at), right.get(at)) {
                    (Some(a), Some(b)) => self.within(b.called(), |walk| walk.pair(a, b)),
                    (Some(a), None) => self.within(a.called(), |walk| {
                        walk.push(Change::Removed, shown(a), None);
                    }),
                    (None, Some(b)) => self.within(b.called(), |walk| {
                        walk.push(Change::Added, None, shown(b));
                    }),
                    (None, None) => {}
                }
            }
        }
    }

    fn within(&mut self, step: String, inner: impl FnOnce(&mut Self)) {
        self.path.push(step);
        inner(self);
        self.path.pop();
    }

    fn push(&mut self, change: Change, before: Option<String>, after: Option<String>) {
        self.found.push(Difference {
            section: self.section,
            path: self.path.clone(),
            change,
            before,
            after,
            files: None,
        });
    }

    /// A step that went here and came there was moved.
    fn join_moved(&mut self) {
        let gone: Vec<_> = self.of(Change::Removed);
        let mut come = self.of(Change::Added);
        let mut dropped = Vec::new();
        for (from, hash) in gone {
            let Some(at) = come.iter().position(|(_, other)| *other == hash) else {
                continue;
            };
            let (to, _) = come.remove(at);
            let before = self.found.get(from).map(|it| place(&it.path));
            if let Some(moved) = self.found.get_mut(to) {
                moved.change = Change::Moved;
                moved.after = Some(place(&moved.path));
                moved.before = before;
                dropped.push(from);
            }
        }
        dropped.sort_unstable();
        for at in dropped.into_iter().rev() {
            self.found.remove(at);
        }
    }

    fn of(&self, change: Change) -> Vec<(usize, [u8; 32])> {
        let is = |at: &usize| self.found.get(*at).is_some_and(|it| it.change == change);
        self.steps
            .iter()
            .filter(|(at, _)| is(at))
            .copied()
            .collect()
    }
}

/// Where a step stands: in what.
fn place(path: &[String]) -> String {
    match path.split_last() {
        Some((_, [])) | None => "in the flow".to_owned(),
        Some((_, outer)) => format!("in {}", outer.join(" › ")),
    }
}

fn take<'n>(nodes: &mut &'n [Node], key: &str) -> &'n [Node] {
    let count = nodes.iter().take_while(|node| node.key == key).count();
    let (taken, rest) = nodes.split_at_checked(count).unwrap_or((nodes, &[]));
    *nodes = rest;
    taken
}

/// Both lists are sorted by hash.
fn without_equal<'n>(before: &'n [Node], after: &'n [Node]) -> (Vec<&'n Node>, Vec<&'n Node>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let (mut a, mut b) = (before.iter().peekable(), after.iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x.hash() == y.hash() => {
                a.next();
                b.next();
            }
            (Some(x), Some(y)) if x.hash() < y.hash() => left.extend(a.next()),
            (_, Some(_)) => right.extend(b.next()),
            (Some(_), None) => left.extend(a.next()),
            (None, None) => return (left, right),
        }
    }
}

/// The value for whoever reads; one that may be a secret only says that it is there.
fn shown(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text { shown, .. } => Some(shown.clone()),
        Value::Secret(_) => Some("(hidden)".to_owned()),
        Value::None | Value::File { .. } | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests;
