use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::facts::ScheduleFacts;
use super::super::skeleton::skeleton;
use super::*;
use crate::model::{Address, Origin};

fn fact(name: &str, value: PropertyValue) -> Fact {
    Fact {
        name: name.to_owned(),
        value,
        credential: is_credential(name),
        required: None,
    }
}

fn literal(value: &str) -> PropertyValue {
    PropertyValue::Literal(value.to_owned())
}

fn connection(code: &str, policy: &str, values: Vec<Fact>) -> ConnectionFacts {
    ConnectionFacts {
        code: code.to_owned(),
        policy: policy.to_owned(),
        values,
        ..ConnectionFacts::default()
    }
}

/// Two places, a placeholder, a database without a host, a lookup and a schedule.
fn facts() -> Facts {
    let orders = vec![
        fact("connectionUrl", literal("https://orders.test.example/api")),
        fact("tlsVersion", literal("1.2")),
        fact("username", PropertyValue::Empty),
        fact("password", PropertyValue::Empty),
    ];
    let mut billing = connection(
        "BILLING",
        "NONE",
        vec![fact("connectionUrl", PropertyValue::Placeholder)],
    );
    billing.project = Some("FIN".to_owned());
    Facts {
        origin: Origin::Archive,
        connections: vec![
            connection("ORDERS", "BASIC_AUTH", orders),
            billing,
            connection(
                "WAREHOUSE",
                "ORACLE_WALLET",
                vec![
                    fact("ServiceName", literal("wh_test_high")),
                    fact("PassPhrase", PropertyValue::Empty),
                ],
            ),
        ],
        lookups: Some(vec![LookupFacts {
            project: None,
            name: "Countries".to_owned(),
            columns: vec!["Code".to_owned(), "Name".to_owned()],
            addresses: Vec::new(),
        }]),
        schedules: vec![ScheduleFacts {
            project: None,
            code: "NIGHTLY".to_owned(),
            version: "01.00.0000".to_owned(),
            rule: "FREQ=DAILY".to_owned(),
        }],
    }
}

fn checked(overrides: Value) -> Checked {
    check(&serde_json::from_value(overrides).unwrap(), &facts())
}

/// The findings as people read them, each behind its entry.
fn told(overrides: Value) -> Vec<String> {
    let told = |finding: &Finding| match finding.entry() {
        Some((table, entry)) => format!("{table} {entry}: {finding}"),
        None => finding.to_string(),
    };
    checked(overrides).findings.iter().map(told).collect()
}

/// All that these facts ask for.
fn whole() -> Value {
    json!({
        "connections": {
            "ORDERS": {
                "properties": {"connectionUrl": "https://orders.example/api"},
                "credentials": {"username": "env:U", "password": "env:P"},
            },
            "FIN/*": {"properties": {"connectionUrl": "https://billing.example"}},
            "WAREHOUSE": {"properties": {"ServiceName": "wh_high"}, "keep": ["PassPhrase"]},
        },
        "lookups": {"Countries": {"rows": [{"Code": "DE", "Name": "Germany"}]}},
        "schedules": {"NIGHTLY": {"parameters": {"since": "2026-01-01"}}},
    })
}

/// [`whole`] with another value at a pointer; null takes it away.
fn with(pointer: &str, value: Value) -> Value {
    let mut whole = whole();
    let (above, last) = pointer.rsplit_once('/').unwrap();
    let table = whole.pointer_mut(above).unwrap().as_object_mut().unwrap();
    let last = last.replace("~1", "/");
    if value.is_null() {
        table.remove(&last);
    } else {
        table.insert(last, value);
    }
    whole
}

#[test]
fn what_is_whole_has_no_finding() {
    let checked = checked(whole());
    assert_eq!(checked.findings, []);
    assert_eq!(checked.not_checked, []);
    let meets: Vec<(&str, &[String])> = checked
        .entries
        .iter()
        .map(|it| (it.entry.as_str(), &*it.meets))
        .collect();
    let of = |text: &str| [text.to_owned()];
    assert_eq!(meets[0], ("FIN/*", &of("FIN/BILLING")[..]));
    assert_eq!(meets[3], ("Countries", &of("Countries")[..]));
    assert_eq!(meets[4], ("NIGHTLY", &of("NIGHTLY|01.00.0000")[..]));
    let orders = &checked.connections[0];
    assert_eq!(orders.code, "ORDERS");
    let values: Vec<(&str, Option<&str>, Option<&str>)> = orders
        .values
        .iter()
        .map(|it| (it.name.as_str(), it.before.as_deref(), it.after.as_deref()))
        .collect();
    assert_eq!(
        values,
        [
            (
                "connectionUrl",
                Some("https://orders.test.example/api"),
                Some("https://orders.example/api")
            ),
            ("password", None, Some("env:P")),
            ("username", None, Some("env:U")),
        ]
    );
    // What is kept has no value after.
    assert_eq!(checked.connections[1].values[0].after, None);
}

#[test]
fn entries_that_match_nothing_are_told_with_what_is_near() {
    for (pointer, told_as, near) in [
        (
            "/connections/ODERS",
            "connections ODERS: it matches nothing",
            Some("ORDERS"),
        ),
        (
            "/connections/X*",
            "connections X*: it matches nothing",
            None,
        ),
        (
            "/connections/~1BILLING",
            "connections /BILLING: it matches nothing",
            Some("BILLING"),
        ),
        (
            "/lookups/countries",
            "lookups countries: it matches nothing",
            Some("Countries"),
        ),
        (
            "/schedules/NIGHTLY|02.00.0000",
            "schedules NIGHTLY|02.00.0000: it matches nothing",
            Some("NIGHTLY|01.00.0000"),
        ),
    ] {
        let overrides = with(pointer, json!({}));
        assert_eq!(told(overrides.clone()), [told_as], "{pointer}");
        let next = checked(overrides).findings[0].next();
        match near {
            Some(near) => assert_eq!(next, format!("is {near} meant?")),
            None => assert!(next.contains("remove it"), "{next}"),
        }
    }
}

#[test]
fn what_is_needed_and_has_no_value_is_told() {
    assert_eq!(
        told(with(
            "/connections/ORDERS/credentials",
            json!({"username": "env:U"})
        )),
        ["password of ORDERS is needed, and credentials do not travel"]
    );
    assert_eq!(
        told(with("/connections/FIN~1*", json!({"keep": ["url"]}))),
        ["connectionUrl of FIN/BILLING has no value: it was taken out of the archive"]
    );
    // Another policy needs other credentials, whether the connection shows them or not.
    let basic = json!({"properties": {"connectionUrl": "https://b.example"}, "policy": "BASIC_AUTH",
        "credentials": {"username": "env:U"}});
    assert_eq!(
        told(with("/connections/FIN~1*", basic)),
        ["password of FIN/BILLING is needed, and credentials do not travel"]
    );
    let none = json!({"properties": {"connectionUrl": "https://orders.example"}, "policy": "NONE"});
    assert_eq!(told(with("/connections/ORDERS", none)), [] as [&str; 0]);
    // Nobody knows what the wallet needs.
    let unsure = checked(with("/connections/WAREHOUSE/keep", json!([])));
    assert_eq!(unsure.findings, []);
    let not_checked = |checked: &Checked| {
        let all = checked.not_checked.iter();
        all.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        not_checked(&unsure),
        ["whether PassPhrase of WAREHOUSE must have a value (ORACLE_WALLET)"]
    );
    // Nor what a policy needs that the connection does not have yet, unless somebody has looked.
    let custom =
        json!({"properties": {"connectionUrl": "https://orders.example"}, "policy": "CUSTOM"});
    assert_eq!(
        not_checked(&checked(with("/connections/ORDERS", custom.clone()))),
        ["which credentials ORDERS must have (CUSTOM)"]
    );
    for (key, value) in [
        ("credentials", json!({"token": "env:T"})),
        ("keep", json!(["username", "password"])),
    ] {
        let mut spoken = custom.clone();
        spoken[key] = value;
        let checked = checked(with("/connections/ORDERS", spoken));
        assert_eq!(not_checked(&checked), [] as [&str; 0], "{key}");
    }
}

#[test]
fn what_cannot_be_read_is_named_until_somebody_speaks_of_it() {
    let mut facts = facts();
    facts.connections[0].attachments = vec!["KeyStore".to_owned()];
    let wallet = fact("WALLET", PropertyValue::Hidden);
    let warehouse = facts.connections.iter_mut();
    let warehouse = warehouse.filter(|it| it.code == "WAREHOUSE");
    for it in warehouse {
        it.values.push(wallet.clone());
    }
    let cell = |row: &str, host: &str, is_url| Address {
        row: row.to_owned(),
        column: "Name".to_owned(),
        hosts: vec![host.to_owned()],
        is_url,
    };
    let lookup = &mut facts.lookups.as_mut().unwrap()[0];
    // A URL may lead anywhere; a bare host counts where it is one of the source's.
    lookup.addresses = vec![
        cell("A", "a.example", true),
        cell("B", "orders.test.example", false),
        cell("C", "not.a.host", false),
    ];
    let names = |overrides: Value| -> Vec<String> {
        let overrides = serde_json::from_value(overrides).unwrap();
        let all = check(&overrides, &facts).not_checkable.into_iter();
        all.filter(|it| !it.accepted).map(|it| it.name).collect()
    };
    let of = |code: &str| format!("connections/{code}");
    let first = of(&format!("{}/KeyStore", facts.connections[0].label()));
    let all = [
        first.clone(),
        of("WAREHOUSE/WALLET"),
        "lookups/Countries".to_owned(),
    ];
    assert_eq!(names(json!({})), all);
    assert_eq!(names(json!({"accept": all})), [] as [&str; 0]);
    // One row is not the other, and one column is not the other.
    let rows = |rows: Value| json!({"lookups": {"Countries": {"rows": rows}}, "accept": all[..2]});
    let stated = |name: &str| json!({"Code": name, "Name": "x"});
    assert_eq!(names(rows(json!([stated("A")]))), all[2..]);
    assert_eq!(names(rows(json!([stated("A"), {"Code": "B"}]))), all[2..]);
    assert_eq!(
        names(rows(json!([stated("A"), stated("B")]))),
        [] as [&str; 0]
    );
    let shared = json!({"shared-hosts": ["a.example", "orders.test.example"], "accept": all[..2]});
    assert_eq!(names(shared), [] as [&str; 0]);
    let given = json!({"connections": {"*": {"attachments": {"KeyStore": "file:k"}}, "WAREHOUSE": {"keep": ["WALLET"]}}});
    assert_eq!(names(given), all[2..]);
    // What was not read at all is one name.
    let unread = Facts {
        lookups: None,
        ..facts.clone()
    };
    let found = check(&Overrides::default(), &unread).not_checkable;
    assert_eq!(found.last().unwrap().name, "lookups");
}

#[test]
fn an_instance_tells_what_is_required() {
    let mut live = facts();
    live.origin = Origin::Live;
    live.connections = vec![connection(
        "A",
        "CUSTOM",
        vec![
            Fact {
                required: Some(true),
                ..fact("realm", PropertyValue::Empty)
            },
            Fact {
                required: Some(false),
                ..fact("scope", PropertyValue::Empty)
            },
            Fact {
                required: Some(true),
                ..fact("apiKey", PropertyValue::Empty)
            },
            Fact {
                required: Some(false),
                ..fact("passphrase", PropertyValue::Hidden)
            },
            Fact {
                required: Some(false),
                ..fact("token", PropertyValue::Empty)
            },
        ],
    )];
    live.lookups = None;
    let overrides = serde_json::from_value(json!({"lookups": {"X": {"rows": []}}})).unwrap();
    let checked = check(&overrides, &live);
    let told: Vec<String> = checked.findings.iter().map(Finding::to_string).collect();
    assert_eq!(
        told,
        [
            "realm of A is required and has no value in the source either",
            "apiKey of A is needed, and credentials do not travel",
            "passphrase of A is needed, and credentials do not travel",
        ]
    );
    assert!(
        checked.not_checked == [NotChecked::Lookups],
        "{:?}",
        checked.not_checked
    );
}

#[test]
fn places_of_the_source_are_told() {
    assert_eq!(
        told(with("/connections/ORDERS/properties", Value::Null)),
        ["connectionUrl of ORDERS keeps the source's value, which points at orders.test.example"]
    );
    assert_eq!(
        told(with(
            "/connections/ORDERS/properties/connectionUrl",
            json!("http://ORDERS.test.example:81")
        )),
        [
            "connections ORDERS: connectionUrl of ORDERS points at orders.test.example, a place of the source"
        ]
    );
    assert_eq!(
        told(with("/connections/WAREHOUSE/properties", Value::Null)),
        ["ServiceName of WAREHOUSE keeps the source's value, which points at wh_test_high"]
    );
    // One connection's place may be another's override.
    assert_eq!(
        told(with(
            "/connections/FIN~1*/properties/connectionUrl",
            json!("https://orders.test.example")
        )),
        [
            "connections FIN/*: connectionUrl of FIN/BILLING points at orders.test.example, a place of the source"
        ]
    );
    for meant in [
        json!({"keep": ["connectionUrl"], "credentials": {"username": "env:U", "password": "env:P"}}),
        json!({"keep": ["*"]}),
    ] {
        assert_eq!(told(with("/connections/ORDERS", meant)), [] as [&str; 0]);
    }
    let mut shared = with("/connections/ORDERS/properties", Value::Null);
    shared["shared-hosts"] = json!(["*.TEST.example"]);
    assert_eq!(told(shared), [] as [&str; 0]);
}

/// As a promotion has it: see [`crate::flow::pointing`].
#[test]
fn beside_a_host_the_name_of_a_database_is_no_place() {
    let check = |host: Option<PropertyValue>, stated: Value| -> Vec<String> {
        let mut facts = facts();
        let warehouse = &mut facts.connections[2];
        warehouse.values.extend(host.map(|host| fact("Host", host)));
        let overrides = with("/connections/WAREHOUSE", stated);
        let checked = check(&serde_json::from_value(overrides).unwrap(), &facts);
        checked.findings.iter().map(ToString::to_string).collect()
    };
    let given = json!({"properties": {"Host": "wh.example"}, "keep": ["PassPhrase"]});
    let kept = json!({"keep": ["Host", "PassPhrase"]});
    // An instance tells the host, and an archive leaves it out.
    for host in [literal("wh.test.example"), PropertyValue::Placeholder] {
        for stated in [&given, &kept] {
            assert_eq!(check(Some(host.clone()), stated.clone()), [""; 0]);
        }
    }
    // One that only the target has.
    assert_eq!(check(Some(PropertyValue::Empty), given), [""; 0]);
    for host in [None, Some(PropertyValue::Empty)] {
        let found = check(host, kept.clone());
        assert!(
            found
                .iter()
                .any(|it| it.starts_with("ServiceName of WAREHOUSE keeps")),
            "{found:?}"
        );
    }
}

#[test]
fn properties_columns_and_contradictions_are_told() {
    assert_eq!(
        told(with(
            "/connections/ORDERS/properties/conectionUrl",
            json!("x")
        )),
        ["connections ORDERS: the connection has no property conectionUrl"]
    );
    assert_eq!(
        told(with(
            "/connections/ORDERS/credentials/passwort",
            json!("env:X")
        )),
        ["connections ORDERS: the connection has no property passwort"]
    );
    // A pattern gives a property to those that have it.
    assert_eq!(
        told(with(
            "/connections/*",
            json!({"properties": {"tlsVersion": "1.3"}})
        )),
        [] as [&str; 0]
    );
    assert_eq!(
        told(with(
            "/connections/*",
            json!({"properties": {"tslVersion": "1.3"}})
        )),
        ["connections *: none of its connections has a property tslVersion"]
    );
    assert_eq!(
        told(with(
            "/lookups/Countries/rows",
            json!([{"Name": "x", "Capital": "y"}])
        )),
        [
            "lookups Countries: the lookup Countries has no column Capital",
            "lookups Countries: row 1 does not say which row of Countries it is: it has no Code",
        ]
    );
    let mut both = with("/connections/OR*", json!({"policy": "NONE"}));
    both["connections"]["*RS"] = json!({"policy": "BASIC_AUTH"});
    assert_eq!(
        told(both),
        ["connections *RS: policy of ORDERS is stated differently by OR*, which is equally strong"]
    );
}

#[test]
fn a_skeleton_suggests_what_differs_between_environments_and_no_secret() {
    let text = skeleton(&facts(), "For prod\nfrom an archive");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "# For prod from an archive");
    for line in [
        "[connections.\"ORDERS\"] # ",
        "# properties.connectionUrl = \"https://orders.test.example/api\"",
        "# credentials.password = \"env:ORDERS_PASSWORD\"",
        "# other properties: tlsVersion",
        "[connections.\"BILLING\"] # ",
        "# properties.connectionUrl = \"\" # the archive does not tell",
        "# properties.ServiceName = \"wh_test_high\"",
        "# credentials.PassPhrase = \"env:WAREHOUSE_PASSPHRASE\"",
        "# [lookups.\"Countries\"]",
        "# rows = [{ Code = \"\", Name = \"\" }]",
        "# [schedules.\"NIGHTLY|01.00.0000\"] # FREQ=DAILY",
    ] {
        assert!(lines.contains(&line), "no {line}\n{text}");
    }
}

#[test]
fn a_skeleton_has_one_entry_for_what_is_alike() {
    let entries = |facts: &Facts| -> Vec<String> {
        let text = skeleton(facts, "");
        let lines = text.lines().filter(|line| line.starts_with("[connections"));
        lines
            .map(|line| line.trim_end_matches([' ', '#']).to_owned())
            .collect()
    };
    let mut facts = facts();
    let mut other = facts.connections[0].clone();
    other.project = Some("HR".to_owned());
    facts.connections = vec![other.clone(), facts.connections[0].clone()];
    assert_eq!(entries(&facts), ["[connections.\"ORDERS\"]"]);
    facts.connections[0].policy = "NONE".to_owned();
    assert_eq!(
        entries(&facts),
        ["[connections.\"/ORDERS\"]", "[connections.\"HR/ORDERS\"]"]
    );
}

proptest! {
    #[test]
    fn the_order_of_what_is_there_does_not_matter(order in Just((0..3).collect::<Vec<usize>>()).prop_shuffle(), keep: bool) {
        let overrides = if keep { with("/connections/ORDERS", json!({"keep": ["*"]})) } else { json!({}) };
        let overrides: Overrides = serde_json::from_value(overrides).unwrap();
        let mut shuffled = facts();
        shuffled.connections = order.iter().map(|at| facts().connections[*at].clone()).collect();
        prop_assert_eq!(check(&overrides, &shuffled), check(&overrides, &facts()));
        prop_assert_eq!(skeleton(&shuffled, ""), skeleton(&facts(), ""));
    }
}
