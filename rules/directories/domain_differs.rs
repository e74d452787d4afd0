//! DIR-006: both directories must speak for the same domain, or nobody finds their account.

use super::known::{self, shown};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::Directory;
use crate::model::pairing::dns_name;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-006 domain-differs.
pub(super) struct DomainDiffers;

/// Positions in the cases.
const NAME: usize = 0;
const SHORT_NAME: usize = 1;

static META: Meta = Meta {
    id: "DIR-006",
    name: "domain-differs",
    area: Area::Directories,
    summary: "the directories are of different domains",
    cases: &[
        Case { key: "name", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "short-name", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
    ],
    reach: Reach::Pair,
    // Who works in another domain has other accounts, units and shares.
    implies: &["SEC-003"],
    needs: &[Dataset::Directories, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_7,
        controls::CM_6,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Make a directory for the primary's domain in the standby Region and let the alias lead to it: no operation renames one.",
    options: &[],
    doc: include_str!("domain_differs.md"),
};

const UNTOLD: Unknown = Unknown::Undetermined("the domain name of one directory is missing from the answer");

/// In which way two directories differ; nothing where they are of one domain.
fn differ(p: &Directory, s: &Directory) -> Option<usize> {
    if dns_name(&p.name) != dns_name(&s.name) {
        return Some(NAME);
    }
    // A short name that is not told says nothing: a domain has one.
    let told = !p.short_name.is_empty() && !s.short_name.is_empty();
    (told && !p.short_name.eq_ignore_ascii_case(&s.short_name)).then_some(SHORT_NAME)
}

impl Rule for DomainDiffers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = known::both(pair, sheet) else { return };
        if p.name.is_empty() || s.name.is_empty() {
            return sheet.unknown(Subject::Directories, UNTOLD);
        }
        match differ(p, s) {
            Some(case) => sheet.fail(Subject::Directories, case),
            None => sheet.pass(),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let Some((p, s)) = known::listed(pair) else { return Wording::new(META.summary) };
        let region = &pair.settings.standby.region;
        if case == NAME {
            Wording::new(format!(
                "the directory in {region} is of the domain {}, and the primary's is of {}",
                s.name, p.name
            ))
            .with("Name", shown(&p.name), shown(&s.name))
        } else {
            Wording::new(format!(
                "the directory in {region} calls the domain {}, and the primary's {}: people who sign in with it are not found",
                s.short_name, p.short_name
            ))
            .with("ShortName", shown(&p.short_name), shown(&s.short_name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::{FOREIGN, NOT_BOTH};
    use super::*;
    use crate::fixture::{Fixture, On};

    fn named(name: &str, short_name: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let directory = &mut fixture.side(On::Standby).directories.items_mut()[0];
        directory.name = name.to_owned();
        directory.short_name = short_name.to_owned();
        fixture
    }

    #[test]
    fn passes_for_one_domain_however_it_is_written() {
        for (name, short_name) in [("corp.example", "CORP"), ("Corp.Example.", "corp"), ("corp.example", "")] {
            assert_eq!(named(name, short_name).verdicts(&DomainDiffers), (1, vec![]), "{name} {short_name}");
        }
    }

    #[test]
    fn fails_for_another_domain_or_short_name() {
        let fixture = named("test.example", "TEST");
        assert_eq!(fixture.verdicts(&DomainDiffers), (0, vec!["name corp.example".to_owned()]));
        let words = fixture.words(&DomainDiffers);
        assert_eq!(
            words.message,
            "the directory in us-west-2 is of the domain test.example, and the primary's is of corp.example"
        );
        assert_eq!(fixture.run(&[&DomainDiffers]).pairs[0].readiness.stranded, 3);
        let fixture = named("corp.example", "CORP2");
        assert_eq!(fixture.verdicts(&DomainDiffers), (0, vec!["short-name corp.example".to_owned()]));
        assert_eq!(fixture.words(&DomainDiffers).drift[0].path, "ShortName");
    }

    #[test]
    fn a_name_that_is_not_told_is_not_judged() {
        assert_eq!(named("", "CORP").judge(&DomainDiffers).unknowns(), [(Subject::Directories, UNTOLD)]);
    }

    #[test]
    fn does_not_apply_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).directories.items_mut().clear();
        assert_eq!(fixture.judge(&DomainDiffers).reasons(), [NOT_BOTH]);
        fixture.pair().primary.directory = Some("wsd-0000000aa".to_owned());
        assert_eq!(fixture.judge(&DomainDiffers).reasons(), [FOREIGN]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&DomainDiffers);
        named("test.example", "TEST").assert_gaps_are_no_passes(&DomainDiffers);
    }
}
