//! The host that a value names.

/// The host that a property's value names, in lower case: of a URL, or the value of a property that is called one.
///
/// ```
/// use ferry_core::model::host;
/// assert_eq!(host("connectionUrl", "https://Orders.example.com:8443/api").as_deref(), Some("orders.example.com"));
/// assert_eq!(host("Host", "db.example.com").as_deref(), Some("db.example.com"));
/// assert_eq!(host("tlsVersion", "1.2"), None);
/// ```
pub fn host(name: &str, value: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let authority = if let Some((_, rest)) = value.split_once("://") {
        rest.split(['/', '?', '#']).next()?
    } else if name == "host" || name == "hostname" || name == "hostaddress" {
        value.trim()
    } else {
        return None;
    };
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

/// A URL without the user and the password that it may carry.
pub fn without_user(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else {
        return value.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://…@{host}{path}"),
        None => value.to_owned(),
    }
}
