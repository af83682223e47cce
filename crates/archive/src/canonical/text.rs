//! The canonical form as text, one element a line: what is compared line by line, and what is written into a tree.

use std::fmt::Write;

use super::error::XmlError;
use super::read::{Sink, read};
use super::value::{LOCAL, NAMESPACE};

/// The canonical form of a document as a document: prefixes are chosen by the namespace, never by the writer.
pub(crate) fn xml_text(bytes: &[u8]) -> Result<String, XmlError> {
    let mut sink = TextSink::default();
    read(bytes, &mut sink)?;
    Ok(sink.finish())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Empty,
    /// Each child on a line of its own.
    Lines,
    /// There is text, to which a line break would be added.
    Mixed,
}

#[derive(Default)]
pub(super) struct TextSink {
    body: String,
    /// By number, from 1.
    prefixes: Vec<(String, String)>,
    /// The elements that are open, and how their children are laid out.
    open: Vec<(String, Layout)>,
    tag_open: bool,
    root_name_end: usize,
}

impl TextSink {
    /// The document: its namespaces stand at the root.
    pub(super) fn finish(mut self) -> String {
        self.close_tag();
        let (root, rest) = self
            .body
            .split_at_checked(self.root_name_end)
            .unwrap_or((&self.body, ""));
        let mut text = String::with_capacity(self.body.len() + 256);
        text.push_str(root);
        for (prefix, uri) in &self.prefixes {
            _ = write!(text, " xmlns:{prefix}=\"");
            escape(uri, &mut text, true);
            text.push('"');
        }
        text.push_str(rest);
        text.push('\n');
        text
    }

    fn name(&self, ns: u32, local: &str) -> String {
        match self.prefix(ns) {
            Some(prefix) => format!("{prefix}:{local}"),
            None => local.to_owned(),
        }
    }

    fn prefix(&self, ns: u32) -> Option<&str> {
        let at = usize::try_from(ns).ok()?.checked_sub(1)?;
        self.prefixes.get(at).map(|(prefix, _)| prefix.as_str())
    }

    fn close_tag(&mut self) {
        if std::mem::take(&mut self.tag_open) {
            self.body.push('>');
        }
    }

    /// Begins a line, where one may begin.
    fn line(&mut self) {
        if self
            .open
            .last()
            .is_some_and(|(_, layout)| *layout == Layout::Lines)
        {
            self.body.push('\n');
            self.body.extend(std::iter::repeat_n("  ", self.open.len()));
        }
    }
}

impl Sink for TextSink {
    fn namespace(&mut self, number: u32, uri: &str) {
        let prefix = well_known(uri).map_or_else(|| format!("n{number}"), str::to_owned);
        self.prefixes.push((prefix, uri.to_owned()));
    }

    fn start(&mut self, ns: u32, local: &str) {
        self.close_tag();
        let layout = self.open.last_mut().map(|(_, layout)| layout);
        if let Some(layout) = layout
            && *layout == Layout::Empty
        {
            *layout = Layout::Lines;
        }
        self.line();
        let name = self.name(ns, local);
        self.body.push('<');
        self.body.push_str(&name);
        if self.open.is_empty() {
            self.root_name_end = self.body.len();
        }
        self.open.push((name, Layout::Empty));
        self.tag_open = true;
    }

    fn attribute(&mut self, ns: u32, local: &str, value: &str) {
        let mut plain = String::with_capacity(value.len());
        let mut rest = value;
        while let Some((before, marked)) = rest.split_once(NAMESPACE) {
            plain.push_str(before);
            let (number, after) = marked.split_once(LOCAL).unwrap_or(("", marked));
            if let Some(prefix) = number.parse().ok().and_then(|number| self.prefix(number)) {
                plain.push_str(prefix);
                plain.push(':');
            }
            rest = after;
        }
        plain.push_str(rest);
        let name = self.name(ns, local);
        _ = write!(self.body, " {name}=\"");
        escape(&plain, &mut self.body, true);
        self.body.push('"');
    }

    fn text(&mut self, text: &str) {
        self.close_tag();
        if let Some((_, layout)) = self.open.last_mut() {
            *layout = Layout::Mixed;
        }
        escape(text, &mut self.body, false);
    }

    fn end(&mut self) {
        let Some((name, layout)) = self.open.pop() else {
            return;
        };
        if std::mem::take(&mut self.tag_open) {
            self.body.push_str("/>");
            return;
        }
        if layout == Layout::Lines {
            self.body.push('\n');
            self.body.extend(std::iter::repeat_n("  ", self.open.len()));
        }
        _ = write!(self.body, "</{name}>");
    }
}

fn escape(text: &str, out: &mut String, in_value: bool) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' if in_value => {
                _ = write!(out, "&#{};", u32::from(character));
            }
            other => out.push(other),
        }
    }
}

fn well_known(uri: &str) -> Option<&'static str> {
    Some(match uri {
        "http://www.w3.org/1999/XSL/Transform" => "xsl",
        "http://www.w3.org/2001/XMLSchema" => "xsd",
        "http://www.w3.org/2001/XMLSchema-instance" => "xsi",
        "http://www.w3.org/XML/1998/namespace" => "xml",
        "http://www.w3.org/2005/xpath-functions" => "fn",
        "http://schemas.xmlsoap.org/wsdl/" => "wsdl",
        "http://schemas.xmlsoap.org/wsdl/soap/" => "soap",
        "http://www.oracle.com/xsl/mapper/schemas" => "mapper",
        "http://schemas.oracle.com/xpath/extension" => "ora",
        "http://www.oracle.com/XSL/Transform/java/oracle.tip.pc.services.functions.ExtFunc" => {
            "oraext"
        }
        "http://www.oracle.com/XSL/Transform/java/oracle.tip.pc.services.functions.Xpath20" => {
            "xp20"
        }
        "http://www.oracle.com/XSL/Transform/java/oracle.tip.dvm.LookupValue" => "dvm",
        _ => return None,
    })
}
