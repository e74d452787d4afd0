//! End to end: the binary, the collectors and the twin over real sockets. One test binary; `tests/run` prepares and runs everything.
//!
//! Tests stand in four rings, and this binary is the two outer ones:
//!
//! 1. rules against small estates: at the end of each rule's file in `rules/`, on `deskpair_rules::fixture`;
//! 2. collectors against recorded answers, and other parts by themselves: in `src/` and `reports/`, beside what they test;
//! 3. the binary against the twin, with faults, kills, hostile names and bad input: here;
//! 4. against parts that nobody here wrote: [`clients`] (AWS CLI, boto3), [`moto`] and [`state_s3`] (moto), [`dns`] (BIND, dig),
//!    [`schemas`] (validators), and Chromium and `sha256sum` where a page or a manifest is tested. Where one is not installed its tests
//!    say SKIPPED; [`support`] finds them.
//!
//! Twin, collectors and rules share one reading of AWS, so the fourth ring is what keeps them from agreeing on a mistake.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod collect;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod decommission;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod dns;
#[cfg(test)]
mod drill;
#[cfg(test)]
mod drill_reports;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod gaps;
#[cfg(test)]
mod granted;
#[cfg(test)]
mod history;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod init;
#[cfg(test)]
mod layout;
#[cfg(test)]
mod many_pairs;
#[cfg(test)]
mod moto;
#[cfg(test)]
mod notify;
#[cfg(test)]
mod page;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod plantings;
#[cfg(test)]
mod powershell;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod redaction;
#[cfg(test)]
mod remediate;
#[cfg(test)]
mod runbooks;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod signals;
#[cfg(test)]
mod state_s3;
#[cfg(test)]
mod support;
#[cfg(test)]
mod traps;
#[cfg(test)]
mod twin;
#[cfg(test)]
mod waivers;
