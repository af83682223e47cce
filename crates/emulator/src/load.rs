//! From folders, or from the demonstration, to instances with their sign-in and their buckets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ferry_core::ids::EnvironmentName;
use jiff::Timestamp;
use serde::Deserialize;

use crate::artifact::{IntegrationFacts, Unreadable};
use crate::blobs::Blobs;
use crate::demo;
use crate::generate;
use crate::identity::Identity;
use crate::oic::{
    Generation, Hidden, Instance, Job, Kind, Oic, Read, Rules, Shelf, Storage, StorageSettings,
    install,
};
use crate::options::{Load, StartError};
use crate::spread::spread;
use crate::store::Store;
pub use description::Description;
use twins::Twins;

mod alive;
mod description;
mod folder;
mod sign_in;
mod twins;

/// The namespace of every bucket.
pub(crate) const NAMESPACE: &str = "acme";

/// What is said of an instance: in `instance.toml` of its folder, or in a description. Unknown keys are errors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// None: told by the artifacts.
    pub(crate) generation: Option<Generation>,
    pub(crate) protected: bool,
    /// Whether an export runs in it for a long time.
    pub(crate) busy: bool,
    /// A folder of artifacts, in a description.
    pub(crate) folder: Option<PathBuf>,
    /// How many integrations the emulator makes for it, in a description.
    pub(crate) integrations: Option<usize>,
    pub(crate) agent_groups: BTreeSet<String>,
    /// Values of connections, by id.
    pub(crate) connections: BTreeMap<String, ConnectionSettings>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ConnectionSettings {
    pub(crate) properties: BTreeMap<String, String>,
}

/// One instance before it is loaded.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) settings: Settings,
    /// Path in the folder, and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// Loads the instances, their sign-in facts and their buckets.
///
/// # Errors
///
/// Every mistake in a load names the file or the two files that it is about.
pub(crate) fn load(
    load: &Load,
    blobs: &mut Blobs,
    store: &mut Store,
    rng: &mut fastrand::Rng,
    now: Timestamp,
) -> Result<(Oic, Identity), StartError> {
    let sources = match load {
        Load::Demo => demo::sources(rng).map_err(|e| caused("the demonstration", e))?,
        Load::Folder(path) => folder::sources(path)?,
        Load::Described(description) => description.sources(rng)?,
        Load::Generated { integrations } => {
            generated(*integrations, rng).map_err(|e| caused("what is generated", e))?
        }
    };
    let mut oic = Oic::default();
    let mut identity = Identity::default();
    for source in sources {
        let busy = source.settings.busy;
        let mut instance = instance(source, blobs, rng, now)?;
        let storage = &instance.storage;
        let tokens = [&storage.token, &storage.revoked_token].map(|token| token.0.clone());
        store.create_bucket(&storage.namespace, &storage.bucket, &storage.user, &tokens);
        store.revoke(&storage.namespace, &storage.user, &storage.revoked_token.0);
        sign_in::add(&mut identity, &instance.name, rng)
            .map_err(|e| caused(&format!("the sign-in of {}", instance.name), e))?;
        if busy {
            let job = Job::of_a_year("nightly-backup", storage, store, now);
            instance.jobs.push(job);
        }
        oic.instances.push(instance);
    }
    if matches!(load, Load::Demo | Load::Generated { .. }) {
        alive::offer_overrides(&mut oic.instances, "test", "prod");
    }
    Ok((oic, identity))
}

/// `test` with so many integrations, and `prod`, an empty target.
fn generated(count: usize, rng: &mut fastrand::Rng) -> Result<Vec<Source>, Unreadable> {
    let source = |name: &str, files| Source {
        name: name.to_owned(),
        settings: Settings::default(),
        files,
    };
    let files = generate::generate(rng, count, true)?;
    Ok(vec![source("test", files), source("prod", Vec::new())])
}

fn instance(
    source: Source,
    blobs: &mut Blobs,
    rng: &mut fastrand::Rng,
    now: Timestamp,
) -> Result<Instance, StartError> {
    let name = source.name;
    name.parse::<EnvironmentName>()
        .map_err(|e| caused(&format!("instance {name}"), e))?;
    let mut reads = Vec::new();
    // Where each artifact lies in the load, for messages.
    let mut places = Vec::new();
    let recognised = spread(&source.files, |(path, bytes)| {
        Read::recognised(kind_of(path).0, bytes)
    });
    for ((path, bytes), what) in source.files.iter().zip(recognised) {
        let place = format!("{name}/{path}");
        let (kind, own) = kind_of(path);
        let blob = blobs.put(bytes).map_err(StartError::Io)?;
        let what = what.map_err(|e| caused(&place, Unreadable::from_error(own, &e)))?;
        let read = Read::of(own.to_owned(), kind, blob, what);
        let file = own.rsplit('/').next().unwrap_or(own);
        // What is told by content lies in the folder of its kind; the rest keeps the folders it came in.
        let local = if kind == read.kind { own } else { file };
        let path = format!("{}/{local}", read.kind.folder());
        reads.push(Read { path, ..read });
        places.push(place);
    }
    let generation = generation(&source.settings, &reads, &places)?;
    let storage = Storage {
        namespace: NAMESPACE.to_owned(),
        bucket: format!("ferry-{name}"),
        user: format!("{name}.storage@example.com"),
        token: Hidden(sign_in::secret(rng)),
        revoked_token: Hidden(sign_in::secret(rng)),
    };
    let mut instance = Instance {
        storage_settings: Some(StorageSettings::of(&storage)),
        storage,
        generation,
        protected: source.settings.protected,
        agent_groups: source.settings.agent_groups,
        overrides: BTreeMap::new(),
        artifacts: BTreeMap::new(),
        integrations: Shelf::default(),
        connections: Shelf::default(),
        lookups: Shelf::default(),
        libraries: Shelf::default(),
        packages: BTreeMap::new(),
        projects: BTreeMap::new(),
        activations: BTreeSet::new(),
        jobs: Vec::new(),
        notes: Vec::new(),
        name,
    };
    // Lookups that are files of their own go before the copies that integrations carry.
    let mut order: Vec<usize> = (0..reads.len()).collect();
    order.sort_by_key(|at| reads.get(*at).map(|r| r.kind != Kind::Lookup));
    let mut twins = Twins::default();
    for at in order {
        let (Some(read), Some(place)) = (reads.get(at), places.get(at)) else {
            continue;
        };
        if !twins.is_new(read) {
            instance
                .notes
                .push(format!("{place} holds the same as a file before it"));
            continue;
        }
        if let Some((other, what)) = twins.clash(read, at) {
            let other = places.get(other).map_or("", String::as_str);
            return Err(wrong(format!(
                "{other} and {place} both hold {what}, with different content"
            )));
        }
        install(&mut instance, blobs, read, Rules::Load, now).map_err(StartError::Io)?;
    }
    alive::make_alive(&mut instance, rng);
    alive::apply(&mut instance, &source.settings.connections)?;
    Ok(instance)
}

/// The kind that a file's folder tells, or for process applications its ending, as nothing inside tells what they are.
/// With the path below that folder.
fn kind_of(path: &str) -> (Kind, &str) {
    if let Some((folder, rest)) = path.split_once('/') {
        let kinds = [
            Kind::Process,
            Kind::Certificate,
            Kind::Security,
            Kind::Library,
        ];
        if let Some(kind) = kinds.into_iter().find(|k| k.folder() == folder) {
            return (kind, rest);
        }
    }
    match path.rsplit_once('.') {
        Some((_, "expx" | "exp")) => (Kind::Process, path),
        _ => (Kind::Other, path),
    }
}

fn generation(
    settings: &Settings,
    reads: &[Read],
    places: &[String],
) -> Result<Generation, StartError> {
    let project = reads.iter().zip(places).find(|(read, _)| read.is_project());
    if let (Some(Generation::Gen2), Some((_, place))) = (settings.generation, project) {
        return Err(wrong(format!("{place} is a project, and Gen2 has none")));
    }
    let mut facts = reads.iter().flat_map(Read::integrations).peekable();
    let told =
        if facts.peek().is_none() || project.is_some() || facts.any(IntegrationFacts::is_gen3) {
            Generation::Gen3
        } else {
            Generation::Gen2
        };
    Ok(settings.generation.unwrap_or(told))
}

fn wrong(what: String) -> StartError {
    StartError::Load { what, source: None }
}

fn caused(what: &str, source: impl std::error::Error + Send + Sync + 'static) -> StartError {
    StartError::Load {
        what: format!("{what} cannot be loaded"),
        source: Some(Box::new(source)),
    }
}

#[cfg(test)]
mod tests;
