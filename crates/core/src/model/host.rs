//! The hosts that a value names.

/// The hosts that a property's value names, in lower case: of the URLs in it (a namespace in braces is none), or the value
/// of a property that is called one.
///
/// ```
/// use ferry_core::model::hosts;
/// assert_eq!(hosts("connectionUrl", "https://Orders.example.com:8443/api"), ["orders.example.com"]);
/// assert_eq!(hosts("Host", "db.example.com"), ["db.example.com"]);
/// assert_eq!(hosts("URIs", "{http://ns.example}A=https://a.example/x, {http://ns.example}B=https://b.example"), ["a.example", "b.example"]);
/// assert!(hosts("tlsVersion", "1.2").is_empty());
/// ```
pub fn hosts(name: &str, value: &str) -> Vec<String> {
    let mut parts = value.split("://");
    let mut before = parts.next().unwrap_or_default();
    let mut hosts = Vec::new();
    let mut has_url = false;
    for rest in parts {
        has_url = true;
        let scheme =
            before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !scheme.ends_with('{') {
            hosts.extend(host(authority(rest).0));
        }
        before = rest;
    }
    if !has_url && is_host(name) {
        hosts.extend(host(value.trim()));
    }
    hosts
}

/// Whether the value of a property of this name is a host.
pub(crate) fn is_host(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "host" | "hostname" | "hostaddress")
}

/// A text without the users and the passwords that the URLs in it may carry.
///
/// ```
/// use ferry_core::model::without_user;
/// assert_eq!(without_user("a=https://me:pw@a.example/x, https://b.example"), "a=https://…@a.example/x, https://b.example");
/// ```
pub fn without_user(value: &str) -> String {
    let mut left = String::with_capacity(value.len());
    let mut parts = value.split("://");
    left.extend(parts.next());
    for rest in parts {
        left.push_str("://");
        let (authority, path) = authority(rest);
        match authority.rsplit_once('@') {
            Some((_, host)) => left.extend(["…@", host, path]),
            None => left.push_str(rest),
        }
    }
    left
}

/// What stands between `://` and the path, and the rest.
fn authority(rest: &str) -> (&str, &str) {
    let end = rest.find(|c: char| "/?#,;{}\"'<>|".contains(c) || c.is_whitespace());
    rest.split_at_checked(end.unwrap_or(rest.len()))
        .unwrap_or((rest, ""))
}

/// The host of an authority.
fn host(authority: &str) -> Option<String> {
    let authority = authority.rsplit('@').next()?;
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None => authority.split(':').next()?,
    };
    let plausible = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_alphanumeric() || ".-_:".contains(c));
    plausible.then(|| host.to_ascii_lowercase())
}
