//! Texts in canonical form: what two writers of one thing agree on.
//!
//! An XML document is read as a stream of events into a [sink](read::Sink): names are expanded, attributes sorted, whitespace
//! between elements, comments, instructions, the declaration and `schemaLocation` are gone, and a prefix means its
//! namespace also inside the values of XSL, XSD and WSDL. Nothing is loaded and nothing expanded: a document with
//! an internal subset or an entity of its own is an error. [`digest`] is the sink of fingerprints, [`text`] that of
//! readers, [`tree`] that of the small documents whose parts are looked at one by one.

mod byte;
mod digest;
mod error;
mod names;
mod path;
pub(crate) mod plain;
mod read;
mod text;
mod tree;
mod value;
mod without;

pub(crate) use digest::xml_digest;
pub(crate) use error::XmlError;
pub(crate) use read::root;
pub(crate) use text::xml_text;
pub(crate) use tree::{Element, Tree};
pub(crate) use without::{Keep, xml_without};

#[cfg(test)]
mod other_reader;
#[cfg(test)]
mod tests;
