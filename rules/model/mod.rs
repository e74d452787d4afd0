//! The estate: everything collected of a deployment at one time, as rules read it.
//!
//! It knows no rule and no verdict: those are built on it.

pub mod accounts;
pub mod alias;
pub mod desktops;
pub mod directory;
pub mod dns;
mod equality;
pub mod estate;
pub mod files;
pub mod hardware;
pub mod identity;
pub mod image;
mod interfaces;
pub mod key;
pub mod moment;
pub mod network;
pub mod pairing;
pub mod permissions;
pub mod probe;
pub mod quota;
pub mod ranges;
pub mod route53;
pub mod settings;
pub mod slice;
pub mod stock;
pub mod subject;
pub mod symbols;
mod tags;
mod unread;
pub mod uses;
pub(crate) mod wire;
pub mod workspace;

pub use estate::{Calls, Dataset, Estate, PairPlaces, Side, ZoneBook};
pub use moment::Moment;
pub use pairing::{PairView, Paired, Unknown};
pub use settings::Settings;
pub use slice::{End, Gap, GapCause, GapId, Slice};
pub use subject::{Names, Subject};
pub use symbols::{Sym, Symbols};
