//! What an archive of an instance holds beside artifacts.
//!
//! Nobody has published the real one. What is known here has the fields of the REST API: the values of a connection,
//! the members of roles, and a list of what the archive holds.

use serde_json::Value;

/// What a document is of, if it holds settings.
pub(crate) fn name(json: &Value) -> Option<String> {
    let list = |name: &str| json.get(name).is_some_and(Value::is_array);
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    if list("connectionProperties") && list("securityProperties") {
        let id = text("id")?;
        return Some(match text("project") {
            Some(project) => format!("connection {project}/{id}"),
            None => format!("connection {id}"),
        });
    }
    if list("artifacts") && text("generator").is_some() {
        return Some("manifest".to_owned());
    }
    list("ServiceAdministrator").then(|| "roles".to_owned())
}

/// Where a security property has its value.
pub(crate) const VALUES: [&str; 2] = ["encryptedValue", "propertyValue"];

/// How many security properties have a value.
pub(crate) fn secrets(json: &Value) -> usize {
    let properties = json.get("securityProperties").and_then(Value::as_array);
    let all = properties.into_iter().flatten();
    all.filter(|property| secret(property).is_some()).count()
}

/// The value of a security property, in whatever form it is there.
pub(crate) fn secret(property: &Value) -> Option<&str> {
    let mut values = VALUES.iter().filter_map(|field| property.get(field));
    values.next()?.as_str().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_known_by_their_fields() {
        let connection = json!({"id": "C", "connectionProperties": [], "securityProperties": [
            {"propertyName": "username", "encryptedValue": "x"}, {"propertyName": "password"}]});
        assert_eq!(name(&connection).unwrap(), "connection C");
        assert_eq!(secrets(&connection), 1);
        let of_project = json!({"id": "C", "project": "P", "connectionProperties": [], "securityProperties": []});
        assert_eq!(name(&of_project).unwrap(), "connection P/C");
        assert_eq!(
            name(&json!({"generator": "x", "artifacts": []})).unwrap(),
            "manifest"
        );
        assert_eq!(name(&json!({"ServiceAdministrator": []})).unwrap(), "roles");
        assert!(name(&json!({"artifacts": []})).is_none());
        assert!(name(&json!([])).is_none());
    }
}
