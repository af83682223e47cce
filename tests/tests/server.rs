//! The emulator as a process: over TLS, and with more clients than it may open files.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use ferry_e2e::ferry;
use ferry_e2e::process::start;
use ferry_testkit::cli::{Ferry, Output};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn ferry_trusts_the_authority_that_it_is_told_of() {
    let ferry = ferry();
    let line = "exec \"$0\" emulator --port 0 --speed 10000 --ca-out ca.pem --env-out e.env";
    let (_emulator, url) = start(line, &ferry.work()).await;
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let chosen = format!("--emulator={url}");
    let export = || ferry.args(["export", "test", &chosen]).run();
    let refused = export().await;
    assert_ne!(refused.exit, 0, "{refused}");
    assert!(refused.stderr.contains("not trusted"), "{refused}");
    // As `--env-out` writes it down.
    let told = export_told(&ferry, &chosen).await;
    assert_eq!(told.exit, 0, "{told}");
    ferry.write("ferry.toml", "[network]\nextra-ca = \"ca.pem\"\n");
    let exported = export().await;
    assert_eq!(exported.exit, 0, "{exported}");
}

/// An export by a command that knows what the file of variables tells.
async fn export_told(ferry: &Ferry, chosen: &str) -> Output {
    let variables = std::fs::read_to_string(ferry.work().join("e.env")).unwrap();
    let authority = variables
        .lines()
        .find_map(|line| line.strip_prefix("export SSL_CERT_FILE="))
        .unwrap();
    let call = ferry.args(["export", "test", chosen]);
    call.env("SSL_CERT_FILE", authority).run().await
}

#[tokio::test]
async fn idle_connections_make_room_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let line = "ulimit -n 64; exec \"$0\" emulator --port 0";
    let (_emulator, url) = start(line, folder.path()).await;
    let address = url.trim_start_matches("http://");
    let mut crowd = Vec::new();
    for _ in 0..200 {
        crowd.push(TcpStream::connect(address).await.unwrap());
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET /_ferry/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}
