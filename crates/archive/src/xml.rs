//! XML of unknown origin: nothing is loaded, nothing is expanded.
//!
//! A plain DOCTYPE is skipped, because each file that Java's `storeToXML` wrote begins with one. One that declares
//! anything is an error, and so is any entity but the five of XML itself.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

/// Elements inside elements; the deepest real file has 34.
const DEPTH: usize = 256;
/// Elements of a tree that is kept in memory.
const ELEMENTS: usize = 200_000;

/// A piece of a document, in its order.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    /// An element begins: its namespace, its local name, and its attributes.
    Start(&'a str, &'a str, Attributes<'a>),
    /// The innermost element ends.
    End,
    /// Text, references resolved; text may come in several pieces.
    Text(&'a str),
}

/// The attributes of one element, namespace declarations left out.
#[derive(Debug)]
pub(crate) struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// The value of an attribute, by its local name.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.all().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// All local names and values. What cannot be read was an error before.
    pub(crate) fn all(&self) -> impl Iterator<Item = (String, String)> {
        self.0.attributes().flatten().filter_map(|attribute| {
            let name = attribute.key;
            if name.as_namespace_binding().is_some() {
                return None;
            }
            let value = attribute.unescape_value().ok()?;
            Some((name.local_name().as_ref().to_owned(), value.into_owned()))
        })
    }
}

/// Reads a document to its end, piece by piece.
///
/// # Errors
/// Why it is not well formed, or not to be read, in a lowercase fragment.
pub(crate) fn read(
    bytes: &[u8],
    see: &mut dyn FnMut(&Piece<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let text = decoded(bytes)?;
    let mut reader = NsReader::from_str(&text);
    let mut depth = 0_usize;
    let mut roots = 0_usize;
    loop {
        let (namespace, event) = reader
            .read_resolved_event()
            .map_err(|error| format!("not well-formed XML: {error}"))?;
        let event = match event {
            Event::Empty(start) => {
                begin(&start, &namespace, depth, &mut roots, see)?;
                see(&Piece::End)?;
                continue;
            }
            other => other,
        };
        match event {
            Event::Start(start) => {
                begin(&start, &namespace, depth, &mut roots, see)?;
                depth += 1;
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                see(&Piece::End)?;
            }
            Event::Text(text) if depth > 0 => see(&Piece::Text(&text.xml10_content()))?,
            Event::CData(text) if depth > 0 => see(&Piece::Text(&text.xml10_content()))?,
            Event::Text(text) if text.trim().is_empty() => {}
            Event::Text(_) | Event::CData(_) => {
                return Err("not well-formed XML: text outside the root element".to_owned());
            }
            Event::GeneralRef(reference) => {
                let c = resolved(&reference)?;
                see(&Piece::Text(c.encode_utf8(&mut [0; 4])))?;
            }
            Event::DocType(doctype) if doctype.contains('[') => {
                return Err("its DOCTYPE declares something, which is not read".to_owned());
            }
            Event::Eof if depth > 0 || roots != 1 => {
                return Err("not well-formed XML: it does not have one whole root element".into());
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn begin(
    start: &BytesStart<'_>,
    namespace: &ResolveResult<'_>,
    depth: usize,
    roots: &mut usize,
    see: &mut dyn FnMut(&Piece<'_>) -> Result<(), String>,
) -> Result<(), String> {
    if depth >= DEPTH {
        return Err(format!(
            "XML deeper than the limit of {DEPTH} elements in each other"
        ));
    }
    if depth == 0 {
        *roots += 1;
    }
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("not well-formed XML: {error}"))?;
        attribute
            .unescape_value()
            .map_err(|error| format!("not well-formed XML: {error}"))?;
    }
    let namespace = match namespace {
        ResolveResult::Bound(namespace) => namespace.as_ref(),
        ResolveResult::Unbound => "",
        ResolveResult::Unknown(prefix) => {
            return Err(format!("not well-formed XML: nobody declares the prefix {prefix}"));
        }
    };
    let name = start.local_name();
    see(&Piece::Start(namespace, name.as_ref(), Attributes(start)))
}

fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> Result<char, String> {
    let c = reference
        .resolve_char_ref()
        .map_err(|error| format!("not well-formed XML: {error}"))?;
    if let Some(c) = c {
        return Ok(c);
    }
    let name: &str = reference;
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err("it refers to an entity, which is not expanded".to_owned()),
    }
}

/// The text of a document: UTF-8 with or without a mark, or the Latin alphabet where it says so.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let head = bytes.get(..bytes.len().min(100)).unwrap_or_default();
    let head = head.to_ascii_lowercase();
    if memchr::memmem::find(&head, b"iso-8859-1").is_some() {
        return Ok(bytes.iter().map(|byte| char::from(*byte)).collect());
    }
    Err("its text is not UTF-8".to_owned())
}

/// Namespace and local name of the root element; `None` for what does not begin as XML does.
pub(crate) fn root(bytes: &[u8]) -> Option<(String, String)> {
    let head = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if !head.trim_ascii_start().starts_with(b"<") {
        return None;
    }
    let mut found = None;
    // The error only ends the reading at the first element.
    let _ended = read(bytes, &mut |piece| match piece {
        Piece::Start(namespace, name, _) => {
            found = Some(((*namespace).to_owned(), (*name).to_owned()));
            Err(String::new())
        }
        _ => Ok(()),
    });
    found
}

/// An element of a small document.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// All its text, in one piece.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The attribute of this local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The first child of this local name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of this local name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The trimmed text of the first child of this local name, empty where there is none.
    pub(crate) fn told(&self, name: &str) -> String {
        let child = self.child(name);
        child.map(|c| c.text.trim().to_owned()).unwrap_or_default()
    }
}

/// Reads a small document into a tree.
///
/// # Errors
/// As [`read`], and for one of very many elements.
pub(crate) fn tree(bytes: &[u8]) -> Result<Element, String> {
    let mut open: Vec<Element> = vec![Element::default()];
    let mut count = 0;
    read(bytes, &mut |piece| {
        match piece {
            Piece::Start(_, name, attributes) => {
                count += 1;
                if count > ELEMENTS {
                    return Err(format!("XML of more than {ELEMENTS} elements"));
                }
                open.push(Element {
                    name: (*name).to_owned(),
                    attributes: attributes.all().collect(),
                    ..Element::default()
                });
            }
            Piece::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(text);
                }
            }
            Piece::End => {
                if let Some(element) = open.pop()
                    && let Some(parent) = open.last_mut()
                {
                    parent.children.push(element);
                }
            }
        }
        Ok(())
    })?;
    let root = open.pop().and_then(|mut document| document.children.pop());
    root.ok_or_else(|| "not well-formed XML: no root element".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(document: &str) -> String {
        tree(document.as_bytes()).expect_err(document)
    }

    #[test]
    fn names_are_expanded_and_references_resolved() {
        let document = b"\xEF\xBB\xBF<?xml version='1.0'?><!-- x --><p:a xmlns:p='urn:p' p:b='1&lt;2'>\
            x &amp; <![CDATA[<y>]]>&#65;<c/></p:a>";
        assert_eq!(root(document), Some(("urn:p".into(), "a".into())));
        let tree = tree(document).unwrap();
        assert_eq!(tree.attribute("b"), Some("1<2"));
        assert_eq!(tree.text.trim(), "x & <y>A");
        assert_eq!(tree.children.len(), 1);
    }

    #[test]
    fn a_plain_doctype_is_skipped_and_no_other() {
        let java = "<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\"><a/>";
        assert!(tree(java.as_bytes()).is_ok());
        let laughs = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>";
        assert!(refused(laughs).contains("DOCTYPE"));
        let outside = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>&x;</a>";
        assert!(refused(outside).contains("entity"));
        assert!(refused("<a b='&x;'/>").contains("XML"));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = |n: usize| "<a>".repeat(n) + &"</a>".repeat(n);
        assert!(tree(deep(DEPTH).as_bytes()).is_ok());
        assert!(refused(&deep(DEPTH + 1)).contains("deeper"));
        assert!(refused(&"<a>".repeat(100_000)).contains("deeper"));
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for document in ["", "x", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "<p:a/>", "<a b=1/>", "<a b='1' b='2'/>"] {
            assert!(!refused(document).is_empty());
        }
    }

    #[test]
    fn encodings() {
        assert!(tree(b"<a>\xE9</a>").is_err());
        let latin = tree(b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>").unwrap();
        assert_eq!(latin.text, "\u{e9}");
        assert!(tree(b"\xFF\xFE<\0a\0/\0>\0").is_err());
    }
}
