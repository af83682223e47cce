//! The small XML documents: looked into as trees, known by their roots.

use crate::canonical::{self, Tree};

/// Tags of a document that is read into a tree. A lookup of 100,000 rows and four columns has fewer.
const TAGS: usize = 2_000_000;

/// Reads a document into a tree.
///
/// # Errors
/// Why it is not read, in a lowercase fragment.
pub(crate) fn tree(bytes: &[u8]) -> Result<Tree, String> {
    if memchr::memchr_iter(b'<', bytes).count() > TAGS {
        return Err(format!("XML of more than the limit of {TAGS} tags"));
    }
    Tree::read(bytes).map_err(|error| format!("XML: {error}"))
}

/// Namespace and local name of the root element; `None` for what does not begin as XML does.
pub(crate) fn root(bytes: &[u8]) -> Option<(String, String)> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if !bytes.trim_ascii_start().starts_with(b"<") {
        return None;
    }
    // What is not UTF-8 further down is found when the document is read.
    canonical::root(bytes.utf8_chunks().next()?.valid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_expanded_names() {
        let document =
            b"\xEF\xBB\xBF<?xml version='1.0'?><!-- x --><p:a xmlns:p='urn:p' p:b='1'>\xFF";
        assert_eq!(root(document), Some(("urn:p".into(), "a".into())));
        assert_eq!(root(b" <a/>"), Some((String::new(), "a".into())));
        for none in ["", "a", "<", "<!-- ", "<!DOCTYPE a [<!ENTITY"] {
            assert_eq!(root(none.as_bytes()), None, "{none}");
        }
    }

    #[test]
    fn nothing_is_declared_and_nothing_goes_deep() {
        let refused = |document: &str| tree(document.as_bytes()).expect_err(document);
        let laughs = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>";
        assert!(refused(laughs).contains("subset"));
        assert!(refused("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>&x;</a>").contains("entity"));
        assert!(refused(&"<a>".repeat(100_000)).contains("limit"));
        assert!(refused(&"<a/>".repeat(TAGS + 1)).contains("limit"));
        let java = "<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\"><a/>";
        assert!(tree(java.as_bytes()).is_ok());
    }
}
