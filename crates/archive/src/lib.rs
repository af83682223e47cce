//! Reads untrusted archives within limits.
//!
//! An archive is hostile input: it may be half a download, a page of a proxy saved as `.zip`, or made to
//! mislead. [`verify`] reads every byte of it once and answers with what it found; [`names`] lists the
//! directory. Both are pure functions over `Read + Seek`: same bytes, same answer. Nothing is extracted,
//! and for these two, zips inside the zip are data like any other. [`Archive::survey`] opens them all: it
//! answers with what the archive holds, who needs whom, and what is wrong inside. [`Archive::listing`] tells
//! only what it holds, and reads no more than that needs.
//!
//! What `verify` promises is the integrity of the zip: that it is complete, that its headers agree, and
//! that each entry unpacks to the bytes whose checksum it carries. It cannot promise that the service
//! accepts the archive.
//!
//! ```
//! use std::io::Cursor;
//! let page = b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>";
//! let integrity = ferry_archive::verify(Cursor::new(page), &ferry_archive::Limits::default())?;
//! assert!(!integrity.is_whole());
//! assert!(integrity.findings[0].what.contains("HTML"));
//! # Ok::<(), ferry_archive::Error>(())
//! ```

mod artifact;
mod canonical;
mod content;
mod diff;
mod entry_names;
mod error;
mod facts;
mod findings;
mod fingerprint;
mod formats;
mod graph;
mod inflate;
mod integrity;
mod invariants;
mod kind;
mod limits;
mod list;
mod meaning;
mod opening;
mod reader;
mod secrets;
mod skeleton;
mod source;
mod structure;
mod survey;
mod walk;
mod xml;

pub use error::{Error, ErrorKind};
pub use findings::{Finding, Severity};
pub use integrity::{Integrity, verify};
pub use limits::Limits;
pub use list::{EntryFacts, names};
pub use skeleton::{EntryDigest, skeleton};
pub use survey::{Archive, Listed, Listing, Record, Survey, diff};
