//! Questions to name servers, and changes of the alias's TXT record.

pub mod ask;
