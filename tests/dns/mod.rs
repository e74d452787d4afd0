//! Asking name servers, over real sockets: the twin's with their faults, BIND's, and `dig`, `delv` and BIND as clients of the twin's. And changing the
//! record: in the twin's Route 53, on BIND, through a program.

mod asking;
mod bind;
mod bind_views;
mod changing;
mod changing_bind;
mod changing_health;
mod changing_program;
mod delegation;
mod dig;
mod disagreeing;
pub(crate) mod named;
mod resolving;
mod signatures;
mod zones;
