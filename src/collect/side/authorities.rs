//! The private CAs by which people are signed in to a standby side's desktops.

use super::Reader;
use super::around::Frame;
use crate::collect::calls::Tally;
use crate::collect::paging::Listing;
use crate::collect::{acmpca, slices};
use deskpair_rules::model::directory::WorkspaceDirectory;
use deskpair_rules::model::identity::CertificateAuthority;
use deskpair_rules::model::{Dataset, Estate};
use std::collections::{BTreeMap, BTreeSet};

/// The CAs by ARN, and the calls that were made in other Regions than the side's.
#[derive(Debug)]
pub(super) struct Authorities {
    authorities: BTreeMap<String, Listing<CertificateAuthority>>,
    pub(super) elsewhere: Vec<Tally>,
}

impl Authorities {
    pub(super) async fn read(reader: &Reader, frame: &Frame) -> Self {
        let standby = frame.standby_directories(&reader.roles);
        let registered = frame.registered(&reader.roles).filter(|known| standby.contains(&known.directory_id));
        let named: BTreeSet<String> = registered.filter_map(named).collect();
        let (mut authorities, mut elsewhere) = (BTreeMap::new(), Vec::new());
        for arn in reader.about(Dataset::CertificateAuthorities, &named) {
            let told = match acmpca::region_of(&arn) {
                Some(region) if region != reader.caller.region() => {
                    let caller = reader.caller.elsewhere(region);
                    let told = acmpca::authority(&reader.config, &caller, &arn).await;
                    elsewhere.push(caller.tally());
                    told
                }
                Some(_) | None => acmpca::authority(&reader.config, &reader.caller, &arn).await,
            };
            authorities.insert(arn, told);
        }
        Self { authorities, elsewhere }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].certificate_authorities = slices(estate, self.authorities);
    }
}

/// The CA that issues people's certificates, where they are in use.
fn named(directory: &WorkspaceDirectory) -> Option<String> {
    let auth = directory.certificate_based_auth_properties.as_ref()?;
    let names = auth.status == "ENABLED" && !auth.certificate_authority_arn.is_empty();
    names.then(|| auth.certificate_authority_arn.clone())
}
