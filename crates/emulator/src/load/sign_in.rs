//! Made-up clients, users and secrets of an instance.

use crate::identity::{Client, Identity, Misfit, Role, User};
use crate::oic::Hidden;

/// The region that made-up hosts lie in.
const REGION: &str = "eu-frankfurt-1";

/// Adds a client and a user of each role, a disabled user, and the address of the instance's scopes.
///
/// # Errors
///
/// One of them is there already.
pub(super) fn add(
    identity: &mut Identity,
    instance: &str,
    rng: &mut fastrand::Rng,
) -> Result<(), Misfit> {
    for (role, suffix) in [
        (Role::ServiceAdministrator, "admin"),
        (Role::ServiceDeveloper, "developer"),
        (Role::ServiceUser, "user"),
        (Role::ServiceInvoker, "invoker"),
    ] {
        identity.add_client(Client {
            id: format!("{instance}-{suffix}"),
            secret: Hidden(secret(rng)),
            instance: instance.to_owned(),
            role: Some(role),
            refresh: true,
            certificates: Vec::new(),
        })?;
        identity.add_user(user(instance, suffix, role, rng))?;
    }
    identity.add_user(User {
        disabled: true,
        ..user(instance, "disabled", Role::ServiceAdministrator, rng)
    })?;
    let id = rng.u64(..);
    let address = format!("https://{id:016X}.integration.{REGION}.ocp.oraclecloud.com:443");
    identity.add_audience(instance, address);
    Ok(())
}

fn user(instance: &str, suffix: &str, role: Role, rng: &mut fastrand::Rng) -> User {
    User {
        name: format!("{instance}.{suffix}@example.com"),
        password: Hidden(secret(rng)),
        instance: instance.to_owned(),
        role: Some(role),
        disabled: false,
    }
}

/// A made-up secret.
pub(super) fn secret(rng: &mut fastrand::Rng) -> String {
    (0..24).map(|_| rng.alphanumeric()).collect()
}
