//! A card beside an object: size and SHA-256, for buckets whose `ETag` is no MD5. It is written last, so that what has a
//! card was whole.

use ferry_core::ids::ObjectName;
use ferry_swift::{Bucket, Digests};
use serde::{Deserialize, Serialize};

use crate::{Context, Failure};

/// What stands behind the object's name in that of its card.
pub(crate) const ENDING: &str = ".ferry.json";
const SCHEMA: &str = "ferry-card/1";
/// A card is a few hundred bytes.
const LONGEST: u64 = 64 << 10;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card {
    schema: String,
    name: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

impl Card {
    pub(crate) fn of(name: &ObjectName, bytes: u64, sha256: &str) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            name: name.to_string(),
            bytes,
            sha256: sha256.to_owned(),
        }
    }

    pub(crate) fn describes(&self, digests: &Digests) -> bool {
        self.bytes == digests.bytes && self.sha256 == digests.sha256
    }

    /// Writes the card of an object, replacing an older one.
    pub(crate) async fn write(&self, context: &Context, bucket: &Bucket) -> Result<(), Failure> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let Some(name) = name_of(&self.name) else {
            context.note(format!(
                "{} has no card: its name would be too long",
                self.name
            ));
            return Ok(());
        };
        context
            .unless_stopped(bucket.put(&name, text.into()))
            .await?
            .map_err(|error| {
                Failure::bucket(
                    error,
                    format!("{} is stored, and its card is not", self.name),
                )
            })?;
        Ok(())
    }

    /// The card of an object, where there is one that can be read.
    pub(crate) async fn read(
        context: &Context,
        bucket: &Bucket,
        name: &ObjectName,
    ) -> Result<Option<Self>, Failure> {
        let Some(card) = name_of(name.as_str()) else {
            return Ok(None);
        };
        match context.unless_stopped(read_small(bucket, &card)).await? {
            Ok(text) => Ok(text.and_then(|text| Self::parse(&text, name))),
            Err(error) => Err(Failure::bucket(
                error,
                format!("cannot read the card of {name}"),
            )),
        }
    }

    /// Something else that happens to have a card's name tells nothing.
    fn parse(text: &[u8], name: &ObjectName) -> Option<Self> {
        let card: Self = serde_json::from_slice(text).ok()?;
        (card.schema == SCHEMA && card.name == name.as_str()).then_some(card)
    }
}

/// The bytes of a small object: `None` where there is none, nothing where it is too large to be one of ours.
pub(crate) async fn read_small(
    bucket: &Bucket,
    name: &ObjectName,
) -> Result<Option<Vec<u8>>, ferry_swift::Error> {
    let mut download = match bucket.get(name, None).await {
        Ok(download) => download,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    if download.info.bytes <= LONGEST {
        while let Some(piece) = download.chunk().await? {
            text.extend_from_slice(&piece);
        }
        download.finish()?;
    }
    Ok(Some(text))
}

/// The name of an object's card.
pub(crate) fn name_of(object: &str) -> Option<ObjectName> {
    format!("{object}{ENDING}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_of_its_object_alone() {
        let name: ObjectName = "x/a.zip".parse().unwrap();
        let digests = Digests::of(&b"abc"[..]).unwrap();
        let card = Card::of(&name, digests.bytes, &digests.sha256);
        let text = serde_json::to_string(&card).unwrap();
        assert!(
            text.starts_with(
                "{\"schema\":\"ferry-card/1\",\"name\":\"x/a.zip\",\"bytes\":3,\"sha256\":\"ba78"
            ),
            "{text}"
        );
        assert_eq!(Card::parse(text.as_bytes(), &name), Some(card.clone()));
        assert!(card.describes(&digests));
        assert!(!card.describes(&Digests::of(&b"abd"[..]).unwrap()));
        let other: ObjectName = "b.zip".parse().unwrap();
        for (text, name) in [
            (text.as_str(), &other),
            ("{}", &name),
            ("", &name),
            (&text.replace("/1", "/2"), &name),
        ] {
            assert_eq!(Card::parse(text.as_bytes(), name), None, "{text}");
        }
    }
}
