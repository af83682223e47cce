//! What the connections of a target get.

use std::collections::BTreeMap;

use ferry_core::ids::ConnectionId;
use ferry_flows::{Attachment, Overrides};
use secrecy::SecretString;

use super::card::CardConnection;
use crate::config::{ConfigError, OverridesFile, Secrets};

/// What stands in for every secret while an emulator is used.
pub(crate) const STAND_IN: &str = "emulator";

/// How the secrets of overrides are filled in.
pub(super) enum Filling<'a> {
    /// Read for real.
    Read(&'a Secrets),
    /// An emulator: nothing is resolved.
    StandIn,
    /// Left out: nothing is given to anything.
    Nothing,
}

/// The overrides of a file with their secrets and files, each read once.
pub(super) fn filled(file: OverridesFile, filling: &Filling<'_>) -> Result<Overrides, ConfigError> {
    let mut secrets = BTreeMap::new();
    for (secret, key, place) in file.secrets() {
        if secrets.contains_key(secret) {
            continue;
        }
        let value = match filling {
            Filling::Nothing => continue,
            Filling::StandIn => SecretString::from(STAND_IN),
            Filling::Read(secrets) => secrets.read(secret, &key, place)?,
        };
        secrets.insert(secret.clone(), value);
    }
    let mut files = BTreeMap::new();
    for (reference, key, place) in file.files() {
        let (name, content) = match filling {
            Filling::Nothing => break,
            // It may be a key.
            Filling::StandIn => (STAND_IN.to_owned(), STAND_IN.into()),
            Filling::Read(secrets) => secrets.upload(reference, &key, place)?,
        };
        let content = content.into();
        files.insert(reference.clone(), Attachment { name, content });
    }
    Ok(Overrides {
        stated: file.stated,
        secrets,
        files,
    })
}

/// What the emulator brings for its own demonstration, where the file states nothing.
pub(super) fn add_demonstration(
    overrides: &mut Overrides,
    connections: BTreeMap<ConnectionId, CardConnection>,
) {
    let connections_of_file = overrides.stated.connections.clone();
    for (id, connection) in connections {
        // Whatever project it lies in: the demonstration does not tell them apart.
        let spoken_of = |name: &str| {
            connections_of_file
                .iter()
                .filter(|(pattern, _)| pattern.fits_code(id.as_str()))
                .any(|(_, entry)| entry.speaks_of(name))
        };
        let Ok(pattern) = id.as_str().parse() else {
            continue;
        };
        let offered = connection.properties.into_iter();
        let offered: Vec<_> = offered.filter(|(name, _)| !spoken_of(name)).collect();
        if offered.is_empty() {
            continue;
        }
        let entry = overrides.stated.connections.entry(pattern).or_default();
        for (name, value) in offered {
            entry.properties.add(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn file(connections: &str) -> OverridesFile {
        OverridesFile {
            stated: toml::from_str(connections).unwrap(),
            ..OverridesFile::default()
        }
    }

    fn demonstrated(connections: &str) -> BTreeMap<String, String> {
        let mut overrides = filled(file(connections), &Filling::StandIn).unwrap();
        let properties = [("connectionUrl", "http://127.0.0.1/demo"), ("other", "x")];
        let properties = properties
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let demonstration = [("ORDERS".parse().unwrap(), CardConnection { properties })];
        add_demonstration(&mut overrides, demonstration.into());
        let given = overrides.stated.given(None, "ORDERS");
        let values = given.properties.into_iter();
        values.map(|(name, stated)| (name, stated.value)).collect()
    }

    #[test]
    fn an_emulator_gets_no_real_secret() {
        let file = file("[connections.ORDERS]\ncredentials.password = \"env:ORDERS_PASSWORD\"\n");
        let overrides = filled(file, &Filling::StandIn).unwrap();
        let secret = &overrides.secrets[&"env:ORDERS_PASSWORD".parse().unwrap()];
        assert_eq!(secret.expose_secret(), STAND_IN);
    }

    #[test]
    fn the_file_wins_over_the_demonstration() {
        let stated = demonstrated(
            "[connections.\"ORD*\"]\nproperties.connectionUrl = \"https://orders.example.com\"\n",
        );
        assert_eq!(stated["connectionUrl"], "https://orders.example.com");
        assert_eq!(stated["other"], "x");
        assert!(demonstrated("[connections.ORDERS]\nkeep = [\"*\"]\n").is_empty());
        let kept = demonstrated("[connections.ORDERS]\nkeep = [\"other\"]\n");
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["connectionUrl"]);
        assert_eq!(demonstrated("").len(), 2);
    }
}
