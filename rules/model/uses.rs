//! What waivers and attestations are good for, once everything else has been judged.

use super::Unknown;

/// What a waiver, or an attestation, is good for in a run, heedless of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It answers for something.
    Answers,
    /// What it is about has drifted further than what was accepted.
    Drifted,
    /// There is nothing that it could answer for.
    Idle,
    /// What it is about could not be looked at.
    Hidden(Unknown),
    /// Its rule was not judged.
    Unjudged,
}

/// The waivers and attestations of which one pair of a run tells: those that name it, and, the first pair, those that name none.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    /// Positions in the settings' waivers, each with its use.
    pub waivers: Vec<(u16, Use)>,
    /// Positions in the settings' attestations, each with its use.
    pub attestations: Vec<(u16, Use)>,
}
