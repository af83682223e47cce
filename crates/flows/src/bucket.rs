//! The bucket as such: its objects are listed, fetched, stored, copied and removed, one or many.

use ferry_core::exit::Exit;
use ferry_core::ids::{EnvironmentName, ObjectName};
use ferry_core::job::Listed;
use ferry_core::storage::StorageUrl;
use ferry_swift::{Bucket, Features, ObjectInfo, probe};

use crate::{Context, Failure};

pub(crate) mod card;
mod copy;
mod get;
mod get_many;
mod glob;
mod list;
pub(crate) mod local;
mod many;
pub(crate) mod meter;

mod one;
pub(crate) mod put;
mod put_many;
mod rail;
mod read_out;
mod remove;
mod stat;

pub use copy::{CopyOptions, copy};
pub use get::get;
pub use get_many::{GetMany, get_many};
pub use glob::{Filter, Glob};
pub use list::{ListReport, list};
pub use many::{Failed, ManyReport, Would};
pub use one::OneReport;
pub use put::{PutOptions, PutSource, put};
pub use put_many::{PutMany, put_many};
pub use rail::Rail;
pub use read_out::read_out;
pub use remove::Removal;
pub use stat::{ObjectReport, stat};

use card::Card;

/// A bucket, by the environment that names it.
#[derive(Debug, Clone)]
pub struct NamedBucket {
    /// The environment. It may have no instance.
    pub environment: EnvironmentName,
    /// The bucket with its sign-in.
    pub bucket: Bucket,
    /// Whether changes are refused.
    pub protected: bool,
}

impl NamedBucket {
    /// Its Swift URL.
    pub fn url(&self) -> &StorageUrl {
        self.bucket.url()
    }

    /// Refuses a change where the environment is protected.
    fn refuse_protected(&self) -> Result<(), Failure> {
        if !self.protected {
            return Ok(());
        }
        let name = &self.environment;
        Err(Failure::new(Exit::Rail, format!("{name} is protected: nothing is changed in its bucket"))
            .evidence(format!("its bucket is {}", self.url()))
            .next("choose another environment: only a promotion by an approved plan opens a protected one"))
    }

    /// The facts of an object; one that is not there is exit 1.
    async fn look(&self, context: &Context, name: &ObjectName) -> Result<ObjectInfo, Failure> {
        let info = context.unless_stopped(self.bucket.head(name)).await?;
        info.map_err(|error| {
            Failure::bucket(error, format!("cannot look at {}/{name}", self.environment))
        })
    }

    /// The same, as a listing would show it; `None` where there is no such object.
    async fn find(&self, context: &Context, name: &ObjectName) -> Result<Option<Listed>, Failure> {
        match context.unless_stopped(self.bucket.head(name)).await? {
            Ok(info) => Ok(Some(Listed {
                name: name.to_string(),
                bytes: info.bytes,
                etag: info.etag,
                modified: info.modified,
            })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(Failure::bucket(
                error,
                format!("cannot look at {}/{name}", self.environment),
            )),
        }
    }

    /// Which of these the store was seen to do.
    async fn can(&self, context: &Context, wanted: Features) -> Result<Features, Failure> {
        let seen = context
            .unless_stopped(probe(&self.bucket, wanted, context.random()))
            .await?;
        seen.map_err(|error| {
            Failure::bucket(
                error,
                format!("cannot use the bucket of {}", self.environment),
            )
        })
    }

    async fn has_card(&self, context: &Context, name: &ObjectName) -> Result<bool, Failure> {
        match card::name_of(name.as_str()) {
            Some(card) => Ok(self.find(context, &card).await?.is_some()),
            None => Ok(false),
        }
    }

    /// Writes an object's card; gives its name.
    async fn write_card(
        &self,
        context: &Context,
        name: &ObjectName,
        (bytes, sha256): (u64, &str),
    ) -> Result<Option<String>, Failure> {
        Card::of(name, bytes, sha256)
            .write(context, &self.bucket)
            .await?;
        Ok(card::name_of(name.as_str()).map(|name| name.to_string()))
    }
}

/// The beginning of names up to and with the last slash of a prefix: what follows it is a path below.
fn folder_of(prefix: Option<&str>) -> &str {
    let prefix = prefix.unwrap_or_default();
    let end = prefix.rfind('/').map_or(0, |at| at + 1);
    prefix.get(..end).unwrap_or_default()
}
