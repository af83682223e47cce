//! The file of overrides of an environment.

use std::path::{Path, PathBuf};

use ferry_core::ids::EnvironmentName;
use ferry_core::overrides::{FileRef, Overrides, Pattern};
use ferry_core::reference::SecretRef;

use super::error::ConfigError;
use super::lines::places;
use super::load::{Config, text_of, typed};
use super::places::{Place, Places, join};

/// A file of overrides and where each key of it stands.
#[derive(Debug, Default)]
pub(crate) struct OverridesFile {
    pub path: PathBuf,
    pub stated: Overrides,
    pub places: Places,
}

impl Config {
    /// Where the overrides of an environment are: as its entry says, else `ENV.overrides.toml` beside the workspace file,
    /// or in the current folder where there is none.
    pub(crate) fn overrides_path(&self, name: &EnvironmentName) -> PathBuf {
        let key = join(&join("environments", name.as_str()), "overrides");
        let stated = self.file.environments.get(name);
        let stated = stated.and_then(|entry| entry.overrides.as_deref());
        let file = match stated {
            Some(_) => self.places.of(&key).map(|place| place.file),
            None => self.sources().workspace.clone(),
        };
        let folder = file
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""));
        match stated {
            Some(path) => folder.join(path),
            None => folder.join(format!("{name}.overrides.toml")),
        }
    }

    /// The overrides of an environment; none where no file is named and none is there.
    pub(crate) fn overrides(
        &self,
        name: &EnvironmentName,
    ) -> Result<Option<OverridesFile>, ConfigError> {
        let path = self.overrides_path(name);
        let named = self.file.environments.get(name);
        let is_named = named.is_some_and(|entry| entry.overrides.is_some());
        if !is_named && !path.exists() {
            return Ok(None);
        }
        OverridesFile::read(path).map(Some)
    }
}

impl OverridesFile {
    fn read(path: PathBuf) -> Result<Self, ConfigError> {
        let text = text_of(&path)?;
        let stated = typed(&path, &text)?;
        let places = places(&path, &text);
        Ok(Self {
            path,
            stated,
            places,
        })
    }

    /// Every reference to a secret, with its key and where it stands.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&SecretRef, String, Option<Place>)> {
        self.stated.secrets().map(|(entry, name, secret)| {
            let table = join(&join("connections", entry.as_str()), "credentials");
            let key = join(&table, name);
            let place = self.places.of(&key);
            (secret, key, place)
        })
    }

    /// Every file to upload, with its key and where it stands.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&FileRef, String, Option<Place>)> {
        let all = self.stated.connections.iter();
        let all = all.flat_map(|(entry, it)| it.attachments.iter().map(move |one| (entry, one)));
        all.map(|(entry, (name, file))| {
            let table = join(&join("connections", entry.as_str()), "attachments");
            let key = join(&table, name);
            let place = self.places.of(&key);
            (file, key, place)
        })
    }

    /// The key of an entry and where it stands: `prod.overrides.toml:3: connections."X*"`.
    pub(crate) fn entry(&self, table: &str, entry: &Pattern) -> String {
        let key = join(table, entry.as_str());
        match self.places.of(&key) {
            Some(place) => format!("{place}: {key}"),
            None => key,
        }
    }
}

#[cfg(test)]
mod tests {
    use ferry_core::overrides::{Facts, skeleton};
    use proptest::prelude::*;

    use super::*;
    use crate::config::find::Sources;

    /// Reads a text as the overrides of `prod`, from a folder that is gone afterwards.
    fn read(text: &str) -> Result<OverridesFile, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prod.overrides.toml");
        fs_err::write(&path, text).unwrap();
        OverridesFile::read(path)
    }

    #[test]
    fn the_file_is_found_beside_the_one_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path().join("ferry.toml");
        let named = "[environments.test]\noverrides = \"values/test.toml\"\n[environments.prod]\n";
        fs_err::write(&workspace, named).unwrap();
        let config = Config::load(Sources {
            workspace: Some(workspace),
            user: None,
        })
        .unwrap();
        let (test, prod) = ("test".parse().unwrap(), "prod".parse().unwrap());
        assert_eq!(
            config.overrides_path(&test),
            folder.path().join("values/test.toml")
        );
        assert_eq!(
            config.overrides_path(&prod),
            folder.path().join("prod.overrides.toml")
        );
        assert!(config.overrides(&prod).unwrap().is_none());
        let error = config.overrides(&test).unwrap_err();
        assert!(error.to_string().contains("test.toml"), "{error}");
        fs_err::write(
            folder.path().join("prod.overrides.toml"),
            "[connections.A]\n",
        )
        .unwrap();
        assert!(config.overrides(&prod).unwrap().is_some());
        let alone = Config::default();
        assert_eq!(
            alone.overrides_path(&prod),
            Path::new("prod.overrides.toml")
        );
    }

    #[test]
    fn a_mistake_names_the_line_and_the_key_and_shows_no_value() {
        const SECRET: &str = "s3cr3t-Value";
        for (text, place) in [
            (
                "\n[connection.A]\n",
                "toml:2: connection: this key is not known",
            ),
            (
                "[connections.\"A B\"]\n\nkep = []",
                "toml:3: connections.\"A B\".kep: ",
            ),
            (
                "[connections.A]\nkeep = \"s3cr3t-Value\"",
                "toml:2: connections.A.keep: ",
            ),
            (
                "[connections.A]\nkeep = true",
                "toml:2: connections.A.keep: ",
            ),
            (
                "[connections.A]\ncredentials = { password = \"s3cr3t-Value\" }",
                "toml:2: connections.A.credentials.password: ",
            ),
            (
                "[connections.A]\ncredentials.password = [\"s3cr3t-Value\"]",
                "toml:2: connections.A.credentials.password: ",
            ),
            (
                "[connections.A]\nproperties.password = \"s3cr3t-Value\"",
                "toml:2: connections.A.properties",
            ),
            (
                "[connections.A]\nattachments.WALLET = \"s3cr3t-Value\"",
                "toml:2: connections.A.attachments.WALLET: ",
            ),
            (
                "[lookups.A]\nrows = [{ a = 5 }]",
                "toml:2: lookups.A.rows: ",
            ),
            ("[connections.\"\"]\n", "toml:1: "),
            ("[connections.A\n", "toml:1: "),
        ] {
            let error = read(text).unwrap_err();
            let (_, hint) = error.parts();
            let told = format!("{error} {}", hint.unwrap_or_default());
            assert!(told.contains(place), "{text}\n→ {told}");
            assert!(!told.contains(SECRET), "{text}\n→ {told}");
        }
    }

    #[test]
    fn entries_and_secrets_tell_where_they_stand() {
        let text =
            "[connections.\"A*\"]\n\ncredentials.\"my password\" = \"env:P\"\n[connections.B]\n";
        let file = read(text).unwrap();
        let entry: Pattern = "A*".parse().unwrap();
        assert!(
            file.entry("connections", &entry)
                .ends_with("prod.overrides.toml:1: connections.\"A*\"")
        );
        let (secret, key, place) = file.secrets().next().unwrap();
        assert_eq!(secret.to_string(), "env:P");
        assert_eq!(key, "connections.\"A*\".credentials.\"my password\"");
        assert_eq!(place.unwrap().line, 3);
    }

    proptest! {
        /// Whatever things are called, a skeleton is a file that can be read, and so it is with every suggestion taken.
        #[test]
        fn a_skeleton_can_be_read(code in "\\PC{1,12}", project in "[^/\\x00-\\x1f\\x7f-\\x9f]{1,5}", name in "\\PC{0,12}", value in "(https://)?\\PC{0,12}") {
            use ferry_core::model::{Origin, PropertyValue};
            use ferry_core::overrides::{ConnectionFacts, Fact, LookupFacts, ScheduleFacts};
            prop_assume!(!code.trim().is_empty());
            let fact = |name: &str, value, credential| Fact { name: name.to_owned(), value, credential, required: Some(true) };
            let facts = Facts {
                origin: Origin::Archive,
                connections: vec![ConnectionFacts {
                    project: Some(project.clone()),
                    code: code.clone(),
                    name: value.clone(),
                    adapter: value.clone(),
                    policy: value.clone(),
                    agent_group: Some(value.clone()),
                    values: vec![
                        fact("url", PropertyValue::Literal(value.clone()), false),
                        fact(&format!("{name}-url"), PropertyValue::Literal(value.clone()), false),
                        fact(&format!("{name} password"), PropertyValue::Hidden, true),
                    ],
                    attachments: vec![format!("{name} key")],
                }],
                lookups: Some(vec![LookupFacts { project: None, name: code.clone(), columns: vec![name.clone(), format!("{name}2")], addresses: Vec::new() }]),
                schedules: vec![ScheduleFacts { project: None, code: code.clone(), version: name.clone(), rule: value.clone() }],
            };
            let text = skeleton(&facts, &value);
            let one = |text: &str| read(text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")));
            prop_assert_eq!(one(&text)?.stated.connections.len(), 1);
            // Above the first entry stands prose alone.
            let entries = text.lines().skip_while(|line| !line.starts_with('['));
            let taken: Vec<&str> = entries
                .map(|line| match line.strip_prefix("# ") {
                    Some(line) if line.contains(" = ") || line.starts_with('[') => line,
                    _ => line,
                })
                .collect();
            let taken = one(&taken.join("\n"))?.stated;
            let connection = taken.connections.values().next().unwrap();
            prop_assert_eq!(connection.credentials.len(), 1);
            prop_assert_eq!(connection.attachments.len(), 1);
            prop_assert_eq!((taken.lookups.len(), taken.schedules.len()), (1, 1));
        }
    }
}
