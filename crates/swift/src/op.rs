//! The calls, one a file.

mod delete;
mod get;
mod head;
mod list;
mod put;
