//! How each command of a case is to end, and what is to be there afterwards: written from what the switches mean, not
//! from what came out.

use std::collections::BTreeMap;

use ferry_core::exit::Exit;
use ferry_core::job::Generation;

use crate::case::Case;

/// Values that must show in nothing that these commands do.
const NO_MATTER: &[(&str, &[&str])] = &[
    // Only the archive's own name counts, and what is read under it.
    ("temporaries", &["suffix", "valid-zips", "final-name"]),
    ("listing-stale-seconds", &["0", "30", "600"]),
    ("archive-has-zip-suffix", &["true", "false"]),
    ("etag", &["md5", "opaque"]),
    ("store-dialect", &["oci", "upstream"]),
    // Each generation is sent its own spelling, and every order says what it wants and where.
    ("strict-mode-case", &["true", "false"]),
    ("security-default", &["true", "false"]),
    ("storage-info-optional", &["true", "false"]),
    // Answers are read in every form.
    ("start-status", &["200", "202"]),
    ("job-ids", &["generation", "decimal", "uuid"]),
    ("percentages", &["true", "false"]),
    // Activations by REST are waited for; an import activates in its own time.
    ("activation-seconds", &["0", "20", "600"]),
    // And none asks for tracing.
    ("activation-tracing", &["true", "false"]),
    // An archive is carried, and not looked into beyond its being whole.
    ("archive-layout", &["nested", "flat", "expanded", "opaque"]),
    // No command here sends a single integration, or asks for /info.
    ("replaced-status", &["200", "204"]),
    ("store-info", &["none", "true"]),
    // Every error is told by its status, every listing asks for its form and goes on to its end, and no command here
    // uses more of the store than objects.
    ("store-errors", &["none", "html"]),
    ("store-listings", &["none", "text"]),
    ("store-page", &["10000", "1000", "3"]),
    ("store-large-objects", &["none", "true"]),
    ("store-copies", &["none", "true"]),
    ("store-bulk", &["none", "true"]),
    ("store-ranges", &["none", "true"]),
    ("store-checks-etag", &["true", "false"]),
    ("store-chunked", &["true", "false"]),
];

/// How a command is to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) exit: Exit,
    /// Of each of these lists, something is to be told.
    pub(crate) says: Vec<Vec<&'static str>>,
}

impl End {
    fn of(exit: Exit) -> Self {
        Self {
            exit,
            says: Vec::new(),
        }
    }

    fn saying(mut self, one_of: &[&'static str]) -> Self {
        self.says.push(one_of.to_vec());
        self
    }
}

/// What an import does to what is in its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Replace,
    Skip,
    Fail,
}

impl Policy {
    fn read(value: &str) -> Option<Self> {
        match value {
            "replace" => Some(Self::Replace),
            "skip" => Some(Self::Skip),
            "fail" => Some(Self::Fail),
            _ => None,
        }
    }

    /// What the job's report tells of an integration under this policy.
    pub(crate) fn outcome(self, installed: bool) -> &'static str {
        match (self, installed) {
            (Self::Replace, true) => "replaced",
            (Self::Fail, _) => "failed",
            // Where the job fails for another one, this one stays as well.
            (Self::Skip, _) | (Self::Replace, false) => "skipped",
        }
    }
}

/// Whose values a connection has after an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Values {
    Source,
    Own,
    Draft,
}

/// How a case is to go.
#[derive(Debug)]
pub(crate) struct Expectation {
    /// An export into the bucket of somebody else.
    pub(crate) elsewhere: End,
    pub(crate) export: End,
    /// An export of the target, begun before the import and waited for later.
    pub(crate) backup: End,
    /// The import, begun while that export runs, and not waited for.
    pub(crate) beside: End,
    /// The import, once that export has ended.
    pub(crate) import: End,
    /// The same import once more, under the same name, where it failed.
    pub(crate) again: Option<End>,
    /// The import into an empty instance, where the other one is refused for good.
    pub(crate) spare: Option<End>,
    pub(crate) activate: End,
    /// For an integration that is there and idle, active, locked.
    pub(crate) existing: Policy,
    pub(crate) active: Policy,
    pub(crate) locked: Policy,
    /// Of a connection that the archive and the target hold.
    pub(crate) values: Values,
    /// Whether a failed test is an answer, not an error.
    pub(crate) tests_are_answered: bool,
    /// Whether certificates and role memberships come along.
    pub(crate) security: bool,
    /// Whether the schedule that runs in the source is started.
    pub(crate) schedules: bool,
    /// How many jobs of each kind each instance has begun.
    pub(crate) jobs: BTreeMap<(&'static str, &'static str), usize>,
}

impl Expectation {
    /// Whether the import into the instance that is not empty succeeds.
    pub(crate) fn installs(&self) -> bool {
        self.spare.is_none()
    }
}

/// How this case is to go.
///
/// # Errors
///
/// A switch or a value whose meaning is not written here.
pub(crate) fn expect(case: &Case) -> Result<Expectation, String> {
    let means = Meaning::of(case)?;
    let gen3 = case.generation == Generation::Gen3;
    let policies = [means.existing, means.active, means.locked];
    let refused = policies.contains(&Policy::Fail);
    // Only Gen3 names jobs, so only there a name can be taken.
    let taken = gen3 && !means.failed_frees_name;
    let mut jobs = Jobs {
        means: &means,
        gen3,
        begun: BTreeMap::new(),
    };

    let elsewhere = End::of(means.forbidden).saying(&["cannot list the bucket of test"]);
    let export = jobs.ends("test", "export");
    let backup = jobs.ends("prod", "export");
    let beside = if means.overlap {
        gen2_note(End::of(Exit::Done), gen3)
    } else {
        means.conflict("another job runs on prod")
    };
    let completed = jobs.ends("prod", "import");
    let (import, again, spare) = if refused {
        let again = if taken {
            means.conflict("is taken on prod")
        } else {
            jobs.ends("prod", "import");
            means.refused()
        };
        (
            means.refused(),
            Some(again),
            Some(jobs.ends("spare", "import")),
        )
    } else {
        (completed, None, None)
    };
    let home = if refused { "spare" } else { "prod" };
    let activate = means.schedules(jobs.ends(home, "import"));
    let values = match means.values {
        // What is not there yet has nothing of its own to keep.
        Values::Own if refused => Values::Source,
        values => values,
    };
    Ok(Expectation {
        elsewhere,
        export,
        backup,
        beside,
        import,
        again,
        spare,
        activate,
        existing: means.existing,
        active: means.active,
        locked: means.locked,
        values,
        tests_are_answered: means.tests_are_answered,
        // Gen2 knows no order without them.
        security: !gen3 || case.security_artifacts,
        schedules: means.schedules_start,
        jobs: jobs.begun,
    })
}

/// What the values of a case mean.
struct Meaning {
    /// How a bucket that the user may not use ends a command.
    forbidden: Exit,
    /// How many of the first jobs end as `job-outcome` says; `None`: all.
    times: Option<usize>,
    /// Whether those end in part.
    in_part: bool,
    failed_frees_name: bool,
    overlap: bool,
    /// Whether answers about jobs tell more than a state.
    told: bool,
    /// Whether errors come without the service's words.
    pages: bool,
    values: Values,
    existing: Policy,
    active: Policy,
    locked: Policy,
    schedules_start: bool,
    tests_are_answered: bool,
}

impl Meaning {
    fn of(case: &Case) -> Result<Self, String> {
        let mut means = Self {
            forbidden: Exit::No,
            times: None,
            in_part: false,
            failed_frees_name: true,
            overlap: true,
            told: true,
            pages: false,
            values: Values::Source,
            existing: Policy::Replace,
            active: Policy::Skip,
            locked: Policy::Skip,
            schedules_start: true,
            tests_are_answered: true,
        };
        for (switch, value) in &case.turned {
            means.take(switch, value).ok_or_else(|| {
                format!("{switch}={value} has no expectation: write in expect.rs what it means for the commands")
            })?;
        }
        Ok(means)
    }

    /// `None`: what the value means is not written here.
    fn take(&mut self, switch: &str, value: &str) -> Option<()> {
        match (switch, value) {
            ("job-outcome", "COMPLETED") => self.in_part = false,
            ("job-outcome", "COMPLETED_WITH_ERRORS") => self.in_part = true,
            ("job-outcome-times", "none") => self.times = None,
            ("job-outcome-times", times) => self.times = Some(times.parse().ok()?),
            ("failed-frees-name", flag) => self.failed_frees_name = flag.parse().ok()?,
            ("overlap", flag) => self.overlap = flag.parse().ok()?,
            ("field-names", "documented" | "archive-filename" | "hyphenated") => self.told = true,
            ("field-names", "status-only") => self.told = false,
            ("error-bodies", "json") => self.pages = false,
            ("error-bodies", "html") => self.pages = true,
            ("import-connection-values", "replace") => self.values = Values::Source,
            ("import-connection-values", "keep") => self.values = Values::Own,
            ("import-connection-values", "draft") => self.values = Values::Draft,
            ("import-existing", policy) => self.existing = Policy::read(policy)?,
            ("import-active", policy) => self.active = Policy::read(policy)?,
            ("import-locked", policy) => self.locked = Policy::read(policy)?,
            // The documented spelling is the one that is sent.
            ("start-schedules-field", "startSchedules") => self.schedules_start = true,
            ("start-schedules-field", "startSchedule" | "start-schedules") => {
                self.schedules_start = false;
            }
            ("failed-test", "answered") => self.tests_are_answered = true,
            ("failed-test", "refused") => self.tests_are_answered = false,
            // Told as if there were none, or as a refusal.
            ("store-forbidden", "404") => self.forbidden = Exit::No,
            ("store-forbidden", "403") => self.forbidden = Exit::Refused,
            _ if NO_MATTER
                .iter()
                .any(|(name, values)| *name == switch && values.contains(&value)) => {}
            _ => return None,
        }
        Some(())
    }

    /// Why a job may not start now. A page leaves it open, so the command cannot tell either.
    fn conflict(&self, why: &'static str) -> End {
        let end = End::of(Exit::Conflict);
        if self.pages {
            end.saying(&["prod did not start the import"])
                .saying(&["another job may run, or the name may be taken"])
        } else {
            end.saying(&[why])
        }
    }

    /// The job fails by a policy; the service says which, where its answers say anything.
    fn refused(&self) -> End {
        let end = End::of(Exit::JobFailed).saying(&["ended as FAILED"]);
        if !self.told {
            return end;
        }
        let reasons = [
            (self.existing, "it exists here"),
            (self.active, "it is active here"),
            (self.locked, "it is locked here"),
        ];
        let failing = reasons.iter().filter(|(policy, _)| *policy == Policy::Fail);
        end.saying(&failing.map(|(_, why)| *why).collect::<Vec<_>>())
    }

    /// An import that was to start schedules ends so, if not worse.
    fn schedules(&self, end: End) -> End {
        match (self.told, self.schedules_start) {
            (true, true) => end,
            (true, false) => End {
                exit: Exit::Partly,
                ..end
            }
            .saying(&["has not taken the order to start schedules"]),
            (false, _) => end.saying(&["does not tell whether it starts the schedules"]),
        }
    }
}

/// Counts jobs, as `job-outcome-times` does.
struct Jobs<'a> {
    means: &'a Meaning,
    gen3: bool,
    begun: BTreeMap<(&'static str, &'static str), usize>,
}

impl Jobs<'_> {
    /// How a command ends whose job is the next, if the job does not fail.
    fn ends(&mut self, instance: &'static str, kind: &'static str) -> End {
        let nth: usize = self.begun.values().sum();
        *self.begun.entry((instance, kind)).or_default() += 1;
        let turned = self.means.times.is_none_or(|times| nth < times);
        let end = if turned && self.means.in_part {
            End::of(Exit::Partly).saying(&["completed in part"])
        } else {
            End::of(Exit::Done)
        };
        gen2_note(end, self.gen3)
    }
}

fn gen2_note(end: End, gen3: bool) -> End {
    if gen3 { end } else { end.saying(&["is Gen2"]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, factors};

    fn case(turned: &[(&'static str, &str)]) -> Case {
        let factors = factors();
        let mut case = Case::of(1, &factors, &vec![0; factors.len()]);
        for (switch, value) in turned {
            case.turned.retain(|(name, _)| name != switch);
            case.turned.push((switch, (*value).to_owned()));
        }
        case
    }

    #[test]
    fn by_default_all_is_done() {
        let expected = expect(&case(&[])).unwrap();
        for end in [&expected.export, &expected.import, &expected.activate] {
            assert_eq!(end, &End::of(Exit::Done));
        }
        assert!(expected.installs() && expected.schedules);
        assert_eq!(expected.jobs[&("prod", "import")], 2);
    }

    #[test]
    fn what_is_turned_shows() {
        let expected = expect(&case(&[
            ("import-locked", "fail"),
            ("failed-frees-name", "false"),
            ("job-outcome", "COMPLETED_WITH_ERRORS"),
            ("job-outcome-times", "1"),
        ]))
        .unwrap();
        assert_eq!(expected.export.exit, Exit::Partly);
        assert_eq!(expected.backup.exit, Exit::Done);
        assert_eq!(expected.import.exit, Exit::JobFailed);
        assert_eq!(expected.again.as_ref().unwrap().exit, Exit::Conflict);
        assert_eq!(expected.jobs[&("prod", "import")], 1);
        assert_eq!(expected.jobs[&("spare", "import")], 2);
        assert!(!expected.installs());
    }

    #[test]
    fn a_value_of_no_known_meaning_is_told() {
        for (switch, value) in [
            ("etag", "sha1"),
            ("colour", "red"),
            ("import-active", "ask"),
        ] {
            let why = expect(&case(&[(switch, value)])).unwrap_err();
            assert!(why.contains(&format!("{switch}={value}")), "{why}");
        }
    }
}
