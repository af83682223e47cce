//! Removing objects: those that are named, or all under a prefix.

use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_core::job::Listed;
use ferry_swift::{Features, MOST_REMOVED};

use super::glob::Filter;
use super::many::{Done, ManyReport, Trouble};
use super::meter::Meter;
use super::{NamedBucket, Rail, folder_of};
use crate::{Context, Failure};

/// From so many objects on it is worth to find out whether many go at once.
const WORTH_ASKING: usize = 100;

/// What is to be removed. Nothing is until [`Removal::carry_out`].
#[derive(Debug)]
pub struct Removal {
    objects: Vec<Listed>,
    report: ManyReport,
}

impl Removal {
    /// The objects of these names; one that is not there is one failure of many, or exit 1 where it is the only one.
    pub async fn of_names(
        context: &Context,
        bucket: &NamedBucket,
        names: &[ObjectName],
        rail: &Rail,
    ) -> Result<Self, Failure> {
        bucket.refuse_protected()?;
        let mut report = ManyReport::new("rm", bucket, false);
        let mut objects = Vec::new();
        for name in names {
            match bucket.find(context, name).await? {
                Some(object) => objects.push(object),
                None if names.len() == 1 => {
                    return Err(Failure::new(
                        Exit::No,
                        format!("there is no {name} in {}", bucket.url()),
                    ));
                }
                None => report.fails(name.as_str(), "it is not there"),
            }
        }
        Self::checked(objects, report, rail)
    }

    /// All objects under a prefix that the filter takes, by what follows the prefix's last slash.
    pub async fn of_prefix(
        context: &Context,
        bucket: &NamedBucket,
        prefix: Option<&str>,
        filter: &Filter,
        rail: &Rail,
    ) -> Result<Self, Failure> {
        bucket.refuse_protected()?;
        let root = folder_of(prefix).len();
        let mut objects = bucket.all(context, prefix).await?;
        objects.retain(|object| filter.takes(object.name.get(root..).unwrap_or_default()));
        Self::checked(objects, ManyReport::new("rm", bucket, false), rail)
    }

    fn checked(objects: Vec<Listed>, report: ManyReport, rail: &Rail) -> Result<Self, Failure> {
        rail.check(objects.iter())?;
        Ok(Self { objects, report })
    }

    /// How many objects there are to be removed.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Their bytes.
    pub fn bytes(&self) -> u64 {
        self.objects.iter().map(|object| object.bytes).sum()
    }

    /// Tells what would be removed, and removes nothing.
    pub fn would(mut self) -> ManyReport {
        self.report.dry_run = true;
        for object in self.objects {
            self.report.would(object.name, None, object.bytes);
        }
        self.report.ended()
    }

    /// Removes them; one that has gone meanwhile is removed.
    pub async fn carry_out(
        mut self,
        context: &Context,
        bucket: &NamedBucket,
        features: Features,
    ) -> Result<ManyReport, Failure> {
        let mut named = Vec::with_capacity(self.objects.len());
        for object in &self.objects {
            match object.name.parse::<ObjectName>() {
                Ok(name) => named.push((name, object.bytes)),
                Err(error) => self.report.fails(&object.name, error.to_string()),
            }
        }
        let bulk = named.len() >= WORTH_ASKING && {
            let wanted = Features {
                bulk_delete: true,
                ..Features::none()
            };
            bucket.can(context, wanted.and(features)).await?.bulk_delete
        };
        if bulk {
            return at_once(context, bucket, self.report, &named).await;
        }
        let meter = Meter::of_many(context, "removing", named.len() as u64, 0);
        let items = named
            .into_iter()
            .map(|(name, bytes)| (name.to_string(), (name, bytes)))
            .collect();
        let all = bucket.bucket.clone();
        self.report
            .carry_out(context, &meter, items, move |(name, bytes)| {
                let bucket = all.clone();
                async move {
                    let removed = bucket.delete(&name).await;
                    removed
                        .map_err(|error| Trouble::bucket(error, format!("cannot remove {name}")))?;
                    Ok(Done::Bytes(bytes))
                }
            })
            .await
    }
}

/// Many with each request, one request after the other.
async fn at_once(
    context: &Context,
    bucket: &NamedBucket,
    mut report: ManyReport,
    named: &[(ObjectName, u64)],
) -> Result<ManyReport, Failure> {
    let meter = Meter::of_many(context, "removing", named.len() as u64, 0);
    report.left = named.len() as u64;
    for some in named.chunks(MOST_REMOVED) {
        let names: Vec<ObjectName> = some.iter().map(|(name, _)| name.clone()).collect();
        let left = match context
            .unless_stopped(bucket.bucket.delete_many(&names))
            .await
        {
            Ok(Ok(left)) => left,
            Ok(Err(error)) => {
                let failure = Failure::bucket(
                    error,
                    format!("cannot remove objects of {}", bucket.environment),
                );
                return Err(report.unfinished(failure));
            }
            Err(stopped) => {
                return Err(report.unfinished(stopped.next("repeat the command: it goes on")));
            }
        };
        for (name, bytes) in some {
            report.left -= 1;
            match left.iter().find(|(failed, _)| failed == name) {
                None => report.takes(&Done::Bytes(*bytes)),
                Some((_, why)) => report.fails(name.as_str(), why),
            }
        }
        meter.objects(report.objects);
    }
    Ok(report.ended())
}
