//! The same over TLS, under the names of the real services.

use std::sync::Arc;
use std::time::Duration;

use ferry_emulator::{Action, Emulator, Options, Rule};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::house::{House, ask, get, now, options, read};

/// The emulators' time.
#[derive(Debug)]
struct Now;

impl TimeProvider for Now {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(now().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// An emulator over TLS, and the certificate to trust.
async fn open(options: Options) -> (House, String) {
    let emulator = Emulator::start(options).unwrap();
    let tls = emulator.tls().unwrap();
    let authority = tls.authority().to_owned();
    (House::serve(emulator, Some(tls)).await, authority)
}

async fn connect(
    house: &House,
    authority: &str,
    name: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(authority.as_bytes()).unwrap();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(Now))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = house.connect().await;
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

#[tokio::test]
async fn every_name_that_is_served_has_its_certificate() {
    let (house, authority) = open(options()).await;
    for name in [
        "127.0.0.1",
        "::1",
        "localhost",
        "test.localhost",
        "design.integration.eu-frankfurt-1.ocp.oraclecloud.com",
        "acme-ns.integration.us-phoenix-1.ocp.oraclecloud.com",
        "acme-tenancy-fr.integration.ocp.oraclecloud.com",
        "idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com",
        "swiftobjectstorage.us-phoenix-1.oraclecloud.com",
    ] {
        let mut stream = connect(&house, &authority, name).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let answer = ask(&mut stream, &get("/_ferry/health", "")).await;
        assert_eq!(answer.status, 200, "{name}");
    }
    for name in ["example.com", "192.0.2.1", "console.oraclecloud.com"] {
        let refused = connect(&house, &authority, name).await.unwrap_err();
        assert!(
            refused.to_string().contains("not valid for name"),
            "{refused}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn more_names_than_are_kept_are_served_too() {
    let (house, authority) = open(options()).await;
    for n in 0..300 {
        let name = format!("n{n}.localhost");
        connect(&house, &authority, &name).await.unwrap();
    }
    house.close().await;
}

#[tokio::test]
async fn cards_say_https_and_controls_are_reached() {
    let (house, authority) = open(options()).await;
    let mut stream = connect(&house, &authority, "localhost").await.unwrap();
    let answer = ask(&mut stream, &get("/_ferry/environments", "")).await;
    assert!(answer.body.contains("https://localhost"), "{}", answer.body);
    assert!(!answer.body.contains("http://"), "{}", answer.body);
    let answer = ask(&mut stream, &get("/_ferry/health", "Origin: http://x\r\n")).await;
    assert_eq!(answer.status, 403);
}

#[cfg(unix)]
#[tokio::test]
async fn the_authority_is_kept_with_the_data_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let kept = || Options {
        data: Some(folder.path().to_owned()),
        ..options()
    };
    let (house, authority) = open(kept()).await;
    house.close().await;
    let (house, again) = open(kept()).await;
    assert_eq!(authority, again);
    assert!(!authority.contains("PRIVATE"));
    connect(&house, &authority, "localhost").await.unwrap();
    let file = fs_err::metadata(folder.path().join("authority.pem")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    let (_, other) = open(options()).await;
    assert_ne!(authority, other);
    assert!(connect(&house, &other, "localhost").await.is_err());
}

#[tokio::test]
async fn a_damaged_authority_is_no_reason_to_make_another() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::start(Options {
        data: Some(folder.path().to_owned()),
        ..options()
    })
    .unwrap();
    fs_err::write(folder.path().join("authority.pem"), "nonsense").unwrap();
    assert!(emulator.tls().is_err());
}

#[tokio::test]
async fn faults_end_connections_here_too() {
    let (house, authority) = open(options()).await;
    house.emulator.add_rule(Rule {
        times: Some(1),
        ..Rule::new(Action::Reset)
    });
    let mut stream = connect(&house, &authority, "localhost").await.unwrap();
    assert_eq!(ask(&mut stream, &get("/", "")).await.status, 0);
    let mut stream = connect(&house, &authority, "localhost").await.unwrap();
    assert_eq!(ask(&mut stream, &get("/", "")).await.status, 404);
}

#[tokio::test]
async fn plain_http_is_told_to_speak_tls() {
    let (house, _) = open(options()).await;
    let answer = house.say(get("/_ferry/health", "")).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.body.ends_with("begin the URL with https"),
        "{}",
        answer.body
    );
    assert_eq!(house.emulator.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_come_blocks_nobody() {
    let (house, authority) = open(options()).await;
    let mut silent = house.connect().await;
    let mut served = connect(&house, &authority, "localhost").await.unwrap();
    let answer = ask(&mut served, &get("/_ferry/health", "")).await;
    assert_eq!(answer.status, 200);
    let before = tokio::time::Instant::now();
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
    assert!(before.elapsed() <= Duration::from_secs(10));
    // Nor does one of garbage.
    let mut garbage = house.connect().await;
    tokio::io::AsyncWriteExt::write_all(&mut garbage, &[0x16, 3, 1, 0, 2, 9, 9])
        .await
        .unwrap();
    read(&mut garbage.take(64)).await;
    connect(&house, &authority, "localhost").await.unwrap();
    house.close().await;
}
