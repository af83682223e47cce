//! `GET /connections`.

use std::borrow::Cow;

use jiff::Timestamp;

use super::shown::shown;
use crate::body::Reply;
use crate::oic::answers::not_found;
use crate::oic::model::{Connection, Generation};
use crate::oic::paging::{self, Form, Listed};
use crate::oic::routes::Asked;
use crate::world::World;

pub(super) const EXPANDS: &[&str] = &["adapter"];

/// Documented are `name`, `status` and `role`; the other fields are those that answers have.
const FORM: Form = Form {
    fields: &[
        "name",
        "status",
        "role",
        "id",
        "adapterType",
        "securityPolicy",
        "agentGroupId",
        "lockedBy",
    ],
    values: &[
        ("status", &["CONFIGURED", "INPROGRESS"]),
        ("role", &["SOURCE", "TARGET", "SOURCE_AND_TARGET"]),
    ],
    orders: &[
        ("name", Some("name")),
        ("time", None),
        ("type", Some("adapterType")),
    ],
    expands: EXPANDS,
    older: false,
};

impl Listed for Connection {
    fn text(&self, field: &str) -> Option<Cow<'_, str>> {
        let text = match field {
            "name" => &self.name,
            "status" => self.status(),
            "role" => &self.role,
            "id" => &self.id,
            "adapterType" => &self.adapter,
            "securityPolicy" => self.policy.as_deref().unwrap_or_default(),
            "agentGroupId" => self.agent_group.as_deref().unwrap_or_default(),
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
    let connections = instance.connections.of(project);
    paging::page(asked.call, &form, connections, |it| {
        shown(asked.call, project, it)
    })
}
