//! The estate: everything collected of a deployment at one time, as rules read it.

pub mod alias;
pub mod directory;
pub mod dns;
pub mod estate;
pub mod files;
pub mod image;
pub mod moment;
pub mod route53;
pub mod settings;
pub mod slice;
pub mod symbols;
pub(crate) mod wire;
pub mod workspace;

pub use estate::{Calls, Dataset, Estate, PairPlaces, Side, ZoneBook};
pub use moment::Moment;
pub use settings::Settings;
pub use slice::{End, Gap, GapCause, GapId, Slice};
pub use symbols::{Sym, Symbols};
