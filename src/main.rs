//! The deskpair command.
fn main() {}
