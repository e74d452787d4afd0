//! The network around a side's desktops.

use super::Reader;
use super::around::Frame;
use crate::collect::ec2::Ec2;
use crate::collect::paging::Listing;
use crate::collect::slice;
use deskpair_rules::model::directory::WorkspaceDirectory;
use deskpair_rules::model::network::{SecurityGroup, Vpc, VpcEndpoint};
use deskpair_rules::model::{Dataset, Estate};
use std::collections::BTreeSet;

/// What the pairs' directories name, and the VPCs.
#[derive(Debug)]
pub(super) struct Network {
    security_groups: Option<Listing<SecurityGroup>>,
    vpc_endpoints: Option<Listing<VpcEndpoint>>,
    vpcs: Option<Listing<Vpc>>,
}

impl Network {
    pub(super) async fn read(reader: &Reader, ec2: &Ec2, frame: &Frame) -> Self {
        let registered = || frame.registered(&reader.roles);
        let groups: BTreeSet<String> = registered().filter_map(custom_group).collect();
        let endpoints: BTreeSet<String> = registered().flat_map(access_endpoints).collect();
        let (mut security_groups, mut vpc_endpoints, vpcs) = tokio::join!(
            reader.when(Dataset::SecurityGroups, || ec2.security_groups(&groups)),
            reader.when(Dataset::VpcEndpoints, || ec2.vpc_endpoints(&endpoints)),
            reader.when(Dataset::Vpcs, || ec2.vpcs()),
        );
        // What directories name that are not known is not known either.
        if let Some(gap) = frame.hidden() {
            security_groups.iter_mut().for_each(|listing| listing.cut(gap.clone()));
            vpc_endpoints.iter_mut().for_each(|listing| listing.cut(gap.clone()));
        }
        Self { security_groups, vpc_endpoints, vpcs }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].security_groups = slice(estate, self.security_groups);
        estate.sides[at].vpc_endpoints = slice(estate, self.vpc_endpoints);
        estate.sides[at].vpcs = slice(estate, self.vpcs);
    }
}

/// The group that new desktops of a directory get beside the one that AWS made for it.
fn custom_group(directory: &WorkspaceDirectory) -> Option<String> {
    let creation = directory.workspace_creation_properties.as_ref()?;
    Some(creation.custom_security_group_id.clone()).filter(|id| !id.is_empty())
}

/// The endpoints through which people reach a directory's desktops from inside a VPC.
fn access_endpoints(directory: &WorkspaceDirectory) -> impl Iterator<Item = String> {
    let access = directory.workspace_access_properties.as_ref();
    let config = access.and_then(|access| access.access_endpoint_config.as_ref());
    let endpoints = config.into_iter().flat_map(|config| &config.access_endpoints);
    endpoints.map(|endpoint| endpoint.vpc_endpoint_id.clone()).filter(|id| !id.is_empty())
}
