//! One command, from its arguments to its exit code.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use clap::ArgMatches;
use clap::parser::ValueSource;
use ferry_core::exit::Exit;
use ferry_core::ids::EnvironmentName;
use ferry_flows::bucket::NamedBucket;
use ferry_flows::record::Tape;
use ferry_flows::{Context, RunStore, Trace, shell_word};

use crate::args::{Cli, Command, EmulatorChoice, Format, Globals};
use crate::clock::{self, Clock};
use crate::commands;
use crate::config::{self, Config, Secrets};
use crate::failure::Failure;
use crate::output::{Outcome, Printer, Progress, Settings};
use crate::signals::Signals;
use crate::state;
use crate::target::{Ground, Overriding};
use crate::variables::Variables;

/// What every command works with.
#[derive(Debug)]
pub(crate) struct App {
    /// The way to stdout and stderr.
    pub printer: Printer,
    /// The flags that every command knows; `emulator` is `None` when off.
    pub globals: Globals,
    /// Environment variables.
    pub variables: Variables,
    /// The wall clock.
    pub clock: AppClock,
    /// Ctrl-C and SIGTERM.
    pub signals: Signals,
    /// Where each global flag's value came from, for `config show --origin`.
    pub matches: ArgMatches,
    /// What the HTTP client says, where it is to be recorded.
    pub tape: Option<Tape>,
    /// What the HTTP client asked, for the folder of the run.
    pub trace: Trace,
    config: OnceLock<Config>,
    ground: tokio::sync::OnceCell<Ground>,
}

/// The wall clock, in a form that can be shown.
#[derive(Clone)]
pub(crate) struct AppClock(pub Clock);

impl std::fmt::Debug for AppClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppClock")
    }
}

/// Whether words that could not be understood ask for JSON all the same.
pub(crate) fn asks_for_json(words: &[String]) -> bool {
    let behind = |flag: &str| {
        words
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a == flag && b == "json"))
    };
    let joined = |word: &String| matches!(word.as_str(), "-ojson" | "-o=json" | "--output=json");
    behind("-o")
        || behind("--output")
        || words.iter().any(joined)
        || Variables::system()
            .get("FERRY_OUTPUT")
            .is_some_and(|format| format == "json")
}

/// Answers arguments that make no command, in the envelope that they ask for.
pub(crate) fn misused(words: &[String], error: &clap::Error) -> Exit {
    let told = Variables::system().get("FERRY_EMULATOR").is_some();
    let printer = Printer::system(Settings {
        format: Format::Json,
        quiet: false,
        verbose: false,
        no_color: true,
        emulator: told || words.iter().any(|word| word.starts_with("--emulator")),
        repeat: String::new(),
        clock: clock::system(),
    });
    let text = error.render().to_string();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let message = lines
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ");
    let failure = lines.fold(Failure::new(Exit::Usage, message), |failure, line| {
        failure.hint(line.trim())
    });
    show(&printer, "", Err(failure))
}

/// Runs one command.
pub(crate) fn run(cli: Cli, matches: &ArgMatches) -> Exit {
    let Cli {
        mut globals,
        command,
    } = cli;
    globals.emulator = globals
        .emulator
        .filter(|choice| *choice != EmulatorChoice::Off);
    let clock = clock::system();
    let printer = Printer::system(Settings {
        format: globals.output,
        quiet: globals.quiet,
        verbose: globals.verbose,
        no_color: globals.no_color,
        emulator: globals.emulator.is_some() || matches!(command, Command::Emulator(_)),
        repeat: repeat(&globals, matches),
        clock: clock.clone(),
    });
    let name = command.name();
    let result = runtime(&command).and_then(|runtime| {
        runtime.block_on(async {
            let signals = Signals::listen().map_err(|error| no_runtime(&error))?;
            let records = matches!(command, Command::Record(_));
            let app = App {
                tape: records.then(|| Tape::new(clock.clone())),
                trace: Trace::new(clock.clone()),
                printer: printer.clone(),
                globals,
                variables: Variables::system(),
                clock: AppClock(clock),
                signals,
                matches: matches.clone(),
                config: OnceLock::new(),
                ground: tokio::sync::OnceCell::new(),
            };
            let result = app.carry_out(command).await;
            app.close().await;
            result
        })
    });
    let exit = show(&printer, name, result);
    match (printer.finish(), exit) {
        (false, Exit::Done) => Exit::Disk,
        (_, exit) => exit,
    }
}

/// What was said by flags: variables count for the next command too.
fn repeat(globals: &Globals, matches: &ArgMatches) -> String {
    let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let path = |path: &Path| shell_word(&path.to_string_lossy());
    let emulator = match &globals.emulator {
        Some(EmulatorChoice::Url(url)) => Some(shell_word(url)),
        Some(EmulatorChoice::Folder(folder)) => Some(path(folder)),
        // A throw-away emulator is gone by then.
        Some(EmulatorChoice::Embedded | EmulatorChoice::Off) | None => None,
    };
    let flags = [
        ("emulator", emulator),
        ("config", globals.config.as_deref().map(path)),
        ("state", globals.state.as_deref().map(path)),
    ];
    let mut text = String::new();
    for (name, value) in flags {
        if let Some(value) = value.filter(|_| given(name)) {
            text.extend([" --", name, "=", &value]);
        }
    }
    text
}

fn show(printer: &Printer, command: &str, result: Result<Outcome, Failure>) -> Exit {
    match result {
        Ok(Outcome { exit, report: None }) => exit,
        Ok(Outcome { exit, report }) => {
            printer.result(command, exit, report.as_ref(), None);
            exit
        }
        Err(failure) => {
            let parts = failure.parts();
            printer.result(command, parts.exit, parts.report.as_ref(), Some(&failure));
            printer.failure(&failure);
            parts.exit
        }
    }
}

/// Two workers: an embedded emulator answers while the flow hashes. An emulator alone has one thread: its state is behind
/// one lock, and the bodies of objects are digested and written down on others.
fn runtime(command: &Command) -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = if matches!(command, Command::Emulator(_)) {
        tokio::runtime::Builder::new_current_thread()
    } else {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2);
        builder
    };
    builder
        .enable_all()
        .build()
        .map_err(|error| no_runtime(&error))
}

fn no_runtime(error: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Disk,
        "the system gave no threads or no signal handlers",
    )
    .because(error)
}

impl App {
    async fn carry_out(&self, command: Command) -> Result<Outcome, Failure> {
        let work = async {
            match command {
                Command::Export(args) => Box::pin(commands::export::run(self, args)).await,
                Command::Import(args) => Box::pin(commands::import::run(self, args)).await,
                Command::Promote(args) => Box::pin(commands::promote::run(self, args)).await,
                Command::Plan(args) => Box::pin(commands::plan::run(self, args)).await,
                Command::Overrides(args) => Box::pin(commands::overrides::run(self, args)).await,
                Command::Bucket(args) => Box::pin(commands::bucket::run(self, args)).await,
                Command::Archive(args) => Box::pin(commands::archive::run(self, args)).await,
                Command::Diff(args) => Box::pin(commands::diff::run(self, args)).await,
                Command::Runs(args) => Box::pin(commands::runs::run(self, args)).await,
                Command::Jobs(args) => Box::pin(commands::jobs::run(self, args)).await,
                Command::Integrations(args) => {
                    Box::pin(commands::integrations::run(self, args)).await
                }
                Command::Connections(args) => {
                    Box::pin(commands::connections::run(self, args)).await
                }
                Command::Schedules(args) => Box::pin(commands::schedules::run(self, args)).await,
                Command::Lookups(args) => Box::pin(commands::lookups::run(self, args)).await,
                Command::Libraries(args) => commands::listing::libraries(self, &args).await,
                Command::Packages(args) => commands::listing::packages(self, &args).await,
                Command::Projects(args) => commands::listing::projects(self, &args).await,
                Command::Agents(args) => commands::listing::agents(self, &args).await,
                Command::Certificates(args) => commands::listing::certificates(self, &args).await,
                Command::Doctor(args) => Box::pin(commands::doctor::run(self, args)).await,
                Command::Emulator(args) => Box::pin(commands::emulator::run(self, args)).await,
                Command::Record(args) => Box::pin(commands::record::run(self, args)).await,
                Command::Config(args) => commands::config::run(self, &args),
                Command::Reference(args) => Ok(commands::reference::run(&args)),
            }
        };
        let result = tokio::select! {
            result = work => result,
            () = self.signals.at_once.cancelled() => {
                Err(Failure::new(Exit::Interrupted, "interrupted at once").hint("run the same command again to go on"))
            }
        };
        let result = match self.globals.emulator {
            Some(EmulatorChoice::Embedded) => result.map_err(Failure::of_throw_away),
            _ => result,
        };
        match (result, self.signals.exit()) {
            (Err(failure), Some(exit)) if failure.parts().exit == Exit::Interrupted => {
                Err(failure.with_exit(exit))
            }
            (result, _) => result,
        }
    }

    async fn close(&self) {
        if let Some(ground) = self.ground.get()
            && let Some(error) = ground.close().await
        {
            self.printer
                .warning(&format!("the emulator's state could not be saved: {error}"));
        }
    }

    /// The configuration, read at the first call.
    pub(crate) fn config(&self) -> Result<&Config, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let current = std::env::current_dir().map_err(|error| {
            Failure::new(Exit::Disk, "the current folder is not there").because(&error)
        })?;
        let user = self.variables.config_folder();
        let sources = config::find(self.globals.config.as_deref(), &current, user.as_deref())?;
        let config = Config::load(sources)?;
        Ok(self.config.get_or_init(|| config))
    }

    /// Reads secrets; notes on how they are kept are shown as warnings.
    pub(crate) fn secrets(&self) -> Secrets {
        let (warner, hider) = (self.printer.clone(), self.printer.clone());
        Secrets::new(
            self.variables.clone(),
            move |text| warner.warning(text),
            move |secret| hider.hide(secret),
        )
    }

    /// Real services, or the emulator, started at the first call.
    pub(crate) async fn ground(&self) -> Result<&Ground, Failure> {
        self.ground.get_or_try_init(|| Ground::prepare(self)).await
    }

    /// An environment for everything but re-pointing connections: secrets of overrides are not resolved.
    pub(crate) async fn environment(
        &self,
        name: &EnvironmentName,
    ) -> Result<ferry_flows::Environment, Failure> {
        let ground = self.ground().await?;
        ground.environment(self, name, Overriding::Without)
    }

    /// An environment with its overrides, their secrets resolved.
    pub(crate) async fn environment_with_overrides(
        &self,
        name: &EnvironmentName,
    ) -> Result<ferry_flows::Environment, Failure> {
        let ground = self.ground().await?;
        ground.environment(self, name, Overriding::WithSecrets)
    }

    /// An environment with what its overrides state, to look at: none of their secrets is resolved.
    pub(crate) async fn environment_as_stated(
        &self,
        name: &EnvironmentName,
    ) -> Result<ferry_flows::Environment, Failure> {
        let ground = self.ground().await?;
        ground.environment(self, name, Overriding::Stated)
    }

    /// The bucket of an environment, which need not have an instance.
    pub(crate) async fn bucket(&self, name: &EnvironmentName) -> Result<NamedBucket, Failure> {
        self.ground().await?.bucket(self, name)
    }

    /// Work that can be interrupted at any point; the flows stop where they can go on later by themselves.
    pub(crate) async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.signals.stop.cancelled() => Err(Failure::new(Exit::Interrupted, "interrupted")),
            done = work => Ok(done),
        }
    }

    /// Work on the disk or the processor, on a thread of its own that nobody waits for once the command was interrupted.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let (done, awaited) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            // Nobody waits any more where the command has ended.
            let _ = done.send(work());
        });
        self.unless_stopped(awaited)
            .await?
            .map_err(|_| Failure::new(Exit::Bug, "a thread ended before its work"))
    }

    /// A job on a throw-away emulator ends with the command: there is nothing to come back to.
    pub(crate) fn refuse_to_leave(&self, no_wait: bool) -> Result<(), Failure> {
        match self.globals.emulator {
            Some(EmulatorChoice::Embedded) if no_wait => Err(Failure::new(
                Exit::Usage,
                "--no-wait leaves a job behind, and a throw-away emulator is gone with the command",
            )
            .hint("keep the emulator's state: --emulator=DIR")),
            _ => Ok(()),
        }
    }

    /// Names the real host before something is changed there.
    pub(crate) fn announce(&self, environment: &ferry_flows::Environment) {
        let (name, identity) = (&environment.name, &environment.identity);
        let origin = environment.instance.origin();
        let told = name.as_str() == identity || origin.ends_with(identity.as_str());
        self.printer.talk(&if told {
            format!("{name} is at {origin}")
        } else {
            format!("{name} is {identity} at {origin}")
        });
    }

    /// Names the real bucket before something is changed there.
    pub(crate) fn announce_bucket(&self, bucket: &NamedBucket) {
        self.printer.talk(&format!(
            "the bucket of {} is {}",
            bucket.environment,
            bucket.url()
        ));
    }

    /// The runs of this machine, or those of the emulator.
    pub(crate) async fn runs(&self) -> Result<RunStore, Failure> {
        let temporary = match &self.globals.emulator {
            Some(EmulatorChoice::Embedded) => self.ground().await?.temporary().map(PathBuf::from),
            _ => None,
        };
        let state = state::folder(self.globals.state.as_deref(), &self.variables);
        let runs = state::runs(&state, self.globals.emulator.as_ref(), temporary.as_deref());
        Ok(RunStore::new(runs).with_trace(self.trace.clone()))
    }

    /// What the flows need besides environments.
    pub(crate) async fn context(&self) -> Result<Context, Failure> {
        Ok(Context {
            now: self.clock.0.clone(),
            runs: self.runs().await?,
            talk: Progress::new(self.printer.clone()).sink(),
            stop: self.signals.stop.clone(),
            random: Arc::new(|| fastrand::u16(..)),
        })
    }
}
