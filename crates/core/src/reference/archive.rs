//! Where an archive is found.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{EnvironmentName, InvalidId, JobId, JobKind, ObjectName, check_no_control};

/// A reference to an archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ArchiveRef {
    /// A local file: `file:PATH`, or any path with a `/`.
    File(String),
    /// An object: `bucket:NAME`, `bucket:ENV/NAME`, or `bucket:/NAME` for a name that holds a `/` itself.
    Bucket {
        /// Whose bucket; `None` is the environment that the command is about.
        environment: Option<EnvironmentName>,
        /// The object.
        name: ObjectName,
    },
    /// What a run made or used: `run:ID`.
    Run(String),
    /// The archive of a job: `job:export:ID`, `job:import:ID`.
    Job(JobKind, JobId),
    /// A bare word: the name of an object, unless a file of that name exists as well (which is ambiguous).
    Bare(String),
}

impl FromStr for ArchiveRef {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let invalid = |why| InvalidId {
            what: "a reference to an archive",
            value: text.to_owned(),
            why,
        };
        check_no_control(text).map_err(invalid)?;
        if text.is_empty() {
            return Err(invalid("it is empty"));
        }
        if text.contains("://") && !text.starts_with("bucket:") && !text.starts_with("file:") {
            return Err(invalid(
                "it is a URL; name the environment's object instead, as bucket:ENV/NAME",
            ));
        }
        match text.split_once(':') {
            Some(("file", "")) => Err(invalid("file: wants a path behind it")),
            Some(("file", path)) => Ok(Self::File(path.to_owned())),
            Some(("bucket", rest)) => bucket(rest),
            Some(("run", "")) => Err(invalid("run: wants the id of a run behind it")),
            Some(("run", id)) => Ok(Self::Run(id.to_owned())),
            Some(("job", rest)) => {
                let (kind, id) = rest
                    .split_once(':')
                    .ok_or_else(|| invalid("it must be job:export:ID or job:import:ID"))?;
                Ok(Self::Job(kind.parse()?, id.parse()?))
            }
            _ if text.contains('/') => Ok(Self::File(text.to_owned())),
            Some(("env" | "cmd", _)) => Err(invalid("env: and cmd: name secrets")),
            Some(_) => Err(invalid(
                "its scheme is not known; an object with ':' in its name is bucket:NAME",
            )),
            None => Ok(Self::Bare(text.to_owned())),
        }
    }
}

/// The part behind `bucket:`. The first `/` always ends the environment's name.
fn bucket(rest: &str) -> Result<ArchiveRef, InvalidId> {
    let (environment, name) = match rest.split_once('/') {
        None => (None, rest),
        Some(("", name)) => (None, name),
        Some((environment, name)) => (Some(environment.parse()?), name),
    };
    Ok(ArchiveRef::Bucket {
        environment,
        name: name.parse()?,
    })
}

impl fmt::Display for ArchiveRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{path}"),
            Self::Bucket {
                environment: Some(environment),
                name,
            } => write!(f, "bucket:{environment}/{name}"),
            Self::Bucket {
                environment: None,
                name,
            } if name.as_str().contains('/') => write!(f, "bucket:/{name}"),
            Self::Bucket {
                environment: None,
                name,
            } => write!(f, "bucket:{name}"),
            Self::Run(id) => write!(f, "run:{id}"),
            Self::Job(kind, id) => write!(f, "job:{kind}:{id}"),
            Self::Bare(word) => f.write_str(word),
        }
    }
}

impl TryFrom<String> for ArchiveRef {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ArchiveRef> for String {
    fn from(reference: ArchiveRef) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> ArchiveRef {
        text.parse().unwrap()
    }

    proptest! {
        #[test]
        fn a_reference_reads_back(text in "(file:|bucket:|run:|job:export:|job:import:|bucket:/)?[ -~é/:]{0,30}") {
            if let Ok(reference) = text.parse::<ArchiveRef>() {
                prop_assert_eq!(reference.to_string().parse::<ArchiveRef>().unwrap(), reference);
            }
        }
    }

    #[test]
    fn reads_each_form() {
        assert_eq!(read("a/b.zip"), ArchiveRef::File("a/b.zip".into()));
        assert_eq!(read("file:b.zip"), ArchiveRef::File("b.zip".into()));
        assert_eq!(read("b.zip"), ArchiveRef::Bare("b.zip".into()));
        assert_eq!(read("run:20260101-1"), ArchiveRef::Run("20260101-1".into()));
        assert_eq!(
            read("job:export:142040"),
            ArchiveRef::Job(JobKind::Export, "142040".parse().unwrap())
        );
        let bucket = |environment: Option<&str>, name: &str| ArchiveRef::Bucket {
            environment: environment.map(|name| name.parse().unwrap()),
            name: name.parse().unwrap(),
        };
        assert_eq!(read("bucket:b.zip"), bucket(None, "b.zip"));
        assert_eq!(read("bucket:test/a/b.zip"), bucket(Some("test"), "a/b.zip"));
        assert_eq!(read("bucket:/a/b.zip"), bucket(None, "a/b.zip"));
        assert_eq!(read("bucket:12:30.zip"), bucket(None, "12:30.zip"));
    }

    #[test]
    fn refuses_what_could_be_meant_otherwise() {
        for bad in [
            "",
            "file:",
            "bucket:",
            "bucket:a b/c",
            "run:",
            "job:1",
            "job:copy:1",
            "env:NAME",
            "cmd:x",
            "backup:1",
            "https://example.com/a.zip",
            "a\nb",
        ] {
            assert!(bad.parse::<ArchiveRef>().is_err(), "{bad:?}");
        }
    }
}
