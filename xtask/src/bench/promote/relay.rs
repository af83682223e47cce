//! Stands between a command and an emulator, and writes down what is asked.

use std::io::{BufReader, ErrorKind};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Result, bail};

use super::exchange::Message;

/// A request, and how many of those before it were answered when it came.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    pub(super) request: Message,
    pub(super) status: Option<u16>,
    pub(super) behind: usize,
    /// The token that the answer gave, where it gave one.
    pub(super) token: Option<String>,
}

#[derive(Default)]
struct Tape {
    all: Vec<Recorded>,
    answered: usize,
    /// Why something could not be passed on.
    broken: Option<String>,
}

/// Runs until it is ended.
pub(super) struct Relay {
    authority: String,
    tape: Arc<Mutex<Tape>>,
    ends: Arc<AtomicBool>,
    listens: JoinHandle<()>,
}

impl Relay {
    pub(super) fn start(emulator: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let authority = listener.local_addr()?.to_string();
        let tape = Arc::new(Mutex::new(Tape::default()));
        let ends = Arc::new(AtomicBool::new(false));
        let (own, over, emulator) = (Arc::clone(&tape), Arc::clone(&ends), emulator.to_owned());
        let listens = thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (tape, emulator) = (Arc::clone(&own), emulator.clone());
                thread::spawn(move || {
                    if let Err(error) = stream
                        .map_err(Into::into)
                        .and_then(|it| pass(&it, &emulator, &tape))
                    {
                        locked(&tape).broken = Some(format!("{error:#}"));
                    }
                });
            }
        });
        Ok(Self {
            authority,
            tape,
            ends,
            listens,
        })
    }

    /// `127.0.0.1:PORT`
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// What was asked, in the order in which it came.
    pub(super) fn end(self) -> Result<Vec<Recorded>> {
        self.ends.store(true, Ordering::Relaxed);
        // Nobody else would wake it.
        TcpStream::connect(&self.authority)?;
        let _ = self.listens.join();
        let tape = std::mem::take(&mut *locked(&self.tape));
        if let Some(why) = tape.broken {
            bail!("the relay broke: {why}");
        }
        Ok(tape.all)
    }
}

fn locked(tape: &Mutex<Tape>) -> MutexGuard<'_, Tape> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes one connection's requests on until it ends. The authority that the command knows stays in them.
fn pass(stream: &TcpStream, emulator: &str, tape: &Mutex<Tape>) -> Result<()> {
    stream.set_nodelay(true)?;
    let (mut asks, mut hears) = (BufReader::new(stream), stream);
    let out = TcpStream::connect(emulator)?;
    out.set_nodelay(true)?;
    let (mut told, mut tells) = (BufReader::new(&out), &out);
    loop {
        let request = match Message::request(&mut asks) {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            // The command has ended, and its connections with it.
            Err(error) if is_reset(&error) => return Ok(()),
            Err(error) => return Err(error),
        };
        let at = {
            let mut tape = locked(tape);
            let behind = tape.answered;
            tape.all.push(Recorded {
                request: request.clone(),
                status: None,
                behind,
                token: None,
            });
            tape.all.len() - 1
        };
        request.send(&mut tells)?;
        let answer = Message::answer(&mut told, &request)?;
        {
            let mut tape = locked(tape);
            tape.answered += 1;
            if let Some(recorded) = tape.all.get_mut(at) {
                recorded.status = answer.status();
                recorded.token = token(&answer.body);
            }
        }
        answer.send(&mut hears)?;
    }
}

fn is_reset(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|io| io.kind() == ErrorKind::ConnectionReset)
}

/// The access token in an answer.
pub(super) fn token(body: &[u8]) -> Option<String> {
    // No token is that long, and no need to read what is no JSON.
    if body.len() > 64 << 10 || !body.starts_with(b"{") {
        return None;
    }
    let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some(answer.get("access_token")?.as_str()?.to_owned())
}
