//! What the person and the script see: data on stdout, talk on stderr.

mod clean;
mod file;
pub(crate) mod markup;
mod panics;
mod printer;
mod progress;
mod repeat;
mod report;
mod table;

pub(crate) use clean::{clean, clean_line};
pub(crate) use file::Leaving;
pub(crate) use panics::report_panics;
pub(crate) use printer::{Printer, Settings};
pub(crate) use progress::{Progress, amount, counted, objects};
pub(crate) use report::{Outcome, Report};
pub(crate) use table::Table;
