//! The schedule of an integration.

use super::description::{Integration, Schedule};
use super::noise::Noise;
use super::xml::{Bound, Element, document};

const SCHEDULER: &str = "http://xmlns.oracle.com/scheduler";

/// `Schedule_CODE_01_00_0000`.
pub(super) fn name(it: &Integration) -> String {
    format!("Schedule_{}", it.folder().replace('.', "_"))
}

pub(super) fn xml(it: &Integration, schedule: &Schedule, noise: &Noise) -> String {
    let of = |name: &str| Element::new(SCHEDULER, name);
    let name = name(it);
    let root = of("schedule")
        .with("name", &name)
        .child(of("description"))
        .leaf("display-name", &name.replacen("Schedule_", "Schedule ", 1))
        .leaf("time-zone", &schedule.zone)
        .child(
            of("recurrence")
                .leaf("start", &schedule.start.0)
                .leaf("frequency", "MINUTELY")
                .leaf("interval", &schedule.minutes.to_string()),
        );
    document(&root, &Bound::Free(&[SCHEDULER]), &name, noise)
}
