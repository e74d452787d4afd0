//! Images and bundles: an image is copied before a bundle is made on the copy, and a bundle that rests on another image is moved to it.

use super::Way;
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, Made, MadeKind, Manual, Part, Risk};
use deskpair_rules::model::image::{Bundle, Image};
use deskpair_rules::model::pairing::COPY_OF_TAG;
use deskpair_rules::model::quota::{CATALOGUE, Granted};
use deskpair_rules::model::settings::MapKind;
use deskpair_rules::model::{Paired, Subject};
use serde_json::{Value, json};

pub(super) const WAYS: &[(&str, Way)] = &[
    (
        "IMG-001",
        Way::Planned("The image is copied to the standby Region under its name, with a tag that names its source."),
    ),
    ("IMG-002", Way::People("A copy that failed says why; what is wrong with it a person has to find out.")),
    (
        "IMG-003",
        Way::Planned(
            "The image in use is copied under a name of its own, and the standby's bundles are moved to the copy.",
        ),
    ),
    (
        "IMG-004",
        Way::People(
            "An image's operating system and tenancy cannot be changed: a copy of the right image takes its place.",
        ),
    ),
    (
        "IMG-005",
        Way::Planned(
            "The standby image is shared with the accounts that the primary's is shared with, and with no others.",
        ),
    ),
    ("IMG-006", Way::ByHand("Only a person knows whether it is a copy: the command that tags it is given.")),
    ("BND-001", Way::Planned("The bundle is made on the image's counterpart, with the primary's hardware.")),
    (
        "BND-002",
        Way::People("A bundle's hardware cannot be changed: another has to be made, and desktops moved to it."),
    ),
    (
        "BND-003",
        Way::Planned(
            "The bundle is moved to the counterpart of the primary bundle's image; desktops that exist are unaffected.",
        ),
    ),
    (
        "BND-004",
        Way::People(
            "Desktops that were made before the update have to be rebuilt, and that is for their owners to say.",
        ),
    ),
    ("BND-005", Way::People("What a Region does not offer no call makes.")),
];

/// Regions to which no API copies an image: those that have to be opted in to and GovCloud's, for which AWS Support copies, and Ningxia, from
/// which and to which nothing is copied (AWS-FACTS §2; of the Regions with WorkSpaces of §0.6 these have to be opted in to).
const NOT_COPIED_TO: [&str; 6] =
    ["af-south-1", "ap-southeast-5", "il-central-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"];

const NEW_DESKTOPS: &str = "It is what new and rebuilt WorkSpaces are made from: those that exist are unaffected, and their people stay degraded \
                            until theirs are made anew. A standby WorkSpace cannot be rebuilt.";

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for wanted in draft.fails("IMG-001") {
        if let Some(image) = image_of(draft, wanted.subject) {
            copy(draft, &wanted, &image, &image.name.clone());
        }
    }
    for wanted in draft.fails("IMG-003") {
        stale(draft, &wanted);
    }
    for wanted in draft.fails("IMG-005") {
        shared(draft, &wanted);
    }
    for wanted in draft.fails("IMG-006") {
        unproven(draft, &wanted);
    }
    for wanted in draft.fails("BND-001") {
        bundle(draft, &wanted);
    }
    for wanted in draft.fails("BND-003") {
        moved(draft, &wanted);
    }
}

fn image_of(draft: &Draft<'_, '_>, subject: Subject) -> Option<Image> {
    let Subject::Image { p, .. } = subject else { return None };
    draft.view().primary.images.items().get(p as usize).cloned()
}

fn standby_image(draft: &Draft<'_, '_>, subject: Subject) -> Option<Image> {
    let Subject::Image { s, .. } = subject else { return None };
    draft.view().standby.images.items().get(s as usize).cloned()
}

fn source(draft: &Draft<'_, '_>, id: &str) -> String {
    format!("{}/{id}", draft.view().settings.primary.region)
}

fn made(kind: MadeKind, name: &str) -> Made {
    Made { kind, part: Part::Standby, name: name.to_owned(), within: None }
}

/// Copies an image to the standby Region under a name: the change's id, where it can be copied.
fn copy(draft: &mut Draft<'_, '_>, wanted: &Wanted, image: &Image, name: &str) -> Option<String> {
    let view = draft.view();
    let (from, to) = (view.settings.primary.region.clone(), view.settings.standby.region.clone());
    if view.mapped(MapKind::Image, &image.name, &image.image_id).is_some() && wanted.fixed.rule == "IMG-001" {
        draft.leave(
            wanted,
            "the configuration maps it to an image that is not there: correct the map, or make that image",
        );
        return None;
    }
    if NOT_COPIED_TO.contains(&to.as_str()) || NOT_COPIED_TO.contains(&from.as_str()) {
        let manual = Manual {
            steps: vec![format!(
                "Ask AWS Support to copy the image {} from {from} to {to} under the name {name}: no API call copies images there.",
                image.image_id
            )],
            commands: Vec::new(),
        };
        let change = draft
            .change(Part::Standby, &["image", name], format!("have the image {name} copied to {to}"))
            .fixing(wanted)
            .by_hand(manual);
        draft.add(change);
        return None;
    }
    if view.standby.images.items().iter().any(|known| known.name == name) {
        draft.leave(
            wanted,
            format!("the standby Region has another image of the name {name}: rename or remove it first"),
        );
        return None;
    }
    let dedicated = image.required_tenancy == "DEDICATED";
    let settings = view.standby.account_settings.items().first();
    if dedicated && settings.is_none_or(|account| account.dedicated_tenancy_support != "ENABLED") {
        draft.leave(
            wanted,
            format!("the image needs dedicated tenancy, and {to} is not known to have it enabled: see SEC-013"),
        );
        return None;
    }
    let accounts = [view.primary.account.as_ref().ok().cloned(), view.standby.account.as_ref().ok().cloned()];
    let share = match accounts {
        [Some(ours), Some(theirs)] if ours != theirs => Some(theirs),
        _ => None,
    };
    // A copy of somebody else's image brings in what they have put into it.
    let owner = Some(&image.owner_account_id).filter(|owner| !owner.is_empty());
    let foreign = owner.filter(|owner| view.primary.account.as_ref().is_ok_and(|ours| ours != *owner)).cloned();
    if let (Some(owner), Some(theirs)) = (&foreign, &share) {
        draft.leave(
            wanted,
            format!("the image belongs to account {owner}, which alone can share it with {theirs}: see that it is the one you trust, and have it shared"),
        );
        return None;
    }
    let full = match view.standby.granted(CATALOGUE[0]) {
        Ok(Some(Granted { value: Some(most), .. })) => {
            let account = view.standby.account.as_ref().ok();
            let own = |known: &&Image| {
                known.owner_account_id.is_empty() || account.is_none_or(|account| known.owner_account_id == *account)
            };
            view.standby.images.items().iter().filter(own).count() as u64 >= most
        }
        _ => false,
    };
    let request = super::quotas::request_id(draft, CATALOGUE[0].code);
    if full && !draft.has(&request) {
        draft.leave(
            wanted,
            format!(
                "{to} has as many images as its quota grants: delete what nobody needs there, or ask for a higher one"
            ),
        );
        return None;
    }
    let tag = json!([{ "Key": COPY_OF_TAG, "Value": source(draft, &image.image_id) }]);
    let input = json!({ "Name": name, "SourceImageId": image.image_id, "SourceRegion": from, "Tags": tag });
    let undo =
        Call::workspaces("DeleteWorkspaceImage", json!({ "ImageId": made(MadeKind::Image, name).placeholder() }));
    let mut change = draft
        .change(Part::Standby, &["image", name], format!("copy the image {} to {to} as {name}", image.name))
        .fixing(wanted)
        .field("Name", None, Some(name.to_owned()))
        .field(COPY_OF_TAG, None, Some(source(draft, &image.image_id)))
        .by(Call::workspaces("CopyWorkspaceImage", input))
        .making(MadeKind::Image, name)
        .undone(Inverse::Exact(vec![undo]))
        .note("AWS tells neither how far a copy is nor how long it takes.");
    if full {
        change = change.after(request);
    }
    if let Some(owner) = foreign {
        change = change.risk(Risk::Review).note(format!(
            "It belongs to account {owner}: see that it is the one you trust before you copy what it has put in."
        ));
    }
    if let Some(account) = share {
        let input =
            |allow: bool| json!({ "ImageId": image.image_id, "AllowCopyImage": allow, "SharedAccountId": account });
        let first = draft
            .change(
                Part::Primary,
                &["image", &image.name, "permission"],
                format!("let account {account} copy the image {}", image.name),
            )
            .fixing(wanted)
            .risk(Risk::Review)
            .field("SharedAccountId", None, Some(account.clone()))
            .by(Call::workspaces("UpdateWorkspaceImagePermission", input(true)))
            .undone(Inverse::Exact(vec![Call::workspaces("UpdateWorkspaceImagePermission", input(false))]));
        change = change.after(draft.add(first));
    }
    Some(draft.add(change))
}

/// The name of a copy beside an earlier one: two images of a Region cannot share a name, and the source's id makes another, always the same.
fn name_of_another(image: &Image) -> String {
    let tail = image.image_id.rsplit('-').next().unwrap_or(&image.image_id);
    format!("{}-{tail}", image.name.chars().take(63 - tail.len()).collect::<String>())
}

/// The copy of an image that is planned: its name, and the change that makes it.
fn planned_copy(draft: &Draft<'_, '_>, image: &Image) -> Option<(String, String)> {
    let names = [image.name.clone(), name_of_another(image)].into_iter();
    names
        .map(|name| (draft.id(Part::Standby, &["image", &name]), name))
        .find(|(id, _)| draft.has(id))
        .map(|(id, name)| (name, id))
}

/// Copies the image that is in use now, and moves the standby's bundles from the old copy to it.
fn stale(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let (Some(image), Some(old)) = (image_of(draft, wanted.subject), standby_image(draft, wanted.subject)) else {
        return draft.leave(wanted, "its counterpart is not known for sure");
    };
    let name = name_of_another(&image);
    let Some(id) = copy(draft, wanted, &image, &name) else { return };
    let bundles: Vec<Bundle> = draft
        .view()
        .standby
        .bundles
        .items()
        .iter()
        .filter(|bundle| bundle.image_id == old.image_id && bundle.bundle_type != "STANDBY")
        .cloned()
        .collect();
    for bundle in bundles {
        rest_on(
            draft,
            wanted,
            &bundle,
            &made(MadeKind::Image, &name).placeholder(),
            &name,
            &old.name,
            Some(id.clone()),
        );
    }
}

/// Moves a standby bundle to another image.
fn rest_on(
    draft: &mut Draft<'_, '_>,
    wanted: &Wanted,
    bundle: &Bundle,
    image: &Value,
    name: &str,
    before: &str,
    after: Option<String>,
) {
    let input = json!({ "BundleId": bundle.bundle_id, "ImageId": image });
    let undo =
        Call::workspaces("UpdateWorkspaceBundle", json!({ "BundleId": bundle.bundle_id, "ImageId": bundle.image_id }));
    let mut change = draft
        .change(
            Part::Standby,
            &["bundle", &bundle.name, "image"],
            format!("let the bundle {} rest on the image {name}", bundle.name),
        )
        .fixing(wanted)
        .risk(Risk::Review)
        .field("ImageId", Some(before.to_owned()), Some(name.to_owned()))
        .by(Call::workspaces("UpdateWorkspaceBundle", input))
        .undone(Inverse::Exact(vec![undo]))
        .note(NEW_DESKTOPS);
    if let Some(after) = after {
        change = change.after(after);
    }
    draft.add(change);
}

/// Shares the standby image with the primary's accounts.
fn shared(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let (Some(image), Some(other)) = (image_of(draft, wanted.subject), standby_image(draft, wanted.subject)) else {
        return draft.leave(wanted, "its counterpart is not known for sure");
    };
    let accounts = |side: &deskpair_rules::model::Side, id: &str| -> Vec<String> {
        let list = side.image_permissions.get(id).map(|list| list.items()).unwrap_or_default();
        list.iter().map(|permission| permission.shared_account_id.clone()).collect()
    };
    let (ours, theirs) =
        (accounts(draft.view().primary, &image.image_id), accounts(draft.view().standby, &other.image_id));
    // A copy that takes the counterpart's place is nobody's yet.
    let copy = planned_copy(draft, &image);
    let theirs = if copy.is_some() { Vec::new() } else { theirs };
    let (id, name) = match &copy {
        Some((name, _)) => (made(MadeKind::Image, name).placeholder(), name.clone()),
        None => (other.image_id.clone().into(), other.name.clone()),
    };
    let each = ours.iter().filter(|account| !theirs.contains(account)).map(|account| (account.clone(), true));
    let taken = theirs.iter().filter(|account| !ours.contains(account)).map(|account| (account.clone(), false));
    for (account, allow) in each.chain(taken).collect::<Vec<_>>() {
        let input = |allow: bool| json!({ "ImageId": id, "AllowCopyImage": allow, "SharedAccountId": account });
        let what = if allow { "share" } else { "stop sharing" };
        let mut change = draft
            .change(
                Part::Standby,
                &["image", &name, "permission", &account],
                format!("{what} the image {name} with account {account}"),
            )
            .fixing(wanted)
            .risk(Risk::Review)
            .field("SharedAccountId", (!allow).then(|| account.clone()), allow.then(|| account.clone()))
            .by(Call::workspaces("UpdateWorkspaceImagePermission", input(allow)))
            .undone(Inverse::Exact(vec![Call::workspaces("UpdateWorkspaceImagePermission", input(!allow))]));
        if let Some((_, copied)) = &copy {
            change = change.after(copied.clone());
        }
        draft.add(change);
    }
}

/// Gives the command that tags a copy, for whoever knows that it is one.
fn unproven(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let (Some(image), Some(copy)) = (image_of(draft, wanted.subject), standby_image(draft, wanted.subject)) else {
        return draft.leave(wanted, "its counterpart is not known for sure");
    };
    let (source, region) = (source(draft, &image.image_id), draft.view().settings.standby.region.clone());
    let manual = Manual {
        steps: vec![
            format!(
                "Find out whether {} in {region} was copied from {source}: nothing but its name says so.",
                copy.image_id
            ),
            "Where it was, tag it with the command; where nobody knows, copy the image again.".to_owned(),
        ],
        commands: vec![format!(
            "aws workspaces create-tags --region {region} --resource-id {} --tags Key={COPY_OF_TAG},Value={source}",
            copy.image_id
        )],
    };
    let change = draft
        .change(
            Part::Standby,
            &["image", &copy.name, "lineage"],
            format!("say whether the image {} is a copy", copy.name),
        )
        .fixing(wanted)
        .by_hand(manual);
    draft.add(change);
}

/// The image that a standby bundle is to rest on: its id or what stands for it, its name, and the change that makes it.
fn counterpart(draft: &Draft<'_, '_>, bundle: &Bundle) -> Option<(Value, String, Option<String>)> {
    let view = draft.view();
    let image = view.primary.images.items().iter().find(|image| image.image_id == bundle.image_id)?;
    if let Some((name, id)) = planned_copy(draft, image) {
        return Some((made(MadeKind::Image, &name).placeholder(), name, Some(id)));
    }
    match view.image(image) {
        Paired::With { item, .. } => Some((item.image_id.clone().into(), item.name.clone(), None)),
        Paired::Missing | Paired::Ambiguous(_) | Paired::Unknown(_) => None,
    }
}

/// Makes a bundle that lacks.
fn bundle(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Subject::Bundle { p, .. } = wanted.subject else { return };
    let Some(bundle) = draft.view().primary.bundles.items().get(p as usize).cloned() else { return };
    if draft.view().mapped(MapKind::Bundle, &bundle.name, &bundle.bundle_id).is_some() {
        return draft.leave(
            wanted,
            "the configuration maps it to a bundle that is not there: correct the map, or make that bundle",
        );
    }
    let Some((image, image_name, after)) = counterpart(draft, &bundle) else {
        return draft.leave(
            wanted,
            "the image that it would rest on is not in the standby Region, and its copy is not planned",
        );
    };
    let capacity = |storage: &Option<deskpair_rules::model::image::Storage>| {
        storage.as_ref().map(|storage| storage.capacity.clone()).filter(|text| !text.is_empty())
    };
    let compute = bundle.compute_type.as_ref().map(|compute| compute.name.clone()).unwrap_or_default();
    let Some(user) = capacity(&bundle.user_storage) else {
        return draft.leave(wanted, "the primary bundle does not tell its user volume");
    };
    // The API takes fewer characters than the console (`workspaces:WorkspaceBundleDescription`).
    let taken = |letter: char| if letter.is_ascii_alphanumeric() || "_./() -".contains(letter) { letter } else { '-' };
    let about = if bundle.description.is_empty() { &bundle.name } else { &bundle.description };
    let about: String = about.chars().map(taken).collect();
    let mut input = json!({
        "BundleName": bundle.name,
        "BundleDescription": about,
        "ImageId": image,
        "ComputeType": { "Name": compute },
        "UserStorage": { "Capacity": user },
        "Tags": [{ "Key": COPY_OF_TAG, "Value": source(draft, &bundle.bundle_id) }],
    });
    let root = capacity(&bundle.root_storage);
    if let Some(root) = &root {
        input["RootStorage"] = json!({ "Capacity": root });
    }
    let undo = Call::workspaces(
        "DeleteWorkspaceBundle",
        json!({ "BundleId": made(MadeKind::Bundle, &bundle.name).placeholder() }),
    );
    let mut change = draft
        .change(
            Part::Standby,
            &["bundle", &bundle.name],
            format!("make the bundle {} on the image {image_name}", bundle.name),
        )
        .fixing(wanted)
        .field("Name", None, Some(bundle.name.clone()))
        .field("ImageId", None, Some(image_name))
        .field("ComputeType.Name", None, Some(compute))
        .field("RootStorage.Capacity", None, root)
        .field("UserStorage.Capacity", None, Some(user))
        .by(Call::workspaces("CreateWorkspaceBundle", input))
        .making(MadeKind::Bundle, &bundle.name)
        .undone(Inverse::Exact(vec![undo]));
    if let Some(after) = after {
        change = change.after(after);
    }
    draft.add(change);
}

/// Moves a bundle to the counterpart of the primary bundle's image.
fn moved(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Subject::Bundle { p, s } = wanted.subject else { return };
    let primary = draft.view().primary.bundles.items().get(p as usize).cloned();
    let standby = draft.view().standby.bundles.items().get(s as usize).cloned();
    let (Some(primary), Some(standby)) = (primary, standby) else {
        return draft.leave(wanted, "its counterpart is not known for sure");
    };
    let Some((image, name, after)) = counterpart(draft, &primary) else {
        return draft.leave(wanted, "the counterpart of its image is not known for sure");
    };
    let images = draft.view().standby.images.items();
    let before = images.iter().find(|image| image.image_id == standby.image_id);
    let before = before.map_or_else(|| standby.image_id.clone(), |image| image.name.clone());
    rest_on(draft, wanted, &standby, &image, &name, &before, after);
}
