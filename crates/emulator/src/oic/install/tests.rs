use super::*;
use crate::generate::{self, IntegrationPlan};
use crate::load;
use crate::oic::model::Status;
use crate::options::{ArchiveLayout, Load, OnImport};
use crate::store::Store;

const INVOICE: &str = "INVOICE_POST|01.00.0000";
const SYNC: &str = "CUSTOMER_SYNC|01.00.0000";

/// The demonstration's `test` as an archive, and its `prod`.
fn demo() -> (Blobs, BlobId, Instance) {
    let mut blobs = Blobs::temporary().unwrap();
    let mut rng = fastrand::Rng::with_seed(1);
    let now = Timestamp::UNIX_EPOCH;
    let mut store = Store::default();
    let (oic, _) = load::load(&Load::Demo, &mut blobs, &mut store, &mut rng, now).unwrap();
    let mut instances = oic.instances.into_iter();
    let test = instances.next().unwrap();
    let layout = ArchiveLayout::Nested;
    let archive = archive::write(&test, &mut blobs, all(), layout, "seed", now).unwrap();
    (blobs, archive, instances.next().unwrap())
}

fn all() -> Choice {
    Choice {
        integration: true,
        process: true,
        security: true,
    }
}

fn import(
    instance: &mut Instance,
    blobs: &mut Blobs,
    content: &BlobId,
    switches: &Switches,
) -> (Report, Result<(), String>) {
    let settings = Settings {
        schedule_params: false,
        switches,
        choice: all(),
        archive: "x.zip",
        now: Timestamp::UNIX_EPOCH,
    };
    let mut report = Report::default();
    let done = archive(instance, blobs, content, &settings, &mut report);
    (report, done)
}

fn line<'a>(report: &'a Report, id: &str) -> &'a Line {
    report.lines.iter().find(|l| l.id == id).unwrap()
}

/// What the bytes of an artifact hold: digests of integrations by id.
fn held(instance: &Instance, blobs: &Blobs, path: &str) -> BTreeMap<String, String> {
    let artifact = &instance.artifacts[path];
    let bytes = blobs.bytes(&artifact.blob).unwrap();
    let blob = artifact.blob.clone();
    let read = Read::new(path.to_owned(), artifact.kind, blob, &bytes).unwrap();
    let facts = read.integrations().into_iter();
    let held: BTreeMap<String, String> = facts.map(|f| (f.id(), f.digest.clone())).collect();
    assert!(held.keys().eq(&artifact.integrations), "{path}");
    held
}

#[test]
fn locked_integrations_are_left_or_replaced_or_fail_the_job() {
    for policy in [OnImport::Skip, OnImport::Replace, OnImport::Fail] {
        let (mut blobs, content, mut prod) = demo();
        let who = "somebody@example.com";
        let before = held(&prod, &blobs, "packages/acme.customer.par")[SYNC].clone();
        prod.integration_mut(None, SYNC).unwrap().locked = Some(who.to_owned());
        let switches = Switches {
            import_locked: policy,
            ..Switches::default()
        };
        let (report, done) = import(&mut prod, &mut blobs, &content, &switches);
        let line = line(&report, SYNC);
        assert!(line.why.as_ref().unwrap().contains(who), "{line:?}");
        let members = held(&prod, &blobs, "packages/acme.customer.par");
        let own = prod.integration(None, SYNC).unwrap();
        assert_eq!(own.digest, members[SYNC]);
        assert_eq!(own.carrier, "packages/acme.customer.par");
        match policy {
            OnImport::Skip => {
                assert_eq!((line.outcome, members.len()), (Outcome::Skipped, 3));
                assert_eq!(members[SYNC], before);
                assert!(own.locked.is_some());
            }
            OnImport::Replace => {
                assert_eq!((line.outcome, members.len()), (Outcome::Replaced, 3));
                assert_ne!(members[SYNC], before);
                assert!(own.locked.is_none());
            }
            OnImport::Fail => {
                assert_eq!((line.outcome, members.len()), (Outcome::Failed, 1));
                assert!(done.unwrap_err().contains(SYNC));
            }
        }
    }
}

#[test]
fn the_stricter_of_two_policies_counts() {
    for (active, locked, expected) in [
        (OnImport::Replace, OnImport::Skip, Outcome::Skipped),
        (OnImport::Skip, OnImport::Replace, Outcome::Skipped),
        (OnImport::Fail, OnImport::Skip, Outcome::Failed),
        (OnImport::Replace, OnImport::Replace, Outcome::Replaced),
    ] {
        let (mut blobs, content, mut prod) = demo();
        let invoice = prod.integration_mut(Some("FINANCE"), INVOICE).unwrap();
        invoice.locked = Some("somebody@example.com".to_owned());
        invoice.status = Status::Activated;
        let switches = Switches {
            import_active: active,
            import_locked: locked,
            ..Switches::default()
        };
        let (report, _) = import(&mut prod, &mut blobs, &content, &switches);
        assert_eq!(line(&report, INVOICE).outcome, expected);
        let invoice = prod.integration(Some("FINANCE"), INVOICE).unwrap();
        let idle = expected == Outcome::Replaced;
        assert_eq!(invoice.status == Status::Configured, idle);
    }
}

#[test]
fn a_carrier_that_loses_one_of_its_integrations_goes_on_without_it() {
    let (mut blobs, _, mut prod) = demo();
    let mut rng = fastrand::Rng::with_seed(5);
    let now = Timestamp::UNIX_EPOCH;
    let mut load = |path: &str, bytes: &[u8], prod: &mut Instance, rules| {
        let blob = blobs.put(bytes).unwrap();
        let read = Read::new(path.to_owned(), Kind::Other, blob, bytes).unwrap();
        install(prod, &mut blobs, &read, rules, now).unwrap();
    };
    let plan = |code: &str, revision| {
        let mut plan = IntegrationPlan::new(code, "01.00.0000", code, &["CRM_SOAP"]);
        plan.revision = revision;
        plan
    };
    let two = generate::package(&mut rng, "p", &[plan("A", 1), plan("B", 1)]).unwrap();
    load("packages/p.par", &two, &mut prod, Rules::Load);
    let one = generate::integration(&mut rng, &plan("A", 2)).unwrap();
    load("integrations/A.iar", &one, &mut prod, Rules::Import);
    let left = held(&prod, &blobs, "packages/p.par");
    assert_eq!(left.keys().collect::<Vec<_>>(), ["B|01.00.0000"]);
    assert_eq!(held(&prod, &blobs, "integrations/A.iar").len(), 1);
    assert_eq!(
        prod.packages["p"].blob,
        prod.artifacts["packages/p.par"].blob
    );
}

#[test]
fn what_is_idle_and_not_in_the_archive_goes_with_its_project_and_what_is_active_stays() {
    for (status, outcome, members) in [
        (Status::Configured, Outcome::Removed, 3),
        (Status::Activated, Outcome::Skipped, 4),
    ] {
        let (mut blobs, content, mut prod) = demo();
        let mut rng = fastrand::Rng::with_seed(5);
        let mut own = IntegrationPlan::new("OWN", "01.00.0000", "Own", &["BILLING_API"]);
        own.active = status == Status::Activated;
        let mut invoice = IntegrationPlan::new("INVOICE_POST", "01.00.0000", "I", &["BILLING_API"]);
        invoice.active = false;
        let bytes = generate::project(&mut rng, "FINANCE", "Finance", &[own, invoice]).unwrap();
        let blob = blobs.put(&bytes).unwrap();
        let path = "projects/FINANCE.car".to_owned();
        let read = Read::new(path, Kind::Other, blob, &bytes).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        place::place(
            &mut prod,
            &mut blobs,
            &read,
            &Untouched::default(),
            Rules::Import,
            now,
        )
        .unwrap();
        let there = prod.integration_mut(Some("FINANCE"), "OWN|01.00.0000");
        there.unwrap().status = status;
        let (report, done) = import(&mut prod, &mut blobs, &content, &Switches::default());
        done.unwrap();
        assert_eq!(line(&report, "OWN|01.00.0000").outcome, outcome);
        let held = held(&prod, &blobs, "projects/FINANCE.car");
        assert_eq!(held.len(), members);
        assert_eq!(prod.integrations.of(Some("FINANCE")).count(), members);
    }
}
