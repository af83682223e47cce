//! What the connections of a target get.

use std::collections::BTreeMap;

use ferry_core::ids::ConnectionId;
use ferry_flows::{ConnectionOverride, Overrides};
use secrecy::SecretString;

use super::card::CardConnection;
use crate::config::{ConfigError, ConnectionSettings, Secrets};

/// What stands in for every secret while an emulator is used.
pub(crate) const STAND_IN: &str = "emulator";

/// How the secrets of overrides are filled in.
pub(super) enum Filling<'a> {
    /// Read for real.
    Read(&'a Secrets),
    /// Not needed by this command: left out.
    Leave,
    /// An emulator: nothing is resolved.
    StandIn,
}

/// The overrides of the files.
pub(super) fn from_settings(
    settings: BTreeMap<ConnectionId, ConnectionSettings>,
    filling: &Filling<'_>,
) -> Result<Overrides, ConfigError> {
    let mut overrides = Overrides::default();
    for (id, settings) in settings {
        let mut security = BTreeMap::new();
        for (name, placed) in settings.security {
            let secret = match filling {
                Filling::Leave => continue,
                Filling::StandIn => SecretString::from(STAND_IN),
                Filling::Read(secrets) => {
                    secrets.read(&placed.secret, &placed.key, placed.place)?
                }
            };
            security.insert(name, secret);
        }
        let connection = ConnectionOverride {
            properties: settings.properties,
            security_policy: settings.security_policy,
            security,
            agent_group: settings.agent_group,
            keep: settings.keep,
        };
        overrides.connections.insert(id, connection);
    }
    Ok(overrides)
}

/// What the emulator brings for its own demonstration, where the files state nothing.
pub(super) fn add_demonstration(
    overrides: &mut Overrides,
    connections: BTreeMap<ConnectionId, CardConnection>,
) {
    for (id, connection) in connections {
        let given = overrides.connections.entry(id).or_default();
        if given.keep {
            continue;
        }
        for (name, value) in connection.properties {
            given.properties.entry(name).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::config::PlacedSecret;

    fn settings(keep: bool) -> BTreeMap<ConnectionId, ConnectionSettings> {
        let placed = PlacedSecret {
            secret: "env:ORDERS_PASSWORD".parse().unwrap(),
            key: "password".to_owned(),
            place: None,
        };
        let settings = ConnectionSettings {
            properties: [(
                "connectionUrl".to_owned(),
                "https://orders.example.com".to_owned(),
            )]
            .into(),
            security_policy: Some("BASIC_AUTH".to_owned()),
            security: [("password".to_owned(), placed)].into(),
            agent_group: None,
            keep,
        };
        [("ORDERS".parse().unwrap(), settings)].into()
    }

    #[test]
    fn an_emulator_gets_no_real_secret() {
        let overrides = from_settings(settings(false), &Filling::StandIn).unwrap();
        let orders = &overrides.connections[&"ORDERS".parse().unwrap()];
        assert_eq!(orders.security["password"].expose_secret(), STAND_IN);
        let left = from_settings(settings(false), &Filling::Leave).unwrap();
        assert!(
            left.connections[&"ORDERS".parse().unwrap()]
                .security
                .is_empty()
        );
    }

    #[test]
    fn the_files_win_over_the_demonstration() {
        let demonstration = || -> BTreeMap<ConnectionId, CardConnection> {
            let properties = [("connectionUrl", "http://127.0.0.1/demo"), ("other", "x")];
            let properties = properties
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into();
            [("ORDERS".parse().unwrap(), CardConnection { properties })].into()
        };
        let orders: ConnectionId = "ORDERS".parse().unwrap();
        let mut overrides = from_settings(settings(false), &Filling::StandIn).unwrap();
        add_demonstration(&mut overrides, demonstration());
        assert_eq!(
            overrides.connections[&orders].properties["connectionUrl"],
            "https://orders.example.com"
        );
        assert_eq!(overrides.connections[&orders].properties["other"], "x");
        let mut kept = from_settings(settings(true), &Filling::StandIn).unwrap();
        add_demonstration(&mut kept, demonstration());
        assert_eq!(kept.connections[&orders].properties.len(), 1);
    }
}
