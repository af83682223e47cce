//! What an import and an activation would do to a target: made before, compared again before it is carried out.
//!
//! - [`Source`] and [`Target`]: the facts that go in, each marked with where it is known from.
//! - [`Plan::make`]: the plan, a plain value. Equal facts give an equal plan, in whatever order they came.
//! - [`Plan::fingerprint`]: what an approval names.
//! - [`Saved`]: a plan in a file; it reads back only as it was written.
//! - [`EarlierImports`]: how long it may take, which is no part of what an approval names.
//! - [`Rails`]: when it may be carried out.
//! - [`Plan::moved`]: what is different between two plans for the same.
//!
//! What nobody can know is an [`Unknown`], never a guess.

mod earlier;
mod facts;
mod make;
mod moved;
mod rails;
mod saved;
mod value;

pub use earlier::EarlierImports;
pub use facts::{Arriving, Present, Source, Target};
pub use moved::Moved;
pub use rails::{Choice, Rails, Stopped, Unapproved};
pub use saved::{Refused, Saved};
pub use value::{
    Fate, Lacking, LiveToday, Plan, PlannedConnection, PlannedIntegration, PlannedSchedule,
    PlannedValue, Side, Skip, Standing, Touch, TurnedOff, Unknown,
};
