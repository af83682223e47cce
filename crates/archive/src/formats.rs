//! The small formats, each read into what the inventory says of it.

pub(crate) mod certificate;
pub(crate) mod connection;
pub(crate) mod csv;
pub(crate) mod dvm;
pub(crate) mod json;
pub(crate) mod library;
pub(crate) mod project_xml;
pub(crate) mod project_yaml;
pub(crate) mod properties;
pub(crate) mod schedule;
pub(crate) mod yaml;
