//! The pure core of deskpair: the estate, the rules, the verdicts. No async, AWS SDK, clock, environment or file access.

pub mod meta;
pub mod model;
