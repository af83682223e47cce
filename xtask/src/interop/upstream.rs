//! A server that speaks as OpenStack Swift does: `TempAuth` gives tokens, and its users are those of Swift's own tests.

use std::path::Path;

use anyhow::Result;

use super::genuine::Genuine;
use crate::emulator::Running;
use crate::run::{self, Profile};

/// Whose Swift a suite is run against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Against {
    Emulator,
    /// OpenStack's own.
    Genuine,
}

/// Runs until it is dropped.
pub(super) enum Upstream {
    Emulator(Running),
    Genuine(Genuine),
}

impl Upstream {
    pub(super) fn start(against: Against, interop: &Path) -> Result<Self> {
        Ok(match against {
            Against::Emulator => {
                let ferry = run::build_ferry(Profile::Dev)?;
                Self::Emulator(Running::start(
                    &ferry,
                    &["--switch", "store-dialect=upstream"],
                )?)
            }
            Against::Genuine => Self::Genuine(Genuine::start(interop)?),
        })
    }

    /// `127.0.0.1:PORT`
    pub(super) fn authority(&self) -> String {
        match self {
            Self::Emulator(emulator) => emulator.authority().to_owned(),
            Self::Genuine(swift) => swift.authority(),
        }
    }
}
