//! `?bulk-delete`: many objects and containers by one request, and the report that such requests end with.

use http::{Method, StatusCode};
use percent_encoding::{percent_decode_str, utf8_percent_encode};
use serde_json::json;

use super::access::permit;
use super::dialect::Dialect;
use super::problem::{Problem, typed};
use super::target::{PATH, Target, target};
use super::{BucketKey, account, container, object};
use crate::body::{self, Reply};
use crate::world::{Call, World};

/// The most names that one request may have.
pub(super) const MOST: usize = 10_000;

/// After so many failures the rest is left alone.
pub(super) const MOST_FAILED: usize = 1000;

/// Whether a request's body names what to delete.
pub(crate) fn is_bulk(call: &Call) -> bool {
    matches!(call.method, Method::POST | Method::DELETE) && call.query("bulk-delete").is_some()
}

/// `POST` or `DELETE ?bulk-delete`: objects first, then containers, each as a DELETE of its own would be answered.
///
/// The answer is 200 whatever happened; the report's own status is the truth.
pub(super) fn delete(world: &mut World, call: &Call, dialect: Dialect) -> Result<Reply, Problem> {
    let namespace = target(&call.path)?.namespace().to_owned();
    let mut report = Report::default();
    let named = match names(call, &namespace) {
        Ok(named) => named,
        Err(problem) => {
            report.refused = Some((problem.status(), problem.why().to_owned()));
            return Ok(report.told(call));
        }
    };
    let is_object = |name: &Name| matches!(name, Ok(Target::Object(..)) | Err(_));
    let (objects, containers): (Vec<_>, Vec<_>) = named.into_iter().partition(is_object);
    for name in objects.into_iter().chain(containers) {
        match name {
            Ok(named) => report.delete(world, call, &named, dialect),
            Err(raw) => report
                .errors
                .push((raw, StatusCode::PRECONDITION_FAILED.to_string())),
        }
        if report.errors.len() >= MOST_FAILED {
            let why = "Max delete failures exceeded".to_owned();
            report.refused = Some((StatusCode::BAD_REQUEST, why));
            break;
        }
    }
    if report.is_empty() {
        let why = "Invalid bulk delete.".to_owned();
        report.refused = Some((StatusCode::BAD_REQUEST, why));
    }
    Ok(report.told(call))
}

/// What a line names, or the line where that is no UTF-8.
type Name = Result<Target, String>;

/// `container` or `container/object` on each line, percent-encoded, a leading slash allowed.
fn names(call: &Call, namespace: &str) -> Result<Vec<Name>, Problem> {
    let kind = call.header("content-type").unwrap_or_default();
    if !kind.is_empty() && !kind.starts_with("text/plain") {
        let why = "the names come as text/plain";
        return Err(Problem::page(StatusCode::NOT_ACCEPTABLE, why));
    }
    let text = String::from_utf8_lossy(&call.body);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let named: Vec<Name> = lines
        .map(|line| match percent_decode_str(line).decode_utf8() {
            Ok(name) => Ok(named(namespace, name.trim_start_matches('/'))),
            Err(_) => Err(line.to_owned()),
        })
        .collect();
    if named.len() > MOST {
        let text = format!("Maximum Bulk Deletes: {MOST} per request");
        return Err(Problem::says(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    Ok(named)
}

fn named(namespace: &str, name: &str) -> Target {
    let (bucket, object) = name.split_once('/').unwrap_or((name, ""));
    let key = BucketKey {
        namespace: namespace.to_owned(),
        bucket: bucket.to_owned(),
    };
    if object.is_empty() {
        Target::Bucket(key)
    } else {
        Target::Object(key, object.to_owned())
    }
}

/// What came of deleting many things.
#[derive(Default)]
pub(super) struct Report {
    gone: usize,
    missing: usize,
    /// Paths, percent-encoded, and why each is there still.
    pub(super) errors: Vec<(String, String)>,
    /// Why the request as a whole was refused, or was not carried out to its end.
    refused: Option<(StatusCode, String)>,
}

impl Report {
    /// Deletes what is named, as a DELETE by the same caller would.
    pub(super) fn delete(
        &mut self,
        world: &mut World,
        call: &Call,
        named: &Target,
        dialect: Dialect,
    ) {
        let as_delete = Call {
            method: Method::DELETE,
            ..call.clone()
        };
        let deleted = permit(world, &as_delete, named, dialect).and_then(|_| match named {
            Target::Object(key, name) => {
                object::delete(&mut world.store, key, name, &as_delete, dialect)
            }
            Target::Bucket(key) => container::delete(&mut world.store, key, dialect),
            Target::Account(_) => Err(account::manage()),
        });
        match deleted.map_err(|problem| problem.status()) {
            Ok(_) => self.gone += 1,
            Err(StatusCode::NOT_FOUND) => self.missing += 1,
            Err(status) => self.errors.push((path(named), status.to_string())),
        }
    }

    fn is_empty(&self) -> bool {
        self.gone == 0 && self.missing == 0 && self.errors.is_empty()
    }

    /// As JSON where that is accepted, else as text.
    pub(super) fn told(&self, call: &Call) -> Reply {
        let (status, why) = match &self.refused {
            Some((status, why)) => (*status, why.as_str()),
            None if self.errors.is_empty() => (StatusCode::OK, ""),
            None => (StatusCode::BAD_REQUEST, ""),
        };
        let status = status.to_string();
        let Self { gone, missing, .. } = self;
        if wants_json(call) {
            return body::json(
                StatusCode::OK,
                &json!({
                    "Response Status": status,
                    "Response Body": why,
                    "Number Deleted": gone,
                    "Number Not Found": missing,
                    "Errors": self.errors,
                }),
            );
        }
        let errors = lines(&self.errors);
        let text = format!(
            "Number Deleted: {gone}\nNumber Not Found: {missing}\nResponse Body: {why}\nResponse Status: {status}\nErrors:\n{errors}"
        );
        typed(text, "text/plain")
    }
}

/// `/container/object`, percent-encoded.
pub(super) fn path(named: &Target) -> String {
    let path = match named {
        Target::Object(key, name) => format!("/{}/{name}", key.bucket),
        Target::Bucket(key) => format!("/{}", key.bucket),
        Target::Account(_) => "/".to_owned(),
    };
    utf8_percent_encode(&path, PATH).to_string()
}

/// Each on a line.
pub(super) fn lines(problems: &[(String, String)]) -> String {
    let line = |(path, why): &(String, String)| format!("{path}, {why}\n");
    problems.iter().map(line).collect()
}

pub(super) fn wants_json(call: &Call) -> bool {
    call.header("accept")
        .is_some_and(|accept| accept.contains("application/json"))
}
