//! Which prefix means which namespace, and which number a namespace has.

use std::borrow::Cow;
use std::collections::HashMap;

use super::error::XmlError;

/// Far more than any document declares; a lookup goes through them one by one.
const MAX_PREFIXES: usize = 4096;

/// What the attributes of a namespace's elements may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vocabulary {
    Xsl,
    Schema,
    Mapper,
    Other,
}

struct Uri {
    vocabulary: Vocabulary,
    /// Its number in the order of first use, which does not depend on where it was declared.
    number: Option<u32>,
}

/// A namespace of the document at hand; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ns(pub(super) usize);

impl Ns {
    pub(super) const NONE: Self = Self(0);
    pub(super) const XML: Self = Self(1);
}

/// The namespaces of one document.
pub(super) struct Names<'i> {
    known: HashMap<Cow<'i, str>, usize>,
    uris: Vec<(Cow<'i, str>, Uri)>,
    scope: Vec<(&'i str, Ns)>,
    used: u32,
}

impl<'i> Names<'i> {
    pub(super) fn new() -> Self {
        let mut names = Self {
            known: HashMap::new(),
            uris: Vec::new(),
            scope: Vec::new(),
            used: 0,
        };
        names.intern(Cow::Borrowed(""));
        names.intern(Cow::Borrowed("http://www.w3.org/XML/1998/namespace"));
        names
    }

    fn intern(&mut self, uri: Cow<'i, str>) -> Ns {
        if let Some(at) = self.known.get(&uri) {
            return Ns(*at);
        }
        let at = self.uris.len();
        let vocabulary = vocabulary(&uri);
        self.known.insert(uri.clone(), at);
        self.uris.push((
            uri,
            Uri {
                vocabulary,
                number: None,
            },
        ));
        Ns(at)
    }

    pub(super) fn declare(&mut self, prefix: &'i str, uri: Cow<'i, str>) -> Result<(), XmlError> {
        if self.scope.len() >= MAX_PREFIXES {
            return Err(XmlError::Limit {
                what: "prefixes in scope",
                limit: MAX_PREFIXES,
            });
        }
        let ns = self.intern(uri);
        self.scope.push((prefix, ns));
        Ok(())
    }

    pub(super) fn depth(&self) -> usize {
        self.scope.len()
    }

    pub(super) fn leave(&mut self, depth: usize) {
        self.scope.truncate(depth);
    }

    /// What a prefix means here; the empty one is the default namespace.
    pub(super) fn find(&self, prefix: &str) -> Option<Ns> {
        // Writers number their prefixes: the last letter tells most of them apart.
        let last = prefix.as_bytes().last();
        let is_it = |known: &str| known.as_bytes().last() == last && known == prefix;
        let found = self.scope.iter().rev().find(|(known, _)| is_it(known));
        match (found, prefix) {
            (Some((_, ns)), _) => Some(*ns),
            (None, "") => Some(Ns::NONE),
            (None, "xml") => Some(Ns::XML),
            (None, _) => None,
        }
    }

    pub(super) fn uri(&self, ns: Ns) -> &str {
        self.uris.get(ns.0).map_or("", |(uri, _)| uri)
    }

    pub(super) fn vocabulary(&self, ns: Ns) -> Vocabulary {
        self.uris
            .get(ns.0)
            .map_or(Vocabulary::Other, |(_, known)| known.vocabulary)
    }

    /// The namespace's number, and whether this is its first use. No namespace is number 0.
    pub(super) fn number(&mut self, ns: Ns) -> (u32, bool) {
        if ns == Ns::NONE {
            return (0, false);
        }
        let Some((_, known)) = self.uris.get_mut(ns.0) else {
            return (0, false);
        };
        if let Some(number) = known.number {
            return (number, false);
        }
        self.used += 1;
        known.number = Some(self.used);
        (self.used, true)
    }
}

fn vocabulary(uri: &str) -> Vocabulary {
    match uri {
        "http://www.w3.org/1999/XSL/Transform" => Vocabulary::Xsl,
        "http://www.oracle.com/xsl/mapper/schemas" => Vocabulary::Mapper,
        "http://www.w3.org/2001/XMLSchema"
        | "http://docs.oasis-open.org/wsbpel/2.0/plnktype"
        | "http://schemas.xmlsoap.org/ws/2003/05/partner-link/" => Vocabulary::Schema,
        _ if uri.starts_with("http://schemas.xmlsoap.org/wsdl/") => Vocabulary::Schema,
        _ => Vocabulary::Other,
    }
}
