//! The directories of a side, and what Directory Service tells of each of the pairs' own.

use super::around::Frame;
use super::{Reader, each, items};
use crate::collect::directory::DirectoryService;
use crate::collect::paging::Listing;
use crate::collect::{slice, slices};
use deskpair_rules::model::directory::{
    ClientAuthentication, Directory, DirectoryCertificate, DirectoryRegion, DomainController, LdapsSetting, Trust,
};
use deskpair_rules::model::pairing::dns_name;
use deskpair_rules::model::{Dataset, Estate};
use std::collections::{BTreeMap, BTreeSet};

/// The directories, and what is asked about the pairs' own.
#[derive(Debug)]
pub(super) struct Domains {
    directories: Option<Listing<Directory>>,
    client_authentications: BTreeMap<String, Listing<ClientAuthentication>>,
    ldaps_settings: BTreeMap<String, Listing<LdapsSetting>>,
    certificates: BTreeMap<String, Listing<DirectoryCertificate>>,
    directory_regions: BTreeMap<String, Listing<DirectoryRegion>>,
    domain_controllers: BTreeMap<String, Listing<DomainController>>,
    trusts: BTreeMap<String, Listing<Trust>>,
}

impl Domains {
    /// Asks about those of these directories that are the pairs'.
    pub(super) async fn read(
        reader: &Reader,
        service: &DirectoryService,
        frame: &Frame,
        directories: Option<Listing<Directory>>,
    ) -> Self {
        let ours = frame.located(&reader.roles);
        // The operations are refused for directories that have no such settings.
        let asked = items(&directories).iter().filter(|known| {
            ours.contains(&known.directory_id) && matches!(known.r#type.as_str(), "ADConnector" | "MicrosoftAD")
        });
        let asked: BTreeSet<String> = asked.map(|known| known.directory_id.clone()).collect();
        let managed = managed_ads(items(&directories), &ours);
        let ids = |wanted: &dyn Fn(&Directory) -> bool| -> BTreeSet<String> {
            managed.iter().filter(|known| wanted(known)).map(|known| known.directory_id.clone()).collect()
        };
        let every = ids(&|_| true);
        // Trusts are made, and told of, in an AD's own Region; a copy has the same.
        let (is_primary, region) = (reader.roles.is_primary(), reader.caller.region());
        let replicated = if is_primary { every.clone() } else { BTreeSet::new() };
        let trusting = ids(&|known| is_primary || !is_copy(known, region));
        let of_managed = async {
            tokio::join!(
                each(reader.about(Dataset::DirectoryRegions, &replicated), |directory| async move {
                    service.regions(&directory).await
                }),
                each(reader.about(Dataset::DomainControllers, &every), |directory| async move {
                    service.domain_controllers(&directory).await
                }),
                each(
                    reader.about(Dataset::Trusts, &trusting),
                    |directory| async move { service.trusts(&directory).await }
                ),
            )
        };
        let (client_authentications, ldaps_settings, certificates, of_managed) = tokio::join!(
            each(reader.about(Dataset::ClientAuthentications, &asked), |directory| async move {
                service.client_authentications(&directory).await
            }),
            each(reader.about(Dataset::LdapsSettings, &asked), |directory| async move {
                service.ldaps_settings(&directory).await
            }),
            each(reader.about(Dataset::Certificates, &asked), |directory| async move {
                service.certificates(&directory).await
            }),
            of_managed,
        );
        let (directory_regions, domain_controllers, trusts) = of_managed;
        Self {
            directories,
            client_authentications,
            ldaps_settings,
            certificates,
            directory_regions,
            domain_controllers,
            trusts,
        }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].directories = slice(estate, self.directories);
        estate.sides[at].client_authentications = slices(estate, self.client_authentications);
        estate.sides[at].ldaps_settings = slices(estate, self.ldaps_settings);
        estate.sides[at].certificates = slices(estate, self.certificates);
        estate.sides[at].directory_regions = slices(estate, self.directory_regions);
        estate.sides[at].domain_controllers = slices(estate, self.domain_controllers);
        estate.sides[at].trusts = slices(estate, self.trusts);
    }
}

/// The managed ADs behind the pairs: those that are pairs' directories, and those of a domain that one of these is of.
fn managed_ads<'d>(directories: &'d [Directory], ours: &BTreeSet<String>) -> Vec<&'d Directory> {
    let domains: BTreeSet<String> = directories
        .iter()
        .filter(|known| ours.contains(&known.directory_id))
        .map(|known| dns_name(&known.name))
        .filter(|name| !name.is_empty())
        .collect();
    let is_ours = |known: &&Directory| ours.contains(&known.directory_id) || domains.contains(&dns_name(&known.name));
    directories.iter().filter(|known| known.r#type == "MicrosoftAD").filter(is_ours).collect()
}

/// Whether a managed AD's own Region is another than this.
fn is_copy(directory: &Directory, region: &str) -> bool {
    directory.regions_info.as_ref().is_some_and(|info| !info.primary_region.is_empty() && info.primary_region != region)
}
