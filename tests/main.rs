//! End to end.

#[cfg(test)]
mod dns;
#[cfg(test)]
mod support;
#[cfg(test)]
mod twin;
