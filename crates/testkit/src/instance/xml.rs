//! XML as a tree, written in the style of one writer or another.

use std::collections::BTreeMap;

use super::noise::{Kind, Noise};

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    namespace: &'static str,
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Child>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Child {
    Element(Element),
    Text(String),
}

impl Element {
    pub(super) fn new(namespace: &'static str, name: &str) -> Self {
        Self {
            namespace,
            name: name.to_owned(),
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Adds an attribute.
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    /// Adds an element.
    pub(super) fn child(mut self, child: Self) -> Self {
        self.children.push(Child::Element(child));
        self
    }

    /// Adds elements.
    pub(super) fn all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children
            .extend(children.into_iter().map(Child::Element));
        self
    }

    /// Adds text, if there is any.
    pub(super) fn text(mut self, text: &str) -> Self {
        if !text.is_empty() {
            self.children.push(Child::Text(text.to_owned()));
        }
        self
    }

    /// Adds an element of the same namespace that holds nothing but text.
    pub(super) fn leaf(self, name: &str, text: &str) -> Self {
        let leaf = Self::new(self.namespace, name).text(text);
        self.child(leaf)
    }
}

/// How namespaces are bound at the root.
#[derive(Debug, Clone)]
pub(super) enum Bound<'a> {
    /// Any prefix will do.
    Free(&'a [&'static str]),
    /// These prefixes, since values use them.
    Fixed(&'a [(&'a str, &'static str)]),
}

/// A document.
pub(super) fn document(root: &Element, bound: &Bound<'_>, place: &str, noise: &Noise) -> String {
    let prefixes = match bound {
        Bound::Free(namespaces) => free(namespaces, noise),
        Bound::Fixed(pairs) => pairs.iter().map(|(p, n)| (*n, (*p).to_owned())).collect(),
    };
    let mut out = declaration(noise).to_owned();
    let mut writer = Writer {
        prefixes: &prefixes,
        noise,
        place,
        style: noise.choice(Kind::Whitespace, 3),
        count: 0,
        out: &mut out,
    };
    writer.element(root, 0, true);
    if noise.choice(Kind::Whitespace, 3) > 0 {
        out.push('\n');
    }
    out
}

fn declaration(noise: &Noise) -> &'static str {
    match noise.choice(Kind::Declaration, 3) {
        0 => "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
        1 => "<?xml version = '1.0' encoding = 'UTF-8'?>\n",
        _ => "",
    }
}

/// One namespace without a prefix, and numbers for the others, as the writers in use do.
fn free(namespaces: &[&'static str], noise: &Noise) -> BTreeMap<&'static str, String> {
    let seed = noise.choice(Kind::Prefixes, 1 << 16);
    let bare = usize::try_from(seed).unwrap_or(0) % (namespaces.len() + 1);
    let prefix = |at: usize| {
        if at == bare {
            String::new()
        } else {
            format!("ns{}", at as u64 + seed % 7)
        }
    };
    (0..)
        .zip(namespaces)
        .map(|(at, namespace)| (*namespace, prefix(at)))
        .collect()
}

struct Writer<'a> {
    prefixes: &'a BTreeMap<&'static str, String>,
    noise: &'a Noise,
    place: &'a str,
    style: u64,
    count: u64,
    out: &'a mut String,
}

impl Writer<'_> {
    fn element(&mut self, element: &Element, depth: usize, root: bool) {
        let prefix = self
            .prefixes
            .get(element.namespace)
            .map_or("", String::as_str);
        let colon = if prefix.is_empty() { "" } else { ":" };
        let name = format!("{prefix}{colon}{}", element.name);
        self.out.push('<');
        self.out.push_str(&name);
        let mut attributes: Vec<(String, &str)> = element
            .attributes
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str()))
            .collect();
        if root {
            let declared = self.prefixes.iter().map(|(namespace, prefix)| {
                let colon = if prefix.is_empty() { "" } else { ":" };
                (format!("xmlns{colon}{prefix}"), *namespace)
            });
            attributes.extend(declared);
        }
        self.count += 1;
        if attributes.len() > 1 {
            let place = format!("{}{}", self.place, self.count);
            self.noise
                .shuffle(Kind::AttributeOrder, &place, &mut attributes);
        }
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(&name);
            self.out.push_str("=\"");
            escape(self.out, value, true);
            self.out.push('"');
        }
        if element.children.is_empty() {
            self.out.push_str("/>");
            return;
        }
        self.out.push('>');
        let texts = element.children.iter().any(|c| matches!(c, Child::Text(_)));
        for child in &element.children {
            match child {
                Child::Text(text) => escape(self.out, text, false),
                Child::Element(child) => {
                    self.space(depth + 1, texts);
                    self.element(child, depth + 1, false);
                }
            }
        }
        self.space(depth, texts);
        self.out.push_str("</");
        self.out.push_str(&name);
        self.out.push('>');
    }

    /// Runs of spaces, lines, or nothing: never where text is.
    fn space(&mut self, depth: usize, texts: bool) {
        if texts {
            return;
        }
        match self.style {
            0 => {
                self.out.push('\n');
                self.out.extend(std::iter::repeat_n("    ", depth));
            }
            1 => self.out.extend(std::iter::repeat_n("  ", depth)),
            _ => {
                self.out.push_str("\r\n");
                self.out.extend(std::iter::repeat_n('\t', depth));
            }
        }
    }
}

pub(super) fn escape(out: &mut String, text: &str, attribute: bool) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            c => out.push(c),
        }
    }
}
