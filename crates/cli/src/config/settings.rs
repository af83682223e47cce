//! What the files mean: settings with nothing left out, secrets still as references.

use std::path::PathBuf;

use ferry_core::ids::{BucketName, EnvironmentName, InvalidId, Namespace};
use ferry_core::job::{Generation, PollPolicy};
use ferry_core::plan::Rails;
use ferry_core::reference::SecretRef;
use ferry_core::storage::{StorageUrl, SwiftUser};

use super::error::ConfigError;
use super::load::Config;
use super::places::{Place, join};
use super::typed::{
    Method, NetworkEntry, SecretEntry, SecureUrl, SignInEntry, StorageEntry, StoragePlace,
};

/// A reference to a secret and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct PlacedSecret {
    pub secret: SecretRef,
    pub key: String,
    pub place: Option<Place>,
}

/// An environment of the files.
#[derive(Clone, Debug)]
pub(crate) struct EnvironmentSettings {
    pub generation: Generation,
    /// `https://host[:port]`.
    pub url: String,
    pub instance: Option<String>,
    pub protected: bool,
    pub sign_in: SignInSettings,
    pub storage: JobStorage,
}

/// The storage of an instance: what a job's request carries.
#[derive(Clone, Debug)]
pub(crate) struct JobStorage {
    pub url: StorageUrl,
    pub user: SwiftUser,
    pub password: PlacedSecret,
}

/// How to sign in.
#[derive(Clone, Debug)]
pub(crate) enum SignInSettings {
    ClientCredentials {
        token_url: String,
        scope: Option<String>,
        client_id: String,
        client_secret: PlacedSecret,
    },
    Basic {
        user: String,
        password: PlacedSecret,
    },
}

/// A bucket and how to sign in to it.
#[derive(Clone, Debug)]
pub(crate) struct StorageSettings {
    pub url: StorageUrl,
    pub sign_in: StorageSignIn,
}

/// How to sign in to a bucket.
#[derive(Clone, Debug)]
pub(crate) enum StorageSignIn {
    /// Object Storage: an auth token with every request.
    Basic {
        user: SwiftUser,
        password: PlacedSecret,
    },
    /// An OpenStack Swift: a token of its own for the key.
    Token {
        auth_url: String,
        user: String,
        key: PlacedSecret,
    },
}

/// `[network]`, its paths made absolute by the file they stand in.
#[derive(Clone, Debug, Default)]
pub(crate) struct NetworkSettings {
    pub extra_ca: Option<PathBuf>,
    pub entry: NetworkEntry,
}

impl Config {
    /// The settings of an environment; an unknown one lists the known ones.
    pub(crate) fn environment(
        &self,
        name: &EnvironmentName,
    ) -> Result<EnvironmentSettings, ConfigError> {
        let entry = self.entry(name)?;
        let key = join("environments", name.as_str());
        if entry.is_storage_alone() {
            return Err(ConfigError::new(format!(
                "{name} is a storage alone, and this needs an instance"
            ))
            .at(self.places.of(&key), key)
            .hint("`ferry bucket` works with it; for the rest add generation, url and sign-in"));
        }
        let generation =
            self.wanted(entry.generation, &key, "generation", "\"gen2\" or \"gen3\"")?;
        let url = self.wanted(
            entry.url.clone(),
            &key,
            "url",
            "the address of the instance: \"https://HOST\"",
        )?;
        if generation == Generation::Gen3 && entry.instance.is_none() {
            self.wanted(
                None::<()>,
                &key,
                "instance",
                "the service instance's name from its About page",
            )?;
        }
        let StorageSettings {
            url: bucket,
            sign_in: StorageSignIn::Basic { user, password },
        } = self.storage(name)?
        else {
            let key = join(&key, "storage");
            return Err(ConfigError::new("an instance cannot sign in to a storage that has an auth-url")
                .at(self.places.of(&key), key)
                .hint("the service takes user and password alone: name a bucket of Object Storage; `ferry bucket` works with this one"));
        };
        Ok(EnvironmentSettings {
            generation,
            url: url.0,
            instance: entry.instance.clone(),
            protected: entry.protected,
            sign_in: self.sign_in(&entry.sign_in, generation, &join(&key, "sign-in"))?,
            storage: JobStorage {
                url: bucket,
                user,
                password,
            },
        })
    }

    /// Whether an environment has a storage and no instance.
    pub(crate) fn is_storage_alone(&self, name: &EnvironmentName) -> Result<bool, ConfigError> {
        Ok(self.entry(name)?.is_storage_alone())
    }

    /// The storage of an environment, whatever else the environment has or lacks.
    pub(crate) fn storage(&self, name: &EnvironmentName) -> Result<StorageSettings, ConfigError> {
        let key = join("environments", name.as_str());
        let place = self.wanted(
            self.entry(name)?.storage.as_ref(),
            &key,
            "storage",
            "the name of a [storages.NAME], or a table with url, user and password",
        )?;
        let (entry, key) = self.storage_entry(place, join(&key, "storage"))?;
        self.storage_settings(entry, key)
    }

    /// Whether changes are refused without an approved plan.
    pub(crate) fn is_protected(&self, name: &EnvironmentName) -> Result<bool, ConfigError> {
        Ok(self.entry(name)?.protected)
    }

    /// When something may be changed; the default where there is no such environment.
    pub(crate) fn rails(&self, name: &EnvironmentName) -> Rails {
        let entry = self.file.environments.get(name);
        let base = Rails::default();
        Rails {
            approval_hours: entry
                .and_then(|entry| entry.approval_hours)
                .unwrap_or(base.approval_hours),
            windows: entry.map_or(base.windows, |entry| entry.windows.clone()),
        }
    }

    /// The poll policy: the files' values over `base`.
    pub(crate) fn polling(&self, base: PollPolicy) -> PollPolicy {
        let entry = &self.file.polling;
        PollPolicy {
            first: entry.first.unwrap_or(base.first),
            min: entry.min.unwrap_or(base.min),
            max: entry.max.unwrap_or(base.max),
            deadline: entry.deadline.unwrap_or(base.deadline),
            lost_job: entry.lost_job.unwrap_or(base.lost_job),
            archive: entry.archive.unwrap_or(base.archive),
            settle: entry.settle.unwrap_or(base.settle),
        }
    }

    /// The network's settings.
    pub(crate) fn network(&self) -> NetworkSettings {
        let entry = self.file.network.clone();
        let folder = self
            .places
            .of("network.extra-ca")
            .and_then(|place| place.file.parent().map(PathBuf::from));
        let extra_ca = entry
            .extra_ca
            .clone()
            .map(|path| folder.map_or(path.clone(), |folder| folder.join(path)));
        NetworkSettings { extra_ca, entry }
    }

    fn sign_in(
        &self,
        entry: &SignInEntry,
        generation: Generation,
        key: &str,
    ) -> Result<SignInSettings, ConfigError> {
        let fits = match generation {
            Generation::Gen3 => "\"client-credentials\"",
            Generation::Gen2 => "\"basic\", or \"client-credentials\"",
        };
        let method = self.wanted(entry.method, key, "method", fits)?;
        if (method, generation) == (Method::Basic, Generation::Gen3) {
            let place = self.places.of(&join(key, "method"));
            return Err(ConfigError::new("generation 3 takes no basic sign-in, only OAuth")
                .at(place, join(key, "method"))
                .hint("register a confidential application and use method = \"client-credentials\""));
        }
        Ok(match method {
            Method::ClientCredentials => SignInSettings::ClientCredentials {
                token_url: self
                    .wanted(
                        entry.token_url.clone(),
                        key,
                        "token-url",
                        "…/oauth2/v1/token",
                    )?
                    .0,
                scope: entry.scope.clone(),
                client_id: self.wanted(
                    entry.client_id.clone(),
                    key,
                    "client-id",
                    "the application's client id",
                )?,
                client_secret: self.secret(entry.client_secret.as_ref(), key, "client-secret")?,
            },
            Method::Basic => SignInSettings::Basic {
                user: self.wanted(entry.user.clone(), key, "user", "the user's name")?,
                password: self.secret(entry.password.as_ref(), key, "password")?,
            },
        })
    }

    /// The table behind `storage`, and its key.
    fn storage_entry<'a>(
        &'a self,
        place: &'a StoragePlace,
        named_by: String,
    ) -> Result<(&'a StorageEntry, String), ConfigError> {
        let name = match place {
            StoragePlace::Here(entry) => return Ok((entry, named_by)),
            StoragePlace::Named(name) => name,
        };
        if let Some(entry) = self.file.storages.get(name) {
            return Ok((entry, join("storages", name)));
        }
        let known: Vec<&str> = self.file.storages.keys().map(String::as_str).collect();
        Err(ConfigError::new("there is no storage of this name")
            .at(self.places.of(&named_by), named_by)
            .hint(if known.is_empty() {
                "write [storages.NAME]".to_owned()
            } else {
                format!("the known ones are: {}", known.join(", "))
            }))
    }

    fn storage_settings(
        &self,
        entry: &StorageEntry,
        key: String,
    ) -> Result<StorageSettings, ConfigError> {
        let url = match (&entry.url, &entry.region, &entry.namespace, &entry.bucket) {
            (Some(url), None, None, None) => url.clone(),
            (None, Some(region), Some(namespace), Some(bucket)) => {
                let bad = |part: &str, why: String| {
                    ConfigError::new(why).at(self.places.of(&join(&key, part)), join(&key, part))
                };
                let namespace: Namespace = namespace
                    .parse()
                    .map_err(|why| bad("namespace", format!("{why}")))?;
                let bucket: BucketName = bucket
                    .parse()
                    .map_err(|why| bad("bucket", format!("{why}")))?;
                StorageUrl::build(region, &namespace, &bucket)
                    .map_err(|why| bad("region", why.to_string()))?
            }
            _ => {
                return Err(ConfigError::new("a storage has either url, or region, namespace and bucket")
                    .at(self.places.of(&key), key)
                    .hint("url = \"https://swiftobjectstorage.REGION.oraclecloud.com/v1/NAMESPACE/BUCKET\""));
            }
        };
        let user = self.wanted(
            entry.user.clone(),
            &key,
            "user",
            "who the auth token belongs to",
        )?;
        let password = self.secret(entry.password.as_ref(), &key, "password")?;
        let sign_in = match &entry.auth_url {
            Some(SecureUrl(auth_url)) => StorageSignIn::Token {
                auth_url: auth_url.clone(),
                user,
                key: password,
            },
            None => StorageSignIn::Basic {
                user: self.basic_user(&user, &key)?,
                password,
            },
        };
        Ok(StorageSettings { url, sign_in })
    }

    /// Users of storages without `auth-url` have no ':' in their names: what stands behind one is likely a password, so
    /// that this is looked at before anything of the files is shown.
    pub(super) fn check_users(&self) -> Result<(), ConfigError> {
        let named = self.file.storages.iter();
        let named = named.map(|(name, entry)| (entry, join("storages", name)));
        let here = self.file.environments.iter().filter_map(|(name, entry)| {
            let key = join(&join("environments", name.as_str()), "storage");
            match &entry.storage {
                Some(StoragePlace::Here(entry)) => Some((entry.as_ref(), key)),
                _ => None,
            }
        });
        for (entry, key) in named.chain(here) {
            if let (None, Some(user)) = (&entry.auth_url, &entry.user) {
                self.basic_user(user, &key)?;
            }
        }
        Ok(())
    }

    fn basic_user(&self, user: &str, table: &str) -> Result<SwiftUser, ConfigError> {
        user.parse().map_err(|why: InvalidId| {
            let key = join(table, "user");
            ConfigError::new(why.to_string()).at(self.places.of(&key), key)
        })
    }

    fn secret(
        &self,
        entry: Option<&SecretEntry>,
        key: &str,
        name: &str,
    ) -> Result<PlacedSecret, ConfigError> {
        let entry = self.wanted(
            entry,
            key,
            name,
            "a secret by reference: \"env:NAME\", \"file:PATH\" or \"cmd:COMMAND\"",
        )?;
        Ok(self.placed(entry, join(key, name)))
    }

    fn placed(&self, entry: &SecretEntry, key: String) -> PlacedSecret {
        PlacedSecret {
            secret: entry.0.clone(),
            place: self.places.of(&key),
            key,
        }
    }

    /// The value, or an error that says which key is missing under which table.
    fn wanted<T>(
        &self,
        value: Option<T>,
        table: &str,
        name: &str,
        what: &str,
    ) -> Result<T, ConfigError> {
        value.ok_or_else(|| {
            let key = join(table, name);
            ConfigError::new("this key is missing")
                .at(self.places.of(&key), key)
                .hint(format!("add {name} = {what}"))
        })
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
