//! Plain maps, and what they make of each step.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::rows::{Row, rows};
use super::steps::{Meta, Name, Page};

/// Every container of an account, at a moment.
#[derive(Debug)]
pub(super) struct Model {
    /// Whether the dialect is upstream's.
    pub(super) upstream: bool,
    pub(super) now: Timestamp,
    pub(super) containers: BTreeMap<String, Container>,
}

#[derive(Debug, Default)]
pub(super) struct Container {
    pub(super) meta: BTreeMap<String, String>,
    pub(super) objects: BTreeMap<String, Object>,
}

#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) body: Body,
    pub(super) kind: String,
    pub(super) meta: BTreeMap<String, String>,
    pub(super) delete_at: Option<i64>,
    pub(super) modified: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) enum Body {
    Bytes(Vec<u8>),
    /// The prefix of what it joins.
    Dynamic(String),
    /// The segments with their digests, and how much they were.
    Static {
        segments: Vec<(String, String)>,
        /// Of what it joins.
        size: usize,
        /// Of the text that is kept.
        manifest: usize,
    },
}

/// What is expected of an answer.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, Option<String>)>,
    /// All headers that begin so.
    pub(super) meta: Option<(&'static str, BTreeMap<String, String>)>,
    pub(super) body: Option<Vec<u8>>,
    /// The rows of a listing, each with fields that it has among others.
    pub(super) rows: Option<Vec<Value>>,
}

impl Told {
    pub(super) fn only(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }
}

pub(super) fn md5(bytes: impl AsRef<[u8]>) -> String {
    let digits = Md5::digest(bytes);
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Container {
    /// The sum that it tells of: of a manifest itself, and not of what it joins.
    fn bytes(&self) -> usize {
        let size = |object: &Object| match &object.body {
            Body::Static { manifest, .. } => *manifest,
            _ => object.listed_size(),
        };
        self.objects.values().map(size).sum()
    }
}

impl Object {
    fn listed_size(&self) -> usize {
        match &self.body {
            Body::Bytes(bytes) => bytes.len(),
            Body::Dynamic(_) => 0,
            Body::Static { size, .. } => *size,
        }
    }

    fn row(&self, name: &str) -> Value {
        let mut row = json!({
            "name": name,
            "bytes": self.listed_size(),
            "content_type": self.kind,
            "last_modified": self.modified.strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
        });
        match &self.body {
            Body::Bytes(bytes) => row["hash"] = md5(bytes).into(),
            Body::Dynamic(_) => row["hash"] = md5("").into(),
            Body::Static { segments, .. } => row["slo_etag"] = joined_tag(segments).into(),
        }
        row
    }
}

/// The tag of what a manifest joins.
pub(super) fn joined_tag(segments: &[(String, String)]) -> String {
    let digests: Vec<&str> = segments.iter().map(|(_, digest)| &**digest).collect();
    format!("\"{}\"", md5(digests.concat()))
}

impl Model {
    pub(super) fn object(&self, (container, name): &Name) -> Option<&Object> {
        self.containers.get(*container)?.objects.get(name)
    }

    pub(super) fn wait(&mut self, seconds: u32) {
        self.now += SignedDuration::from_secs(seconds.into());
        let now = self.now.as_second();
        for container in self.containers.values_mut() {
            let lives = |object: &Object| object.delete_at.is_none_or(|at| at > now);
            container.objects.retain(|_, object| lives(object));
        }
    }

    pub(super) fn put_container(&mut self, name: &str, meta: &Meta) -> Told {
        let there = self.containers.contains_key(name);
        let container = self.containers.entry(name.to_owned()).or_default();
        merge(&mut container.meta, meta);
        Told::only(if there { 202 } else { 201 })
    }

    pub(super) fn post_container(&mut self, name: &str, meta: &Meta) -> Told {
        let Some(container) = self.containers.get_mut(name) else {
            return Told::only(404);
        };
        merge(&mut container.meta, meta);
        Told::only(204)
    }

    pub(super) fn delete_container(&mut self, name: &str) -> Told {
        match self.containers.get(name) {
            None => Told::only(404),
            Some(container) if !container.objects.is_empty() => Told::only(409),
            Some(_) => {
                self.containers.remove(name);
                Told::only(204)
            }
        }
    }

    pub(super) fn head_container(&self, name: &str) -> Told {
        let Some(container) = self.containers.get(name) else {
            return Told::only(404);
        };
        let count = container.objects.len().to_string();
        Told {
            status: 204,
            headers: vec![
                ("x-container-object-count", Some(count)),
                (
                    "x-container-bytes-used",
                    Some(container.bytes().to_string()),
                ),
            ],
            meta: Some(("x-container-meta-", container.meta.clone())),
            ..Told::default()
        }
    }

    pub(super) fn list_container(&self, name: &str, page: &Page) -> Told {
        let Some(container) = self.containers.get(name) else {
            return Told::only(404);
        };
        let shown = rows(container.objects.keys(), page).into_iter();
        let shown = shown.map(|row| match row {
            Row::Group(group) => json!({"subdir": group}),
            Row::Name(name) => container.objects[&name].row(&name),
        });
        Told {
            status: 200,
            rows: Some(shown.collect()),
            ..self.head_container(name)
        }
    }

    pub(super) fn head_account(&self) -> Told {
        let containers = self.containers.values();
        let objects: usize = containers.clone().map(|it| it.objects.len()).sum();
        let bytes: usize = containers.map(Container::bytes).sum();
        let count = self.containers.len();
        Told {
            status: 204,
            headers: vec![
                ("x-account-container-count", Some(count.to_string())),
                ("x-account-object-count", Some(objects.to_string())),
                ("x-account-bytes-used", Some(bytes.to_string())),
            ],
            ..Told::default()
        }
    }

    pub(super) fn list_account(&self, page: &Page) -> Told {
        let shown = rows(self.containers.keys(), page).into_iter();
        let shown = shown.map(|row| match row {
            Row::Group(group) => json!({"subdir": group}),
            Row::Name(name) => {
                let container = &self.containers[&name];
                json!({
                    "name": name,
                    "count": container.objects.len(),
                    "bytes": container.bytes(),
                })
            }
        });
        Told {
            status: 200,
            rows: Some(shown.collect()),
            ..self.head_account()
        }
    }
}

fn merge(own: &mut BTreeMap<String, String>, meta: &Meta) {
    for (name, value) in meta {
        if value.is_empty() {
            own.remove(*name);
        } else {
            own.insert((*name).to_owned(), value.clone());
        }
    }
}
