//! The exit codes. Each has one meaning, whatever the flags and formats.

use deskpair_rules::engine::Outcome;

/// The gate passed; of a command without a gate, it did what was asked.
pub const READY: u8 = Outcome::Ready.exit_code();
/// The gate failed.
pub const DRIFTED: u8 = Outcome::Drifted.exit_code();
/// The command line or the configuration is wrong.
pub const USAGE: u8 = 2;
/// Something that could have been read was not.
pub const INCONCLUSIVE: u8 = Outcome::Inconclusive.exit_code();
/// A fault of deskpair's, a broken rule, an output that could not be written, evidence that does not verify.
pub const INTERNAL: u8 = Outcome::Broken.exit_code();
/// A plan that something has moved under, or a lock that somebody has.
pub const STALE: u8 = 5;
/// Somebody was asked and said no.
pub const DECLINED: u8 = 6;
/// A change failed: what was made before it is in the journal, and the same command goes on.
pub const APPLY_FAILED: u8 = 10;
/// Not everything could be taken back.
pub const UNDO_INCOMPLETE: u8 = 11;
/// A drill failed or was aborted, and everything is as it was before.
pub const DRILL_UNDONE: u8 = 20;
/// A drill ended, and the record is not known to be as it was before.
pub const DRILL_UNVERIFIED: u8 = 21;
/// A failover or a failback did not come to its end.
pub const FAILOVER_INCOMPLETE: u8 = 22;
/// SIGINT.
pub const INTERRUPTED: u8 = 130;
/// SIGTERM.
pub const TERMINATED: u8 = 143;

/// The table for `--help`.
pub const TABLE: &str = "\
Exit codes:
  0    the gate passed, on whole evidence
  1    the gate failed: a fail at or above --fail-on
  2    the command line or the configuration is wrong
  3    inconclusive: something that could have been read was not
  4    an internal error, a broken rule, an output that could not be written, evidence that does not verify
  5    a plan that something has moved under, or a lock that somebody has
  6    declined when it asked
  10   a change failed; the same command goes on, `deskpair remediate undo` takes back
  11   not everything could be taken back
  20   a drill failed or was aborted, and is undone
  21   a drill's undo is incomplete, or could not be verified: look at the record now
  22   a failover or a failback did not come to its end; --resume goes on
  130  interrupted (SIGINT)
  143  terminated (SIGTERM)";

#[cfg(test)]
mod tests {
    use super::*;

    /// Schedulers and pipelines are written against these numbers.
    #[test]
    fn the_codes_are_as_published() {
        let codes = [
            READY,
            DRIFTED,
            USAGE,
            INCONCLUSIVE,
            INTERNAL,
            STALE,
            DECLINED,
            APPLY_FAILED,
            UNDO_INCOMPLETE,
            DRILL_UNDONE,
            DRILL_UNVERIFIED,
            FAILOVER_INCOMPLETE,
            INTERRUPTED,
            TERMINATED,
        ];
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 10, 11, 20, 21, 22, 130, 143]);
        for code in codes {
            let listed = TABLE.lines().any(|line| line.split_whitespace().next() == Some(&code.to_string()));
            assert!(listed, "{code} is not in the table of --help");
        }
    }
}
