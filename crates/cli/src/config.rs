//! The configuration: `ferry.toml` (the workspace file), the user's own file under it, and what they mean.
//!
//! A mistake names the file, the line and the key, and never shows a value: a value may be a secret in the wrong place.

mod duration;
mod error;
mod find;
mod lines;
mod load;
mod overrides;
mod places;
mod secret;
mod settings;
mod typed;

pub(crate) use duration::{parse_duration, show_duration};
pub(crate) use error::ConfigError;
pub(crate) use find::find;
pub(crate) use load::Config;
pub(crate) use overrides::OverridesFile;
pub(crate) use places::Leaf;
pub(crate) use secret::Secrets;
pub(crate) use settings::{PlacedSecret, SignInSettings, StorageSignIn};
pub(crate) use typed::SecureUrl;
