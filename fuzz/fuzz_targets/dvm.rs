//! A lookup beside an integration.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| oic_ferry_fuzz::survey_inside("icspackage/dvms/Names.dvm", bytes));
