//! One file of an artifact, as it stands in a tree.

use std::borrow::Cow;
use std::collections::BTreeSet;

use ferry_core::model::{ArtifactKind, Identity, secret_like, without_user};
use serde_json::Value;

use super::hidden::{HIDDEN, hide};
use super::yaml;
use crate::canonical::{Keep, plain, xml_text, xml_without};
use crate::formats::{certificate, connection, csv, json, properties, settings};
use crate::meaning::{self, Form, form};
use crate::{secrets, xml};

/// What is left of a file.
pub(super) enum Cleaned {
    /// Nothing: it is derived from others, or says nothing.
    Noise,
    /// It is a secret as a whole.
    Secret(&'static str),
    File {
        content: Vec<u8>,
        secrets: u64,
    },
}

/// Cleans a file.
pub(super) fn file(id: &Identity, path: &str, bytes: Vec<u8>, with_secrets: bool) -> Cleaned {
    let name = path.rsplit(['/', '!']).next().unwrap_or(path);
    if is_noise(id.kind, path, name, &bytes) {
        return Cleaned::Noise;
    }
    if !with_secrets
        && (certificate::format(&bytes) == Some("keystore")
            || bytes.starts_with(b"PuTTY-User-Key-File-"))
    {
        return Cleaned::Secret("it is a store of keys");
    }
    let own = match id.kind {
        ArtifactKind::Connection => connection(&bytes, with_secrets),
        ArtifactKind::Project if path == "project.yaml" => project(&bytes).map(|text| (text, 0)),
        ArtifactKind::Integration if path == "info.json" => {
            json_without(&bytes, &|path| match path {
                ["properties", field] => !is_unstable(field),
                _ => true,
            })
        }
        ArtifactKind::Settings if !with_secrets => settings(&bytes),
        ArtifactKind::Deployment => json_without(&bytes, &|path| match path {
            [field] => *field != "revision" && !is_dated(field),
            _ => true,
        }),
        _ => None,
    };
    let (content, secrets) = match own {
        Some((text, secrets)) => (text.into_bytes(), secrets),
        None => (canonical(name, bytes), 0),
    };
    if with_secrets {
        return Cleaned::File { content, secrets };
    }
    let (content, more) = hide(content);
    Cleaned::File {
        content,
        secrets: secrets + more,
    }
}

fn is_noise(kind: ArtifactKind, path: &str, name: &str, bytes: &[u8]) -> bool {
    match kind {
        ArtifactKind::Integration => meaning::is_derived(path),
        ArtifactKind::Library => name.eq_ignore_ascii_case("MANIFEST.MF"),
        ArtifactKind::Project => name == "rpa_metadata.json" && meaning::is_hollow(bytes),
        _ => false,
    }
}

/// What another export of the same would say differently.
fn is_unstable(field: &str) -> bool {
    matches!(
        field,
        "mod" | "validity" | "transientState" | "project_transient_state"
    )
}

/// Tags in their own order: the product writes them in any.
fn sorted(tags: &str) -> String {
    let mut all: Vec<&str> = tags.split(',').map(str::trim).collect();
    all.sort_unstable();
    all.join(",")
}

fn is_dated(field: &str) -> bool {
    field.ends_with("By") || field.ends_with("Date")
}

fn canonical(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    let plain = |bytes: &[u8]| plain::text(bytes).map(|text| text + "\n");
    let text = match form(name, &bytes) {
        Form::Xml => xml_text(&bytes).ok().or_else(|| plain(&bytes)),
        Form::Json => plain::json(&bytes)
            .map(|text| text + "\n")
            .or_else(|| plain(&bytes)),
        // Cells keep their blanks and line breaks.
        Form::Text if csv::is(&bytes) => {
            let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
            return text.to_vec();
        }
        // Expressions are called so as well, and are none.
        Form::Text if name.ends_with(".properties") && !name.ends_with("expr.properties") => {
            let mut read = properties::read(&bytes);
            read.retain(|key, _| !is_unstable(key));
            for key in ["smartTags", "smart_tags"] {
                if let Some(tags) = read.get_mut(key) {
                    *tags = sorted(tags);
                }
            }
            Some(properties::write(&read))
        }
        Form::Text => plain(&bytes),
        Form::Bytes => None,
    };
    text.map_or(bytes, String::into_bytes)
}

fn json_without(bytes: &[u8], keep: &dyn Fn(&[&str]) -> bool) -> Option<(String, u64)> {
    let mut value = json::read(bytes).ok()?;
    let drop_from = |value: &mut Value, above: &[&str]| {
        if let Some(fields) = value.as_object_mut() {
            fields.retain(|key, _| {
                let path: Vec<&str> = above.iter().copied().chain([key.as_str()]).collect();
                keep(&path)
            });
        }
    };
    drop_from(&mut value, &[]);
    if let Some(inner) = value.get_mut("properties") {
        drop_from(inner, &["properties"]);
        sort_tags(inner);
    }
    let text = serde_json::to_string_pretty(&value).ok()?;
    Some((text + "\n", 0))
}

/// Settings without the values of security properties.
fn settings(bytes: &[u8]) -> Option<(String, u64)> {
    let mut value = json::read(bytes).ok()?;
    let count = settings::secrets(&value) as u64;
    let all = value
        .get_mut("securityProperties")
        .and_then(Value::as_array_mut);
    for property in all.into_iter().flatten().filter_map(Value::as_object_mut) {
        for field in settings::VALUES {
            let value = property.get_mut(field);
            if let Some(value) = value.filter(|it| !it.is_null() && it.as_str() != Some("")) {
                *value = HIDDEN.into();
            }
        }
    }
    let text = serde_json::to_string_pretty(&value).ok()?;
    Some((text + "\n", count))
}

fn sort_tags(fields: &mut Value) {
    match fields.get_mut("smartTags") {
        Some(Value::String(tags)) => *tags = sorted(tags),
        Some(Value::Array(tags)) => tags.sort_by(|a, b| a.as_str().cmp(&b.as_str())),
        _ => {}
    }
}

/// Only what a person or an import would care for: neither revisions nor dates.
fn project(bytes: &[u8]) -> Option<String> {
    let mut value = crate::formats::yaml::read(bytes).ok()?;
    sort_tags(&mut value);
    let fields = value.as_object_mut()?;
    fields.retain(|key, _| {
        !is_dated(key)
            && !matches!(
                key.as_str(),
                "revision" | "projectRevision" | "CAV" | "origin"
            )
    });
    let assets = fields.get_mut("assets").and_then(Value::as_object_mut);
    for list in assets
        .into_iter()
        .flatten()
        .filter_map(|(_, it)| it.as_array_mut())
    {
        for asset in list.iter_mut().filter_map(Value::as_object_mut) {
            asset.retain(|key, _| matches!(key.as_str(), "id" | "name"));
        }
        list.sort_by(|a, b| a["id"].as_str().cmp(&b["id"].as_str()));
    }
    Some(yaml::write(&value))
}

/// A connection without ids and audit data, and without the values that may be secret.
fn connection(bytes: &[u8], with_secrets: bool) -> Option<(String, u64)> {
    let tree = xml::tree(bytes).ok()?;
    let raw = connection::read(&tree);
    let saved = raw
        .properties
        .iter()
        .filter(|(name, _)| name == "lastSaved");
    let mut keep = Connection {
        saved: saved.map(|(_, value)| value.as_str()).collect(),
        secret: BTreeSet::new(),
        with_secrets,
    };
    let mut count = 0;
    if !with_secrets {
        let secret = raw
            .properties
            .iter()
            .filter(|(name, value)| secret_like(name) && !secrets::is_harmless(value));
        for (_, value) in secret {
            keep.secret.insert(value);
            count += 1;
        }
        let carries_user = |value: &str| without_user(value) != value;
        count += raw
            .properties
            .iter()
            .filter(|(name, value)| !secret_like(name) && carries_user(value))
            .count() as u64;
        count += raw
            .attachments
            .iter()
            .filter(|it| it.content.as_ref().is_some_and(|bytes| !bytes.is_empty()))
            .count() as u64;
    }
    Some((xml_without(bytes, &keep).ok()?, count))
}

struct Connection<'a> {
    saved: BTreeSet<&'a str>,
    secret: BTreeSet<&'a str>,
    /// Whether secrets stay.
    with_secrets: bool,
}

impl Keep for Connection<'_> {
    fn element(&self, path: &[String]) -> bool {
        match path {
            [_, field] => field == "instanceCode" || !meaning::is_noise_of_connection(field),
            [.., above, field] => self.with_secrets || above != "attachment" || field != "content",
            _ => true,
        }
    }

    fn text<'t>(&self, path: &[String], text: &'t str) -> Cow<'t, str> {
        let value = path.last().is_some_and(|last| last == "value");
        match text.trim() {
            text if value && self.saved.contains(text) => Cow::Borrowed(""),
            text if value && self.secret.contains(text) => Cow::Borrowed(HIDDEN),
            text if value && !self.with_secrets => Cow::Owned(without_user(text)),
            _ => Cow::Borrowed(text),
        }
    }
}
