//! deskpair.
