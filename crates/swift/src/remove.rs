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
            for listed in bucket.list(Some(&format!("{SEGMENTS}{name}/"))).await? {
                if let Ok(segment) = ObjectName::try_from(listed.name) {
                    bucket.delete(&segment).await?;
                }
            }
            Ok(())
        }
    }
}
