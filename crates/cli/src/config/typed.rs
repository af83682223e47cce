//! The shape of a file. Everything may be left out here, so that files can be laid over each other;
//! what is missing is told when it is needed.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use ferry_core::ids::EnvironmentName;
use ferry_core::job::Generation;
use ferry_core::reference::SecretRef;
use ferry_core::storage::{StorageUrl, is_loopback};
use ferry_core::window::Window;
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};

/// A whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct File {
    pub environments: BTreeMap<EnvironmentName, EnvironmentEntry>,
    pub storages: BTreeMap<String, StorageEntry>,
    pub polling: PollingEntry,
    pub network: NetworkEntry,
}

/// `[environments.NAME]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EnvironmentEntry {
    #[serde(deserialize_with = "parsed")]
    pub generation: Option<Generation>,
    #[serde(deserialize_with = "parsed")]
    pub url: Option<InstanceUrl>,
    pub instance: Option<String>,
    pub protected: bool,
    /// How long an approval of a plan holds.
    #[serde(deserialize_with = "hours")]
    pub approval_hours: Option<u32>,
    /// Outside of these nothing is changed.
    #[serde(deserialize_with = "windows")]
    pub windows: Vec<Window>,
    pub storage: Option<StoragePlace>,
    pub sign_in: SignInEntry,
    pub overrides: Option<PathBuf>,
}

impl EnvironmentEntry {
    /// Whether nothing of an instance is stated.
    pub(super) fn is_storage_alone(&self) -> bool {
        self.storage.is_some()
            && self.generation.is_none()
            && self.url.is_none()
            && self.instance.is_none()
            && self.sign_in.method.is_none()
    }
}

/// `sign-in`, whatever its method.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SignInEntry {
    #[serde(deserialize_with = "parsed")]
    pub method: Option<Method>,
    #[serde(deserialize_with = "parsed")]
    pub token_url: Option<SecureUrl>,
    pub scope: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<SecretEntry>,
    pub user: Option<String>,
    pub password: Option<SecretEntry>,
}

/// How an environment signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    ClientCredentials,
    Basic,
}

impl FromStr for Method {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "client-credentials" => Ok(Self::ClientCredentials),
            "basic" => Ok(Self::Basic),
            _ => Err(
                "the method is \"client-credentials\" (generation 3) or \"basic\" (generation 2)",
            ),
        }
    }
}

/// `storage`: the name of a `[storages.NAME]`, or the table itself.
#[derive(Clone, Debug)]
pub(crate) enum StoragePlace {
    Named(String),
    Here(Box<StorageEntry>),
}

impl<'de> Deserialize<'de> for StoragePlace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Place;
        impl<'de> Visitor<'de> for Place {
            type Value = StoragePlace;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a [storages.NAME], or a table of its keys")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<StoragePlace, E> {
                Ok(StoragePlace::Named(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<StoragePlace, A::Error> {
                StorageEntry::deserialize(MapAccessDeserializer::new(map))
                    .map(|entry| StoragePlace::Here(Box::new(entry)))
            }
        }
        deserializer.deserialize_any(Place)
    }
}

/// `[storages.NAME]`: a URL, or its parts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct StorageEntry {
    #[serde(deserialize_with = "parsed")]
    pub url: Option<StorageUrl>,
    pub region: Option<String>,
    pub namespace: Option<String>,
    pub bucket: Option<String>,
    /// Where an OpenStack Swift gives tokens; without it every request is signed by HTTP Basic.
    #[serde(deserialize_with = "parsed")]
    pub auth_url: Option<SecureUrl>,
    /// Its form depends on `auth-url`, which another file may state: see [`super::load::Config::load`].
    pub user: Option<String>,
    pub password: Option<SecretEntry>,
}

/// `[polling]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PollingEntry {
    #[serde(deserialize_with = "span")]
    pub first: Option<Duration>,
    #[serde(deserialize_with = "span")]
    pub min: Option<Duration>,
    #[serde(deserialize_with = "span")]
    pub max: Option<Duration>,
    #[serde(deserialize_with = "span")]
    pub deadline: Option<Duration>,
    #[serde(deserialize_with = "span")]
    pub lost_job: Option<Duration>,
    #[serde(deserialize_with = "span")]
    pub archive: Option<Duration>,
    #[serde(deserialize_with = "span")]
    pub settle: Option<Duration>,
}

/// `[network]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NetworkEntry {
    pub extra_ca: Option<PathBuf>,
    #[serde(deserialize_with = "span")]
    pub connect: Option<Duration>,
    #[serde(deserialize_with = "span")]
    pub first_byte: Option<Duration>,
    #[serde(deserialize_with = "span")]
    pub idle: Option<Duration>,
}

/// A secret by reference. A value of any other type is refused without being shown.
#[derive(Clone, Debug)]
pub(crate) struct SecretEntry(pub SecretRef);

impl<'de> Deserialize<'de> for SecretEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reference;
        impl Visitor<'_> for Reference {
            type Value = SecretEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a reference to a secret: \"env:NAME\", \"file:PATH\" or \"cmd:COMMAND\"",
                )
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretEntry, E> {
                text.parse().map(SecretEntry).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Reference)
    }
}

/// The address of an instance: `https://host[:port]`; plain http for this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InstanceUrl(pub String);

impl FromStr for InstanceUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let SecureUrl(url) = text.parse()?;
        let url = url.trim_end_matches('/');
        match url.split_once("://") {
            Some((_, rest)) if rest.contains(['/', '?', '#']) => {
                Err("the address ends after the host: https://HOST, no path, no query")
            }
            _ => Ok(Self(url.to_owned())),
        }
    }
}

/// An https URL without credentials in it; plain http for this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecureUrl(pub String);

impl FromStr for SecureUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err("there are blanks in the address");
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err("an address is written https://HOST");
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err("no credentials in an address; they belong in sign-in");
        }
        let host = if let Some(inside) = authority.strip_prefix('[') {
            inside.split(']').next().unwrap_or_default()
        } else {
            authority.split(':').next().unwrap_or_default()
        };
        if host.is_empty() {
            return Err("an address is written https://HOST");
        }
        match scheme {
            "https" => Ok(Self(text.to_owned())),
            "http" if is_loopback(host) => Ok(Self(text.to_owned())),
            _ => Err("an address is https (plain http only for this machine)"),
        }
    }
}

fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    String::deserialize(deserializer)?
        .parse()
        .map(Some)
        .map_err(de::Error::custom)
}

fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    super::parse_duration(&String::deserialize(deserializer)?)
        .map(Some)
        .map_err(de::Error::custom)
}

fn hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    struct Hours;
    impl Visitor<'_> for Hours {
        type Value = u32;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number of hours")
        }

        fn visit_i64<E: de::Error>(self, hours: i64) -> Result<u32, E> {
            let wrong = |_| E::invalid_value(Unexpected::Signed(hours), &self);
            u32::try_from(hours).map_err(wrong)
        }
    }
    deserializer.deserialize_any(Hours).map(Some)
}

fn windows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Window>, D::Error> {
    struct Windows;
    impl<'de> Visitor<'de> for Windows {
        type Value = Vec<Window>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of windows: [\"Fri 18:00-22:00 Europe/Berlin\"]")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<Window>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }
    }
    deserializer.deserialize_any(Windows)
}
