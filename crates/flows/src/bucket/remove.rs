//! Removing objects: those that are named, or all under a prefix.

use std::collections::{BTreeSet, HashSet};

use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_core::job::Listed;
use ferry_swift::{Features, MOST_REMOVED, SEGMENTS, remove, remove_segments};

use super::card;
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
    /// What all names begin with; `None` where each was named.
    prefix: Option<String>,
    report: ManyReport,
}

impl Removal {
    /// The objects of these names, with their cards; one that is not there is one failure of many, or exit 1 where it is the only one.
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
                Some(object) => {
                    objects.push(object);
                    // It would speak of whatever has that name next.
                    if let Some(card) =
                        card::name_of(name.as_str()).filter(|card| !names.contains(card))
                    {
                        objects.extend(bucket.find(context, &card).await?);
                    }
                }
                None if names.len() == 1 => {
                    return Err(Failure::new(
                        Exit::No,
                        format!("there is no {name} in {}", bucket.url()),
                    ));
                }
                None => report.fails(name.as_str(), "it is not there"),
            }
        }
        Self::checked(objects, None, report, rail)
    }

    /// All objects under a prefix that the filter takes, by what follows the prefix's last slash, with their cards.
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
        let takes = |name: &str| filter.takes(name.get(root..).unwrap_or_default());
        let names: HashSet<String> = objects.iter().map(|object| object.name.clone()).collect();
        objects.retain(|object| {
            let described = object.name.strip_suffix(card::ENDING);
            takes(&object.name) || described.is_some_and(|name| names.contains(name) && takes(name))
        });
        // Where segments go as well, they go behind the objects that are made of them.
        objects.sort_by_key(|object| object.name.starts_with(SEGMENTS));
        let prefix = prefix.unwrap_or_default().to_owned();
        Self::checked(
            objects,
            Some(prefix),
            ManyReport::new("rm", bucket, false),
            rail,
        )
    }

    fn checked(
        objects: Vec<Listed>,
        prefix: Option<String>,
        report: ManyReport,
        rail: &Rail,
    ) -> Result<Self, Failure> {
        rail.check(objects.iter())?;
        Ok(Self {
            objects,
            prefix,
            report,
        })
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
        let large = Large::of(context, bucket, self.prefix.as_deref()).await?;
        let bulk =
            named.len() >= WORTH_ASKING && !named.iter().any(|(name, _)| large.has(name)) && {
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
            .map(|(name, bytes)| (name.to_string(), (large.has(&name), name, bytes)))
            .collect();
        let all = bucket.bucket.clone();
        self.report
            .carry_out(context, &meter, items, move |(is_large, name, bytes)| {
                let bucket = all.clone();
                async move {
                    let removed = if is_large {
                        remove(&bucket, &name).await
                    } else {
                        bucket.delete(&name).await
                    };
                    match removed {
                        // Somebody else was quicker.
                        Err(error) if !error.is_not_found() => {
                            Err(Trouble::bucket(error, format!("cannot remove {name}")))
                        }
                        _ => Ok(Done::Bytes(bytes)),
                    }
                }
            })
            .await
    }
}

/// Which objects are made of segments, that go with them.
pub(super) enum Large {
    /// Each may be: it is looked at.
    Any,
    /// Those whose segments are listed.
    With(BTreeSet<String>),
}

impl Large {
    /// Of all objects under a prefix; a few that are named are looked at one by one.
    pub(super) async fn of(
        context: &Context,
        bucket: &NamedBucket,
        prefix: Option<&str>,
    ) -> Result<Self, Failure> {
        let Some(prefix) = prefix else {
            return Ok(Self::Any);
        };
        let segments = bucket
            .all(context, Some(&format!("{SEGMENTS}{prefix}")))
            .await?;
        Ok(Self::With(
            segments.into_iter().map(|segment| segment.name).collect(),
        ))
    }

    pub(super) fn has(&self, name: &ObjectName) -> bool {
        match self {
            Self::Any => true,
            Self::With(segments) => {
                let own = format!("{SEGMENTS}{name}/");
                let mut from = segments.range(own.clone()..);
                from.next().is_some_and(|segment| segment.starts_with(&own))
            }
        }
    }
}

impl NamedBucket {
    /// Removes the segments of what lay under a name before: a plain object is there now. What cannot be removed harms
    /// nobody, and is told.
    pub(super) async fn sweep(&self, context: &Context, name: &ObjectName) -> Result<(), Failure> {
        let swept = remove_segments(&self.bucket, name);
        if let Err(error) = context.unless_stopped(swept).await? {
            context.note(format!("segments that {name} had before are left: {error}"));
        }
        Ok(())
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
