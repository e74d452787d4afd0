//! Directories: one that is there is registered with WorkSpaces. What needs a password, the domain or the console is put in a person's
//! hands, with the commands.

use super::{Way, by_hand, word};
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, MadeKind, Part, Risk};
use deskpair_rules::model::directory::Directory;
use deskpair_rules::model::pairing::{Located, dns_name};
use serde_json::json;

pub(super) const WAYS: &[(&str, Way)] = &[
    ("DIR-001", Way::ByHand("A connector is made with a password, which no tool should have: the command is given.")),
    ("DIR-002", Way::People("What a directory is out of order with its stage's reason says.")),
    (
        "DIR-003",
        Way::Planned(
            "The directory is registered with its own subnets and the primary's tenancy. Its settings, its alias's association and the TXT record follow by a further plan.",
        ),
    ),
    ("DIR-004", Way::People("Somebody has to sign in to a desktop of it; a drill counts.")),
    (
        "DIR-005",
        Way::ByHand(
            "A connector's service account is changed in the console alone, with a password: the steps are given.",
        ),
    ),
    (
        "DIR-006",
        Way::People("No operation renames a directory: another one takes its place, and its desktops are made anew."),
    ),
    (
        "DIR-007",
        Way::ByHand(
            "Domain controllers in the standby Region come first, and are the domain's owners'; then the commands that are given.",
        ),
    ),
    ("DIR-008", Way::People("A directory's subnets are chosen when it is made and registered.")),
    ("DIR-009", Way::ByHand("A replica costs what two domain controllers cost: the command is given.")),
    ("DIR-010", Way::ByHand("RADIUS needs a shared secret, which no tool should have: the command is given.")),
    ("DIR-011", Way::People("A trust has a password and another side, whose owners have to agree.")),
    ("DIR-012", Way::People("No operation resizes a connector: another one takes its place.")),
    ("DIR-013", Way::People("The delegation group is in the domain, which no AWS API reads.")),
    (
        "DIR-014",
        Way::ByHand("The certificate of the cards' authority is a file that people have: the commands are given."),
    ),
    ("DIR-015", Way::ByHand("A certificate is a file that people have: the commands are given.")),
];

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for wanted in draft.fails("DIR-003") {
        register(draft, &wanted);
    }
    for wanted in draft.fails("DIR-001") {
        connector(draft, &wanted);
    }
    for wanted in draft.fails("DIR-005") {
        let title = "give the standby's connector a service account of its own".to_owned();
        by_hand(
            draft,
            &wanted,
            &["directory", "service-account"],
            title,
            &[
                "Make a second service account in the domain, and delegate to it what the first one has.",
                "In the Directory Service console of the standby Region: the connector, Networking & security, Service account credentials, Update. No operation of the API does it.",
            ],
            Vec::new(),
        );
    }
    for wanted in draft.fails("DIR-007") {
        name_servers(draft, &wanted);
    }
    for wanted in draft.fails("DIR-009") {
        replica(draft, &wanted);
    }
    for wanted in draft.fails("DIR-010") {
        radius(draft, &wanted);
    }
    for wanted in draft.fails("DIR-014") {
        certificates(draft, &wanted, true);
    }
    for wanted in draft.fails("DIR-015") {
        certificates(draft, &wanted, false);
    }
}

fn standby_id(draft: &Draft<'_, '_>) -> String {
    draft.view().standby_directory.id().unwrap_or("DIRECTORY_ID").to_owned()
}

/// The standby Region's directory that is to be registered: the one that the alias or the configuration names, else the only one of the
/// primary's domain.
fn unregistered<'e>(draft: &Draft<'_, 'e>) -> Result<&'e Directory, &'static str> {
    let view = draft.view();
    let standby = view.standby;
    if let Located::Found { id, .. } = &view.standby_directory {
        let known = standby.directories.items().iter().find(|known| known.directory_id == *id);
        return known.ok_or(
            "Directory Service does not list it: WorkSpaces keeps it itself, and it is registered in the console",
        );
    }
    let primary = view.primary_directory.id().unwrap_or_default();
    let listed = view.primary.directories.items().iter().find(|known| known.directory_id == primary);
    let domain = view.domain().or(listed.map(|known| known.name.as_str())).unwrap_or_default();
    let mut same = standby.directories.items().iter().filter(|known| dns_name(&known.name) == dns_name(domain));
    match (same.next(), same.next()) {
        (Some(only), None) => Ok(only),
        (_, _) => Err("which directory is meant is not known for sure: declare it (`directory`)"),
    }
}

/// Registers the standby directory.
fn register(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    if wanted.case != "missing" {
        return draft.leave(
            wanted,
            "its registration is under way or in error: its error message says why, and in the console it can be deregistered and registered anew",
        );
    }
    let directory = match unregistered(draft) {
        Ok(directory) => directory.clone(),
        Err(why) => return draft.leave(wanted, why),
    };
    let view = draft.view();
    let region = &view.settings.standby.region;
    if directory.stage != "Active" {
        return draft
            .leave(wanted, format!("it is {} and not Active: only then it can be registered", directory.stage));
    }
    // "Registering in a replicated Region will fail" (AWS-FACTS §1.1).
    if directory
        .regions_info
        .as_ref()
        .is_some_and(|known| !known.primary_region.is_empty() && known.primary_region != *region)
    {
        return draft.leave(
            wanted,
            "it is the replica of a managed AD, which cannot be registered: the standby needs an AD Connector to it",
        );
    }
    let subnets = match (&directory.connect_settings, &directory.vpc_settings) {
        (Some(connect), _) => connect.subnet_ids.clone(),
        (None, Some(vpc)) => vpc.subnet_ids.clone(),
        (None, None) => Vec::new(),
    };
    if subnets.len() != 2 {
        return draft.leave(wanted, "its two subnets are not known: name them when you register it by hand");
    }
    let primary = view.primary_registration().ok().flatten();
    let mut input = json!({ "DirectoryId": directory.directory_id, "SubnetIds": subnets });
    if let Some(tenancy) = primary.map(|primary| primary.tenancy.as_str()).filter(|tenancy| !tenancy.is_empty()) {
        input["Tenancy"] = tenancy.into();
    }
    let id = directory.directory_id.clone();
    let change = draft
        .change(Part::Standby, &["directory", "registration"], format!("register {id} in {region} with WorkSpaces"))
        .fixing(wanted)
        .risk(Risk::Review)
        .costs("AWS charges for a Simple AD or an AD Connector with which no WorkSpace is used, and deregisters it after 30 days.")
        .field("State", None, Some("REGISTERED".to_owned()))
        .by(Call::workspaces("RegisterWorkspaceDirectory", input))
        .making(MadeKind::Registration, &id)
        .undone(Inverse::None { why: "deskpair deregisters no directory: its settings and its registration code would be gone".to_owned() })
        .note("It gets settings of its own: plan again afterwards for those of the primary, and for the desktops.")
        .note(
            "Where it was registered before, its alias has presumably lost it (an inference): associated anew, the alias has another identifier, \
             which a TXT record that names the old one does not lead to.",
        )
        .note("The account needs the role workspaces_DefaultRole.");
    draft.add(change);
}

/// How a connector is made.
fn connector(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let view = draft.view();
    let region = view.settings.standby.region.clone();
    let primary = view.primary_directory.id().unwrap_or_default();
    let listed = view.primary.directories.items().iter().find(|known| known.directory_id == primary);
    let some = |text: Option<&str>, or: &str| text.filter(|text| !text.is_empty()).unwrap_or(or).to_owned();
    let domain = some(view.domain().or(listed.map(|known| known.name.as_str())), "DOMAIN");
    let short = some(listed.map(|known| known.short_name.as_str()), "SHORT_NAME");
    let size = some(listed.map(|known| known.size.as_str()), "Small");
    by_hand(
        draft,
        wanted,
        &["directory"],
        format!("make an AD Connector to {domain} in {region}"),
        &[
            "Make a service account of its own in the domain, and delegate to it what the primary's has; its password stays with you.",
            "Choose two subnets of one VPC in different zones that WorkSpaces supports, and domain controllers in or near the standby Region.",
            "When it is Active, plan again: it is registered then.",
        ],
        vec![
            "read -rs PASSWORD".to_owned(),
            format!(
                "aws ds connect-directory --region {region} --name {} --short-name {} --size {size} --password \"$PASSWORD\" --connect-settings \
                 VpcId=VPC,SubnetIds=SUBNET_1,SUBNET_2,CustomerDnsIps=ADDRESS_1,ADDRESS_2,CustomerUserName=ACCOUNT",
                word(&domain),
                word(&short)
            ),
        ],
    );
}

/// How a directory gets other domain controllers or RADIUS servers.
fn name_servers(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let (region, id) = (draft.view().settings.standby.region.clone(), standby_id(draft));
    if wanted.case == "radius" {
        return radius(draft, wanted);
    }
    by_hand(
        draft,
        wanted,
        &["directory", "name-servers"],
        format!("let {id} ask domain controllers that do not go away with the primary Region"),
        &[
            "Run domain controllers in the standby Region, or where it reaches them without the primary.",
            "In the Directory Service console of the standby Region: the connector, Networking & security, DNS addresses, Update. No operation of the API does it.",
            "Give the VPC's DHCP options the same addresses.",
        ],
        vec![format!(
            "aws ds describe-directories --region {region} --directory-ids {id} --query 'DirectoryDescriptions[0].DnsIpAddrs'"
        )],
    );
}

/// How a managed AD gets a replica.
fn replica(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let view = draft.view();
    let (from, to) = (view.settings.primary.region.clone(), view.settings.standby.region.clone());
    let id = view.primary_directory.id().unwrap_or("DIRECTORY_ID").to_owned();
    by_hand(
        draft,
        wanted,
        &["directory", "replica"],
        format!("replicate the managed AD to {to}, with two domain controllers"),
        &[
            "It takes the Enterprise Edition, a VPC whose addresses overlap none of the primary's, and two subnets in different zones.",
            "Where it is replicated already and has lost domain controllers, set their number to two at least.",
            "When it is Active there, give the standby's connector the new controllers' addresses.",
        ],
        vec![
            format!(
                "aws ds add-region --region {from} --directory-id {id} --region-name {to} --vpc-settings VpcId=VPC,SubnetIds=SUBNET_1,SUBNET_2"
            ),
            format!("aws ds update-number-of-domain-controllers --region {to} --directory-id {id} --desired-number 2"),
        ],
    );
}

/// How a directory gets the primary's second factor.
fn radius(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let view = draft.view();
    let (region, id) = (view.settings.standby.region.clone(), standby_id(draft));
    let primary = view.primary_directory.id().unwrap_or_default();
    let listed = view.primary.directories.items().iter().find(|known| known.directory_id == primary);
    let Some(settings) = listed.and_then(|known| known.radius_settings.as_ref()) else {
        return draft.leave(wanted, "the primary directory tells no RADIUS settings: whether people are to be asked for a second factor a person has to say");
    };
    let number = |value: Option<i32>, or: i32| value.unwrap_or(or);
    let input = format!(
        "{{\"RadiusServers\": [\"SERVER_1\", \"SERVER_2\"], \"RadiusPort\": {}, \"RadiusTimeout\": {}, \"RadiusRetries\": {}, \"AuthenticationProtocol\": {:?}, \
         \"UseSameUsername\": {}, \"SharedSecret\": \"'\"$SECRET\"'\"}}",
        number(settings.radius_port, 1812),
        number(settings.radius_timeout, 30),
        number(settings.radius_retries, 4),
        settings.authentication_protocol,
        settings.use_same_username.unwrap_or(true)
    );
    let known = view.standby.directories.items().iter().find(|known| known.directory_id == id);
    let verb =
        if known.is_some_and(|known| known.radius_settings.is_some()) { "update-radius" } else { "enable-radius" };
    by_hand(
        draft,
        wanted,
        &["directory", "radius"],
        format!("give {id} the primary's second factor"),
        &[
            "Let the RADIUS servers of the standby Region know the directory's addresses; the shared secret stays with you.",
        ],
        vec![
            "read -rs SECRET".to_owned(),
            format!("aws ds {verb} --region {region} --directory-id {id} --radius-settings '{input}'"),
        ],
    );
}

/// How a directory gets certificates, and what rests on them.
fn certificates(draft: &mut Draft<'_, '_>, wanted: &Wanted, cards: bool) {
    let (region, id) = (draft.view().settings.standby.region.clone(), standby_id(draft));
    let kind = if cards { "ClientCertAuth" } else { "ClientLDAPS" };
    let then = if cards {
        format!("aws ds enable-client-authentication --region {region} --directory-id {id} --type SmartCard")
    } else {
        format!("aws ds enable-ldaps --region {region} --directory-id {id} --type Client")
    };
    by_hand(
        draft,
        wanted,
        &["directory", if cards { "smart-cards" } else { "certificates" }],
        if cards {
            format!("let {id} take smart cards")
        } else {
            format!("give {id} the certificates that the primary has")
        },
        &["Have the certificate of the authority at hand as a file, in PEM."],
        vec![
            format!(
                "aws ds register-certificate --region {region} --directory-id {id} --certificate-data file://authority.pem --type {kind}"
            ),
            then,
        ],
    );
}
