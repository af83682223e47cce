//! The emulator answers on a free port, and is gone after `stop`.

use ferry_emulator::Options;
use ferry_testkit::clock::{NOON, following};
use ferry_testkit::emulated::Running;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn it_answers_until_it_is_stopped() {
    let running = Running::start(Options::new(following(NOON))).await;
    let authority = running.authority.clone();
    assert!(!running.emulator.environments(&authority).is_empty());

    let mut stream = TcpStream::connect(&authority).await.unwrap();
    let request =
        format!("GET /_ferry/health HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    running.stop().await;
    assert!(TcpStream::connect(&authority).await.is_err());
}
