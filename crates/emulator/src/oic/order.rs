//! Reading the bodies that start jobs.

use serde_json::{Map, Value};

use super::answers::bad_request;
use super::model::{Generation, Hidden};
use crate::body::Reply;
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
    pub(super) fn read(call: &Call) -> Result<Order, Box<Reply>> {
        let wrong = |why: &str| Box::new(bad_request(why));
        let fields = match serde_json::from_slice(&call.body) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(wrong("the body is no JSON object")),
            Err(e) => return Err(wrong(&format!("the body is no JSON: {e}"))),
        };
        let Some(Value::Object(storage)) = fields.get("storageInfo") else {
            return Err(wrong("storageInfo is missing"));
        };
        let part = |name: &str| {
            storage
                .get(name)
                .and_then(Value::as_str)
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .ok_or_else(|| wrong(&format!("storageInfo.{name} is missing")))
        };
        Ok(Order {
            storage_url: part("storageUrl")?.trim_end_matches('/').to_owned(),
            storage_user: part("storageUser")?,
            storage_password: Hidden(part("storagePassword")?),
            fields,
        })
    }

    /// An order that names a bucket alone.
    pub(super) fn new(
        storage_url: String,
        storage_user: String,
        storage_password: Hidden,
    ) -> Order {
        Order {
            fields: Map::new(),
            storage_url,
            storage_user,
            storage_password,
        }
    }

    /// A text without its outer blanks: documented examples hold some. Letter case of the name does not matter.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.field(name)?
            .as_str()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// A flag; missing is false (assumed), `"true"` as a text is taken too.
    pub(super) fn flag(&self, name: &str) -> bool {
        match self.field(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.fields
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
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
