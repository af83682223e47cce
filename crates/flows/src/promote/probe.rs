//! Tests the connections that come as they were: those that the overrides give nothing, and that no rail stops.

use std::collections::{BTreeMap, BTreeSet};

use ferry_core::flow::{Key, Promotion};
use ferry_core::overrides::Given;

use super::Sides;
use super::activate::stop_reason;
use super::repoint::each;
use crate::inventory::Inventory;
use crate::{Failure, Run};

impl Sides<'_> {
    /// Tests what these integrations use and what has no outcome yet. What a rail stops is not asked for: it may be a host
    /// of the source.
    pub(super) async fn probe(
        &self,
        (source, target): (&Inventory, &Inventory),
        keys: &BTreeSet<Key>,
        machine: &mut Promotion,
        run: &mut Run,
    ) -> Result<(), Failure> {
        let Self { context, to, .. } = *self;
        let mut open = BTreeMap::new();
        for key in keys {
            let (project, id) = (key.0.as_deref(), key.1.as_str());
            let Some(there) = target.integration(project, id) else {
                continue;
            };
            if stop_reason(source, target, to, machine, key).is_some() {
                continue;
            }
            let used = there.connections.iter();
            for used in used.filter_map(|id| target.connection(project, id.as_str())) {
                let (project, id) = (used.project.as_deref(), used.id.as_str());
                if machine.plans_connection(project, id)
                    && machine.connection(project, id).is_none()
                {
                    open.insert((project, id), (used, Given::default()));
                }
            }
        }
        let open = open.into_values().collect();
        each(context, to, &self.request.untested, open, machine, run).await
    }
}
