//! End to end.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod collect;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod dns;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod gaps;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod moto;
#[cfg(test)]
mod plantings;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod signals;
#[cfg(test)]
mod support;
#[cfg(test)]
mod twin;
