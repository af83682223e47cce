//! Security policies: which there are, and which properties they bring.

/// Every policy that is documented or was seen in an artifact.
const KNOWN: [&str; 26] = [
    "AWS_SIGNATURE_VERSION4",
    "BASIC_AUTH",
    "CUSTOM",
    "CUSTOM_SINGLE_TOKEN",
    "CUSTOM_THREE_LEGGED",
    "CUSTOM_TWO_LEGGED",
    "FTP_MULTI_LEVEL_AUTHENTICATION",
    "FTP_PUBLIC_KEY_AUTHENTICATION",
    "JDBC_BASIC_AUTH",
    "JDBC_OVER_SSL",
    "JWT_USER_ASSERTION_FOR_OAUTH",
    "MULTI_TOKEN_INBOUND",
    "MUTUAL_TLS",
    "NONE",
    "OAUTH_AUTHORIZATION_CODE_CREDENTIALS",
    "OAUTH_CLIENT_CREDENTIALS",
    "OAUTH_INBOUND",
    "OAUTH_RESOURCE_OWNER_PASSWORD_CREDENTIALS",
    "OCI_SERVICE_INVOCATION",
    "OCI_SIGNATURE_VERSION1",
    "ORACLE_WALLET",
    "SAML",
    "SASLPLAIN",
    "TLS",
    "TOKEN_BASED",
    "USERNAME_PASSWORD_TOKEN",
];

/// Whether connections of an adapter may have a policy. That the adapter decides is documented, which policies it
/// allows is not: only what can never fit is refused.
///
/// # Errors
///
/// Why not.
pub(super) fn allowed(adapter: &str, policy: &str) -> Result<(), String> {
    if !KNOWN.contains(&policy) {
        return Err("securityPolicy is no known policy".to_owned());
    }
    let fits = if policy.starts_with("FTP_") {
        adapter == "ftp"
    } else if policy.starts_with("JDBC_") || policy == "ORACLE_WALLET" {
        !matches!(adapter, "rest" | "soap" | "ftp")
    } else {
        true
    };
    if fits {
        Ok(())
    } else {
        Err(format!(
            "connections of the adapter {adapter} take no policy {policy}"
        ))
    }
}

/// The properties that a policy needs, where they are known: `OCI_SIGNATURE_VERSION1` was seen, the others are assumed.
pub(super) fn properties(policy: &str) -> Option<&'static [&'static str]> {
    Some(match policy {
        "NONE" | "OAUTH_INBOUND" | "OCI_SERVICE_INVOCATION" => &[],
        "BASIC_AUTH" | "USERNAME_PASSWORD_TOKEN" | "JDBC_BASIC_AUTH" => &["username", "password"],
        "OAUTH_CLIENT_CREDENTIALS" => &["client_id", "client_secret", "access_token_uri"],
        "OAUTH_RESOURCE_OWNER_PASSWORD_CREDENTIALS" => &[
            "username",
            "password",
            "client_id",
            "client_secret",
            "access_token_uri",
        ],
        "OCI_SIGNATURE_VERSION1" => &["TenancyOCID", "UserOCID", "FingerPrint", "PrivateKey"],
        _ => return None,
    })
}

/// Whether a credential is a file, which is uploaded as an attachment.
pub(super) fn is_file(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower == "wallet" || lower.starts_with("privatekey")
}

/// Whether a credential is typed in blindly.
pub(super) fn is_secret(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["pass", "secret", "token", "key"]
        .iter()
        .any(|word| lower.contains(word))
}
