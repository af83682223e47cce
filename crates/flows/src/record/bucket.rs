//! The bucket while a job runs: what comes, how it grows, what goes again.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;

use ferry_core::job::Listed;
use ferry_swift::Bucket;
use jiff::Timestamp;

use crate::{Context, Environment};

/// Every object that came or changed while it was looked.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    pub(super) objects: BTreeMap<String, Vec<Sight>>,
    /// Whether the bucket could be listed at all.
    pub(super) listed: bool,
}

/// An object as one listing had it; `None` where it was gone again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sight {
    pub(super) at: Timestamp,
    pub(super) object: Option<Listed>,
}

/// Carries `work` out and looks at the environment's bucket all the while, once a poll. A listing that fails is passed
/// over: the work goes on.
pub async fn watched<T>(
    context: &Context,
    environment: &Environment,
    work: impl Future<Output = T>,
) -> (T, Watched) {
    let bucket = &environment.storage.bucket;
    let mut watched = Watched::default();
    let mut before: Option<Vec<Listed>> = None;
    let mut work = pin!(work);
    let outcome = loop {
        look(context, bucket, &mut before, &mut watched).await;
        tokio::select! {
            outcome = &mut work => break outcome,
            () = tokio::time::sleep(environment.polling.first) => {}
        }
    };
    look(context, bucket, &mut before, &mut watched).await;
    (outcome, watched)
}

async fn look(
    context: &Context,
    bucket: &Bucket,
    before: &mut Option<Vec<Listed>>,
    watched: &mut Watched,
) {
    let Ok(listed) = bucket.list(None).await else {
        return;
    };
    watched.listed = true;
    let at = (context.now)();
    let Some(before) = before else {
        *before = Some(listed);
        return;
    };
    let names: BTreeSet<&str> = listed.iter().map(|object| object.name.as_str()).collect();
    for (name, sights) in &mut watched.objects {
        let there = sights.last().is_some_and(|sight| sight.object.is_some());
        if there && !names.contains(name.as_str()) {
            sights.push(Sight { at, object: None });
        }
    }
    for object in &listed {
        if before.contains(object) {
            continue;
        }
        let sights = watched.objects.entry(object.name.clone()).or_default();
        if sights.last().and_then(|sight| sight.object.as_ref()) != Some(object) {
            sights.push(Sight {
                at,
                object: Some(object.clone()),
            });
        }
    }
}
