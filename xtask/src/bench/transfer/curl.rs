//! Many objects by one curl, and what it is told about them in a file.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::load::Load;
use super::server::Row;
use crate::bench::door::Door;
use crate::run;

/// Connections at once.
const CONNECTIONS: &str = "16";

/// What every curl is told.
pub(super) fn plain(curl: &mut Command, door: &Door) {
    curl.args(["--disable", "--silent", "--show-error", "--fail"])
        .args(["--noproxy", "*", "--header", &door.header]);
}

/// Sends every file.
pub(super) fn many_up(curl: &mut Command, door: &Door, home: &Path, load: &Load) -> Result<()> {
    let each = load.named().map(|(file, name)| {
        let url = door.object(name);
        format!("upload-file = \"{}\"\nurl = \"{url}\"\n", file.display())
    });
    many(curl, door, home, each.collect())
}

/// Fetches every file.
pub(super) fn many_down(
    curl: &mut Command,
    door: &Door,
    home: &Path,
    load: &Load,
    target: &Path,
) -> Result<()> {
    let each = load.named().map(|(_, name)| {
        let (url, output) = (door.object(name), target.join(name));
        format!("url = \"{url}\"\noutput = \"{}\"\n", output.display())
    });
    many(curl, door, home, each.collect())
}

fn many(curl: &mut Command, door: &Door, home: &Path, settings: String) -> Result<()> {
    let file = home.join("curl");
    fs::write(&file, settings)?;
    plain(curl, door);
    curl.args(["--parallel", "--parallel-max", CONNECTIONS, "--config"])
        .arg(file);
    Ok(())
}

/// Removes objects, the names of which mean nothing to curl.
pub(super) fn delete(door: &Door, rows: &[Row], settings: &Path) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let each = rows.iter().map(|row| {
        let url = door.object(&row.name);
        format!("url = \"{url}\"\n")
    });
    fs::write(settings, each.collect::<String>())?;
    let mut curl = Command::new("curl");
    plain(&mut curl, door);
    curl.args(["--request", "DELETE", "--config"]);
    run::output(curl.arg(settings)).map(drop)
}
