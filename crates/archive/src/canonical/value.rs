//! The values of attributes: references, and names with prefixes.

use std::borrow::Cow;

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
    /// Names with prefixes may stand anywhere in it: an XPath expression, or one name.
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
            ) => None,
            ("type", "http://www.w3.org/2001/XMLSchema-instance") => Some(Meaning::Names),
            ("ignorexmlids", "http://www.oracle.com/XSL/Transform/java") => None,
            // The mapper numbers every element of a map.
            ("id", _) if stylesheet && ns == Ns::XML => None,
            _ if stylesheet => Some(Meaning::Expression),
            ("arrayType", _) => Some(Meaning::Expression),
            _ => Some(Meaning::Text),
        };
    }
    match (element, local) {
        (Vocabulary::Mapper, "location") => Some(Meaning::Location),
        (Vocabulary::Mapper, _) => Some(Meaning::Text),
        (Vocabulary::Xsl, "exclude-result-prefixes") => None,
        (Vocabulary::Schema, "schemaLocation") => None,
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

/// Whether a value means what it says, letter by letter.
pub(super) fn is_plain(raw: &str) -> bool {
    !raw.bytes()
        .any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r'))
}

/// Whether a value has to be looked through for names.
pub(super) fn may_hold_names(raw: &str, meaning: Meaning) -> bool {
    match meaning {
        Meaning::Text => false,
        Meaning::Names | Meaning::Location => true,
        Meaning::Expression => raw.contains(':'),
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
    if is_plain(raw) {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        text.push_str(before);
        rest = match from
            .strip_prefix('&')
            .and_then(|after| after.split_once(';'))
        {
            Some((name, next)) => {
                text.extend(reference(name));
                next
            }
            None => {
                text.push(' ');
                from.strip_prefix("\r\n")
                    .or_else(|| from.get(1..))
                    .unwrap_or_default()
            }
        };
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
    out.push_str(&number.to_string());
    out.push(LOCAL);
}

/// A prefix is a name before a single colon that a name or `*` follows; what stands in quotes is text.
fn expression(text: &str, out: &mut String, find: &mut impl FnMut(&str) -> Option<u32>) {
    let bytes = text.as_bytes();
    let mut written = 0;
    let mut at = 0;
    // Where the name that we are in began.
    let mut name: Option<usize> = None;
    let mut quote: Option<u8> = None;
    while let Some(byte) = bytes.get(at).copied() {
        match (quote, byte) {
            (Some(open), _) => {
                if byte == open {
                    quote = None;
                }
            }
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                name = None;
            }
            (None, b':') => {
                let follows = bytes
                    .get(at + 1)
                    .is_some_and(|next| is_name_start(*next) || *next == b'*');
                let prefix = name
                    .take()
                    .filter(|_| follows)
                    .and_then(|from| Some((from, text.get(from..at)?)));
                if let Some((from, number)) =
                    prefix.and_then(|(from, prefix)| Some((from, find(prefix)?)))
                {
                    out.push_str(text.get(written..from).unwrap_or_default());
                    mark(out, number);
                    written = at + 1;
                }
                // `axis::name` has a second colon, which ends no name.
            }
            (None, _) if name.is_some() && is_name(byte) => {}
            (None, _) => name = is_name_start(byte).then_some(at),
        }
        at += 1;
    }
    out.push_str(text.get(written..).unwrap_or_default());
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
}
