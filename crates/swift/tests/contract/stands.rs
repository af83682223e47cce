//! Where the contract is kept.

use ferry_emulator::{Etag, Options, StoreDialect, Switches};
use ferry_testkit::clock::{NOON, fixed, following};
use ferry_testkit::emulated::Running;
use ferry_testkit::fixtures::skip;
use ferry_testkit::linked::Linked;

use crate::checks;
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
async fn in_memory(switches: Switches) -> Stand {
    let linked = Linked::start(Options {
        switches: switches.clone(),
        ..Options::new(following(NOON))
    });
    let cards = linked.environments();
    let client = client_of(linked.config());
    Stand::of_emulator(client, &switches, &cards[0], &linked.url("")).await
}

#[tokio::test]
async fn oci_behind_tcp() {
    let (_running, stand) = behind_tcp(switches(StoreDialect::Oci)).await;
    checks::hold("oci_behind_tcp", stand).await;
}

#[tokio::test]
async fn upstream_behind_tcp() {
    let (_running, stand) = behind_tcp(switches(StoreDialect::Upstream)).await;
    checks::hold("upstream_behind_tcp", stand).await;
}

#[tokio::test]
async fn bare_behind_tcp() {
    let (_running, stand) = behind_tcp(bare()).await;
    checks::hold("bare_behind_tcp", stand).await;
}

#[tokio::test(start_paused = true)]
async fn oci_in_memory() {
    let stand = in_memory(switches(StoreDialect::Oci)).await;
    checks::hold("oci_in_memory", stand).await;
}

#[tokio::test(start_paused = true)]
async fn upstream_in_memory() {
    let stand = in_memory(switches(StoreDialect::Upstream)).await;
    checks::hold("upstream_in_memory", stand).await;
}

#[tokio::test(start_paused = true)]
async fn bare_in_memory() {
    let stand = in_memory(bare()).await;
    checks::hold("bare_in_memory", stand).await;
}

#[tokio::test]
async fn genuine_swift() {
    match Stand::of_environment().await {
        Some(stand) => checks::hold("genuine_swift", stand).await,
        None => skip(
            "genuine_swift",
            "no server is named by FERRY_SWIFT_URL: cargo xtask interop swift starts one",
        ),
    }
}
