//! The ways into a store, and curl through them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::emulator::{Card, Running};
use crate::run;

/// A container, and the header that opens it.
pub(super) struct Door {
    /// The address of the container.
    pub(super) url: String,
    /// `NAME: VALUE`
    pub(super) header: String,
}

impl Door {
    /// The bucket of the emulator's first environment, by HTTP Basic on every request.
    pub(super) fn basic(emulator: &Running) -> Result<Self> {
        let card = emulator.first_card()?;
        let card = Card(&card);
        let pair = card.user("storage_user", "storage_password")?;
        Ok(Self {
            url: card.text("storage_url")?.to_owned(),
            header: format!("Authorization: Basic {}", STANDARD.encode(pair)),
        })
    }

    /// A new container of a user of Swift's own tests, by a token.
    pub(super) fn token(authority: &str, container: &str) -> Result<Self> {
        let user = ["X-Auth-User: test:tester", "X-Auth-Key: testing"];
        let mut sign_in = curl(user, &format!("http://{authority}/auth/v1.0"));
        let answer = run::output(sign_in.args(["--dump-header", "-"]))?;
        let told =
            |name| header(&answer, name).with_context(|| format!("a sign-in without {name}"));
        let door = Self {
            url: format!("{}/{container}", told("x-storage-url")?),
            header: format!("X-Auth-Token: {}", told("x-auth-token")?),
        };
        let mut make = curl([&*door.header], &door.url);
        run::output(make.args(["--request", "PUT"]))?;
        Ok(door)
    }

    /// The address of an object.
    pub(super) fn object(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    /// curl to what stands behind the address of the container.
    pub(super) fn curl(&self, behind: &str) -> Command {
        curl([&*self.header], &format!("{}{behind}", self.url))
    }

    /// Stores a file as an object.
    pub(super) fn up(&self, file: &Path, further: &[&str], name: &str) -> Result<()> {
        let mut curl = curl([&*self.header], &self.object(name));
        run::output(curl.arg("--upload-file").arg(file).args(further)).map(drop)
    }

    /// Fetches an object, and throws it away.
    pub(super) fn down(&self, name: &str) -> Result<()> {
        let mut curl = curl([&*self.header], &self.object(name));
        run::output(curl.args(["--output", "/dev/null"])).map(drop)
    }

    /// Removes an object.
    pub(super) fn delete(&self, name: &str) -> Result<()> {
        let mut curl = curl([&*self.header], &self.object(name));
        run::output(curl.args(["--request", "DELETE"])).map(drop)
    }
}

/// curl with these headers, whatever its user has settled for it.
fn curl<'a>(headers: impl IntoIterator<Item = &'a str>, url: &str) -> Command {
    let mut curl = Command::new("curl");
    curl.args(["--disable", "--silent", "--show-error", "--fail"]);
    curl.args(["--noproxy", "*"]);
    for header in headers {
        curl.args(["--header", header]);
    }
    curl.arg(url);
    curl
}

/// The value of a header in an answer's head.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    headers
        .find(|(told, _)| told.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found() {
        let head = "HTTP/1.1 200 OK\r\nX-Storage-Url: http://127.0.0.1:1/v1/AUTH_test\r\nX-Auth-Token: tk\r\n\r\n";
        assert_eq!(
            header(head, "x-storage-url"),
            Some("http://127.0.0.1:1/v1/AUTH_test")
        );
        assert_eq!(header(head, "X-Auth-Token"), Some("tk"));
        assert_eq!(header(head, "x-auth"), None);
    }
}
