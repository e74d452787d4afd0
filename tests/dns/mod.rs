//! Asking name servers, over real sockets: the twin's with their faults, BIND's, and `dig`, `delv` and BIND as clients of the twin's.

mod asking;
mod bind;
mod bind_views;
mod delegation;
mod dig;
mod disagreeing;
mod named;
mod resolving;
mod signatures;
mod zones;
