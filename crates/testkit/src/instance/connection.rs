//! The file of a connection.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::description::{Connection, Value};
use super::noise::{Kind, Noise};
use super::xml::{Bound, Element, document};

const ADAPTERS: &str = "http://xmlns.oracle.com/adapters/cloud";

/// The file. Its children have no namespace, as in real files.
pub(super) fn xml(it: &Connection, noise: &Noise) -> String {
    let code = &it.code;
    let of = |name: &str| Element::new("", name);
    let property = |name: &str, value: Option<&str>| {
        let made = of("connectionProperty").leaf("name", name);
        match value {
            Some(value) => made.leaf("value", value),
            None => made,
        }
    };
    let mut properties =
        of("connectionProperties").child(property("integration_role", Some(&it.role)));
    for (name, value) in &it.properties {
        properties = properties.child(match value {
            Value::Placeholder => property(name, Some(&format!("%%{code}_{name}"))),
            Value::Literal(value) => property(name, Some(value)),
            Value::Empty => property(name, None),
        });
    }
    let mut audit = noise.chance(Kind::Audit, code);
    let day = audit.u8(1..28);
    let saved = format!("2025.11.{day:02}.17.{:02}.57", audit.u8(..60));
    properties = properties.all([
        property("lastSaved", Some(&saved)),
        property("csfkey", Some(&hex(code.as_bytes()))),
        property("csfMap", Some("oracle.cloud.adapter")),
    ]);
    let attachments = it.attachments.iter().map(|attachment| {
        let text = STANDARD.encode(&attachment.content);
        of("attachment")
            .leaf("propertyName", &attachment.property)
            .leaf("attachmentName", &attachment.name)
            .leaf("content", &text)
            .leaf("signature", &hex(text.as_bytes()))
    });
    let who = format!("developer{}@example.com", audit.u16(..));
    let when = format!("2025-11-{day:02}T17:08:{:02}.280Z", audit.u8(..60));
    let release = noise.release();
    let defaults = noise.choice(Kind::Defaults, 3);
    let mut root = Element::new(ADAPTERS, "ApplicationInstance").all([
        of("id").text(&noise.uuid(code)),
        of("instanceCode").text(code),
        of("groupId").text(&noise.uuid(&format!("group {code}"))),
        of("displayName").text(&it.name),
        of("applicationTypeRef").text(&it.adapter),
    ]);
    if !it.description.is_empty() || defaults == 0 {
        root = root.child(of("description").text(&it.description));
    }
    root = root.all([
        properties,
        of("securityPolicy").text(&it.policy),
        of("revision").text("01.00.0000"),
        of("status").text("CONFIGURED"),
        of("hidden").text("false"),
        of("percentageComplete").text(if defaults == 1 { "100.0" } else { "100" }),
    ]);
    if let Some(group) = &it.agent_group {
        root = root.child(of("agentDefinition").text(group));
    }
    root = root.child(of("attachments").all(attachments));
    if defaults == 0 {
        root = root.all([
            of("privateEndpoint").text("false"),
            of("publicScope").text("false"),
            of("hasOverride").text("false"),
            of("keywords"),
        ]);
    }
    root = root.all([
        of("pluginVersion").text(&release),
        of("sdkVersion").text(&release),
        of("platformVersion").text(&release),
        of("updatePluginVersion").text(&release),
        of("integrationRole").text(&it.role),
        of("securedAuditInfo")
            .child(
                of("auditInfo")
                    .leaf("createdBy", &who)
                    .leaf("lastUpdatedBy", &who)
                    .leaf("lastUpdatedDate", &when)
                    .leaf("createdDate", &when),
            )
            .child(
                of("lockInfo")
                    .leaf("lockedBy", &who)
                    .leaf("lockedDate", &when),
            ),
    ]);
    // The children have no namespace, so it cannot be the default one.
    let prefix = format!("ns{}", 2 + noise.choice(Kind::Prefixes, 1 << 16));
    let bound = [(prefix.as_str(), ADAPTERS)];
    document(&root, &Bound::Fixed(&bound), code, noise)
}

/// SHA-256 in lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
