//! A document in canonical form without some of its elements and texts.

use std::borrow::Cow;

use super::error::XmlError;
use super::read::{Sink, read};
use super::text::TextSink;

/// Decides what stays of a document.
pub(crate) trait Keep {
    /// Whether the element stays that the path leads to, from the root in, by local names.
    fn element(&self, path: &[String]) -> bool;
    /// What stays of a text.
    fn text<'t>(&self, path: &[String], text: &'t str) -> Cow<'t, str>;
}

/// The canonical form of what stays of a document, as text.
pub(crate) fn xml_without(bytes: &[u8], keep: &impl Keep) -> Result<String, XmlError> {
    let mut sink = Without {
        inner: TextSink::default(),
        keep,
        path: Vec::new(),
        left_out: 0,
    };
    read(bytes, &mut sink)?;
    Ok(sink.inner.finish())
}

struct Without<'k, K> {
    inner: TextSink,
    keep: &'k K,
    path: Vec<String>,
    /// How many open elements are left out.
    left_out: usize,
}

impl<K: Keep> Sink for Without<'_, K> {
    fn namespace(&mut self, number: u32, uri: &str) {
        self.inner.namespace(number, uri);
    }

    fn start(&mut self, ns: u32, local: &str) {
        self.path.push(local.to_owned());
        if self.left_out > 0 || !self.keep.element(&self.path) {
            self.left_out += 1;
        } else {
            self.inner.start(ns, local);
        }
    }

    fn attribute(&mut self, ns: u32, local: &str, value: &str) {
        if self.left_out == 0 {
            self.inner.attribute(ns, local, value);
        }
    }

    fn text(&mut self, text: &str) {
        if self.left_out == 0 {
            let text = self.keep.text(&self.path, text);
            if !text.is_empty() {
                self.inner.text(&text);
            }
        }
    }

    fn end(&mut self) {
        self.path.pop();
        if self.left_out > 0 {
            self.left_out -= 1;
        } else {
            self.inner.end();
        }
    }
}
