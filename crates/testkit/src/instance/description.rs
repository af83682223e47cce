//! What an instance holds, as values.

/// An instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// Its integrations, wherever they live.
    pub integrations: Vec<Integration>,
    /// Its connections.
    pub connections: Vec<Connection>,
    /// Its lookups.
    pub lookups: Vec<Lookup>,
    /// Its JavaScript libraries.
    pub libraries: Vec<Library>,
    /// Its packages.
    pub packages: Vec<Package>,
    /// Its projects.
    pub projects: Vec<Project>,
    /// Its certificates.
    pub certificates: Vec<Certificate>,
    /// Its process applications.
    pub processes: Vec<Process>,
}

/// Where an integration lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// Nowhere in particular.
    Alone,
    /// In the package of this name.
    Package(String),
    /// In the project of this code.
    Project(String),
}

/// An integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its code.
    pub code: String,
    /// Its version, `01.00.0000`.
    pub version: String,
    /// The name that people see.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it is activated.
    pub active: bool,
    /// What sets it going.
    pub trigger: Trigger,
    /// Its tracking variables, the primary one first; at most three.
    pub tracking: Vec<Tracking>,
    /// What it does, in order.
    pub flow: Vec<Action>,
    /// When it runs, if it is scheduled.
    pub schedule: Option<Schedule>,
    /// Where it lives.
    pub home: Home,
}

impl Integration {
    /// `CODE|VERSION`.
    pub fn id(&self) -> String {
        format!("{}|{}", self.code, self.version)
    }

    /// `CODE_VERSION`.
    pub fn folder(&self) -> String {
        format!("{}_{}", self.code, self.version)
    }
}

/// What sets an integration going.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// A request that waits for an answer.
    Request(Endpoint),
    /// A request that does not wait.
    OneWay(Endpoint),
    /// An event.
    Event(Endpoint),
    /// The clock, or somebody who runs it by hand.
    Schedule,
}

/// An end of a connection: what a trigger offers or an invoke asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name in the flow.
    pub name: String,
    /// The connection's code.
    pub connection: String,
    /// What the adapter is told, as properties of the `.jca` file.
    pub configuration: Vec<Property>,
    /// The messages.
    pub schema: Schema,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The messages of an endpoint: equal values give equal files, whatever the endpoint is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Which messages.
    pub seed: u64,
    /// How many types there are.
    pub types: usize,
}

/// A tracking variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracking {
    /// Its name.
    pub name: String,
    /// Where its value comes from.
    pub xpath: String,
}

/// One step of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Maps the trigger's message to the request of the invoke of this name, or to the reply.
    Map {
        /// The endpoint whose message is made.
        to: String,
        /// What is mapped.
        fields: Vec<Field>,
    },
    /// Asks another system.
    Invoke(Endpoint),
    /// Calls another integration of the instance.
    Call {
        /// The name in the flow.
        name: String,
        /// The integration's code.
        code: String,
        /// The integration's version.
        version: String,
    },
    /// Gives values to variables.
    Assign {
        /// The action's name.
        name: String,
        /// The variables.
        variables: Vec<Variable>,
    },
    /// Goes one of several ways.
    Route(Vec<Branch>),
    /// Repeats its actions for each of some nodes.
    Each {
        /// The action's name.
        name: String,
        /// The nodes.
        over: String,
        /// What is repeated.
        actions: Vec<Action>,
    },
    /// Repeats its actions as long as a condition holds.
    While {
        /// The action's name.
        name: String,
        /// The condition.
        condition: String,
        /// What is repeated.
        actions: Vec<Action>,
    },
    /// Does something, and something else when that fails.
    Scope {
        /// The scope's name.
        name: String,
        /// What is tried.
        actions: Vec<Action>,
        /// What is done after a fault; the last one is for all faults.
        handlers: Vec<Handler>,
    },
    /// Goes several ways at once.
    Parallel {
        /// The action's name.
        name: String,
        /// A name and the actions of each way.
        branches: Vec<(String, Vec<Action>)>,
    },
    /// Sends an e-mail.
    Notify {
        /// The action's name.
        name: String,
        /// Its text.
        body: String,
    },
    /// Calls a JavaScript function.
    Script {
        /// The action's name.
        name: String,
        /// The library's code.
        library: String,
        /// The library's version.
        version: String,
        /// `file.js:function`.
        function: String,
    },
    /// Writes a line to the activity stream.
    Log {
        /// The action's name.
        name: String,
        /// What it says, as an expression.
        message: String,
    },
    /// Raises a fault.
    Throw {
        /// The action's name.
        name: String,
        /// The fault's code, as an expression.
        code: String,
    },
    /// Answers the trigger.
    Reply,
    /// Ends the flow.
    Stop,
}

/// A line of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The element that is made.
    pub target: String,
    /// Where its value comes from.
    pub select: String,
}

/// A variable and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub name: String,
    /// The value, as an expression.
    pub expression: String,
}

/// A way that a router may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its name.
    pub name: String,
    /// When it is gone; none: otherwise.
    pub condition: Option<String>,
    /// What is done there.
    pub actions: Vec<Action>,
}

/// What is done after a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// The fault's name; none: every fault.
    pub fault: Option<String>,
    /// What is done.
    pub actions: Vec<Action>,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// How many minutes lie between two runs.
    pub minutes: u32,
    /// The time zone.
    pub zone: String,
    /// When it begins, `2025-01-31T08:30:00`.
    pub start: Start,
}

/// The beginning of a schedule, in its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start(pub String);

/// A connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its code.
    pub code: String,
    /// The name that people see.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its adapter.
    pub adapter: String,
    /// `SOURCE`, `TARGET` or `SOURCE_AND_TARGET`.
    pub role: String,
    /// Its security policy.
    pub policy: String,
    /// The group of agents that it goes through.
    pub agent_group: Option<String>,
    /// Its properties, beside those that every connection has.
    pub properties: Vec<(String, Value)>,
    /// Uploaded files.
    pub attachments: Vec<Attachment>,
}

/// The value of a connection's property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Left to the environment: `%%CODE_property`.
    Placeholder,
    /// As it stands.
    Literal(String),
    /// None.
    Empty,
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The property that it belongs to.
    pub property: String,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// A lookup table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows' cells.
    pub rows: Vec<Vec<String>>,
}

/// A JavaScript library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Its code.
    pub code: String,
    /// Its version.
    pub version: String,
    /// The name that people see; its files have it, too.
    pub name: String,
    /// Its files.
    pub scripts: Vec<Script>,
}

/// A file of a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The file's name.
    pub file: String,
    /// The functions that flows may call.
    pub functions: Vec<String>,
    /// The source.
    pub source: String,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its code.
    pub code: String,
    /// The name that people see.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its deployments.
    pub deployments: Vec<Deployment>,
}

/// A deployment of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Its code.
    pub code: String,
    /// The name that people see.
    pub name: String,
    /// The integrations that it takes along, as `CODE|VERSION`.
    pub integrations: Vec<String>,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The alias under which it is stored.
    pub alias: String,
    /// Its bytes, which stand in for DER.
    pub der: Vec<u8>,
}

/// A process application: bytes that nobody reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}
