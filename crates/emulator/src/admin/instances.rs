//! What instances hold and did, and what only their consoles can do.

use http::Method;
use percent_encoding::percent_decode_str;

use super::handle::{nowhere, ok};
use super::input::{read, whole};
use crate::body::{Refused, Reply};
use crate::service::Seam;
use crate::world::Call;
use crate::{Body, identity, oic};

pub(super) async fn answer(
    seam: &Seam,
    call: &Call,
    path: &[&str],
    body: Body,
) -> Result<Reply, Refused> {
    match (call.method.as_str(), path) {
        ("GET", ["jobs"]) => Ok(ok(&oic::jobs(&seam.advanced()))),
        ("GET", ["jobs", id, "report"]) => {
            let instance = call.query("instance");
            Ok(oic::job(&seam.advanced(), id, instance))
        }
        ("GET", ["artifacts", ..]) => Ok(oic::artifacts_answer(&mut seam.advanced(), call)),
        ("POST" | "DELETE", ["instances", name, "locks"]) => {
            let lock = read(body).await?;
            let locks = call.method == Method::POST;
            Ok(oic::lock(&mut seam.advanced(), name, lock, locks))
        }
        (_, ["instances", name, "storage"]) => {
            let body = whole(body).await?;
            let world = &mut seam.advanced();
            Ok(oic::storage(world, name, &call.method, &body))
        }
        ("POST", ["identity", "clients", id, "certificates"]) => {
            let pem = whole(body).await?;
            let id = percent_decode_str(id).decode_utf8_lossy();
            let alias = call.query("alias");
            Ok(identity::register(&mut seam.world(), &id, alias, &pem))
        }
        _ => Err(nowhere()),
    }
}
