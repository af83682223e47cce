//! The tree that a meaning is.

use std::borrow::Cow;

use ferry_core::model::secret_like;
use sha2::{Digest as _, Sha256};

use crate::secrets::is_harmless;

/// One thing that an artifact says.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// What it is, among the things beside it.
    pub(crate) key: Cow<'static, str>,
    /// The name that somebody gave it.
    pub(crate) name: Option<String>,
    /// How it is called where it has no name; never compared.
    pub(crate) label: Option<String>,
    /// What it says itself.
    pub(crate) value: Value,
    /// What belongs to it, in no order.
    pub(crate) parts: Vec<Node>,
    /// What it does, in order.
    pub(crate) steps: Vec<Node>,
    hash: [u8; 32],
}

/// What a node says itself.
#[derive(Debug, Default)]
pub(crate) enum Value {
    /// Nothing: it is there.
    #[default]
    None,
    /// A text, as it is shown and, where that differs, as it is compared.
    Text {
        shown: String,
        compared: Option<String>,
    },
    /// A text that is compared and never shown.
    Secret(String),
    /// A file, by the digest of its canonical form.
    File { path: String, digest: [u8; 32] },
    /// A table.
    Table(Table),
}

/// Columns in order, and rows in none.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Node {
    pub(crate) fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key: key.into(),
            ..Self::default()
        }
    }

    pub(crate) fn text(key: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        Self {
            value: Value::Text {
                shown: text.into(),
                compared: None,
            },
            ..Self::new(key)
        }
    }

    pub(crate) fn with(key: impl Into<Cow<'static, str>>, value: Value) -> Self {
        Self {
            value,
            ..Self::new(key)
        }
    }

    /// A part that is there where its text is not empty: absent and empty are the same.
    pub(crate) fn say(&mut self, key: impl Into<Cow<'static, str>>, text: &str) {
        if !text.is_empty() {
            self.parts.push(Self::text(key, text));
        }
    }

    /// The same where the key is whatever a file says: what is called as a secret is never shown.
    pub(crate) fn tell(&mut self, key: impl Into<Cow<'static, str>>, text: &str) {
        let key = key.into();
        if secret_like(&key) && !is_harmless(text) {
            let secret = Value::Secret(text.to_owned());
            self.parts.push(Self::with(key, secret));
        } else {
            self.say(key, text);
        }
    }

    /// How it is called before its parts.
    pub(crate) fn called(&self) -> String {
        match self.name.as_ref().or(self.label.as_ref()) {
            Some(name) => format!("{} '{name}'", self.key),
            None => self.key.clone().into_owned(),
        }
    }

    pub(crate) fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// Sorts the parts and digests the tree; a node is not changed afterwards.
    pub(crate) fn seal(&mut self) {
        for node in self.parts.iter_mut().chain(&mut self.steps) {
            node.seal();
        }
        self.parts
            .sort_by(|a, b| (&a.key, &a.hash).cmp(&(&b.key, &b.hash)));
        let mut sum = Sha256::new();
        sum.update([u8::from(self.name.is_some())]);
        field(&mut sum, self.name.as_deref().unwrap_or_default());
        self.digest_but_name(&mut sum);
        self.hash = sum.finalize().into();
    }

    /// What the node is digested to when its name does not count.
    pub(crate) fn nameless(&self) -> [u8; 32] {
        let mut sum = Sha256::new();
        self.digest_but_name(&mut sum);
        sum.finalize().into()
    }

    fn digest_but_name(&self, sum: &mut Sha256) {
        field(sum, &self.key);
        self.value.digest(sum);
        for nodes in [&self.parts, &self.steps] {
            sum.update((nodes.len() as u64).to_le_bytes());
            for node in nodes {
                sum.update(node.hash);
            }
        }
    }
}

impl Value {
    /// What two values have in common that say the same.
    pub(crate) fn means(&self) -> [u8; 32] {
        let mut sum = Sha256::new();
        self.digest(&mut sum);
        sum.finalize().into()
    }

    fn digest(&self, sum: &mut Sha256) {
        match self {
            Self::None => sum.update([0]),
            Self::Text { shown, compared } => {
                sum.update([1]);
                field(sum, compared.as_ref().unwrap_or(shown));
            }
            Self::Secret(text) => {
                sum.update([2]);
                field(sum, text);
            }
            Self::File { digest, .. } => {
                sum.update([3]);
                sum.update(digest);
            }
            Self::Table(table) => {
                sum.update([4]);
                row(sum, &table.columns);
                let mut rows: Vec<[u8; 32]> =
                    table.rows.iter().map(|cells| row_hash(cells)).collect();
                rows.sort_unstable();
                sum.update((rows.len() as u64).to_le_bytes());
                for hash in &rows {
                    sum.update(hash);
                }
            }
        }
    }
}

/// Cells that are missing at the end of a row are empty.
fn row_hash(cells: &[String]) -> [u8; 32] {
    let filled = cells
        .iter()
        .rposition(|cell| !cell.is_empty())
        .map_or(0, |at| at + 1);
    let mut sum = Sha256::new();
    row(&mut sum, cells.get(..filled).unwrap_or(cells));
    sum.finalize().into()
}

fn row(sum: &mut Sha256, cells: &[String]) {
    sum.update((cells.len() as u64).to_le_bytes());
    for cell in cells {
        field(sum, cell);
    }
}

fn field(sum: &mut Sha256, text: &str) {
    sum.update((text.len() as u64).to_le_bytes());
    sum.update(text);
}
