//! Where a command works: real services, an embedded emulator, a running one.

use std::path::Path;
use std::sync::Arc;

use ferry_core::exit::Exit;
use ferry_core::ids::EnvironmentName;
use ferry_core::job::{Generation, PollPolicy};
use ferry_core::plan::Rails;
use ferry_core::storage::is_loopback;
use ferry_core::storage::{StorageUrl, SwiftUser};
use ferry_flows::bucket::NamedBucket;
use ferry_flows::{Environment, Overrides, Storage};
use ferry_http::{Client, Request};
use ferry_oic::{Instance, Settings};
use ferry_swift::{Bucket, SignIn};
use secrecy::SecretString;

use super::card::Card;
use super::embedded::Embedded;
use super::overrides::{Filling, add_demonstration, filled};
use crate::app::App;
use crate::args::EmulatorChoice;
use crate::config::{Config, ConfigError, PlacedSecret, SignInSettings, StorageSignIn};
use crate::failure::Failure;

/// An emulator's list of environments is longer than this never.
const LONGEST_LIST: usize = 16 * 1024 * 1024;

/// What of an environment's overrides a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overriding {
    /// Nothing.
    Without,
    /// What they state; no secret is resolved.
    Stated,
    /// All of it.
    WithSecrets,
}

/// Where a command works.
#[derive(Debug)]
pub(crate) struct Ground {
    http: Client,
    /// The emulator's environments; `None`: real services.
    cards: Option<Vec<Card>>,
    embedded: Option<Embedded>,
}

/// What is told apart by the way: everything else of an environment follows.
struct Parts {
    protected: bool,
    rails: Rails,
    generation: Generation,
    origin: String,
    service_instance: Option<String>,
    sign_in: ferry_oic::SignIn,
    url: StorageUrl,
    user: SwiftUser,
    password: SecretString,
    polling: PollPolicy,
    overrides: Overrides,
}

impl Ground {
    /// Starts or asks the emulator that was chosen.
    pub(crate) async fn prepare(app: &App) -> Result<Self, Failure> {
        let http = super::client(app)?;
        let (embedded, cards) = match &app.globals.emulator {
            None | Some(EmulatorChoice::Off) => {
                return Ok(Self {
                    http,
                    cards: None,
                    embedded: None,
                });
            }
            Some(EmulatorChoice::Embedded) => {
                let (embedded, cards) = Embedded::start(app, None).await?;
                (Some(embedded), cards)
            }
            Some(EmulatorChoice::Folder(folder)) => {
                let (embedded, cards) = Embedded::start(app, Some(folder.clone())).await?;
                (Some(embedded), cards)
            }
            Some(EmulatorChoice::Url(url)) => (None, ask(&http, url).await?),
        };
        Ok(Self {
            http,
            cards: Some(cards),
            embedded,
        })
    }

    /// The client.
    pub(crate) fn http(&self) -> &Client {
        &self.http
    }

    /// What an emulator states of an environment's sign-in: service instance, scope, whether by token.
    pub(crate) fn stated(
        &self,
        name: &EnvironmentName,
    ) -> Option<(Option<String>, Option<String>, bool)> {
        let card = self
            .cards
            .as_ref()?
            .iter()
            .find(|card| card.name == *name)?;
        let by_token = card
            .generation()
            .is_ok_and(|generation| generation == Generation::Gen3);
        Some((card.service_instance.clone(), card.scope.clone(), by_token))
    }

    /// The folder of a throw-away emulator.
    pub(crate) fn temporary(&self) -> Option<&Path> {
        self.embedded.as_ref().and_then(Embedded::temporary)
    }

    /// Ends an embedded emulator; its state is saved. Tells what could not be saved.
    pub(crate) async fn close(&self) -> Option<std::io::Error> {
        self.embedded.as_ref()?.close().await
    }

    /// An environment by its name.
    pub(crate) fn environment(
        &self,
        app: &App,
        name: &EnvironmentName,
        overrides: Overriding,
    ) -> Result<Environment, Failure> {
        let parts = match &self.cards {
            None => real(app, name, overrides)?,
            Some(cards) => self.emulated(app, cards, name, overrides)?,
        };
        let host = parts
            .origin
            .split_once("://")
            .map_or(parts.origin.as_str(), |(_, host)| host)
            .to_owned();
        let identity = parts.service_instance.clone().unwrap_or(host);
        let settings = Settings {
            generation: parts.generation,
            origin: parts.origin,
            service_instance: parts.service_instance,
            sign_in: parts.sign_in,
            now: Arc::clone(&app.clock.0),
        };
        let sign_in = SignIn::Basic {
            user: parts.user.clone(),
            password: parts.password.clone(),
        };
        let bucket = Bucket::new(self.http.clone(), parts.url.clone(), sign_in);
        Ok(Environment {
            name: name.clone(),
            protected: parts.protected,
            rails: parts.rails,
            identity,
            instance: Instance::new(self.http.clone(), settings),
            storage: Storage {
                bucket,
                url: parts.url,
                user: parts.user,
                password: parts.password,
            },
            polling: parts.polling,
            overrides: parts.overrides,
        })
    }

    /// Whether there is an environment of this name.
    pub(crate) fn knows(&self, app: &App, name: &EnvironmentName) -> Result<bool, Failure> {
        Ok(match &self.cards {
            None => app.config()?.names().any(|known| known == name),
            Some(cards) => cards.iter().any(|card| card.name == *name),
        })
    }

    /// The bucket of an environment, whatever else the environment has.
    pub(crate) fn bucket(&self, app: &App, name: &EnvironmentName) -> Result<NamedBucket, Failure> {
        let (url, sign_in, protected) = self.storage(app, name)?;
        Ok(NamedBucket {
            environment: name.clone(),
            bucket: Bucket::new(self.http.clone(), url, sign_in),
            protected,
        })
    }

    /// A storage alone, and whether its environment is protected: no secret of an instance is read.
    pub(crate) fn storage(
        &self,
        app: &App,
        name: &EnvironmentName,
    ) -> Result<(StorageUrl, SignIn, bool), Failure> {
        Ok(match &self.cards {
            None => {
                let config = app.config()?;
                let settings = config.storage(name)?;
                let secrets = app.secrets();
                let read =
                    |secret: PlacedSecret| secrets.read(&secret.secret, &secret.key, secret.place);
                let sign_in = match settings.sign_in {
                    StorageSignIn::Basic { user, password } => SignIn::Basic {
                        user,
                        password: read(password)?,
                    },
                    StorageSignIn::Token {
                        auth_url,
                        user,
                        key,
                    } => SignIn::Token {
                        auth_url,
                        user,
                        key: read(key)?,
                    },
                };
                (settings.url, sign_in, config.is_protected(name)?)
            }
            Some(cards) => {
                let card = find(cards, name)?;
                let (url, user, password) = card.storage()?;
                refuse_elsewhere(url.is_loopback())?;
                (url, SignIn::Basic { user, password }, card.protected)
            }
        })
    }

    /// Whether an environment has a storage and no instance; those of an emulator have one.
    pub(crate) fn is_storage_alone(
        &self,
        app: &App,
        name: &EnvironmentName,
    ) -> Result<bool, Failure> {
        match &self.cards {
            None => Ok(app.config()?.is_storage_alone(name)?),
            Some(_) => Ok(false),
        }
    }

    /// Of the emulator; the files contribute the rails and overrides of the environment of this name, no secret among them.
    fn emulated(
        &self,
        app: &App,
        cards: &[Card],
        name: &EnvironmentName,
        overrides: Overriding,
    ) -> Result<Parts, Failure> {
        let card = find(cards, name)?;
        let config = app.config()?;
        let overrides = match overrides {
            Overriding::Without => Overrides::default(),
            Overriding::Stated | Overriding::WithSecrets => {
                let mut overrides = stated(config, name, &Filling::StandIn)?;
                add_demonstration(&mut overrides, card.connections.clone());
                overrides
            }
        };
        let (url, user, password) = card.storage()?;
        refuse_elsewhere(
            url.is_loopback()
                && is_loopback(host_of(&card.url))
                && is_loopback(host_of(&card.token_url)),
        )?;
        let generation = card.generation()?;
        Ok(Parts {
            protected: card.protected || config.is_protected(name).unwrap_or(false),
            rails: config.rails(name),
            generation,
            origin: card.url.clone(),
            service_instance: card.service_instance.clone(),
            sign_in: card.sign_in(generation),
            url,
            user,
            password,
            polling: self.polling(config),
            overrides,
        })
    }
}

impl Ground {
    /// The figures of the files are for services whose time is real, so an embedded emulator does without. A running
    /// one may go at any speed: asking it often costs nothing, giving up early would be wrong.
    fn polling(&self, config: &Config) -> PollPolicy {
        let (fast, patient) = (PollPolicy::fast(), PollPolicy::default());
        if self.embedded.is_some() {
            fast
        } else {
            config.polling(PollPolicy {
                lost_job: patient.lost_job,
                archive: patient.archive,
                ..fast
            })
        }
    }
}

fn find<'a>(cards: &'a [Card], name: &EnvironmentName) -> Result<&'a Card, Failure> {
    cards.iter().find(|card| card.name == *name).ok_or_else(|| {
        let known: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
        Failure::new(
            Exit::Usage,
            format!("there is no environment {name} in the emulator"),
        )
        .hint(format!("the known ones are: {}", known.join(", ")))
    })
}

fn refuse_elsewhere(is_this_machine: bool) -> Result<(), Failure> {
    if is_this_machine {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Rail,
        "the emulator names a host that is not this machine",
    )
    .hint("use an emulator that runs on this machine"))
}

/// Of the files.
fn real(app: &App, name: &EnvironmentName, overrides: Overriding) -> Result<Parts, Failure> {
    let config = app.config()?;
    let settings = config.environment(name)?;
    let secrets = app.secrets();
    let read = |secret: PlacedSecret| secrets.read(&secret.secret, &secret.key, secret.place);
    let overrides = match overrides {
        Overriding::Without => Overrides::default(),
        Overriding::Stated => stated(config, name, &Filling::Nothing)?,
        Overriding::WithSecrets => stated(config, name, &Filling::Read(&secrets))?,
    };
    let sign_in = match settings.sign_in {
        SignInSettings::Basic { user, password } => ferry_oic::SignIn::Basic {
            user,
            password: read(password)?,
        },
        SignInSettings::ClientCredentials {
            token_url,
            scope,
            client_id,
            client_secret,
        } => ferry_oic::SignIn::ClientCredentials {
            token_url,
            client_id,
            client_secret: read(client_secret)?,
            scope,
        },
    };
    Ok(Parts {
        protected: settings.protected,
        rails: config.rails(name),
        generation: settings.generation,
        origin: settings.url,
        service_instance: settings.instance,
        sign_in,
        url: settings.storage.url,
        user: settings.storage.user,
        password: read(settings.storage.password)?,
        polling: config.polling(PollPolicy::default()),
        overrides,
    })
}

/// The overrides of an environment; none where there is no file.
fn stated(
    config: &Config,
    name: &EnvironmentName,
    filling: &Filling<'_>,
) -> Result<Overrides, ConfigError> {
    match config.overrides(name)? {
        Some(file) => filled(file, filling),
        None => Ok(Overrides::default()),
    }
}

/// Asks a running emulator for its environments.
async fn ask(http: &Client, url: &str) -> Result<Vec<Card>, Failure> {
    let failed = |error: &ferry_http::Error| {
        Failure::new(Exit::Unavailable, format!("there is no emulator at {url}"))
            .because(error)
            .evidence(error.evidence().to_string())
            .hint("start one with the command `emulator`, and give the URL that it prints")
    };
    let request = Request::get(&format!("{url}/_ferry/environments")).map_err(|error| {
        Failure::new(Exit::Usage, "the emulator's address cannot be used")
            .because(&error)
            .hint("http://127.0.0.1:PORT")
    })?;
    let response = http.send(request).await.map_err(|error| failed(&error))?;
    Card::read(
        response
            .json(LONGEST_LIST)
            .await
            .map_err(|error| failed(&error))?,
    )
}

fn host_of(url: &str) -> &str {
    let authority = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest)
        .split(['/', '?'])
        .next()
        .unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(inside) => inside.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}
