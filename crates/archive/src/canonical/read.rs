//! The document as a stream of canonical events.

use super::byte::{ENDS_NAME, class};
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
struct Frame<'i> {
    /// As the document writes it.
    name: &'i str,
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
    frames: Vec<Frame<'i>>,
    attributes: Vec<Raw<'i>>,
    scratch: String,
    text: Run<'i>,
    stylesheet: bool,
    paths: bool,
    roots: usize,
}

/// Reads a document into a sink.
pub(crate) fn read<S: Sink>(bytes: &[u8], sink: &mut S) -> Result<(), XmlError> {
    let mut rest = checked(bytes)?;
    let mut walk = Walk::new(sink);
    walk.paths = memchr::memmem::find(bytes, b"/itg_").is_some();
    while !rest.is_empty() {
        rest = walk.next(rest)?;
    }
    if !walk.frames.is_empty() {
        return Err(XmlError::Malformed("the document ends inside an element"));
    }
    if walk.roots != 1 || !walk.text.is_blank() {
        return Err(XmlError::Malformed("not exactly one root element"));
    }
    Ok(())
}

/// Reads a document as far as its root element goes: namespace and local name.
pub(crate) fn root(text: &str) -> Option<(String, String)> {
    let mut root = Root::default();
    let mut walk = Walk::new(&mut root);
    let mut rest = text;
    while walk.roots == 0 && !rest.is_empty() {
        rest = walk.next(rest).ok()?;
    }
    root.name
}

/// Keeps the name of the root element.
#[derive(Default)]
struct Root {
    namespaces: Vec<String>,
    name: Option<(String, String)>,
}

impl Sink for Root {
    fn namespace(&mut self, _number: u32, uri: &str) {
        self.namespaces.push(uri.to_owned());
    }

    fn start(&mut self, ns: u32, local: &str) {
        // Its namespace is the first that is used.
        let namespace = match ns {
            0 => String::new(),
            _ => self.namespaces.pop().unwrap_or_default(),
        };
        self.name = Some((namespace, local.to_owned()));
    }

    fn attribute(&mut self, _ns: u32, _local: &str, _value: &str) {}

    fn text(&mut self, _text: &str) {}

    fn end(&mut self) {}
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

impl<'i, 's, S: Sink> Walk<'i, 's, S> {
    fn new(sink: &'s mut S) -> Self {
        Self {
            sink,
            names: Names::new(),
            frames: Vec::new(),
            attributes: Vec::new(),
            scratch: String::new(),
            text: Run::default(),
            stylesheet: false,
            paths: false,
            roots: 0,
        }
    }

    /// Takes the text before the next tag, and that tag; gives what is left.
    fn next(&mut self, rest: &'i str) -> Result<&'i str, XmlError> {
        let (text, rest) = split(rest, b'<').unwrap_or((rest, ""));
        self.characters(text)?;
        let until = |start: &str, end: &str| {
            let inside = rest.get(start.len()..).unwrap_or_default();
            inside.split_once(end).ok_or(XmlError::Malformed(
                "a comment, an instruction or a declaration without an end",
            ))
        };
        match rest.as_bytes() {
            [] => Ok(""),
            [_, b'/', ..] => self.end_tag(rest.get(2..).unwrap_or_default()),
            [_, b'?', ..] => Ok(until("<?", "?>")?.1),
            [_, b'!', b'-', b'-', ..] => Ok(until("<!--", "-->")?.1),
            [_, b'!', b'[', ..] if rest.starts_with("<![CDATA[") => {
                let (text, rest) = until("<![CDATA[", "]]>")?;
                self.text.push(text);
                Ok(rest)
            }
            [_, b'!', ..] if rest.starts_with("<!DOCTYPE") => match until("<!DOCTYPE", ">")? {
                (inside, _) if inside.contains('[') => Err(XmlError::Entities),
                (_, rest) => Ok(rest),
            },
            [_, b'!', ..] => Err(XmlError::Malformed("a declaration inside the document")),
            _ => self.tag(rest.get(1..).unwrap_or_default()),
        }
    }

    fn characters(&mut self, mut text: &'i str) -> Result<(), XmlError> {
        while let Some((before, reference)) = split(text, b'&') {
            self.text.push(before);
            let (name, after) = reference
                .get(1..)
                .and_then(|inside| inside.split_once(';'))
                .ok_or(XmlError::Entities)?;
            let character = value::reference(name).ok_or(XmlError::Entities)?;
            self.text.push_str(character.encode_utf8(&mut [0; 4]));
            text = after;
        }
        self.text.push(text);
        Ok(())
    }

    fn end_tag(&mut self, rest: &'i str) -> Result<&'i str, XmlError> {
        let ended = split(rest, b'>').zip(self.frames.last());
        match ended {
            Some(((name, after), frame)) if name.trim_ascii_end() == frame.name => {
                self.end();
                Ok(after.get(1..).unwrap_or_default())
            }
            _ => Err(XmlError::Malformed(
                "an end that is not that of the element before it",
            )),
        }
    }

    /// A tag that begins an element, from its name on.
    fn tag(&mut self, rest: &'i str) -> Result<&'i str, XmlError> {
        let end = rest.bytes().position(ends_name).unwrap_or(rest.len());
        let (name, mut rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let prefixes = self.names.depth();
        self.attributes.clear();
        loop {
            rest = rest.trim_ascii_start();
            if let Some(after) = rest.strip_prefix('>') {
                self.start(name, prefixes)?;
                return Ok(after);
            }
            if let Some(after) = rest.strip_prefix("/>") {
                self.start(name, prefixes)?;
                self.end();
                return Ok(after);
            }
            rest = self.take_attribute(rest)?;
        }
    }

    fn start(&mut self, name: &'i str, prefixes: usize) -> Result<(), XmlError> {
        self.flush();
        if name.is_empty() {
            return Err(XmlError::Malformed("an element without a name"));
        }
        if self.frames.len() >= MAX_DEPTH {
            return Err(XmlError::Limit {
                what: "nested elements",
                limit: MAX_DEPTH,
            });
        }
        if self.frames.is_empty() {
            if !self.text.is_blank() {
                return Err(XmlError::Malformed("text before the root element"));
            }
            self.text.clear();
            self.roots += 1;
        }
        let (prefix, local) = in_two(name);
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
        self.frames.push(Frame {
            name,
            prefixes,
            preserve,
        });
        Ok(())
    }

    /// The first attribute in the rest of a tag; gives what is left.
    fn take_attribute(&mut self, rest: &'i str) -> Result<&'i str, XmlError> {
        let (name, value, rest) = attribute(rest).ok_or(XmlError::Malformed(
            "an attribute without a name, or without a value in quotes",
        ))?;
        let holds = Holds::of(value);
        if holds.references() {
            value::check(value)?;
        }
        let (prefix, local) = in_two(name);
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
        Ok(rest)
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
            self.attributes.sort_unstable_by(|a, b| {
                if a.ns == b.ns {
                    a.local.cmp(b.local)
                } else {
                    names.uri(a.ns).cmp(names.uri(b.ns))
                }
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
        // Text outside the root stays where it is, and is found there.
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

fn ends_name(byte: u8) -> bool {
    class(byte) & ENDS_NAME != 0
}

/// What is before a byte, and what begins with it.
fn split(text: &str, byte: u8) -> Option<(&str, &str)> {
    text.split_at_checked(memchr::memchr(byte, text.as_bytes())?)
}

/// The prefix of a name, and the rest of it.
fn in_two(name: &str) -> (&str, &str) {
    let colon = name.bytes().position(|byte| byte == b':');
    let parts = colon.and_then(|at| Some((name.get(..at)?, name.get(at + 1..)?)));
    parts.unwrap_or(("", name))
}

/// The first attribute in the rest of a tag: its name, its value, and what follows.
fn attribute(rest: &str) -> Option<(&str, &str, &str)> {
    let end = rest.bytes().position(ends_name).filter(|end| *end > 0)?;
    let (name, after) = rest.split_at_checked(end)?;
    let after = after.trim_ascii_start().strip_prefix('=')?;
    let after = after.trim_ascii_start();
    let quote = after
        .bytes()
        .next()
        .filter(|it| matches!(it, b'"' | b'\''))?;
    let (value, next) = split(after.get(1..)?, quote)?;
    Some((name, value, next.get(1..)?))
}

/// The text between two tags, which comments, references and CDATA sections cut in pieces.
#[derive(Default)]
struct Run<'i> {
    first: Option<&'i str>,
    joined: String,
}

impl<'i> Run<'i> {
    fn push(&mut self, piece: &'i str) {
        if self.is_empty() {
            self.first = Some(piece);
        } else {
            // What a tag parts is no CR LF.
            self.push_str(&value::unix_lines(piece));
        }
    }

    fn push_str(&mut self, piece: &str) {
        if let Some(first) = self.first.take() {
            self.joined.push_str(&value::unix_lines(first));
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
