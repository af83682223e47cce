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

/// Tells the services apart. `host` is lower-case without a port, `path` raw. The host of a real service has that one
/// only; under any other name, such as this machine's, the path tells.
pub(crate) fn route(host: &str, path: &str) -> Route {
    let is = |prefix: &str| path.starts_with(prefix);
    let by_path = if is("/_ferry/") {
        return Route::Admin;
    } else if is("/v1/") || is("/auth/") || ["/v1", "/info", "/healthcheck"].contains(&path) {
        Route::Service(Service::Store)
    } else if is("/oauth2/") {
        Route::Service(Service::Identity)
    } else if is("/ic/api/") || is("/icsapis/") {
        Route::Service(Service::Oic)
    } else {
        Route::Unknown
    };
    match service_of(host) {
        None => by_path,
        // Its host serves more than the API.
        Some(Service::Oic) if by_path != Route::Service(Service::Oic) => Route::Unknown,
        Some(service) => Route::Service(service),
    }
}

/// The service whose real host this is, in any region.
fn service_of(host: &str) -> Option<Service> {
    if is_store_host(host) {
        return Some(Service::Store);
    }
    let rest = host.strip_suffix(".oraclecloud.com")?;
    if rest.starts_with("idcs-") && rest.ends_with(".identity") {
        return Some(Service::Identity);
    }
    // Gen3: design.integration.<region>.ocp; Gen2: <instance>.integration.ocp; older: <instance>.integration.<region>.
    (rest.split('.').nth(1) == Some("integration")).then_some(Service::Oic)
}

/// Whether a host is Object Storage's Swift endpoint: the public, the dedicated or a private one.
pub(crate) fn is_store_host(host: &str) -> bool {
    host.split('.').any(|label| label == "swiftobjectstorage")
        && [".oraclecloud.com", ".customer-oci.com"]
            .iter()
            .any(|end| host.ends_with(end))
}

/// Whether a host is this machine's or one of a service that the emulator stands for.
pub(crate) fn is_served(host: &str) -> bool {
    is_loopback(host) || service_of(host).is_some()
}

/// The host of an authority: without port and brackets, lower-case. None where it is no host, as HTTP understands it.
pub(crate) fn host_of(authority: &str) -> Option<String> {
    // Most are a name and a port, which need no closer look.
    let (name, port) = authority.split_once(':').unwrap_or((authority, "0"));
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'.';
    if !name.is_empty()
        && !name.ends_with('.')
        && name.bytes().all(plain)
        && port.bytes().all(|c| c.is_ascii_digit())
        && port.parse::<u16>().is_ok()
    {
        return Some(name.to_owned());
    }
    let parsed: http::uri::Authority = authority.parse().ok()?;
    let rest = authority.strip_prefix(parsed.host())?;
    let port = match rest.strip_prefix(':') {
        Some(port) => port.is_empty() || port.parse::<u16>().is_ok(),
        // What is left over is an `@`: an authority with a user stands in no request.
        None => rest.is_empty(),
    };
    let host = parsed.host();
    let bare = match host.strip_prefix('[') {
        Some(inside) => {
            let inside = inside.strip_suffix(']')?;
            inside.parse::<std::net::Ipv6Addr>().ok()?;
            inside
        }
        None => host.strip_suffix('.').unwrap_or(host),
    };
    (port && !bare.is_empty()).then(|| bare.to_ascii_lowercase())
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
        let design = "design.integration.us-phoenix-1.ocp.oraclecloud.com";
        assert_eq!(route(design, "/v1/acme/ferry"), Route::Unknown);
        assert_eq!(route(design, "/oauth2/v1/token"), Route::Unknown);
        assert_eq!(route(design, "/ic/api/x"), Route::Service(Service::Oic));
        assert_eq!(
            route("idcs-1.identity.oraclecloud.com", "/ic/api/x"),
            Route::Service(Service::Identity)
        );
        assert_eq!(route("x", "/_ferry/health"), Route::Admin);
        assert_eq!(route("x", "/"), Route::Unknown);
        assert_eq!(route("swiftobjectstorage.example.com", "/"), Route::Unknown);
    }

    #[test]
    fn reads_hosts() {
        for (authority, host) in [
            ("[::1]:8080", "::1"),
            ("DEV.localhost:8080", "dev.localhost"),
            ("localhost.", "localhost"),
            ("127.0.0.1:", "127.0.0.1"),
        ] {
            assert_eq!(host_of(authority).as_deref(), Some(host));
        }
        for bad in [
            "", ".", ":80", "a:b", "a:70000", "u@a", "u:p@a:80", "[::1", "[x]", "a b", "a/b",
            "a\\b",
        ] {
            assert_eq!(host_of(bad), None, "{bad}");
        }
        assert!(is_loopback("::1") && is_loopback("127.9.9.9") && is_loopback("dev.localhost"));
        assert!(!is_loopback("localhost.example.com") && !is_loopback("10.0.0.1"));
    }

    #[test]
    fn serves_this_machine_and_the_real_services() {
        for host in [
            "localhost",
            "test.localhost",
            "design.integration.eu-frankfurt-1.ocp.oraclecloud.com",
            "acme-ns.integration.eu-frankfurt-1.ocp.oraclecloud.com",
            "acme-tenancy-fr.integration.ocp.oraclecloud.com",
            "example.integration.us.oraclecloud.com",
            "idcs-0123456789abcdef.identity.oraclecloud.com",
            "swiftobjectstorage.us-phoenix-1.oraclecloud.com",
        ] {
            assert!(is_served(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "localhost.example.com",
            "console.oraclecloud.com",
            "identity.oraclecloud.com",
            "design.integration.oraclecloud.com.example.com",
        ] {
            assert!(!is_served(host), "{host}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(host in ".*", path in ".*") {
            let _ = route(&host, &path);
            let _ = (host_of(&host), is_served(&host));
        }
    }
}
