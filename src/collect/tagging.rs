//! The Resource Groups Tagging API: a hundred resources a call, where WorkSpaces itself would take a call for each (AWS-FACTS §0.3).

use super::calls::Caller;
use super::datasets::GET_RESOURCES;
use super::paging::{Page, each_page, token};
use super::whole::client;
use deskpair_rules::model::workspace::TagRow;
use deskpair_rules::model::{Gap, Symbols};

/// The most resources of a page (`tag:GetResourcesInput`).
const PAGE_SIZE: i32 = 100;

/// The type of WorkSpaces, as the API filters by it.
const DESKTOPS: &str = "workspaces:workspace";

/// The types of images and bundles.
const RESOURCES: [&str; 2] = ["workspaces:workspacebundle", "workspaces:workspaceimage"];

/// Tags, with a table of texts of their own.
#[derive(Debug, Default)]
pub(super) struct Tags {
    /// The texts.
    pub(super) symbols: Symbols,
    /// Tags of images and bundles, in the order of the pages.
    pub(super) of_resources: Vec<TagRow>,
    /// Tags of WorkSpaces, likewise.
    pub(super) of_desktops: Vec<TagRow>,
    /// What hides the rest of both.
    pub(super) gap: Option<Gap>,
}

/// Which resources' tags are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Those of images and bundles.
    pub(super) of_resources: bool,
    /// Those of WorkSpaces.
    pub(super) of_desktops: bool,
}

/// The tags of what is wanted, all in one list of pages.
pub(super) async fn tags(config: &aws_config::SdkConfig, caller: &Caller, wanted: Wanted) -> Tags {
    let client = &client!(aws_sdk_resourcegroupstagging, config);
    let mut types: Vec<String> = Vec::new();
    if wanted.of_desktops {
        types.push(DESKTOPS.to_owned());
    }
    if wanted.of_resources {
        types.extend(RESOURCES.map(ToOwned::to_owned));
    }
    let types = &types;
    let mut tags = Tags::default();
    let Tags { symbols, of_resources, of_desktops, .. } = &mut tags;
    let ask = |next: Option<String>| async move {
        let answer = caller
            .read(GET_RESOURCES, "", || {
                let request = client.get_resources().set_resource_type_filters(Some(types.clone()));
                request.resources_per_page(PAGE_SIZE).set_pagination_token(next.clone()).send()
            })
            .await?;
        Ok(Page { items: answer.resource_tag_mapping_list.unwrap_or_default(), next: token(answer.pagination_token) })
    };
    let gap = each_page(caller, GET_RESOURCES, "", ask, |page| {
        for resource in page {
            let arn_text = resource.resource_arn().unwrap_or_default();
            let rows = if is_desktop(arn_text) { &mut *of_desktops } else { &mut *of_resources };
            let arn = symbols.intern(arn_text);
            let row = |tag: &aws_sdk_resourcegroupstagging::types::Tag| TagRow {
                arn,
                key: symbols.intern(tag.key()),
                value: symbols.intern(tag.value()),
            };
            rows.extend(resource.tags().iter().map(row));
        }
    })
    .await;
    tags.gap = gap;
    tags
}

/// `arn:aws:workspaces:REGION:ACCOUNT:workspace/ws-…`.
fn is_desktop(arn: &str) -> bool {
    arn.splitn(6, ':').nth(5).is_some_and(|resource| resource.starts_with("workspace/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desktops_are_told_from_other_resources() {
        assert!(is_desktop("arn:aws:workspaces:us-east-1:111111111111:workspace/ws-0123456789"));
        assert!(!is_desktop("arn:aws:workspaces:us-east-1:111111111111:workspacebundle/wsb-0123456789"));
        assert!(!is_desktop("arn:aws:workspaces:us-east-1:111111111111:workspaceimage/wsi-0123456789"));
        assert!(!is_desktop("workspace/ws-0123456789"));
    }
}
