//! Accounts that are made and deleted.

use super::Known;

pub(super) const ACCOUNTS: Known = Known {
    what: "PUT and DELETE of an account by who administers all",
    why: "the emulator's accounts come by being used, and stay",
    forgive: |pair| {
        let request = pair.request;
        let managed = request.is_of_account() && matches!(request.method, "PUT" | "DELETE");
        let reseller = request.header("X-Auth-Token") == Some("@reseller");
        if managed && reseller && pair.ours.status.starts_with("405") {
            pair.ours = pair.genuine.clone();
        }
    },
};
