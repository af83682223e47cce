//! Where objects are: a bucket, by the environment that names it, and what stands behind the slash.

use std::fmt;
use std::str::FromStr;

use crate::ids::{EnvironmentName, InvalidId, ObjectName};

/// `[bucket:]ENV[/NAME-OR-PREFIX]`. The first slash ends the environment's name; what follows is taken byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The environment whose bucket it is.
    pub environment: EnvironmentName,
    /// A name or the beginning of names; empty is the whole bucket.
    pub rest: String,
}

impl Place {
    /// What names must begin with; `None` is any.
    pub fn prefix(&self) -> Option<&str> {
        (!self.rest.is_empty()).then_some(self.rest.as_str())
    }

    /// The one object that is meant.
    pub fn object(&self) -> Result<ObjectName, InvalidId> {
        self.rest.parse()
    }

    /// The object that something called `name` becomes here: where nothing or a folder is named, `name` is added.
    pub fn object_for(&self, name: &str) -> Result<ObjectName, InvalidId> {
        if self.rest.is_empty() || self.rest.ends_with('/') {
            format!("{}{name}", self.rest).parse()
        } else {
            self.object()
        }
    }
}

impl FromStr for Place {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix("bucket:").unwrap_or(text);
        let (environment, rest) = text.split_once('/').unwrap_or((text, ""));
        let environment = environment.parse()?;
        if !rest.is_empty() {
            rest.parse::<ObjectName>()?;
        }
        Ok(Self {
            environment,
            rest: rest.to_owned(),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.environment.as_str())?;
        match self.rest.as_str() {
            "" => Ok(()),
            rest => write!(f, "/{rest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Place {
        text.parse().unwrap()
    }

    proptest! {
        #[test]
        fn what_follows_the_first_slash_is_kept_byte_for_byte(rest in "[^\\x00\\r\\n]{1,80}", scheme in "(bucket:)?") {
            let place = read(&format!("{scheme}test/{rest}"));
            prop_assert_eq!(place.environment.as_str(), "test");
            prop_assert_eq!(&place.rest, &rest);
            prop_assert_eq!(read(&place.to_string()), place);
        }
    }

    #[test]
    fn a_place_is_a_bucket_a_prefix_or_an_object() {
        for whole in ["test", "test/", "bucket:test", "bucket:test/"] {
            assert_eq!(read(whole).prefix(), None, "{whole}");
            assert!(read(whole).object().is_err(), "{whole}");
        }
        assert_eq!(read("test//a/../b ").prefix(), Some("/a/../b "));
        assert_eq!(read("test/a.zip").object().unwrap().as_str(), "a.zip");
        for bad in ["", "/a", "bucket:", "bucket:/a", "a b/c", "test/a\nb"] {
            assert!(bad.parse::<Place>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_folder_takes_the_name_of_what_comes() {
        for (place, object) in [
            ("test", "a.zip"),
            ("test/", "a.zip"),
            ("test/x/", "x/a.zip"),
            ("test/x", "x"),
        ] {
            let named = read(place).object_for("a.zip").unwrap();
            assert_eq!(named.as_str(), object, "{place}");
        }
    }
}
