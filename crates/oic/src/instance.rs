//! One service instance.

use std::fmt;
use std::sync::Arc;

use ferry_core::job::Generation;
use ferry_http::Client;

use crate::settings::{Settings, safe_origin};
use crate::token::Tokens;

/// A service instance and the sign-in to it. A clone is cheap and shares the token.
#[derive(Clone)]
pub struct Instance(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) http: Client,
    pub(crate) settings: Settings,
    pub(crate) tokens: Tokens,
}

impl Instance {
    /// Sends nothing yet. A mistake in the origin comes back from the first call, as
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings).
    pub fn new(http: Client, settings: Settings) -> Self {
        Self(Arc::new(Inner {
            http,
            settings,
            tokens: Tokens::default(),
        }))
    }

    /// Which generation it is spoken to as.
    pub fn generation(&self) -> Generation {
        self.0.settings.generation
    }

    /// `scheme://host[:port]`; as configured where that is not an origin that may be used.
    pub fn origin(&self) -> &str {
        self.0.settings.origin.trim().trim_end_matches('/')
    }

    /// The origin, if secrets may be sent to it.
    pub(crate) fn safe_origin(&self) -> Option<String> {
        safe_origin(self.origin()).filter(|origin| origin == self.origin())
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
