//! The bucket against the emulator.

#[cfg(test)]
mod bucket;
