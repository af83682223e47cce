//! Instances of any size.

use super::description::{
    Action, Connection, Description, Endpoint, Field, Home, Integration, Package, Project, Trigger,
};
use super::sample::{connection, endpoint, integration, left, log};
use super::schema::name;

/// How many integrations there are in one description.
const BLOCK: usize = 10;

/// `count` integrations with their connections, ten at a time: four in a project, three in a package, three by
/// themselves. They have the sizes of real ones: large schemas, some of which many share, and long maps.
pub fn large(count: usize, seed: u64) -> impl Iterator<Item = Description> {
    (0..count.div_ceil(BLOCK)).map(move |block| {
        let members = BLOCK.min(count - block * BLOCK);
        let mut rng = fastrand::Rng::with_seed(seed ^ (block as u64) << 20);
        description(block, members, &mut rng)
    })
}

/// So many integrations that share so many connections, all by themselves and active; small flows, of which every tenth
/// calls the one before it.
pub fn wide(integrations: usize, connections: usize) -> Description {
    let trigger = connection("REST_TRIGGER", "rest", "SOURCE", "NONE");
    let code = |at: usize| format!("API_{at}");
    let targets = connections.saturating_sub(1).max(1);
    let target = |at: usize| {
        let mut it = connection(&code(at), "rest", "TARGET", "NONE");
        it.properties = vec![left("connectionUrl")];
        it
    };
    let flow = |at: usize| {
        let seed = at as u64;
        let mut flow = vec![Action::Invoke(endpoint(
            "ask",
            &code(at % targets),
            seed,
            3,
        ))];
        if at % 10 == 9 {
            flow.push(Action::Call {
                name: "before".to_owned(),
                code: format!("FLOW_{}", at - 1),
                version: "01.00.0000".to_owned(),
            });
        }
        flow.push(Action::Stop);
        let trigger = Trigger::Request(endpoint("receive", "REST_TRIGGER", seed, 3));
        integration(&format!("FLOW_{at}"), &format!("Flow {at}"), trigger, flow)
    };
    Description {
        integrations: (0..integrations).map(flow).collect(),
        connections: std::iter::once(trigger)
            .chain((0..targets).map(target))
            .collect(),
        ..Description::default()
    }
}

fn description(block: usize, members: usize, rng: &mut fastrand::Rng) -> Description {
    let connections: Vec<Connection> = [
        ("REST_TRIGGER", "rest", "SOURCE", "OAUTH_INBOUND"),
        ("ORDERS_API", "rest", "TARGET", "BASIC_AUTH"),
        ("CRM_SOAP", "soap", "TARGET", "USERNAME_PASSWORD_TOKEN"),
        ("WAREHOUSE_DB", "atpdatabase", "TARGET", "JDBC_OVER_SSL"),
    ]
    .into_iter()
    .map(|(code, adapter, role, policy)| {
        let mut it = connection(&format!("{code}_{block}"), adapter, role, policy);
        it.properties = vec![left("Host"), left("Port"), left("connectionUrl")];
        it
    })
    .collect();
    let package = format!("acme.block{block}");
    let project = format!("BLOCK_{block}");
    let mut integrations: Vec<Integration> = (0..members)
        .map(|at| one(&format!("FLOW_{block}_{at}"), block, rng))
        .collect();
    for (at, it) in integrations.iter_mut().enumerate() {
        it.home = match at {
            0..4 => Home::Project(project.clone()),
            4..7 => Home::Package(package.clone()),
            _ => Home::Alone,
        };
    }
    Description {
        integrations,
        connections,
        packages: (members > 4)
            .then_some(Package { name: package })
            .into_iter()
            .collect(),
        projects: vec![Project {
            code: project,
            name: format!("Block {block}"),
            description: "Four of ten".to_owned(),
            deployments: Vec::new(),
        }],
        ..Description::default()
    }
}

fn one(code: &str, block: usize, rng: &mut fastrand::Rng) -> Integration {
    let target = |rng: &mut fastrand::Rng, at: usize| -> Endpoint {
        let connection = match rng.u8(..3) {
            0 => "ORDERS_API",
            1 => "CRM_SOAP",
            _ => "WAREHOUSE_DB",
        };
        // Every third schema is one of a few that many flows use.
        let (seed, types) = if rng.u8(..3) == 0 {
            let shared = rng.u64(..40);
            (
                1_000 + shared,
                40 + usize::try_from(shared).unwrap_or(0) * 3,
            )
        } else {
            (rng.u64(..), rng.usize(4..52))
        };
        endpoint(
            &format!("call{at}{}", name(rng)),
            &format!("{connection}_{block}"),
            seed,
            types,
        )
    };
    let mut flow = vec![log("LogStart", "'start'")];
    for at in 0..rng.usize(3..7) {
        let end = target(rng, at);
        let lines = rng.usize(20..160);
        let group = name(rng);
        flow.push(Action::Map {
            to: end.name.clone(),
            fields: (0..lines).map(|at| line(rng, &group, at)).collect(),
        });
        flow.push(Action::Invoke(end));
        flow.push(log(
            &format!("Log{at}"),
            &format!("fn:concat('done ', $value{at})"),
        ));
    }
    flow.push(Action::Stop);
    let seed = rng.u64(..);
    let trigger = endpoint(
        "receive",
        &format!("REST_TRIGGER_{block}"),
        seed,
        rng.usize(4..40),
    );
    integration(
        code,
        &code.replace('_', " "),
        Trigger::Request(trigger),
        flow,
    )
}

fn line(rng: &mut fastrand::Rng, group: &str, at: usize) -> Field {
    let path = format!(
        "/ns12:execute/ns12:request-wrapper/ns12:{group}/ns12:{}",
        name(rng)
    );
    let select = match rng.u8(..4) {
        0 => format!("fn:concat({path}, ' ', {path})"),
        1 => format!("fn:substring({path}, 1, {})", rng.u8(..)),
        _ => path,
    };
    Field {
        target: format!("{}{at}", name(rng)),
        select,
    }
}
