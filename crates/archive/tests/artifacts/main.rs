//! What is read of artifacts that are made here.

mod emulated;
mod hazards;
mod invariants;
mod layouts;
mod made;
