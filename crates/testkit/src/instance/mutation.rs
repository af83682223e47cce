//! Changes that mean something, one at a time.

use super::description::{
    Action, Connection, Description, Handler, Home, Integration, Start, Trigger, Value,
};
use super::sample::log;

/// A change of the [sample](super::sample).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mutation {
    /// The URL of a connection.
    Endpoint,
    /// A property of a connection's adapter.
    AdapterProperty,
    /// What an invoke tells its adapter.
    EndpointConfiguration,
    /// A connection's security policy.
    SecurityPolicy,
    /// A connection's role.
    Role,
    /// The agent group that a connection goes through.
    AgentGroup,
    /// A connection's uploaded file.
    Attachment,
    /// A value that was left to the environment stands there now.
    PlaceholderToLiteral,
    /// The expression of an assignment.
    Expression,
    /// A line of a map.
    Map,
    /// An action more.
    ActionAdded,
    /// An action less.
    ActionRemoved,
    /// An action elsewhere.
    ActionMoved,
    /// An action of another name.
    ActionRenamed,
    /// The condition of a router's branch.
    RouterCondition,
    /// What a loop runs over.
    Loop,
    /// A fault handler more.
    FaultHandler,
    /// A parallel branch more.
    ParallelBranch,
    /// Where a tracking variable takes its value from.
    TrackingVariable,
    /// The text of an e-mail.
    NotificationText,
    /// The JavaScript function that is called.
    JavaScriptFunction,
    /// The integration that is called.
    ChildIntegration,
    /// An integration's version.
    Version,
    /// Whether an integration is activated.
    State,
    /// An integration's name.
    Name,
    /// An integration's description.
    Description,
    /// What sets an integration going.
    TriggerPattern,
    /// The package that an integration is in.
    PackageMembership,
    /// A cell of a lookup.
    LookupCell,
    /// A lookup's row more.
    LookupRow,
    /// A lookup's column more.
    LookupColumn,
    /// How often a schedule runs.
    ScheduleInterval,
    /// The zone of a schedule.
    ScheduleZone,
    /// When a schedule begins.
    ScheduleStart,
    /// The source of a library.
    LibrarySource,
    /// What a project's deployment takes along.
    ProjectDeployment,
    /// A certificate.
    Certificate,
}

impl Mutation {
    /// Every one.
    pub const ALL: [Self; 37] = [
        Self::Endpoint,
        Self::AdapterProperty,
        Self::EndpointConfiguration,
        Self::SecurityPolicy,
        Self::Role,
        Self::AgentGroup,
        Self::Attachment,
        Self::PlaceholderToLiteral,
        Self::Expression,
        Self::Map,
        Self::ActionAdded,
        Self::ActionRemoved,
        Self::ActionMoved,
        Self::ActionRenamed,
        Self::RouterCondition,
        Self::Loop,
        Self::FaultHandler,
        Self::ParallelBranch,
        Self::TrackingVariable,
        Self::NotificationText,
        Self::JavaScriptFunction,
        Self::ChildIntegration,
        Self::Version,
        Self::State,
        Self::Name,
        Self::Description,
        Self::TriggerPattern,
        Self::PackageMembership,
        Self::LookupCell,
        Self::LookupRow,
        Self::LookupColumn,
        Self::ScheduleInterval,
        Self::ScheduleZone,
        Self::ScheduleStart,
        Self::LibrarySource,
        Self::ProjectDeployment,
        Self::Certificate,
    ];

    /// The name of what is changed: a code, or a name where there is no code.
    pub fn subject(self) -> &'static str {
        match self {
            Self::Endpoint => "LEGACY_API",
            Self::AdapterProperty | Self::Attachment => "CRM_SOAP",
            Self::SecurityPolicy | Self::PlaceholderToLiteral => "ORDERS_API",
            Self::Role => "FILES_FTP",
            Self::AgentGroup => "WAREHOUSE_DB",
            Self::Expression
            | Self::EndpointConfiguration
            | Self::Map
            | Self::ActionAdded
            | Self::ActionRemoved
            | Self::ActionMoved
            | Self::ActionRenamed
            | Self::RouterCondition
            | Self::Loop
            | Self::FaultHandler
            | Self::ParallelBranch
            | Self::TrackingVariable
            | Self::NotificationText
            | Self::JavaScriptFunction
            | Self::ChildIntegration
            | Self::State
            | Self::Name
            | Self::Description => "ORDER_INTAKE",
            Self::Version => "CUSTOMER_MERGE",
            Self::TriggerPattern | Self::PackageMembership => "CUSTOMER_SYNC",
            Self::LookupCell | Self::LookupRow | Self::LookupColumn => "Country_Codes",
            Self::ScheduleInterval | Self::ScheduleZone | Self::ScheduleStart => "NIGHTLY_EXPORT",
            Self::LibrarySource => "PRICES",
            Self::ProjectDeployment => "FINANCE_TEST",
            Self::Certificate => "partner_ca",
        }
    }

    /// Changes the sample, or something that holds the same parts.
    ///
    /// # Panics
    /// The part is not there.
    pub fn apply(self, whole: &mut Description) {
        let subject = self.subject();
        match self {
            Self::Endpoint
            | Self::AdapterProperty
            | Self::SecurityPolicy
            | Self::Role
            | Self::AgentGroup
            | Self::Attachment
            | Self::PlaceholderToLiteral => {
                let mut all = whole.connections.iter_mut();
                let it = all.find(|it| it.code == subject);
                self.connection(it.expect("the connection is there"));
            }
            Self::LookupCell | Self::LookupRow | Self::LookupColumn => {
                let mut all = whole.lookups.iter_mut();
                let it = all
                    .find(|it| it.name == subject)
                    .expect("the lookup is there");
                match self {
                    Self::LookupCell => {
                        let row = it.rows.get_mut(1);
                        let cell = row.and_then(|row| row.get_mut(1));
                        "Gaul".clone_into(cell.expect("the cell is there"));
                    }
                    Self::LookupRow => it.rows.push(vec!["IT".to_owned(), "Italy".to_owned()]),
                    _ => {
                        it.columns.push("Continent".to_owned());
                        for row in &mut it.rows {
                            row.push("Europe".to_owned());
                        }
                    }
                }
            }
            Self::LibrarySource => {
                let library = whole.libraries.first_mut();
                let script = library.and_then(|it| it.scripts.first_mut());
                let script = script.expect("the script is there");
                script.source = script.source.replace("1.2", "1.19");
            }
            Self::ProjectDeployment => {
                let project = whole.projects.first_mut();
                let deployment = project.and_then(|it| it.deployments.first_mut());
                let deployment = deployment.expect("the deployment is there");
                deployment.integrations.truncate(1);
            }
            Self::Certificate => {
                let certificate = whole.certificates.first_mut();
                certificate.expect("the certificate is there").der.push(1);
            }
            _ => {
                let mut all = whole.integrations.iter_mut();
                let it = all.find(|it| it.code == subject);
                self.integration(it.expect("the integration is there"));
            }
        }
    }

    fn connection(self, it: &mut Connection) {
        let mut set = |name: &str, value: &str| {
            let mut all = it.properties.iter_mut();
            let property = all.find(|(own, _)| own == name);
            property.expect("the property is there").1 = Value::Literal(value.to_owned());
        };
        match self {
            Self::Endpoint => set("connectionUrl", "https://modern.example.com/v2"),
            Self::AdapterProperty => set("suppressTimestampForRequest", "Yes"),
            Self::PlaceholderToLiteral => set("connectionUrl", "https://orders.example.com"),
            Self::SecurityPolicy => "OAUTH_CLIENT_CREDENTIALS".clone_into(&mut it.policy),
            Self::Role => "TARGET".clone_into(&mut it.role),
            Self::AgentGroup => it.agent_group = Some("ON_PREMISES_2".to_owned()),
            _ => {
                let attachment = it.attachments.first_mut();
                let attachment = attachment.expect("the attachment is there");
                attachment.content.push(b'\n');
            }
        }
    }

    fn integration(self, it: &mut Integration) {
        let flow = &mut it.flow;
        match self {
            Self::Version => "01.00.0001".clone_into(&mut it.version),
            Self::State => it.active = !it.active,
            Self::Name => "Order Reception".clone_into(&mut it.name),
            Self::Description => "What it does now.".clone_into(&mut it.description),
            Self::TrackingVariable => {
                let variable = it.tracking.last_mut().expect("the variable is there");
                variable.xpath.push_str("Id");
            }
            Self::PackageMembership => it.home = Home::Package("acme.billing".to_owned()),
            Self::TriggerPattern => {
                if let Trigger::Request(end) = &it.trigger {
                    it.trigger = Trigger::OneWay(end.clone());
                }
            }
            Self::ScheduleInterval | Self::ScheduleZone | Self::ScheduleStart => {
                let schedule = it.schedule.as_mut().expect("the schedule is there");
                match self {
                    Self::ScheduleInterval => schedule.minutes = 30,
                    Self::ScheduleZone => "Asia/Kolkata".clone_into(&mut schedule.zone),
                    _ => schedule.start = Start("2025-02-28T09:00:00".to_owned()),
                }
            }
            Self::ActionAdded => flow.insert(2, log("LogMore", "'more'")),
            Self::ActionRemoved => {
                flow.remove(index(flow, "LogEnd"));
            }
            Self::ActionMoved => {
                let moved = flow.remove(index(flow, "LogEnd"));
                flow.insert(1, moved);
            }
            _ => self.each(flow),
        }
    }

    /// Changes the action that it is about, wherever it is.
    fn each(self, actions: &mut [Action]) {
        for action in actions {
            match (self, &mut *action) {
                (Self::Expression, Action::Assign { name, variables }) if name == "SetTotal" => {
                    for variable in variables {
                        variable.expression = variable.expression.replace("* 2", "* 3");
                    }
                }
                (Self::ActionRenamed, Action::Assign { name, .. }) if name == "SetTotal" => {
                    "SetSum".clone_into(name);
                }
                (Self::Map, Action::Map { to, fields }) if to == "storeOrder" => {
                    for field in fields {
                        field.select = field.select.replace("+ 1", "+ 2");
                    }
                }
                (Self::EndpointConfiguration, Action::Invoke(end)) => {
                    let verb = end.configuration.first_mut().expect("the verb is there");
                    "PUT".clone_into(&mut verb.value);
                }
                (Self::RouterCondition, Action::Route(branches)) => {
                    for condition in branches.iter_mut().filter_map(|b| b.condition.as_mut()) {
                        *condition = condition.replace("> 1000", "> 2000");
                    }
                }
                (Self::Loop, Action::Each { over, .. }) => over.push_str("/ns12:line"),
                (Self::FaultHandler, Action::Scope { handlers, .. }) => {
                    let handler = Handler {
                        fault: Some("APIInvocationError".to_owned()),
                        actions: vec![log("LogRefusal", "'refused'")],
                    };
                    handlers.insert(0, handler);
                }
                (Self::ParallelBranch, Action::Parallel { branches, .. }) => {
                    branches.push(("Audit".to_owned(), vec![log("LogAudit", "'audit'")]));
                }
                (Self::NotificationText, Action::Notify { body, .. }) => {
                    *body = body.replace("Have a look.", "Do something.");
                }
                (Self::JavaScriptFunction, Action::Script { function, .. }) => {
                    "prices.js:net".clone_into(function);
                }
                (Self::ChildIntegration, Action::Call { code, .. }) => {
                    "ORDER_PRICE".clone_into(code);
                }
                _ => {}
            }
            match action {
                Action::Route(branches) => {
                    for branch in branches {
                        self.each(&mut branch.actions);
                    }
                }
                Action::Scope { actions, .. } => self.each(actions),
                _ => {}
            }
        }
    }
}

fn index(flow: &[Action], wanted: &str) -> usize {
    let at = flow
        .iter()
        .position(|action| matches!(action, Action::Log { name, .. } if name == wanted));
    at.expect("the action is there")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::sample;

    #[test]
    fn each_changes_something_and_no_two_change_the_same() {
        let mut seen = vec![sample()];
        for mutation in Mutation::ALL {
            let mut changed = sample();
            mutation.apply(&mut changed);
            assert!(!seen.contains(&changed), "{mutation:?}");
            seen.push(changed);
        }
    }
}
