//! Connections, lookups, libraries, schedules, and parts of which nobody knows the inside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{ConnectionPlan, IntegrationPlan, RELEASE, exported};
use crate::artifact::{Unreadable, hex, zip};
use crate::oic::uuid;

/// The lookup that generated integrations use.
pub(super) const LOOKUP: &str = "Country_Codes";

const ROWS: [[&str; 2]; 4] = [
    ["DE", "Germany"],
    ["ES", "Spain"],
    ["FR", "France"],
    ["PT", "Portugal"],
];

/// The code of the library that generated integrations use.
pub(super) const LIBRARY: &str = "TEXT_TOOLS";
pub(super) const LIBRARY_VERSION: &str = "01.00.0000";

/// A connection file. Inside projects it has no XML declaration.
pub(super) fn connection(
    rng: &mut fastrand::Rng,
    plan: &ConnectionPlan,
    in_project: bool,
) -> Vec<u8> {
    let mut properties = String::new();
    let mut add = |name: &str, value: Option<&str>| {
        properties.push_str("    <connectionProperty>      <name>");
        properties.push_str(name);
        properties.push_str("</name>");
        if let Some(value) = value {
            properties.push_str("      <value>");
            properties.push_str(value);
            properties.push_str("</value>");
        }
        properties.push_str("    </connectionProperty>");
    };
    let target = plan.role != "SOURCE";
    if target {
        add("csfkey", Some(&hex(&Sha256::digest(plan.code))));
        add("csfMap", Some("oracle.cloud.adapter"));
    }
    add("integration_role", Some(plan.role));
    for (name, value) in plan.literals {
        add(name, Some(value));
    }
    for name in plan.placeholders {
        add(name, Some(&format!("%%{}_{name}", plan.code)));
    }
    if target {
        add("username", None);
        add("password", None);
    }
    let declaration = if in_project {
        ""
    } else {
        "<?xml version = '1.0' encoding = 'UTF-8'?>\n"
    };
    let (id, group) = (uuid(rng), uuid(rng));
    format!(
        "{declaration}<ns2:ApplicationInstance xmlns:ns2=\"http://xmlns.oracle.com/adapters/cloud\">  \
         <id>{id}</id>  <instanceCode>{code}</instanceCode>  <groupId>{group}</groupId>  \
         <displayName>{name}</displayName>  <applicationTypeRef>{adapter}</applicationTypeRef>  <description/>  \
         <connectionProperties>{properties}  </connectionProperties>  \
         <securityPolicy>{policy}</securityPolicy>  <revision>01.00.0000</revision>  \
         <status>CONFIGURED</status>  <hidden>false</hidden>  <percentageComplete>100</percentageComplete>  \
         <attachments/>  <privateEndpoint>false</privateEndpoint>  <publicScope>false</publicScope>  \
         <hasOverride>false</hasOverride>  <keywords/>  <pluginVersion>25.06.0</pluginVersion>  \
         <sdkVersion>25.06.0</sdkVersion>  <integrationRole>{role}</integrationRole>  \
         <securedAuditInfo>    <auditInfo>      <createdBy>developer@example.com</createdBy>      \
         <lastUpdatedBy>developer@example.com</lastUpdatedBy>    </auditInfo>  </securedAuditInfo>\
         </ns2:ApplicationInstance>",
        code = plan.code,
        name = plan.name,
        adapter = plan.adapter,
        policy = plan.policy,
        role = plan.role,
    )
    .into_bytes()
}

/// The lookup as a `.dvm`.
pub(super) fn lookup_dvm() -> Vec<u8> {
    let rows = ROWS
        .map(|[a, b]| format!("<row><cell>{a}</cell><cell>{b}</cell></row>"))
        .concat();
    format!(
        "<?xml version = '1.0' encoding = 'UTF-8'?>\n<dvm name=\"{LOOKUP}\" xmlns=\"http://xmlns.oracle.com/dvm\">\
         <description>ISO codes</description><columns><column name=\"CODE\"/><column name=\"NAME\"/></columns>\
         <rows>{rows}</rows></dvm>"
    )
    .into_bytes()
}

/// The lookup as a `.csv`: with byte order mark, as the service writes it.
pub(crate) fn lookup_csv() -> Vec<u8> {
    let rows = ROWS.map(|[a, b]| format!("{a},{b}\n")).concat();
    format!("\u{feff}DVM,{LOOKUP},ISO codes\nCODE,NAME\n{rows}").into_bytes()
}

/// The library's files: descriptor, properties, jar.
pub(super) fn library() -> Result<Vec<(String, Vec<u8>)>, Unreadable> {
    let descriptor = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<api-library>\n    <name>Text Tools</name>\n    \
         <code>{LIBRARY}</code>\n    <version>{LIBRARY_VERSION}</version>\n    \
         <implementationType>JAVASCRIPT</implementationType>\n    <sources>\n        <source>\n            \
         <fileName>tools.js</fileName>\n            <apiDefinitions>\n                \
         <api apiid=\"{LIBRARY}:{LIBRARY_VERSION}:tools.js:trimmed:text\">\n                    \
         <classification>ORCHESTRATION</classification>\n                    <name>trimmed</name>\n                \
         </api>\n            </apiDefinitions>\n        </source>\n    </sources>\n</api-library>\n"
    );
    let properties = format!(
        "{}\ncode={LIBRARY}\nlibrarytype=API\nname=Text Tools\ntype=PRIVATE\nversion={LIBRARY_VERSION}\n",
        comment()
    );
    let source = b"function trimmed(text) {\n  return text.trim();\n}\n".to_vec();
    let jar = zip::write(&[("tools.js".to_owned(), source)], exported())?;
    Ok(vec![
        ("Text Tools.xml".to_owned(), descriptor.into_bytes()),
        (
            "Text Tools_properties.properties".to_owned(),
            properties.into_bytes(),
        ),
        ("Text Tools.jar".to_owned(), jar),
    ])
}

/// A schedule file.
pub(super) fn schedule(plan: &IntegrationPlan) -> Vec<u8> {
    let name = format!("{}_{}", plan.code, plan.version.replace('.', "_"));
    format!(
        "<?xml version = '1.0' encoding = 'UTF-8'?><schedule xmlns=\"http://xmlns.oracle.com/scheduler\" \
         name=\"Schedule_{name}\"><description/><display-name>Schedule {name}</display-name>\
         <time-zone>UTC</time-zone><recurrence><ical-expression>FREQ=DAILY;BYHOUR=2;BYMINUTE=30;\
         </ical-expression></recurrence></schedule>"
    )
    .into_bytes()
}

/// The head of an integration in an `.iar`.
pub(super) fn attributes(plan: &IntegrationPlan, model: &str) -> Vec<u8> {
    use crate::artifact::properties::escape;
    let package = plan
        .package
        .as_ref()
        .map(|p| format!("package_name={p}\n"))
        .unwrap_or_default();
    let state = if plan.active {
        "ACTIVATED"
    } else {
        "CONFIGURED"
    };
    format!(
        "{}\nCAV=4\nlastUpdatedICSVersion={RELEASE}\nmep_type={}\nmod={}\nmodelType=FREEFORM\n\
         originalICSVersion={RELEASE}\n{package}project_code={}\nproject_name={}\nproject_persisted_state={state}\n\
         project_transient_state=\nproject_type=DEVELOPED\nproject_version={}\nsmartTags={}\n\
         tracking_instance_name=id\nvalidity={}\nversion=25.06.0.2\n",
        comment(),
        mep(plan),
        escape(&digest(model)),
        plan.code,
        escape(&plan.name),
        plan.version,
        escape(tags(plan)),
        exported().as_millisecond(),
    )
    .into_bytes()
}

/// The head of an integration in a `.car`.
pub(super) fn info(plan: &IntegrationPlan, model: &str) -> Vec<u8> {
    let mut dependencies = serde_json::json!({"connections": connections(plan)});
    if let Some(map) = dependencies.as_object_mut() {
        let more = [
            ("lookups", plan.lookup, LOOKUP.to_owned()),
            (
                "libraries",
                plan.library,
                format!("{LIBRARY}|{LIBRARY_VERSION}"),
            ),
            ("schedules", plan.scheduled, plan.id()),
        ];
        for (name, _, id) in more.into_iter().filter(|(_, has, _)| *has) {
            map.insert(name.to_owned(), serde_json::json!([id]));
        }
    }
    serde_json::json!({
        "dependencies": dependencies,
        "properties": {
            "CAV": "4",
            "code": plan.code,
            "lastUpdatedICSVersion": RELEASE,
            "mepType": mep(plan),
            "mod": digest(model),
            "name": plan.name,
            "originalICSVersion": RELEASE,
            "persistedState": if plan.active { "ACTIVATED" } else { "CONFIGURED" },
            "scope": "Private",
            "smartTags": tags(plan),
            "trackingInstanceName": "id",
            "transientState": "",
            "type": "DEVELOPED",
            "validity": exported().as_millisecond().to_string(),
            "version": plan.version,
        },
    })
    .to_string()
    .into_bytes()
}

/// The codes of the connections that an integration uses.
pub(super) fn connections(plan: &IntegrationPlan) -> Vec<&'static str> {
    let trigger = (!plan.scheduled).then_some("REST_TRIGGER");
    trigger
        .into_iter()
        .chain(plan.invokes.iter().copied())
        .collect()
}

/// Bytes that look random, as those of a process application do.
pub(crate) fn opaque(rng: &mut fastrand::Rng, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    rng.fill(&mut bytes);
    bytes
}

/// Something in the form of a certificate; it certifies nothing.
pub(crate) fn certificate(rng: &mut fastrand::Rng) -> Vec<u8> {
    let body = STANDARD.encode(opaque(rng, 600));
    let lines: Vec<String> = body
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
    .into_bytes()
}

/// The comment with the time of export that begins every properties file.
pub(super) fn comment() -> String {
    exported().strftime("#%a %b %d %H:%M:%S UTC %Y").to_string()
}

fn mep(plan: &IntegrationPlan) -> &'static str {
    if plan.scheduled { "MEP07" } else { "MEP04" }
}

pub(super) fn tags(plan: &IntegrationPlan) -> &'static str {
    if plan.scheduled {
        "app:ftp,style:scheduled orchestration"
    } else {
        "app:rest,style:app driven orchestration"
    }
}

/// `mod`: Base64 of the MD5 of the model, which is what one member of each real project has.
pub(super) fn digest(model: &str) -> String {
    STANDARD.encode(md5::Md5::digest(model))
}
