//! The flows as pure state machines: a journal goes in, the next step comes out.
//!
//! A flow is replayed from its journal by `apply`, told by `resumed` that what follows is a new process, and asked by
//! `next` what to do. The drivers in `ferry-flows` carry the step out, write the [`Event`] that came of it to the
//! journal, and apply it. Nothing here performs I/O, so every order of events can be tested.

mod activation;
mod claim;
mod event;
mod export;
mod import;
mod in_flight;
mod kept;
mod left;
mod pointing;
mod promotion;
mod start;

pub use activation::{Call, Key, activation_layers};
pub use claim::{Claim, Claimed};
pub use event::{
    ActivationOutcome, ConnectionOutcome, Event, ExportEvent, ImportEvent, LiveEvent,
    LookupOutcome, Record, ScheduleEvent, ScheduleOutcome, StartEvent,
};
pub use export::{Export, ExportStep};
pub use import::{Import, ImportStep};
pub use in_flight::InFlight;
pub use kept::{Held, Unkept};
pub use left::Left;
pub(crate) use pointing::names_a_database;
pub use pointing::{Pointing, pointing};
pub use promotion::{Promotion, PromotionStep, WasLive};
pub use start::{Start, StartStep, Unproven};
