//! `ferry emulator`: serves until it is told to stop.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use ferry_core::exit::Exit;
use ferry_emulator::{Emulator, EnvironmentCard, Load, Options, Rule};
use ferry_flows::shell_word;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::App;
use crate::args::EmulatorArgs;
use crate::failure::Failure;
use crate::output::{Outcome, Report, Table};
use crate::target::{no_port, start_failure};

mod conform;

/// Starts an emulator, says where it is, and serves.
pub(crate) async fn run(app: &App, args: EmulatorArgs) -> Result<Outcome, Failure> {
    if let Some(file) = &args.conform {
        return conform::run(file);
    }
    let options = options(app, &args)?;
    let emulator = Emulator::start(options).map_err(|error| start_failure(&error))?;
    if emulator.resumed() && (args.load.is_some() || args.generate.is_some()) {
        app.printer
            .warning("the state that --data holds goes on; nothing was loaded");
    }
    let failed = |error: std::io::Error| no_port(args.port, &error);
    let listener = TcpListener::bind(("127.0.0.1", args.port))
        .await
        .map_err(failed)?;
    let authority = listener.local_addr().map_err(failed)?.to_string();
    let tls = if args.tls || args.ca_out.is_some() {
        let tls = emulator.tls().map_err(|error| {
            Failure::new(Exit::Disk, "the emulator has no authority for TLS").because(&error)
        })?;
        Some(tls)
    } else {
        None
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{authority}");
    let environments = emulator.environments(&url);
    if let Some((file, tls)) = args.ca_out.as_deref().zip(tls.as_ref()) {
        write(file, tls.authority())?;
    }
    if let Some(file) = &args.env_out {
        let authority = args.ca_out.as_deref();
        write(file, &variables(&url, authority, &environments))?;
    }
    app.printer.result(
        "emulator",
        Exit::Done,
        Some(&ready(&url, &environments)),
        None,
    );
    let stop = app.signals.stop.clone().cancelled_owned();
    let served = match tls {
        Some(tls) => emulator.serve_tls(listener, tls, stop).await,
        None => emulator.serve(listener, stop).await,
    };
    served.map_err(|error| {
        Failure::new(Exit::Disk, "the emulator's state could not be saved").because(&error)
    })?;
    // Being told to stop is how an emulator ends well.
    Ok(Outcome::printed(Exit::Done))
}

/// What the arguments ask for; a switch that is given goes before one that a description holds.
fn options(app: &App, args: &EmulatorArgs) -> Result<Options, Failure> {
    let mut options = Options::new(Arc::clone(&app.clock.0));
    options.data.clone_from(&args.data);
    options.speed = args.speed;
    options.seed = args.seed;
    if let Some(integrations) = args.generate {
        options.load = Load::Generated { integrations };
    }
    match &args.load {
        Some(file) if file.is_file() => options
            .describe(file)
            .map_err(|error| start_failure(&error))?,
        Some(folder) => options.load = Load::Folder(folder.clone()),
        None => {}
    }
    for switch in &args.switches {
        let (name, value) = (&switch.name, &switch.value);
        options.switches.set(name, value).map_err(|error| {
            Failure::new(Exit::Usage, format!("--switch {name}={value}")).because(&error)
        })?;
    }
    for rule in &args.rules {
        options.rules.extend(rules(rule)?);
    }
    Ok(options)
}

/// What of an environment is printed, with the heads of the table: no credentials, which `--env-out` writes.
const PRINTED: [(&str, &str); 5] = [
    ("ENVIRONMENT", "name"),
    ("GENERATION", "generation"),
    ("INSTANCE", "service_instance"),
    ("URL", "url"),
    ("STORAGE", "storage_url"),
];

/// What is printed once requests are answered.
fn ready(url: &str, environments: &[EnvironmentCard]) -> Report {
    let printed = |card: &EnvironmentCard| {
        let card = json!(card);
        let fields = PRINTED.iter().map(|(_, key)| {
            (
                (*key).to_owned(),
                card.get(*key).cloned().unwrap_or_default(),
            )
        });
        Value::Object(fields.collect())
    };
    let environments: Vec<Value> = environments.iter().map(printed).collect();
    let data = json!({ "url": url, "environments": environments });
    let cell = |card: &Value, key: &str| {
        card.get(key)
            .and_then(Value::as_str)
            .unwrap_or("-")
            .to_owned()
    };
    let mut table = Table::new(PRINTED.map(|(head, _)| head));
    for card in &environments {
        table.row(PRINTED.map(|(_, key)| cell(card, key)));
    }
    let text = format!("ready on {url}\n{}", table.text());
    Report::new(&data, text)
}

/// `--rule`: JSON, or `@FILE`; one rule or a list of them.
fn rules(text: &str) -> Result<Vec<Rule>, Failure> {
    let (text, named) = match text.strip_prefix('@') {
        Some(file) => {
            let read = fs_err::read_to_string(file);
            (
                read.map_err(|error| Failure::new(Exit::Usage, "--rule").because(&error))?,
                file.to_owned(),
            )
        }
        None => (text.to_owned(), "--rule".to_owned()),
    };
    let read = if text.trim_start().starts_with('[') {
        serde_json::from_str(&text)
    } else {
        serde_json::from_str(&text).map(|rule: Rule| vec![rule])
    };
    let rules = read.map_err(|error| {
        Failure::new(Exit::Usage, format!("{named} is not a rule")).because(&error)
    })?;
    for rule in &rules {
        rule.check().map_err(|why| {
            Failure::new(
                Exit::Usage,
                format!("{named} holds a rule that cannot be used: {why}"),
            )
        })?;
    }
    Ok(rules)
}

/// Shell variables for scripts that know nothing of ferry.
fn variables(url: &str, authority: Option<&Path>, cards: &[EnvironmentCard]) -> String {
    let mut text = format!("export FERRY_EMULATOR={}\n", shell_word(url));
    if let Some(authority) = authority {
        let file = std::path::absolute(authority).unwrap_or_else(|_| authority.to_owned());
        let file = shell_word(&file.display().to_string());
        // What ferry, curl and Python's requests each look at.
        for name in ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"] {
            let _ = writeln!(text, "export {name}={file}");
        }
    }
    for card in cards {
        let prefix: String = card
            .name
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_uppercase()
                } else {
                    '_'
                }
            })
            .collect();
        let name_of = |role: &str| card.users.get(role).map(|user| &user.name);
        let password_of = |role: &str| card.users.get(role).map(|user| &user.password);
        let values = [
            ("GENERATION", Some(&card.generation)),
            ("URL", Some(&card.url)),
            ("INSTANCE", card.service_instance.as_ref()),
            ("TOKEN_URL", Some(&card.token_url)),
            ("SCOPE", Some(&card.scope)),
            ("CLIENT_ID", Some(&card.client_id)),
            ("CLIENT_SECRET", Some(&card.client_secret)),
            ("DEVELOPER_CLIENT_ID", Some(&card.developer_client_id)),
            (
                "DEVELOPER_CLIENT_SECRET",
                Some(&card.developer_client_secret),
            ),
            ("USER_CLIENT_ID", Some(&card.user_client_id)),
            ("USER_CLIENT_SECRET", Some(&card.user_client_secret)),
            ("INVOKER_CLIENT_ID", Some(&card.invoker_client_id)),
            ("INVOKER_CLIENT_SECRET", Some(&card.invoker_client_secret)),
            ("USER", Some(&card.user)),
            ("PASSWORD", Some(&card.password)),
            ("DEVELOPER_USER", name_of("ServiceDeveloper")),
            ("DEVELOPER_PASSWORD", password_of("ServiceDeveloper")),
            ("USER_USER", name_of("ServiceUser")),
            ("USER_PASSWORD", password_of("ServiceUser")),
            ("INVOKER_USER", name_of("ServiceInvoker")),
            ("INVOKER_PASSWORD", password_of("ServiceInvoker")),
            ("DISABLED_USER", Some(&card.disabled_user)),
            ("DISABLED_PASSWORD", Some(&card.disabled_password)),
            ("STORAGE_URL", Some(&card.storage_url)),
            ("STORAGE_USER", Some(&card.storage_user)),
            ("STORAGE_PASSWORD", Some(&card.storage_password)),
            (
                "STORAGE_REVOKED_PASSWORD",
                Some(&card.storage_revoked_password),
            ),
        ];
        for (name, value) in values {
            if let Some(value) = value {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "export {prefix}_{name}={}", shell_word(value));
            }
        }
    }
    text
}

/// Writes a file, complete or absent, readable by the owner only.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut temporary| {
        temporary.write_all(text.as_bytes())?;
        temporary.persist(file).map_err(|error| error.error)
    });
    written.map(|_| ()).map_err(|error| {
        Failure::new(Exit::Disk, format!("{} cannot be written", file.display())).because(&error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_alone_or_as_a_list() {
        assert!(rules("[]").unwrap().is_empty());
        assert_eq!(rules("{").unwrap_err().parts().exit, Exit::Usage);
        let status = r#"{"action":{"status":{"code":99}}}"#;
        assert_eq!(rules(status).unwrap_err().parts().exit, Exit::Usage);
        assert_eq!(
            rules("@/nowhere/rules.json").unwrap_err().parts().exit,
            Exit::Usage
        );
    }
}
