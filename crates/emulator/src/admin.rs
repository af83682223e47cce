//! The emulator's own controls under `/_ferry/`: JSON, without credentials, for this machine only.

use http::{StatusCode, header};
use serde_json::json;

use crate::Body;
use crate::body::{Refused, Reply, json};
use crate::route;
use crate::service::{Peer, Seam};
use crate::world::Call;

mod controls;
mod faults;
mod handle;
mod input;
mod instances;
mod state;

pub use controls::{Control, controls};

/// Answers a request for the emulator itself.
pub(crate) async fn answer(seam: &Seam, call: &Call, body: Body, peer: Option<Peer>) -> Reply {
    if peer.is_some_and(|peer| !peer.address.ip().is_loopback()) || !route::is_loopback(&call.host)
    {
        return problem(StatusCode::FORBIDDEN, "only for this machine").into_reply();
    }
    if from_a_page(call) {
        let why = "not for the pages of a browser";
        return problem(StatusCode::FORBIDDEN, why).into_reply();
    }
    let scheme = match peer {
        Some(Peer { secure: true, .. }) => "https",
        _ => "http",
    };
    let handled = handle::handle(seam, call, body, scheme).await;
    let kept = if call.method.is_safe() {
        Ok(())
    } else {
        let mut world = seam.world();
        world.stirred();
        seam.settle(&mut world)
    };
    match kept {
        Ok(()) => handled.unwrap_or_else(Refused::into_reply),
        Err(error) => disk(&error).into_reply(),
    }
}

/// Whether a page sent this that is not the emulator's own. A page reaches this machine under a name of its own (which
/// the host tells), or across origins (which these headers tell, and no page can forge).
fn from_a_page(call: &Call) -> bool {
    let own = |origin: &str| {
        let address = origin.split_once("://").map(|(_, address)| address);
        address.is_some_and(|address| address.eq_ignore_ascii_case(&call.authority))
    };
    let foreign = |value: &http::HeaderValue| !value.to_str().is_ok_and(own);
    let headers = &call.headers;
    headers.get_all(header::ORIGIN).iter().any(foreign)
        || headers
            .get_all("sec-fetch-site")
            .iter()
            .any(|site| site != "same-origin" && site != "none")
}

fn problem(status: StatusCode, detail: &str) -> Refused {
    Refused::new(json(
        status,
        &json!({"status": status.as_u16(), "detail": detail}),
    ))
}

/// 500 where the emulator's own files fail.
fn disk(error: &dyn std::error::Error) -> Refused {
    problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
}
