//! The contract: one function for each promise.

mod answers;
mod copies;
mod large;
mod listings;
mod names;
mod reading;
mod writing;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_swift::{Bucket, Digests, Error, Features, Lanes, Source, Stored, Storing, Tell, store};
use ferry_testkit::fixtures::note;

use crate::stand::Stand;

/// A check that is under way.
pub(crate) type Check = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A check by its name.
pub(crate) type Named = (&'static str, fn(Stand) -> Check);

macro_rules! checks {
    ($($module:ident :: $check:ident),* $(,)?) => {
        &[$((stringify!($check), |stand| Box::pin($module::$check(stand)))),*]
    };
}

/// What is promised everywhere.
const CHECKS: &[Named] = checks![
    names::any_name_comes_and_goes,
    names::names_that_look_alike_are_others,
    writing::an_object_is_replaced,
    writing::only_a_new_one_is_stored_where_that_is_asked,
    writing::what_works_is_found_out,
    writing::what_is_stored_is_told_alike_everywhere,
    writing::an_empty_object_is_one,
    writing::a_stream_of_known_length_is_stored,
    writing::a_stream_of_unknown_length_is_stored_or_refused,
    writing::a_stream_that_fails_stores_nothing,
    writing::a_file_is_stored,
    writing::a_wrong_etag_is_refused_where_etags_are_checked,
    reading::an_object_is_pinned,
    reading::ranges_are_answered,
    reading::facts_are_told,
    reading::a_file_is_fetched,
    large::an_object_of_listed_segments_is_one,
    large::an_object_of_named_segments_is_one,
    large::a_list_with_a_wrong_segment_is_refused,
    copies::an_object_is_copied,
    copies::many_objects_are_removed_where_that_works,
    listings::pseudo_folders_are_told,
    listings::a_listing_is_in_the_order_of_bytes,
    listings::a_listing_goes_over_pages,
    answers::what_is_not_there_is_told,
    answers::what_is_gone_is_removed,
    answers::a_bucket_that_is_not_there_is_told,
    answers::a_wrong_secret_is_refused_and_shown_nowhere,
    answers::a_refusal_tells_status_request_and_reason,
];

/// What is promised where a server joins segments, of an object that is large enough: not where that takes long for
/// nothing new.
pub(crate) const JOINING: &[Named] = checks![
    large::a_large_file_goes_in_segments,
    large::segments_of_names_that_go_on_are_left_alone,
];

/// Makes every check, each by itself, and says what became of it.
pub(crate) async fn hold(name: &str, stand: Stand, more: &[Named]) {
    let mut broken = Vec::new();
    let checks = || CHECKS.iter().chain(more);
    for (check, begin) in checks() {
        // In a task, so that the others are made whatever it does.
        let held = tokio::spawn(begin(stand.clone())).await.is_ok();
        println!("contract: {check}: {}", if held { "ok" } else { "BROKEN" });
        if !held {
            broken.push(*check);
        }
    }
    assert!(broken.is_empty(), "{name}: broken: {}", broken.join(", "));
    note(&format!(
        "contract of the bucket, {name}: {} checks",
        checks().count()
    ));
}

fn name(text: impl AsRef<str>) -> ObjectName {
    text.as_ref().parse().unwrap()
}

fn silent() -> Tell {
    Arc::new(|_| {})
}

/// Stores some bytes by nothing but what is documented for OCI.
async fn put(bucket: &Bucket, name: &ObjectName, text: &'static str) -> Result<Stored, Error> {
    let source = Source::Bytes(Bytes::from_static(text.as_bytes()));
    put_with(bucket, name, source, Features::none()).await
}

async fn put_with(
    bucket: &Bucket,
    name: &ObjectName,
    source: Source,
    features: Features,
) -> Result<Stored, Error> {
    let how = Storing {
        features,
        ..Storing::default()
    };
    store(bucket, name, source, &how, &Lanes::new(4), &silent()).await
}

/// Whether these are digests of what was stored.
#[track_caller]
fn assert_same(digests: &Digests, stored: &Stored) {
    assert_eq!(
        (digests.bytes, &digests.sha256),
        (stored.bytes, &stored.sha256)
    );
}

/// Whether the object is what was to be stored, read back whole.
async fn assert_holds(bucket: &Bucket, name: &ObjectName, content: &[u8], stored: &Stored) {
    let (read, digests) = read(bucket, name).await.unwrap();
    assert!(read == content);
    assert_same(&digests, stored);
}

/// The whole of an object, and its digests.
async fn read(bucket: &Bucket, name: &ObjectName) -> Result<(Vec<u8>, Digests), Error> {
    let mut download = bucket.get(name, None).await?;
    let mut all = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        all.extend_from_slice(&chunk);
    }
    Ok((all, download.finish()?))
}

/// The names of a listing.
async fn names(bucket: &Bucket, prefix: &str) -> Vec<String> {
    let listed = bucket.list(Some(prefix)).await.unwrap();
    listed.into_iter().map(|one| one.name).collect()
}

/// Bytes that are not alike, always the same.
fn content(length: usize) -> Bytes {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes.into()
}
