//! Made-up clients, users and secrets of an instance.

use crate::identity::{Client, Identity, Role, User};
use crate::oic::Hidden;

/// The region that made-up hosts lie in.
const REGION: &str = "eu-frankfurt-1";

/// Adds two clients and two users, one of each a mere developer, and the address of the instance's scopes.
pub(super) fn add(identity: &mut Identity, instance: &str, rng: &mut fastrand::Rng) {
    for (role, suffix) in [
        (Role::ServiceAdministrator, "admin"),
        (Role::ServiceDeveloper, "developer"),
    ] {
        identity.add_client(Client {
            id: format!("{instance}-{suffix}"),
            secret: Hidden(secret(rng)),
            instance: instance.to_owned(),
            role,
        });
        identity.add_user(User {
            name: format!("{instance}.{suffix}@example.com"),
            password: Hidden(secret(rng)),
            instance: instance.to_owned(),
            role,
        });
    }
    let id = rng.u64(..);
    let address = format!("https://{id:016X}.integration.{REGION}.ocp.oraclecloud.com:443");
    identity.add_audience(instance, address);
}

/// A made-up secret.
pub(super) fn secret(rng: &mut fastrand::Rng) -> String {
    (0..24).map(|_| rng.alphanumeric()).collect()
}
