//! `ferry doctor`: facts are gathered first, then judged; the judgement is pure and tested without a network.

mod diagnosis;
mod facts;
mod gather;
mod host;

pub(crate) use diagnosis::{Finding, Verdict, diagnose, diagnose_storage, exit};
pub(crate) use gather::{Stated, gather, storage};
