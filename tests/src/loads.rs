//! Loads for emulators: integrations that differ in one word, as files of an instance's folder.

use std::path::Path;

use ferry_testkit::instance::{
    Action, Connection, Description, Home, Integration, Noise, Schedule, Start, Trigger, Value,
    iar, sample,
};

/// An integration that uses one connection of its own choice.
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    /// `CODE|VERSION`.
    pub id: &'static str,
    /// Its connection, whose `connectionUrl` each instance has to itself.
    pub connection: &'static str,
    /// What it logs: flows of different words mean different things.
    pub word: &'static str,
    /// Whether it is active.
    pub active: bool,
    /// Whether it has a schedule, which runs where it is active.
    pub scheduled: bool,
}

impl Flow {
    /// An active one without a schedule.
    pub const fn active(id: &'static str, connection: &'static str, word: &'static str) -> Self {
        Self {
            id,
            connection,
            word,
            active: true,
            scheduled: false,
        }
    }

    /// The same, turned off.
    #[must_use]
    pub const fn idle(self) -> Self {
        Self {
            active: false,
            ..self
        }
    }

    /// The same with a schedule.
    #[must_use]
    pub const fn scheduled(self) -> Self {
        Self {
            scheduled: true,
            ..self
        }
    }

    /// Writes its `.iar` into the folder of an instance.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn write(&self, folder: &Path) {
        let whole = self.description();
        let it = whole.integrations.first().expect("the only one");
        let bytes = iar(&whole, it, &Noise::none());
        std::fs::write(folder.join(format!("{}.iar", it.folder())), bytes).expect("a new file");
    }

    fn description(&self) -> Description {
        let whole = sample();
        let connection = |code: &str| {
            let mut all = whole.connections.iter();
            all.find(|it| it.code == code)
                .expect("the sample has it")
                .clone()
        };
        let trigger = whole.integrations.iter().find_map(|it| match &it.trigger {
            Trigger::Request(end) if end.connection == "REST_TRIGGER" => Some(it.trigger.clone()),
            _ => None,
        });
        let invoked = Connection {
            code: self.connection.to_owned(),
            name: self.connection.replace('_', " "),
            properties: vec![("connectionUrl".to_owned(), Value::Placeholder)],
            ..connection("ORDERS_API")
        };
        let Some(Trigger::Request(end)) = trigger.clone() else {
            panic!("the sample has a request by REST_TRIGGER");
        };
        let mut invoke = end;
        self.connection.clone_into(&mut invoke.connection);
        "ask".clone_into(&mut invoke.name);
        let (code, version) = self.id.split_once('|').expect("CODE|VERSION");
        let it = Integration {
            code: code.to_owned(),
            version: version.to_owned(),
            name: code.replace('_', " "),
            description: String::new(),
            active: self.active,
            trigger: if self.scheduled {
                Trigger::Schedule
            } else {
                trigger.unwrap_or(Trigger::Schedule)
            },
            tracking: Vec::new(),
            flow: vec![
                Action::Invoke(invoke),
                Action::Log {
                    name: "Log1".to_owned(),
                    message: format!("'{}'", self.word),
                },
                Action::Stop,
            ],
            schedule: self.scheduled.then(|| Schedule {
                minutes: 60,
                zone: "UTC".to_owned(),
                start: Start("2025-01-31T08:30:00".to_owned()),
            }),
            home: Home::Alone,
        };
        Description {
            integrations: vec![it],
            connections: vec![invoked, connection("REST_TRIGGER")],
            ..Description::default()
        }
    }
}
