//! A mistake in the configuration.

use std::fmt;

use ferry_core::exit::Exit;

use super::places::Place;

/// Where the mistake is, what it is, and what to do. Shows no value of the file.
#[derive(Debug)]
pub(crate) struct ConfigError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    place: Option<Place>,
    key: String,
    what: String,
    hint: Option<String>,
    exit: Exit,
}

impl ConfigError {
    /// A mistake with no line of its own, such as a missing file.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        let inner = Inner {
            place: None,
            key: String::new(),
            what: what.into(),
            hint: None,
            exit: Exit::Usage,
        };
        Self(Box::new(inner))
    }

    /// States where the mistake is.
    pub(crate) fn at(mut self, place: Option<Place>, key: impl Into<String>) -> Self {
        self.0.place = place;
        self.0.key = key.into();
        self
    }

    /// Adds what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Not a mistake of writing: the disk refused.
    pub(crate) fn disk(mut self) -> Self {
        self.0.exit = Exit::Disk;
        self
    }

    /// Takes the exit code and the hint.
    pub(crate) fn parts(&self) -> (Exit, Option<&str>) {
        (self.0.exit, self.0.hint.as_deref())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.0.place {
            write!(f, "{place}: ")?;
        }
        if !self.0.key.is_empty() {
            write!(f, "{}: ", self.0.key)?;
        }
        f.write_str(&self.0.what)
    }
}

impl std::error::Error for ConfigError {}
