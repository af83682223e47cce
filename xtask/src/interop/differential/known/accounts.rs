//! Accounts that are made and deleted.

use super::Known;

pub(super) const ACCOUNTS: Known = Known {
    what: "PUT and DELETE of an account by who administers all",
    why: "the emulator's accounts come by being used, and stay",
    forgive: |pair| {
        if pair.request.manages_account() && pair.ours.status.starts_with("405") {
            pair.ours = pair.genuine.clone();
        }
    },
};

#[cfg(test)]
mod tests {
    use crate::interop::differential::sample::{alike, answer, request};

    #[test]
    fn an_account_is_made_and_deleted_by_who_administers_all() {
        let by = |line, token: &str| {
            let mut request = request(line);
            request.headers = vec![("X-Auth-Token".to_owned(), token.to_owned())];
            request
        };
        let genuine = answer("201 Created", &[], "");
        let ours = answer("405 Method Not Allowed", &[("allow", "GET")], "");
        for line in ["PUT /v1/AUTH_@0", "DELETE /v1/AUTH_@0"] {
            assert!(alike(&by(line, "@reseller"), &genuine, &ours));
            let forbidden = answer("403 Forbidden", &[], "");
            assert!(!alike(&by(line, "@reseller"), &genuine, &forbidden));
            assert!(!alike(&by(line, "@tester"), &genuine, &ours));
            assert!(!alike(&request(line), &genuine, &ours));
        }
        for line in ["POST /v1/AUTH_@0", "PUT /v1/AUTH_@0/@0", "PUT //v1/AUTH_@0"] {
            assert!(!alike(&by(line, "@reseller"), &genuine, &ours));
        }
    }
}
