//! Reading the bodies that start jobs.

use serde_json::{Map, Value};

use super::answers::bad_request;
use super::model::{Generation, Hidden, Instance};
use super::settings::StorageSettings;
use crate::body::Refused;
use crate::options::Switches;
use crate::world::Call;

/// What both kinds of job are told.
pub(super) struct Order {
    fields: Map<String, Value>,
    pub(super) storage: StorageSettings,
}

impl Order {
    /// # Errors
    ///
    /// The 400 to answer, when the body is no JSON object or `storageInfo` is not whole.
    pub(super) fn read(
        call: &Call,
        instance: &Instance,
        switches: &Switches,
    ) -> Result<Order, Refused> {
        let fields = match serde_json::from_slice(&call.body) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(wrong("the body is no JSON object")),
            Err(e) => return Err(wrong(&format!("the body is no JSON: {e}"))),
        };
        let own = switches.storage_info_optional && instance.generation == Generation::Gen3;
        let storage = match field(&fields, "storageInfo") {
            Some(Value::Object(storage)) => storage,
            Some(_) => return Err(wrong("storageInfo is no JSON object")),
            None if own => {
                let kept = instance.storage_settings.clone();
                let storage = kept.ok_or_else(|| {
                    wrong("storageInfo is missing, and the instance has no storage settings")
                })?;
                return Ok(Order { fields, storage });
            }
            None => return Err(wrong("storageInfo is missing")),
        };
        let part = |name: &str| {
            text(storage, name)?.ok_or_else(|| wrong(&format!("storageInfo.{name} is missing")))
        };
        let storage = StorageSettings {
            storage_url: part("storageUrl")?,
            storage_user: part("storageUser")?,
            storage_password: Hidden(part("storagePassword")?),
        };
        Ok(Order { fields, storage })
    }

    /// A text without its outer blanks: documented examples hold some. Letter case of the name does not matter.
    ///
    /// # Errors
    ///
    /// The 400 to answer, when it is something else than a text.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Refused> {
        text(&self.fields, name)
    }

    /// A flag; `"true"` and `"false"` as texts are taken too.
    ///
    /// # Errors
    ///
    /// The 400 to answer, when it is something else.
    pub(super) fn flag(&self, name: &str, missing: bool) -> Result<bool, Refused> {
        match field(&self.fields, name) {
            None | Some(Value::Null) => Ok(missing),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text.trim().eq_ignore_ascii_case("true") => Ok(true),
            Some(Value::String(text)) if text.trim().eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(wrong(&format!("{name} must be true or false"))),
        }
    }
}

/// The longest name of a job, which becomes that of an object (assumed).
const LONGEST_NAME: usize = 255;

/// Refuses names that no object could have.
pub(super) fn named(name: Option<&str>) -> Result<(), Refused> {
    match name {
        Some(name) if name.len() > LONGEST_NAME => {
            Err(wrong("jobName is longer than 255 characters"))
        }
        Some(name) if name.contains(['/', '\\']) || name.chars().any(char::is_control) => {
            Err(wrong("jobName holds what no name of an archive may"))
        }
        _ => Ok(()),
    }
}

fn wrong(why: &str) -> Refused {
    Refused::new(bad_request(why))
}

fn field<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// Blank is the same as missing.
fn text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, Refused> {
    match field(fields, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|t| !t.is_empty())),
        Some(_) => Err(wrong(&format!("{name} must be a text"))),
    }
}

/// What an import does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Mode {
    ImportOnly,
    ActivateOnly,
    ImportActivate,
}

impl Mode {
    const ALL: [Mode; 3] = [Mode::ImportOnly, Mode::ActivateOnly, Mode::ImportActivate];

    /// The spelling in requests: Gen2 begins with a capital, Gen3 with a small letter.
    fn spelled(self, generation: Generation) -> &'static str {
        match (generation, self) {
            (Generation::Gen2, Mode::ImportOnly) => "ImportOnly",
            (Generation::Gen2, Mode::ActivateOnly) => "ActivateOnly",
            (Generation::Gen2, Mode::ImportActivate) => "ImportActivate",
            (Generation::Gen3, Mode::ImportOnly) => "importOnly",
            (Generation::Gen3, Mode::ActivateOnly) => "activateOnly",
            (Generation::Gen3, Mode::ImportActivate) => "importActivate",
        }
    }

    /// The spelling in answers, which was seen on Gen2 alone.
    pub(super) fn answered(self) -> &'static str {
        self.spelled(Generation::Gen2)
    }

    pub(super) fn read(text: &str, generation: Generation, strict: bool) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| {
            let spelled = mode.spelled(generation);
            if strict {
                text == spelled
            } else {
                text.eq_ignore_ascii_case(spelled)
            }
        })
    }

    pub(super) fn imports(self) -> bool {
        self != Mode::ActivateOnly
    }

    pub(super) fn activates(self) -> bool {
        self != Mode::ImportOnly
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_matters_only_when_asked() {
        let read = |text, strict| Mode::read(text, Generation::Gen3, strict);
        assert_eq!(read("ImportOnly", false), Some(Mode::ImportOnly));
        assert_eq!(read("ImportOnly", true), None);
        assert_eq!(read("importActivate", true), Some(Mode::ImportActivate));
        assert_eq!(read("import-only", false), None);
    }
}
