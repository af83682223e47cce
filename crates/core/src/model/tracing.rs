//! What the service records of an integration's messages.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the service records of the messages of an active integration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Tracing {
    /// Their way through it.
    pub tracing: bool,
    /// What is in them.
    pub payload: bool,
    /// The messages themselves, to be played again.
    pub record: bool,
}

impl Tracing {
    /// Whether nothing is recorded.
    pub fn is_off(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Tracing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (self.tracing, "tracing"),
            (self.payload, "payload"),
            (self.record, "record"),
        ];
        let on: Vec<&str> = all
            .into_iter()
            .filter_map(|(is_on, name)| is_on.then_some(name))
            .collect();
        match on.as_slice() {
            [] => f.write_str("off"),
            on => f.write_str(&on.join(", ")),
        }
    }
}
