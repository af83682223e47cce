//! The emulator as its users hold it.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use crate::barrier::{Barrier, Side};
use crate::environments::{self, EnvironmentCard};
use crate::fault::Rule;
use crate::journal::Recorded;
use crate::options::{Options, StartError};
use crate::service::{NoAnswer, Seam};
use crate::{Body, Tls, body, server};

/// An emulator. Clones are handles of the same one.
#[derive(Debug, Clone)]
pub struct Emulator {
    seam: Arc<Seam>,
}

impl Emulator {
    /// Loads the instances, or the state that an earlier run left in `options.data`.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let seam = Arc::new(Seam::start(options)?);
        Ok(Self { seam })
    }

    /// Serves HTTP/1.1 on a listener until `shutdown` is ready; requests under way get a moment to end. Then saves.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        server::serve(&self.seam, listener, None, shutdown).await;
        self.save()
    }

    /// As [`Emulator::serve`], over TLS.
    pub async fn serve_tls(
        self,
        listener: TcpListener,
        tls: Tls,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        server::serve(&self.seam, listener, Some(&tls), shutdown).await;
        self.save()
    }

    /// Serves HTTP/1.1 on one connection that is no socket, such as a pipe in memory, until its client ends it. Where a
    /// fault would reset a socket, the connection ends.
    pub async fn serve_connection(&self, io: impl AsyncRead + AsyncWrite + Unpin) {
        server::serve_connection(&self.seam, io).await;
    }

    /// A certificate authority for [`Emulator::serve_tls`]: that of the data folder, else a new one.
    pub fn tls(&self) -> io::Result<Tls> {
        self.seam.tls()
    }

    /// Answers one request without sockets. Where a fault ends the connection instead of answering, the reply is an
    /// empty 500 with [`NoAnswer`] among its extensions.
    pub async fn answer(&self, request: http::Request<Body>) -> http::Response<Body> {
        match self.seam.answer(request).await {
            Ok(reply) => reply,
            Err(closed) => no_answer(closed),
        }
    }

    /// How to reach each environment, for an emulator at this origin, such as `https://127.0.0.1:8080`; without a
    /// scheme it is plain.
    pub fn environments(&self, origin: &str) -> Vec<EnvironmentCard> {
        environments::cards(&self.seam.world(), origin)
    }

    /// Whether it went on from the state that an earlier run left in its data folder, so that no load was read.
    pub fn resumed(&self) -> bool {
        self.seam.resumed()
    }

    /// Goes back to the beginning: the load, the switches and the faults that it was started with.
    pub fn reset(&self) -> Result<(), StartError> {
        self.seam.reset()
    }

    /// Adds a fault.
    pub fn add_rule(&self, rule: Rule) {
        self.seam.add_rule(rule);
    }

    /// Drops every fault.
    pub fn clear_rules(&self) {
        self.seam.clear_rules();
    }

    /// Stops the nth request, counted from 1 since the start. Administrative requests do not count.
    pub fn barrier(&self, nth: u64, side: Side) -> Barrier {
        self.seam.barriers().set(nth, side)
    }

    /// The latest requests, oldest first.
    pub fn journal(&self) -> Vec<Recorded> {
        self.seam.journal()
    }

    /// How many requests came so far. Administrative requests do not count.
    pub fn requests(&self) -> u64 {
        self.seam.requests()
    }

    /// Moves virtual time forward.
    pub fn advance(&self, by: Duration) {
        self.seam.world().clock.advance(by);
    }

    /// Writes the state to the data folder, if there is one.
    pub fn save(&self) -> io::Result<()> {
        self.seam.save()
    }
}

fn no_answer(closed: NoAnswer) -> http::Response<Body> {
    let mut reply = body::bare(http::StatusCode::INTERNAL_SERVER_ERROR);
    reply.extensions_mut().insert(closed);
    reply
}
