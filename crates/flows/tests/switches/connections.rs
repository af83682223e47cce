//! The connections of the target get values of their own, by REST, as a promotion gives them.

use ferry_flows::Environment;
use ferry_oic::{Connection, ConnectionRef, ConnectionUpdate, Property};

use crate::expect::{Expectation, Values};
use crate::findings::Findings;
use crate::load::CONNECTION;

/// This one is led to a host that does not answer.
const UNREACHABLE: &str = "STATUS_API";

/// Sets every property that the service wants a value for, and tests each connection.
pub(crate) async fn update(target: &Environment, expected: &Expectation, findings: &mut Findings) {
    let instance = &target.instance;
    let mut unreachable = 0;
    for listed in instance.connections().await.unwrap() {
        let id = listed.id.to_string();
        let which = ConnectionRef {
            id: listed.id,
            project: listed.project,
        };
        let connection = instance.connection(&which).await.unwrap();
        let update = ConnectionUpdate {
            properties: own_values(&connection, target.name.as_str()),
            ..ConnectionUpdate::default()
        };
        if !update.properties.is_empty()
            && let Err(error) = instance.update_connection(&which, &update).await
        {
            findings.check(false, || format!("{id} cannot be updated: {error}"));
        }
        let test = instance.test_connection(&which).await;
        let right = match &test {
            Ok(test) if id == UNREACHABLE => expected.tests_are_answered && !test.ok,
            Ok(test) => test.ok,
            Err(_) => id == UNREACHABLE && !expected.tests_are_answered,
        };
        findings.check(right, || format!("the test of {id} came to {test:?}"));
        unreachable += usize::from(id == UNREACHABLE);
    }
    findings.check(unreachable > 0, || format!("no connection {UNREACHABLE}"));
    let left = instance.connections().await.unwrap();
    for draft in left.iter().filter(|one| one.status != "CONFIGURED") {
        let (id, status) = (&draft.id, &draft.status);
        findings.check(false, || format!("{id} is {status} with all its values"));
    }
}

/// Whose values the connection has that the archive and the target both hold.
pub(crate) fn values(connections: &[Connection]) -> Option<Values> {
    let connection = connections
        .iter()
        .find(|one| one.id.as_str() == CONNECTION)?;
    let properties = connection.properties.iter().filter(|one| one.required);
    let values: Vec<&str> = properties.filter_map(|one| one.value.as_deref()).collect();
    let all = |part: &str| !values.is_empty() && values.iter().all(|value| value.contains(part));
    if connection.status != "CONFIGURED" {
        Some(Values::Draft)
    } else if all(".test.example.com") {
        Some(Values::Source)
    } else if all(".prod.example.com") {
        Some(Values::Own)
    } else {
        None
    }
}

fn own_values(connection: &Connection, target: &str) -> Vec<Property> {
    let host = if connection.id.as_str() == UNREACHABLE {
        "unreachable.example".to_owned()
    } else {
        let id = connection.id.as_str().to_lowercase().replace('_', "-");
        format!("{id}.{target}.example.net")
    };
    let value = |name: &str| match name.to_lowercase().as_str() {
        "port" => "8443".to_owned(),
        "host" => host.clone(),
        _ => format!("https://{host}"),
    };
    let wanted = connection.properties.iter().filter(|one| one.required);
    wanted
        .map(|one| Property {
            value: Some(value(&one.name)),
            ..one.clone()
        })
        .collect()
}
