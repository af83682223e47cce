//! Memory does not grow with the size of an object. Alone in its process, whose peak it reads.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ferry_emulator::{Emulator, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const OBJECT: usize = 192 * 1024 * 1024;
const ALLOWED: usize = 32 * 1024 * 1024;
const CHUNK: usize = 1024 * 1024;

/// The peak of this process's memory, in bytes.
fn peak() -> usize {
    let status = fs_err::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

#[tokio::test]
async fn a_large_object_goes_in_and_out_in_pieces() {
    let now = Arc::new(|| "2026-01-02T03:04:05Z".parse().unwrap());
    let emulator = Emulator::start(Options::new(now)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let card = emulator.environments(&address.to_string()).remove(0);
    let (_, bucket) = card.storage_url.split_once("/v1/").unwrap();
    let basic = STANDARD.encode(format!("{}:{}", card.storage_user, card.storage_password));
    let head = |method: &str, length: usize| {
        format!(
            "{method} /v1/{bucket}/large HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {basic}\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    tokio::spawn(emulator.serve(listener, std::future::pending()));

    let before = peak();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(head("PUT", OBJECT).as_bytes())
        .await
        .unwrap();
    let mut chunk = vec![7; CHUNK];
    for _ in 0..OBJECT / CHUNK {
        stream.write_all(&chunk).await.unwrap();
    }
    let read = stream.read(&mut chunk).await.unwrap();
    assert!(chunk[..read].starts_with(b"HTTP/1.1 201"));
    stream.write_all(head("GET", 0).as_bytes()).await.unwrap();
    let mut left = OBJECT;
    while left > 0 {
        let read = stream.read(&mut chunk).await.unwrap();
        assert_ne!(read, 0);
        left = left.saturating_sub(read);
    }
    let grown = peak() - before;
    assert!(grown < ALLOWED, "memory grew by {grown} bytes");
}
