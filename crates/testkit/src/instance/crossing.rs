//! Two small instances for a promotion: three integrations that call each other, and what is live in the target.

use super::description::{
    Action, Description, Integration, Lookup, Schedule, Start, Trigger, Value, Variable,
};
use super::sample::{connection, endpoint, integration, log};

/// The source, and the target.
///
/// The source has `NIGHTLY`, which runs hourly and calls `INTAKE`, which calls `ENRICH`; both connections `ORDERS_API` and
/// `FILES_FTP`; and the lookup `Country_Codes`. The target has an older `ENRICH`, and `HEARTBEAT` on a schedule of its
/// own; both are live and use `ORDERS_API`.
pub fn crossing() -> (Description, Description) {
    let source = Description {
        integrations: vec![
            enrich("'of the source'"),
            on_demand("INTAKE", vec![call("ENRICH"), orders(41)]),
            scheduled(
                "NIGHTLY",
                vec![
                    Action::Invoke(endpoint("listFiles", "FILES_FTP", 42, 3)),
                    call("INTAKE"),
                ],
            ),
        ],
        ..shared()
    };
    let target = Description {
        integrations: vec![
            enrich("'of the target'"),
            scheduled("HEARTBEAT", vec![orders(43)]),
        ],
        ..shared()
    };
    (source, target)
}

fn shared() -> Description {
    let mut api = connection("ORDERS_API", "rest", "SOURCE_AND_TARGET", "BASIC_AUTH");
    api.properties = vec![("connectionUrl".to_owned(), Value::Placeholder)];
    let mut files = connection("FILES_FTP", "ftp", "SOURCE_AND_TARGET", "CUSTOM");
    files.properties = vec![("Host".to_owned(), Value::Placeholder)];
    Description {
        connections: vec![api, files],
        lookups: vec![Lookup {
            name: "Country_Codes".to_owned(),
            description: String::new(),
            columns: vec!["Code".to_owned(), "Name".to_owned()],
            rows: vec![vec!["DE".to_owned(), "Germany".to_owned()]],
        }],
        ..Description::default()
    }
}

fn enrich(message: &str) -> Integration {
    let country = Action::Assign {
        name: "SetCountry".to_owned(),
        variables: vec![Variable {
            name: "country".to_owned(),
            expression: "dvm:lookupValue('Country_Codes', 'Code', 'DE', 'Name', '')".to_owned(),
        }],
    };
    on_demand("ENRICH", vec![log("LogStart", message), country])
}

fn on_demand(code: &str, flow: Vec<Action>) -> Integration {
    let trigger = Trigger::Request(endpoint("ask", "ORDERS_API", 44, 3));
    integration(code, code, trigger, [flow, vec![Action::Stop]].concat())
}

fn scheduled(code: &str, flow: Vec<Action>) -> Integration {
    let mut it = integration(
        code,
        code,
        Trigger::Schedule,
        [flow, vec![Action::Stop]].concat(),
    );
    it.tracking.clear();
    it.schedule = Some(Schedule {
        minutes: 60,
        zone: "Europe/Berlin".to_owned(),
        start: Start("2025-01-31T08:30:00".to_owned()),
    });
    it
}

fn orders(seed: u64) -> Action {
    Action::Invoke(endpoint("askOrders", "ORDERS_API", seed, 3))
}

fn call(code: &str) -> Action {
    Action::Call {
        name: format!("call{code}"),
        code: code.to_owned(),
        version: "01.00.0000".to_owned(),
    }
}
