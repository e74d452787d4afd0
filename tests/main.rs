//! End to end.

#[cfg(test)]
mod collect;
#[cfg(test)]
mod dns;
#[cfg(test)]
mod support;
#[cfg(test)]
mod twin;
