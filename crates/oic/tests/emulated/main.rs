//! The instance against the emulator.

#[cfg(test)]
mod instance;
