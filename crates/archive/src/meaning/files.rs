//! The files of an artifact in canonical form, by their digests.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::node::{Node, Value};
use crate::artifact::File;
use crate::canonical::{XmlError, plain, xml_digest};
use crate::entry_names::ends;

/// Files of this many bytes and more are remembered; a smaller one is read faster than it is found.
const REMEMBERED: usize = 4096;

/// How many are remembered.
const ROOM: usize = 64 * 1024;

/// The canonical digests that are known already: exports repeat the same WSDL in many integrations.
#[derive(Debug, Default)]
pub(crate) struct Memo(Mutex<HashMap<[u8; 32], [u8; 32]>>);

impl Memo {
    fn get(&self, raw: &[u8; 32]) -> Option<[u8; 32]> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(raw)
            .copied()
    }

    fn put(&self, raw: [u8; 32], canonical: [u8; 32]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < ROOM {
            known.insert(raw, canonical);
        }
    }
}

/// How a text is written that is compared as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Xml,
    Json,
    Text,
    Bytes,
}

/// The form of a file, by what is in it.
pub(crate) fn form(path: &str, bytes: &[u8]) -> Form {
    let start = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    match start.first() {
        // A notification is no XML because it begins like it.
        Some(b'<') if !ends(path, ".data") && !ends(path, ".html") => Form::Xml,
        Some(b'{' | b'[') if !ends(path, ".data") && !ends(path, ".js") => Form::Json,
        _ if bytes.contains(&0) => Form::Bytes,
        _ => Form::Text,
    }
}

/// Gives the digests of one artifact's files.
#[derive(Debug)]
pub(crate) struct Canonical<'a> {
    memo: &'a Memo,
    flaws: RefCell<Vec<Flaw>>,
}

/// A file that is not what it is called, and why.
pub(crate) type Flaw = (String, String);

impl<'a> Canonical<'a> {
    pub(crate) fn new(memo: &'a Memo) -> Self {
        Self {
            memo,
            flaws: RefCell::default(),
        }
    }

    /// Files that were digested and are XML by their names alone.
    pub(crate) fn into_flaws(self) -> Vec<Flaw> {
        self.flaws.into_inner()
    }

    /// A node that says what a file says.
    pub(crate) fn file(&self, key: String, path: &str, file: &File) -> Node {
        let value = Value::File {
            path: path.to_owned(),
            digest: self.digest(path, file),
        };
        Node::with(key, value)
    }

    fn digest(&self, path: &str, file: &File) -> [u8; 32] {
        let raw = file.sha256().copied().unwrap_or_default();
        let Some(bytes) = file.bytes() else {
            return raw;
        };
        let remembered = bytes.len() >= REMEMBERED;
        if remembered && let Some(known) = self.memo.get(&raw) {
            return known;
        }
        let (digest, flaw) = canonical(path, bytes);
        // A flaw is told of each copy, so what has one is not remembered.
        if remembered && flaw.is_none() {
            self.memo.put(raw, digest);
        }
        if let Some(flaw) = flaw.filter(|_| is_xml(path)) {
            let mut flaws = self.flaws.borrow_mut();
            flaws.push((path.to_owned(), flaw.to_string()));
        }
        digest
    }
}

/// What cannot be read as what it seems to be is a text, and what is no text means its bytes.
fn canonical(path: &str, bytes: &[u8]) -> ([u8; 32], Option<XmlError>) {
    let form = form(path, bytes);
    let mut flaw = None;
    if form == Form::Xml {
        match xml_digest(bytes) {
            Ok(digest) => return (digest, None),
            Err(error) => flaw = Some(error),
        }
    }
    let text = match form {
        Form::Bytes => None,
        Form::Json => plain::json(bytes).or_else(|| plain::text(bytes)),
        Form::Xml | Form::Text => plain::text(bytes),
    };
    let digest = text.map_or_else(|| Sha256::digest(bytes), Sha256::digest);
    (digest.into(), flaw)
}

/// Whether a file is XML by its name.
fn is_xml(path: &str) -> bool {
    const ENDINGS: [&str; 6] = [".xml", ".xsd", ".wsdl", ".xsl", ".xslt", ".jca"];
    ENDINGS.iter().any(|ending| ends(path, ending))
}
