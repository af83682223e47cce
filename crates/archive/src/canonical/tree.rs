//! A small document as a tree in one arena: every string of it lies in one buffer.

use std::ops::Range;

use super::error::XmlError;
use super::read::{Sink, read};

/// A document whose elements are looked at one by one.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    strings: String,
    /// By number, from 1: the namespaces that are not the product's.
    foreign: Vec<Option<String>>,
    nodes: Vec<Node>,
    attributes: Vec<(Range<usize>, Range<usize>)>,
    open: Vec<usize>,
}

#[derive(Debug)]
struct Node {
    local: Range<usize>,
    attributes: Range<usize>,
    text: Range<usize>,
    /// The first node behind this one that is no descendant of it.
    next: usize,
}

/// One element of a [`Tree`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'t> {
    tree: &'t Tree,
    at: usize,
}

impl Tree {
    /// Reads a document.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, XmlError> {
        let mut tree = Self {
            strings: String::with_capacity(bytes.len() / 2),
            ..Self::default()
        };
        read(bytes, &mut tree)?;
        Ok(tree)
    }

    /// The root element.
    pub(crate) fn root(&self) -> Element<'_> {
        Element { tree: self, at: 0 }
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let from = self.strings.len();
        self.strings.push_str(text);
        from..self.strings.len()
    }

    fn string(&self, range: &Range<usize>) -> &str {
        self.strings.get(range.clone()).unwrap_or_default()
    }

    /// A name of the product's own vocabularies is a local one, since no two of them share a name; any other has its
    /// namespace before it, so that no rule takes it for one that it knows.
    fn keep_name(&mut self, ns: u32, local: &str) -> Range<usize> {
        let at = usize::try_from(ns).ok().and_then(|ns| ns.checked_sub(1));
        let foreign = at
            .and_then(|at| self.foreign.get(at))
            .and_then(Option::as_ref);
        match foreign.map(|uri| format!("{{{uri}}}{local}")) {
            Some(name) => self.keep(&name),
            None => self.keep(local),
        }
    }
}

impl Sink for Tree {
    fn namespace(&mut self, _number: u32, uri: &str) {
        const OWN: [&str; 3] = [
            "http://www.oracle.com/2014/03/ic",
            "http://xmlns.oracle.com/",
            "http://platform.integration.oracle/",
        ];
        let own = OWN.iter().any(|start| uri.starts_with(start));
        self.foreign.push((!own).then(|| uri.to_owned()));
    }

    fn start(&mut self, ns: u32, local: &str) {
        let local = self.keep_name(ns, local);
        let at = self.attributes.len();
        self.open.push(self.nodes.len());
        self.nodes.push(Node {
            local,
            attributes: at..at,
            text: 0..0,
            next: 0,
        });
    }

    fn attribute(&mut self, ns: u32, local: &str, value: &str) {
        let local = self.keep_name(ns, local);
        let value = self.keep(value);
        self.attributes.push((local, value));
        let end = self.attributes.len();
        if let Some(node) = self.nodes.last_mut() {
            node.attributes.end = end;
        }
    }

    fn text(&mut self, text: &str) {
        let Some(at) = self.open.last().copied() else {
            return;
        };
        // Text behind a child goes on where the text before it ended; the buffer holds both.
        let earlier = self
            .nodes
            .get(at)
            .map(|node| self.string(&node.text).to_owned())
            .unwrap_or_default();
        let range = if earlier.is_empty() {
            self.keep(text)
        } else {
            self.keep(&(earlier + text))
        };
        if let Some(node) = self.nodes.get_mut(at) {
            node.text = range;
        }
    }

    fn end(&mut self) {
        let next = self.nodes.len();
        if let Some(node) = self.open.pop().and_then(|at| self.nodes.get_mut(at)) {
            node.next = next;
        }
    }
}

impl<'t> Element<'t> {
    fn node(&self) -> Option<&'t Node> {
        self.tree.nodes.get(self.at)
    }

    /// The name; with its namespace before it where that is not the product's.
    pub(crate) fn name(&self) -> &'t str {
        self.node().map_or("", |node| self.tree.string(&node.local))
    }

    /// The text directly in it, without the whitespace around it.
    pub(crate) fn text(&self) -> &'t str {
        self.node()
            .map_or("", |node| self.tree.string(&node.text))
            .trim()
    }

    /// The text directly in it, as it is.
    pub(crate) fn whole_text(&self) -> &'t str {
        self.node().map_or("", |node| self.tree.string(&node.text))
    }

    /// An attribute by its name; attributes of real artifacts have no namespace.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'t str> {
        self.attributes()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// The attributes, sorted.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'t str, &'t str)> + use<'t> {
        let tree = self.tree;
        let range = self.node().map_or(0..0, |node| node.attributes.clone());
        let attributes = tree.attributes.get(range).unwrap_or_default();
        attributes
            .iter()
            .map(|(local, value)| (tree.string(local), tree.string(value)))
    }

    /// The elements directly in it.
    pub(crate) fn children(&self) -> impl Iterator<Item = Self> + use<'t> {
        let tree = self.tree;
        let end = self.node().map_or(0, |node| node.next);
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let child = Self { tree, at };
            at = child.node()?.next.max(at + 1);
            Some(child)
        })
    }

    /// The elements of one name directly in it.
    pub(crate) fn all(&self, name: &'static str) -> impl Iterator<Item = Self> + use<'t> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The first element of one name directly in it.
    pub(crate) fn child(&self, name: &'static str) -> Option<Self> {
        self.all(name).next()
    }

    /// The text of the first element of one name directly in it; empty where there is none.
    pub(crate) fn child_text(&self, name: &'static str) -> &'t str {
        self.child(name).map_or("", |child| child.text())
    }
}
