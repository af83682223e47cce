//! The forms of listings: text, JSON, XML.

use std::fmt::Write as _;

use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::Row;
use crate::body::{self, Reply, full};

/// The form of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Form {
    Text,
    Json,
    /// With its media type, of which there are two.
    Xml(&'static str),
}

/// The fields of what has this name.
pub(in crate::store) type Fields<'a, T> = dyn Fn(&str, &T) -> Vec<(&'static str, Value)> + 'a;

/// What a listing tells of its names.
pub(in crate::store) struct Shown<'a, T> {
    /// The element that holds all, in XML.
    pub(in crate::store) root: &'static str,
    /// The name of what is listed.
    pub(in crate::store) name: &'a str,
    /// The element of one, in XML.
    pub(in crate::store) element: &'static str,
    /// The fields of one, as JSON.
    pub(in crate::store) fields: &'a Fields<'a, T>,
}

impl Form {
    /// The best form that an `Accept` header allows.
    pub(super) fn accepted(accept: &str, default: Self) -> Option<Self> {
        let offers = [
            Self::Text,
            Self::Json,
            Self::Xml("application/xml"),
            Self::Xml("text/xml"),
        ];
        let ranges: Vec<(&str, f32)> = accept
            .split(',')
            .filter_map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let kind = parts.next().filter(|kind| kind.contains('/'))?;
                let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
                Some((kind, quality.unwrap_or(1.0)))
            })
            .collect();
        let quality = |form: Self| {
            let kind = form.kind();
            let (family, _) = kind.split_once('/').unwrap_or((kind, ""));
            let exact = ranges.iter().find(|(range, _)| *range == kind);
            let of_family = |range: &str| range.strip_suffix("/*") == Some(family);
            let wild = ranges.iter().find(|(range, _)| of_family(range));
            let any = ranges.iter().find(|(range, _)| *range == "*/*");
            exact.or(wild).or(any).map_or(0.0, |(_, quality)| *quality)
        };
        // Of equals, what comes where nothing is asked for; then in the order of the offers.
        let mut best: Option<(Self, f32)> = None;
        for form in [default].into_iter().chain(offers) {
            let quality = quality(form);
            if quality > best.map_or(0.0, |(_, best)| best) {
                best = Some((form, quality));
            }
        }
        best.map(|(form, _)| form)
    }

    /// The media type.
    pub(in crate::store) fn kind(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Json => "application/json",
            Self::Xml(kind) => kind,
        }
    }
}

/// The answer that shows the rows.
pub(in crate::store) fn answer<T>(form: Form, rows: &[Row<'_, T>], shown: &Shown<'_, T>) -> Reply {
    let text = match form {
        Form::Text if rows.is_empty() => {
            let mut reply = body::bare(StatusCode::NO_CONTENT);
            typed(&mut reply, form);
            return reply;
        }
        Form::Text => rows.iter().map(|row| format!("{}\n", name(row))).collect(),
        Form::Json => json_text(rows, shown),
        Form::Xml(_) => xml(rows, shown),
    };
    let mut reply = http::Response::new(full(text));
    typed(&mut reply, form);
    reply
}

fn name<'a, T>(row: &'a Row<'_, T>) -> &'a str {
    match row {
        Row::Item(name, _) => name,
        Row::Subdir(name) => name,
    }
}

/// Sets the type of a listing.
pub(in crate::store) fn typed(reply: &mut Reply, form: Form) {
    let kind = match form {
        Form::Text => "text/plain; charset=utf-8",
        Form::Json => "application/json; charset=utf-8",
        Form::Xml("text/xml") => "text/xml; charset=utf-8",
        Form::Xml(_) => "application/xml; charset=utf-8",
    };
    let kind = HeaderValue::from_static(kind);
    reply.headers_mut().insert(header::CONTENT_TYPE, kind);
}

fn json_text<T>(rows: &[Row<'_, T>], shown: &Shown<'_, T>) -> String {
    let item = |row: &Row<'_, T>| match row {
        Row::Subdir(name) => json!({"subdir": name}),
        Row::Item(name, item) => (shown.fields)(name, item)
            .into_iter()
            .map(|(field, value)| (field.to_owned(), value))
            .collect(),
    };
    rows.iter().map(item).collect::<Value>().to_string()
}

fn xml<T>(rows: &[Row<'_, T>], shown: &Shown<'_, T>) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string does not fail.
    let _ = write!(text, "<{} name=\"{}\">", shown.root, escaped(shown.name));
    for row in rows {
        match row {
            Row::Subdir(name) => {
                let name = escaped(name);
                let inner = if shown.root == "container" {
                    format!("><name>{name}</name></subdir>")
                } else {
                    " />".to_owned()
                };
                let _ = write!(text, "<subdir name=\"{name}\"{inner}");
            }
            Row::Item(name, item) => {
                let _ = write!(text, "<{}>", shown.element);
                for (field, value) in (shown.fields)(name, item) {
                    let value = match &value {
                        Value::String(text) => escaped(text),
                        other => other.to_string(),
                    };
                    if field != "slo_etag" {
                        let _ = write!(text, "<{field}>{value}</{field}>");
                    }
                }
                let _ = write!(text, "</{}>", shown.element);
            }
        }
    }
    let _ = write!(text, "</{}>", shown.root);
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', "&#10;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_form_is_taken() {
        let best = |accept| Form::accepted(accept, Form::Text);
        assert_eq!(best("*/*"), Some(Form::Text));
        assert_eq!(best("application/json"), Some(Form::Json));
        assert_eq!(best("application/xml"), Some(Form::Xml("application/xml")));
        assert_eq!(best("text/xml"), Some(Form::Xml("text/xml")));
        assert_eq!(best("application/*"), Some(Form::Json));
        assert_eq!(best("text/plain;q=0.5, application/json"), Some(Form::Json));
        assert_eq!(best("image/png"), None);
        assert_eq!(Form::accepted("*/*", Form::Json), Some(Form::Json));
    }
}
