//! Python packages in an environment of a suite's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::tools;
use crate::run;

/// The Python of an environment that holds these packages; it is made where it is missing or holds others.
pub(crate) fn with(venv: &Path, packages: &[&str]) -> Result<PathBuf> {
    let python = venv.join("bin").join("python");
    // Written last, so that half an environment is made anew.
    let stamp = venv.join("packages");
    let wanted = packages.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|held| held == wanted) {
        return Ok(python);
    }
    tools::need("python3", "python3")?;
    println!("installing {}", packages.join(", "));
    let make = || {
        run::works(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(venv),
        )
    };
    // Debian keeps the half of Python that makes environments in a package of its own.
    if !(make() || tools::install("python3-venv") && make()) {
        bail!("python3 makes no environment in {}", venv.display());
    }
    run::output(
        Command::new(&python)
            .args(["-m", "pip", "--quiet", "install"])
            .args(packages),
    )?;
    fs::write(&stamp, wanted).with_context(|| stamp.display().to_string())?;
    Ok(python)
}
