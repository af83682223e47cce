//! The HTTP client of a command.

use std::sync::Arc;

use ferry_core::exit::Exit;
use ferry_flows::record::Tape;
use ferry_http::{Client, Config, LogLine, Proxies};

use crate::app::App;
use crate::args::EmulatorChoice;
use crate::failure::Failure;

/// The client: for real services with proxies and the extra authorities; for an emulator without proxies, and every
/// host but this machine is refused. One that runs elsewhere may speak TLS, with an authority of its own.
pub(crate) fn client(app: &App) -> Result<Client, Failure> {
    let emulator = app.globals.emulator.is_some();
    let embedded = matches!(
        app.globals.emulator,
        Some(EmulatorChoice::Embedded | EmulatorChoice::Folder(_))
    );
    let mut config = Config::new(
        concat!("ferry/", env!("CARGO_PKG_VERSION")),
        Arc::clone(&app.clock.0),
    );
    config.jitter_seed = fastrand::u64(..);
    config.loopback_only = emulator;
    // An emulator that speaks TLS may have its authority named by SSL_CERT_FILE; else nobody signs for loopback.
    let plain = |choice: &EmulatorChoice| !matches!(choice, EmulatorChoice::Url(url) if url.starts_with("https:"));
    config.system_roots = !app.globals.emulator.as_ref().is_some_and(plain);
    let network = app.config()?.network();
    let deadlines = &mut config.deadlines;
    deadlines.connect = network.entry.connect.unwrap_or(deadlines.connect);
    deadlines.first_byte = network.entry.first_byte.unwrap_or(deadlines.first_byte);
    deadlines.idle = network.entry.idle.unwrap_or(deadlines.idle);
    if !emulator {
        config.proxies = Proxies::from_lookup(|name| app.variables.get(name));
    }
    if !embedded && let Some(path) = network.extra_ca {
        let pem = fs_err::read(&path).map_err(|error| {
            Failure::new(Exit::Usage, "network.extra-ca cannot be read").because(&error)
        })?;
        config.extra_roots.push(pem);
    }
    config.recorder = app.tape.as_ref().map(Tape::recorder);
    let (printer, trace) = (app.printer.clone(), app.trace.clone());
    config.log = Some(Arc::new(move |line: &LogLine| {
        trace.note(line);
        if printer.is_verbose() {
            printer.detail(&line.to_string());
        }
    }));
    Client::new(config).map_err(|error| {
        Failure::new(Exit::Usage, "the network settings cannot be used").because(&error)
    })
}
