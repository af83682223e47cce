//! The properties of an integration.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| oic_ferry_fuzz::survey_inside(
    "icspackage/project/HELLO_01.00.0000/ics_project_attributes.properties",
    bytes
));
