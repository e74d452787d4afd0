//! The pure core of deskpair.
