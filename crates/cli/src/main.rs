//! `ferry`: carries Oracle Integration instances across, and rehearses it offline.

mod app;
mod args;
mod clock;
mod commands;
mod config;
mod doctor;
mod failure;
mod output;
mod signals;
mod state;
mod target;
mod variables;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::FromArgMatches;
use ferry_core::exit::Exit;
use variables::Variables;

fn main() -> ExitCode {
    output::report_panics();
    let exit = catch_unwind(AssertUnwindSafe(|| {
        let matches = match args::definition(&Variables::system()).try_get_matches() {
            Ok(matches) => matches,
            Err(error) => return usage(&error),
        };
        match args::Cli::from_arg_matches(&matches) {
            Ok(cli) => app::run(cli, &matches),
            Err(error) => usage(&error),
        }
    }));
    ExitCode::from(exit.unwrap_or(Exit::Bug).code())
}

/// Help and version are an answer; anything else that clap says is a usage error.
fn usage(error: &clap::Error) -> Exit {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if error.use_stderr() && app::asks_for_json(&words) {
        return app::misused(&words, error);
    }
    let shown = error.print().is_ok();
    match (error.use_stderr(), shown) {
        (true, _) => Exit::Usage,
        (false, true) => Exit::Done,
        (false, false) => Exit::Disk,
    }
}
