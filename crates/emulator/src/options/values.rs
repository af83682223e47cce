//! The values that switches take.

use serde::{Deserialize, Serialize};

/// What a running export leaves in the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Temporaries {
    /// `<archive>.tmp-<hex>`, which is no zip.
    Suffix,
    /// `part-<n>-<uuid>.zip`, each a whole zip.
    ValidZips,
    /// The archive's own name: empty, then half written, then whole.
    FinalName,
}

/// How job answers spell their fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldNames {
    /// As in the documentation's examples.
    Documented,
    /// The archive's name in another documented field.
    ArchiveFilename,
    /// Hyphenated, as in older documentation.
    Hyphenated,
    /// Nothing but a state.
    StatusOnly,
}

/// What an import does to the values of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionValues {
    /// The archive's values come in.
    Replace,
    /// A connection that is there keeps its own; into a new one the archive's come.
    Keep,
    /// No values come in, those that are there go, and every connection of the archive is a draft.
    Draft,
}

/// What an import does to an object that is in its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnImport {
    /// Replaces it.
    Replace,
    /// Leaves it.
    Skip,
    /// The job fails.
    Fail,
}

/// The form of job ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobIds {
    /// Decimal on Gen2, as seen; like a UUID on Gen3.
    Generation,
    /// Decimal on both.
    Decimal,
    /// Like a UUID on both.
    Uuid,
}

/// How the inside of an archive is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveLayout {
    /// Each artifact is a file of its own, zips in the zip.
    Nested,
    /// The same, all in one folder.
    Flat,
    /// The artifacts' own zips are unpacked into folders.
    Expanded,
    /// One file that only the emulator can read.
    Opaque,
}

/// The form of error bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorBodies {
    /// JSON, as seen.
    Json,
    /// A page of a proxy or an application server.
    Html,
}

/// How a failed connection test is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailedTest {
    /// 200 with another status in the body.
    Answered,
    /// 500 with an error body.
    Refused,
}

/// Which dialect of Swift the store speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreDialect {
    /// That of Object Storage: Basic authentication, JSON, objects alone.
    Oci,
    /// That of OpenStack Swift 2.38: tokens, pages and text, large objects, access lists.
    Upstream,
}

/// What an object's `ETag` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Etag {
    /// The MD5 of its bytes, as Swift has it.
    Md5,
    /// A text that tells nothing of its bytes.
    Opaque,
}

/// The form of the store's error bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreErrors {
    /// JSON with a code and a message, as the native API has it.
    Native,
    /// Pages and sentences, as OpenStack Swift has it.
    Html,
}

/// The form of a listing that asks for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreListings {
    /// JSON.
    Json,
    /// A name a line.
    Text,
}
