//! Lists: what a request asks of one, and the one page that is answered.
//!
//! Objects are filtered and put in order as they are; only those of the page become JSON.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::answers::{bad_request, ok};
use crate::body::Reply;
use crate::world::Call;

mod link;
mod q;

pub(super) use link::{encoded, href};

/// How many items a page holds when no limit is asked for (assumed).
const DEFAULT_LIMIT: usize = 100;

/// An object as lists see it.
pub(super) trait Listed {
    /// The text of a field, by its name in REST.
    fn text(&self, field: &str) -> Option<Cow<'_, str>>;

    /// When it was changed last.
    fn updated(&self) -> Option<Timestamp>;
}

/// What lists of one kind take.
#[derive(Debug)]
pub(super) struct Form {
    /// The fields that `q` may name.
    pub(super) fields: &'static [&'static str],
    /// Fields of which only these values exist.
    pub(super) values: &'static [(&'static str, &'static [&'static str])],
    /// What `orderBy` takes, and the field that it means; none: the time of the last change.
    pub(super) orders: &'static [(&'static str, Option<&'static str>)],
    /// What `expand` takes.
    pub(super) expands: &'static [&'static str],
    /// Whether the older form of `q` is known.
    pub(super) older: bool,
}

impl Form {
    fn filters(&self, q: &str) -> Result<Vec<q::Filter>, String> {
        let filters = q::read(q, self.older)?;
        for filter in &filters {
            let field = filter.field.as_str();
            if !self.fields.contains(&field) {
                return Err(format!(
                    "q filters by {}, not by {field}",
                    self.fields.join(", ")
                ));
            }
            let values = self.values.iter().find(|(of, _)| *of == field);
            let known = values.is_none_or(|(_, all)| all.contains(&filter.value.as_str()));
            if let (false, false, Some((_, all))) = (filter.contains, known, values) {
                return Err(format!("{field} in q is one of {}", all.join(", ")));
            }
        }
        Ok(filters)
    }

    fn order(&self, text: &str) -> Result<Order, String> {
        let (name, direction) = match text.split_once(':') {
            None => (text, None),
            Some((name, direction)) => (name, Some(direction)),
        };
        let known = self.orders.iter().find(|(known, _)| *known == name);
        let Some((_, field)) = known else {
            let all: Vec<&str> = self.orders.iter().map(|(name, _)| *name).collect();
            return Err(format!("orderBy is one of {}", all.join(", ")));
        };
        let descends = match direction {
            // The newest first is assumed.
            None => field.is_none(),
            Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err("a direction of orderBy is asc or desc".to_owned()),
        };
        Ok(Order {
            field: *field,
            descends,
        })
    }
}

/// What `expand` of a request names.
///
/// # Errors
///
/// It names something else.
pub(super) fn expansions<'a>(call: &'a Call, known: &[&str]) -> Result<Vec<&'a str>, String> {
    let names = call.query("expand").unwrap_or_default().split(',');
    let names: Vec<&str> = names.map(str::trim).filter(|n| !n.is_empty()).collect();
    if names.iter().all(|name| known.contains(name)) {
        Ok(names)
    } else {
        Err(format!("expand is one of {}", known.join(", ")))
    }
}

#[derive(Debug, Clone, Copy)]
struct Order {
    field: Option<&'static str>,
    descends: bool,
}

impl Order {
    /// What is compared first: the beginning of a text, as a number. A list of thousands is put in order for each of
    /// its pages, and most of its texts differ there.
    fn head<T: Listed>(self, it: &T) -> u128 {
        let text = self.field.and_then(|field| it.text(field));
        let text = text.unwrap_or_default();
        let mut head = [0; 16];
        for (to, from) in head.iter_mut().zip(text.bytes()) {
            *to = from.to_ascii_lowercase();
        }
        u128::from_be_bytes(head)
    }

    fn compare<T: Listed>(self, (a_head, a): (u128, &T), (b_head, b): (u128, &T)) -> Ordering {
        let order = a_head.cmp(&b_head).then_with(|| match self.field {
            None => a.updated().cmp(&b.updated()),
            Some(field) => in_any_case(
                a.text(field).unwrap_or_default().as_bytes(),
                b.text(field).unwrap_or_default().as_bytes(),
            ),
        });
        if self.descends {
            order.reverse()
        } else {
            order
        }
    }
}

fn in_any_case(a: &[u8], b: &[u8]) -> Ordering {
    a.iter()
        .map(u8::to_ascii_lowercase)
        .cmp(b.iter().map(u8::to_ascii_lowercase))
}

/// What a request asks of a list.
struct Wanted {
    limit: usize,
    offset: usize,
    filters: Vec<q::Filter>,
    order: Option<Order>,
}

impl Wanted {
    fn of(call: &Call, form: &Form) -> Result<Wanted, String> {
        let number = |name: &str, default: usize| match call.query(name) {
            None => Ok(default),
            Some(text) => text
                .parse::<usize>()
                .map_err(|_| format!("{name} is no number from 0 on")),
        };
        let limit = number("limit", DEFAULT_LIMIT)?;
        if limit == 0 {
            return Err("limit is 0".to_owned());
        }
        Ok(Wanted {
            limit,
            offset: number("offset", 0)?,
            filters: call
                .query("q")
                .map_or(Ok(Vec::new()), |text| form.filters(text))?,
            order: call
                .query("orderBy")
                .map(|text| form.order(text))
                .transpose()?,
        })
    }

    fn takes<T: Listed>(&self, it: &T) -> bool {
        self.filters.iter().all(|filter| {
            it.text(&filter.field)
                .is_none_or(|text| filter.takes(&text))
        })
    }
}

/// A page as it is answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Value>,
    has_more: bool,
    limit: usize,
    offset: usize,
    total_results: usize,
    links: Value,
}

/// Answers a page of `rows`, which come in an order of their own; `shown` makes one item.
pub(super) fn page<'a, T: Listed + 'a>(
    call: &Call,
    form: &Form,
    rows: impl Iterator<Item = &'a T>,
    shown: impl Fn(&'a T) -> Value,
) -> Reply {
    let wanted = match Wanted::of(call, form) {
        Ok(wanted) => wanted,
        Err(why) => return bad_request(why),
    };
    if let Err(why) = expansions(call, form.expands) {
        return bad_request(why);
    }
    let mut found: Vec<(usize, u128, &T)> = rows
        .filter(|it| wanted.takes(*it))
        .enumerate()
        .map(|(at, it)| (at, wanted.order.map_or(0, |order| order.head(it)), it))
        .collect();
    let Wanted { limit, offset, .. } = wanted;
    let own: &[(usize, u128, &T)] = match wanted.order {
        None => part(&mut found, offset, limit),
        Some(order) => sorted_part(&mut found, offset, limit, |a, b| {
            order.compare((a.1, a.2), (b.1, b.2)).then(a.0.cmp(&b.0))
        }),
    };
    let items: Vec<Value> = own.iter().map(|(.., it)| shown(it)).collect();
    let more = !items.is_empty() && offset.saturating_add(items.len()) < found.len();
    ok(&Page {
        items,
        has_more: more,
        limit,
        offset,
        total_results: found.len(),
        links: link::pages(call, limit, offset, found.len()),
    })
}

fn part<T>(all: &mut [T], offset: usize, limit: usize) -> &mut [T] {
    let from = offset.min(all.len());
    let to = offset.saturating_add(limit).min(all.len());
    all.get_mut(from..to).unwrap_or_default()
}

/// The part that would stand there if all were sorted, without sorting all.
fn sorted_part<T>(
    all: &mut [T],
    offset: usize,
    limit: usize,
    mut compare: impl FnMut(&T, &T) -> Ordering,
) -> &[T] {
    if offset >= all.len() {
        return &[];
    }
    if offset > 0 {
        all.select_nth_unstable_by(offset, &mut compare);
    }
    let rest = part(all, offset, usize::MAX);
    if limit < rest.len() {
        rest.select_nth_unstable_by(limit, &mut compare);
    }
    let own = part(rest, 0, limit);
    own.sort_unstable_by(compare);
    own
}

/// A whole REST object: for kinds of which an instance holds few.
impl Listed for Value {
    fn text(&self, field: &str) -> Option<Cow<'_, str>> {
        self.get(field)?.as_str().map(Cow::Borrowed)
    }

    fn updated(&self) -> Option<Timestamp> {
        self.get("lastUpdated")?.as_str()?.parse().ok()
    }
}

/// What lists of small kinds take.
pub(super) const SMALL: Form = Form {
    fields: &["name", "type", "status", "code", "id", "version"],
    values: &[],
    orders: &[
        ("name", Some("name")),
        ("type", Some("type")),
        ("expiry", Some("expiry")),
        ("time", None),
    ],
    expands: &[],
    older: true,
};

/// Filters, orders and pages `items`, which are whole REST objects. A field that an item has not filters nothing.
#[expect(
    clippy::needless_pass_by_value,
    reason = "callers make the items for it"
)]
pub(super) fn list(call: &Call, items: Vec<Value>) -> Reply {
    page(call, &SMALL, items.iter(), Value::clone)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn a_part_is_what_sorting_all_gives(
            mut all in proptest::collection::vec(0..50u8, 0..60),
            offset in 0..70usize,
            limit in 1..70usize,
        ) {
            let mut sorted = all.clone();
            sorted.sort_unstable();
            let expect: Vec<u8> = sorted.into_iter().skip(offset).take(limit).collect();
            prop_assert_eq!(sorted_part(&mut all, offset, limit, Ord::cmp), &expect[..]);
        }
    }

    #[test]
    fn only_the_page_is_rendered() {
        let call = Call {
            method: http::Method::GET,
            host: String::new(),
            authority: "example.com".to_owned(),
            secure: true,
            path: "/x".to_owned(),
            query: [
                ("limit", "7"),
                ("offset", "90"),
                ("orderBy", "name"),
                ("q", "{name: /n/}"),
            ]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .to_vec(),
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
            garbled: Vec::new(),
            job_end: None,
        };
        let rows: Vec<Value> = (0..500).map(|n| json!({"name": format!("n{n}")})).collect();
        let rendered = std::cell::Cell::new(0);
        let reply = page(&call, &SMALL, rows.iter(), |row| {
            rendered.set(rendered.get() + 1);
            row.clone()
        });
        assert_eq!((reply.status().as_u16(), rendered.get()), (200, 7));
    }

    #[test]
    fn orders_have_directions() {
        let of = |text: &str| SMALL.order(text).map(|o| (o.field, o.descends));
        assert_eq!(of("name").unwrap(), (Some("name"), false));
        assert_eq!(of("name:desc").unwrap(), (Some("name"), true));
        assert_eq!(of("time").unwrap(), (None, true));
        assert_eq!(of("expiry:asc").unwrap(), (Some("expiry"), false));
        assert!(of("colour").is_err() && of("name:up").is_err());
    }
}
