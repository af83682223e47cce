//! Reading the bodies that start jobs.

use serde_json::{Map, Value};

use super::answers::bad_request;
use super::model::{Generation, Hidden, Instance, Storage};
use crate::body::Refused;
use crate::options::Switches;
use crate::world::Call;

/// What both kinds of job are told.
pub(super) struct Order {
    fields: Map<String, Value>,
    pub(super) storage_url: String,
    pub(super) storage_user: String,
    pub(super) storage_password: Hidden,
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
                let mut order = Order::of(&instance.storage);
                order.fields = fields;
                return Ok(order);
            }
            None => return Err(wrong("storageInfo is missing")),
        };
        let part = |name: &str| {
            text(storage, name)?.ok_or_else(|| wrong(&format!("storageInfo.{name} is missing")))
        };
        Ok(Order {
            storage_url: part("storageUrl")?.trim_end_matches('/').to_owned(),
            storage_user: part("storageUser")?,
            storage_password: Hidden(part("storagePassword")?),
            fields,
        })
    }

    /// An order that names a bucket alone.
    pub(super) fn of(storage: &Storage) -> Order {
        Order {
            fields: Map::new(),
            storage_url: format!(
                "https://swiftobjectstorage.eu-frankfurt-1.oraclecloud.com/v1/{}/{}",
                storage.namespace, storage.bucket
            ),
            storage_user: storage.user.clone(),
            storage_password: storage.token.clone(),
        }
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
