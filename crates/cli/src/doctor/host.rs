//! What kind of host an address names, by its name alone.

use std::fmt;

use ferry_core::storage::is_loopback;

/// A kind of host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostKind {
    /// `design.integration.<region>.ocp.oraclecloud.com` (documented): the one for generation 3.
    DesignTime,
    /// `<instance>.integration.<region>.ocp.oraclecloud.com` (seen): runs integrations, answers no design-time call.
    RunTime,
    /// `<instance>-<tenancy>-<region>.integration.ocp.oraclecloud.com` (seen): both in one.
    Gen2,
    /// The store's own host.
    Storage,
    /// The identity domain's host.
    Identity,
    /// This machine.
    Loopback,
    /// Anything else: a custom endpoint, which serves run time only (documented), or a typing mistake.
    Custom,
}

impl HostKind {
    /// The kind of a host name, in any letter case, without port.
    pub(crate) fn of(host: &str) -> Self {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if is_loopback(&host) {
            return Self::Loopback;
        }
        let Some(labels) = host.strip_suffix(".oraclecloud.com") else {
            let storage =
                host.contains("swiftobjectstorage.") && host.ends_with(".customer-oci.com");
            return if storage { Self::Storage } else { Self::Custom };
        };
        let labels: Vec<&str> = labels.split('.').collect();
        match labels.as_slice() {
            ["design", "integration", _, "ocp"] => Self::DesignTime,
            // One page of the documentation writes hyphens.
            [one, "ocp"] if one.starts_with("design-integration-") => Self::DesignTime,
            [_, "integration", "ocp"] => Self::Gen2,
            [_, "integration", region] if *region != "ocp" => Self::Gen2,
            [_, "integration", _, "ocp"] => Self::RunTime,
            ["swiftobjectstorage" | "objectstorage", ..] => Self::Storage,
            [idcs, "identity"] if idcs.starts_with("idcs-") => Self::Identity,
            _ => Self::Custom,
        }
    }
}

impl fmt::Display for HostKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DesignTime => "design-time host of generation 3",
            Self::RunTime => "run-time host of generation 3",
            Self::Gen2 => "instance host of generation 2",
            Self::Storage => "host of Object Storage",
            Self::Identity => "host of an identity domain",
            Self::Loopback => "this machine",
            Self::Custom => "custom endpoint or unknown host",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart() {
        for (host, kind) in [
            (
                "design.integration.us-phoenix-1.ocp.oraclecloud.com",
                HostKind::DesignTime,
            ),
            (
                "DESIGN.integration.eu-frankfurt-1.ocp.oraclecloud.com",
                HostKind::DesignTime,
            ),
            (
                "acme-test-px.integration.us-phoenix-1.ocp.oraclecloud.com",
                HostKind::RunTime,
            ),
            (
                "acme-test-acmens-px.integration.ocp.oraclecloud.com",
                HostKind::Gen2,
            ),
            ("example.integration.us.oraclecloud.com", HostKind::Gen2),
            (
                "swiftobjectstorage.us-phoenix-1.oraclecloud.com",
                HostKind::Storage,
            ),
            ("idcs-0123.identity.oraclecloud.com", HostKind::Identity),
            ("cloud.oracle.com", HostKind::Custom),
            ("integration.example.com", HostKind::Custom),
            ("test.localhost", HostKind::Loopback),
            ("127.0.0.1", HostKind::Loopback),
        ] {
            assert_eq!(HostKind::of(host), kind, "{host}");
        }
    }
}
