//! A type of events that integrations publish and subscribe to.

use serde_json::Value;

/// Code and revision, if a document is one.
pub(crate) fn identity(json: &Value) -> Option<(String, String)> {
    let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
    json.get("schemaType")?;
    text("schema")?;
    Some((text("code")?, text("revision")?))
}
