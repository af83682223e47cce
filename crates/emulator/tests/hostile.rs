//! What hostile clients may cost: bodies without an end, connections that ask nothing. Alone in its process, whose memory
//! it reads.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Mutex;

use house::{House, ask, get, read};

#[path = "wire/house.rs"]
#[expect(dead_code, reason = "shared with the tests of the wire")]
mod house;

/// One test at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

const MEBIBYTE: usize = 1024 * 1024;

const CROWD: usize = 10_000;
/// Each end of a connection is of this process; the rest is for others.
const RESERVE: usize = 256;

/// How many files this process may open.
fn files() -> usize {
    let limits = fs_err::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap();
    let soft = line.split_whitespace().nth(3).unwrap();
    soft.parse().unwrap_or(usize::MAX)
}

#[tokio::test]
async fn idle_connections_cost_little_and_others_are_served() {
    let _alone = ALONE.lock().await;
    let house = House::open().await;
    let many = CROWD.min((files() - RESERVE) / 2);
    let before = memory();
    let mut crowd = Vec::with_capacity(many);
    for n in 0..many {
        let mut stream = house.connect().await;
        // Every second one has been served before; the others begin a request and go no further.
        if n % 2 == 0 {
            let answer = ask(&mut stream, &get("/_ferry/health", "")).await;
            assert_eq!(answer.status, 200);
        } else {
            stream.write_all(b"GET / HT").await.unwrap();
        }
        crowd.push(stream);
    }
    house.is_well().await;
    let each = memory().saturating_sub(before) / many;
    println!("{many} idle connections, both ends here: {each} bytes each");
    assert!(each < 48 * 1024, "{each} bytes for a connection that idles");
    // All that was served is closed at once; what is half asked is given its moment.
    house.order_stop();
    let mut byte = [0];
    for stream in crowd.iter_mut().step_by(2) {
        assert!(matches!(stream.read(&mut byte).await, Ok(0) | Err(_)));
    }
}

fn post(path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}

/// Sends chunks until an answer comes; how much was taken, and the status.
async fn flood(house: &House, head: &str, most: usize) -> (usize, u16) {
    let mut stream = house.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let chunk = [b"100000\r\n", vec![b'a'; MEBIBYTE].as_slice(), b"\r\n"].concat();
    let mut sent = 0;
    let answer = {
        let flood = async {
            while sent < most && writing.write_all(&chunk).await.is_ok() {
                sent += MEBIBYTE;
            }
            // The answer is still to be read.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = flood => unreachable!(),
            answer = read(&mut reading) => answer,
        }
    };
    (sent, answer.status)
}

#[tokio::test]
async fn what_never_ends_is_cut_off_with_little_memory() {
    let _alone = ALONE.lock().await;
    let house = House::open().await;
    let before = memory();
    let chunked = "Transfer-Encoding: chunked\r\n";
    let (sent, status) = flood(&house, &post("/oauth2/v1/token", chunked), 64 * MEBIBYTE).await;
    assert_eq!((status, sent < 64 * MEBIBYTE), (413, true));
    let multipart = "Content-Type: multipart/form-data; boundary=x\r\n";
    let files = post(
        "/ic/api/integration/v1/integrations/archive",
        &format!("{multipart}{chunked}"),
    );
    let (sent, status) = flood(&house, &files, 512 * MEBIBYTE).await;
    assert_eq!((status, sent < 512 * MEBIBYTE), (413, true));
    let grown = memory().saturating_sub(before);
    // Less than the files alone: they were on disk.
    assert!(grown < 64 * MEBIBYTE, "memory grew by {grown} bytes");
    house.is_well().await;
}

/// The memory of this process now, in bytes.
fn memory() -> usize {
    let status = fs_err::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}
