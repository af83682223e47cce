//! The flows: export, import and promote as journalled runs, and what is asked of their jobs.
//!
//! Each flow is a pure state machine of [`ferry_core::flow`] and a thin driver here: the machine says the next step, the
//! driver carries it out, writes what happened to the journal (synced to disk) and tells the machine. Progress goes to a
//! sink as [`Talk`]; nothing here prints, and the time comes from [`Context`].

mod activation;
pub mod archive;
pub mod bucket;
mod bundle;
mod claim;
mod close;
mod context;
pub mod design;
mod environment;
mod export;
mod facts;
mod failure;
mod follow;
mod import;
mod inventory;
pub mod jobs;
mod journal;
mod lanes;
mod names;
mod new_values;
mod place;
mod plan;
mod promote;
pub mod record;
mod report;
mod runs;
mod shell;
mod start;
mod trace;
mod watch;

pub use bundle::Bundle;
pub use context::{Context, Now, Talk, TalkSink};
pub use environment::{Attachment, Environment, Overrides, Storage};
pub use export::{ExportRequest, export};
pub use facts::facts;
pub use failure::Failure;
pub use import::{ImportRequest, import};
pub use journal::Run;
pub use place::{ArchiveSource, resolve};
pub use plan::plan;
pub use promote::{PromoteRequest, promote};
pub use report::{
    ArchiveReport, ConnectionRow, ExportReport, ImportReport, IntegrationRow, JobReport,
    PromoteReport, TargetReport,
};
pub use runs::{Asked, Intention, RunStore, RunSummary};
pub use shell::shell_word;
pub use trace::Trace;
