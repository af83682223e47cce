//! Only the finished zip counts as exported: not a temporary object, not half of it, not what a stale listing shows.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use ferry_e2e::stand::{self, APPLICATION, Stand};
use ferry_e2e::{envelope, says, wire};
use ferry_emulator::{Action, Rule, Service, Temporaries};
use ferry_testkit::archives::read_back;

/// What disturbs the way to the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disturbance {
    Nothing,
    /// COMPLETED comes 5 virtual minutes before the archive is seen.
    Late,
    /// Listings show the bucket as it was 5 virtual minutes ago.
    Stale,
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_under_other_names_is_not_the_archive() {
    all(Temporaries::Suffix).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_zip_under_another_name_is_not_the_archive() {
    all(Temporaries::ValidZips).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_zip_under_the_final_name_is_not_the_archive() {
    all(Temporaries::FinalName).await;
}

/// In both generations, with every disturbance, the job known by its id and not.
async fn all(temporaries: Temporaries) {
    for disturbance in [Disturbance::Nothing, Disturbance::Late, Disturbance::Stale] {
        for environment in ["new", "old"] {
            for answer_lost in [false, true] {
                exported(temporaries, disturbance, environment, answer_lost).await;
            }
        }
    }
}

async fn exported(
    temporaries: Temporaries,
    disturbance: Disturbance,
    environment: &str,
    answer_lost: bool,
) {
    let (mut options, _load) = stand::small();
    // Slow enough that listings see the temporary objects come and go, where they are asked for meanwhile.
    options.speed = 4000.0;
    options.switches.temporaries = temporaries;
    match disturbance {
        Disturbance::Nothing => {}
        Disturbance::Late => options.switches.archive_late_seconds = 300,
        Disturbance::Stale => options.switches.listing_stale_seconds = 300,
    }
    if answer_lost {
        // The job runs, and its id is not known: the bucket alone is watched, from the beginning.
        options.rules.push(Rule {
            service: Some(Service::Oic),
            method: Some("POST".to_owned()),
            path: Some("/exportServiceInstanceArchive".to_owned()),
            times: Some(1),
            ..Rule::new(Action::LoseAnswer)
        });
    }
    let stand = Stand::with(options).await;
    let output = stand
        .args(["export", environment, "-o", "json"])
        .run()
        .await
        .expect(0);
    let what =
        format!("{temporaries:?} {disturbance:?} {environment} lost={answer_lost}: {output}");

    let jobs = stand.jobs(environment, "export").await;
    assert_eq!(jobs.len(), 1, "{what}");
    let report = envelope(&output)["report"].clone();
    let name = report["archive"]["name"].as_str().expect("a name");
    let expected = match environment {
        "old" => format!(
            "Local_Suite_Instance-{}.zip",
            jobs[0]["id"].as_str().unwrap()
        ),
        _ => format!("{}.zip", report["job-name"].as_str().unwrap()),
    };
    assert_eq!(name, expected, "{what}");

    // Long after everything has come to rest.
    stand.advance(24 * 60 * 60);
    let there = stand.object("GET", environment, name, None).await;
    assert_eq!(there.status, 200, "{what}");
    assert_eq!(
        report["archive"]["sha256"],
        wire::sha256(&there.body).as_str(),
        "{what}"
    );
    assert_eq!(report["archive"]["bytes"], there.body.len(), "{what}");
    let inside = read_back(&there.body).expect("a whole zip");
    let application = inside.iter().find(|(path, _)| path == APPLICATION);
    assert_eq!(
        application.map(|(_, content)| content),
        Some(&stand::application()),
        "{what}"
    );
}

/// Virtual time stands still while half the zip lies under the final name: it is read, found wanting, and read again
/// once it is whole.
#[tokio::test(flavor = "multi_thread")]
async fn half_a_zip_that_stays_is_waited_out() {
    let (mut options, _load) = stand::small();
    options.speed = 0.0;
    options.switches.temporaries = Temporaries::FinalName;
    options.rules.push(Rule {
        service: Some(Service::Oic),
        method: Some("POST".to_owned()),
        times: Some(1),
        ..Rule::new(Action::LoseAnswer)
    });
    let stand = Stand::with(options).await;
    let running = stand
        .args(["export", "new", "--name", "half", "-o", "json"])
        .spawn();
    stand
        .until_seen("POST", "/exportServiceInstanceArchive", 1)
        .await;
    stand.advance(1620 * 75 / 100);
    stand
        .until_seen("GET", "/v1/acme/ferry-new/half.zip", 1)
        .await;
    let half = stand.object("GET", "new", "half.zip", None).await;
    assert_eq!(half.status, 200);
    assert!(
        read_back(&half.body).is_err(),
        "the emulator shows it half written"
    );
    stand.advance(3600);
    let output = running.wait().await.expect(0);
    says(&output, &["half.zip is not whole yet"]);
    let whole = stand.object("GET", "new", "half.zip", None).await;
    let report = envelope(&output)["report"].clone();
    assert_eq!(
        report["archive"]["sha256"],
        wire::sha256(&whole.body).as_str()
    );
    assert_ne!(whole.body, half.body);
    assert_eq!(stand.jobs("new", "export").await.len(), 1);
}
