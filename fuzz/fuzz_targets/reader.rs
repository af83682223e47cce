//! Any bytes, and every zip inside them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| oic_ferry_fuzz::survey(bytes));
