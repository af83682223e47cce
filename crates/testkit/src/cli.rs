//! Runs the built binary as a user would, in an environment that is always the same.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// No command of a test takes this long; one that hangs must not hang the tests.
const SAFETY: Duration = Duration::from_secs(120);

/// The binary with a home of its own: a HOME, a state directory and a working directory that go when the
/// last of its clones goes. Commands of one `Ferry` share them, as the commands of one user do.
#[derive(Debug, Clone)]
pub struct Ferry {
    bin: PathBuf,
    home: Arc<TempDir>,
}

impl Ferry {
    /// Takes the path of the binary; `env!("CARGO_BIN_EXE_ferry")` in tests of its own package.
    ///
    /// # Panics
    /// No temporary directory can be made.
    pub fn new(bin: impl Into<PathBuf>) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        for folder in ["home", "state", "work", "tmp"] {
            std::fs::create_dir(home.path().join(folder)).expect("a new directory");
        }
        Self {
            bin: bin.into(),
            home: Arc::new(home),
        }
    }

    /// Everything that the commands of this one wrote lies below.
    pub fn root(&self) -> &Path {
        self.home.path()
    }

    /// The working directory of every command.
    pub fn work(&self) -> PathBuf {
        self.root().join("work")
    }

    /// The state directory (`FERRY_STATE`).
    pub fn state(&self) -> PathBuf {
        self.root().join("state")
    }

    /// Writes a file into the working directory.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.work().join(name);
        std::fs::write(&path, content).expect("the working directory can be written");
        path
    }

    /// A command with these arguments.
    pub fn args<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Call {
        let mut command = Command::new(&self.bin);
        let home = self.root().join("home");
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("FERRY_STATE", self.state())
            .env("TMPDIR", self.root().join("tmp"))
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .current_dir(self.work())
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Call {
            command,
            home: Arc::clone(&self.home),
        }
    }
}

/// A command that is not started yet.
#[derive(Debug)]
pub struct Call {
    command: Command,
    home: Arc<TempDir>,
}

impl Call {
    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets variables.
    #[must_use]
    pub fn envs<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.command.envs(variables);
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// It cannot be started, or takes longer than 120 seconds.
    pub async fn run(self) -> Output {
        self.spawn().wait().await
    }

    /// Starts it. Its output is read all the while, so that it never waits for a reader.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn spawn(mut self) -> Running {
        let mut child = self.command.spawn().expect("the binary can be started");
        let pid = child
            .id()
            .expect("a child that was not waited for has an id");
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        Running {
            child,
            pid,
            stdout,
            stderr,
            _home: self.home,
        }
    }
}

fn collect(pipe: Option<impl AsyncRead + Unpin + Send + 'static>) -> JoinHandle<Vec<u8>> {
    tokio::spawn(async move {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came before the pipe broke is what the command said.
            let _ = pipe.read_to_end(&mut bytes).await;
        }
        bytes
    })
}

/// A command that runs. Dropping it kills it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    pid: u32,
    stdout: JoinHandle<Vec<u8>>,
    stderr: JoinHandle<Vec<u8>>,
    _home: Arc<TempDir>,
}

impl Running {
    /// The process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it still runs.
    ///
    /// # Panics
    /// The system does not tell.
    pub fn is_running(&mut self) -> bool {
        self.child
            .try_wait()
            .expect("the state of a child")
            .is_none()
    }

    /// Ends it with SIGKILL, as a power cut would, and waits for its end.
    ///
    /// # Panics
    /// It cannot be killed.
    pub async fn kill9(mut self) -> Output {
        self.child.start_kill().expect("a child can be killed");
        self.wait().await
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub async fn interrupt(&self) {
        self.signal("INT").await;
    }

    /// Sends SIGTERM, as a service manager does.
    pub async fn terminate(&self) {
        self.signal("TERM").await;
    }

    async fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        kill.arg(format!("-{name}"))
            .arg(self.pid.to_string())
            .stderr(Stdio::null());
        // A process that ended meanwhile cannot be signalled; its output tells.
        drop(kill.status().await);
    }

    /// Its arguments as every user of the machine sees them, separated by blanks; empty where the system
    /// does not tell.
    pub fn cmdline(&self) -> String {
        // A process that has just begun has no arguments yet for a moment.
        for _ in 0..10_000 {
            let raw = std::fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
            if !raw.is_empty() {
                return String::from_utf8_lossy(&raw)
                    .replace('\0', " ")
                    .trim_end()
                    .to_owned();
            }
            std::thread::yield_now();
        }
        String::new()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// It takes longer than 120 seconds.
    pub async fn wait(mut self) -> Output {
        let Ok(ended) = tokio::time::timeout(SAFETY, self.child.wait()).await else {
            let stderr = {
                drop(self.child.start_kill());
                text(self.stderr).await
            };
            panic!("the command still ran after {SAFETY:?}; it had said:\n{stderr}");
        };
        let status = ended.expect("a child can be waited for");
        Output {
            exit: code(status),
            stdout: text(self.stdout).await,
            stderr: text(self.stderr).await,
        }
    }
}

async fn text(pipe: JoinHandle<Vec<u8>>) -> String {
    let bytes = pipe.await.unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The code as a shell shows it: 128 and the signal for a process that a signal ended.
fn code(status: ExitStatus) -> i32 {
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(-1)
}

/// What a command said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The exit code; 128 and the signal where a signal ended it.
    pub exit: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Asserts the exit code, and shows everything that was said where it is another.
    ///
    /// # Panics
    /// It is another.
    #[expect(clippy::return_self_not_must_use, reason = "asserting is use enough")]
    #[track_caller]
    pub fn expect(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{self}");
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            exit,
            stdout,
            stderr,
        } = self;
        write!(f, "exit {exit}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_environment_is_clean_and_the_exit_code_told() {
        let shell = Ferry::new("/bin/sh");
        let script = "echo \"$HOME|$FERRY_STATE|$CARGO_MANIFEST_DIR|$X\"; echo talk >&2; exit 9";
        let output = shell
            .args(["-c", script])
            .env("X", "given")
            .run()
            .await
            .expect(9);
        let root = shell.root().display();
        assert_eq!(output.stdout, format!("{root}/home|{root}/state||given\n"));
        assert_eq!(output.stderr, "talk\n");
    }

    #[tokio::test]
    async fn signals_are_told_as_a_shell_does() {
        let sleep = Ferry::new("/bin/sleep");
        let mut running = sleep.args(["100"]).spawn();
        assert_eq!(running.cmdline(), "/bin/sleep 100");
        assert!(running.is_running());
        running.kill9().await.expect(137);
        for (exit, interrupt) in [(130, true), (143, false)] {
            let running = sleep.args(["100"]).spawn();
            if interrupt {
                running.interrupt().await;
            } else {
                running.terminate().await;
            }
            running.wait().await.expect(exit);
        }
    }
}
