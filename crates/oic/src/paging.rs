//! Listings, page by page: of the instance, and of its projects besides.
//!
//! Offsets count entries, so a list that loses an entry while it is read moves up by one, and whoever goes on by the
//! number of entries that came skips one that was there all the time. Therefore each page begins with the last entry
//! of the one before: where it does not, the list has moved, and reading goes back until it finds what it knows.

use std::collections::HashSet;
use std::fmt;

use ferry_core::job::Generation;
use ferry_http::Evidence;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::{self, BoxStream, FuturesOrdered, StreamExt as _};
use serde_json::Value;

use crate::call::{Call, DESIGN, encoded};
use crate::error::Error;
use crate::instance::Instance;
use crate::wire::fields::{Fields, take};

/// Entries asked for at once; the service may give fewer.
const LIMIT: usize = 100;
/// Projects whose first pages are asked for at once.
const LANES: usize = 8;
/// Pages of one place that are asked for at once.
const AHEAD: usize = 4;
/// How often a list may move under its reader.
const MOVES: usize = 64;

/// What is listed, and how an entry is read.
pub(crate) struct Listing<T> {
    /// The last segment of the path.
    pub(crate) things: &'static str,
    pub(crate) query: &'static [(&'static str, &'static str)],
    pub(crate) doing: &'static str,
    /// Whether such things live in projects too.
    pub(crate) in_projects: bool,
    /// Reads an entry that was found in this project; `None` where it has no id.
    pub(crate) read: fn(&Value, Option<&str>) -> Option<T>,
}

/// The pages of a listing, asked for one by one. Each entry comes once, and none is lost that was there all the time,
/// whatever else comes and goes.
pub struct Pages<T> {
    instance: Instance,
    listing: Listing<T>,
    /// The places with their first pages; `None` before the first page is asked for.
    places: Option<BoxStream<'static, Result<Begun, Error>>>,
    /// The place that is being read.
    walk: Option<Walk>,
}

/// A place whose first page came.
struct Begun {
    walk: Walk,
    first: Option<Vec<Value>>,
}

impl Instance {
    /// A listing; nothing is asked yet.
    pub(crate) fn pages<T>(&self, listing: Listing<T>) -> Pages<T> {
        Pages {
            instance: self.clone(),
            listing,
            places: None,
            walk: None,
        }
    }
}

impl<T> Listing<T> {
    /// The instance's own place and, on Gen3, every project.
    async fn places(
        &self,
        instance: &Instance,
    ) -> Result<BoxStream<'static, Result<Begun, Error>>, Error> {
        let projects = if self.in_projects {
            instance.project_ids().await?
        } else {
            Vec::new()
        };
        let (things, query, doing) = (self.things, self.query, self.doing);
        let instance = instance.clone();
        let places = std::iter::once(None).chain(projects.into_iter().map(Some));
        Ok(stream::iter(places)
            .map(move |project| {
                let mut walk = Walk::new(&instance, project, things, query, doing);
                async move {
                    let first = walk.next().await?;
                    Ok(Begun { walk, first })
                }
            })
            .buffered(LANES)
            .boxed())
    }
}

impl<T> Pages<T> {
    /// The next entries; `None` at the end. One that cannot be read fails the whole: a list with a gap would pass for
    /// a complete one.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, Error> {
        loop {
            if let Some(walk) = &mut self.walk {
                let (values, project) = (walk.next().await?, walk.project.clone());
                match values {
                    Some(values) => return self.read(&values, project.as_deref()).map(Some),
                    None => self.walk = None,
                }
            }
            if self.places.is_none() {
                self.places = Some(self.listing.places(&self.instance).await?);
            }
            let begun = match &mut self.places {
                Some(places) => places.next().await.transpose()?,
                None => None,
            };
            let Some(Begun { walk, first }) = begun else {
                return Ok(None);
            };
            let project = walk.project.clone();
            self.walk = Some(walk);
            if let Some(values) = first {
                return self.read(&values, project.as_deref()).map(Some);
            }
        }
    }

    /// All that is left, held in memory.
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(page) = self.next().await? {
            all.extend(page);
        }
        Ok(all)
    }

    fn read(&self, values: &[Value], project: Option<&str>) -> Result<Vec<T>, Error> {
        let read = |value| {
            let read = (self.listing.read)(value, project);
            read.ok_or_else(|| self.instance.unreadable(self.listing.doing, value))
        };
        values.iter().map(read).collect()
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("things", &self.listing.things)
            .finish_non_exhaustive()
    }
}

impl Instance {
    /// The ids of all projects; none on Gen2, which has none, and where the instance knows no such call.
    async fn project_ids(&self) -> Result<Vec<String>, Error> {
        if self.generation() == Generation::Gen2 {
            return Ok(Vec::new());
        }
        let mut walk = Walk::new(self, None, "projects", &[], "listing projects");
        let mut ids = Vec::new();
        loop {
            match walk.next().await {
                Ok(Some(values)) => ids.extend(
                    values
                        .iter()
                        .filter_map(|value| Fields::of(value)?.text(&["id", "code"])),
                ),
                Ok(None) => return Ok(ids),
                Err(error) if error.is_not_found() => return Ok(ids),
                Err(error) => return Err(error),
            }
        }
    }

    /// An entry of a listing without an id that can be read.
    fn unreadable(&self, doing: &str, value: &Value) -> Error {
        let fields = Fields::of(value);
        let name = fields.and_then(|fields| fields.text(&["id", "code", "name"]));
        let why = match name {
            Some(name) => format!("the id of `{name}` cannot be read"),
            None => "an entry has no id".to_owned(),
        };
        let target = self.origin().to_owned();
        Error::answer(
            doing,
            &why,
            Evidence {
                target,
                ..Evidence::default()
            },
        )
    }
}

/// Where a kind of thing is: at the top, or within a project.
pub(crate) fn within(project: Option<&str>, things: &str) -> String {
    match project {
        Some(id) => format!("{DESIGN}/projects/{}/{things}", encoded(id)),
        None => format!("{DESIGN}/{things}"),
    }
}

/// The way through the listing of one place.
struct Walk {
    instance: Instance,
    project: Option<String>,
    path: String,
    query: &'static [(&'static str, &'static str)],
    doing: &'static str,
    /// The identities of what came.
    seen: HashSet<String>,
    offset: usize,
    /// Whether the next page must begin with what is known.
    anchored: bool,
    /// How far to go back where it does not.
    back: usize,
    /// The end of what was read, as an offset.
    reach: usize,
    /// How often the list moved, or seemed to.
    moves: usize,
    ended: bool,
    ahead: Ahead,
}

type Answer = Result<(Value, Evidence), Error>;

/// Pages that were asked for before it was known that they are the next ones.
#[derive(Default)]
struct Ahead {
    asked: FuturesOrdered<BoxFuture<'static, Answer>>,
    /// The offset of the first of them, and how far it is from one to the next.
    from: usize,
    step: usize,
}

impl Walk {
    fn new(
        instance: &Instance,
        project: Option<String>,
        things: &str,
        query: &'static [(&'static str, &'static str)],
        doing: &'static str,
    ) -> Self {
        Self {
            instance: instance.clone(),
            path: within(project.as_deref(), things),
            project,
            query,
            doing,
            seen: HashSet::new(),
            offset: 0,
            anchored: false,
            back: LIMIT,
            reach: 0,
            moves: 0,
            ended: false,
            ahead: Ahead::default(),
        }
    }

    /// Asks for the page at this offset; nothing is sent before it is waited for.
    fn ask(&self, offset: usize) -> BoxFuture<'static, Answer> {
        let mut call = Call::get(self.path.clone(), self.doing)
            .query("limit", LIMIT.to_string())
            .query("offset", offset.to_string());
        for (key, value) in self.query {
            call = call.query(key, *value);
        }
        let instance = self.instance.clone();
        async move { instance.ask(&call).await }.boxed()
    }

    /// The page at the present offset.
    async fn answer(&mut self) -> Answer {
        if self.ahead.from == self.offset
            && let Some(answer) = self.ahead.asked.next().await
        {
            self.ahead.from += self.ahead.step;
            return answer;
        }
        self.ahead = Ahead::default();
        self.ask(self.offset).await
    }

    /// Asks for what should follow in a list of so many, whose last page was of this length.
    fn ask_ahead(&mut self, length: usize, total: usize) {
        let step = length.saturating_sub(1);
        if (self.ahead.from, self.ahead.step) != (self.offset, step) {
            self.ahead = Ahead {
                asked: FuturesOrdered::new(),
                from: self.offset,
                step,
            };
        }
        while self.ahead.asked.len() < AHEAD {
            let offset = self.offset + self.ahead.asked.len() * step;
            if offset + 1 >= total {
                break;
            }
            let asked = self.ask(offset);
            self.ahead.asked.push_back(asked);
        }
    }

    /// Entries that did not come before; `None` at the end. Goes on by what came, not by the limit that was asked for.
    async fn next(&mut self) -> Result<Option<Vec<Value>>, Error> {
        while !self.ended {
            let (value, evidence) = match self.answer().await {
                // A project that has gone meanwhile, or that has no such things.
                Err(error) if error.is_not_found() && self.project.is_some() => break,
                asked => asked?,
            };
            let Some(Page { items, more, total }) = Page::read(value, self.offset) else {
                let why = "the answer is no listing";
                return Err(Error::answer(self.doing, why, evidence));
            };
            let is_known = |value: &Value| self.seen.contains(&identity(value));
            let is_lost = self.anchored && !items.first().is_some_and(is_known);
            let (from, to) = (self.offset, self.offset + items.len());
            let is_empty = items.is_empty();
            let fresh: Vec<Value> = items
                .into_iter()
                .filter(|item| !is_lost && self.seen.insert(identity(item)))
                .collect();
            // Nothing new on new ground: a list that grew before it, or a server that heeds no offset.
            let is_barren = fresh.is_empty() && more && to > self.reach;
            self.moves += usize::from(is_lost || is_barren);
            if self.moves > MOVES {
                let why = "the list does not stand still, and cannot be read to its end";
                return Err(Error::answer(self.doing, why, evidence));
            }
            if is_lost {
                self.offset = from.saturating_sub(self.back);
                self.anchored = self.offset > 0;
                self.back *= 2;
                continue;
            }
            self.back = LIMIT;
            self.reach = self.reach.max(to);
            // A single entry has no neighbour that could be asked for with it.
            self.anchored = to - from > 1;
            self.offset = to - usize::from(self.anchored);
            self.ended = is_empty || !more;
            if let (true, false, Some(total)) = (self.anchored, self.ended, total) {
                self.ask_ahead(to - from, total);
            }
            if !fresh.is_empty() {
                return Ok(Some(fresh));
            }
        }
        self.ended = true;
        Ok(None)
    }
}

/// What tells an entry from the others of its list, whatever else of it changes.
fn identity(value: &Value) -> String {
    let named = Fields::of(value).map(|fields| {
        let text = |name| fields.text(&[name]).unwrap_or_default();
        match ["id", "code", "version"].map(text).join("\n") {
            empty if empty.trim().is_empty() => text("name"),
            named => named,
        }
    });
    let named = named.filter(|named| !named.is_empty());
    named.unwrap_or_else(|| value.to_string())
}

/// A page as it came.
struct Page {
    items: Vec<Value>,
    /// Whether to ask for more.
    more: bool,
    /// How many entries the list has, where it tells.
    total: Option<usize>,
}

impl Page {
    /// Reads the page at this offset; `None` where it is no listing.
    fn read(value: Value, offset: usize) -> Option<Self> {
        let mut map = match value {
            Value::Object(map) => map,
            Value::Array(items) => {
                return Some(Self {
                    items,
                    more: false,
                    total: None,
                });
            }
            _ => return None,
        };
        let items = match take(&mut map, "items") {
            Some(Value::Array(items)) => items,
            Some(_) => return None,
            // An empty page may leave them out, but then it has another mark of a listing.
            None => {
                Fields::new(&map).value(&["hasmore", "totalresults", "limit"])?;
                Vec::new()
            }
        };
        let fields = Fields::new(&map);
        let total = fields.number(&["totalresults"]);
        let total = total.and_then(|total| usize::try_from(total).ok());
        let expected = total.is_some_and(|total| offset + items.len() < total);
        let more = fields.flag(&["hasmore"]).unwrap_or(total.is_none());
        Some(Self {
            items,
            more: more || expected,
            total,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pages_of_every_spelling() {
        for (value, count, more) in [
            (
                json!({"items":[{"id":"a"}],"hasMore":true,"limit":1,"totalResults":2}),
                1,
                true,
            ),
            (
                json!({"items":[{"id":"a"}],"has-more":false,"total-results":1}),
                1,
                false,
            ),
            // What says that nothing follows is not believed against the count.
            (
                json!({"items":[{"id":"a"}],"hasMore":false,"totalResults":2}),
                1,
                true,
            ),
            // With no word on it, the next page tells.
            (json!({"items":[{"id":"a"}]}), 1, true),
            (json!({"items":[],"totalResults":0}), 0, false),
            (json!({"totalResults":"0","hasMore":"false"}), 0, false),
            (json!([{"id":"a"}]), 1, false),
        ] {
            let page = Page::read(value.clone(), 0).unwrap();
            assert_eq!((page.items.len(), page.more), (count, more), "{value}");
        }
        assert!(Page::read(json!({"items":"x"}), 0).is_none());
        assert!(Page::read(json!({"status":"ok"}), 0).is_none());
        assert!(Page::read(json!("x"), 0).is_none());
    }

    #[test]
    fn an_entry_is_itself_when_its_state_changes() {
        let of = |status: &str| json!({"code": "A", "version": "01.00.0000", "status": status});
        assert_eq!(identity(&of("ACTIVATED")), identity(&of("CONFIGURED")));
        let other = json!({"code": "A", "version": "01.00.0001"});
        assert_ne!(identity(&of("ACTIVATED")), identity(&other));
        assert_ne!(
            identity(&json!({"name": "a"})),
            identity(&json!({"name": "b"}))
        );
    }
}
