use proptest::prelude::*;
use serde_json::json;

use super::super::saved::{Refused, Saved};
use super::*;
use crate::model::Origin;
use crate::overrides::{Fact, Facts, ScheduleFacts};

fn id(text: &str) -> IntegrationId {
    text.parse().unwrap()
}

fn arriving(text: &str) -> Arriving {
    Arriving {
        project: None,
        id: id(text),
        active: true,
        meaning: Some("semantic-1:ours".to_owned()),
        schedule_runs: None,
    }
}

fn present(text: &str, status: &str) -> Present {
    Present {
        project: None,
        id: id(text),
        status: status.to_owned(),
        locked: false,
        meaning: None,
        connections: Vec::new(),
        schedule: None,
    }
}

fn connection(code: &str, url: &str) -> ConnectionFacts {
    ConnectionFacts {
        code: code.to_owned(),
        policy: "NONE".to_owned(),
        values: vec![Fact {
            name: "connectionUrl".to_owned(),
            value: PropertyValue::Literal(url.to_owned()),
            credential: false,
            required: None,
        }],
        ..ConnectionFacts::default()
    }
}

fn source(integrations: Vec<Arriving>) -> Source {
    Source {
        name: "bucket:test/a.zip".to_owned(),
        from: Some("test".to_owned()),
        sha256: Some("00".to_owned()),
        integrations,
        facts: Facts {
            origin: Origin::Archive,
            connections: Vec::new(),
            lookups: Some(Vec::new()),
            schedules: Vec::new(),
        },
        certificates: BTreeSet::new(),
    }
}

fn target(integrations: Vec<Present>) -> Target {
    Target {
        name: "prod".to_owned(),
        integrations,
        ..Target::default()
    }
}

fn plan(source: &Source, target: &Target) -> Plan {
    Plan::make(source, target, &Overrides::default())
}

/// The fate of the one integration of a source, and whether it would be activated.
fn fate_of(one: Arriving, there: Vec<Present>) -> (Fate, bool) {
    let plan = plan(&source(vec![one]), &target(there));
    (
        plan.integrations[0].fate.clone(),
        plan.integrations[0].activate,
    )
}

#[test]
fn each_fate_has_its_reason() {
    let a = || arriving("A|01.01.0000");
    let there = |status: &str, meaning: Option<&str>, locked| Present {
        meaning: meaning.map(str::to_owned),
        locked,
        ..present("A|01.01.0000", status)
    };
    for (there, fate, activate) in [
        (vec![], Fate::New, true),
        (vec![there("CONFIGURED", None, false)], Fate::Unknown, true),
        (
            vec![there("CONFIGURED", Some("semantic-1:ours"), false)],
            Fate::Unchanged,
            true,
        ),
        (
            vec![there("ACTIVATED", Some("semantic-1:ours"), true)],
            Fate::Unchanged,
            false,
        ),
        (
            vec![there("CONFIGURED", Some("semantic-1:theirs"), false)],
            Fate::Replaced,
            true,
        ),
        // Other rules do not compare.
        (
            vec![there("CONFIGURED", Some("semantic-2:ours"), false)],
            Fate::Unknown,
            true,
        ),
        (
            vec![there("CONFIGURED", None, true)],
            Fate::Skipped(Skip::Locked),
            false,
        ),
        (
            vec![there("ACTIVATED", None, true)],
            Fate::Skipped(Skip::Locked),
            false,
        ),
        (
            vec![there("ACTIVATED", Some("semantic-1:theirs"), false)],
            Fate::Skipped(Skip::Active),
            false,
        ),
        (vec![present("A|01.02.0000", "CONFIGURED")], Fate::New, true),
        (
            vec![
                present("A|01.02.0000", "ACTIVATED"),
                present("A|01.03.0000", "ACTIVATED"),
            ],
            Fate::Skipped(Skip::Older {
                than: id("A|01.03.0000"),
            }),
            false,
        ),
        // Another major version, another code, and another project stand beside it.
        (
            vec![
                present("A|02.00.0000", "ACTIVATED"),
                present("B|01.02.0000", "ACTIVATED"),
            ],
            Fate::New,
            true,
        ),
        (
            vec![Present {
                project: Some("P".to_owned()),
                ..present("A|01.02.0000", "ACTIVATED")
            }],
            Fate::New,
            true,
        ),
    ] {
        assert_eq!(fate_of(a(), there.clone()), (fate, activate), "{there:?}");
    }
    // It is there and could be activated: but that would turn the newer one off.
    let newer = present("A|01.02.0000", "ACTIVATED");
    let older = Fate::Skipped(Skip::Older {
        than: newer.id.clone(),
    });
    let idle = there("CONFIGURED", None, false);
    assert_eq!(fate_of(a(), vec![idle, newer.clone()]), (older, false));
    let same = there("CONFIGURED", Some("semantic-1:ours"), false);
    assert_eq!(fate_of(a(), vec![same, newer]), (Fate::Unchanged, false));
    let idle = Arriving {
        active: false,
        ..a()
    };
    assert_eq!(
        fate_of(idle, vec![present("A|01.02.0000", "ACTIVATED")]),
        (Fate::New, false)
    );
}

#[test]
fn an_activation_turns_off_the_same_major_version_alone() {
    let there = vec![
        present("A|01.00.0000", "ACTIVATED"),
        present("A|01.00.0001", "CONFIGURED"),
        present("A|02.00.0000", "ACTIVATED"),
        Present {
            project: Some("P".to_owned()),
            ..present("A|01.00.0000", "ACTIVATED")
        },
    ];
    let plan = plan(
        &source(vec![arriving("A|01.01.0000")]),
        &target(there.clone()),
    );
    let off = TurnedOff {
        project: None,
        id: id("A|01.00.0000"),
        by: id("A|01.01.0000"),
    };
    assert_eq!(plan.turned_off, [off]);
    assert_eq!(plan.live.len(), 1);
    assert_eq!(plan.live[0].touched, [Touch::TurnedOff]);
    let idle = Arriving {
        active: false,
        ..arriving("A|01.01.0000")
    };
    assert_eq!(
        Plan::make(&source(vec![idle]), &target(there), &Overrides::default()).turned_off,
        []
    );
}

#[test]
fn live_today_is_what_is_active_and_touched_with_its_connections() {
    let mut from = source(vec![arriving("A|01.00.0000"), arriving("SAME|01.00.0000")]);
    from.facts.connections = vec![
        connection("DB", "https://a"),
        connection("NEW", "https://a"),
    ];
    let mut own = connection("DB", "https://b");
    own.project = Some("P".to_owned());
    let uses = |text: &str, project: Option<&str>, connections: &[&str]| Present {
        project: project.map(str::to_owned),
        connections: connections.iter().map(|&code| code.to_owned()).collect(),
        ..present(text, "ACTIVATED")
    };
    let mut there = target(vec![
        uses("A|01.00.0000", None, &["OTHER"]),
        uses("B|01.00.0000", None, &["DB", "OTHER"]),
        // Its project has a connection of its own, which the source does not bring.
        uses("C|01.00.0000", Some("P"), &["DB"]),
        uses("D|01.00.0000", Some("Q"), &["DB"]),
        Present {
            meaning: Some("semantic-1:ours".to_owned()),
            ..uses("SAME|01.00.0000", None, &[])
        },
        Present {
            status: "CONFIGURED".to_owned(),
            ..uses("E|01.00.0000", None, &["DB"])
        },
    ]);
    there.connections = vec![
        connection("DB", "https://b"),
        connection("OTHER", "https://b"),
        own,
    ];
    let live = plan(&from, &there).live;
    let told: Vec<(String, &[Touch], &[String])> = live
        .iter()
        .map(|it| (it.id.to_string(), &*it.touched, &*it.connections))
        .collect();
    let db = [Touch::Connection("DB".to_owned())];
    let of = |names: &[&str]| {
        names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told,
        [
            (
                "A|01.00.0000".to_owned(),
                &[Touch::Itself][..],
                &of(&["OTHER"])[..]
            ),
            (
                "B|01.00.0000".to_owned(),
                &db[..],
                &of(&["DB", "OTHER"])[..]
            ),
            ("D|01.00.0000".to_owned(), &db[..], &of(&["DB"])[..]),
        ]
    );
}

#[test]
fn connections_have_their_values_today_before_and_after() {
    let mut from = source(vec![]);
    from.facts.connections = vec![
        connection("DB", "https://test.example"),
        connection("NEW", "https://test.example"),
    ];
    let mut there = target(vec![]);
    there.connections = vec![connection("DB", "https://old.example")];
    let overrides: Overrides = serde_json::from_value(json!({
        "connections": {"DB": {"properties": {"connectionUrl": "https://prod.example"}, "policy": "BASIC_AUTH"}}
    }))
    .unwrap();
    let plan = Plan::make(&from, &there, &overrides);
    let [db, new] = plan.connections.as_slice() else {
        panic!("{plan:?}")
    };
    assert!(db.there.is_some() && new.there.is_none());
    // A place that nobody gives is told as it comes.
    let place = PlannedValue {
        name: "connectionUrl".to_owned(),
        today: None,
        before: Some("https://test.example".to_owned()),
        after: None,
        entry: None,
    };
    assert_eq!(new.values, std::slice::from_ref(&place));
    let bare = Plan::make(&from, &there, &Overrides::default());
    let [db_alone, _] = bare.connections.as_slice() else {
        panic!("{bare:?}")
    };
    let today = Some("https://old.example".to_owned());
    assert_eq!(db_alone.values, [PlannedValue { today, ..place }]);
    let values: Vec<_> = db
        .values
        .iter()
        .map(|it| {
            (
                it.name.as_str(),
                it.today.as_deref(),
                it.before.as_deref(),
                it.after.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        values,
        [
            (
                "connectionUrl",
                Some("https://old.example"),
                Some("https://test.example"),
                Some("https://prod.example")
            ),
            ("policy", Some("NONE"), Some("NONE"), Some("BASIC_AUTH")),
        ]
    );
    // What nobody gives is lacking.
    let lacks = |name: &str| Lacking::Credential {
        name: name.to_owned(),
        needed_by: "DB".to_owned(),
    };
    assert_eq!(plan.lacking, [lacks("password"), lacks("username")]);
}

#[test]
fn agent_groups_and_certificates_are_lacking_or_unknown() {
    let mut from = source(vec![]);
    let mut one = connection("DB", "https://test.example");
    one.agent_group = Some("TEST_AGENTS".to_owned());
    one.values.push(Fact {
        name: "sslCertificateAlias".to_owned(),
        value: PropertyValue::Literal("root".to_owned()),
        credential: false,
        required: None,
    });
    from.facts.connections = vec![one];
    let mut there = target(vec![]);
    assert!(plan(&from, &there).unknown.contains(&Unknown::AgentGroups));
    assert!(plan(&from, &there).unknown.contains(&Unknown::Certificates));
    assert_eq!(plan(&from, &there).lacking, []);
    there.agent_groups = Some(BTreeSet::new());
    there.certificates = Some(BTreeSet::new());
    let needed_by = vec!["DB".to_owned()];
    assert_eq!(
        plan(&from, &there).lacking,
        [
            Lacking::AgentGroup {
                name: "TEST_AGENTS".to_owned(),
                needed_by: needed_by.clone()
            },
            Lacking::Certificate {
                name: "root".to_owned(),
                needed_by
            },
        ]
    );
    assert_eq!(plan(&from, &there).unknown, []);
    // Another group by the overrides, and a certificate that travels.
    there.agent_groups = Some(BTreeSet::from(["PROD_AGENTS".to_owned()]));
    from.certificates.insert("root".to_owned());
    let overrides = json!({"connections": {"*": {"agent-group": "PROD_AGENTS"}}});
    let overrides = serde_json::from_value(overrides).unwrap();
    assert_eq!(Plan::make(&from, &there, &overrides).lacking, []);
}

#[test]
fn schedules_start_where_they_run_in_the_source() {
    let mut from = source(vec![]);
    for (code, active, runs) in [
        ("RUNS", true, Some(true)),
        ("STANDS", true, Some(false)),
        ("WHO_KNOWS", true, None),
        ("IDLE", false, Some(true)),
        ("LOCKED", true, Some(true)),
        ("NONE", true, Some(true)),
    ] {
        let one = format!("{code}|01.00.0000");
        from.integrations.push(Arriving {
            active,
            schedule_runs: runs,
            ..arriving(&one)
        });
        if code != "NONE" {
            from.facts.schedules.push(ScheduleFacts {
                project: None,
                code: code.to_owned(),
                version: "01.00.0000".to_owned(),
                rule: String::new(),
            });
        }
    }
    let locked = Present {
        locked: true,
        ..present("LOCKED|01.00.0000", "CONFIGURED")
    };
    let schedules = plan(&from, &target(vec![locked])).schedules;
    let told: Vec<_> = schedules
        .iter()
        .map(|it| (it.id.code.as_str(), it.runs))
        .collect();
    assert_eq!(told, [("RUNS", Some(true)), ("WHO_KNOWS", None)]);
}

#[test]
fn a_saved_plan_reads_back_as_it_was_written_or_not_at_all() {
    let mut from = source(vec![arriving("A|01.00.0000"), arriving("B|01.00.0000")]);
    from.facts.connections = vec![connection("DB", "https://test.example")];
    let there = target(vec![
        present("A|01.00.0000", "ACTIVATED"),
        present("B|01.00.0000", "CONFIGURED"),
    ]);
    let saved = Saved::new(
        plan(&from, &there),
        "2026-01-01T00:00:00Z".parse().unwrap(),
        None,
    );
    let text = saved.text();
    assert_eq!(Saved::read(&text).unwrap(), saved);
    assert_eq!(saved.fingerprint.len(), 64);
    let changed = text.replace("\"activate\": true", "\"activate\": false");
    assert_ne!(changed, text);
    assert!(matches!(Saved::read(&changed), Err(Refused::Changed)));
    let later = text.replace("ferry-plan/1", "ferry-plan/2");
    assert!(
        matches!(Saved::read(&later), Err(Refused::Schema(schema)) if schema == "ferry-plan/2")
    );
    for nothing in ["", "{}", "[]", "{\"schema\": \"ferry-plan/1\"}"] {
        assert!(
            matches!(Saved::read(nothing), Err(Refused::NoPlan(_))),
            "{nothing}"
        );
    }
}

#[test]
fn what_moved_is_told_by_its_name() {
    let mut from = source(vec![arriving("A|01.00.0000")]);
    from.facts.connections = vec![connection("DB", "https://test.example")];
    let mut there = target(vec![present("A|01.00.0000", "CONFIGURED")]);
    there.connections = vec![connection("DB", "https://prod.example")];
    let before = plan(&from, &there);
    assert_eq!(before.moved(&before), []);
    let told =
        |now: &Plan| -> Vec<String> { before.moved(now).iter().map(ToString::to_string).collect() };
    // Somebody opened it, edited the connection, and made another archive.
    let mut later = there.clone();
    later.integrations[0].locked = true;
    assert_eq!(
        told(&plan(&from, &later)),
        [
            "integrations A|01.00.0000: activate was true, is false; fate was \"unknown\", is {\"skipped\":\"locked\"}; \
         there locked was false, is true"
        ]
    );
    let mut later = there.clone();
    later.connections = vec![connection("DB", "https://elsewhere.example")];
    let moved = told(&plan(&from, &later));
    let [edited] = moved.as_slice() else {
        panic!("{moved:?}")
    };
    assert!(edited.starts_with("connections DB: there was "), "{edited}");
    let value = "; values connectionUrl today was \"https://prod.example\", is \"https://elsewhere.example\"";
    assert!(edited.ends_with(value), "{edited}");
    // The overrides say more, and the source less.
    let given = json!({"connections": {"DB": {"keep": ["connectionUrl"], "policy": "BASIC_AUTH"}}});
    let given: Overrides = serde_json::from_value(given).unwrap();
    let moved = told(&Plan::make(&from, &there, &given));
    assert_eq!(
        moved[0],
        "connections DB: values connectionUrl entry was nothing, is \"DB\"; values policy is new"
    );
    let (mut less, mut later) = (from.clone(), there.clone());
    less.facts.connections[0].values.clear();
    later.connections[0].values.clear();
    let moved = told(&plan(&less, &later));
    assert!(
        moved[0].ends_with("; values connectionUrl is gone"),
        "{moved:?}"
    );
    let mut other = from.clone();
    other.sha256 = Some("11".to_owned());
    assert_eq!(
        told(&plan(&other, &there)),
        ["source: sha256 was \"00\", is \"11\""]
    );
    let mut more = there.clone();
    more.integrations.clear();
    assert_eq!(
        told(&plan(&from, &more)).last().unwrap(),
        "unknown existing: it is gone"
    );
}

/// A few integrations and connections in any state on both sides, and overrides for some.
fn facts() -> impl Strategy<Value = (Source, Target, Overrides)> {
    let name = || ("A", 0..2_u8, 0..3_u8, proptest::option::weighted(0.2, "P"));
    let arriving = (
        name(),
        any::<bool>(),
        proptest::option::of("semantic-1:[xy]"),
        any::<Option<bool>>(),
    );
    let present = (
        name(),
        "ACTIVATED|CONFIGURED",
        any::<bool>(),
        proptest::option::of("semantic-1:[xy]"),
    );
    let one = |(code, major, minor, _): &(String, u8, u8, Option<String>)| {
        id(&format!("{code}|0{major}.0{minor}.0000"))
    };
    let arriving = arriving.prop_map(move |(it, active, meaning, schedule_runs)| Arriving {
        id: one(&it),
        project: it.3,
        active,
        meaning,
        schedule_runs,
    });
    let present = present.prop_map(move |(it, status, locked, meaning)| Present {
        id: one(&it),
        project: it.3,
        status,
        locked,
        meaning,
        connections: vec!["DB".to_owned()],
        schedule: None,
    });
    let any_connection = (
        "DB|FTP",
        proptest::option::weighted(0.2, "P"),
        "https://[ab].example",
    );
    let any_connection = any_connection.prop_map(|(code, project, url)| ConnectionFacts {
        project,
        agent_group: Some("G".to_owned()),
        ..connection(&code, &url)
    });
    let all = (
        proptest::collection::vec(arriving, 0..6),
        proptest::collection::vec(present, 0..6),
        proptest::collection::vec(any_connection.clone(), 0..4),
        proptest::collection::vec(any_connection, 0..4),
        any::<bool>(),
    );
    all.prop_map(|(mut arriving, mut present, mut brought, mut there, read)| {
        arriving.sort_by(|a, b| (&a.project, &a.id).cmp(&(&b.project, &b.id)));
        arriving.dedup_by(|a, b| (&a.project, &a.id) == (&b.project, &b.id));
        present.sort_by(|a, b| (&a.project, &a.id).cmp(&(&b.project, &b.id)));
        present.dedup_by(|a, b| (&a.project, &a.id) == (&b.project, &b.id));
        for connections in [&mut brought, &mut there] {
            connections.sort_by_key(ConnectionFacts::label);
            connections.dedup_by_key(|it| it.label());
        }
        let mut from = source(arriving);
        from.facts.connections = brought;
        let mut to = target(present);
        to.connections = there;
        to.agent_groups = read.then(BTreeSet::new);
        let overrides = json!({"connections": {"D*": {"properties": {"connectionUrl": "https://prod.example"}}}});
        (from, to, serde_json::from_value(overrides).unwrap())
    })
}

proptest! {
    #[test]
    fn the_order_of_facts_never_counts((from, to, overrides) in facts()) {
        let plan = Plan::make(&from, &to, &overrides);
        let (mut other_from, mut other_to) = (from.clone(), to.clone());
        other_from.integrations.reverse();
        other_from.facts.connections.reverse();
        other_to.integrations.reverse();
        other_to.connections.reverse();
        let other = Plan::make(&other_from, &other_to, &overrides);
        prop_assert_eq!(&plan, &other);
        let saved = Saved::new(plan, jiff::Timestamp::UNIX_EPOCH, None);
        prop_assert_eq!(Saved::read(&saved.text()).unwrap(), saved);
    }

    #[test]
    fn what_moved_is_nothing_exactly_where_plans_are_equal((from, to, overrides) in facts(), (other, later, _) in facts()) {
        let plan = Plan::make(&from, &to, &overrides);
        for now in [
            Plan::make(&from, &to, &overrides),
            Plan::make(&other, &to, &overrides),
            Plan::make(&from, &later, &overrides),
        ] {
            let equal = plan == now;
            prop_assert_eq!(plan.moved(&now).is_empty(), equal);
        }
    }

    #[test]
    fn nothing_active_is_lost_unsaid((from, to, overrides) in facts()) {
        let plan = Plan::make(&from, &to, &overrides);
        for one in plan.integrations.iter().filter(|one| one.activate) {
            for there in to.integrations.iter().filter(|it| it.is_active() && it.project == one.project) {
                if is_same_major(&there.id, &one.id) && there.id != one.id {
                    prop_assert!(plan.turned_off.iter().any(|off| off.id == there.id && off.project == there.project));
                    prop_assert!(plan.live.iter().any(|live| live.id == there.id && live.project == there.project));
                    // Never a newer one.
                    prop_assert!(there.id.version < one.id.version);
                }
            }
        }
    }
}
