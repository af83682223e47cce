//! What must have come of a crossing, by the emulator's own word.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::side::Side;
use super::{CONNECTION, CONNECTION_URL, Crossing, id};
use crate::emulator::Card;
use crate::interop::stage::Stage;

/// Fails with what is not as it should be.
pub(super) fn check(
    crossing: &Crossing,
    stage: &Stage,
    target: &Side<'_>,
    source: Card<'_>,
) -> Result<()> {
    archive(stage, source).context("the bucket")?;
    let get = |path: &str| -> Result<Value> {
        let answer = target.get(&stage.curl, &format!("{}{path}", crossing.design()))?;
        Ok(serde_json::from_slice(&answer)?)
    };
    let integration = format!("/integrations/{}", id());
    let schedule = format!("{integration}/schedule");
    let connection = format!("/connections/{CONNECTION}");
    for (path, field, wanted) in [
        (&integration, "status", "ACTIVATED"),
        (&schedule, "scheduleStatus", "ICS_SCHEDULE_ACTIVE"),
        (&connection, "status", "CONFIGURED"),
    ] {
        let answer = get(path)?;
        if answer.get(field).is_none_or(|value| value != wanted) {
            bail!("{path} is not {wanted}: {answer}");
        }
    }
    let shown = get(&connection)?;
    let properties = shown.get("connectionProperties").and_then(Value::as_array);
    let values = properties.into_iter().flatten();
    let mut values = values.filter_map(|property| property.get("propertyValue"));
    if !values.any(|value| value == CONNECTION_URL) {
        bail!("{connection} does not lead to {CONNECTION_URL}: {shown}");
    }
    Ok(())
}

/// The source's bucket, which was empty, holds a zip.
fn archive(stage: &Stage, source: Card<'_>) -> Result<()> {
    let bucket = source.bucket()?;
    let user = source.user("storage_user", "storage_password")?;
    let ask = |url: &str| stage.curl.ask(&[("url", url), ("user", &user)]);
    let listing: Value = serde_json::from_slice(&ask(&format!("{bucket}?format=json"))?)?;
    let object = listing.get(0).and_then(|object| object.get("name"));
    let name = object.and_then(Value::as_str).context("it is empty")?;
    if !ask(&format!("{bucket}/{name}"))?.starts_with(b"PK\x03\x04") {
        bail!("{name} is no zip");
    }
    Ok(())
}
