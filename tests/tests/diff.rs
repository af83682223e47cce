//! `ferry diff`: whatever is compared with whatever.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use ferry_e2e::{envelope, ferry};
use ferry_testkit::archives::{Part, Zip};
use ferry_testkit::cli::Ferry;
use ferry_testkit::instance::{
    Description, Form, Home, Mutation, Noise, car, iar, par, sample, whole,
};
use serde_json::Value;

async fn diff(ferry: &Ferry, before: &str, after: &str, exit: i32) -> Value {
    let args = ["diff", before, after, "-o", "json"];
    let output = ferry.args(args).run().await.expect(exit);
    envelope(&output)["report"].clone()
}

/// The artifacts that differ, each with what became of it.
fn told(report: &Value) -> Vec<String> {
    let artifacts = report["artifacts"].as_array().unwrap();
    let line = |it: &Value| {
        let name = it["artifact"]["name"].as_str().unwrap();
        format!("{name} {}", it["change"].as_str().unwrap())
    };
    artifacts.iter().map(line).collect()
}

/// The parts of an instance, in the containers that the service gives out for each.
fn parts(ferry: &Ferry, instance: &Description, noise: &Noise, folder: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |name: String, bytes: Vec<u8>| {
        let name = format!("{folder}/{name}");
        ferry.write(&name, bytes);
        names.push(name);
    };
    std::fs::create_dir(ferry.work().join(folder)).unwrap();
    for it in &instance.integrations {
        add(format!("{}.iar", it.folder()), iar(instance, it, noise));
    }
    for it in &instance.packages {
        add(format!("{}.par", it.name), par(instance, &it.name, noise));
    }
    for it in &instance.projects {
        add(format!("{}.car", it.code), car(instance, it, None, noise));
    }
    names
}

#[tokio::test]
async fn a_part_of_an_instance_is_compared_with_that_part_alone() {
    let ferry = ferry();
    let instance = sample();
    ferry.write("whole.zip", whole(&instance, Form::Nested, &Noise::all(1)));
    let into = ["archive", "extract", "whole.zip", "tree", "--with-secrets"];
    ferry.args(into).run().await.expect(0);
    let parts = parts(&ferry, &instance, &Noise::all(2), "parts");
    assert!(parts.len() > 8, "{parts:?}");
    for part in &parts {
        for all in ["whole.zip", "tree"] {
            for (before, after) in [(part.as_str(), all), (all, part)] {
                let report = diff(&ferry, before, after, 0).await;
                assert_eq!(report["equal"], true, "{before} {after}: {report:#}");
            }
        }
    }
}

#[tokio::test]
async fn a_change_is_told_of_every_part_that_has_it_and_of_no_other() {
    let ferry = ferry();
    let mut instance = sample();
    ferry.write("old.zip", whole(&instance, Form::Flat, &Noise::all(1)));
    Mutation::Map.apply(&mut instance);
    let subject = Mutation::Map.subject();
    let changed = instance.integrations.iter().find(|it| it.code == subject);
    let home = changed.unwrap().home.clone();
    assert_eq!(home, Home::Alone);
    for part in parts(&ferry, &instance, &Noise::all(2), "parts") {
        let is_in = part.contains(subject);
        let report = diff(&ferry, "old.zip", &part, i32::from(is_in)).await;
        let expected: &[&str] = if is_in {
            &["ORDER_INTAKE changed"]
        } else {
            &[]
        };
        assert_eq!(told(&report), expected, "{part}");
    }
}

#[tokio::test]
async fn what_a_part_alone_has_and_what_a_package_or_project_lost_is_told() {
    let ferry = ferry();
    let mut instance = sample();
    ferry.write("new.zip", whole(&instance, Form::Nested, &Noise::none()));
    let lost = |instance: &mut Description, home: fn(&Home) -> bool| {
        let at = instance.integrations.iter().position(|it| home(&it.home));
        instance.integrations.remove(at.unwrap()).code
    };
    for (home, part) in [
        (
            (|home| matches!(home, Home::Project(_))) as fn(&Home) -> bool,
            "FINANCE.car",
        ),
        (
            |home| *home == Home::Package("acme.customer".to_owned()),
            "acme.customer.par",
        ),
    ] {
        let mut smaller = instance.clone();
        for project in &mut smaller.projects {
            project.deployments.clear();
        }
        let code = lost(&mut smaller, home);
        let folder = format!("before-{part}");
        parts(&ferry, &smaller, &Noise::none(), &folder);
        let report = diff(&ferry, &format!("{folder}/{part}"), "new.zip", 1).await;
        let all = told(&report);
        assert!(all.contains(&format!("{code} added")), "{part}: {all:?}");
        let others = ["ORDER_INTAKE", "NIGHTLY_EXPORT", "partner_ca"];
        assert!(
            !all.iter()
                .any(|it| others.iter().any(|other| it.starts_with(other))),
            "{all:?}"
        );
    }

    // An integration that the instance has no longer.
    let gone = instance.integrations.remove(0);
    ferry.write("gone.iar", iar(&sample(), &gone, &Noise::none()));
    ferry.write("less.zip", whole(&instance, Form::Nested, &Noise::none()));
    let report = diff(&ferry, "gone.iar", "less.zip", 1).await;
    assert!(told(&report).contains(&format!("{} removed", gone.code)));
}

#[tokio::test]
async fn an_integration_that_goes_into_a_project_is_told_with_both() {
    let ferry = ferry();
    let mut instance = sample();
    ferry.write("old.zip", whole(&instance, Form::Nested, &Noise::all(1)));
    let member = instance
        .integrations
        .iter_mut()
        .find(|it| it.code == "NIGHTLY_EXPORT");
    member.unwrap().home = Home::Project("FINANCE".to_owned());
    ferry.write("new.zip", whole(&instance, Form::Nested, &Noise::all(2)));
    for (before, after, change) in [
        ("old.zip", "new.zip", "added"),
        ("new.zip", "old.zip", "removed"),
    ] {
        let report = diff(&ferry, before, after, 1).await;
        let artifacts = report["artifacts"].as_array().unwrap();
        let of = |name: &str| {
            let mut all = artifacts.iter().filter(|it| it["artifact"]["name"] == name);
            let found = all.next().map(|it| it["differences"].clone());
            assert!(all.next().is_none(), "{report:#}");
            found
        };
        let moved = of("NIGHTLY_EXPORT").unwrap();
        let moved = moved.as_array().unwrap();
        assert_eq!(moved.len(), 1, "{report:#}");
        assert_eq!(
            (
                &moved[0]["section"],
                &moved[0]["path"][0],
                &moved[0]["change"]
            ),
            (&"state".into(), &"project".into(), &change.into())
        );
        // The list of the project does not repeat it.
        let listed = of("FINANCE").unwrap_or_default().to_string();
        assert!(!listed.contains("NIGHTLY_EXPORT"), "{report:#}");
    }
    let table = ferry
        .args(["diff", "old.zip", "new.zip"])
        .run()
        .await
        .expect(1)
        .stdout;
    assert!(
        table.contains("state    added    project\n    after  FINANCE\n"),
        "{table}"
    );
}

#[tokio::test]
async fn what_nobody_knows_is_compared_as_it_is() {
    let ferry = ferry();
    let zip = |id: &str| {
        Zip::of([Part::deflated(
            "odd/ids.json",
            format!("{{\"id\":\"{id}\"}}").as_bytes(),
        )])
    };
    ferry.write("a.zip", zip("67e7358b-077b-420f-9e04-e9b9e8374b68").bytes());
    ferry.write("b.zip", zip("77e7358b-077b-420f-9e04-e9b9e8374b68").bytes());
    let report = diff(&ferry, "a.zip", "b.zip", 1).await;
    assert_eq!(told(&report), ["odd/ids.json changed"]);
}
