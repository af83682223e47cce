//! curl: each request that a script makes of a bucket, with the answer's status and headers.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::sample::{self, Files, LARGE, ODD, SMALL};
use super::{Visit, said};
use crate::interop::door::{Door, encoded};
use crate::interop::tools;

const CONTAINER: &str = "by-curl";

pub(super) fn visit(visit: &Visit<'_>) -> Result<()> {
    let source = visit.folder.join("source");
    let files = Files::lay(&source)?;
    let session = Session::open(visit)?;
    let container = format!("{}/{CONTAINER}", session.account);
    let object = |name: &str| {
        let parts: Vec<String> = name.split('/').map(encoded).collect();
        format!("{container}/{}", parts.join("/"))
    };

    session.ask(201, &container, &["--request", "PUT"])?;
    for (name, _) in files.iter() {
        let file = source.join(name);
        let file = file.to_str().context("a folder whose name is no UTF-8")?;
        session.ask(201, &object(name), &["--upload-file", file])?;
    }
    for (name, bytes) in files.iter() {
        let head = session.ask(200, &object(name), &["--head"])?;
        head.says("content-length", &bytes.len().to_string())?;
        let whole = session.ask(200, &object(name), &[])?;
        files.same(name, &whole.body)?;
    }

    let part = session.ask(206, &object(LARGE), &["--range", "1000000-1000999"])?;
    let bytes = files.bytes(LARGE);
    let range = format!("bytes 1000000-1000999/{}", bytes.len());
    part.says("content-range", &range)?;
    let expected = bytes.get(1_000_000..1_001_000).unwrap_or_default();
    sample::same("a range", &part.body, expected)?;

    let text = match visit.door {
        Door::Token { .. } => session.ask(200, &container, &[])?,
        // Which form OCI's store chooses by itself is not known.
        Door::Basic { .. } => session.ask(200, &format!("{container}?format=plain"), &[])?,
    };
    let listed = String::from_utf8(text.body)?
        .lines()
        .map(str::to_owned)
        .collect();
    sample::listed(listed, files.names())?;
    let json = session.ask(200, &format!("{container}?format=json&prefix=odd/"), &[])?;
    let json: Value = serde_json::from_slice(&json.body).context("a listing of JSON")?;
    if json.pointer("/0/name").is_none_or(|name| name != ODD)
        || json
            .pointer("/0/bytes")
            .is_none_or(|size| *size != files.bytes(ODD).len())
        || json.pointer("/1").is_some()
    {
        bail!("not the listing of {ODD}: {json}");
    }

    let stranger = session.stranger();
    stranger.ask(401, &object(SMALL), &[])?;
    for (name, _) in files.iter() {
        session.ask(204, &object(name), &["--request", "DELETE"])?;
        session.ask(404, &object(name), &[])?;
    }
    session.ask(204, &container, &["--request", "DELETE"])?;
    session.ask(404, &container, &[])?;
    Ok(())
}

/// The requests of somebody.
struct Session<'a> {
    folder: &'a Path,
    /// The address of the account.
    account: String,
    /// Who asks: an option of curl, and its value.
    who: Option<(&'static str, String)>,
}

impl<'a> Session<'a> {
    fn open(visit: &Visit<'a>) -> Result<Self> {
        let mut session = Self {
            folder: visit.folder,
            account: String::new(),
            who: None,
        };
        match visit.door {
            Door::Token { auth, user, key } => {
                let user = format!("X-Auth-User: {user}");
                let key = format!("X-Auth-Key: {key}");
                let answer = session.ask(200, auth, &["--header", &user, "--header", &key])?;
                let header = |name| answer.header(name).with_context(|| format!("no {name}"));
                header("x-storage-url")?.clone_into(&mut session.account);
                let token = format!("X-Auth-Token: {}", header("x-auth-token")?);
                session.who = Some(("--header", token));
            }
            Door::Basic { account, user, key } => {
                account.clone_into(&mut session.account);
                session.who = Some(("--user", format!("{user}:{key}")));
            }
        }
        Ok(session)
    }

    /// The requests of somebody who has made the credentials up.
    fn stranger(&self) -> Self {
        Self {
            folder: self.folder,
            account: self.account.clone(),
            who: self
                .who
                .as_ref()
                .map(|(option, value)| (*option, format!("{value}x"))),
        }
    }

    /// One request that is to be answered with this status.
    fn ask(&self, status: u16, url: &str, arguments: &[&str]) -> Result<Answer> {
        let body = self.folder.join("body");
        let mut curl = tools::clean("curl", self.folder)?;
        curl.args(["--silent", "--show-error", "--dump-header", "-", "--output"])
            .arg(&body)
            .args(arguments)
            .arg(url);
        if let Some((option, value)) = &self.who {
            curl.args([option, &**value]);
        }
        // An answer without a body leaves the last one's.
        fs::write(&body, "")?;
        let heads = String::from_utf8(said(&mut curl)?).context("a head that is no UTF-8")?;
        let answer = Answer {
            // There may be one that says to go on before it.
            head: heads
                .trim_end()
                .rsplit("\r\n\r\n")
                .next()
                .unwrap_or_default()
                .to_owned(),
            body: fs::read(&body)?,
        };
        let told = answer.head.split(' ').nth(1);
        if told != Some(&status.to_string()) {
            let body = String::from_utf8_lossy(&answer.body);
            let body: String = body.chars().take(500).collect();
            bail!(
                "{arguments:?} {url} is not answered with {status}:\n{}\n\n{body}",
                answer.head
            );
        }
        Ok(answer)
    }
}

/// An answer.
struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers
            .find(|(told, _)| told.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// Fails unless a header has this value.
    fn says(&self, name: &str, value: &str) -> Result<()> {
        if self.header(name) != Some(value) {
            bail!("{name} is not {value}:\n{}", self.head);
        }
        Ok(())
    }
}
