//! An emulator in a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// An emulator that runs until it is dropped.
pub(crate) struct Running {
    process: Child,
    /// `127.0.0.1:PORT`
    authority: String,
    /// Kept open, so that it may go on talking.
    told: BufReader<ChildStdout>,
}

impl Running {
    /// Starts it on a free port with further arguments, and waits for its ready line.
    pub(crate) fn start(ferry: &Path, arguments: &[&str]) -> Result<Self> {
        Self::launch(Command::new(ferry), arguments)
    }

    /// The same in a folder, from which relative paths among the arguments are meant.
    pub(crate) fn start_in(folder: &Path, ferry: &Path, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(ferry);
        command.current_dir(folder);
        Self::launch(command, arguments)
    }

    /// The same with a folder for what it keeps on disk until it ends.
    pub(crate) fn start_on(disk: &Path, ferry: &Path, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(ferry);
        command.env("TMPDIR", disk);
        Self::launch(command, arguments)
    }

    fn launch(mut ferry: Command, arguments: &[&str]) -> Result<Self> {
        let mut process = ferry
            .args(["emulator", "--port", "0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("could not run ferry")?;
        let told = process.stdout.take().context("ferry has no output")?;
        // From here on the process ends with the value, whatever fails.
        let mut emulator = Self {
            process,
            authority: String::new(),
            told: BufReader::new(told),
        };
        emulator.authority = emulator.ready()?;
        Ok(emulator)
    }

    /// Reads on to the ready line, and returns the authority that it names.
    fn ready(&mut self) -> Result<String> {
        for line in self.told.by_ref().lines() {
            let line = line?;
            if let Some((_, authority)) = line
                .strip_prefix("ready on ")
                .and_then(|url| url.split_once("://"))
            {
                return Ok(authority.to_owned());
            }
        }
        bail!("the emulator did not start")
    }

    /// `127.0.0.1:PORT`
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The address of one that was started to speak TLS.
    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.authority)
    }

    /// The id of its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// One request over a plain connection, and its answer as JSON; null where it has no body.
    pub(crate) fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &str,
        body: &str,
    ) -> Result<Value> {
        let mut stream = self.request(
            method,
            target,
            &format!("Connection: close\r\n{headers}"),
            body,
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no whole answer")?;
        if head.starts_with("HTTP/1.1 204") {
            return Ok(Value::Null);
        }
        if !head.starts_with("HTTP/1.1 200") {
            bail!("{method} {target}: {head}");
        }
        serde_json::from_str(body).with_context(|| format!("{method} {target}: no JSON"))
    }

    /// What tells how to reach its first environment; for [`Card`].
    pub(crate) fn first_card(&self) -> Result<Value> {
        let cards = self.ask("GET", "/_ferry/environments", "", "")?;
        cards.get(0).cloned().context("the emulator is empty")
    }

    /// Sends a request over a plain connection, and waits for the beginning of its answer.
    pub(crate) fn request(
        &self,
        method: &str,
        target: &str,
        headers: &str,
        body: &str,
    ) -> Result<TcpStream> {
        let mut stream = TcpStream::connect(&self.authority)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.authority,
            body.len()
        );
        // At once: in pieces, each would wait for the one before to be acknowledged.
        stream.write_all(request.as_bytes())?;
        stream.peek(&mut [0])?;
        Ok(stream)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An environment's addresses and credentials.
#[derive(Clone, Copy)]
pub(crate) struct Card<'a>(pub(crate) &'a Value);

impl<'a> Card<'a> {
    /// What stands in a field.
    pub(crate) fn text(self, field: &str) -> Result<&'a str> {
        let text = self.0.get(field).and_then(Value::as_str);
        text.with_context(|| format!("the environment has no {field}"))
    }

    /// Two fields as `NAME:SECRET`, which is what curl takes for a user.
    pub(crate) fn user(self, name: &str, secret: &str) -> Result<String> {
        Ok(format!("{}:{}", self.text(name)?, self.text(secret)?))
    }
}
