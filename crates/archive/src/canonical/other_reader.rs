//! The reader against another one: `roxmltree`, which knows namespaces and is strict, must see the same events.

use ferry_testkit::fixtures;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use roxmltree::{Document, Error, Node, ParsingOptions};

use super::path::without_server_paths;
use super::read::{Sink, read};
use super::value::{LOCAL, NAMESPACE};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    Start(String, String),
    Attribute(String, String, String),
    Text(String),
    End,
}

#[derive(Default)]
struct Events {
    namespaces: Vec<String>,
    all: Vec<Event>,
}

impl Events {
    fn uri(&self, number: u32) -> String {
        match number.checked_sub(1) {
            None => String::new(),
            Some(at) => self.namespaces[at as usize].clone(),
        }
    }
}

impl Sink for Events {
    fn namespace(&mut self, number: u32, uri: &str) {
        self.namespaces.push(uri.to_owned());
        assert_eq!(self.namespaces.len(), number as usize);
    }

    fn start(&mut self, ns: u32, local: &str) {
        self.all.push(Event::Start(self.uri(ns), local.to_owned()));
    }

    fn attribute(&mut self, ns: u32, local: &str, value: &str) {
        let event = Event::Attribute(self.uri(ns), local.to_owned(), value.to_owned());
        self.all.push(event);
    }

    fn text(&mut self, text: &str) {
        self.all.push(Event::Text(text.to_owned()));
    }

    fn end(&mut self) {
        self.all.push(Event::End);
    }
}

fn ours(text: &str) -> Result<Vec<Event>, super::XmlError> {
    let mut events = Events::default();
    read(text.as_bytes(), &mut events).map(|()| events.all)
}

fn theirs(text: &str) -> Result<Vec<Event>, Error> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options)?;
    let mut all = Vec::new();
    element(document.root_element(), false, &mut all);
    Ok(all)
}

fn element(node: Node<'_, '_>, inherited: bool, all: &mut Vec<Event>) {
    const XSL: &str = "http://www.w3.org/1999/XSL/Transform";
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    let name = node.tag_name();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    all.push(Event::Start(text(name.namespace()), name.name().to_owned()));
    let mut attributes: Vec<_> = node
        .attributes()
        .map(|it| {
            (
                text(it.namespace()),
                it.name().to_owned(),
                it.value().to_owned(),
            )
        })
        .collect();
    attributes.sort();
    all.extend(
        attributes
            .into_iter()
            .map(|(ns, local, value)| Event::Attribute(ns, local, value)),
    );
    let preserve = match node.attribute((XML, "space")) {
        Some(space) => space == "preserve",
        None => inherited || (name.name() == "text" && name.namespace() == Some(XSL)),
    };
    let mut run = String::new();
    let flush = |run: &mut String, all: &mut Vec<Event>| {
        let text = std::mem::take(run)
            .replace("\r\n", "\n")
            .replace('\r', "\n");
        let is_blank = text.bytes().all(|byte| byte.is_ascii_whitespace());
        if !text.is_empty() && (preserve || !is_blank) {
            all.push(Event::Text(text));
        }
    };
    for child in node.children() {
        if child.is_element() {
            flush(&mut run, all);
            element(child, preserve, all);
        } else if child.is_text() {
            run.push_str(child.text().unwrap_or_default());
        }
    }
    flush(&mut run, all);
    all.push(Event::End);
}

/// What the other reader refuses in the structure, or in what a name or a reference means. The rest is in the letters of
/// names, comments and declarations, which ours does not judge.
fn is_structural(error: &Error) -> bool {
    matches!(
        error,
        Error::UnexpectedCloseTag(..)
            | Error::UnknownNamespace(..)
            | Error::UnknownEntityReference(..)
            | Error::MalformedEntityReference(..)
            | Error::DuplicatedAttribute(..)
            | Error::NoRootNode
            | Error::UnclosedRootNode
            | Error::UnexpectedEndOfStream
    )
}

fn agree(text: &str) {
    match (ours(text), theirs(text)) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{text:?}"),
        (Ok(_), Err(error)) => assert!(!is_structural(&error), "{error} is not seen in {text:?}"),
        (Err(error), Ok(_)) => panic!("{error}, in the sound {text:?}"),
        (Err(_), Err(_)) => {}
    }
}

#[derive(Debug, Clone)]
enum Piece {
    Element(Tag, Vec<Piece>),
    Text(String),
    Verbatim(String),
}

#[derive(Debug, Clone)]
struct Tag {
    prefix: &'static str,
    local: &'static str,
    attributes: Vec<(&'static str, &'static str, String, bool)>,
    /// A prefix that means something else from here on.
    bound: Option<(&'static str, &'static str)>,
    blank: &'static str,
}

fn prefix() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", "p:", "q:"])
}

fn tag() -> impl Strategy<Value = Tag> {
    let attribute = (
        prefix(),
        select(vec!["a", "b", "c", "é"]),
        "[a-d<>&\"' \t\n:/日]{0,6}",
        any::<bool>(),
    );
    let bound = (
        select(vec!["", ":p", ":q"]),
        select(vec!["urn:1", "urn:2", "urn:3"]),
    );
    (
        prefix(),
        select(vec!["x", "y", "long-name.1"]),
        vec(attribute, 0..3),
        proptest::option::of(bound),
        select(vec!["", " ", "\n\t"]),
    )
        .prop_map(|(prefix, local, attributes, bound, blank)| Tag {
            prefix,
            local,
            attributes,
            bound,
            blank,
        })
}

fn piece() -> impl Strategy<Value = Piece> {
    let leaf = prop_oneof![
        "[a-c<>& \n\r\té]{0,8}".prop_map(Piece::Text),
        "[a-c<>& \n'\"]{0,8}".prop_map(|text| Piece::Verbatim(format!("<![CDATA[{text}]]>"))),
        "[a-c<>& \n'\"]{0,8}".prop_map(|text| Piece::Verbatim(format!("<!--{text}-->"))),
        "[a-c<> \n'\"]{0,8}".prop_map(|text| Piece::Verbatim(format!("<?t {text}?>"))),
        select(vec!["&amp;", "&#65;", "&#x42;", "&lt;", "&apos;", "&quot;"])
            .prop_map(|text| Piece::Verbatim(text.to_owned())),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        (tag(), vec(inner, 0..5)).prop_map(|(tag, inner)| Piece::Element(tag, inner))
    })
}

fn write(piece: &Piece, out: &mut String) {
    match piece {
        // Of a CR alone before a section the other reader makes nothing.
        Piece::Text(text) => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            *out += &text.replace('\r', "\r\n");
        }
        Piece::Verbatim(text) => *out += text,
        Piece::Element(tag, inner) => {
            let name = format!("{}{}", tag.prefix, tag.local);
            *out += &format!("<{name}{}", tag.blank);
            for (prefix, local, value, single) in &tag.attributes {
                let quote = if *single { '\'' } else { '"' };
                let value = value.replace('&', "&amp;").replace('<', "&lt;");
                let value = value.replace(quote, if *single { "&apos;" } else { "&#34;" });
                *out += &format!(" {prefix}{local}{0}={0}{quote}{value}{quote}", tag.blank);
            }
            if let Some((prefix, uri)) = tag.bound {
                *out += &format!(" xmlns{prefix}='{uri}'");
            }
            if inner.is_empty() && tag.blank.is_empty() {
                *out += "/>";
                return;
            }
            *out += ">";
            for piece in inner {
                write(piece, out);
            }
            *out += &format!("</{name}{}>", tag.blank);
        }
    }
}

fn document() -> impl Strategy<Value = String> {
    vec(piece(), 0..5).prop_map(|pieces| {
        let mut text = "<r xmlns:p='urn:1' xmlns:q='urn:2'>".to_owned();
        for piece in &pieces {
            write(piece, &mut text);
        }
        text + "</r>\n<!-- end -->"
    })
}

/// What may stand before the root. A name with `>` in it in a document type is refused by ours alone.
fn head() -> impl Strategy<Value = &'static str> {
    select(vec![
        "",
        "<?xml version='1.0'?>\n",
        "<?xml version=\"1.0\"?><!DOCTYPE r SYSTEM \"http://h/d.dtd\">\n<!-- c -->",
    ])
}

/// One place of a document with something else in it.
fn damage() -> impl Strategy<Value = (Index, usize, &'static str)> {
    let bits = vec![
        "",
        "<",
        ">",
        "/",
        "</x>",
        "<x>",
        "<p:y>",
        "<x/>",
        "\"",
        "'",
        "=",
        "&",
        ";",
        "&a;",
        " ",
        "a",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        " p:a='1'",
    ];
    (any::<Index>(), 0..4_usize, select(bits))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn generated_documents_are_read_alike(head in head(), text in document()) {
        agree(&(head.to_owned() + &text));
    }

    #[test]
    fn damaged_documents_are_read_alike_or_refused(
        text in document(),
        damages in vec(damage(), 1..3),
    ) {
        let mut text = text;
        for (at, removed, put) in damages {
            let letters: Vec<char> = text.chars().collect();
            let at = at.index(letters.len() + 1);
            let (before, after) = letters.split_at(at);
            let after = after.get(removed..).unwrap_or_default();
            text = before.iter().copied().chain(put.chars()).chain(after.iter().copied()).collect();
        }
        agree(&text);
    }
}

/// A value without prefixes, however they are written; of a place the last name.
fn bare(event: &Event) -> Event {
    let Event::Attribute(ns, local, value) = event else {
        return event.clone();
    };
    let value = if local == "location" {
        value
            .rsplit_once('/')
            .map_or(value.as_str(), |(_, name)| name)
    } else {
        value
    };
    let mut bare = String::new();
    let mut run = String::new();
    let mut marked = false;
    for character in value.chars() {
        match character {
            NAMESPACE => {
                bare.push_str(&std::mem::take(&mut run));
                marked = true;
            }
            LOCAL => marked = false,
            _ if marked => {}
            ':' => run.clear(),
            letter if letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.') => {
                run.push(letter);
            }
            other => {
                bare.push_str(&std::mem::take(&mut run));
                bare.push(other);
            }
        }
    }
    Event::Attribute(ns.clone(), local.clone(), bare + &run)
}

/// What the canonical form leaves out of real documents.
fn is_left_out(event: &Event) -> bool {
    const NAMES: [&str; 5] = [
        "schemaLocation",
        "noNamespaceSchemaLocation",
        "ignorexmlids",
        "id",
        "exclude-result-prefixes",
    ];
    matches!(event, Event::Attribute(_, local, _) if NAMES.contains(&local.as_str()))
}

#[test]
fn real_documents_are_read_alike() {
    let test = "real_documents_are_read_alike";
    let mut compared = 0;
    for file in [
        "JITSIEVENTS_01.00.0000.iar",
        "SUBSCIRB_PO_DETAILS_SYNC_01.00.0000.iar",
        "LL_ERPPO_BACKEND_B2B_02.00.0000.iar",
        "OIO_LOG_EVENT_01.00.0000.iar",
        "DEMO_FIRST_PROJECT_4.car",
        "HEALTHCARE_ADT_PROJECT.car",
    ] {
        let Some(path) = fixtures::sample(test, file) else {
            continue;
        };
        let bytes = std::fs::read(path).unwrap();
        for (name, content) in ferry_testkit::archives::read_back(&bytes).unwrap() {
            let Ok(text) = std::str::from_utf8(&content) else {
                continue;
            };
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            if !text.trim_start().starts_with('<') || crate::entry_names::ends(&name, ".data") {
                continue;
            }
            let theirs = match theirs(text) {
                Ok(theirs) => theirs,
                Err(error) => panic!("{file}!{name}: {error}"),
            };
            let clean = |event: &Event| match event {
                Event::Text(text) => Event::Text(without_server_paths(text.into()).into_owned()),
                Event::Attribute(ns, local, value) => {
                    let value = without_server_paths(value.into()).into_owned();
                    Event::Attribute(ns.clone(), local.clone(), value)
                }
                other => other.clone(),
            };
            let theirs: Vec<Event> = theirs.iter().map(|it| bare(&clean(it))).collect();
            let ours = ours(text).unwrap_or_else(|error| panic!("{file}!{name}: {error}"));
            let mut ours = ours.iter().map(bare).peekable();
            for event in &theirs {
                match ours.next_if_eq(event) {
                    Some(_) => {}
                    None if is_left_out(event) => {}
                    None => panic!("{file}!{name}: {event:?} and not {:?}", ours.peek()),
                }
            }
            assert_eq!(ours.next(), None, "{file}!{name}");
            compared += 1;
        }
    }
    if fixtures::samples().is_some() {
        assert!(compared > 250, "{compared} documents");
    }
}
