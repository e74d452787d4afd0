//! Questions to name servers, which the collectors ask (the twin's resolver shares how an answer is read), and changes of the record that
//! a failover turns on.

pub mod ask;
pub mod change;
