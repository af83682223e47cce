//! `GET /integrations`.

use std::borrow::Cow;

use jiff::Timestamp;

use super::shown::{shown, style};
use crate::body::Reply;
use crate::oic::answers::not_found;
use crate::oic::model::{Generation, Integration};
use crate::oic::paging::{self, Form, Listed};
use crate::oic::routes::Asked;
use crate::oic::shelf::Named;
use crate::world::{Call, World};

/// Documented are `name`, `status`, `type` and `style`, and the values of status and type; the other fields are those
/// that answers have.
const FORM: Form = Form {
    fields: &[
        "name",
        "status",
        "type",
        "style",
        "id",
        "code",
        "version",
        "packageName",
        "keywords",
        "mepType",
        "lockedBy",
    ],
    values: &[
        (
            "status",
            &[
                "ACTIVATED",
                "CONFIGURED",
                "INPROGRESS",
                "FAILEDACTIVATION",
                "ACTIVATION_INPROGRESS",
            ],
        ),
        ("type", &["PREBUILT", "CUSTOM", "DEVELOPED"]),
    ],
    orders: &[("name", Some("name")), ("time", None)],
    expands: EXPANDS,
    older: false,
};

const EXPANDS: &[&str] = &["connection", "connection.adapter", "adapter"];

/// How much of an integration's connections is shown with it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Expand {
    pub(super) connection: bool,
    pub(super) adapter: bool,
}

impl Expand {
    /// What a request asks for.
    pub(super) fn of(call: &Call) -> Result<Expand, String> {
        let names = paging::expansions(call, EXPANDS)?;
        Ok(Expand {
            connection: names.iter().any(|name| name.starts_with("connection")),
            adapter: names.iter().any(|name| name.ends_with("adapter")),
        })
    }
}

impl Listed for Integration {
    fn text(&self, field: &str) -> Option<Cow<'_, str>> {
        let text = match field {
            "name" => &self.name,
            "status" => self.status.as_str(),
            "type" => &self.origin,
            "style" => style(&self.mep).0,
            "id" => return Some(Cow::Owned(self.id())),
            "code" => &self.code,
            "version" => &self.version,
            "packageName" => self.package.as_deref().unwrap_or_default(),
            "keywords" => &self.keywords,
            "mepType" => &self.mep,
            "lockedBy" => self.locked.as_deref().unwrap_or_default(),
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }

    fn updated(&self) -> Option<Timestamp> {
        Some(self.updated)
    }
}

pub(super) fn answer(world: &World, asked: &Asked<'_>, project: Option<&str>) -> Reply {
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    let form = Form {
        older: instance.generation == Generation::Gen2,
        ..FORM
    };
    // What it may not hold is refused by the page, which looks first.
    let expand = Expand::of(asked.call).unwrap_or_default();
    let rows = instance.integrations.of(project);
    paging::page(asked.call, &form, rows, |it| {
        shown(asked, instance, project, it, expand)
    })
}
