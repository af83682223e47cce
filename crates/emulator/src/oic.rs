//! Oracle Integration: instances, their design-time objects, and the clone API.
//!
//! Shapes and codes follow `oic-api.md`; where it marks a fact as unknown, what stands here is an assumption of the
//! emulator, most of them behind a [switch](crate::Switches).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::body::Reply;
use crate::options::{ErrorBodies, FieldNames};
use crate::world::{Call, World};

mod activation;
mod agents;
mod answers;
mod archive;
mod arrival;
mod artifacts;
mod certificates;
mod connections;
mod dates;
mod export;
mod import;
mod input;
mod install;
mod integrations;
mod jobs;
mod libraries;
mod locks;
mod lookups;
mod model;
mod order;
mod packages;
mod page;
mod paging;
mod projects;
mod report;
mod roles;
mod routes;
mod schedules;
mod settings;
mod shelf;
mod spelling;
mod timeline;
mod told;
mod upload;

pub(crate) use artifacts::artifacts_answer;
pub(crate) use install::{Read, Rules, install};
pub(crate) use jobs::{Job, uuid};
pub(crate) use locks::lock;
pub(crate) use model::{Generation, Hidden, Instance, Kind, Storage};
pub(crate) use report::{job, jobs};
pub(crate) use settings::{StorageSettings, storage};
pub(crate) use shelf::Shelf;

/// Every instance of this emulator.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Oic {
    pub(crate) instances: Vec<Instance>,
    /// Jobs begun so far, in all instances: what the switch `job-outcome-times` counts.
    pub(crate) jobs_begun: u32,
}

impl Oic {
    /// When the next step of a job or the end of an activation is due.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let steps = |instance: &Instance| {
            let jobs = instance.jobs.iter();
            let first = jobs.filter_map(|job| Some(job.pending.first()?.0)).min();
            let ends = instance.activations.first().map(|first| first.0);
            first.into_iter().chain(ends).min()
        };
        self.instances.iter().filter_map(steps).min()
    }
}

/// Answers everything under `/ic/api/` and `/icsapis/`.
pub(crate) fn answer(world: &mut World, call: &Call) -> Reply {
    let mut reply = routes::answer(world, call);
    if world.switches.field_names == FieldNames::Hyphenated {
        reply = spelling::instead_of_camel_case(reply);
    }
    match world.switches.error_bodies {
        ErrorBodies::Json => reply,
        ErrorBodies::Html => page::instead_of_json(reply),
    }
}

/// Moves every job and activation of every instance to `now`.
pub(crate) fn advance(world: &mut World, now: Timestamp) {
    let World {
        oic,
        store,
        blobs,
        switches,
        ..
    } = world;
    for instance in &mut oic.instances {
        activation::advance(instance, now);
        timeline::advance(instance, store, blobs, switches, now);
    }
}
