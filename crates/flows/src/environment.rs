//! One side of a flow: an instance, its storage, and what its connections get.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use ferry_core::ids::EnvironmentName;
use ferry_core::job::PollPolicy;
use ferry_core::overrides::FileRef;
use ferry_core::plan::Rails;
use ferry_core::reference::SecretRef;
use ferry_core::storage::{StorageUrl, SwiftUser};
use ferry_oic::{Instance, StorageInfo};
use ferry_swift::Bucket;
use secrecy::SecretString;

/// A named entry of the workspace file, with everything resolved that a flow needs.
#[derive(Clone)]
pub struct Environment {
    /// Its name.
    pub name: EnvironmentName,
    /// Whether changes are refused without an approved plan.
    pub protected: bool,
    /// When something may be changed in it.
    pub rails: Rails,
    /// What the journal knows the instance by: the service instance, else the host.
    pub identity: String,
    /// The instance.
    pub instance: Instance,
    /// The bucket its jobs write to and read from.
    pub storage: Storage,
    /// How its jobs are followed.
    pub polling: PollPolicy,
    /// What its connections get in a promotion.
    pub overrides: Overrides,
}

/// A bucket with the sign-in that goes into a job's request.
#[derive(Clone)]
pub struct Storage {
    /// The bucket, for our own calls.
    pub bucket: Bucket,
    /// Its Swift URL.
    pub url: StorageUrl,
    /// The user.
    pub user: SwiftUser,
    /// The auth token.
    pub password: SecretString,
}

/// What an environment's file of overrides states, and the secrets and files that it refers to.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// What is stated.
    pub stated: ferry_core::overrides::Overrides,
    /// The secrets behind the references.
    pub secrets: BTreeMap<SecretRef, SecretString>,
    /// The files behind the references.
    pub files: BTreeMap<FileRef, Attachment>,
}

/// A file to be uploaded. `Debug` hides its content: it may be a key.
#[derive(Clone)]
pub struct Attachment {
    /// What it is called there.
    pub name: String,
    /// What is in it.
    pub content: Bytes,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("name", &self.name)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("name", &self.name)
            .field("protected", &self.protected)
            .field("identity", &self.identity)
            .field("storage", &self.storage)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage")
            .field("url", &self.url)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl Storage {
    /// What a job's request carries.
    pub(crate) fn info(&self) -> StorageInfo {
        StorageInfo {
            url: self.url.clone(),
            user: self.user.clone(),
            password: self.password.clone(),
        }
    }

    /// Whether both are one bucket.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.url == other.url
    }
}
