//! Listing the bucket.

use ferry_core::job::Listed;
use http::Method;

use crate::bucket::Bucket;
use crate::call::Call;
use crate::error::{Error, ErrorKind, Subject};
use crate::wire::{page, query};

/// A page has 10 000 entries at most, each with a name of at most 1024 bytes.
const PAGE_LIMIT: usize = 64 << 20;

const SUBJECT: Subject<'_> = Subject {
    doing: "listing",
    object: None,
};

/// What is to be listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Only names that begin with this.
    pub prefix: Option<String>,
    /// What is behind the next one of these is one pseudo-folder.
    pub delimiter: Option<char>,
}

/// A line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// An object.
    Object(Listed),
    /// A pseudo-folder: the common beginning of some names, its delimiter included.
    Folder(String),
}

impl Entry {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Object(listed) => &listed.name,
            Self::Folder(name) => name,
        }
    }
}

/// A listing that comes page by page.
#[derive(Debug)]
pub struct Pages {
    bucket: Bucket,
    listing: Listing,
    marker: Option<String>,
    ended: bool,
}

impl Bucket {
    /// A listing, to be asked for page by page; nothing is asked yet.
    pub fn pages(&self, listing: Listing) -> Pages {
        Pages {
            bucket: self.clone(),
            listing,
            marker: None,
            ended: false,
        }
    }

    /// All objects whose name starts with `prefix`, in the service's order (by UTF-8 bytes), held in memory.
    pub async fn list(&self, prefix: Option<&str>) -> Result<Vec<Listed>, Error> {
        let mut pages = self.pages(Listing {
            prefix: prefix.map(str::to_owned),
            delimiter: None,
        });
        let mut all = Vec::new();
        while let Some(page) = pages.next().await? {
            all.extend(page.into_iter().filter_map(|entry| match entry {
                Entry::Object(listed) => Some(listed),
                Entry::Folder(_) => None,
            }));
        }
        Ok(all)
    }
}

impl Pages {
    /// The next page, in the service's order; `None` behind the last one.
    ///
    /// The end is an empty page: a short one does not prove it. A listing may lag behind: it may show an object that is
    /// gone, or not yet show one that is there.
    pub async fn next(&mut self) -> Result<Option<Vec<Entry>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let failed = |why: &str| Error::new(ErrorKind::Other, &self.bucket, &SUBJECT, why);
        let delimiter = self.listing.delimiter.map(String::from);
        let query = query(&[
            ("format", Some("json")),
            ("prefix", self.listing.prefix.as_deref()),
            ("delimiter", delimiter.as_deref()),
            ("marker", self.marker.as_deref()),
        ]);
        let call = Call::of_bucket(Method::GET)
            .query(query)
            .header("accept", "application/json");
        let response = self.bucket.send(call, &SUBJECT).await?;
        let body = response.bytes(PAGE_LIMIT).await;
        let body = body.map_err(|error| Error::http(error, &self.bucket, &SUBJECT))?;
        let found = page(&body).map_err(|_| failed("the answer is no listing in JSON"))?;
        let Some(last) = found.last() else {
            self.ended = true;
            return Ok(None);
        };
        // A server that ignores the marker would be asked for ever.
        if self.marker.as_deref() == Some(last.name()) {
            return Err(failed("the same page came twice"));
        }
        self.marker = Some(last.name().to_owned());
        Ok(Some(found))
    }
}
