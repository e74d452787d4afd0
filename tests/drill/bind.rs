//! The zone is on a BIND that takes dynamic updates.
