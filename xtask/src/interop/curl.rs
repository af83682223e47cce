//! curl, sent to an emulator under the names of the real services.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tools;
use crate::emulator::Running;

/// A `CURL_HOME`.
pub(super) struct Curl {
    home: PathBuf,
}

impl Curl {
    /// Writes a `.curlrc` that leads to the emulator whatever the host, and trusts its authority.
    pub(super) fn to(emulator: &Running, authority: &Path, home: PathBuf) -> Result<Self> {
        tools::need("curl", "curl")?;
        let settings = options(&[
            ("connect-to", &format!("::{}", emulator.authority())),
            ("cacert", &authority.display().to_string()),
        ]);
        fs::write(home.join(".curlrc"), settings).context(".curlrc")?;
        Ok(Self { home })
    }

    /// The folder, for the `CURL_HOME` of others.
    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    /// One request, given by curl's long options; the body of an answer that is none of an error.
    pub(super) fn ask(&self, request: &[(&str, &str)]) -> Result<Vec<u8>> {
        let mut curl = Command::new("curl")
            .args(["--silent", "--show-error", "--fail", "--config", "-"])
            .env("CURL_HOME", &self.home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("could not run curl")?;
        let mut stdin = curl.stdin.take().context("curl has no input")?;
        stdin.write_all(options(request).as_bytes())?;
        drop(stdin);
        let output = curl.wait_with_output()?;
        if !output.status.success() {
            let url = request.iter().find(|(option, _)| *option == "url");
            let talk = String::from_utf8_lossy(&output.stderr);
            bail!("{}: {}", url.map_or("", |(_, url)| url), talk.trim());
        }
        Ok(output.stdout)
    }

    /// The same, with an answer of JSON.
    pub(super) fn json(&self, request: &[(&str, &str)]) -> Result<Value> {
        serde_json::from_slice(&self.ask(request)?).context("an answer of JSON")
    }
}

/// Long options in the form of a configuration file, one a line.
fn options(options: &[(&str, &str)]) -> String {
    options
        .iter()
        .map(|(option, value)| {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            format!("{option} = \"{value}\"\n")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(
            options(&[("url", "https://x"), ("user", "a:b\"c\\")]),
            "url = \"https://x\"\nuser = \"a:b\\\"c\\\\\"\n"
        );
    }
}
