//! Listing a bucket: by pseudo-folders, or all of it.

use ferry_core::exit::Exit;
use ferry_core::job::Listed;
use ferry_swift::{Entry, Listing};
use serde::Serialize;

use super::NamedBucket;
use crate::{Context, Failure};

/// What a bucket holds under a prefix.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ListReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// The bucket's Swift URL.
    pub bucket: String,
    /// What the names begin with.
    pub prefix: Option<String>,
    /// Common beginnings of names, up to the next slash; none in a recursive listing.
    pub folders: Vec<String>,
    /// How many objects there were.
    #[serde(skip)]
    pub objects: u64,
    /// Their bytes.
    #[serde(skip)]
    pub bytes: u64,
}

/// Lists; `recursive` does without pseudo-folders. Nothing under a prefix is exit 1, an empty bucket is an answer.
///
/// Each page goes to `show` as it comes, in the order of the service, and is not kept; false is the end.
pub async fn list(
    context: &Context,
    bucket: &NamedBucket,
    prefix: Option<&str>,
    recursive: bool,
    mut show: impl FnMut(&[Entry]) -> bool,
) -> Result<ListReport, Failure> {
    let mut pages = bucket.bucket.pages(Listing {
        prefix: prefix.map(str::to_owned),
        delimiter: (!recursive).then_some('/'),
    });
    let mut report = ListReport {
        exit: Exit::Done,
        bucket: bucket.url().to_string(),
        prefix: prefix.map(str::to_owned),
        folders: Vec::new(),
        objects: 0,
        bytes: 0,
    };
    while let Some(page) = context
        .unless_stopped(pages.next())
        .await?
        .map_err(|error| bucket.unlisted(error))?
    {
        if !show(&page) {
            break;
        }
        for entry in page {
            match entry {
                Entry::Object(object) => {
                    report.objects += 1;
                    report.bytes += object.bytes;
                }
                Entry::Folder(name) => report.folders.push(name),
            }
        }
    }
    if prefix.is_some() && report.folders.is_empty() && report.objects == 0 {
        report.exit = Exit::No;
    }
    Ok(report)
}

impl NamedBucket {
    /// All objects under a prefix, held in memory.
    pub(super) async fn all(
        &self,
        context: &Context,
        prefix: Option<&str>,
    ) -> Result<Vec<Listed>, Failure> {
        context
            .unless_stopped(self.bucket.list(prefix))
            .await?
            .map_err(|error| self.unlisted(error))
    }

    fn unlisted(&self, error: ferry_swift::Error) -> Failure {
        Failure::bucket(
            error,
            format!("cannot list the bucket of {}", self.environment),
        )
    }
}
