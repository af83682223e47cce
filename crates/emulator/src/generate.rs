//! The project's own generator of artifacts.
//!
//! What it makes is byte-plausible by `archive-format.md`: placeholders `%%<code>_<property>`, `csfkey` as the SHA-256
//! of the code, every resource named by a flow there, OIC3 releases, zips as the service writes them. It is invented
//! from nothing; no real artifact went into it.

use jiff::Timestamp;

use crate::artifact::Unreadable;
use crate::spread::spread;

mod containers;
mod files;
mod flow;

pub(crate) use containers::{integration, package, project};
pub(crate) use files::{certificate, lookup_csv, opaque};

/// When everything generated says it was exported: fixed, so that equal seeds give equal bytes.
const EXPORTED: &str = "2025-11-28T17:07:11Z";

/// The release that everything generated says it comes from.
const RELEASE: &str = "25.06.0.5-EC";

/// A file to make.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    /// An `.iar`.
    Integration(IntegrationPlan),
    /// A `.par`.
    Package {
        name: String,
        members: Vec<IntegrationPlan>,
    },
    /// A `.car`.
    Project {
        code: String,
        name: &'static str,
        members: Vec<IntegrationPlan>,
    },
}

impl Plan {
    fn path(&self) -> String {
        match self {
            Self::Integration(plan) => format!("integrations/{}.iar", plan.folder()),
            Self::Package { name, .. } => format!("packages/{name}.par"),
            Self::Project { code, .. } => format!("projects/{code}.car"),
        }
    }

    fn bytes(&self, rng: &mut fastrand::Rng) -> Result<Vec<u8>, Unreadable> {
        match self {
            Self::Integration(plan) => integration(rng, plan),
            Self::Package { name, members } => package(rng, name, members),
            Self::Project {
                code,
                name,
                members,
            } => project(rng, code, name, members),
        }
    }
}

/// Makes every file. Each has a chance of its own, so that the order of the work changes nothing.
///
/// # Errors
///
/// A zip could not be written.
pub(crate) fn make(rng: &mut fastrand::Rng, plans: &[Plan]) -> Result<Vec<File>, Unreadable> {
    let chances: Vec<(&Plan, fastrand::Rng)> =
        plans.iter().map(|plan| (plan, rng.fork())).collect();
    let made = spread(&chances, |(plan, rng)| {
        let bytes = plan.bytes(&mut rng.clone())?;
        Ok((plan.path(), bytes))
    });
    made.into_iter().collect()
}

/// A file of a load: its path in the instance's folder, and its bytes.
pub(crate) type File = (String, Vec<u8>);

/// A connection to generate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionPlan {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) adapter: &'static str,
    pub(crate) role: &'static str,
    pub(crate) policy: &'static str,
    /// Properties whose values differ from environment to environment.
    pub(crate) placeholders: &'static [&'static str],
    /// Properties that stay as they are.
    pub(crate) literals: &'static [(&'static str, &'static str)],
}

/// Every connection that generated integrations use.
pub(crate) const CONNECTIONS: [ConnectionPlan; 7] = [
    ConnectionPlan {
        code: "REST_TRIGGER",
        name: "REST Trigger",
        adapter: "rest",
        role: "SOURCE",
        policy: "OAUTH_INBOUND",
        placeholders: &[],
        literals: &[],
    },
    rest("ORDERS_API", "Orders API"),
    rest("BILLING_API", "Billing API"),
    rest("STATUS_API", "Status API"),
    ConnectionPlan {
        code: "CRM_SOAP",
        name: "CRM",
        adapter: "soap",
        role: "TARGET",
        policy: "USERNAME_PASSWORD_TOKEN",
        placeholders: &["targetWSDLURL"],
        literals: &[("suppressTimestampForRequest", "No")],
    },
    ConnectionPlan {
        code: "FILES_FTP",
        name: "Files",
        adapter: "ftp",
        role: "SOURCE_AND_TARGET",
        policy: "CUSTOM",
        placeholders: &["Host", "Port"],
        literals: &[("UseSftp", "Yes")],
    },
    ConnectionPlan {
        code: "WAREHOUSE_DB",
        name: "Warehouse",
        adapter: "atpdatabase",
        role: "TARGET",
        policy: "JDBC_OVER_SSL",
        placeholders: &["Host", "Port"],
        literals: &[("ServiceName", "warehouse_tp")],
    },
];

const fn rest(code: &'static str, name: &'static str) -> ConnectionPlan {
    ConnectionPlan {
        code,
        name,
        adapter: "rest",
        role: "TARGET",
        policy: "BASIC_AUTH",
        placeholders: &["connectionUrl"],
        literals: &[("connectionType", "restUrl")],
    }
}

/// An integration to generate.
#[derive(Debug, Clone)]
pub(crate) struct IntegrationPlan {
    pub(crate) code: String,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) invokes: Vec<&'static str>,
    /// Integrations called, as `CODE|VERSION`.
    pub(crate) calls: Vec<String>,
    pub(crate) scheduled: bool,
    pub(crate) lookup: bool,
    pub(crate) library: bool,
    pub(crate) active: bool,
    pub(crate) package: Option<String>,
    /// Changes the content of the flow.
    pub(crate) revision: u32,
}

impl IntegrationPlan {
    pub(crate) fn new(code: &str, version: &str, name: &str, invokes: &[&'static str]) -> Self {
        IntegrationPlan {
            code: code.to_owned(),
            version: version.to_owned(),
            name: name.to_owned(),
            invokes: invokes.to_vec(),
            calls: Vec::new(),
            scheduled: false,
            lookup: false,
            library: false,
            active: true,
            package: None,
            revision: 1,
        }
    }

    pub(crate) fn id(&self) -> String {
        format!("{}|{}", self.code, self.version)
    }

    pub(crate) fn folder(&self) -> String {
        format!("{}_{}", self.code, self.version)
    }
}

/// Where an integration of the pattern lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Home {
    Orders,
    Finance,
    Customer,
    Single,
}

/// The pattern that is repeated: code, name, home, what it invokes.
const PATTERN: [(&str, &str, Home, &[&str]); 12] = [
    (
        "ORDER_ENRICH",
        "Order Enrich",
        Home::Orders,
        &["ORDERS_API"],
    ),
    (
        "ORDER_INTAKE",
        "Order Intake",
        Home::Orders,
        &["ORDERS_API", "WAREHOUSE_DB"],
    ),
    (
        "ORDER_STATUS",
        "Order Status",
        Home::Orders,
        &["STATUS_API"],
    ),
    (
        "ORDER_NIGHTLY",
        "Order Nightly Export",
        Home::Orders,
        &["FILES_FTP", "ORDERS_API"],
    ),
    (
        "INVOICE_POST",
        "Invoice Post",
        Home::Finance,
        &["BILLING_API"],
    ),
    (
        "PAYMENT_RECON",
        "Payment Reconciliation",
        Home::Finance,
        &["BILLING_API", "WAREHOUSE_DB"],
    ),
    ("CREDIT_CHECK", "Credit Check", Home::Finance, &["CRM_SOAP"]),
    (
        "CUSTOMER_SYNC",
        "Customer Sync",
        Home::Customer,
        &["CRM_SOAP"],
    ),
    (
        "CUSTOMER_LOOKUP",
        "Customer Lookup",
        Home::Customer,
        &["CRM_SOAP", "STATUS_API"],
    ),
    (
        "CUSTOMER_MERGE",
        "Customer Merge",
        Home::Customer,
        &["CRM_SOAP"],
    ),
    (
        "STOCK_LEVELS",
        "Stock Levels",
        Home::Single,
        &["WAREHOUSE_DB"],
    ),
    (
        "SHIPMENT_NOTICE",
        "Shipment Notice",
        Home::Single,
        &["STATUS_API"],
    ),
];

/// Files of `count` integrations: of each twelve, four and three lie in projects, three in a package, two by themselves; where there are
/// no `projects`, what would lie in one lies by itself.
///
/// # Errors
///
/// A zip could not be written.
pub(crate) fn generate(
    rng: &mut fastrand::Rng,
    count: usize,
    projects: bool,
) -> Result<Vec<File>, Unreadable> {
    let mut all = Vec::new();
    let mut left = count;
    let mut block = 1u32;
    while left > 0 {
        let suffix = if block == 1 {
            String::new()
        } else {
            format!("_{block}")
        };
        let plans: Vec<(Home, IntegrationPlan)> = PATTERN
            .iter()
            .take(left)
            .map(|(code, name, home, invokes)| (*home, plan(code, name, *home, invokes, &suffix)))
            .collect();
        left -= plans.len();
        let of = |home: Home| -> Vec<IntegrationPlan> {
            let own = plans.iter().filter(|(h, _)| *h == home);
            own.map(|(_, plan)| plan.clone()).collect()
        };
        for (home, code, name) in [
            (Home::Orders, "ORDERS", "Orders"),
            (Home::Finance, "FINANCE", "Finance"),
        ] {
            let members = of(home);
            if !projects {
                all.extend(members.into_iter().map(Plan::Integration));
            } else if !members.is_empty() {
                let code = format!("{code}{suffix}");
                all.push(Plan::Project {
                    code,
                    name,
                    members,
                });
            }
        }
        let members = of(Home::Customer);
        if !members.is_empty() {
            let name = package_name(&suffix);
            all.push(Plan::Package { name, members });
        }
        all.extend(of(Home::Single).into_iter().map(Plan::Integration));
        block += 1;
    }
    make(rng, &all)
}

fn package_name(suffix: &str) -> String {
    format!("acme.customer{}", suffix.replace('_', "."))
}

fn plan(
    code: &str,
    name: &str,
    home: Home,
    invokes: &[&'static str],
    suffix: &str,
) -> IntegrationPlan {
    let version = if home == Home::Single {
        "01.00.0001"
    } else {
        "01.00.0000"
    };
    let mut plan = IntegrationPlan::new(&format!("{code}{suffix}"), version, name, invokes);
    plan.package = (home == Home::Customer).then(|| package_name(suffix));
    plan.scheduled = code == "ORDER_NIGHTLY";
    plan.lookup = matches!(code, "STOCK_LEVELS" | "ORDER_ENRICH");
    plan.library = code == "STOCK_LEVELS";
    // One is left idle, so that not all that comes is to be activated.
    plan.active = code != "CUSTOMER_MERGE";
    if code == "ORDER_INTAKE" {
        plan.calls.push(format!("ORDER_ENRICH{suffix}|01.00.0000"));
    }
    plan
}

/// When everything generated says it was exported.
fn exported() -> Timestamp {
    EXPORTED.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{self, Recognised};

    #[test]
    fn without_projects_there_are_as_many_and_none_in_one() {
        let files = generate(&mut fastrand::Rng::with_seed(7), 24, false).unwrap();
        let of = |folder: &str| {
            files
                .iter()
                .filter(|(path, _)| path.starts_with(folder))
                .count()
        };
        assert_eq!(
            (of("projects/"), of("packages/"), of("integrations/")),
            (0, 2, 18)
        );
    }

    #[test]
    fn what_is_generated_is_recognised_and_depends_on_the_seed_alone() {
        let files = generate(&mut fastrand::Rng::with_seed(7), 30, true).unwrap();
        assert_eq!(
            files,
            generate(&mut fastrand::Rng::with_seed(7), 30, true).unwrap()
        );
        let mut ids = Vec::new();
        for (path, bytes) in &files {
            let carried = match artifact::read(bytes).unwrap() {
                Recognised::Integration(carried) | Recognised::Project { carried, .. } => {
                    vec![carried]
                }
                Recognised::Package { members, .. } => {
                    members.into_iter().map(|m| m.carried).collect()
                }
                other => panic!("{path}: {other:?}"),
            };
            for carried in carried {
                for facts in &carried.integrations {
                    assert!(facts.is_gen3(), "{path}");
                    let there = |id| carried.connections.iter().any(|c| &c.id == id);
                    assert!(facts.connections.iter().all(there), "{path}: {facts:?}");
                    ids.push(facts.id());
                }
            }
        }
        assert_eq!(ids.len(), 30);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 30);
    }

    #[test]
    fn calls_and_schedules_are_told() {
        let files = generate(&mut fastrand::Rng::with_seed(7), 4, true).unwrap();
        let Recognised::Project { carried, .. } = artifact::read(&files[0].1).unwrap() else {
            panic!("no project");
        };
        let of = |code| {
            carried
                .integrations
                .iter()
                .find(|i| i.code == code)
                .unwrap()
        };
        let calls: Vec<_> = of("ORDER_INTAKE").calls.iter().cloned().collect();
        assert_eq!(calls, ["ORDER_ENRICH|01.00.0000"]);
        assert!(of("ORDER_NIGHTLY").schedule && of("ORDER_NIGHTLY").mep == "MEP07");
        assert!(of("ORDER_ENRICH").lookups.contains("Country_Codes"));
    }

    #[test]
    fn what_is_generated_holds_the_observed_invariants() {
        let mut rng = fastrand::Rng::with_seed(7);
        for (path, bytes) in generate(&mut rng, 12, true).unwrap() {
            if path.starts_with("packages/") {
                continue;
            }
            let entries = artifact::zip::read(&bytes).unwrap();
            for (name, content) in &entries {
                if let Some(root) = name.strip_suffix("PROJECT-INF/project.xml") {
                    let text = std::str::from_utf8(content).unwrap();
                    let document = roxmltree::Document::parse(text).unwrap();
                    for location in document
                        .descendants()
                        .filter_map(|n| n.attribute("location"))
                    {
                        let resource = location.replace("../", root);
                        assert!(entries.contains_key(&resource), "{path}: {resource}");
                    }
                }
                let folder = name.rsplit('/').nth(1).unwrap_or_default();
                if matches!(folder, "appinstances" | "connections") {
                    let facts = artifact::connection::read(name, content).unwrap();
                    assert_eq!(
                        name.rsplit('/').next().unwrap(),
                        format!("{}.xml", facts.id)
                    );
                    for property in &facts.properties {
                        let value = property.value.as_deref().unwrap_or_default();
                        let own = format!("%%{}_{}", facts.id, property.name);
                        assert!(!value.starts_with("%%") || value == own, "{value}");
                    }
                    let text = std::str::from_utf8(content).unwrap();
                    let key = artifact::hex(&<sha2::Sha256 as sha2::Digest>::digest(&facts.id));
                    assert!(!text.contains("csfkey") || text.contains(&key), "{name}");
                }
            }
        }
    }
}
