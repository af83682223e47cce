//! What the service's own activation job may be asked for: it activates all that was active in the source, and cannot
//! leave single ones out.

use serde::{Deserialize, Serialize};

use super::value::{Fate, Plan, PlannedIntegration, Skip};
use crate::overrides::Overrides;

/// Who activates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivateBy {
    /// The promotion, integration by integration.
    #[default]
    Integration,
    /// The service's own job.
    Job,
}

impl ActivateBy {
    /// As it is asked for.
    pub fn word(self) -> &'static str {
        match self {
            Self::Integration => "integration",
            Self::Job => "job",
        }
    }
}

impl Plan {
    /// What a job would activate against this plan: an older version, in the place of the newer one that is active.
    pub fn against_a_job(&self) -> impl Iterator<Item = &PlannedIntegration> {
        let is_older = |fate: &Fate| matches!(fate, Fate::Skipped(Skip::Older { .. }));
        self.integrations
            .iter()
            .filter(move |one| is_older(&one.fate))
    }

    /// Whether the job may start the schedules besides: some are to start, none is given parameters before, and none
    /// of the others could start with them.
    pub fn job_may_start_schedules(&self, overrides: &Overrides) -> bool {
        let starts = |runs: Option<bool>| runs == Some(true);
        let is_set = |project: Option<&str>, code: &str, version: &str| {
            !overrides.parameters(project, code, version).is_empty()
        };
        let is_active = |one: &PlannedIntegration| {
            let there = one.there.as_ref();
            there.is_some_and(|there| there.status == "ACTIVATED")
        };
        self.schedules.iter().any(|one| starts(one.runs))
            && self.schedules.iter().all(|one| {
                let (code, version) = (one.id.code.as_str(), one.id.version.as_str());
                starts(one.runs) && !is_set(one.project.as_deref(), code, version)
            })
            && !self.integrations.iter().any(is_active)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(integrations: &serde_json::Value, schedules: &serde_json::Value) -> Plan {
        let value = json!({
            "source": {"name": "bucket:test/a.zip", "origin": "archive"}, "target": "prod",
            "integrations": integrations, "turned-off": [], "connections": [], "lacking": [],
            "schedules": schedules, "live": [], "not-checkable": [], "unknown": [],
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn an_older_version_would_take_the_place_of_the_newer() {
        let all = json!([
            {"id": "A|01.00.0000", "fate": "new", "activate": true},
            {"id": "B|01.00.0000", "fate": {"skipped": {"older": {"than": "B|01.00.0001"}}}, "activate": false},
            {"id": "C|01.00.0000", "fate": {"skipped": "locked"}, "activate": false},
        ]);
        let plan = plan(&all, &json!([]));
        let against: Vec<String> = plan.against_a_job().map(|one| one.id.to_string()).collect();
        assert_eq!(against, ["B|01.00.0000"]);
    }

    #[test]
    fn schedules_are_the_jobs_where_all_that_could_start_are_to_start() {
        let new = json!([{"id": "A|01.00.0000", "fate": "new", "activate": true}]);
        let active = json!([{"id": "A|01.00.0000", "fate": "unchanged", "activate": false,
            "there": {"status": "ACTIVATED", "locked": false}}]);
        let run = json!([{"id": "A|01.00.0000", "runs": true}]);
        let nobody_tells = json!([{"id": "A|01.00.0000"}]);
        let none = Overrides::default();
        assert!(plan(&new, &run).job_may_start_schedules(&none));
        assert!(!plan(&new, &json!([])).job_may_start_schedules(&none));
        assert!(!plan(&new, &nobody_tells).job_may_start_schedules(&none));
        assert!(!plan(&active, &run).job_may_start_schedules(&none));
        let stated = json!({"schedules": {"A": {"parameters": {"since": "2026-01-01"}}}});
        let stated: Overrides = serde_json::from_value(stated).unwrap();
        assert!(!plan(&new, &run).job_may_start_schedules(&stated));
    }
}
