//! Connection files: `ApplicationInstance` (archive-format.md section 3).

use super::Unreadable;

const ADAPTERS: &str = "http://xmlns.oracle.com/adapters/cloud";

/// Properties that belong to the file, not to what a person configures.
const BOOKKEEPING: [&str; 4] = ["csfkey", "csfMap", "integration_role", "lastSaved"];

/// Names of properties that REST shows as security properties, in lower case (observed names; the split is assumed).
const CREDENTIALS: [&str; 14] = [
    "username",
    "password",
    "passphrase",
    "clientid",
    "clientsecret",
    "accesstoken",
    "access_token_uri",
    "client_id",
    "client_secret",
    "walletpassword",
    "pgpprivatekeypassword",
    "pgpsignprivatekeypassword",
    "privatekey",
    "fingerprint",
];

/// One property of a connection file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PropertyFacts {
    pub name: String,
    pub value: Option<String>,
}

/// What a connection file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConnectionFacts {
    pub id: String,
    pub name: String,
    pub description: String,
    pub adapter: String,
    pub role: String,
    pub policy: Option<String>,
    pub agent_group: Option<String>,
    pub properties: Vec<PropertyFacts>,
    pub credentials: Vec<PropertyFacts>,
}

/// Reads a connection file.
pub(crate) fn read(entry: &str, bytes: &[u8]) -> Result<ConnectionFacts, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|e| Unreadable::from_error(entry, &e))?;
    let document =
        roxmltree::Document::parse(text).map_err(|e| Unreadable::from_error(entry, &e))?;
    let root = document.root_element();
    if !root.has_tag_name((ADAPTERS, "ApplicationInstance")) {
        return Err(Unreadable::new(entry, "is no connection file"));
    }
    // Children carry no namespace in every file seen; the local name is what counts.
    let child = |tag: &str| {
        root.children()
            .find(|n| n.tag_name().name() == tag)
            .and_then(|n| n.text())
            .map(str::trim)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    let id = child("instanceCode").ok_or_else(|| Unreadable::new(entry, "has no instanceCode"))?;
    let mut properties: Vec<PropertyFacts> = Vec::new();
    let mut credentials: Vec<PropertyFacts> = Vec::new();
    for node in root
        .descendants()
        .filter(|n| n.tag_name().name() == "connectionProperty")
    {
        let part = |tag: &str| {
            node.children()
                .find(|n| n.tag_name().name() == tag)
                .and_then(|n| n.text())
                .map(str::trim)
                .filter(|t| !t.is_empty())
        };
        let Some(name) = part("name") else { continue };
        if BOOKKEEPING.contains(&name) {
            continue;
        }
        let list = if CREDENTIALS.contains(&name.to_lowercase().as_str()) {
            &mut credentials
        } else {
            &mut properties
        };
        // Names can repeat; REST has no way to tell such twins apart, so the first stands for both.
        if list.iter().all(|p| p.name != name) {
            list.push(PropertyFacts {
                name: name.to_owned(),
                value: part("value").map(str::to_owned),
            });
        }
    }
    Ok(ConnectionFacts {
        name: child("displayName").unwrap_or_else(|| id.clone()),
        description: child("description").unwrap_or_default(),
        adapter: child("applicationTypeRef").unwrap_or_default(),
        role: child("integrationRole").unwrap_or_else(|| "SOURCE_AND_TARGET".to_owned()),
        policy: child("securityPolicy"),
        agent_group: child("agentDefinition"),
        id,
        properties,
        credentials,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_and_credentials_are_told_apart() {
        let xml = br#"<ns2:ApplicationInstance xmlns:ns2="http://xmlns.oracle.com/adapters/cloud"><instanceCode>API</instanceCode>
            <displayName>Api</displayName><applicationTypeRef>rest</applicationTypeRef><connectionProperties>
            <connectionProperty><name>csfkey</name><value>x</value></connectionProperty>
            <connectionProperty><name>connectionUrl</name><value>%%API_connectionUrl</value></connectionProperty>
            <connectionProperty><name>tlsVersion</name></connectionProperty>
            <connectionProperty><name>password</name></connectionProperty></connectionProperties>
            <securityPolicy>BASIC_AUTH</securityPolicy><integrationRole>TARGET</integrationRole></ns2:ApplicationInstance>"#;
        let read = read("API.xml", xml).unwrap();
        assert_eq!(read.id, "API");
        assert_eq!(read.adapter, "rest");
        let names: Vec<_> = read.properties.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["connectionUrl", "tlsVersion"]);
        assert_eq!(
            read.properties[0].value.as_deref(),
            Some("%%API_connectionUrl")
        );
        assert_eq!(read.credentials.len(), 1);
        assert_eq!(read.policy.as_deref(), Some("BASIC_AUTH"));
    }
}
