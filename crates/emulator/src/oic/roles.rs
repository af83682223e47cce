//! Which role a call needs: the one place that decides it.

use http::Method;

use crate::identity::{Caller, Role};

/// The least role that may make a call of this path. Documented: the clone API, storage settings and certificates are
/// for administrators alone; reading takes a `ServiceUser`; creating, importing, updating and activating takes a
/// `ServiceDeveloper`. That the rest of what changes something takes one, too, is assumed.
fn needed(method: &Method, path: &[&str]) -> Role {
    match path {
        ["ic", "api", "common", ..]
        | ["icsapis", _, "clonepod", ..]
        | ["ic", "api", "integration", _, "certificates", ..] => Role::ServiceAdministrator,
        _ if method.is_safe() => Role::ServiceUser,
        _ => Role::ServiceDeveloper,
    }
}

/// Whether the caller may make this call, or why not.
pub(super) fn check(caller: Caller, method: &Method, path: &[&str]) -> Result<(), String> {
    let needed = needed(method, path);
    match caller.role {
        Some(role) if role >= needed => Ok(()),
        Some(role) => Err(format!(
            "the role {needed:?} is needed for this call, and the caller has {role:?}"
        )),
        None => Err(format!(
            "the role {needed:?} is needed for this call, and the caller has no role in this instance; grant one, \
             for client credentials to the confidential application"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(role: Role, method: &Method, path: &str) -> bool {
        let path: Vec<&str> = path.split('/').collect();
        check(Caller { role: Some(role) }, method, &path).is_ok()
    }

    #[test]
    fn each_call_has_its_least_role() {
        let least = |method: &Method, path: &str| {
            let roles: Vec<Role> = Role::ALL
                .into_iter()
                .filter(|role| allowed(*role, method, path))
                .collect();
            assert!(Role::ALL.ends_with(&roles), "{path}");
            roles[0]
        };
        let (get, post) = (&Method::GET, &Method::POST);
        for (method, path, role) in [
            (
                post,
                "ic/api/common/v1/exportServiceInstanceArchive",
                Role::ServiceAdministrator,
            ),
            (
                get,
                "ic/api/common/v1/importServiceInstanceArchive/1",
                Role::ServiceAdministrator,
            ),
            (
                post,
                "icsapis/v2/clonepod/exportArtifacts",
                Role::ServiceAdministrator,
            ),
            (
                get,
                "ic/api/integration/v1/certificates",
                Role::ServiceAdministrator,
            ),
            (get, "ic/api/integration/v1/integrations", Role::ServiceUser),
            (
                get,
                "ic/api/integration/v1/integrations/A|01.00.0000/archive",
                Role::ServiceUser,
            ),
            (
                post,
                "ic/api/integration/v1/integrations/A|01.00.0000",
                Role::ServiceDeveloper,
            ),
            (
                post,
                "ic/api/integration/v1/connections/C/test",
                Role::ServiceDeveloper,
            ),
            (
                &Method::DELETE,
                "ic/api/integration/v1/projects/P",
                Role::ServiceDeveloper,
            ),
        ] {
            assert_eq!(least(method, path), role, "{method} {path}");
        }
        let nobody = Caller { role: None };
        assert!(check(nobody, get, &["ic", "api", "integration", "v1"]).is_err());
    }
}
