//! A genuine OpenStack Swift of one node on a free port of this machine, for as long as the value lives.
//!
//! The suites are tried against it, so that what they find in the emulator is the emulator's fault. All of it is
//! Swift's own but the filter `basic.py`.

mod store;

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{tools, venv};
use crate::run;

/// Swift, and what its functional tests need. Its native parts come along in the wheels.
const PACKAGES: &[&str] = &[
    VERSION,
    SWIFTCLIENT,
    "pytest==9.2.0",
    "pytest-timeout==2.4.0",
];

/// Swift itself, as pip takes it.
pub(super) const VERSION: &str = "swift==2.38.3";
/// The client of its project.
pub(crate) const SWIFTCLIENT: &str = "python-swiftclient==4.11.0";

/// The servers behind the proxy, by the names that Swift gives them.
const KINDS: [&str; 3] = ["account", "container", "object"];

/// A Swift that runs until it is dropped.
pub(crate) struct Genuine {
    servers: Vec<Child>,
    /// Holds the objects; it goes with the value.
    store: PathBuf,
    port: u16,
}

/// The Python of the environment that holds Swift.
pub(super) fn python(interop: &Path) -> Result<PathBuf> {
    venv::with(&interop.join("swift"), PACKAGES)
}

impl Genuine {
    /// Installs and starts it, and waits until it answers. Its configuration and its logs stand in a folder of `interop`.
    pub(crate) fn start(interop: &Path) -> Result<Self> {
        // Swift shares TempAuth's tokens there.
        tools::need("memcached", "memcached")?;
        // Starts programs that end with us: Swift's servers leave the terminal's group, so no Ctrl-C would reach them.
        tools::need("setpriv", "util-linux")?;
        tools::need("curl", "curl")?;
        let python = python(interop)?;
        let folder = interop.join("genuine");
        if folder.exists() {
            fs::remove_dir_all(&folder).context("what the last run left")?;
        }
        for part in ["etc", "log"] {
            fs::create_dir_all(folder.join(part)).with_context(|| folder.display().to_string())?;
        }
        let [proxy, memcached, ports @ ..] = free_ports::<5>()?;
        // From here on what was started and stored ends with the value, whatever fails.
        let mut genuine = Self {
            servers: Vec::new(),
            store: store::made(&python, interop)?,
            port: proxy,
        };
        let etc = folder.join("etc");
        genuine.configure(&python, &etc, memcached, ports)?;
        genuine.launch(&python, &folder, memcached)?;
        if let Err(error) = wait(&[&[proxy], &ports[..]].concat()) {
            bail!("{error:#}\n{}", logs(&folder.join("log")));
        }
        Ok(genuine)
    }

    /// `127.0.0.1:PORT`
    pub(crate) fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The folder of its devices, in memory or on disk; others may be made there, and go with the value.
    pub(crate) fn store(&self) -> &Path {
        &self.store
    }

    fn configure(
        &self,
        python: &Path,
        etc: &Path,
        memcached: u16,
        ports: [u16; KINDS.len()],
    ) -> Result<()> {
        let user = user()?;
        let write = |name: &str, template: &str, own: &[(&str, &str)]| {
            let (etc_text, devices) = (etc.display().to_string(), self.store.display().to_string());
            let mut text = template
                .replace("@USER@", &user)
                .replace("@ETC@", &etc_text)
                .replace("@DEVICES@", &devices);
            for (mark, value) in own {
                text = text.replace(mark, value);
            }
            fs::write(etc.join(name), text).with_context(|| name.to_owned())
        };
        write("swift.conf", include_str!("genuine/swift.conf"), &[])?;
        write("basic.py", include_str!("genuine/basic.py"), &[])?;
        let proxy = [
            ("@PORT@", &*self.port.to_string()),
            ("@MEMCACHED@", &memcached.to_string()),
        ];
        write("proxy.conf", include_str!("genuine/proxy.conf"), &proxy)?;
        let mut rings = Vec::new();
        for (kind, port) in KINDS.iter().zip(ports) {
            let own = [("@PORT@", &*port.to_string()), ("@KIND@", kind)];
            let storage = include_str!("genuine/storage.conf");
            write(&format!("{kind}.conf"), storage, &own)?;
            rings.push(format!("{kind}={port}"));
        }
        run::output(
            Command::new(python)
                .arg(part("rings.py"))
                .arg(etc)
                .args(rings),
        )?;
        Ok(())
    }

    fn launch(&mut self, python: &Path, folder: &Path, memcached: u16) -> Result<()> {
        let (etc, log) = (folder.join("etc"), folder.join("log"));
        let bin = python.parent().context("Python stands in no folder")?;
        let mut start = |name: &str, command: &mut Command| -> Result<()> {
            let path = log.join(format!("{name}.log"));
            let log = File::create(&path).with_context(|| path.display().to_string())?;
            let server = command
                // Below this folder stands the filter that the proxy imports.
                .env("PYTHONPATH", &etc)
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log)
                .spawn();
            self.servers.push(server.with_context(|| name.to_owned())?);
            Ok(())
        };
        let bound = || {
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "KILL", "--"]);
            command
        };
        let port = memcached.to_string();
        start(
            "memcached",
            bound()
                .args(["memcached", "-l", "127.0.0.1", "-p", &port, "-u"])
                .arg(user()?),
        )?;
        for kind in KINDS.iter().copied().chain(["proxy"]) {
            start(
                kind,
                bound()
                    .arg(python)
                    .args([part("launch.py"), etc.clone()])
                    .arg(bin.join(format!("swift-{kind}-server")))
                    .arg(etc.join(format!("{kind}.conf")))
                    // Its log goes to its output, too.
                    .arg("--verbose"),
            )?;
        }
        Ok(())
    }
}

impl Drop for Genuine {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // It may have ended by itself.
            let _ = server.kill();
            let _ = server.wait();
        }
        // What cannot be removed is found by the next start.
        let _ = fs::remove_dir_all(&self.store);
    }
}

/// A program of ours for Python.
fn part(name: &str) -> PathBuf {
    run::root().join("xtask/src/interop/genuine").join(name)
}

/// The name of who we are, whom Swift shall not leave.
fn user() -> Result<String> {
    let name = run::output(Command::new("id").arg("-un"))?;
    Ok(name.trim().to_owned())
}

/// Ports that are free now, all different.
fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut held = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// Waits until the servers on these ports answer.
fn wait(ports: &[u16]) -> Result<()> {
    let again = ["--retry", "60", "--retry-delay", "1", "--retry-connrefused"];
    for port in ports {
        let url = format!("http://127.0.0.1:{port}/healthcheck");
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail", "--noproxy", "*"]);
        run::output(curl.args(again).arg(url)).context("Swift did not start")?;
    }
    Ok(())
}

/// The last lines of every log.
fn logs(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let log = fs::read_to_string(entry.path()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.len().saturating_sub(20);
        let last = lines.get(last..).unwrap_or_default().join("\n");
        text.push_str(&format!("--- {}\n{last}\n", entry.path().display()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_ports_differ() {
        let mut ports = free_ports::<5>().unwrap().to_vec();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 5);
    }
}
