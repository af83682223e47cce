//! Who carries, and by which command.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use anyhow::Result;

use super::curl;
use super::errand::{Errand, Work};
use crate::bench::timed::program;

/// A user of Swift's own tests.
const USER: &str = "test:tester";
const KEY: &str = "testing";

/// What they call the container's folder of the many, who must have one.
const FOLDER: &str = "s";

/// A client, as it is run.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) does: fn(Work) -> bool,
    pub(super) command: fn(&Errand<'_>) -> Result<Command>,
    /// What comes down is not kept.
    pub(super) throws_away: bool,
}

pub(super) const OURS: &str = "ferry";
/// One connection of ours: what flows into a pipe can not come in parts.
pub(super) const ONE_STREAM: &str = "ferry, to its output";
/// What checks nothing.
pub(super) const CURL: &str = "curl";
pub(super) const CURL_MANY: &str = "curl -Z, 16 connections";
/// What checks the MD5 of one large file.
pub(super) const CHECKING: [&str; 4] =
    ["rclone", "rclone tuned", "swiftclient", "swiftclient tuned"];
pub(super) const RCLONES: [&str; 3] = ["rclone", "rclone tuned", "rclone tuned, unchecked"];

const fn peer(
    name: &'static str,
    does: fn(Work) -> bool,
    command: fn(&Errand<'_>) -> Result<Command>,
) -> Peer {
    Peer {
        name,
        does,
        command,
        throws_away: false,
    }
}

pub(super) const PEERS: [Peer; 10] = [
    peer(OURS, |_| true, ferry),
    peer(ONE_STREAM, |work| work == Work::DownOne, ferry_stream),
    peer(CURL, Work::is_one, curl_one),
    Peer {
        throws_away: true,
        ..peer(
            "curl to nowhere",
            |work| work == Work::DownOne,
            curl_nowhere,
        )
    },
    peer(CURL_MANY, |work| !work.is_one(), curl_many),
    peer("rclone", |_| true, |errand| rclone(errand, &[])),
    peer("rclone tuned", |_| true, |errand| rclone(errand, &TUNED)),
    peer(
        "rclone tuned, unchecked",
        |work| !work.is_one(),
        |errand| rclone(errand, &[&TUNED[..], &UNCHECKED].concat()),
    ),
    peer("swiftclient", |_| true, |errand| swiftclient(errand, &[])),
    peer(
        "swiftclient tuned",
        |_| true,
        |errand| {
            let tuned: &[&str] = match errand.work {
                Work::UpOne => &SEGMENTS,
                Work::DownOne => &[],
                Work::UpMany | Work::DownMany => &["--object-threads", "16"],
            };
            swiftclient(errand, tuned)
        },
    ),
];

const TUNED: [&str; 8] = [
    "--transfers",
    "16",
    "--checkers",
    "16",
    "--multi-thread-streams",
    "4",
    "--multi-thread-cutoff",
    "64M",
];
const UNCHECKED: [&str; 3] = ["--no-check-dest", "--ignore-checksum", "--swift-no-chunk"];
const SEGMENTS: [&str; 5] = [
    "--segment-size",
    "134217728",
    "--segment-threads",
    "8",
    "--use-slo",
];

/// Ours, with a workspace file that names the container as an environment.
fn ferry(errand: &Errand<'_>) -> Result<Command> {
    let mut ferry = bucket(errand)?;
    match errand.work {
        Work::UpOne => {
            ferry.arg("put").arg(&errand.load.source).arg("swift");
        }
        Work::DownOne => {
            ferry.arg("get").arg(format!("swift/{}", errand.name()?));
            ferry.arg(errand.target.join(errand.name()?));
        }
        Work::UpMany => {
            ferry.args(["put", "--recursive"]);
            ferry.arg(&errand.load.source).arg("swift");
        }
        Work::DownMany => {
            ferry.args(["get", "--recursive", "swift"]);
            ferry.arg(errand.target);
        }
    }
    Ok(ferry)
}

fn ferry_stream(errand: &Errand<'_>) -> Result<Command> {
    let name = errand.name()?;
    let mut ferry = bucket(errand)?;
    ferry
        .args(["get", &format!("swift/{name}"), "-"])
        .stdout(File::create(errand.target.join(name))?);
    Ok(ferry)
}

fn bucket(errand: &Errand<'_>) -> Result<Command> {
    let settings = format!(
        "[environments.swift.storage]\n\
         url = \"{}\"\n\
         auth-url = \"http://{}/auth/v1.0\"\n\
         user = \"{USER}\"\n\
         password = \"env:SWIFT_KEY\"\n",
        errand.door.url, errand.authority
    );
    fs::write(errand.home.join("ferry.toml"), settings)?;
    let mut ferry = program(errand.ferry, errand.home)?;
    ferry
        .env("SWIFT_KEY", KEY)
        .env("FERRY_STATE", errand.home.join("state"))
        .arg("bucket");
    Ok(ferry)
}

fn curl_one(errand: &Errand<'_>) -> Result<Command> {
    let name = errand.name()?;
    let mut curl = program("curl", errand.home)?;
    curl::plain(&mut curl, errand.door);
    if errand.work.is_up() {
        curl.arg("--upload-file").arg(&errand.load.source);
    } else {
        curl.arg("--output").arg(errand.target.join(name));
    }
    curl.arg(errand.door.object(name));
    Ok(curl)
}

fn curl_nowhere(errand: &Errand<'_>) -> Result<Command> {
    let mut curl = program("curl", errand.home)?;
    curl::plain(&mut curl, errand.door);
    curl.args(["--output", "/dev/null"]);
    curl.arg(errand.door.object(errand.name()?));
    Ok(curl)
}

fn curl_many(errand: &Errand<'_>) -> Result<Command> {
    let mut curl = program("curl", errand.home)?;
    let Errand {
        door, home, load, ..
    } = errand;
    if errand.work.is_up() {
        curl::many_up(&mut curl, door, home, load)?;
    } else {
        curl::many_down(&mut curl, door, home, load, errand.target)?;
    }
    Ok(curl)
}

fn rclone(errand: &Errand<'_>, further: &[&str]) -> Result<Command> {
    let settings = errand.home.join("rclone.conf");
    // It finds nothing there, and nothing of whoever runs this either.
    fs::write(&settings, "")?;
    let mut rclone = program("rclone", errand.home)?;
    rclone
        .env("RCLONE_CONFIG", settings)
        .env("RCLONE_CONFIG_STORE_TYPE", "swift")
        .env(
            "RCLONE_CONFIG_STORE_AUTH",
            format!("http://{}/auth/v1.0", errand.authority),
        )
        .env("RCLONE_CONFIG_STORE_USER", USER)
        .env("RCLONE_CONFIG_STORE_KEY", KEY)
        .args(further);
    let container = format!("store:{}", errand.container()?);
    let object = || Ok::<_, anyhow::Error>(format!("{container}/{}", errand.name()?));
    match errand.work {
        Work::UpOne => rclone.arg("copyto").arg(&errand.load.source).arg(object()?),
        Work::DownOne => rclone
            .args(["copyto", &object()?])
            .arg(errand.target.join(errand.name()?)),
        Work::UpMany => rclone.arg("copy").arg(&errand.load.source).arg(&container),
        Work::DownMany => rclone.args(["copy", &container]).arg(errand.target),
    };
    Ok(rclone)
}

fn swiftclient(errand: &Errand<'_>, further: &[&str]) -> Result<Command> {
    let auth = format!("http://{}/auth/v1.0", errand.authority);
    let mut swift = program(errand.swift, errand.home)?;
    swift
        .stdin(Stdio::null())
        .args(["--quiet", "--auth", &auth, "--user", USER, "--key", KEY]);
    let container = errand.container()?;
    let object = errand.name()?;
    match errand.work {
        Work::UpOne => swift
            .args(["upload", "--object-name", object])
            .args(further)
            .arg(container)
            .arg(&errand.load.source),
        Work::DownOne => swift
            .arg("download")
            .args(further)
            .args([container, object, "--output"])
            .arg(errand.target.join(object)),
        Work::UpMany => swift
            .args(["upload", "--object-name", FOLDER])
            .args(further)
            .arg(container)
            .arg(&errand.load.source),
        Work::DownMany => swift
            .args(["download", "--output-dir"])
            .arg(errand.target)
            .args(further)
            .arg(container),
    };
    Ok(swift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_name_peers_that_there_are() {
        let there = |name: &&str| PEERS.iter().any(|peer| peer.name == *name);
        let named = [OURS, ONE_STREAM, CURL, CURL_MANY];
        assert!(
            named
                .iter()
                .chain(&CHECKING)
                .chain(&RCLONES)
                .all(there as fn(&&str) -> bool)
        );
    }
}
