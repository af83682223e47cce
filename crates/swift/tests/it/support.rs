//! Clients and orders for the tests.

use std::sync::Arc;
use std::time::Duration;

use crate::scripted::Scripted;
use ferry_core::ids::ObjectName;
use ferry_core::storage::StorageUrl;
use ferry_http::{Client, Config};
use ferry_swift::{Bucket, Error, Features, Lanes, SignIn, Source, Stored, Storing, Tell, store};
use jiff::Timestamp;

pub(crate) const TOKEN: &str = "s3cr3t:token";

pub(crate) fn bucket(server: &Scripted) -> Bucket {
    bucket_of(server, TOKEN)
}

pub(crate) fn bucket_of(server: &Scripted, password: &str) -> Bucket {
    let mut config = Config::new("ferry-test", Arc::new(|| Timestamp::UNIX_EPOCH));
    config.retry.base = Duration::from_millis(1);
    config.retry.max = Duration::from_millis(2);
    let url = format!("http://{}/v1/acme/archives", server.authority);
    Bucket::new(
        Client::new(config).unwrap(),
        StorageUrl::parse(&url).unwrap(),
        SignIn::Basic {
            user: "jdoe@example.com".parse().unwrap(),
            password: password.to_owned().into(),
        },
    )
}

pub(crate) fn quiet() -> Tell {
    Arc::new(drop)
}

/// Stores with all features, `only_new` or not.
pub(crate) async fn put(
    server: &Scripted,
    name: &ObjectName,
    source: Source,
    only_new: bool,
) -> Result<Stored, Error> {
    let how = Storing {
        only_new,
        features: Features::all(),
        ..Storing::default()
    };
    let lanes = Lanes::default();
    store(&bucket(server), name, source, &how, &lanes, &quiet()).await
}
