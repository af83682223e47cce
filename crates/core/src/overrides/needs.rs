//! What a connection cannot do without.

use crate::model::secret_like;

/// Whether a property's name is that of a credential (archive-format 3: they stand among the properties).
pub fn is_credential(name: &str) -> bool {
    name.eq_ignore_ascii_case("username") || secret_like(name)
}

/// The credentials that a security policy needs, in lower case; `None` where nobody has told.
pub fn needed_credentials(policy: &str) -> Option<&'static [&'static str]> {
    match policy {
        "" | "NONE" | "OAUTH_INBOUND" | "MULTI_TOKEN_INBOUND" | "OCI_SERVICE_INVOCATION" => {
            Some(&[])
        }
        "BASIC_AUTH" | "USERNAME_PASSWORD_TOKEN" | "JDBC_BASIC_AUTH" => {
            Some(&["username", "password"])
        }
        _ => None,
    }
}
