//! The small formats, each read into what the inventory says of it.

pub(crate) mod b2b;
pub(crate) mod certificate;
pub(crate) mod connection;
pub(crate) mod csv;
pub(crate) mod dvm;
pub(crate) mod event_type;
pub(crate) mod json;
pub(crate) mod library;
pub(crate) mod project_xml;
pub(crate) mod project_yaml;
pub(crate) mod properties;
pub(crate) mod schedule;
pub(crate) mod settings;
pub(crate) mod yaml;
