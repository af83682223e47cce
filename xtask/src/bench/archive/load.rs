//! The archives that are read, and the programs that make and read them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::bench::mebibytes;
use crate::run::{self, cargo};

/// What is built of ours for this.
pub(super) struct Programs {
    make: PathBuf,
    pass: PathBuf,
}

/// Builds them.
pub(super) fn build() -> Result<Programs> {
    for (package, example) in [
        ("oic-ferry-testkit", "make-archive"),
        ("oic-ferry-archive", "pass"),
    ] {
        let mut build = cargo(["build", "--quiet", "--release", "--locked"]);
        build.args(["--package", package, "--example", example]);
        if !run::passes(&mut build)? {
            bail!("the example {example} does not build");
        }
    }
    let folder = run::target()?.join("release/examples");
    Ok(Programs {
        make: folder.join("make-archive"),
        pass: folder.join("pass"),
    })
}

/// Two exports of one instance, and the zips inside the first.
pub(super) struct Load {
    pub(super) first: PathBuf,
    pub(super) second: PathBuf,
    pub(super) pass: PathBuf,
    /// Where programs run.
    pub(super) home: PathBuf,
    /// A line for the outer and for every nested zip.
    pub(super) list: PathBuf,
    inner: PathBuf,
    zips: Vec<PathBuf>,
    /// Bytes of all files that are no zips.
    unpacked: u64,
}

impl Load {
    pub(super) fn make(programs: &Programs, folder: &Path, size: usize) -> Result<Self> {
        let mut load = Self {
            first: folder.join("first.zip"),
            second: folder.join("second.zip"),
            pass: programs.pass.clone(),
            home: folder.join("home"),
            list: folder.join("zips"),
            inner: folder.join("inner"),
            zips: Vec::new(),
            unpacked: 0,
        };
        fs::create_dir_all(&load.home)?;
        for (file, noise) in [(&load.first, "1"), (&load.second, "2")] {
            let mut make = Command::new(&programs.make);
            make.arg(size.to_string()).arg(file).arg(noise);
            run::output(&mut make)?;
        }
        if size == super::BESIDE {
            load.unfold()?;
        }
        Ok(load)
    }

    /// Takes every zip out of its zip, so that `unzip -t` can be asked about each.
    fn unfold(&mut self) -> Result<()> {
        let mut left = vec![self.first.clone()];
        while let Some(zip) = left.pop() {
            let folder = self.inner.join(self.zips.len().to_string());
            fs::create_dir_all(&folder)?;
            let mut unzip = Command::new("unzip");
            unzip.args(["-q", "-o"]).arg(&zip).arg("-d").arg(&folder);
            run::output(&mut unzip)?;
            self.zips.push(zip);
            self.take(&folder, &mut left)?;
        }
        let lines: Vec<String> = self
            .zips
            .iter()
            .map(|zip| format!("{}\n", zip.display()))
            .collect();
        fs::write(&self.list, lines.concat()).context("the list of zips")
    }

    /// Keeps of a folder the zips alone.
    fn take(&mut self, folder: &Path, zips: &mut Vec<PathBuf>) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.take(&path, zips)?;
                continue;
            }
            let content = fs::read(&path)?;
            if content.starts_with(b"PK\x03\x04") {
                zips.push(path);
            } else {
                self.unpacked += content.len() as u64;
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// How large it is.
    pub(super) fn told(&self) -> Result<String> {
        let packed = mebibytes(fs::metadata(&self.first)?.len());
        if self.zips.is_empty() {
            return Ok(format!("{packed} packed"));
        }
        let unpacked = mebibytes(self.unpacked);
        let zips = self.zips.len();
        Ok(format!("{packed} packed, {unpacked} unpacked, {zips} zips"))
    }

    pub(super) fn remove(self) -> Result<()> {
        fs::remove_file(&self.first)?;
        fs::remove_file(&self.second)?;
        if self.inner.exists() {
            fs::remove_dir_all(&self.inner)?;
        }
        Ok(())
    }
}
