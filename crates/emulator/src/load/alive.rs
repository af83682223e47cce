//! Giving the connections of a loaded instance values that work.

use std::collections::BTreeMap;

use super::{ConnectionSettings, sign_in, wrong};
use crate::oic::{Hidden, Instance};
use crate::options::StartError;

/// Replaces every placeholder by a made-up value, and gives every credential one.
pub(super) fn make_alive(instance: &mut Instance, rng: &mut fastrand::Rng) {
    for connection in instance.connections.iter_mut() {
        for property in &mut connection.properties {
            if property
                .value
                .as_deref()
                .is_some_and(|v| v.starts_with("%%"))
            {
                property.value = Some(made_up(&property.name, &connection.id, &instance.name));
            }
        }
        for credential in &mut connection.credentials {
            credential.value = Some(Hidden(if credential.name == "username" {
                format!("svc_{}", connection.id.to_lowercase())
            } else {
                sign_in::secret(rng)
            }));
        }
    }
}

/// A value in the form that the property's name asks for, on a host of the connection in this instance.
fn made_up(property: &str, connection: &str, instance: &str) -> String {
    let host = format!(
        "{}.{instance}.example.com",
        connection.to_lowercase().replace('_', "-")
    );
    let lower = property.to_lowercase();
    if lower.contains("port") {
        "443".to_owned()
    } else if lower.contains("host") {
        host
    } else if lower.contains("wsdl") {
        format!("https://{host}/service?wsdl")
    } else if ["url", "uri", "endpoint"].iter().any(|w| lower.contains(w)) {
        format!("https://{host}")
    } else if lower.starts_with("use") || lower.starts_with("enable") {
        "Yes".to_owned()
    } else {
        format!("{lower}-of-{}", connection.to_lowercase())
    }
}

/// Applies the values of `instance.toml`.
pub(super) fn apply(
    instance: &mut Instance,
    settings: &BTreeMap<String, ConnectionSettings>,
) -> Result<(), StartError> {
    let name = instance.name.clone();
    for (id, settings) in settings {
        let mut found = false;
        for connection in instance.connections.iter_mut().filter(|c| c.id == *id) {
            found = true;
            for (property, value) in &settings.properties {
                let target = connection
                    .properties
                    .iter_mut()
                    .find(|p| p.name == *property);
                let target = target.ok_or_else(|| {
                    wrong(format!(
                        "{name}/instance.toml: connection {id} has no property {property}"
                    ))
                })?;
                target.value = Some(value.clone());
            }
        }
        if !found {
            return Err(wrong(format!(
                "{name}/instance.toml: there is no connection {id}"
            )));
        }
    }
    Ok(())
}

/// Lets the card of `target` offer a value of its own for everything that connections of `source` must be given.
pub(super) fn offer_overrides(instances: &mut [Instance], source: &str, target: &str) {
    let mut overrides: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (_, connection) in instances
        .iter()
        .filter(|i| i.name == source)
        .flat_map(|i| i.connections.iter())
    {
        for property in connection.properties.iter().filter(|p| p.required) {
            overrides.entry(connection.id.clone()).or_default().insert(
                property.name.clone(),
                made_up(&property.name, &connection.id, target),
            );
        }
    }
    if let Some(instance) = instances.iter_mut().find(|i| i.name == target) {
        instance.overrides = overrides;
    }
}
