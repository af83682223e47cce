//! A connection: `ApplicationInstance`.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ferry_core::model::{
    Attachment, Connection, Property, PropertyValue, hosts, secret_like, without_user,
};
use sha2::{Digest as _, Sha256};

use crate::canonical::{Element, Tree};
use crate::fingerprint::hex;
use crate::tree::hidden;

/// A connection as its file has it, values included: for checks, never for showing.
pub(crate) struct Raw<'t> {
    pub(crate) code: String,
    root: Element<'t>,
    /// Names and values, in their order; a list of values gives several.
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) attachments: Vec<Upload>,
}

/// An uploaded file.
pub(crate) struct Upload {
    pub(crate) property: String,
    pub(crate) name: String,
    /// The bytes, where the text is Base64.
    pub(crate) content: Option<Vec<u8>>,
    /// Whether the signature is that of the content's text; `None` where there is none.
    pub(crate) signed: Option<bool>,
}

/// The code of a connection.
pub(crate) fn code(tree: &Tree) -> &str {
    tree.root().child_text("instanceCode")
}

/// Reads a connection.
pub(crate) fn read(tree: &Tree) -> Raw<'_> {
    let root = tree.root();
    let mut properties = Vec::new();
    let list = root.child("connectionProperties");
    for property in list.into_iter().flat_map(|l| l.all("connectionProperty")) {
        let name = property.child_text("name");
        let before = properties.len();
        values(property, name, &mut properties);
        if properties.len() == before {
            properties.push((name.to_owned(), String::new()));
        }
    }
    let list = root.child("attachments");
    let attachments = list.into_iter().flat_map(|l| l.all("attachment"));
    Raw {
        code: code(tree).to_owned(),
        attachments: attachments.map(upload).collect(),
        properties,
        root,
    }
}

/// The values below a property: its own, or those of a list (seen: `mapValue/mapValues/entry/value`), whatever is around
/// them, so that none is shown or kept because it stood deeper than expected. An entry with a key is called by both.
fn values(element: Element<'_>, name: &str, found: &mut Vec<(String, String)>) {
    for child in element.children() {
        let key = child.child_text("key");
        if child.name() == "value" && !child.text().is_empty() {
            found.push((name.to_owned(), child.text().to_owned()));
        } else if key.is_empty() {
            values(child, name, found);
        } else {
            values(child, &format!("{name} {key}"), found);
        }
    }
}

fn upload(attachment: Element<'_>) -> Upload {
    let content = attachment.child("content");
    let text = content.map_or("", |content| content.whole_text());
    let signature = attachment.child_text("signature");
    let digest = |text: &str| hex(&Sha256::digest(text));
    let signed = (!signature.is_empty())
        .then(|| digest(text) == signature || digest(text.trim()) == signature);
    // Writers break the lines, and some leave the padding out.
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let packed: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    Upload {
        property: attachment.child_text("propertyName").to_owned(),
        name: attachment.child_text("attachmentName").to_owned(),
        content: GeneralPurpose::new(&STANDARD, lenient).decode(packed).ok(),
        signed,
    }
}

impl Raw<'_> {
    /// What may be shown of it.
    pub(crate) fn shown(&self) -> Connection {
        let told = |name: &'static str| self.root.child_text(name).to_owned();
        let mut named = BTreeSet::new();
        let mut certificates = BTreeSet::new();
        for (name, value) in &self.properties {
            if value.is_empty() || value.starts_with("%%") {
                continue;
            }
            named.extend(hosts(name, value));
            if name.to_ascii_lowercase().ends_with("alias") {
                certificates.insert(value.clone());
            }
        }
        Connection {
            code: self.code.clone(),
            name: told("displayName"),
            description: told("description"),
            adapter: told("applicationTypeRef"),
            role: told("integrationRole"),
            policy: told("securityPolicy"),
            status: told("status"),
            agent_group: Some(told("agentDefinition")).filter(|group| !group.is_empty()),
            properties: self.properties.iter().map(property).collect(),
            hosts: named.into_iter().collect(),
            certificates: certificates.into_iter().collect(),
            attachments: self.attachments.iter().map(Upload::shown).collect(),
            project: None,
            places: Vec::new(),
        }
    }
}

impl Upload {
    fn shown(&self) -> Attachment {
        Attachment {
            property: self.property.clone(),
            name: self.name.clone(),
            bytes: self.content.as_ref().map_or(0, |c| c.len() as u64),
            signed: self.signed,
        }
    }
}

fn property((name, value): &(String, String)) -> Property {
    let value = if value.is_empty() {
        PropertyValue::Empty
    } else if value.starts_with("%%") {
        PropertyValue::Placeholder
    } else if secret_like(name) {
        PropertyValue::Hidden
    } else {
        PropertyValue::Literal(hidden(without_user(value)))
    };
    Property {
        name: name.clone(),
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_shown() {
        let file = b"<n:ApplicationInstance xmlns:n='http://xmlns.oracle.com/adapters/cloud'><instanceCode>C</instanceCode>\
            <connectionProperties><connectionProperty><name>url</name><value>https://me:pw@Host.example:443/a</value>\
            </connectionProperty><connectionProperty><name>PassPhrase</name><value>hunter2</value></connectionProperty>\
            <connectionProperty><name>Host</name><value>%%C_Host</value></connectionProperty><connectionProperty>\
            <name>serviceEndpoints</name><value><mapValues><entry><key>k</key><value>http://a.example/x</value></entry>\
            </mapValues></value></connectionProperty></connectionProperties><attachments><attachment>\
            <propertyName>PrivateKey</propertyName><attachmentName>k.pem</attachmentName><content>aHVudGVyMg==</content>\
            <signature>x</signature></attachment></attachments></n:ApplicationInstance>";
        let shown = read(&Tree::read(file).unwrap()).shown();
        assert_eq!(shown.hosts, ["a.example", "host.example"]);
        assert_eq!(shown.attachments[0].bytes, 7);
        assert_eq!(shown.attachments[0].signed, Some(false));
        assert_eq!(shown.properties[1].value, PropertyValue::Hidden);
        assert_eq!(shown.properties[2].value, PropertyValue::Placeholder);
        let text = format!("{shown:?}");
        assert!(!text.contains("hunter2") && !text.contains("pw@") && !text.contains("aHVu"));
    }

    #[test]
    fn lists_of_values_are_looked_into_however_deep() {
        let file = b"<n:ApplicationInstance xmlns:n='http://xmlns.oracle.com/adapters/cloud'><instanceCode>C</instanceCode>\
            <connectionProperties><connectionProperty><name>restResourceURIs</name><mapValue><mapValues><entry><value>\
            {{http://ns.example/a}One=https://one.example:443/x, {http://ns.example/a}Two=https://me:hunter2@two.example/y}\
            </value></entry></mapValues></mapValue></connectionProperty><connectionProperty><name>csfMap</name><mapValue>\
            <mapValues><entry><key>password</key><value>hunter3</value></entry><entry><key>user</key><value>me</value>\
            </entry></mapValues></mapValue></connectionProperty><connectionProperty><name>authToken</name><mapValue>\
            <list><value>hunter4</value></list></mapValue></connectionProperty><connectionProperty><name>ucmUrl</name>\
            </connectionProperty></connectionProperties></n:ApplicationInstance>";
        let shown = read(&Tree::read(file).unwrap()).shown();
        assert_eq!(shown.hosts, ["one.example", "two.example"]);
        let names: Vec<_> = shown.properties.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "restResourceURIs",
                "csfMap password",
                "csfMap user",
                "authToken",
                "ucmUrl"
            ]
        );
        assert_eq!(shown.properties[1].value, PropertyValue::Hidden);
        assert_eq!(shown.properties[4].value, PropertyValue::Empty);
        assert!(!format!("{shown:?}").contains("hunter"), "{shown:?}");
    }
}
