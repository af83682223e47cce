//! Reading the files and laying the workspace file over the user's.

use std::path::Path;

use ferry_core::ids::EnvironmentName;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::error::ConfigError;
use super::find::Sources;
use super::lines::{key_at, line_at, places};
use super::places::{Leaf, Place, Places, join};
use super::typed::{EnvironmentEntry, File};

/// The files laid over each other, key by key, and where each key stands.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(super) file: File,
    pub(super) places: Places,
    table: Table,
    sources: Sources,
}

impl Config {
    /// Reads and checks the files. No secret is resolved.
    pub(crate) fn load(sources: Sources) -> Result<Self, ConfigError> {
        let mut config = Self {
            sources,
            ..Self::default()
        };
        let files = [
            config.sources.user.clone(),
            config.sources.workspace.clone(),
        ];
        for path in files.into_iter().flatten() {
            let text = text_of(&path)?;
            // A mistake is told by the shape that the file should have.
            typed::<File>(&path, &text)?;
            let table = typed(&path, &text)?;
            lay_over(&mut config.table, table);
            config.places.0.extend(places(&path, &text).0);
        }
        // Each file alone was fine, so this can only fail where the two do not fit together.
        config.file = File::deserialize(config.table.clone()).map_err(|error| {
            ConfigError::new(format!(
                "the files do not fit together: {}",
                bare(error.message())
            ))
        })?;
        config.check_users()?;
        Ok(config)
    }

    /// The files that were read.
    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The names of the environments, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &EnvironmentName> {
        self.file.environments.keys()
    }

    /// The entry, or an error that lists the known names.
    pub(super) fn entry(&self, name: &EnvironmentName) -> Result<&EnvironmentEntry, ConfigError> {
        self.file.environments.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.names().map(EnvironmentName::as_str).collect();
            let error = ConfigError::new(format!("there is no environment {name}"));
            match (known.is_empty(), self.sources.workspace.is_some() || self.sources.user.is_some()) {
                (false, _) => error.hint(format!("the known ones are: {}", known.join(", "))),
                (true, true) => error.hint("the configuration has none: write [environments.NAME]"),
                (true, false) => {
                    error.hint("there is no ferry.toml here or above; try --emulator, which brings test, prod and live")
                }
            }
        })
    }

    /// Every value that the files state.
    pub(crate) fn leaves(&self) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        self.collect("", &self.table, &mut leaves);
        leaves
    }

    fn collect(&self, path: &str, table: &Table, leaves: &mut Vec<Leaf>) {
        for (key, value) in table {
            let key = join(path, key);
            match value {
                Value::Table(inner) => self.collect(&key, inner, leaves),
                Value::String(text) => {
                    leaves.push(Leaf {
                        value: text.clone(),
                        place: self.places.of(&key),
                        key,
                    });
                }
                other => leaves.push(Leaf {
                    value: other.to_string(),
                    place: self.places.of(&key),
                    key,
                }),
            }
        }
    }
}

/// The text of a file.
pub(super) fn text_of(path: &Path) -> Result<String, ConfigError> {
    fs_err::read_to_string(path).map_err(|error| unreadable(path, &error))
}

/// Reads one file alone, so that a mistake can name its line.
pub(super) fn typed<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let position = error.span().map_or(0, |span| span.start);
        let place = Place {
            file: path.to_owned(),
            line: line_at(text, position),
        };
        let (what, hint) = explain(error.message());
        let error = ConfigError::new(what).at(Some(place), key_at(text, position));
        if let Some(hint) = hint {
            error.hint(hint)
        } else {
            error
        }
    })
}

fn explain(message: &str) -> (String, Option<String>) {
    match message.split_once(", expected ") {
        Some((what, known)) if what.starts_with("unknown field") => (
            "this key is not known".to_owned(),
            Some(format!(
                "known here: {}",
                known.trim_start_matches("one of ")
            )),
        ),
        _ => (bare(message), None),
    }
}

/// serde's messages show the value that was wrong, which may be a secret: only its type is kept.
fn bare(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    for kind in ["invalid type: ", "invalid value: "] {
        if let Some(rest) = message.strip_prefix(kind)
            && let Some((found, wanted)) = rest.rsplit_once(", expected ")
        {
            let found = found.split(['"', '`']).next().unwrap_or_default().trim();
            return format!(
                "{kind}{found}, expected {}",
                wanted.lines().next().unwrap_or_default()
            );
        }
    }
    first.to_owned()
}

fn unreadable(path: &Path, error: &std::io::Error) -> ConfigError {
    let what = match error.kind() {
        std::io::ErrorKind::InvalidData => "the file is not UTF-8 text".to_owned(),
        kind => format!("the file cannot be read: {kind}"),
    };
    let config = ConfigError::new(what).at(
        Some(Place {
            file: path.to_owned(),
            line: 1,
        }),
        "",
    );
    if error.kind() == std::io::ErrorKind::InvalidData {
        config
    } else {
        config.disk()
    }
}

/// Puts `over` on `under`, key by key. A sign-in of another method replaces the whole of it.
fn lay_over(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => {
                let other_method = matches!(
                    (below.get("method"), above.get("method")),
                    (Some(below), Some(above)) if key == "sign-in" && below != above
                );
                if other_method {
                    *below = above;
                } else {
                    lay_over(below, above);
                }
            }
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
