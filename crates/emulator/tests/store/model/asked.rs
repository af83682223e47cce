//! What a step asks.

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};

use super::map::{Model, Told, md5};
use super::objects::date;
use super::steps::{Condition, Given, Meta, Name, Page, Range, SEGMENTS, Step, Tag};

fn encode(name: &str) -> String {
    percent_encode(name.as_bytes(), NON_ALPHANUMERIC).to_string()
}

/// What is asked beside the method and the target.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Asked {
    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    fn meta(mut self, kind: &str, meta: &Meta) -> Self {
        for (name, value) in meta {
            self = self.with(&format!("X-{kind}-Meta-{name}"), value);
        }
        self
    }

    fn tagged(self, tag: Tag, body: &[u8]) -> Self {
        match tag {
            Tag::None => self,
            Tag::Right => self.with("ETag", md5(body)),
            Tag::Wrong => self.with("ETag", md5([body, b"x"].concat())),
        }
    }

    fn given(self, given: &Given) -> Self {
        let mut asked = self.meta("Object", &given.meta);
        if let Some(kind) = given.kind {
            asked = asked.with("Content-Type", kind);
        }
        if let Some(lives) = given.lives {
            asked = asked.with("X-Delete-After", lives.to_string());
        }
        asked
    }
}

fn object((container, name): &Name) -> String {
    format!("/{container}/{}", encode(name))
}

fn query(page: &Page) -> String {
    let mut query = "?format=json".to_owned();
    for (name, value) in [
        ("prefix", &page.prefix),
        ("marker", &page.marker),
        ("end_marker", &page.end_marker),
    ] {
        query.push_str(&format!("&{name}={}", encode(value)));
    }
    if page.delimiter {
        query.push_str("&delimiter=/");
    }
    if page.reverse {
        query.push_str("&reverse=true");
    }
    if let Some(limit) = page.limit {
        query.push_str(&format!("&limit={limit}"));
    }
    query
}

fn condition(asked: Asked, condition: Condition, shown: Option<(String, i64)>) -> Asked {
    let (etag, modified) = shown.unwrap_or_default();
    let tag = |own| if own { etag } else { "other".to_owned() };
    match condition {
        Condition::Match(own) => asked.with("If-Match", tag(own)),
        Condition::NoneMatch(own) => asked.with("If-None-Match", tag(own)),
        Condition::ModifiedSince(after) => asked.with("If-Modified-Since", date(modified + after)),
        Condition::UnmodifiedSince(after) => {
            asked.with("If-Unmodified-Since", date(modified + after))
        }
    }
}

fn range(asked: Asked, range: Range) -> Asked {
    let text = match range {
        Range::Between(first, last) => format!("{first}-{last}"),
        Range::From(first) => format!("{first}-"),
        Range::Last(last) => format!("-{last}"),
    };
    asked.with("Range", format!("bytes={text}"))
}

/// The method and the target of a step, what is asked beside them, and what the maps make of it.
pub(super) type Request = (&'static str, String, Asked, Told);

/// The request of a step.
pub(super) fn request(model: &mut Model, step: &Step) -> Request {
    let none = Asked::default;
    match step {
        Step::PutContainer(name, meta) => {
            let asked = none().meta("Container", meta);
            (
                "PUT",
                format!("/{name}"),
                asked,
                model.put_container(name, meta),
            )
        }
        Step::PostContainer(name, meta) => {
            let asked = none().meta("Container", meta);
            (
                "POST",
                format!("/{name}"),
                asked,
                model.post_container(name, meta),
            )
        }
        Step::DeleteContainer(name) => (
            "DELETE",
            format!("/{name}"),
            none(),
            model.delete_container(name),
        ),
        Step::HeadContainer(name) => (
            "HEAD",
            format!("/{name}"),
            none(),
            model.head_container(name),
        ),
        Step::ListContainer(name, page) => {
            let target = format!("/{name}{}", query(page));
            ("GET", target, none(), model.list_container(name, page))
        }
        Step::HeadAccount => ("HEAD", String::new(), none(), model.head_account()),
        Step::ListAccount(page) => ("GET", query(page), none(), model.list_account(page)),
        step => of_object(model, step),
    }
}

fn of_object(model: &mut Model, step: &Step) -> Request {
    let none = Asked::default;
    let plain = Given {
        meta: Vec::new(),
        kind: None,
        lives: None,
    };
    match step {
        Step::Put(name, body, tag, given, new) => {
            let mut asked = none().given(given).tagged(*tag, body);
            asked.body.clone_from(body);
            if *new {
                asked = asked.with("If-None-Match", "*");
            }
            (
                "PUT",
                object(name),
                asked,
                model.put(name, body, *tag, given, *new),
            )
        }
        Step::PutDynamic(name, prefix) => {
            let asked = none().with("X-Object-Manifest", format!("{SEGMENTS}/{prefix}"));
            (
                "PUT",
                object(name),
                asked,
                model.put_dynamic(name, prefix, &plain),
            )
        }
        Step::PutStatic(name, segments) => {
            let rows = segments
                .iter()
                .map(|it| json!({"path": format!("{SEGMENTS}/{it}")}));
            let text = Value::Array(rows.collect()).to_string().into_bytes();
            let told = model.put_static(name, segments, &text, &plain);
            let target = format!("{}?multipart-manifest=put", object(name));
            let asked = Asked {
                body: text,
                ..none()
            };
            ("PUT", target, asked, told)
        }
        Step::Post(name, given) => {
            let asked = none().given(given);
            ("POST", object(name), asked, model.post(name, given))
        }
        Step::Copy {
            from,
            to,
            by_put,
            fresh,
        } => {
            let told = model.copy(from, to, *by_put, *fresh);
            let asked = if *fresh {
                none().with("X-Fresh-Metadata", "true")
            } else {
                none()
            };
            if *by_put {
                (
                    "PUT",
                    object(to),
                    asked.with("X-Copy-From", object(from)),
                    told,
                )
            } else {
                (
                    "COPY",
                    object(from),
                    asked.with("Destination", object(to)),
                    told,
                )
            }
        }
        Step::Delete(name) => ("DELETE", object(name), none(), model.delete(name)),
        Step::Read {
            name,
            head,
            condition: unless,
            range: span,
        } => {
            let mut asked = none();
            if let Some(unless) = unless {
                asked = condition(asked, *unless, model.shown(name));
            }
            if let Some(span) = span {
                asked = range(asked, *span);
            }
            let method = if *head { "HEAD" } else { "GET" };
            (
                method,
                object(name),
                asked,
                model.read(name, *head, *unless, *span),
            )
        }
        _ => unreachable!("nothing is asked"),
    }
}
