//! An instance with one of everything.

use super::description::{
    Action, Attachment, Branch, Certificate, Connection, Deployment, Description, Endpoint, Field,
    Handler, Home, Integration, Library, Lookup, Package, Process, Project, Property, Schedule,
    Schema, Script, Start, Tracking, Trigger, Value, Variable,
};

/// The path of a field of the trigger's message.
fn path(field: &str) -> String {
    format!("/ns12:execute/ns12:request-wrapper/ns12:{field}")
}

pub(super) fn log(name: &str, message: &str) -> Action {
    Action::Log {
        name: name.to_owned(),
        message: message.to_owned(),
    }
}

pub(super) fn endpoint(name: &str, connection: &str, seed: u64, types: usize) -> Endpoint {
    let of = |name: &str, value: &str| Property {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    Endpoint {
        name: name.to_owned(),
        connection: connection.to_owned(),
        configuration: vec![
            of("HttpVerb", "POST"),
            of("ResourceURI", &format!("/{name}")),
            of("RequestMediaType", "application/json"),
        ],
        schema: Schema { seed, types },
    }
}

fn map(to: &str, fields: &[(&str, String)]) -> Action {
    let fields = fields.iter().map(|(target, select)| Field {
        target: (*target).to_owned(),
        select: select.clone(),
    });
    Action::Map {
        to: to.to_owned(),
        fields: fields.collect(),
    }
}

pub(super) fn integration(
    code: &str,
    name: &str,
    trigger: Trigger,
    flow: Vec<Action>,
) -> Integration {
    Integration {
        code: code.to_owned(),
        version: "01.00.0000".to_owned(),
        name: name.to_owned(),
        description: format!("{name}, as it is asked for."),
        active: true,
        trigger,
        tracking: vec![
            Tracking {
                name: "orderId".to_owned(),
                xpath: path("orderId"),
            },
            Tracking {
                name: "customer".to_owned(),
                xpath: path("customer"),
            },
        ],
        flow,
        schedule: None,
        home: Home::Alone,
    }
}

pub(super) fn connection(code: &str, adapter: &str, role: &str, policy: &str) -> Connection {
    Connection {
        code: code.to_owned(),
        name: code.replace('_', " "),
        description: String::new(),
        adapter: adapter.to_owned(),
        role: role.to_owned(),
        policy: policy.to_owned(),
        agent_group: None,
        properties: Vec::new(),
        attachments: Vec::new(),
    }
}

fn request(name: &str, seed: u64) -> Trigger {
    Trigger::Request(endpoint(name, "REST_TRIGGER", seed, 3))
}

fn literal(name: &str, value: &str) -> (String, Value) {
    (name.to_owned(), Value::Literal(value.to_owned()))
}

pub(super) fn left(name: &str) -> (String, Value) {
    (name.to_owned(), Value::Placeholder)
}

/// The instance that mutations and breakages know.
pub fn sample() -> Description {
    Description {
        integrations: integrations(),
        connections: connections(),
        lookups: vec![
            lookup(
                "Country_Codes",
                &[["DE", "Germany"], ["FR", "France"], ["AT", "Austria"]],
            ),
            lookup("Ledgers", &[["1", "Main"], ["2", "Secondary"]]),
        ],
        libraries: vec![Library {
            code: "PRICES".to_owned(),
            version: "01.00.0000".to_owned(),
            name: "Prices".to_owned(),
            scripts: vec![Script {
                file: "prices.js".to_owned(),
                functions: vec!["gross".to_owned(), "net".to_owned()],
                source:
                    "function gross(x) { return x * 1.2; }\nfunction net(x) { return x / 1.2; }\n"
                        .to_owned(),
            }],
        }],
        packages: ["acme.customer", "acme.billing"]
            .map(|name| Package {
                name: name.to_owned(),
            })
            .into(),
        projects: vec![Project {
            code: "FINANCE".to_owned(),
            name: "Finance".to_owned(),
            description: "Invoices: made and \"paid\"".to_owned(),
            deployments: vec![Deployment {
                code: "FINANCE_TEST".to_owned(),
                name: "Finance Test".to_owned(),
                integrations: vec![
                    "INVOICE_POST|01.00.0000".to_owned(),
                    "PAYMENT_RECON|01.00.0000".to_owned(),
                ],
            }],
        }],
        certificates: vec![Certificate {
            alias: "partner_ca".to_owned(),
            der: bytes(7, 600),
        }],
        processes: vec![Process {
            name: "Approvals".to_owned(),
            content: bytes(8, 2_000),
        }],
    }
}

fn bytes(seed: u64, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}

fn lookup(name: &str, rows: &[[&str; 2]]) -> Lookup {
    Lookup {
        name: name.to_owned(),
        description: String::new(),
        columns: vec!["Code".to_owned(), "Name".to_owned()],
        rows: rows
            .iter()
            .map(|row| row.map(str::to_owned).to_vec())
            .collect(),
    }
}

fn connections() -> Vec<Connection> {
    let mut orders = connection("ORDERS_API", "rest", "TARGET", "BASIC_AUTH");
    "Where orders are kept".clone_into(&mut orders.description);
    orders.properties = vec![
        literal("connectionType", "restUrl"),
        ("tlsVersion".to_owned(), Value::Empty),
        left("connectionUrl"),
    ];
    let mut legacy = connection("LEGACY_API", "rest", "TARGET", "NONE");
    legacy.properties = vec![literal("connectionUrl", "https://legacy.example.com/v1")];
    let mut crm = connection("CRM_SOAP", "soap", "TARGET", "USERNAME_PASSWORD_TOKEN");
    crm.properties = vec![
        left("targetWSDLURL"),
        literal("suppressTimestampForRequest", "No"),
    ];
    crm.attachments = vec![Attachment {
        property: "targetWSDLURL".to_owned(),
        name: "crm.wsdl".to_owned(),
        content: b"<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\"/>".to_vec(),
    }];
    let mut files = connection("FILES_FTP", "ftp", "SOURCE_AND_TARGET", "CUSTOM");
    files.properties = vec![left("Host"), left("Port"), literal("UseSftp", "Yes")];
    let mut warehouse = connection("WAREHOUSE_DB", "atpdatabase", "TARGET", "JDBC_OVER_SSL");
    warehouse.properties = vec![left("Host"), left("Port"), literal("ServiceName", "wh_tp")];
    warehouse.agent_group = Some("ON_PREMISES".to_owned());
    vec![
        connection("REST_TRIGGER", "rest", "SOURCE", "OAUTH_INBOUND"),
        connection("EVENTS", "appevent", "SOURCE", "NONE"),
        orders,
        legacy,
        crm,
        files,
        warehouse,
    ]
}

fn integrations() -> Vec<Integration> {
    let enrich = integration(
        "ORDER_ENRICH",
        "Order Enrich",
        request("enrichOrder", 21),
        vec![
            map(
                "",
                &[(
                    "country",
                    format!(
                        "dvm:lookupValue('Country_Codes', 'Code', {}, 'Name', '?')",
                        path("country")
                    ),
                )],
            ),
            Action::Reply,
        ],
    );
    let price = integration(
        "ORDER_PRICE",
        "Order Price",
        request("priceOrder", 22),
        vec![map("", &[("price", path("price"))]), Action::Reply],
    );
    let mut nightly = integration(
        "NIGHTLY_EXPORT",
        "Nightly Export",
        Trigger::Schedule,
        vec![
            Action::Invoke(endpoint("listFiles", "FILES_FTP", 23, 3)),
            log("LogExport", "'exported'"),
            Action::Stop,
        ],
    );
    nightly.tracking = vec![Tracking {
        name: "startTime".to_owned(),
        xpath: String::new(),
    }];
    nightly.schedule = Some(Schedule {
        minutes: 60,
        zone: "Europe/Berlin".to_owned(),
        start: Start("2025-01-31T08:30:00".to_owned()),
    });
    let mut all = vec![intake(), enrich, price, nightly];
    all.extend(packaged());
    all.extend(projected());
    all
}

/// Those of packages.
fn packaged() -> [Integration; 3] {
    let mut events = integration(
        "ORDER_EVENTS",
        "Order Events",
        Trigger::Event(endpoint("onOrder", "EVENTS", 24, 3)),
        vec![
            Action::Invoke(endpoint("postOrder", "LEGACY_API", 25, 3)),
            Action::Invoke(endpoint("tellCustomer", "CRM_SOAP", 27, 3)),
            Action::Stop,
        ],
    );
    let mut sync = integration(
        "CUSTOMER_SYNC",
        "Customer Sync",
        request("syncCustomer", 26),
        vec![
            Action::Invoke(endpoint("updateCustomer", "CRM_SOAP", 27, 3)),
            Action::Stop,
        ],
    );
    let mut merge = integration(
        "CUSTOMER_MERGE",
        "Customer Merge",
        request("mergeCustomer", 28),
        vec![log("LogMerge", "'merged'"), Action::Stop],
    );
    for it in [&mut events, &mut sync] {
        it.home = Home::Package("acme.customer".to_owned());
    }
    merge.home = Home::Package("acme.billing".to_owned());
    [events, sync, merge]
}

/// Those of the project.
fn projected() -> [Integration; 2] {
    let mut invoice = integration(
        "INVOICE_POST",
        "Invoice Post",
        request("postInvoice", 29),
        vec![
            Action::Assign {
                name: "SetLedger".to_owned(),
                variables: vec![Variable {
                    name: "ledger".to_owned(),
                    expression: format!(
                        "dvm:lookupValue('Ledgers', 'Code', {}, 'Name', '')",
                        path("ledger")
                    ),
                }],
            },
            Action::Invoke(endpoint("storeInvoice", "WAREHOUSE_DB", 30, 3)),
            Action::Stop,
        ],
    );
    let mut recon = integration(
        "PAYMENT_RECON",
        "Payment Reconciliation",
        request("reconcile", 31),
        vec![
            Action::Script {
                name: "grossAmount".to_owned(),
                library: "PRICES".to_owned(),
                version: "01.00.0000".to_owned(),
                function: "prices.js:gross".to_owned(),
            },
            Action::Stop,
        ],
    );
    for it in [&mut invoice, &mut recon] {
        it.home = Home::Project("FINANCE".to_owned());
    }
    recon.active = false;
    [invoice, recon]
}

/// One with every action.
fn intake() -> Integration {
    let assign = |name: &str, variable: &str, expression: String| Action::Assign {
        name: name.to_owned(),
        variables: vec![Variable {
            name: variable.to_owned(),
            expression,
        }],
    };
    let flow = vec![
        assign("SetTotal", "total", format!("{} * 2", path("amount"))),
        log("LogStart", "fn:concat('Order ', $total)"),
        Action::Call {
            name: "enrich".to_owned(),
            code: "ORDER_ENRICH".to_owned(),
            version: "01.00.0000".to_owned(),
        },
        Action::Scope {
            name: "StoreOrder".to_owned(),
            actions: vec![
                map(
                    "storeOrder",
                    &[
                        ("orderId", path("orderId")),
                        ("total", format!("{} + 1", path("amount"))),
                    ],
                ),
                Action::Invoke(endpoint("storeOrder", "ORDERS_API", 32, 4)),
            ],
            handlers: vec![Handler {
                fault: None,
                actions: vec![log("LogFault", "'failed'")],
            }],
        },
        Action::Route(vec![
            Branch {
                name: "Large".to_owned(),
                condition: Some(format!("{} > 1000", path("amount"))),
                actions: vec![Action::Notify {
                    name: "TellSales".to_owned(),
                    body: "A large order has come in.\nHave a look.".to_owned(),
                }],
            },
            Branch {
                name: "Otherwise".to_owned(),
                condition: None,
                actions: vec![log("LogSmall", "'small'")],
            },
        ]),
        Action::Each {
            name: "EachLine".to_owned(),
            over: path("lines"),
            actions: vec![log("LogLine", "$line")],
        },
        Action::While {
            name: "UntilDone".to_owned(),
            condition: "$done != 'true'".to_owned(),
            actions: vec![assign("SetDone", "done", "'true'".to_owned())],
        },
        Action::Parallel {
            name: "Both".to_owned(),
            branches: vec![
                ("Stock".to_owned(), vec![log("LogStock", "'stock'")]),
                ("Billing".to_owned(), vec![log("LogBilling", "'billing'")]),
            ],
        },
        Action::Script {
            name: "grossPrice".to_owned(),
            library: "PRICES".to_owned(),
            version: "01.00.0000".to_owned(),
            function: "prices.js:gross".to_owned(),
        },
        Action::Route(vec![Branch {
            name: "Negative".to_owned(),
            condition: Some(format!("{} < 0", path("amount"))),
            actions: vec![Action::Throw {
                name: "Reject".to_owned(),
                code: "'negative'".to_owned(),
            }],
        }]),
        log("LogEnd", "'end'"),
        map("", &[("status", "'stored'".to_owned())]),
        Action::Reply,
    ];
    let trigger = Trigger::Request(endpoint("receiveOrder", "REST_TRIGGER", 20, 5));
    integration("ORDER_INTAKE", "Order Intake", trigger, flow)
}
