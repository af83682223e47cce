//! `ferry connections list|show|set|test`.

use std::collections::BTreeMap;

use ferry_core::exit::Exit;
use ferry_core::reference::SecretRef;
use ferry_flows::design::connections::{
    self, ConnectionDetails, ConnectionFacts, ConnectionValues, Giving, PropertyFacts, giving,
};
use ferry_oic::{Connection, Instance};
use secrecy::SecretString;

use super::integrations::{changed, locked};
use super::listing;
use crate::app::App;
use crate::args::{ConnectionsArgs, ConnectionsCommand, SettingConnection};
use crate::failure::Failure;
use crate::output::{Outcome, Report, Table};
use crate::target::STAND_IN;

/// Runs the command.
pub(crate) async fn run(app: &App, args: ConnectionsArgs) -> Result<Outcome, Failure> {
    match args.command {
        ConnectionsCommand::List { environment } => {
            listing::print(
                app,
                &environment,
                ("connections", "connection"),
                Instance::connection_pages,
                |one| serde_json::to_value(ConnectionFacts::from(one)).unwrap_or_default(),
                |one| line(&one.into()),
            )
            .await
        }
        ConnectionsCommand::Show {
            environment,
            connection,
        } => {
            let environment = app.environment(&environment).await?;
            let context = app.context().await?;
            let found = connections::find(&context, &environment, &connection).await?;
            let details = ConnectionDetails::from(&found);
            let report = Report::new(&details, text(&details));
            Ok(Outcome::new(Exit::Done, report))
        }
        ConnectionsCommand::Set(args) => set(app, args).await,
        ConnectionsCommand::Test {
            environment,
            connections,
        } => {
            let environment = app.environment(&environment).await?;
            let context = app.context().await?;
            let tested = connections::test(&context, &environment, &connections).await?;
            Ok(changed(&tested))
        }
    }
}

async fn set(app: &App, args: SettingConnection) -> Result<Outcome, Failure> {
    let pairs = pairs(&args.values)?;
    if pairs.is_empty() && args.policy.is_none() && args.agent_group.is_none() {
        return Err(Failure::new(Exit::Usage, "nothing is to be set")
            .hint("NAME=VALUE, --policy POLICY or --agent-group ID"));
    }
    let environment = app.environment(&args.environment).await?;
    app.announce(&environment);
    let context = app.context().await?;
    let connection = connections::find_to_change(&context, &environment, &args.connection).await?;
    let given = ConnectionValues {
        values: values(app, &connection, pairs, args.policy.is_some())?,
        security_policy: args.policy,
        agent_group: args.agent_group,
    };
    let report = connections::set(&context, &environment, &connection, given).await?;
    Ok(super::schedules::set_to(&report))
}

/// Texts as `NAME=VALUE`. What is wrong is not shown: it may be a secret.
pub(super) fn pairs(texts: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let mut pairs = BTreeMap::new();
    for text in texts {
        let pair = text
            .split_once('=')
            .filter(|(name, _)| !name.trim().is_empty());
        let Some((name, value)) = pair else {
            return Err(Failure::new(Exit::Usage, "a value has no name")
                .hint("write NAME=VALUE; what was written is not shown here"));
        };
        if pairs.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Failure::new(Exit::Usage, format!("{name} is set twice")));
        }
    }
    Ok(pairs)
}

/// The values, secrets read from where they are kept. An emulator gets none of them.
fn values(
    app: &App,
    connection: &Connection,
    pairs: BTreeMap<String, String>,
    other_policy: bool,
) -> Result<BTreeMap<String, SecretString>, Failure> {
    let read = |(name, value): (String, String)| {
        let is_plain = match giving(connection, &name) {
            Giving::Plainly => true,
            Giving::ByReference => false,
            // Refused by its name; with another policy it may be a credential of that.
            Giving::Unknown => !other_policy,
        };
        if is_plain {
            return Ok((name, SecretString::from(value)));
        }
        let reference: SecretRef = value.parse().map_err(|error| {
            Failure::new(Exit::Usage, format!("the value of {name} is a secret")).because(&error)
        })?;
        let secret = if app.globals.emulator.is_some() {
            SecretString::from(STAND_IN)
        } else {
            app.secrets().read(&reference, &name, None)?
        };
        Ok((name, secret))
    };
    pairs.into_iter().map(read).collect()
}

fn line(one: &ConnectionFacts) -> String {
    let mut line = format!(
        "{:<10}  {:<13}  {:<17}  {}  {}",
        one.status,
        one.adapter.as_deref().unwrap_or("-"),
        one.role.as_deref().unwrap_or("-"),
        listing::named(one.project.as_deref(), one.id.as_str()),
        one.name
    );
    if one.locked {
        line += &locked(one.locked_by.as_deref());
    }
    line
}

fn text(one: &ConnectionDetails) -> String {
    let facts = &one.facts;
    let mut text = line(facts) + "\n";
    for (what, value) in [
        ("security policy", &facts.security_policy),
        ("agent group", &facts.agent_group),
        ("last test", &facts.tested),
    ] {
        if let Some(value) = value {
            text += &format!("  {what} {value}\n");
        }
    }
    let mut table = Table::new(["PROPERTY", "TYPE", "VALUE"]);
    for property in one.properties.iter().chain(&one.security_properties) {
        table.row([
            property.name.as_str(),
            property.kind.as_deref().unwrap_or("-"),
            &shown(property),
        ]);
    }
    if !table.is_empty() {
        text += &table.text();
    }
    text
}

fn shown(property: &PropertyFacts) -> String {
    match (&property.value, property.is_set, property.required) {
        (Some(value), ..) => value.clone(),
        (None, true, _) => "(set, not shown)".to_owned(),
        (None, false, true) => "(wanting)".to_owned(),
        (None, false, false) => "-".to_owned(),
    }
}
