//! Which of two dialects the store speaks: that of OCI, or upstream's.

use serde::{Deserialize, Serialize};

use crate::blobs::BlobId;
use crate::options::{Etag, StoreDialect, StoreErrors, StoreListings, Switches};

/// What differs between the dialects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent difference"
)]
pub(super) struct Dialect {
    /// Upstream's, in what has no switch of its own: tokens given out at `/auth/`, requests without credentials, accounts
    /// with metadata, types by the endings of names, pages even where nothing is told.
    pub(super) upstream: bool,
    /// Errors are the native API's JSON.
    pub(super) native_errors: bool,
    /// A listing that asks for no form is JSON.
    pub(super) json_listings: bool,
    /// Manifests join objects.
    pub(super) large_objects: bool,
    /// Many things are deleted by one request.
    pub(super) bulk: bool,
    /// Objects are copied by the server.
    pub(super) copies: bool,
    /// Names are restricted as the native API has it.
    pub(super) native_names: bool,
    /// Several ranges are answered, each as a part.
    pub(super) multiple_ranges: bool,
    /// The largest object that one PUT takes.
    pub(super) largest: u64,
    /// An `ETag` tells nothing of the bytes.
    pub(super) opaque_etags: bool,
    /// `/info` is answered.
    pub(super) info: bool,
    /// How many names a page of a listing has at most.
    pub(super) page: usize,
    /// A PUT whose `ETag` is not its content's MD5 is refused.
    pub(super) checks_etags: bool,
    /// A PUT may come without a length.
    pub(super) chunked: bool,
}

/// The largest object that one PUT takes: the native API's limit, for the Swift API's is not documented.
const LARGEST: u64 = 50 * 1024 * 1024 * 1024;

/// 5 GiB and two bytes: upstream's limit.
const UPSTREAM_LARGEST: u64 = 5 * 1024 * 1024 * 1024 + 2;

impl Dialect {
    /// The `ETag` of an object's own bytes: their MD5, or a text in the form of the native API's, the same for the same
    /// bytes.
    pub(super) fn etag(self, blob: &BlobId) -> String {
        if !self.opaque_etags {
            return blob.md5.clone();
        }
        let mut text = blob.sha256.get(..32).unwrap_or_default().to_owned();
        for at in [20, 16, 12, 8] {
            text.insert(at.min(text.len()), '-');
        }
        text
    }

    /// What the switches ask for.
    pub(super) fn of(switches: &Switches) -> Self {
        let upstream = switches.store_dialect == StoreDialect::Upstream;
        let errors = switches.store_errors.unwrap_or(if upstream {
            StoreErrors::Html
        } else {
            StoreErrors::Native
        });
        let listings = switches.store_listings.unwrap_or(if upstream {
            StoreListings::Text
        } else {
            StoreListings::Json
        });
        Self {
            upstream,
            native_errors: errors == StoreErrors::Native,
            json_listings: listings == StoreListings::Json,
            large_objects: switches.store_large_objects.unwrap_or(upstream),
            bulk: switches.store_bulk.unwrap_or(upstream),
            copies: switches.store_copies.unwrap_or(upstream),
            native_names: !upstream,
            multiple_ranges: switches.store_ranges.unwrap_or(upstream),
            largest: if upstream { UPSTREAM_LARGEST } else { LARGEST },
            opaque_etags: switches.etag == Etag::Opaque,
            info: switches.store_info.unwrap_or(upstream),
            page: switches.store_page.get(),
            checks_etags: switches.store_checks_etag,
            chunked: switches.store_chunked,
        }
    }
}
