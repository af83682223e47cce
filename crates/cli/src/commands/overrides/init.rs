//! `ferry overrides init`.

use std::io::{ErrorKind, Write as _};

use ferry_core::exit::Exit;
use ferry_core::overrides::skeleton;
use fs_err as fs;
use serde_json::json;

use crate::app::App;
use crate::args::Against;
use crate::failure::Failure;
use crate::output::{Outcome, Report, clean_line, counted};

/// Writes the file, where there is none.
pub(super) async fn run(app: &App, args: Against) -> Result<Outcome, Failure> {
    let name = &args.environment;
    if !app.ground().await?.knows(app, name)? {
        // The same words as of every other command.
        app.environment(name).await?;
    }
    let path = app.config()?.overrides_path(name);
    let shown = path.display().to_string();
    let there = || {
        Failure::new(Exit::Conflict, format!("{shown} is there already")).hint(format!(
            "check it: ferry overrides check {name} SOURCE; or move it away"
        ))
    };
    // Better told before an instance is read.
    if path.exists() {
        return Err(there());
    }
    let (facts, source) = super::read(app, &args.source, args.limits.limits()).await?;
    let title = format!("What {name} gets in a promotion; made from {source}.");
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => there(),
        _ => Failure::new(Exit::Disk, format!("{shown} cannot be written")).because(&error),
    };
    let mut file = fs::File::create_new(&path).map_err(failed)?;
    file.write_all(skeleton(&facts, &title).as_bytes())
        .map_err(failed)?;
    file.sync_all().map_err(failed)?;
    let lookups = facts.lookups.as_ref().map(Vec::len);
    let counts = [
        (Some(facts.connections.len()), "connection"),
        (lookups, "lookup"),
        (Some(facts.schedules.len()), "schedule"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter_map(|(count, what)| Some(counted(count? as u64, what)))
        .collect();
    let report = json!({
        "file": shown,
        "source": source,
        "origin": facts.origin,
        "connections": facts.connections.len(),
        "lookups": lookups,
        "schedules": facts.schedules.len(),
    });
    let mut text = format!(
        "{} was written: {} of {}\n",
        clean_line(&shown),
        counts.join(", "),
        clean_line(&source)
    );
    if lookups.is_none() {
        text += "note: lookups of an instance are not read; an archive tells them\n";
    }
    text +=
        &format!("next: give it the values of {name}, then: ferry overrides check {name} SOURCE\n");
    Ok(Outcome::new(Exit::Done, Report::new(&report, text)))
}
