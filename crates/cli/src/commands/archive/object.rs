//! `ferry archive ls|show|verify --quick` of an object in a bucket: its directory, and one entry where it is asked for.

use ferry_archive::{EntryFacts, Limits};
use ferry_core::exit::Exit;
use ferry_core::model::{ArtifactKind, Identity};
use ferry_core::reference::Place;
use ferry_flows::archive::{Input, Remote};
use serde_json::json;

use super::verify::Seen;
use super::{Opened, is_meant, show as local, unread};
use crate::app::App;
use crate::failure::Failure;
use crate::output::{Outcome, Report, Table, amount, clean_line, counted};

/// An object that is being looked into.
struct Object {
    name: String,
    remote: Remote,
}

impl Object {
    async fn open(app: &App, place: &Place) -> Result<Self, Failure> {
        let name = place.object().map_err(|error| {
            Failure::new(Exit::Usage, format!("{place} names no object"))
                .because(&error)
                .hint("bucket:ENV/NAME")
        })?;
        let bucket = app.bucket(&place.environment).await?;
        let remote = Remote::open(&app.context().await?, &bucket, &name).await?;
        Ok(Self {
            name: format!("bucket:{place}"),
            remote,
        })
    }

    /// Reads it aside, and says under `-v` how much of it was read.
    async fn read<T: Send + 'static>(
        self,
        app: &App,
        work: impl FnOnce(&mut Remote) -> Result<T, ferry_archive::Error> + Send + 'static,
    ) -> Result<(T, Self), Failure> {
        let Self { name, mut remote } = self;
        let work = app.aside(move || {
            let done = work(&mut remote);
            (done, remote)
        });
        let (done, remote) = work.await?;
        let (read, requests) = remote.cost();
        app.printer.detail(&format!(
            "{name}: {read} of {} bytes read, in {requests} requests",
            remote.size()
        ));
        let done = done.map_err(|error| {
            let failure = unread(&name, &error);
            if error.is_read() {
                failure.with_exit(Exit::Unavailable)
            } else {
                failure
            }
        })?;
        Ok((done, Self { name, remote }))
    }
}

/// Lists the entries, and what their names say.
pub(super) async fn ls(app: &App, place: &Place, limits: Limits) -> Result<Outcome, Failure> {
    let object = Object::open(app, place).await?;
    let listing = object.read(app, move |remote| ferry_archive::names(remote, &limits));
    let (entries, object) = listing.await?;
    let mut table = Table::new(["KIND", "ENTRY", "PACKED", "UNPACKED"]);
    for entry in entries.iter().filter(|entry| !entry.directory) {
        let kind = by_name(&entry.name).map_or(String::new(), |id| id.kind.to_string());
        table.row([
            &kind,
            &entry.name,
            &amount(entry.packed),
            &amount(entry.unpacked),
        ]);
    }
    let count = entries.iter().filter(|entry| !entry.directory).count();
    let text = format!(
        "{}{}, {}\n",
        table.text(),
        counted(count as u64, "entry"),
        amount(object.remote.size())
    );
    let (read, requests) = object.remote.cost();
    let data = json!({
        "object": object.name,
        "bytes": object.remote.size(),
        "entries": entries,
        "bytes-read": read,
        "requests": requests,
    });
    Ok(Outcome::new(Exit::Done, Report::new(&data, text)))
}

/// Reads one entry and shows what is in it; without one, tells what the directory says.
pub(super) async fn show(
    app: &App,
    place: &Place,
    wanted: Option<String>,
    limits: Limits,
) -> Result<Outcome, Failure> {
    let Some(wanted) = wanted else {
        return ls(app, place, limits).await;
    };
    let object = Object::open(app, place).await?;
    let (within, name) = (limits.clone(), wanted.clone());
    let reading = object.read(app, move |remote| {
        let entries = ferry_archive::names(&mut *remote, &within)?;
        let meant = entry(&entries, &name);
        let content = match meant.as_slice() {
            [one] => ferry_archive::one(remote, &one.name, &within)?,
            _ => None,
        };
        let meant = meant.into_iter().map(|entry| entry.name.clone());
        Ok((meant.collect::<Vec<_>>(), content))
    });
    let ((meant, content), object) = reading.await?;
    let Some(content) = content else {
        let shown = clean_line(&wanted);
        let failure = match meant.len() {
            0 => Failure::new(Exit::No, format!("{} has no entry {shown}", object.name))
                .hint("`ferry archive ls` lists its entries"),
            many => Failure::new(Exit::Usage, format!("{many} entries may be {shown}")),
        };
        let several = meant.iter().take(10);
        return Err(several.fold(failure, |failure, name| failure.hint(clean_line(name))));
    };
    let entry = meant.into_iter().next().unwrap_or_default();
    let name = format!("{}!{entry}", object.name);
    let report = app.aside(move || {
        let opened = Opened::of(Input::Bytes(content.into()), name, limits)?;
        let id = by_name(&entry);
        let records = &opened.survey.records;
        let own = records
            .iter()
            .find(|record| Some(&record.id) == id.as_ref());
        match (own, records.as_slice()) {
            (Some(record), _) | (None, [record]) => local::one(&opened, record),
            _ => local::summary(&opened),
        }
    });
    Ok(Outcome::new(Exit::Done, report.await??))
}

/// Checks the directory.
pub(super) async fn quick(app: &App, place: &Place, limits: Limits) -> Result<Seen, Failure> {
    let object = Object::open(app, place).await?;
    let reading = object.read(app, move |remote| ferry_archive::quick(remote, &limits));
    let (integrity, object) = reading.await?;
    let mut seen = Seen::of_directory(object.name, integrity);
    let (read, requests) = object.remote.cost();
    if let Some(fields) = seen.data.as_object_mut() {
        fields.insert("bytes-read".to_owned(), read.into());
        fields.insert("requests".to_owned(), requests.into());
    }
    Ok(seen)
}

/// The entries that a word may mean: the one of that name, or those that hold an artifact of that name.
fn entry<'e>(entries: &'e [EntryFacts], wanted: &str) -> Vec<&'e EntryFacts> {
    if let Some(exact) = entries.iter().find(|entry| entry.name == wanted) {
        return vec![exact];
    }
    let fits =
        |entry: &&EntryFacts| by_name(&entry.name).is_some_and(|id| is_meant(&id, None, wanted));
    entries.iter().filter(fits).collect()
}

/// What a name says of an entry; only its content tells for certain.
fn by_name(name: &str) -> Option<Identity> {
    let (folder, last) = name.rsplit_once('/').unwrap_or(("", name));
    let (stem, end) = last.rsplit_once('.')?;
    let kind = match (end, folder.rsplit('/').next().unwrap_or_default()) {
        ("iar", _) => {
            let (code, version) = stem.rsplit_once('_').unwrap_or((stem, ""));
            return Some(Identity::versioned(
                ArtifactKind::Integration,
                code,
                version,
            ));
        }
        ("par", _) => ArtifactKind::Package,
        ("car", _) => ArtifactKind::Project,
        ("dvm" | "csv", _) => ArtifactKind::Lookup,
        ("xml", "connections" | "appinstances") => ArtifactKind::Connection,
        ("expx" | "exp", _) => ArtifactKind::Process,
        _ => return None,
    };
    Some(Identity::new(kind, stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_entries_may_be() {
        let told = |name| by_name(name).map(|id| id.to_string());
        assert_eq!(
            told("integrations/MY_ORDERS_01.00.0000.iar").unwrap(),
            "integration MY_ORDERS|01.00.0000"
        );
        assert_eq!(told("a/connections/ERP.xml").unwrap(), "connection ERP");
        assert_eq!(told("packages/oic.x.par").unwrap(), "package oic.x");
        assert_eq!(told("other/ERP.xml"), None);
        let entry = |name: &str| EntryFacts {
            name: name.to_owned(),
            packed: 0,
            unpacked: 0,
            crc32: 0,
            directory: false,
        };
        let all = [
            entry("i/A_01.00.0000.iar"),
            entry("i/A_02.00.0000.iar"),
            entry("A"),
        ];
        let names = |wanted| {
            super::entry(&all, wanted)
                .iter()
                .map(|it| it.name.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(names("A"), ["A"]);
        assert_eq!(names("integration:A").len(), 2);
        assert_eq!(names("A|02.00.0000"), ["i/A_02.00.0000.iar"]);
        assert_eq!(names("B").len(), 0);
    }
}
