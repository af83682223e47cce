//! The values of attributes: references, and names with prefixes.

use std::borrow::Cow;

use super::byte::{BREAK, COLON, REFERENCE, class};
use super::error::XmlError;
use super::names::{Names, Ns, Vocabulary};

/// Stands before the number of a namespace inside a value.
pub(crate) const NAMESPACE: char = '\u{6}';

/// Stands between the number of a namespace and the local name inside a value.
pub(crate) const LOCAL: char = '\u{7}';

/// What a value is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Just text.
    Text,
    /// A place inside the artifact whose folders are numbered; the last name of it counts.
    Location,
    /// Names with prefixes may stand anywhere in it: an expression, or one name.
    Expression,
    /// Names, of which one without a prefix is in the default namespace.
    Names,
}

/// How an attribute is read; `None` where it says nothing.
pub(super) fn meaning(
    ns: Ns,
    local: &str,
    names: &Names<'_>,
    element: Vocabulary,
    stylesheet: bool,
) -> Option<Meaning> {
    if ns != Ns::NONE {
        return match (local, names.uri(ns)) {
            (
                "schemaLocation" | "noNamespaceSchemaLocation",
                "http://www.w3.org/2001/XMLSchema-instance",
            )
            | ("ignorexmlids", "http://www.oracle.com/XSL/Transform/java") => None,
            ("type", "http://www.w3.org/2001/XMLSchema-instance") => Some(Meaning::Names),
            // The mapper numbers every element of a map.
            ("id", _) if stylesheet && ns == Ns::XML => None,
            ("arrayType", _) => Some(Meaning::Expression),
            _ if stylesheet => Some(Meaning::Expression),
            _ => Some(Meaning::Text),
        };
    }
    match (element, local) {
        (Vocabulary::Mapper, "location") => Some(Meaning::Location),
        (Vocabulary::Mapper, _) => Some(Meaning::Text),
        (Vocabulary::Xsl, "exclude-result-prefixes") | (Vocabulary::Schema, "schemaLocation") => {
            None
        }
        (
            Vocabulary::Schema,
            "type" | "base" | "ref" | "element" | "message" | "binding" | "itemType"
            | "memberTypes" | "substitutionGroup" | "refer",
        ) => Some(Meaning::Names),
        (Vocabulary::Schema, "name" | "xpath" | "portType" | "role") => Some(Meaning::Expression),
        _ if stylesheet => Some(Meaning::Expression),
        _ => Some(Meaning::Text),
    }
}

/// What a value has to be looked through for, seen in one look at it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holds(u8);

impl Holds {
    pub(super) fn of(raw: &str) -> Self {
        Self(raw.bytes().fold(0, |seen, byte| seen | class(byte)))
    }

    pub(super) fn references(self) -> bool {
        self.0 & REFERENCE != 0
    }

    pub(super) fn colons(self) -> bool {
        self.0 & COLON != 0
    }

    /// Whether it means what it says, letter by letter.
    pub(super) fn is_plain(self) -> bool {
        self.0 & (REFERENCE | BREAK) == 0
    }
}

/// The character that a reference stands for: one of the five that XML defines, or one by its number.
pub(super) fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
                .filter(|found| *found >= ' ' || matches!(found, '\t' | '\n' | '\r'))
        }
    }
}

/// Whether all references in a value are ones that XML defines.
pub(super) fn check(raw: &str) -> Result<(), XmlError> {
    let mut rest = raw;
    while let Some((_, after)) = rest.split_once('&') {
        let (name, next) = after.split_once(';').ok_or(XmlError::Entities)?;
        reference(name).ok_or(XmlError::Entities)?;
        rest = next;
    }
    Ok(())
}

/// A checked value with its references replaced and its whitespace as spaces.
pub(super) fn unescaped(raw: &str) -> Cow<'_, str> {
    if Holds::of(raw).is_plain() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        text.push_str(before);
        let after = from.strip_prefix('&');
        if let Some((name, next)) = after.and_then(|after| after.split_once(';')) {
            text.extend(reference(name));
            rest = next;
        } else {
            text.push(' ');
            let next = from.strip_prefix("\r\n").or_else(|| from.get(1..));
            rest = next.unwrap_or_default();
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// A text with CR LF and CR as LF.
pub(super) fn unix_lines(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Writes a value with each prefix that means something here replaced by its namespace.
pub(super) fn expand(
    text: &str,
    meaning: Meaning,
    out: &mut String,
    mut find: impl FnMut(&str) -> Option<u32>,
) {
    match meaning {
        Meaning::Text => out.push_str(text),
        Meaning::Location => out.push_str(text.rsplit_once('/').map_or(text, |(_, name)| name)),
        Meaning::Expression => expression(text, out, &mut find),
        Meaning::Names => {
            for (at, name) in text.split_ascii_whitespace().enumerate() {
                if at > 0 {
                    out.push(' ');
                }
                if name.contains(':') {
                    expression(name, out, &mut find);
                } else {
                    if let Some(number) = find("").filter(|number| *number > 0) {
                        mark(out, number);
                    }
                    out.push_str(name);
                }
            }
        }
    }
}

fn mark(out: &mut String, number: u32) {
    out.push(NAMESPACE);
    decimal(out, number);
    out.push(LOCAL);
}

fn decimal(out: &mut String, number: u32) {
    if number > 9 {
        decimal(out, number / 10);
    }
    out.extend(char::from_digit(number % 10, 10));
}

/// A prefix is a name before a single colon that a name or `*` follows; what stands in quotes is text.
fn expression(text: &str, out: &mut String, find: &mut impl FnMut(&str) -> Option<u32>) {
    let bytes = text.as_bytes();
    let behind = |at: usize| bytes.get(at..).unwrap_or_default();
    let mut written = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b':', b'\'', b'"', behind(at)) {
        let here = at + found;
        at = here + 1;
        match bytes.get(here) {
            Some(b':') => {
                let follows = |next: &u8| is_name_start(*next) || *next == b'*';
                // Of `axis::name` neither colon has a name on both sides.
                let prefix = bytes
                    .get(at)
                    .filter(|next| follows(next))
                    .and_then(|_| name_before(text, here));
                if let Some((prefix, number)) = prefix.and_then(|it| Some((it, find(it)?))) {
                    let from = here - prefix.len();
                    out.push_str(text.get(written..from).unwrap_or_default());
                    mark(out, number);
                    written = at;
                }
            }
            Some(quote) => {
                at = memchr::memchr(*quote, behind(at)).map_or(bytes.len(), |end| at + end + 1);
            }
            None => {}
        }
    }
    out.push_str(text.get(written..).unwrap_or_default());
}

/// The name that ends at a place.
fn name_before(text: &str, end: usize) -> Option<&str> {
    let before = text.as_bytes().get(..end)?;
    let length = before.iter().rev().take_while(|it| is_name(**it)).count();
    let run = before.get(end - length..)?;
    let skipped = run.iter().position(|it| is_name_start(*it))?;
    text.get(end - length + skipped..end)
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
}
