//! Removing an object with all that belongs to it.

use ferry_core::ids::ObjectName;

use crate::bucket::Bucket;
use crate::error::Error;
use crate::object::Large;

/// What the names of segments begin with that [`store`](crate::store) made: behind it comes the object's name, a slash, and
/// what tells its versions and segments apart.
pub const SEGMENTS: &str = ".ferry-segments/";

/// Removes an object; of a large one the segments, too. Of a dynamic one those that [`store`](crate::store) made: the
/// beginning of a name says nothing of whose the others are.
pub async fn remove(bucket: &Bucket, name: &ObjectName) -> Result<(), Error> {
    let (_, tags) = bucket.look(name).await?;
    match tags.large {
        None => bucket.delete(name).await,
        Some(Large::Static) => bucket.delete_static(name).await,
        Some(Large::Dynamic(_)) => {
            bucket.delete(name).await?;
            remove_segments(bucket, name).await
        }
    }
}

/// Removes the segments that [`store`](crate::store) made of what lay under a name before.
pub async fn remove_segments(bucket: &Bucket, name: &ObjectName) -> Result<(), Error> {
    for segment in segments_of(bucket, name).await? {
        bucket.delete(&segment).await?;
    }
    Ok(())
}

/// Where the segments of all versions of an object lie.
pub(crate) fn folder(name: &ObjectName) -> String {
    format!("{SEGMENTS}{name}/")
}

/// The segments of all versions of an object. Those of another, whose name goes on behind a slash, lie deeper.
pub(crate) async fn segments_of(
    bucket: &Bucket,
    name: &ObjectName,
) -> Result<Vec<ObjectName>, Error> {
    let folder = folder(name);
    let listed = bucket.list(Some(&folder)).await?.into_iter();
    let own = listed.filter(|it| it.name.matches('/').count() == folder.matches('/').count() + 1);
    Ok(own
        .filter_map(|it| ObjectName::try_from(it.name).ok())
        .collect())
}
