//! The emulator as a process of its own.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::binary;

/// Starts it by a shell's line, in which `$0` is the binary; the URL that it tells, once it is ready.
///
/// # Panics
/// It does not get ready.
pub async fn start(line: &str, folder: &Path) -> (Child, String) {
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(line)
        .arg(binary())
        .current_dir(folder)
        .env("HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("sh: {error}"));
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    while let Some(told) = lines.next_line().await.expect("text") {
        if let Some(url) = told.strip_prefix("ready on ") {
            let url = url.to_owned();
            // A closed pipe is another thing than a silent reader.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (child, url);
        }
    }
    panic!("the emulator did not get ready");
}
