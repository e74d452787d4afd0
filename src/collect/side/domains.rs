//! The directories of a side, and what Directory Service tells of each of the pairs' own.

use super::around::Frame;
use super::{Reader, each, items};
use crate::collect::directory::DirectoryService;
use crate::collect::paging::Listing;
use crate::collect::{slice, slices};
use deskpair_rules::model::directory::{ClientAuthentication, Directory, DirectoryCertificate, LdapsSetting};
use deskpair_rules::model::{Dataset, Estate};
use std::collections::{BTreeMap, BTreeSet};

/// The directories, and what is asked about the pairs' own.
#[derive(Debug)]
pub(super) struct Domains {
    directories: Option<Listing<Directory>>,
    client_authentications: BTreeMap<String, Listing<ClientAuthentication>>,
    ldaps_settings: BTreeMap<String, Listing<LdapsSetting>>,
    certificates: BTreeMap<String, Listing<DirectoryCertificate>>,
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
        let (client_authentications, ldaps_settings, certificates) = tokio::join!(
            each(reader.about(Dataset::ClientAuthentications, &asked), |directory| async move {
                service.client_authentications(&directory).await
            }),
            each(reader.about(Dataset::LdapsSettings, &asked), |directory| async move {
                service.ldaps_settings(&directory).await
            }),
            each(reader.about(Dataset::Certificates, &asked), |directory| async move {
                service.certificates(&directory).await
            }),
        );
        Self { directories, client_authentications, ldaps_settings, certificates }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].directories = slice(estate, self.directories);
        estate.sides[at].client_authentications = slices(estate, self.client_authentications);
        estate.sides[at].ldaps_settings = slices(estate, self.ldaps_settings);
        estate.sides[at].certificates = slices(estate, self.certificates);
    }
}
