//! The estate: everything collected of a deployment at one time, as rules read it.

pub mod dns;
pub mod moment;
pub mod slice;
pub mod symbols;

pub use moment::Moment;
pub use slice::{End, Gap, GapCause, GapId, Slice};
pub use symbols::{Sym, Symbols};
