//! Which service a request is for: by path first, then by host.

use crate::fault::Service;

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// The emulator's own controls.
    Admin,
    /// A service.
    Service(Service),
    /// Nowhere.
    Unknown,
}

/// Tells the services apart. `host` is lower-case without a port, `path` raw.
pub(crate) fn route(host: &str, path: &str) -> Route {
    let is = |prefix: &str| path.starts_with(prefix);
    if is("/_ferry/") {
        Route::Admin
    } else if is("/v1/") || is_store_host(host) {
        Route::Service(Service::Store)
    } else if is("/oauth2/") {
        Route::Service(Service::Identity)
    } else if is("/ic/api/") || is("/icsapis/") {
        Route::Service(Service::Oic)
    } else {
        Route::Unknown
    }
}

/// Whether a host is Object Storage's Swift endpoint: the public, the dedicated or a private one.
pub(crate) fn is_store_host(host: &str) -> bool {
    host.split('.').any(|label| label == "swiftobjectstorage")
        && [".oraclecloud.com", ".customer-oci.com"]
            .iter()
            .any(|end| host.ends_with(end))
}

/// The host of an authority: without port and brackets, lower-case.
pub(crate) fn host_of(authority: &str) -> String {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => authority.split(':').next().unwrap_or(authority),
    };
    host.to_ascii_lowercase()
}

/// Whether a host names this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tells_services_apart() {
        let store = Route::Service(Service::Store);
        assert_eq!(route("127.0.0.1", "/v1/acme/ferry"), store);
        assert_eq!(
            route("swiftobjectstorage.eu-frankfurt-1.oraclecloud.com", "/"),
            store
        );
        assert_eq!(
            route(
                "acme.swiftobjectstorage.uk-london-1.oci.customer-oci.com",
                "/x"
            ),
            store
        );
        assert_eq!(
            route("x", "/oauth2/v1/token"),
            Route::Service(Service::Identity)
        );
        assert_eq!(
            route("x", "/ic/api/integration/v1/integrations"),
            Route::Service(Service::Oic)
        );
        assert_eq!(
            route("x", "/icsapis/v2/integrations"),
            Route::Service(Service::Oic)
        );
        assert_eq!(route("x", "/_ferry/health"), Route::Admin);
        assert_eq!(route("x", "/"), Route::Unknown);
        assert_eq!(route("swiftobjectstorage.example.com", "/"), Route::Unknown);
    }

    #[test]
    fn reads_hosts() {
        assert_eq!(host_of("[::1]:8080"), "::1");
        assert_eq!(host_of("DEV.localhost:8080"), "dev.localhost");
        assert!(is_loopback("::1") && is_loopback("127.9.9.9") && is_loopback("dev.localhost"));
        assert!(!is_loopback("localhost.example.com") && !is_loopback("10.0.0.1"));
    }

    proptest! {
        #[test]
        fn never_panics(host in ".*", path in ".*") {
            let _ = route(&host, &path);
            let _ = route(&host_of(&host), &format!("/v1/{path}"));
        }
    }
}
