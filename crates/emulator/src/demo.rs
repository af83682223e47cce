//! The demonstration: `test`, `prod`, and `live`, which is protected and busy.

use crate::artifact::Unreadable;
use crate::generate::{self, File, IntegrationPlan, Plan};
use crate::load::{Settings, Source};

/// How many integrations `test` holds.
const TEST_SIZE: usize = 12;

/// The instances of the demonstration; equal seeds give equal bytes.
///
/// # Errors
///
/// An artifact could not be written.
pub(crate) fn sources(rng: &mut fastrand::Rng) -> Result<Vec<Source>, Unreadable> {
    Ok(vec![
        Source {
            name: "test".to_owned(),
            settings: Settings::default(),
            files: test(rng)?,
        },
        Source {
            name: "prod".to_owned(),
            settings: Settings::default(),
            files: prod(rng)?,
        },
        Source {
            name: "live".to_owned(),
            settings: Settings {
                protected: true,
                busy: true,
                ..Settings::default()
            },
            files: live(rng)?,
        },
    ])
}

fn test(rng: &mut fastrand::Rng) -> Result<Vec<File>, Unreadable> {
    let mut files = generate::generate(rng, TEST_SIZE, true)?;
    let roles = br#"{"ServiceAdministrator":["admin@example.com"],"ServiceDeveloper":["developer@example.com"]}"#;
    files.extend([
        (
            "lookups/Country_Codes.csv".to_owned(),
            generate::lookup_csv(),
        ),
        (
            "process/Approvals.expx".to_owned(),
            generate::opaque(rng, 4096),
        ),
        (
            "certificates/acme-root.pem".to_owned(),
            generate::certificate(rng),
        ),
        ("security/role-memberships.json".to_owned(), roles.to_vec()),
    ]);
    Ok(files)
}

/// An older part of what `test` holds, and something of its own. What a promotion must replace is idle; what is
/// active has an older version, so that an activation takes its place.
fn prod(rng: &mut fastrand::Rng) -> Result<Vec<File>, Unreadable> {
    let older = |code: &str, name: &str, version: &str, invokes: &[&'static str]| {
        let mut plan = IntegrationPlan::new(code, version, name, invokes);
        plan.revision = 0;
        plan
    };
    let stock = older(
        "STOCK_LEVELS",
        "Stock Levels",
        "01.00.0000",
        &["WAREHOUSE_DB"],
    );
    let mut invoice = older(
        "INVOICE_POST",
        "Invoice Post",
        "01.00.0000",
        &["BILLING_API"],
    );
    invoice.active = false;
    let mut sync = older(
        "CUSTOMER_SYNC",
        "Customer Sync",
        "01.00.0000",
        &["CRM_SOAP"],
    );
    sync.active = false;
    sync.package = Some("acme.customer".to_owned());
    let own = older(
        "PROD_HEARTBEAT",
        "Prod Heartbeat",
        "01.00.0000",
        &["STATUS_API"],
    );
    generate::make(
        rng,
        &[
            Plan::Integration(stock),
            Plan::Integration(own),
            Plan::Package {
                name: "acme.customer".to_owned(),
                members: vec![sync],
            },
            Plan::Project {
                code: "FINANCE".to_owned(),
                name: "Finance",
                members: vec![invoice],
            },
        ],
    )
}

fn live(rng: &mut fastrand::Rng) -> Result<Vec<File>, Unreadable> {
    let plans = [
        (
            "ORDER_STATUS",
            "Order Status",
            &["STATUS_API"] as &[&'static str],
        ),
        ("STOCK_LEVELS", "Stock Levels", &["WAREHOUSE_DB"]),
        ("SHIPMENT_NOTICE", "Shipment Notice", &["STATUS_API"]),
        ("INVOICE_POST", "Invoice Post", &["BILLING_API"]),
    ]
    .map(|(code, name, invokes)| {
        Plan::Integration(IntegrationPlan::new(code, "01.00.0000", name, invokes))
    });
    generate::make(rng, &plans)
}
