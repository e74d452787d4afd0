//! Asking name servers, over real sockets: the twin's with their faults, BIND's, and `dig` as a client of the twin's.

mod asking;
mod bind;
mod dig;
mod resolving;
mod zones;
