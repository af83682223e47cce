//! Where the contract is kept.

use std::time::Duration;

use ferry_emulator::{Action, Emulator, Etag, Options, Rule, StoreDialect, Switches};
use ferry_swift::ErrorKind;
use ferry_testkit::clock::{NOON, fixed, following};
use ferry_testkit::emulated::Running;
use ferry_testkit::fixtures::skip;
use ferry_testkit::linked::Linked;

use crate::checks::{self, JOINING};
use crate::stand::{Stand, client_of};

/// A page of a listing in the emulator: several come of few objects.
const PAGE: usize = 4;

fn switches(dialect: StoreDialect) -> Switches {
    Switches {
        store_dialect: dialect,
        store_page: PAGE.try_into().unwrap(),
        ..Switches::default()
    }
}

/// A service that does what is documented for OCI, and nothing else.
fn bare() -> Switches {
    Switches {
        etag: Etag::Opaque,
        store_large_objects: Some(false),
        store_copies: Some(false),
        store_bulk: Some(false),
        store_ranges: Some(false),
        store_info: Some(false),
        store_checks_etag: false,
        store_chunked: false,
        ..switches(StoreDialect::Oci)
    }
}

/// The emulator behind TCP.
async fn behind_tcp(switches: Switches) -> (Running, Stand) {
    let running = Running::start(Options {
        switches: switches.clone(),
        ..Options::new(fixed(NOON))
    })
    .await;
    let cards = running.emulator.environments(&running.authority);
    let client = client_of(ferry_http::Config::new("ferry-test", fixed(NOON)));
    let stand = Stand::of_emulator(client, &switches, &cards[0], &running.url).await;
    (running, stand)
}

/// The emulator in memory.
async fn in_memory(switches: Switches) -> (Linked, Stand) {
    let linked = Linked::start(Options {
        switches: switches.clone(),
        ..Options::new(following(NOON))
    });
    let cards = linked.environments();
    let client = client_of(linked.config());
    let stand = Stand::of_emulator(client, &switches, &cards[0], &linked.url("")).await;
    (linked, stand)
}

#[tokio::test]
async fn oci_behind_tcp() {
    let (_running, stand) = behind_tcp(switches(StoreDialect::Oci)).await;
    checks::hold("oci_behind_tcp", stand, &[]).await;
}

#[tokio::test]
async fn upstream_behind_tcp() {
    let (_running, stand) = behind_tcp(switches(StoreDialect::Upstream)).await;
    checks::hold("upstream_behind_tcp", stand, JOINING).await;
}

#[tokio::test]
async fn bare_behind_tcp() {
    let (_running, stand) = behind_tcp(bare()).await;
    checks::hold("bare_behind_tcp", stand, &[]).await;
}

#[tokio::test(start_paused = true)]
async fn oci_in_memory() {
    let (_linked, stand) = in_memory(switches(StoreDialect::Oci)).await;
    checks::hold("oci_in_memory", stand, &[]).await;
}

#[tokio::test(start_paused = true)]
async fn upstream_in_memory() {
    let (_linked, stand) = in_memory(switches(StoreDialect::Upstream)).await;
    checks::hold("upstream_in_memory", stand, &[]).await;
}

#[tokio::test(start_paused = true)]
async fn bare_in_memory() {
    let (_linked, stand) = in_memory(bare()).await;
    checks::hold("bare_in_memory", stand, &[]).await;
}

#[tokio::test]
async fn genuine_swift() {
    match Stand::of_environment().await {
        Some(stand) => checks::hold("genuine_swift", stand, JOINING).await,
        None => skip(
            "genuine_swift",
            "no server is named by FERRY_SWIFT_URL: cargo xtask interop swift starts one",
        ),
    }
}

/// How many of the requests since `begun` were refused, and how many gave out a token.
fn refused_and_given(emulator: &Emulator, begun: u64) -> (usize, usize) {
    let journal = emulator.journal();
    let since = || journal.iter().filter(|request| request.nth > begun);
    let refused = since().filter(|request| request.status == Some(401));
    let given = since().filter(|request| request.target.starts_with("/auth/v1.0"));
    (refused.count(), given.count())
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let (running, stand) = behind_tcp(switches(StoreDialect::Upstream)).await;
    let (emulator, bucket) = (&running.emulator, stand.bucket());
    let name = "a".parse().unwrap();
    let bytes = || "hello world".into();
    bucket.put(&name, bytes()).await.unwrap();

    let begun = emulator.requests();
    emulator.add_rule(Rule {
        times: Some(1),
        ..Rule::new(Action::ExpireTokens)
    });
    bucket.put(&name, bytes()).await.unwrap();
    bucket.head(&name).await.unwrap();
    assert_eq!(refused_and_given(emulator, begun), (1, 1));

    let begun = emulator.requests();
    emulator.add_rule(Rule {
        path: Some("/v1/".to_owned()),
        ..Rule::new(Action::ExpireTokens)
    });
    let error = bucket.head(&name).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(refused_and_given(emulator, begun), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_before_it_runs_out() {
    let (linked, stand) = in_memory(switches(StoreDialect::Upstream)).await;
    let (emulator, bucket) = (&linked.emulator, stand.bucket());
    let name = "a".parse().unwrap();
    bucket.put(&name, "hello world".into()).await.unwrap();
    let begun = emulator.requests();
    // It lives for a day.
    for hours in [23, 2, 23] {
        tokio::time::advance(Duration::from_secs(hours * 3600)).await;
        bucket.head(&name).await.unwrap();
    }
    assert_eq!(refused_and_given(emulator, begun), (0, 1));
}
