//! Which instance, and how to sign in.

use std::fmt;
use std::sync::Arc;

use ferry_core::job::Generation;
use ferry_core::storage::is_loopback;
use http::Uri;
use jiff::Timestamp;
use secrecy::SecretString;

/// An instance and the way to it.
#[derive(Clone)]
pub struct Settings {
    /// Which generation's field names, letter case and parameters are spoken.
    pub generation: Generation,
    /// `https://host[:port]`, for Gen3 the *design-time* host. `http` is taken for loopback hosts only.
    pub origin: String,
    /// `integrationInstance` of every call; documented as needed on Gen3, not sent where it is `None`.
    pub service_instance: Option<String>,
    /// How to sign in. Gen3 is documented to take OAuth only.
    pub sign_in: SignIn,
    /// The wall clock: a token's end is reckoned from it.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("generation", &self.generation)
            .field("origin", &self.origin)
            .field("service_instance", &self.service_instance)
            .field("sign_in", &self.sign_in)
            .finish_non_exhaustive()
    }
}

/// How a request proves who sends it. `Debug` hides the secrets.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// OAuth 2.0 client credentials of a confidential application (documented for both generations).
    ClientCredentials {
        /// `https://idcs-….identity.oraclecloud.com/oauth2/v1/token`.
        token_url: String,
        /// The application's id.
        client_id: String,
        /// The application's secret.
        client_secret: SecretString,
        /// The scope, as the application's page shows it; sent encoded.
        scope: Option<String>,
    },
    /// HTTP Basic (documented for Gen2).
    Basic {
        /// User name.
        user: String,
        /// Password.
        password: SecretString,
    },
}

/// `scheme://host[:port]` of an origin or token URL that secrets may be sent to: `https`, or loopback.
/// `None` for anything else, a URL with a user inside included.
pub(crate) fn safe_origin(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority()?;
    let scheme = uri.scheme_str()?;
    let safe = match scheme {
        "https" => true,
        "http" => is_loopback(authority.host()),
        _ => false,
    };
    (safe && !authority.as_str().contains('@')).then(|| format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_over_https_or_loopback() {
        for (url, origin) in [
            (
                "https://design.example.com/",
                Some("https://design.example.com"),
            ),
            (
                "https://example.com:8443/x?y",
                Some("https://example.com:8443"),
            ),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("http://test.localhost:1", Some("http://test.localhost:1")),
            ("http://example.com", None),
            ("http://localhost.example.com", None),
            ("https://user:pass@example.com", None),
            ("ftp://localhost", None),
            ("example.com", None),
            ("", None),
        ] {
            assert_eq!(safe_origin(url).as_deref(), origin, "{url}");
        }
    }
}
