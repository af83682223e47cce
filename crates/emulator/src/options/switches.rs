//! The switches: everything the emulator assumes about services that were never seen.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::values::{
    ArchiveLayout, ConnectionValues, ErrorBodies, Etag, FailedTest, FieldNames, JobIds, OnImport,
    StoreDialect, StoreErrors, StoreListings, Temporaries,
};

/// A page of a listing, as OpenStack Swift has it.
const PAGE: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// Assumptions about the services. Each is one key, kebab-case; a dot may stand for any of the hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent assumption with a name of its own"
)]
pub struct Switches {
    /// How jobs end: any text. `MYSTERY` and other unknown states stay for ever.
    pub job_outcome: String,
    /// How many of the first jobs end so; the rest complete. None: all.
    pub job_outcome_times: Option<u32>,
    /// The state in which the component `integration` ends; none: the job's.
    pub integration_component: Option<String>,
    /// The state in which the component `process` ends; none: the job's.
    pub process_component: Option<String>,
    /// The virtual seconds that a job takes.
    pub job_seconds: u64,
    /// Virtual seconds from a job's COMPLETED until its archive is seen in the bucket.
    pub archive_late_seconds: u64,
    /// What a running export leaves in the bucket.
    pub temporaries: Temporaries,
    /// Listings show the bucket as it was so many virtual seconds ago.
    pub listing_stale_seconds: u64,
    /// Whether the name of a failed job may be used again.
    pub failed_frees_name: bool,
    /// Whether an export and an import may run at once in an instance.
    pub overlap: bool,
    /// Whether an archive's name ends in `.zip`.
    pub archive_has_zip_suffix: bool,
    /// How job answers spell their fields.
    pub field_names: FieldNames,
    /// Whether the letter case of an import mode matters.
    pub strict_mode_case: bool,
    /// The real seconds that a token lives.
    pub token_seconds: u64,
    /// The virtual seconds that an activation takes.
    pub activation_seconds: u64,
    /// Whether an activation takes the tracing flags of its request.
    pub activation_tracing: bool,
    /// What an import does to the values of connections.
    pub import_connection_values: ConnectionValues,
    /// What an import does to an integration that is active.
    pub import_active: OnImport,
    /// What an import does to an integration that is there and not active.
    pub import_existing: OnImport,
    /// The status that tells that a job was started: 202 or 200.
    pub start_status: u16,
    /// The form of job ids.
    pub job_ids: JobIds,
    /// Whether job answers tell percentages.
    pub percentages: bool,
    /// The request field by which an import is asked to start schedules; any letter case.
    pub start_schedules_field: String,
    /// Whether an export takes security artifacts along, and an import takes them in, when the request does not say.
    pub security_default: bool,
    /// Whether a job may use the instance's own storage settings, where the request names no storage (Gen3).
    pub storage_info_optional: bool,
    /// How the inside of an archive is laid out.
    pub archive_layout: ArchiveLayout,
    /// The form of error bodies.
    pub error_bodies: ErrorBodies,
    /// How a failed connection test is told.
    pub failed_test: FailedTest,
    /// The status that tells that an integration was replaced: 204 or 200.
    pub replaced_status: u16,
    /// What an import does to an integration or the values of a connection that somebody has locked.
    pub import_locked: OnImport,
    /// Which dialect of Swift the store speaks.
    pub store_dialect: StoreDialect,
    /// What an object's `ETag` is.
    pub etag: Etag,
    /// The form of the store's error bodies; none: as the dialect has it, and so with those of the next ones that may be
    /// none.
    pub store_errors: Option<StoreErrors>,
    /// The form of a listing that asks for none.
    pub store_listings: Option<StoreListings>,
    /// Whether manifests join objects.
    pub store_large_objects: Option<bool>,
    /// Whether the store copies objects by itself.
    pub store_copies: Option<bool>,
    /// Whether it deletes many objects by one request.
    pub store_bulk: Option<bool>,
    /// Whether it answers several ranges of one request.
    pub store_ranges: Option<bool>,
    /// Whether it answers `/info`.
    pub store_info: Option<bool>,
    /// How many names a page of a listing has at most.
    pub store_page: NonZeroUsize,
    /// Whether a PUT whose `ETag` is not its content's MD5 is refused.
    pub store_checks_etag: bool,
    /// Whether a PUT may come without a length.
    pub store_chunked: bool,
    /// The status of a request for a bucket that the user may not use: 404, as the native API has it, or 403.
    pub store_forbidden: u16,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            job_outcome: "COMPLETED".to_owned(),
            job_outcome_times: None,
            integration_component: None,
            process_component: None,
            job_seconds: 27 * 60,
            archive_late_seconds: 5,
            temporaries: Temporaries::Suffix,
            listing_stale_seconds: 0,
            failed_frees_name: true,
            overlap: true,
            archive_has_zip_suffix: true,
            field_names: FieldNames::Documented,
            strict_mode_case: false,
            token_seconds: 3600,
            activation_seconds: 20,
            activation_tracing: true,
            import_connection_values: ConnectionValues::Replace,
            import_active: OnImport::Skip,
            import_existing: OnImport::Replace,
            start_status: 202,
            job_ids: JobIds::Generation,
            percentages: true,
            start_schedules_field: "startSchedules".to_owned(),
            security_default: false,
            storage_info_optional: false,
            archive_layout: ArchiveLayout::Nested,
            error_bodies: ErrorBodies::Json,
            failed_test: FailedTest::Answered,
            replaced_status: 204,
            import_locked: OnImport::Skip,
            store_dialect: StoreDialect::Oci,
            etag: Etag::Md5,
            store_errors: None,
            store_listings: None,
            store_large_objects: None,
            store_copies: None,
            store_bulk: None,
            store_ranges: None,
            store_info: None,
            store_page: PAGE,
            store_checks_etag: true,
            store_chunked: true,
            store_forbidden: 404,
        }
    }
}

/// Why a switch could not be set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SwitchError {
    /// No such switch.
    #[error("no switch is named {name}; there are {}", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The switch does not take this value.
    #[error("the switch {name} does not take {value}")]
    Value {
        /// The switch.
        name: String,
        /// The value.
        value: String,
        /// Why not.
        source: serde_json::Error,
    },
}

impl Switches {
    /// Sets one switch by name, as in `--switch job.outcome=FAILED`. The value `none` empties an optional one.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SwitchError> {
        let key = name.replace(['.', '_'], "-");
        let invalid = |source| SwitchError::Value {
            name: key.clone(),
            value: value.to_owned(),
            source,
        };
        let mut all = match serde_json::to_value(&*self).map_err(invalid)? {
            Value::Object(all) => all,
            _ => serde_json::Map::new(),
        };
        if !all.contains_key(&key) {
            return Err(SwitchError::Unknown {
                name: name.to_owned(),
                known: all.keys().cloned().collect(),
            });
        }
        // A number or truth value where one fits, else a text: the fields' types decide.
        let texts = [
            Value::String(value.to_owned()),
            match value {
                "none" => Value::Null,
                _ => serde_json::from_str(value).unwrap_or(Value::Null),
            },
        ];
        let mut last = None;
        for candidate in texts.into_iter().rev() {
            if candidate.is_null() && value != "none" {
                continue;
            }
            all.insert(key.clone(), candidate);
            match serde_json::from_value(Value::Object(all.clone())) {
                Ok(switches) => {
                    *self = switches;
                    return Ok(());
                }
                Err(error) => last = Some(error),
            }
        }
        match last {
            Some(source) => Err(invalid(source)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_every_kind_by_name() {
        let mut switches = Switches::default();
        switches.set("job.outcome", "FAILED").unwrap();
        switches.set("job-outcome-times", "2").unwrap();
        switches.set("temporaries", "valid-zips").unwrap();
        switches.set("overlap", "false").unwrap();
        switches.set("process.component", "CANCELLED").unwrap();
        assert_eq!(switches.job_outcome, "FAILED");
        assert_eq!(switches.job_outcome_times, Some(2));
        assert_eq!(switches.temporaries, Temporaries::ValidZips);
        assert!(!switches.overlap);
        assert_eq!(switches.process_component.as_deref(), Some("CANCELLED"));
        switches.set("process.component", "none").unwrap();
        assert_eq!(switches.process_component, None);
    }

    #[test]
    fn explains_what_it_does_not_take() {
        let mut switches = Switches::default();
        let unknown = switches.set("job.colour", "red").unwrap_err().to_string();
        assert!(unknown.contains("job-outcome"), "{unknown}");
        assert!(switches.set("job.seconds", "soon").is_err());
        assert!(switches.set("overlap", "maybe").is_err());
        assert_eq!(switches, Switches::default());
    }
}
