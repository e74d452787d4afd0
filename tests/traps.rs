//! What AWS does otherwise than one would think, and how plans heed it: AWS-FACTS §2 and §9, sentence by sentence.

use crate::support::line::{company, noon};
use deskpair::remediate::draft;
use deskpair::remediate::fixers::{Way, way};
use deskpair::remediate::plan::{Change, Inverse, Part, Plan, Risk};
use deskpair_rules::engine::{Options, evaluate};
use deskpair_rules::model::image::ImagePermission;
use deskpair_rules::model::quota::CATALOGUE;
use deskpair_rules::model::{Estate, Side, Slice};

/// A company with one drift, and what a test makes of it.
fn estate(drift: &str, change: impl FnOnce(&mut Estate)) -> Estate {
    let mut estate = company(24, drift.parse().expect("a drift"));
    change(&mut estate);
    estate
}

fn planned(estate: &Estate, rules: &str) -> Plan {
    let rules = rules.split(',').map(str::to_owned).collect();
    let run = evaluate(estate, Options { rules, ..Options::at(noon()) });
    draft::plan(&run).expect("in order")
}

fn plan(drift: &str, change: impl FnOnce(&mut Estate)) -> Plan {
    let rules = drift.to_owned();
    planned(&estate(drift, change), &rules)
}

fn standby(estate: &mut Estate) -> &mut Side {
    let at = estate.pairs[0].standby as usize;
    &mut estate.sides[at]
}

fn primary(estate: &mut Estate) -> &mut Side {
    let at = estate.pairs[0].primary as usize;
    &mut estate.sides[at]
}

/// Has the standby side be another Region, in name.
fn in_region(estate: &mut Estate, region: &str) {
    region.clone_into(&mut estate.settings.pairs[0].standby.region);
    region.clone_into(&mut standby(estate).place.region);
}

fn calls(plan: &Plan) -> Vec<&str> {
    plan.changes.iter().flat_map(Change::calls).map(|call| call.operation.as_str()).collect()
}

fn left(plan: &Plan) -> String {
    plan.left.iter().map(|left| left.why.as_str()).collect::<Vec<_>>().join("\n")
}

fn notes(plan: &Plan) -> String {
    plan.changes.iter().flat_map(|change| &change.notes).map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn place(plan: &Plan, operation: &str) -> usize {
    let at = plan.changes.iter().position(|change| change.calls().iter().any(|call| call.operation == operation));
    at.unwrap_or_else(|| panic!("{operation} is not in {:?}", calls(plan)))
}

#[test]
fn no_image_is_copied_to_regions_that_aws_support_copies_to() {
    assert_eq!(calls(&plan("IMG-001", |_| {}))[0], "CopyWorkspaceImage");
    for region in ["af-south-1", "ap-southeast-5", "il-central-1", "us-gov-west-1", "cn-northwest-1"] {
        let plan = plan("IMG-001", |estate| in_region(estate, region));
        assert!(!calls(&plan).contains(&"CopyWorkspaceImage"), "{region}: {:?}", calls(&plan));
        let manual = plan.changes.iter().find(|change| change.is_manual()).expect("it is for people");
        assert!(serde_json::to_string(manual).expect("JSON").contains("Ask AWS Support"), "{region}");
    }
    // Ningxia copies within itself alone: from it nothing goes anywhere.
    let from = plan("IMG-001", |estate| "cn-northwest-1".clone_into(&mut estate.settings.pairs[0].primary.region));
    assert!(!calls(&from).contains(&"CopyWorkspaceImage"));
}

#[test]
fn an_image_of_brought_licences_waits_until_the_standby_has_them() {
    let own = |enabled: &'static str| {
        plan("IMG-001", move |estate| {
            for image in primary(estate).images.items_mut() {
                "DEDICATED".clone_into(&mut image.required_tenancy);
            }
            for settings in standby(estate).account_settings.items_mut() {
                enabled.clone_into(&mut settings.dedicated_tenancy_support);
            }
        })
    };
    assert!(calls(&own("ENABLED")).contains(&"CopyWorkspaceImage"));
    let plan = own("DISABLED");
    assert!(
        !calls(&plan).contains(&"CopyWorkspaceImage") && left(&plan).contains("dedicated tenancy"),
        "{}",
        left(&plan)
    );
}

#[test]
fn a_copy_takes_nobodys_name() {
    let plan = plan("IMG-003", |estate| {
        let copied = planned(estate, "IMG-003");
        let made = copied.changes.iter().find_map(|change| change.makes.clone()).expect("a copy");
        let mut other = standby(estate).images.items()[0].clone();
        (other.image_id, other.name) = ("wsi-0000000ff".to_owned(), made.name);
        standby(estate).images.items_mut().push(other);
    });
    assert!(!calls(&plan).contains(&"CopyWorkspaceImage"), "{:?}", calls(&plan));
    assert!(left(&plan).contains("has another image of the name"), "{}", left(&plan));
}

/// What rests on an image rests on the copy of today, where that is planned too, and so does who may use it.
#[test]
fn a_bundle_and_permissions_go_with_the_copy_of_today() {
    let drifted = estate("IMG-003,BND-003", |_| {});
    let anew = planned(&drifted, "IMG-003");
    let copy = anew.changes[0].makes.clone().expect("a copy").name;
    let both = planned(&drifted, "IMG-003,BND-003");
    let moved = &both.changes[place(&both, "UpdateWorkspaceBundle")];
    assert_eq!(moved.fields[0].after.as_deref(), Some(copy.as_str()), "{moved:?}");
    assert_eq!(moved.after, [anew.changes[0].id.clone()]);
    assert!(moved.calls()[0].input["ImageId"].is_object(), "its id is not known yet: {moved:?}");

    let mut drifted = estate("IMG-003", |_| {});
    let anew = planned(&drifted, "IMG-003");
    let copy = anew.changes[0].makes.clone().expect("a copy").name;
    let source = anew.changes[0].calls()[0].input["SourceImageId"].as_str().expect("an id").to_owned();
    let friend = ImagePermission { shared_account_id: "444455556666".to_owned() };
    primary(&mut drifted).image_permissions.insert(source, Slice::whole_of(vec![friend]));
    let both = planned(&drifted, "IMG-003,IMG-005");
    let shared = &both.changes[place(&both, "UpdateWorkspaceImagePermission")];
    assert_eq!(shared.after, [anew.changes[0].id.clone()], "{shared:?}");
    assert!(shared.id.contains(&copy), "the old copy is nobody's concern: {shared:?}");
}

#[test]
fn a_copy_needs_room_in_the_quota_of_images() {
    let full = |estate: &mut Estate| {
        let count = standby(estate).images.items().len() as u64;
        let quotas = standby(estate).quotas.items_mut();
        quotas
            .iter_mut()
            .filter(|quota| quota.quota_code == CATALOGUE[0].code)
            .for_each(|quota| quota.value = Some(count));
    };
    let refused = plan("IMG-001", full);
    assert!(!calls(&refused).contains(&"CopyWorkspaceImage") && left(&refused).contains("quota"), "{}", left(&refused));
    let both = planned(&estate("IMG-001", full), "IMG-001,QTA-003");
    let copy = &both.changes[place(&both, "CopyWorkspaceImage")];
    assert!(place(&both, "RequestServiceQuotaIncrease") < place(&both, "CopyWorkspaceImage"));
    assert!(copy.after.iter().any(|id| id.contains("/quota/")), "{:?}", copy.after);
}

#[test]
fn somebody_elses_image_is_looked_at_first() {
    let foreign = |estate: &mut Estate| {
        for image in primary(estate).images.items_mut() {
            "999988887777".clone_into(&mut image.owner_account_id);
        }
    };
    let same = plan("IMG-001", foreign);
    let copy = &same.changes[place(&same, "CopyWorkspaceImage")];
    assert_eq!(copy.risk, Risk::Review);
    assert!(notes(&same).contains("It belongs to account 999988887777"), "{}", notes(&same));
    let across = plan("IMG-001", |estate| {
        foreign(estate);
        standby(estate).account = Ok("444455556666".to_owned());
    });
    assert!(!calls(&across).contains(&"UpdateWorkspaceImagePermission"), "it is not ours to share");
    assert!(left(&across).contains("which alone can share it"), "{}", left(&across));
}

#[test]
fn another_account_may_copy_before_it_copies() {
    let plan = plan("IMG-001", |estate| standby(estate).account = Ok("444455556666".to_owned()));
    let (share, copy) = (place(&plan, "UpdateWorkspaceImagePermission"), place(&plan, "CopyWorkspaceImage"));
    assert!(share < copy && plan.changes[copy].after.contains(&plan.changes[share].id));
    assert_eq!((plan.changes[share].place.part, plan.changes[copy].place.part), (Part::Primary, Part::Standby));
    assert_eq!(plan.changes[share].calls()[0].input["SharedAccountId"], "444455556666");
}

#[test]
fn a_bundles_new_image_is_for_desktops_to_come() {
    let plan = plan("BND-003", |_| {});
    assert!(notes(&plan).contains("those that exist are unaffected"), "{}", notes(&plan));
    assert!(notes(&plan).contains("A standby WorkSpace cannot be rebuilt."), "{}", notes(&plan));
}

#[test]
fn a_group_is_associated_with_its_rules_in_one_call_with_the_others() {
    let plan = plan("IPG-001", |estate| standby(estate).ip_groups.items_mut().clear());
    let all = calls(&plan);
    assert_eq!(all.iter().filter(|name| **name == "AssociateIpGroups").count(), 1, "{all:?}");
    assert_eq!(all.last(), Some(&"AssociateIpGroups"), "{all:?}");
    for change in plan.changes.iter().filter(|change| change.calls()[0].operation == "CreateIpGroup") {
        let rules = change.calls()[0].input["UserRules"].as_array().expect("rules");
        assert!(!rules.is_empty(), "{}", change.id);
    }
    // What replaces all rules at once is called by no plan.
    assert_eq!(deskpair::remediate::operations::find("workspaces", "UpdateRulesOfIpGroup"), None);
}

#[test]
fn no_group_that_admits_nobody_is_made_or_associated() {
    let empty = |side: &mut Side| side.ip_groups.items_mut().iter_mut().for_each(|group| group.user_rules.clear());
    let made = plan("IPG-001", |estate| empty(primary(estate)));
    assert_eq!(calls(&made), Vec::<&str>::new());
    assert!(left(&made).contains("lock everybody out"), "{}", left(&made));
    let associated = plan("IPG-003", |estate| empty(standby(estate)));
    assert!(!calls(&associated).contains(&"AssociateIpGroups"), "{:?}", calls(&associated));
}

#[test]
fn the_first_group_ends_the_admission_of_everybody() {
    let plan = plan("IPG-003", |estate| {
        standby(estate).registrations.items_mut().iter_mut().for_each(|known| known.ip_group_ids.clear());
    });
    let associate = &plan.changes[place(&plan, "AssociateIpGroups")];
    assert!(associate.risk >= Risk::Review && notes(&plan).contains("everybody is admitted"), "{}", notes(&plan));
}

#[test]
fn creation_defaults_say_that_desktops_stay_as_they_are() {
    for rule in ["SEC-001", "SEC-002", "SEC-003", "SEC-004"] {
        let plan = plan(rule, |_| {});
        assert_eq!(calls(&plan), ["ModifyWorkspaceCreationProperties"], "{rule}");
        assert!(notes(&plan).contains("those that exist are unaffected"), "{rule}: {}", notes(&plan));
    }
    assert!(way("SEC-003").is_some_and(|way| way.text().contains("AWS does not look whether it exists")));
}

#[test]
fn what_cannot_be_made_absent_again_says_so() {
    // The primary does not tell a device: only ALLOW or DENY can be written.
    let untold = plan("SEC-006", |estate| {
        for known in primary(estate).registrations.items_mut() {
            let access = known.workspace_access_properties.get_or_insert_default();
            access.device_type_web.clear();
            access.device_type_linux.clear();
            access.device_type_zero_client.clear();
        }
    });
    assert!(left(&untold).contains("no API call takes the standby's away"), "{}", left(&untold));
    // The standby has no role, and none can be taken away once it is there.
    let role = plan("SEC-016", |estate| {
        for known in standby(estate).registrations.items_mut() {
            known.workspace_creation_properties.get_or_insert_default().instance_iam_role_arn.clear();
        }
    });
    let set = role.changes.iter().find(|change| !change.is_manual()).expect("a role to set");
    assert!(matches!(&set.inverse, Inverse::None { why } if why.contains("absent again")), "{:?}", set.inverse);
    assert!(set.risk >= Risk::Review);
}

#[test]
fn saml_and_what_rests_on_it_is_never_switched() {
    for rule in ["SEC-008", "SEC-009", "SEC-019"] {
        assert!(matches!(way(rule), Some(Way::People(_))), "{rule}");
        assert_eq!(calls(&plan(rule, |_| {})), Vec::<&str>::new(), "{rule}");
    }
}

#[test]
fn no_alias_is_made_of_a_slip() {
    let made = plan("ALS-001", |_| {});
    let create = &made.changes[place(&made, "CreateConnectionAlias")];
    assert!(matches!(&create.inverse, Inverse::None { why } if why.contains("for ever")), "{:?}", create.inverse);
    let slip = plan("ALS-001", |estate| {
        let alias = estate.settings.pairs[0].alias.clone();
        let mut near = primary(estate).aliases.items()[0].clone();
        (near.alias_id, near.connection_string) = ("wsca-0000000ff".to_owned(), alias.replacen('e', "a", 1));
        near.associations.clear();
        standby(estate).aliases.items_mut().push(near);
    });
    assert!(!calls(&slip).contains(&"CreateConnectionAlias"), "{:?}", calls(&slip));
    assert!(left(&slip).contains("a connection string is reserved for ever"), "{}", left(&slip));
}

#[test]
fn an_alias_of_another_account_is_made_by_that_account() {
    let plan = plan("ALS-001", |estate| {
        let owner = "999988887777".to_owned();
        primary(estate).aliases.items_mut().iter_mut().for_each(|alias| alias.owner_account_id.clone_from(&owner));
    });
    assert!(!calls(&plan).contains(&"CreateConnectionAlias"), "{:?}", calls(&plan));
    let manual = plan.changes.iter().find(|change| change.is_manual()).expect("it is for people");
    let told = serde_json::to_string(manual).expect("JSON");
    assert!(told.contains("belongs to account 999988887777 for ever"), "{told}");
    assert!(told.contains("update-connection-alias-permission"), "{told}");
}

#[test]
fn an_association_comes_after_its_alias_and_its_identifier_is_new() {
    let plan = plan("ALS-001", |_| {});
    let (create, associate) = (place(&plan, "CreateConnectionAlias"), place(&plan, "AssociateConnectionAlias"));
    assert!(create < associate && plan.changes[associate].after.contains(&plan.changes[create].id));
    let inverse = &plan.changes[associate].inverse;
    assert!(matches!(inverse, Inverse::Partial { loses, .. } if loses.contains("another connection identifier")));
    // A registration that is made anew has lost the association too.
    let registered = self::plan("DIR-003", |_| {});
    assert!(notes(&registered).contains("associated anew, the alias has another identifier"), "{}", notes(&registered));
}

#[test]
fn a_record_is_swapped_and_never_upserted() {
    for rule in ["DNS-002", "DNS-004", "DNS-005"] {
        let plan = plan(rule, |_| {});
        let swap = &plan.changes[place(&plan, "ChangeResourceRecordSets")];
        let batch = swap.calls()[0].input["ChangeBatch"]["Changes"].as_array().expect("changes").clone();
        let actions: Vec<&str> = batch.iter().filter_map(|change| change["Action"].as_str()).collect();
        assert_eq!(actions, ["DELETE", "CREATE"], "{rule}");
        for value in
            batch.iter().flat_map(|change| change["ResourceRecordSet"]["ResourceRecords"].as_array().expect("values"))
        {
            let text = value["Value"].as_str().expect("a text");
            assert!(text.starts_with('"') && text.ends_with('"'), "{rule}: {text} has no quotes");
        }
        assert!(!serde_json::to_string(&plan).expect("JSON").contains("UPSERT"), "{rule}");
        assert_eq!(swap.risk, Risk::Disruptive, "{rule}");
    }
}

#[test]
fn a_record_of_a_traffic_policy_or_of_other_routing_is_left() {
    type Spoil = fn(&mut deskpair_rules::model::route53::RecordSet);
    let spoils: [Spoil; 2] = [
        |set| "policy-1".clone_into(&mut set.traffic_policy_instance_id),
        |set| (set.set_identifier, set.weight) = ("blue".to_owned(), Some(10)),
    ];
    for spoil in spoils {
        let plan = plan("DNS-002", |estate| {
            for book in &mut estate.zones {
                for set in book.record_sets.values_mut().flat_map(|list| list.items_mut()) {
                    if set.r#type == "TXT" {
                        spoil(set);
                    }
                }
            }
        });
        assert!(!calls(&plan).contains(&"ChangeResourceRecordSets"), "{:?}", calls(&plan));
    }
}

#[test]
fn standby_workspaces_are_made_in_the_standby_region_where_there_can_be_some() {
    let lacking = |estate: &mut Estate| standby(estate).workspaces.items_mut().clear();
    let plan = plan("WSP-001", lacking);
    let made: Vec<&Change> = plan
        .changes
        .iter()
        .filter(|change| change.calls().iter().any(|call| call.operation == "CreateStandbyWorkspaces"))
        .collect();
    assert!(!made.is_empty(), "{:?}\n{}", calls(&plan), left(&plan));
    for change in made {
        assert_eq!((change.place.part, change.place.region.as_str()), (Part::Standby, "us-west-2"));
        assert_eq!(change.calls()[0].input["PrimaryRegion"], "us-east-1");
        assert!(change.calls()[0].input["StandbyWorkspaces"][0]["VolumeEncryptionKey"].is_string());
    }
    // Not every Region has them, nor may a desktop that is not encrypted be one.
    let elsewhere = self::plan("WSP-001", |estate| {
        lacking(estate);
        in_region(estate, "eu-west-2");
    });
    assert!(!calls(&elsewhere).contains(&"CreateStandbyWorkspaces"), "{:?}", calls(&elsewhere));
}

#[test]
fn replication_costs_and_has_no_simple_ad() {
    // Nothing is replicated, and everything has to be.
    let off = |estate: &mut Estate| {
        let required = estate.settings.rules.entry("WSP-009".to_owned()).or_default();
        required.options.insert("required".to_owned(), true.into());
        for side in &mut estate.sides {
            for row in side.workspaces.items().to_vec() {
                let Some(extra) = side.extras.of_mut(&row) else { continue };
                let settings = extra.data_replication_settings.iter_mut().map(|told| &mut told.data_replication);
                let each = extra.standby_workspaces_properties.iter_mut().map(|told| &mut told.data_replication);
                settings.chain(each).for_each(|told| "NO_REPLICATION".clone_into(told));
            }
        }
    };
    let switched = plan("WSP-009", off);
    let on = &switched.changes[place(&switched, "ModifyWorkspaceProperties")];
    assert!(on.cost.is_some() && on.place.part == Part::Primary);
    let simple = plan("WSP-009", |estate| {
        off(estate);
        for known in primary(estate).registrations.items_mut() {
            "SIMPLE_AD".clone_into(&mut known.directory_type);
        }
    });
    assert!(!calls(&simple).contains(&"ModifyWorkspaceProperties"), "{:?}", calls(&simple));
    assert!(left(&simple).contains("Simple AD"), "{}", left(&simple));
}

#[test]
fn a_directory_is_registered_only_where_it_can_be() {
    let registered = plan("DIR-003", |_| {});
    assert_eq!(calls(&registered)[0], "RegisterWorkspaceDirectory");
    assert!(notes(&registered).contains("workspaces_DefaultRole"), "{}", notes(&registered));
    let impaired = plan("DIR-003", |estate| {
        standby(estate).directories.items_mut().iter_mut().for_each(|known| "Impaired".clone_into(&mut known.stage));
    });
    assert!(calls(&impaired).is_empty() && left(&impaired).contains("not Active"), "{}", left(&impaired));
    // `wsd-…` directories are WorkSpaces' own: Directory Service does not know them.
    let unlisted = plan("DIR-003", |estate| standby(estate).directories.items_mut().clear());
    assert!(calls(&unlisted).is_empty(), "{:?}", calls(&unlisted));
    assert_eq!(deskpair::remediate::operations::find("workspaces", "DeregisterWorkspaceDirectory"), None);
}

#[test]
fn what_needs_a_password_or_another_side_is_put_in_a_persons_hands() {
    for rule in ["DIR-001", "DIR-005", "DIR-009", "DIR-010"] {
        let plan = plan(rule, |_| {});
        assert!(calls(&plan).is_empty(), "{rule}: {:?}", calls(&plan));
        assert!(plan.changes.iter().any(Change::is_manual), "{rule}: {}", left(&plan));
    }
    for operation in ["ConnectDirectory", "AddRegion", "CreateTrust", "DeleteDirectory"] {
        assert_eq!(deskpair::remediate::operations::find("ds", operation), None, "{operation}");
    }
}

#[test]
fn a_quota_is_asked_for_and_nothing_takes_that_back() {
    let plan = plan("QTA-001", |_| {});
    let ask = &plan.changes[place(&plan, "RequestServiceQuotaIncrease")];
    assert_eq!(ask.risk, Risk::Review);
    assert!(matches!(ask.inverse, Inverse::None { .. }));
    let fixed = self::plan("QTA-001", |estate| {
        standby(estate).quotas.items_mut().iter_mut().for_each(|quota| quota.adjustable = Some(false));
    });
    assert!(calls(&fixed).is_empty(), "{:?}", calls(&fixed));
}

#[test]
fn only_calls_that_aws_takes_several_of_go_out_together() {
    use deskpair::remediate::operations::batch;
    for name in ["CreateWorkspaces", "CreateStandbyWorkspaces", "TerminateWorkspaces"] {
        assert_eq!(batch(name).map(|(_, most)| most), Some(25), "{name}");
    }
    assert_eq!(batch("CopyBackup"), None, "five may be under way at once: they go one after the other");
}

#[test]
fn a_hosted_zones_recovery_takes_hours() {
    let plan = plan("DNS-011", |_| {});
    assert!(notes(&plan).contains("up to hours"), "{}", notes(&plan));
}
