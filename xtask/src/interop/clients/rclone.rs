//! rclone: a folder is copied, checked, synchronised and copied back, and all of it purged.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use super::sample::{self, Files, LARGE, ODD, SEGMENT, SMALL};
use super::{Visit, lines, said};
use crate::interop::door::{Door, with_credentials};
use crate::interop::tools;

const CONTAINER: &str = "by-rclone";
const REMOTE: &str = "store:by-rclone";

pub(super) fn visit(visit: &Visit<'_>) -> Result<()> {
    let source = visit.folder.join("source");
    let mut files = Files::lay(&source)?;
    let there = || {
        rclone(
            visit,
            &[
                "lsf",
                "--recursive",
                "--files-only",
                "--format",
                "ps",
                REMOTE,
            ],
        )
    };

    said(rclone(visit, &["copy"])?.arg(&source).arg(REMOTE))?;
    sample::listed(lines(&mut there()?)?, rows(&files))?;
    let told = lines(&mut rclone(visit, &["ls", REMOTE])?)?;
    if told.len() != files.iter().count() {
        bail!("rclone ls tells of {told:?}");
    }
    said(
        rclone(visit, &["check", "--download"])?
            .arg(&source)
            .arg(REMOTE),
    )?;
    if let Door::Token { .. } = visit.door {
        let segments = lines(&mut rclone(
            visit,
            &["lsf", "--recursive", "store:by-rclone_segments"],
        )?)?;
        let segments = segments.iter().filter(|name| !name.ends_with('/'));
        if segments.clone().count() != 3 {
            bail!("the segments are {:?}", segments.collect::<Vec<_>>());
        }
    }
    for name in [ODD, LARGE] {
        let path = format!("{REMOTE}/{name}");
        let bytes = said(&mut rclone(visit, &["cat", &path])?)?;
        files.same(name, &bytes)?;
    }

    files.remove(&source, SMALL)?;
    files.change(&source, ODD, b"another")?;
    said(rclone(visit, &["sync"])?.arg(&source).arg(REMOTE))?;
    sample::listed(lines(&mut there()?)?, rows(&files))?;

    let back = visit.folder.join("back");
    said(rclone(visit, &["copy", REMOTE])?.arg(&back))?;
    files.came_back(&back)?;

    said(&mut rclone(visit, &["purge", REMOTE])?)?;
    let left = lines(&mut rclone(visit, &["lsf", "store:"])?)?;
    if left.contains(&format!("{CONTAINER}/")) {
        bail!("{CONTAINER} is still there after a purge");
    }
    Ok(())
}

/// What it lists of these files: name and size.
fn rows(files: &Files) -> Vec<String> {
    let rows = files.iter();
    rows.map(|(name, bytes)| format!("{name};{}", bytes.len()))
        .collect()
}

/// rclone with a remote of the name `store`.
fn rclone(visit: &Visit<'_>, arguments: &[&str]) -> Result<Command> {
    let settings = visit.folder.join("rclone.conf");
    // It finds nothing there, and nothing of whoever runs this either.
    fs::write(&settings, "")?;
    let mut rclone = tools::clean("rclone", visit.folder)?;
    let mut set = |name: &str, value: &str| {
        rclone.env(format!("RCLONE_CONFIG_STORE_{name}"), value);
    };
    set("TYPE", "swift");
    match visit.door {
        Door::Token { auth, user, key } => {
            set("AUTH", auth);
            set("USER", user);
            set("KEY", key);
            // Nobody knows of OCI that it joins segments.
            set("CHUNK_SIZE", &format!("{SEGMENT}b"));
        }
        Door::Basic { account, user, key } => {
            // It must have a token, and says Basic besides.
            set("AUTH_TOKEN", "na");
            set("STORAGE_URL", &with_credentials(account, user, key));
        }
    }
    rclone
        .env("RCLONE_CONFIG", &settings)
        // What fails once is to be seen.
        .env("RCLONE_RETRIES", "1")
        .args(arguments);
    Ok(rclone)
}
