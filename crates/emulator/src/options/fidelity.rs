//! What is known of each switch: the table behind `docs/fidelity.md`.

use std::fmt;

use serde_json::Value;

use super::Switches;

/// One switch, and what its default rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its name, as [`Switches::set`] takes it.
    pub switch: &'static str,
    /// What it decides.
    pub meaning: &'static str,
    /// How well the default is known.
    pub standing: Standing,
    /// Where the default comes from.
    pub source: &'static str,
    /// Every other value that a flow is to be tested under.
    pub others: &'static [&'static str],
}

/// How well a default is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Stated in the documentation of the service.
    Documented,
    /// Seen in answers of a real service, or in programs that work with one.
    Seen,
    /// The likeliest of several: nothing published tells.
    Assumed,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Documented => "documented",
            Self::Seen => "seen",
            Self::Assumed => "assumed",
        })
    }
}

impl Row {
    /// The value in [`Switches::default`], as [`Switches::set`] takes it. None: no switch is named so.
    pub fn default_value(&self) -> Option<String> {
        let all = serde_json::to_value(Switches::default()).ok()?;
        Some(match all.get(self.switch)? {
            Value::String(text) => text.clone(),
            Value::Null => "none".to_owned(),
            other => other.to_string(),
        })
    }
}

/// Every switch, in the order of a job's life.
pub fn fidelity() -> &'static [Row] {
    ROWS
}

/// Real answers of the clone API, of which there is one published set.
const GEN2_ANSWERS: &str = "answers of a Gen2 instance, printed in CloneOICScripts";

const ROWS: &[Row] = &[
    Row {
        switch: "job-outcome",
        meaning: "the state in which jobs end; more may exist than were seen",
        standing: Standing::Seen,
        source: GEN2_ANSWERS,
        others: &["FAILED", "CANCELLED", "COMPLETED_WITH_ERRORS", "MYSTERY"],
    },
    Row {
        switch: "job-outcome-times",
        meaning: "how many of the first jobs end so, with their components; none: all",
        standing: Standing::Assumed,
        source: "no source",
        others: &["0", "1"],
    },
    Row {
        switch: "integration-component",
        meaning: "the state in which the component Integration ends; none: the job's",
        standing: Standing::Seen,
        source: GEN2_ANSWERS,
        others: &["CANCELLED", "FAILED"],
    },
    Row {
        switch: "process-component",
        meaning: "the state in which the component Process ends; none: the job's",
        standing: Standing::Seen,
        source: "answers of a Gen2 instance, printed in CloneOICScripts; CANCELLED was seen, too",
        others: &["CANCELLED", "FAILED"],
    },
    Row {
        switch: "job-seconds",
        meaning: "how long a job takes",
        standing: Standing::Seen,
        source: "answers of a Gen2 instance, printed in CloneOICScripts: 27 minutes for 29.7 MB",
        others: &["180", "3600"],
    },
    Row {
        switch: "archive-late-seconds",
        meaning: "how long after COMPLETED the archive is seen in the bucket",
        standing: Standing::Seen,
        source: "a Gen2 instance's answer and its bucket's listing, printed in CloneOICScripts",
        others: &["0", "60"],
    },
    Row {
        switch: "temporaries",
        meaning: "what a running export leaves in the bucket",
        standing: Standing::Assumed,
        source: "no source for names and content",
        others: &["valid-zips", "final-name"],
    },
    Row {
        switch: "listing-stale-seconds",
        meaning: "how far a listing lags behind the bucket",
        standing: Standing::Assumed,
        source: "no source for the Swift API; OpenStack Swift documents listings that lag",
        others: &["30", "600"],
    },
    Row {
        switch: "failed-frees-name",
        meaning: "whether the name of a failed job may be used again",
        standing: Standing::Assumed,
        source: "no source",
        others: &["false"],
    },
    Row {
        switch: "overlap",
        meaning: "whether an export and an import may run at once in an instance",
        standing: Standing::Assumed,
        source: "no source; one export and one import at a time are documented",
        others: &["false"],
    },
    Row {
        switch: "archive-has-zip-suffix",
        meaning: "whether Gen3 appends .zip to the archive's name",
        standing: Standing::Assumed,
        source: "no source; Gen2 was seen to, and Gen3's documented import names an archive without",
        others: &["false"],
    },
    Row {
        switch: "field-names",
        meaning: "how answers spell their fields: those of jobs, and with hyphens all",
        standing: Standing::Assumed,
        source: "answers of a Gen2 instance, printed in CloneOICScripts; no answer of Gen3 is known",
        others: &["archive-filename", "hyphenated", "status-only"],
    },
    Row {
        switch: "strict-mode-case",
        meaning: "whether the letter case of an import mode matters",
        standing: Standing::Assumed,
        source: "no source; Gen2 and Gen3 document different cases",
        others: &["true"],
    },
    Row {
        switch: "token-seconds",
        meaning: "how long a token lives, in real seconds",
        standing: Standing::Documented,
        source: "identity domains, client credentials (documented)",
        others: &["60"],
    },
    Row {
        switch: "activation-seconds",
        meaning: "how long an activation takes",
        standing: Standing::Assumed,
        source: "no source",
        others: &["0", "600"],
    },
    Row {
        switch: "activation-tracing",
        meaning: "whether an activation takes tracing flags, in fields that are spelled as those of an integration; else nothing is traced",
        standing: Standing::Assumed,
        source: "no source for the request; the fields are documented for answers",
        others: &["false"],
    },
    Row {
        switch: "import-connection-values",
        meaning: "what an import does to connection values: the archive's come in, what is there keeps its own, or all are drafts",
        standing: Standing::Assumed,
        source: "no source for what is there; that endpoints and passwords travel is documented for Classic",
        others: &["keep", "draft"],
    },
    Row {
        switch: "import-active",
        meaning: "what an import does to an integration that is active",
        standing: Standing::Assumed,
        source: "no source; imports of packages and single integrations are documented to be refused then",
        others: &["replace", "fail"],
    },
    Row {
        switch: "import-existing",
        meaning: "what an import does to an integration that is there and not active",
        standing: Standing::Assumed,
        source: "no source",
        others: &["skip", "fail"],
    },
    Row {
        switch: "start-status",
        meaning: "the status that tells that a job was started",
        standing: Standing::Assumed,
        source: "documented are 200 and 202, not which of them when",
        others: &["200"],
    },
    Row {
        switch: "job-ids",
        meaning: "the form of job ids",
        standing: Standing::Assumed,
        source: "decimal ids were seen on Gen2; no id of Gen3 is known",
        others: &["decimal", "uuid"],
    },
    Row {
        switch: "percentages",
        meaning: "whether job answers tell percentages, of the job (Gen3) and of its components",
        standing: Standing::Assumed,
        source: "told by a Gen2 instance, printed in CloneOICScripts; no answer of Gen3 is known",
        others: &["false"],
    },
    Row {
        switch: "start-schedules-field",
        meaning: "the request field by which an import is asked to start schedules",
        standing: Standing::Assumed,
        source: "no source; the field is so spelled in an answer of a Gen2 instance",
        others: &["startSchedule", "start-schedules"],
    },
    Row {
        switch: "security-default",
        meaning: "whether security artifacts go along when the request does not say (Gen3)",
        standing: Standing::Assumed,
        source: "no source",
        others: &["true"],
    },
    Row {
        switch: "storage-info-optional",
        meaning: "whether a request without storage uses the instance's own settings (Gen3)",
        standing: Standing::Assumed,
        source: "no source; the field is documented in every example",
        others: &["true"],
    },
    Row {
        switch: "archive-layout",
        meaning: "how the inside of an archive is laid out",
        standing: Standing::Assumed,
        source: "no source",
        others: &["flat", "expanded", "opaque"],
    },
    Row {
        switch: "error-bodies",
        meaning: "the form of error bodies",
        standing: Standing::Assumed,
        source: "JSON was seen in programs that work with the service; a proxy before it may answer with HTML",
        others: &["html"],
    },
    Row {
        switch: "failed-test",
        meaning: "how a failed connection test is told",
        standing: Standing::Assumed,
        source: "no source; only a successful test's answer is known",
        others: &["refused"],
    },
    Row {
        switch: "replaced-status",
        meaning: "the status that tells that an integration was replaced",
        standing: Standing::Assumed,
        source: "documented for a new integration (204); no source for replacing",
        others: &["200"],
    },
    Row {
        switch: "import-locked",
        meaning: "what an import does to an integration, or to the values of a connection, that somebody has locked",
        standing: Standing::Assumed,
        source: "no source; imports of packages are documented to be refused then",
        others: &["replace", "fail"],
    },
    Row {
        switch: "store-dialect",
        meaning: "which dialect of Swift the store speaks: that of Object Storage, or OpenStack's with tokens, large objects and access lists",
        standing: Standing::Assumed,
        source: "Basic authentication is documented for Object Storage; no source for the rest of its dialect",
        others: &["upstream"],
    },
    Row {
        switch: "etag",
        meaning: "what an object's ETag is",
        standing: Standing::Assumed,
        source: "the MD5 in OpenStack Swift; no source for large uploads to Object Storage",
        others: &["opaque"],
    },
    Row {
        switch: "store-errors",
        meaning: "the form of the store's error bodies; none: as the dialect has it, native or html",
        standing: Standing::Assumed,
        source: "documented for the native API; no source for the Swift API",
        others: &["html"],
    },
    Row {
        switch: "store-listings",
        meaning: "the form of a listing that asks for none; none: as the dialect has it, json or text",
        standing: Standing::Assumed,
        source: "JSON was seen in a program that works with Object Storage, which asks for it",
        others: &["text"],
    },
    Row {
        switch: "store-large-objects",
        meaning: "whether manifests join objects; none: as the dialect has it",
        standing: Standing::Assumed,
        source: "no source for Object Storage; OpenStack Swift was seen to",
        others: &["true"],
    },
    Row {
        switch: "store-copies",
        meaning: "whether the store copies objects by itself; none: as the dialect has it",
        standing: Standing::Assumed,
        source: "no source for Object Storage; OpenStack Swift was seen to",
        others: &["true"],
    },
    Row {
        switch: "store-bulk",
        meaning: "whether many objects are deleted by one request; none: as the dialect has it",
        standing: Standing::Assumed,
        source: "no source for Object Storage; OpenStack Swift was seen to",
        others: &["true"],
    },
    Row {
        switch: "store-ranges",
        meaning: "whether several ranges of one request are answered; none: as the dialect has it",
        standing: Standing::Assumed,
        source: "no source for Object Storage; OpenStack Swift was seen to",
        others: &["true"],
    },
    Row {
        switch: "store-info",
        meaning: "whether the store answers /info; none: as the dialect has it",
        standing: Standing::Assumed,
        source: "no source for Object Storage; documented for OpenStack Swift",
        others: &["true"],
    },
    Row {
        switch: "store-page",
        meaning: "how many names a page of a listing has at most",
        standing: Standing::Assumed,
        source: "10,000 in OpenStack Swift; 1,000 is documented for the native API",
        others: &["1000", "3"],
    },
    Row {
        switch: "store-checks-etag",
        meaning: "whether a PUT whose ETag is not its content's MD5 is refused",
        standing: Standing::Assumed,
        source: "no source for Object Storage; OpenStack Swift was seen to",
        others: &["false"],
    },
    Row {
        switch: "store-chunked",
        meaning: "whether a PUT may come without a length",
        standing: Standing::Assumed,
        source: "no source for Object Storage; OpenStack Swift was seen to",
        others: &["false"],
    },
    Row {
        switch: "store-forbidden",
        meaning: "the status of a request for a bucket that the user may not use",
        standing: Standing::Assumed,
        source: "no source for the Swift API; 404 is documented for the native API, 403 is OpenStack Swift's",
        others: &["403"],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_switch_has_one_row_and_every_row_a_switch() {
        let all = serde_json::to_value(Switches::default()).unwrap();
        let switches: BTreeSet<&str> = all
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let rows: BTreeSet<&str> = fidelity().iter().map(|row| row.switch).collect();
        assert_eq!(rows, switches);
        assert_eq!(rows.len(), fidelity().len(), "a switch has two rows");
    }

    #[test]
    fn the_default_is_told_as_it_is_set() {
        for row in fidelity() {
            let mut switches = Switches::default();
            switches
                .set(row.switch, &row.default_value().unwrap())
                .unwrap();
            assert_eq!(switches, Switches::default(), "{}", row.switch);
        }
    }

    #[test]
    fn every_other_value_is_one() {
        for row in fidelity() {
            assert!(!row.others.is_empty(), "{}", row.switch);
            let mut seen = vec![Switches::default()];
            for other in row.others {
                let mut switches = Switches::default();
                switches.set(row.switch, other).unwrap();
                assert!(!seen.contains(&switches), "{}={other}", row.switch);
                seen.push(switches);
            }
        }
    }
}
