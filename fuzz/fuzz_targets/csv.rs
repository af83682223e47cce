//! A lookup as CSV: what it begins with makes it one.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| oic_ferry_fuzz::survey(&[b"DVM,", bytes].concat()));
