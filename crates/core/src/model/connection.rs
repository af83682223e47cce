use serde::{Deserialize, Serialize};

/// A connection, without anything that may be secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// The code.
    pub code: String,
    /// The display name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The adapter: `rest`, `ftp`, `oracle:amazon-s3`.
    pub adapter: String,
    /// `SOURCE`, `TARGET` or `SOURCE_AND_TARGET`.
    pub role: String,
    /// The security policy.
    pub policy: String,
    /// `CONFIGURED`, `IN_PROGRESS`, or what else it says.
    pub status: String,
    /// The group of connectivity agents that it goes through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_group: Option<String>,
    /// The properties, in their order; names may repeat.
    pub properties: Vec<Property>,
    /// The hosts that its literal values name, sorted.
    pub hosts: Vec<String>,
    /// The aliases of certificates that it names, sorted.
    pub certificates: Vec<String>,
    /// The files that were uploaded with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The code of the project that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Where it lies, `outer!inner!path`.
    pub places: Vec<String>,
}

/// A property of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Property {
    /// The name.
    pub name: String,
    /// What its value is like.
    pub value: PropertyValue,
}

/// The value of a property, as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PropertyValue {
    /// There is none.
    Empty,
    /// `%%…`: it belongs to the environment and was taken out.
    Placeholder,
    /// The value itself.
    Literal(String),
    /// A value under a name that is given to secrets: kept back.
    Hidden,
}

/// A file that was uploaded with a connection; never its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// The property that it is the value of.
    pub property: String,
    /// The file's name.
    pub name: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Whether the signature is that of the content; `None` where there is no signature.
    pub signed: Option<bool>,
}

/// Whether a property of this name may hold a secret, so that its value is not for showing.
pub fn secret_like(name: &str) -> bool {
    const TOLD: [&str; 12] = [
        "password",
        "passphrase",
        "passwd",
        "secret",
        "token",
        "privatekey",
        "private_key",
        "private-key",
        "wallet",
        "credential",
        "apikey",
        "api_key",
    ];
    let name = name.to_ascii_lowercase();
    TOLD.iter().any(|told| name.contains(told))
}
