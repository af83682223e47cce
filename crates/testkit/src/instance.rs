//! Instances of integrations as values, written as the archives that an export makes of them.
//!
//! A [`Description`] says what an instance holds. [`iar`], [`par`], [`car`] and [`whole`] write it down as the page of
//! the archive's format has it, and [`Noise`] says which of the things that mean nothing (ids, prefixes, times, the
//! order of entries) come out otherwise. A [`Mutation`] changes one thing that means something; a [`Breakage`] makes
//! one file break one invariant.
//!
//! It shares no code with the reader of archives or with the emulator, which are tested against it.

mod breakage;
mod connection;
mod container;
mod crossing;
mod description;
mod flow;
mod large;
mod library;
mod lookup;
mod mutation;
mod noise;
mod project;
mod properties;
mod sample;
mod schedule;
mod schema;
mod steps;
mod xml;

pub use breakage::{Breakage, Severity};
pub use container::{Form, car, iar, par, whole, whole_into};
pub use crossing::crossing;
pub use description::{
    Action, Attachment, Branch, Certificate, Connection, Deployment, Description, Endpoint, Field,
    Handler, Home, Integration, Library, Lookup, Package, Process, Project, Property, Schedule,
    Schema, Script, Start, Tracking, Trigger, Value, Variable,
};
pub use large::{large, wide};
pub use mutation::Mutation;
pub use noise::{Kind as NoiseKind, Noise};
pub use sample::sample;
