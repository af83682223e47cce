//! What became of one object that was moved.

use ferry_core::exit::Exit;
use ferry_swift::Digests;
use serde::Serialize;

/// What became of one object that was moved.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct OneReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// `get`, `put` or `cp`.
    pub action: &'static str,
    /// Where it came from: a file, or ENV/NAME.
    pub from: String,
    /// Where it is.
    pub to: String,
    /// Whether nothing was done but look.
    pub dry_run: bool,
    /// Whether it was there already, and the same.
    pub already_there: bool,
    /// Its size.
    pub bytes: u64,
    /// MD5 of its bytes.
    pub md5: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: Option<String>,
    /// Of a download: by what it was compared, `md5`, `card` or `size`. Uploads and copies are checked where they lie.
    pub verified_by: Option<&'static str>,
    /// The card that was written.
    pub card: Option<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

impl OneReport {
    pub(super) fn new(action: &'static str, from: String, to: String) -> Self {
        Self {
            exit: Exit::Done,
            action,
            from,
            to,
            dry_run: false,
            already_there: false,
            bytes: 0,
            md5: None,
            sha256: None,
            verified_by: None,
            card: None,
            notes: Vec::new(),
        }
    }

    pub(super) fn already_there(mut self, digests: &Digests) -> Self {
        self.already_there = true;
        self.moved(digests)
    }

    pub(super) fn moved(mut self, digests: &Digests) -> Self {
        self.bytes = digests.bytes;
        self.md5 = Some(digests.md5.clone());
        self.sha256 = Some(digests.sha256.clone());
        self
    }
}
