//! The commands: arguments in, an outcome or a failure out.

pub(crate) mod archive;
pub(crate) mod bucket;
pub(crate) mod config;
pub(crate) mod connections;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod integrations;
pub(crate) mod jobs;
pub(crate) mod listing;
pub(crate) mod lookups;
pub(crate) mod overrides;
pub(crate) mod plan;
pub(crate) mod promote;
pub(crate) mod record;
pub(crate) mod reference;
pub(crate) mod runs;
pub(crate) mod schedules;
mod tables;
