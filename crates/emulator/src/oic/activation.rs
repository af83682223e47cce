//! Activating and deactivating integrations, in virtual time.

use jiff::{SignedDuration, Timestamp};

use super::model::{Instance, Status};
use super::shelf::Named;

/// Begins an activation that ends after `seconds` of virtual time.
pub(super) fn begin(
    instance: &mut Instance,
    project: Option<&str>,
    id: &str,
    seconds: u64,
    now: Timestamp,
) {
    let wait = i64::try_from(seconds).unwrap_or(i64::MAX);
    if let Some(integration) = instance.integration_mut(project, id) {
        integration.status = Status::ActivationInprogress;
        integration.errors = None;
        let due = now
            .saturating_add(SignedDuration::from_secs(wait))
            .unwrap_or(Timestamp::MAX);
        let project = project.map(str::to_owned);
        instance.activations.insert((due, project, id.to_owned()));
    }
    advance(instance, now);
}

/// Ends every activation that is due.
pub(super) fn advance(instance: &mut Instance, now: Timestamp) {
    while let Some(first) = instance.activations.first().filter(|first| first.0 <= now) {
        let (_, project, id) = first.clone();
        instance.activations.pop_first();
        finish(instance, project.as_deref(), &id, now);
    }
}

/// Gives an activation under way up.
pub(super) fn forget(instance: &mut Instance, project: Option<&str>, id: &str) {
    if instance.activations.is_empty() {
        return;
    }
    instance
        .activations
        .retain(|(_, in_project, of)| (in_project.as_deref(), of.as_str()) != (project, id));
}

/// Ends an activation: ACTIVATED when every connection is ready, else FAILEDACTIVATION with the reasons.
pub(super) fn finish(instance: &mut Instance, project: Option<&str>, id: &str, now: Timestamp) {
    let reasons = obstacles(instance, project, id);
    let Some(integration) = instance.integration_mut(project, id) else {
        return;
    };
    integration.updated = now;
    if !reasons.is_empty() {
        let (code, version) = (&integration.code, short(&integration.version));
        integration.errors = Some(format!(
            "<br> Integration {code}({version}) cannot be activated.<br> {}",
            reasons.join("<br> ")
        ));
        integration.status = Status::FailedActivation;
        return;
    }
    integration.status = Status::Activated;
    integration.errors = None;
    let (code, major, own) = (
        integration.code.clone(),
        integration.major().to_owned(),
        integration.version.clone(),
    );
    // Documented: a version of the same major is deactivated, another major runs side by side.
    let others: Vec<String> = instance
        .integrations
        .beginning(project, &format!("{code}|{major}."))
        .filter(|other| other.version != own && other.status == Status::Activated)
        .map(Named::id)
        .collect();
    for other in others {
        if let Some(other) = instance.integration_mut(project, &other) {
            other.status = Status::Configured;
            other.schedule_running = false;
            other.updated = now;
        }
    }
}

/// Why an integration cannot be activated, as sentences.
fn obstacles(instance: &Instance, project: Option<&str>, id: &str) -> Vec<String> {
    let Some(integration) = instance.integration(project, id) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    // What the product seeds into every instance lies in no artifact that must hold it.
    let own = integration
        .connections
        .iter()
        .filter(|c| !c.starts_with("PRESEEDED_"));
    for connection in own {
        let found = instance
            .connection(project, connection)
            .or_else(|| instance.connection(None, connection));
        match found {
            None => out.push(format!("Connection {connection} does not exist.")),
            Some(found) if !found.is_configured() => {
                out.push(format!("Connection {connection} is not configured."));
            }
            Some(found) => {
                let group = found.agent_group.as_ref();
                if let Some(group) = group.filter(|g| !instance.agent_groups.contains(*g)) {
                    out.push(format!(
                        "Connection {connection} uses the agent group {group}, which does not exist."
                    ));
                }
            }
        }
    }
    out
}

/// `01.02.0000` as the service writes it in sentences: `1.2` (documented), and `01.02.0003` as `1.2.3` (assumed).
fn short(version: &str) -> String {
    let groups: Vec<&str> = version
        .split('.')
        .map(|group| match group.trim_start_matches('0') {
            "" => "0",
            short => short,
        })
        .collect();
    match groups.as_slice() {
        [major, minor, "0"] => format!("{major}.{minor}"),
        all => all.join("."),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_in_sentences() {
        assert_eq!(super::short("01.02.0000"), "1.2");
        assert_eq!(super::short("01.00.0013"), "1.0.13");
    }
}
