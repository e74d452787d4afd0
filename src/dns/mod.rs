//! Questions to name servers. The collectors ask them; the twin's resolver shares how an answer is read.

pub mod ask;
