//! `?bulk-delete`: many objects and containers by one request.

use http::{Method, StatusCode};
use percent_encoding::{percent_decode_str, percent_encode, utf8_percent_encode};

use super::access::permit;
use super::dialect::Dialect;
use super::listing::Form;
use super::problem::{PAGE, Problem, line};
use super::report::{Field, Report, accepted, outcome, streamed};
use super::target::{PATH, Target, target};
use super::{BucketKey, account, container, object};
use crate::body::Reply;
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
    let mut report = Deleted::default();
    if accepted(call).is_none() {
        return Ok(report.told(call));
    }
    let named = match names(call, &namespace) {
        Ok(named) => named,
        Err(problem) => {
            let text = problem.text().unwrap_or_default();
            report.refused = Some(outcome(problem.status(), text));
            return Ok(report.told(call));
        }
    };
    let as_delete = as_delete(call);
    let is_object = |(_, target): &Name| !matches!(target, Some(Target::Bucket(_)));
    let (objects, containers): (Vec<_>, Vec<_>) = named.into_iter().partition(is_object);
    for (name, target) in objects.into_iter().chain(containers) {
        if let Some(target) = target {
            report.delete(world, &as_delete, &name, &target, dialect);
        } else {
            let status = line(StatusCode::PRECONDITION_FAILED);
            report.errors.push((name, status));
        }
        if report.errors.len() >= MOST_FAILED {
            let why = "Max delete failures exceeded";
            report.refused = Some(outcome(StatusCode::BAD_REQUEST, why));
            break;
        }
    }
    if report.is_empty() {
        let why = "Invalid bulk delete.";
        report.refused = Some(outcome(StatusCode::BAD_REQUEST, why));
    }
    Ok(report.told(call))
}

/// The same request as the DELETE of one thing.
pub(super) fn as_delete(call: &Call) -> Call {
    Call {
        method: Method::DELETE,
        ..call.clone()
    }
}

/// A line, percent-encoded anew, and what it names; none where that is no UTF-8.
type Name = (String, Option<Target>);

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
        .map(|line| {
            let bytes: Vec<u8> = percent_decode_str(line).collect();
            let shown = percent_encode(&bytes, PATH).to_string();
            let name = std::str::from_utf8(&bytes).ok();
            let target = name.map(|name| named_by(namespace, name.trim_start_matches('/')));
            (shown, target)
        })
        .take(MOST + 1)
        .collect();
    if named.len() > MOST {
        let text = format!("Maximum Bulk Deletes: {MOST} per request");
        return Err(Problem::says(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    Ok(named)
}

fn named_by(namespace: &str, name: &str) -> Target {
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
pub(super) struct Deleted {
    gone: usize,
    missing: usize,
    /// Paths, percent-encoded, and why each is there still.
    pub(super) errors: Vec<(String, String)>,
    /// Why the request as a whole was refused, or was not carried out to its end.
    refused: Option<Vec<(&'static str, Field)>>,
}

impl Deleted {
    /// Deletes what is named, as a DELETE by the same caller would. `name`: what it is called in the report.
    pub(super) fn delete(
        &mut self,
        world: &mut World,
        as_delete: &Call,
        name: &str,
        named: &Target,
        dialect: Dialect,
    ) {
        let deleted = permit(world, as_delete, named, dialect).and_then(|_| match named {
            Target::Object(key, name) => {
                object::delete(&mut world.store, key, name, as_delete, dialect)
            }
            Target::Bucket(key) => container::delete(&mut world.store, key, dialect),
            Target::Account(_) => Err(account::manage(dialect)),
        });
        match deleted.map_err(|problem| problem.status()) {
            Ok(_) => self.gone += 1,
            Err(StatusCode::NOT_FOUND) => self.missing += 1,
            Err(status) => self.errors.push((name.to_owned(), line(status))),
        }
    }

    fn is_empty(&self) -> bool {
        self.gone == 0 && self.missing == 0 && self.errors.is_empty()
    }

    /// The report.
    pub(super) fn told(mut self, call: &Call) -> Reply {
        let form = accepted(call);
        if form.is_none() {
            self.refused = Some(outcome(StatusCode::NOT_ACCEPTABLE, ""));
        }
        let mut fields = self.refused.unwrap_or_else(|| {
            let failed = !self.errors.is_empty();
            let status = if failed {
                StatusCode::BAD_REQUEST
            } else {
                StatusCode::OK
            };
            outcome(status, "")
        });
        fields.push(("Number Deleted", Field::Number(self.gone)));
        fields.push(("Number Not Found", Field::Number(self.missing)));
        let report = Report {
            root: "delete",
            fields,
            errors: self.errors,
        };
        let kind = form.map_or(PAGE, Form::kind);
        let text = report.text(form.unwrap_or(Form::Text));
        streamed(StatusCode::OK, kind, vec![text])
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
