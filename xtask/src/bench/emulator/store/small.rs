//! GETs of a small object, kept alive.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::CONTAINER;
use crate::bench::door::Door;
use crate::bench::emulator::wrk;
use crate::bench::{Folder, UPSTREAM, report};
use crate::emulator::Running;

const NAME: &str = "small";

pub(super) fn measure(ferry: &Path) -> Result<()> {
    let folder = Folder::below(&std::env::temp_dir())?;
    let file = folder.0.join(NAME);
    fs::write(&file, [b'x'; 1024])?;
    let get = |figure: &str, door: &Door| {
        door.up(&file, &[], NAME)?;
        let rate = wrk::rate(&door.header, &door.object(NAME))?;
        report(figure, &rate, ">= 40000");
        anyhow::Ok(())
    };
    let emulator = Running::start(ferry, &[])?;
    get("GET of 1 KiB by Basic, a second", &Door::basic(&emulator)?)?;
    let emulator = Running::start(ferry, &UPSTREAM)?;
    get(
        "GET of 1 KiB by token, a second",
        &Door::token(emulator.authority(), CONTAINER)?,
    )
}
