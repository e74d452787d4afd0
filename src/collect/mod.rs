//! AWS to estate: what is asked of AWS, how fast, how often, and what is kept of the answers.

pub mod access;
pub mod calls;
pub mod fault;
pub mod limits;
pub mod paging;
