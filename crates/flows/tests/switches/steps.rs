//! The commands of a case, one after the other, each held against what was expected of it.

use std::path::Path;

use ferry_core::ids::ObjectName;
use ferry_core::job::ImportMode;
use ferry_core::model::Tracing;
use ferry_flows::{ArchiveSource, Environment, ExportRequest, ImportRequest, export, import};
use ferry_oic::IntegrationRef;

use crate::account::Account;
use crate::case::Case;
use crate::connections;
use crate::expect::{Expectation, expect};
use crate::findings::Findings;
use crate::load::{self, ACTIVE, LOCKED};
use crate::stand::{SPEED, Stand};

/// The name that the import of a case is given.
const NAME: &str = "before the release";

/// Runs the commands of a case on an emulator of its own, and tells what went otherwise than expected.
pub(crate) async fn run(case: &Case, loads: &Path) -> Vec<String> {
    let expected = match expect(case) {
        Ok(expected) => expected,
        Err(why) => return vec![why],
    };
    let stand = Stand::start(case, &load::folder(loads, case.generation)).await;
    let mut findings = Findings::default();
    put_in_the_way(&stand).await;
    let account = Account::before(&stand).await;
    if let Some(archive) = exported(&stand, case, &expected, &mut findings).await {
        let archive = ArchiveSource::Object {
            environment: Some(stand.test.name.clone()),
            name: archive,
        };
        let (target, archive) = imported(&stand, case, &archive, &expected, &mut findings).await;
        account
            .after_import(&stand, target, &expected, &mut findings)
            .await;
        connections::update(target, &expected, &mut findings).await;
        let request = ImportRequest {
            mode: ImportMode::ActivateOnly,
            start_schedules: true,
            schedule_params: true,
            ..importing(case, archive)
        };
        let outcome = import(&stand.context, target, None, &request).await;
        findings.ended("activate", &expected.activate, &outcome);
        account
            .at_the_end(&stand, target, &expected, &mut findings)
            .await;
    }
    stand.stop().await;
    findings.0
}

/// Makes one integration of `prod` active, and idles and locks another one.
async fn put_in_the_way(stand: &Stand) {
    let instance = &stand.prod.instance;
    let there = instance.integrations().await.unwrap();
    let one = |id: &str| {
        let found = there.iter().find(|one| one.id.to_string() == id).unwrap();
        IntegrationRef {
            id: found.id.clone(),
            project: found.project.clone(),
        }
    };
    let active = one(ACTIVE);
    instance
        .activate(&active, Tracing::default())
        .await
        .unwrap();
    while instance.activation_status(&active).await.unwrap() != "ACTIVATED" {
        tokio::time::sleep(stand.prod.polling.min).await;
    }
    instance.deactivate(&one(LOCKED)).await.unwrap();
    stand.control.lock("prod", LOCKED).await;
}

/// Exports the source, once into a bucket that is not its own. `None`: there is no archive.
async fn exported(
    stand: &Stand,
    case: &Case,
    expected: &Expectation,
    findings: &mut Findings,
) -> Option<ObjectName> {
    let request = exporting(case);
    let outcome = export(&stand.context, &stand.elsewhere, &request).await;
    findings.ended("export elsewhere", &expected.elsewhere, &outcome);
    let outcome = export(&stand.context, &stand.test, &request).await;
    findings.ended("export", &expected.export, &outcome);
    let archive = outcome.ok()?.archive?;
    Some(archive.name.parse().unwrap())
}

/// Imports without activating: into `prod` while it is being exported, then alone, and into `spare` where `prod` refuses.
/// Gives the instance that the archive is in now, and the archive in its bucket.
async fn imported<'a>(
    stand: &'a Stand,
    case: &Case,
    archive: &ArchiveSource,
    expected: &Expectation,
    findings: &mut Findings,
) -> (&'a Environment, ArchiveSource) {
    let Stand {
        context,
        control,
        prod,
        spare,
        ..
    } = stand;
    let holder = Some(&stand.test.storage);
    let backup = exporting(case);
    let named = ImportRequest {
        name: Some(NAME.parse().unwrap()),
        ..importing(case, archive.clone())
    };

    // While time stands still no job ends, however slow this machine is.
    control.speed(0.0).await;
    let begun = ExportRequest {
        no_wait: true,
        ..backup.clone()
    };
    let outcome = export(context, prod, &begun).await;
    findings.check(
        outcome.as_ref().is_ok_and(|begun| begun.job.is_some()),
        || format!("backup: it did not begin: {outcome:?}"),
    );
    let begun = ImportRequest {
        no_wait: true,
        ..named.clone()
    };
    let outcome = import(context, prod, holder, &begun).await;
    findings.ended("import beside an export", &expected.beside, &outcome);
    control.speed(SPEED).await;

    let outcome = export(context, prod, &backup).await;
    findings.ended("backup", &expected.backup, &outcome);
    let mut outcome = import(context, prod, holder, &named).await;
    findings.ended("import", &expected.import, &outcome);
    if let Some(again) = &expected.again {
        let outcome = import(context, prod, holder, &named).await;
        findings.ended("import again", again, &outcome);
    }
    let mut target = prod;
    if let Some(into_spare) = &expected.spare {
        target = spare;
        outcome = import(context, spare, holder, &importing(case, archive.clone())).await;
        findings.ended("import into spare", into_spare, &outcome);
    }
    let placed = outcome.ok().and_then(|report| report.archive);
    let archive = placed.map_or_else(
        || archive.clone(),
        |placed| ArchiveSource::Object {
            environment: None,
            name: placed.name.parse().unwrap(),
        },
    );
    (target, archive)
}

fn exporting(case: &Case) -> ExportRequest {
    ExportRequest {
        security_artifacts: case.security_artifacts,
        ..ExportRequest::default()
    }
}

fn importing(case: &Case, archive: ArchiveSource) -> ImportRequest {
    ImportRequest {
        archive,
        mode: ImportMode::ImportOnly,
        security_artifacts: case.security_artifacts,
        start_schedules: false,
        schedule_params: false,
        name: None,
        description: None,
        no_wait: false,
        dry_run: false,
    }
}
