//! Access lists: of containers (`X-Container-Read`, `X-Container-Write`) and of accounts (`X-Account-Access-Control`).

use http::Uri;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// The keys of an account's list, from the one that grants most.
pub(super) const LEVELS: [&str; 3] = ["admin", "read-write", "read-only"];

/// A container's list as it is kept.
///
/// # Errors
///
/// It is none, as upstream says it.
pub(super) fn cleaned(name: &str, value: &str) -> Result<String, String> {
    let mut items = Vec::new();
    for raw in value
        .split(',')
        .map(str::trim)
        .filter(|raw| !raw.is_empty())
    {
        let Some((first, second)) = raw.split_once(':') else {
            items.push(raw.to_owned());
            continue;
        };
        let (first, second) = (first.trim(), second.trim());
        if !first.starts_with('.') {
            items.push(raw.to_owned());
            continue;
        }
        if !matches!(first, ".r" | ".ref" | ".referer" | ".referrer") {
            return Err(format!("Unknown designator '{first}' in ACL: '{raw}'"));
        }
        if name.contains("write") {
            return Err(format!("Referrers not allowed in write ACL: '{raw}'"));
        }
        let (sign, host) = match second.strip_prefix('-') {
            Some(host) => ("-", host.trim()),
            None => ("", second),
        };
        let host = match host.strip_prefix('*') {
            Some(rest) if !rest.is_empty() => rest.trim(),
            _ => host,
        };
        if host.is_empty() || host == "." {
            return Err(format!(
                "No host/domain value after referrer designation in ACL: '{raw}'"
            ));
        }
        items.push(format!(".r:{sign}{host}"));
    }
    Ok(items.join(","))
}

/// Whether a container's list lets somebody of these groups in, or somebody who comes from `referer`. Lists of objects
/// are not for referrers alone.
pub(super) fn admits(acl: &str, groups: &[String], referer: Option<&str>, object: bool) -> bool {
    let (mut hosts, mut names) = (Vec::new(), Vec::new());
    for item in acl.split(',').filter(|item| !item.is_empty()) {
        match item.strip_prefix(".r:") {
            Some(host) => hosts.push(host),
            None => names.push(percent_decode_str(item).decode_utf8_lossy().into_owned()),
        }
    }
    let listings = object || names.iter().any(|name| name == ".rlistings");
    (listings && refers(referer, &hosts)) || groups.iter().any(|group| names.contains(group))
}

fn refers(referer: Option<&str>, hosts: &[&str]) -> bool {
    let uri = referer.and_then(|referer| referer.parse::<Uri>().ok());
    let host = uri.as_ref().and_then(Uri::host).unwrap_or("unknown");
    let of =
        |pattern: &str| pattern == host || (pattern.starts_with('.') && host.ends_with(pattern));
    hosts
        .iter()
        .fold(false, |allowed, pattern| match pattern.strip_prefix('-') {
            Some(pattern) => allowed && !of(pattern),
            None => allowed || *pattern == "*" || of(pattern),
        })
}

/// Reads an account's list; an empty one is none.
///
/// # Errors
///
/// What is wrong with it, as upstream says it.
pub(super) fn account(text: &str) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let read = serde_json::from_str::<Value>(text).ok();
    let Some(Value::Object(levels)) = read else {
        return Err(format!("Syntax error in input ('{text}')"));
    };
    for (level, names) in &levels {
        if !LEVELS.contains(&level.as_str()) {
            return Err(format!("Key \"{level}\" not recognized"));
        }
        let Value::Array(names) = names else {
            return Err(format!("Value for key \"{level}\" must be a list"));
        };
        if !names.iter().all(Value::is_string) {
            return Err(format!("Elements of \"{level}\" list must be strings"));
        }
    }
    Ok(if levels.is_empty() {
        Value::Null
    } else {
        Value::Object(levels)
    })
}

/// An account's list as it is shown: ASCII, without blanks, its keys in order.
pub(super) fn shown(acl: &Value) -> Option<String> {
    let levels = acl.as_object()?;
    let mut text = String::new();
    for c in serde_json::to_string(levels).ok()?.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text += &format!("\\u{unit:04x}");
            }
        }
    }
    Some(text)
}

/// The level that an account's list gives to somebody of these groups.
pub(super) fn level(acl: &Value, groups: &[String]) -> Option<&'static str> {
    LEVELS.into_iter().find(|level| {
        let names = acl.get(level).and_then(Value::as_array);
        let mut names = names.into_iter().flatten().filter_map(Value::as_str);
        names.any(|name| groups.iter().any(|group| group == name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_containers_are_cleaned_and_checked() {
        let clean = |value| cleaned("x-container-read", value);
        for (raw, kept) in [
            ("bob, sue", "bob,sue"),
            ("bob,,,sue", "bob,sue"),
            (".referrer : *", ".r:*"),
            (".ref:*.example.com", ".r:.example.com"),
            (".r:*, .rlistings, acme:jane", ".r:*,.rlistings,acme:jane"),
            (".r:-*.thief.com", ".r:-.thief.com"),
        ] {
            assert_eq!(clean(raw).as_deref(), Ok(kept), "{raw}");
        }
        for raw in [".r:", ".r:-", ".x:y"] {
            assert!(clean(raw).is_err(), "{raw}");
        }
        assert!(cleaned("x-container-write", ".r:*").is_err());
    }

    #[test]
    fn lists_of_containers_let_in() {
        let groups = ["acme".to_owned(), "acme:jane".to_owned()];
        assert!(admits("bob,acme:jane", &groups, None, true));
        assert!(!admits("bob", &groups, None, true));
        assert!(admits(".r:*", &[], None, true));
        assert!(!admits(".r:*", &[], None, false));
        assert!(admits(".r:*,.rlistings", &[], None, false));
        let acl = ".r:.example.com,.r:-thief.example.com";
        assert!(admits(acl, &[], Some("http://www.example.com/x"), true));
        assert!(!admits(acl, &[], Some("http://thief.example.com/"), true));
        assert!(!admits(acl, &[], None, true));
    }

    #[test]
    fn lists_of_accounts() {
        let acl = account(r#"{"read-only": ["acme:jane"], "admin": ["joe\u00e9"]}"#).unwrap();
        assert_eq!(
            shown(&acl).unwrap(),
            r#"{"admin":["joe\u00e9"],"read-only":["acme:jane"]}"#
        );
        assert_eq!(level(&acl, &["acme:jane".to_owned()]), Some("read-only"));
        assert_eq!(level(&acl, &["acme".to_owned()]), None);
        assert_eq!(account("").unwrap(), Value::Null);
        for wrong in [
            "{",
            "[]",
            r#"{"other": []}"#,
            r#"{"admin": "x"}"#,
            r#"{"admin": [1]}"#,
        ] {
            assert!(account(wrong).is_err(), "{wrong}");
        }
    }
}
