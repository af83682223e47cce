//! python-swiftclient: files are uploaded, the large one in segments, looked at, marked, downloaded and deleted.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use super::sample::{self, Files, SEGMENT, SMALL};
use super::{Visit, lines, said};
use crate::interop::door::{Door, with_credentials};
use crate::interop::tools;

const CONTAINER: &str = "by-swiftclient";

pub(super) fn visit(visit: &Visit<'_>) -> Result<()> {
    let source = visit.folder.join("source");
    let files = Files::lay(&source)?;
    let names = files.names();

    let mut upload = swift(visit, &["upload", CONTAINER])?;
    // Nobody knows of OCI that it joins segments.
    let segmented = matches!(visit.door, Door::Token { .. });
    if segmented {
        upload.args(["--segment-size", SEGMENT]);
    }
    said(upload.args(&names).current_dir(&source))?;
    sample::listed(lines(&mut swift(visit, &["list", CONTAINER])?)?, names)?;
    let segments = || lines(&mut swift(visit, &["list", "by-swiftclient_segments"])?);
    if segmented && segments()?.len() != 3 {
        bail!("the segments are {:?}", segments()?);
    }

    for (name, bytes) in files.iter() {
        stated(visit, name, &format!("Content Length: {}", bytes.len()))?;
    }
    said(&mut swift(
        visit,
        &["post", CONTAINER, SMALL, "--meta", "Colour:blue"],
    )?)?;
    stated(visit, SMALL, "Meta Colour: blue")?;

    let back = visit.folder.join("back");
    fs::create_dir_all(&back)?;
    let download = &["download", CONTAINER, "--output-dir"];
    said(swift(visit, download)?.arg(&back))?;
    files.came_back(&back)?;

    // The objects, their segments, and the container.
    said(&mut swift(visit, &["delete", CONTAINER])?)?;
    let left = lines(&mut swift(visit, &["list"])?)?;
    if left.iter().any(|name| name == CONTAINER) {
        bail!("{CONTAINER} is still there after it was deleted");
    }
    if segmented {
        sample::listed(segments()?, Vec::new())?;
    }
    Ok(())
}

/// Fails unless its report on an object has this line.
fn stated(visit: &Visit<'_>, name: &str, line: &str) -> Result<()> {
    let report = lines(&mut swift(visit, &["stat", CONTAINER, name])?)?;
    if !report.iter().any(|told| told.trim() == line) {
        bail!("stat of {name} does not say {line:?}: {report:#?}");
    }
    Ok(())
}

/// The program, with its credentials.
fn swift(visit: &Visit<'_>, arguments: &[&str]) -> Result<Command> {
    let mut swift = tools::clean(visit.swift, visit.folder)?;
    match visit.door {
        Door::Token { auth, user, key } => {
            swift.args(["--auth", auth, "--user", user, "--key", key]);
        }
        Door::Basic { account, user, key } => {
            // It must have a token, and says Basic besides.
            let url = with_credentials(account, user, key);
            swift.args(["--os-auth-token", "na", "--os-storage-url", &url]);
        }
    }
    swift.args(arguments);
    Ok(swift)
}
