//! The failover drill, and the same machine for the real day.
//!
//! - [`plan`]: what is going to be done; [`draft`] makes it of a scan, [`unaided`] without the primary Region. [`machine`]: what follows from what, as a pure function.
//! - [`executor`]: performs it, each step written down first ([`journal`]); [`live`]: what a journal says so far.
//! - [`people`], [`watch`]: desktops and name servers as they are now. [`control`], [`display`]: who steers it, and who sees it.
//! - [`record`]: from a journal to what reports are made from.

pub mod control;
pub mod display;
pub mod draft;
pub mod executor;
pub mod journal;
pub mod live;
pub mod machine;
pub mod people;
pub mod plan;
pub mod record;
mod steps;
pub mod unaided;
pub mod watch;
