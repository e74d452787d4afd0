//! The frameworks that auditors ask by, and the controls of each that a rule of the catalogue can be evidence for.
//!
//! A rule names a control where its fail is a reason to doubt the control, and its pass a reason to believe in it. No rule makes a control
//! whole: deskpair judges configuration, and a control asks for people, papers and habits too. How to choose:
//!
//! - REL13-BP02 for what the recovery strategy is made of, REL13-BP03 for whether it was tried, REL13-BP04 for drift, REL13-BP05 for what
//!   moves people by itself.
//! - EUCREL02 for the standby Region itself, EUCREL03 for the network and for signing in, EUCREL04 for data, EUCREL05 for what watches,
//!   EUCREL06 for tests, EUCREL07 and EUCREL11 for changes that are not followed.
//! - CP-2 for what a plan leaves out and for recovery objectives, CP-4 for tests, CP-6 for files' second place, CP-7 for desktops', CP-8
//!   for how they are reached, CP-9 for copies of data, CP-10 for what brings people over; CM-2 for what a desktop is made of, CM-3 for changes that one side missed, CM-6 for settings.
//! - A.5.29 where protection is weaker after a failover, A.5.30 where readiness is, A.8.13 for copies of data, A.8.14 for a second of
//!   something. A1.2 for recovery infrastructure and copies, A1.3 for tests.
//! - DORA's article 11 for the way over; article 12 for copies and for redundant capacity (its paragraph 4); articles 24 and 25 for tests.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A framework whose controls rules are mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Framework {
    /// AWS Well-Architected Framework, reliability pillar, question REL13.
    #[serde(rename = "well-architected")]
    WellArchitected,
    /// AWS Well-Architected, End User Computing (EUC) Lens, its questions on reliability.
    #[serde(rename = "euc-lens")]
    EucLens,
    /// NIST SP 800-53 revision 5: contingency planning and configuration management.
    #[serde(rename = "nist-800-53")]
    Nist80053,
    /// ISO/IEC 27001:2022, annex A.
    #[serde(rename = "iso-27001")]
    Iso27001,
    /// SOC 2: the AICPA's trust services criteria on availability.
    #[serde(rename = "soc-2")]
    Soc2,
    /// The EU's Digital Operational Resilience Act, Regulation (EU) 2022/2554.
    #[serde(rename = "dora")]
    Dora,
}

impl Framework {
    /// Every framework, in the order in which controls are listed.
    pub const ALL: [Self; 6] =
        [Self::WellArchitected, Self::EucLens, Self::Nist80053, Self::Iso27001, Self::Soc2, Self::Dora];

    /// The name by which it is asked for.
    pub const fn id(self) -> &'static str {
        match self {
            Self::WellArchitected => "well-architected",
            Self::EucLens => "euc-lens",
            Self::Nist80053 => "nist-800-53",
            Self::Iso27001 => "iso-27001",
            Self::Soc2 => "soc-2",
            Self::Dora => "dora",
        }
    }

    /// Its name, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::WellArchitected => "AWS Well-Architected Framework, REL13",
            Self::EucLens => "AWS Well-Architected, End User Computing Lens",
            Self::Nist80053 => "NIST SP 800-53 r5",
            Self::Iso27001 => "ISO/IEC 27001:2022",
            Self::Soc2 => "SOC 2 (availability)",
            Self::Dora => "EU DORA, Regulation (EU) 2022/2554",
        }
    }

    /// Its controls, in its own order.
    pub fn controls(self) -> impl Iterator<Item = Control> {
        CONTROLS.iter().copied().filter(move |control| control.framework == self)
    }
}

impl fmt::Display for Framework {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// A control, criterion, question or article of a framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Control {
    /// The framework that it is of.
    pub framework: Framework,
    /// How the framework names it: `CP-7`, unique in all of them.
    pub id: &'static str,
    /// What it asks for, in short.
    pub title: &'static str,
}

/// Declares each control once, and the list of all.
macro_rules! controls {
    ($($(#[$doc:meta])* $name:ident: $framework:ident $id:literal $title:literal;)+) => {
        $(
            #[doc = concat!($id, ": ", $title, ".")]
            pub const $name: Control = Control { framework: Framework::$framework, id: $id, title: $title };
        )+

        /// Every control, by framework, in the frameworks' own order.
        pub static CONTROLS: &[Control] = &[$($name),+];
    };
}

controls! {
    REL13_BP01: WellArchitected "REL13-BP01" "Define recovery objectives for downtime and data loss";
    REL13_BP02: WellArchitected "REL13-BP02" "Use defined recovery strategies to meet the recovery objectives";
    REL13_BP03: WellArchitected "REL13-BP03" "Test disaster recovery implementation to validate the implementation";
    REL13_BP04: WellArchitected "REL13-BP04" "Manage configuration drift at the DR site or Region";
    REL13_BP05: WellArchitected "REL13-BP05" "Automate recovery";
    EUCREL02: EucLens "EUCREL02" "Minimize the impact of Regional disruptions";
    EUCREL03: EucLens "EUCREL03" "Minimize the impact of networking disruptions";
    EUCREL04: EucLens "EUCREL04" "Protect data from loss";
    EUCREL05: EucLens "EUCREL05" "Monitor availability and respond to drops";
    EUCREL06: EucLens "EUCREL06" "Test disaster recovery plans";
    EUCREL07: EucLens "EUCREL07" "Track changes and implement reversible deployments";
    EUCREL08: EucLens "EUCREL08" "Test and verify changes before end users get them";
    EUCREL09: EucLens "EUCREL09" "Test rollback plans";
    EUCREL10: EucLens "EUCREL10" "Communicate and coordinate changes with stakeholders";
    EUCREL11: EucLens "EUCREL11" "Perform post-change assessments";
    CP_2: Nist80053 "CP-2" "Contingency plan";
    CP_4: Nist80053 "CP-4" "Contingency plan testing";
    CP_6: Nist80053 "CP-6" "Alternate storage site";
    CP_7: Nist80053 "CP-7" "Alternate processing site";
    CP_8: Nist80053 "CP-8" "Telecommunications services";
    CP_9: Nist80053 "CP-9" "System backup";
    CP_10: Nist80053 "CP-10" "System recovery and reconstitution";
    CM_2: Nist80053 "CM-2" "Baseline configuration";
    CM_3: Nist80053 "CM-3" "Configuration change control";
    CM_6: Nist80053 "CM-6" "Configuration settings";
    A_5_29: Iso27001 "A.5.29" "Information security during disruption";
    A_5_30: Iso27001 "A.5.30" "ICT readiness for business continuity";
    A_8_13: Iso27001 "A.8.13" "Information backup";
    A_8_14: Iso27001 "A.8.14" "Redundancy of information processing facilities";
    A1_2: Soc2 "A1.2" "Recovery infrastructure and data back-up";
    A1_3: Soc2 "A1.3" "Testing of recovery plan procedures";
    ARTICLE_11: Dora "Article 11" "Response and recovery";
    ARTICLE_12: Dora "Article 12" "Backup policies and procedures, restoration and recovery procedures";
    ARTICLE_24: Dora "Article 24" "Digital operational resilience testing: general requirements";
    ARTICLE_25: Dora "Article 25" "Testing of ICT tools and systems";
}

/// The controls that no rule is evidence for, and why: nobody may take their absence from a report for a pass.
pub static OUT_OF_REACH: &[(Control, &str)] = &[
    (
        REL13_BP01,
        "objectives are the owner's to define, and have defaults here: that the estate meets them is REL13-BP02",
    ),
    (EUCREL08, "how a change was tried before people got it leaves no trace that an API tells"),
    (EUCREL09, "whether a way back was rehearsed leaves no trace in the configuration of either Region"),
    (EUCREL10, "who was told of a change is in no API"),
];

/// Why no rule is evidence for a control; nothing for those that rules are mapped to.
pub fn out_of_reach(control: Control) -> Option<&'static str> {
    OUT_OF_REACH.iter().find(|(other, _)| *other == control).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_is_evidence_for_a_control_of_each_framework_that_all_are_asked_by() {
        for meta in registry().iter().map(|rule| rule.meta()) {
            for framework in [Framework::WellArchitected, Framework::Nist80053, Framework::Iso27001] {
                let has = meta.controls.iter().any(|control| control.framework == framework);
                assert!(has, "{} names no control of {framework}: see the top of controls.rs", meta.id);
            }
            let listed = meta.controls.iter().map(|control| CONTROLS.iter().position(|other| other == control));
            let places: Vec<usize> = listed.map(|place| place.expect("a control of the list")).collect();
            assert!(
                places.is_sorted_by(|left, right| left < right),
                "{}: sort its controls as controls.rs does",
                meta.id
            );
        }
    }

    #[test]
    fn every_control_is_reached_or_said_to_be_out_of_reach() {
        let reached: BTreeSet<Control> = registry().iter().flat_map(|rule| rule.meta().controls).copied().collect();
        for &control in CONTROLS {
            assert_ne!(
                reached.contains(&control),
                out_of_reach(control).is_some(),
                "{} is reached by a rule, or is said to be out of reach: one of the two",
                control.id
            );
        }
    }

    /// Frameworks and controls are told apart by their names alone, and controls stand by framework.
    #[test]
    fn names_are_unique_and_sorted_by_framework() {
        let ids: BTreeSet<&str> = CONTROLS.iter().map(|control| control.id).collect();
        assert_eq!(ids.len(), CONTROLS.len());
        assert!(CONTROLS.is_sorted_by_key(|control| control.framework));
        let names: BTreeSet<&str> = Framework::ALL.iter().map(|framework| framework.id()).collect();
        for framework in Framework::ALL {
            assert_eq!(serde_json::to_value(framework).expect("a name"), framework.id());
        }
        assert_eq!(names.len(), Framework::ALL.len());
        for framework in Framework::ALL {
            assert!(framework.controls().next().is_some(), "{framework} has no control");
        }
    }

    /// Nobody gave every rule the same: a list that says everything of everything says nothing.
    #[test]
    fn no_control_is_named_by_every_rule() {
        for &control in CONTROLS {
            let named = registry().iter().filter(|rule| rule.meta().controls.contains(&control)).count();
            assert!(named < registry().len() * 3 / 4, "{} is named by {named} rules", control.id);
        }
    }
}
