//! The document as a stream of canonical events.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::error::XmlError;
use super::names::{Names, Ns, Vocabulary};
use super::path::without_server_paths;
use super::value::{self, Holds, Meaning};

/// How deep elements may lie; the deepest real document has 34.
pub(crate) const MAX_DEPTH: usize = 256;

/// How many attributes one element may have.
const MAX_ATTRIBUTES: usize = 4096;

/// Takes the events of one document. A namespace is spoken of by its number; 0 is none.
pub(crate) trait Sink {
    /// A namespace is used for the first time.
    fn namespace(&mut self, number: u32, uri: &str);
    /// An element begins.
    fn start(&mut self, ns: u32, local: &str);
    /// An attribute of the element that began last, in the order of expanded names. In the value, a prefix that
    /// means a namespace is [`value::NAMESPACE`], the namespace's number, [`value::LOCAL`].
    fn attribute(&mut self, ns: u32, local: &str, value: &str);
    /// Text between two tags; never only whitespace, unless the document says that it counts.
    fn text(&mut self, text: &str);
    /// The element that began last and did not end ends.
    fn end(&mut self);
}

#[derive(Clone, Copy)]
struct Frame {
    prefixes: usize,
    preserve: bool,
}

/// An attribute as it stands in its tag.
#[derive(Clone, Copy)]
struct Raw<'i> {
    ns: Ns,
    prefix: &'i str,
    local: &'i str,
    value: &'i str,
    holds: Holds,
}

struct Walk<'i, 's, S> {
    sink: &'s mut S,
    names: Names<'i>,
    frames: Vec<Frame>,
    attributes: Vec<Raw<'i>>,
    scratch: String,
    text: Run<'i>,
    stylesheet: bool,
    paths: bool,
    roots: usize,
}

/// Reads a document into a sink.
pub(crate) fn read<S: Sink>(bytes: &[u8], sink: &mut S) -> Result<(), XmlError> {
    let input = checked(bytes)?;
    let mut reader = Reader::from_str(input);
    let mut walk = Walk {
        sink,
        names: Names::new(),
        frames: Vec::new(),
        attributes: Vec::new(),
        scratch: String::new(),
        text: Run::default(),
        stylesheet: false,
        paths: memchr::memmem::find(bytes, b"/itg_").is_some(),
        roots: 0,
    };
    loop {
        let from = position(&reader);
        match reader.read_event()? {
            Event::Start(_) => {
                let tag = input
                    .get(from + 1..position(&reader) - 1)
                    .unwrap_or_default();
                walk.start(tag)?;
            }
            Event::Empty(_) => {
                let tag = input
                    .get(from + 1..position(&reader) - 2)
                    .unwrap_or_default();
                walk.start(tag)?;
                walk.end();
            }
            Event::End(_) => walk.end(),
            Event::Text(text) => walk.text.push(text.into_inner()),
            Event::CData(text) => walk.text.push(text.into_inner()),
            Event::GeneralRef(name) => {
                let mut buffer = [0; 4];
                let character = value::reference(&name).ok_or(XmlError::Entities)?;
                walk.text.push_str(character.encode_utf8(&mut buffer));
            }
            Event::DocType(text) if text.contains('[') => return Err(XmlError::Entities),
            Event::DocType(_) | Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !walk.frames.is_empty() {
        return Err(XmlError::Malformed("the document ends inside an element"));
    }
    if walk.roots != 1 || !walk.text.is_blank() {
        return Err(XmlError::Malformed("not exactly one root element"));
    }
    Ok(())
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// The document as text. Control characters are no part of XML; refusing them here lets sinks use them as marks.
fn checked(bytes: &[u8]) -> Result<&str, XmlError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let clean = bytes.chunks(4096).all(|chunk| {
        let control =
            |byte: &u8| u8::from(*byte < 0x20) & u8::from(!matches!(*byte, b'\t' | b'\n' | b'\r'));
        chunk.iter().fold(0, |any, byte| any | control(byte)) == 0
    });
    if !clean {
        return Err(XmlError::Encoding);
    }
    std::str::from_utf8(bytes).map_err(|_| XmlError::Encoding)
}

impl<'i, S: Sink> Walk<'i, '_, S> {
    fn start(&mut self, tag: &'i str) -> Result<(), XmlError> {
        self.flush();
        if self.frames.len() >= MAX_DEPTH {
            return Err(XmlError::Limit {
                what: "nested elements",
                limit: MAX_DEPTH,
            });
        }
        if self.frames.is_empty() {
            self.roots += 1;
        }
        let prefixes = self.names.depth();
        let end = tag.bytes().position(is_blank).unwrap_or(tag.len());
        let (name, rest) = tag.split_at_checked(end).unwrap_or((tag, ""));
        self.attributes.clear();
        self.take_attributes(rest)?;
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let ns = self
            .names
            .find(prefix)
            .ok_or(XmlError::Malformed("a prefix that is declared nowhere"))?;
        let vocabulary = self.names.vocabulary(ns);
        if self.frames.is_empty() {
            self.stylesheet = vocabulary == Vocabulary::Xsl;
        }
        self.sort_attributes()?;
        let inherited = self.frames.last().is_some_and(|frame| frame.preserve);
        let preserve = match self
            .attributes
            .iter()
            .find(|raw| raw.ns == Ns::XML && raw.local == "space")
        {
            Some(space) => space.value == "preserve",
            None => inherited || (vocabulary == Vocabulary::Xsl && local == "text"),
        };
        let number = number(&mut self.names, self.sink, ns);
        self.sink.start(number, local);
        for at in 0..self.attributes.len() {
            let Some(raw) = self.attributes.get(at).copied() else {
                break;
            };
            self.give(raw, vocabulary);
        }
        self.frames.push(Frame { prefixes, preserve });
        Ok(())
    }

    fn take_attributes(&mut self, rest: &'i str) -> Result<(), XmlError> {
        let mut rest = rest.trim_ascii_start();
        while !rest.is_empty() {
            let (name, value, next) = attribute(rest).ok_or(XmlError::Malformed(
                "an attribute without a name, or without a value in quotes",
            ))?;
            rest = next.trim_ascii_start();
            let holds = Holds::of(value);
            if holds.references() {
                value::check(value)?;
            }
            let (prefix, local) = name.split_once(':').unwrap_or(("", name));
            if prefix == "xmlns" {
                self.names.declare(local, value::unescaped(value))?;
            } else if name == "xmlns" {
                self.names.declare("", value::unescaped(value))?;
            } else if self.attributes.len() >= MAX_ATTRIBUTES {
                return Err(XmlError::Limit {
                    what: "attributes of one element",
                    limit: MAX_ATTRIBUTES,
                });
            } else {
                self.attributes.push(Raw {
                    ns: Ns::NONE,
                    prefix,
                    local,
                    value,
                    holds,
                });
            }
        }
        Ok(())
    }

    /// Expands the names, once all declarations of the tag are known, and sorts by them.
    fn sort_attributes(&mut self) -> Result<(), XmlError> {
        for raw in &mut self.attributes {
            if !raw.prefix.is_empty() {
                raw.ns = self
                    .names
                    .find(raw.prefix)
                    .ok_or(XmlError::Malformed("a prefix that is declared nowhere"))?;
            }
        }
        let names = &self.names;
        if self.attributes.len() > 1 {
            self.attributes.sort_unstable_by(|a, b| match a.ns == b.ns {
                true => a.local.cmp(b.local),
                false => names.uri(a.ns).cmp(names.uri(b.ns)),
            });
            let twice =
                |pair: &[Raw<'_>]| matches!(pair, [a, b] if a.ns == b.ns && a.local == b.local);
            if self.attributes.windows(2).any(twice) {
                return Err(XmlError::Malformed("an attribute stands twice"));
            }
        }
        Ok(())
    }

    fn give(&mut self, raw: Raw<'i>, vocabulary: Vocabulary) {
        let Some(meaning) =
            value::meaning(raw.ns, raw.local, &self.names, vocabulary, self.stylesheet)
        else {
            return;
        };
        let names = match meaning {
            Meaning::Text => false,
            Meaning::Names | Meaning::Location => true,
            Meaning::Expression => raw.holds.colons(),
        };
        let path = self.paths && raw.holds.colons();
        let ready = raw.holds.is_plain() && !names && !path;
        let ns = number(&mut self.names, self.sink, raw.ns);
        if ready {
            self.sink.attribute(ns, raw.local, raw.value);
            return;
        }
        self.scratch.clear();
        let text = value::unescaped(raw.value);
        let text = if self.paths {
            without_server_paths(text)
        } else {
            text
        };
        let (names, sink) = (&mut self.names, &mut *self.sink);
        value::expand(&text, meaning, &mut self.scratch, |prefix| {
            names.find(prefix).map(|found| number(names, sink, found))
        });
        self.sink.attribute(ns, raw.local, &self.scratch);
    }

    fn end(&mut self) {
        self.flush();
        if let Some(frame) = self.frames.pop() {
            self.names.leave(frame.prefixes);
            self.sink.end();
        }
    }

    fn flush(&mut self) {
        let preserve = self.frames.last().is_some_and(|frame| frame.preserve);
        // Text outside the root stays where it is, and is found at the end.
        if self.frames.is_empty() {
            return;
        }
        if !self.text.is_empty() && (preserve || !self.text.is_blank()) {
            let text = value::unix_lines(self.text.as_str());
            let text = if self.paths {
                without_server_paths(text)
            } else {
                text
            };
            self.sink.text(&text);
        }
        self.text.clear();
    }
}

fn number<S: Sink>(names: &mut Names<'_>, sink: &mut S, ns: Ns) -> u32 {
    let (number, first) = names.number(ns);
    if first {
        sink.namespace(number, names.uri(ns));
    }
    number
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The first attribute in the rest of a tag: its name, its value, and what follows.
fn attribute(rest: &str) -> Option<(&str, &str, &str)> {
    let end = rest
        .bytes()
        .position(|byte| byte == b'=' || is_blank(byte))
        .filter(|end| *end > 0)?;
    let (name, after) = rest.split_at_checked(end)?;
    let after = after.trim_ascii_start().strip_prefix('=')?;
    let after = after.trim_ascii_start();
    let quote = after
        .bytes()
        .next()
        .filter(|it| matches!(it, b'"' | b'\''))?;
    let after = after.get(1..)?;
    let (value, next) = after.split_at_checked(memchr::memchr(quote, after.as_bytes())?)?;
    Some((name, value, next.get(1..)?))
}

/// The text between two tags, which comments, references and CDATA sections cut in pieces.
#[derive(Default)]
struct Run<'i> {
    first: Option<&'i str>,
    joined: String,
}

impl<'i> Run<'i> {
    fn push(&mut self, piece: Cow<'i, str>) {
        match piece {
            Cow::Borrowed(piece) if self.first.is_none() && self.joined.is_empty() => {
                self.first = Some(piece);
            }
            piece => self.push_str(&piece),
        }
    }

    fn push_str(&mut self, piece: &str) {
        if let Some(first) = self.first.take() {
            self.joined.push_str(first);
        }
        self.joined.push_str(piece);
    }

    fn as_str(&self) -> &str {
        self.first.unwrap_or(&self.joined)
    }

    fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }

    fn is_blank(&self) -> bool {
        self.as_str().bytes().all(|byte| byte.is_ascii_whitespace())
    }

    fn clear(&mut self) {
        self.first = None;
        self.joined.clear();
    }
}
