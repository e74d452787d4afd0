//! Answers that are denied, cut short, throttled or never come: what is lost with them, and what is not.

use super::*;

/// Which lists of a side are cut when an operation is denied.
fn cut_lists(estate: &Estate, side: usize) -> Vec<&'static str> {
    let side = &estate.sides[side];
    let cut = |gap: Option<GapId>| gap.is_some_and(|gap| gap != Estate::NOT_COLLECTED);
    let lists = [
        ("account", side.account.as_ref().err().copied()),
        ("directories", side.directories.gap()),
        ("registrations", side.registrations.gap()),
        ("client_properties", side.client_properties.gap()),
        ("account_settings", side.account_settings.gap()),
        ("add_ins", side.add_ins.values().find_map(Slice::gap)),
        ("client_authentications", side.client_authentications.values().find_map(Slice::gap)),
        ("ldaps_settings", side.ldaps_settings.values().find_map(Slice::gap)),
        ("certificates", side.certificates.values().find_map(Slice::gap)),
        ("images", side.images.gap()),
        ("image_permissions", side.image_permissions.values().find_map(Slice::gap)),
        ("image_applications", side.image_applications.values().find_map(Slice::gap)),
        ("bundles", side.bundles.gap()),
        ("amazon_bundles", side.amazon_bundles.gap()),
        ("bundle_applications", side.bundle_applications.values().find_map(Slice::gap)),
        ("applications", side.applications.gap()),
        ("ip_groups", side.ip_groups.gap()),
        ("branding", side.branding.values().find_map(Slice::gap)),
        ("aliases", side.aliases.gap()),
        ("alias_permissions", side.alias_permissions.values().find_map(Slice::gap)),
        ("workspaces", side.workspaces.gap()),
        ("connections", side.connections.gap()),
        ("resource_tags", side.resource_tags.gap()),
        ("desktop_tags", side.desktop_tags.gap()),
        ("security_groups", side.security_groups.gap()),
        ("vpc_endpoints", side.vpc_endpoints.gap()),
        ("vpcs", side.vpcs.gap()),
        ("subnets", side.subnets.gap()),
        ("route_tables", side.route_tables.gap()),
        ("dhcp_options", side.dhcp_options.gap()),
        ("network_interfaces", side.network_interfaces.gap()),
        ("file_systems", side.file_systems.gap()),
        ("volumes", side.volumes.gap()),
        ("snapshots", side.snapshots.gap()),
        ("storage_machines", side.storage_machines.gap()),
        ("backups", side.backups.gap()),
        ("sync_tasks", side.sync_tasks.gap()),
        ("sync_locations", side.sync_locations.gap()),
        ("sync_executions", side.sync_executions.values().find_map(Slice::gap)),
        ("quotas", side.quotas.gap()),
        ("default_quotas", side.default_quotas.gap()),
        ("keys", side.keys.values().find_map(Slice::gap)),
    ];
    lists.into_iter().filter(|(_, gap)| cut(*gap)).map(|(name, _)| name).collect()
}

#[tokio::test]
async fn a_denied_operation_costs_what_rests_on_it_and_nothing_else() {
    for (operation, lists) in [
        ("GetCallerIdentity", &["account"][..]),
        ("DescribeDirectories", &["directories", "subnets", "route_tables", "dhcp_options"]),
        (
            "DescribeWorkspaceDirectories",
            &[
                "registrations",
                "client_properties",
                "security_groups",
                "vpc_endpoints",
                "subnets",
                "route_tables",
                "dhcp_options",
                "network_interfaces",
            ],
        ),
        ("DescribeAccount", &["account_settings"]),
        ("DescribeConnectClientAddIns", &["add_ins"]),
        ("DescribeClientAuthenticationSettings", &["client_authentications"]),
        ("DescribeLDAPSSettings", &["ldaps_settings"]),
        ("ListCertificates", &["certificates"]),
        ("DescribeWorkspaceImagePermissions", &["image_permissions"]),
        ("DescribeImageAssociations", &["image_applications"]),
        ("DescribeBundleAssociations", &["bundle_applications"]),
        ("DescribeApplications", &["applications"]),
        ("DescribeSecurityGroups", &["security_groups"]),
        ("DescribeVpcs", &["vpcs", "dhcp_options"]),
        ("DescribeSubnets", &["subnets", "route_tables", "dhcp_options"]),
        ("DescribeRouteTables", &["route_tables"]),
        ("DescribeDhcpOptions", &["dhcp_options"]),
        ("DescribeNetworkInterfaces", &["network_interfaces"]),
        ("DescribeClientProperties", &["client_properties"]),
        ("DescribeWorkspaceImages", &["images"]),
        ("DescribeWorkspaceBundles", &["bundles", "amazon_bundles"]),
        ("DescribeIpGroups", &["ip_groups"]),
        ("DescribeClientBranding", &["branding"]),
        ("DescribeConnectionAliases", &["aliases"]),
        ("DescribeConnectionAliasPermissions", &["alias_permissions"]),
        ("DescribeWorkspaces", &["workspaces", "connections"]),
        ("DescribeWorkspacesConnectionStatus", &["connections"]),
        ("GetResources", &["resource_tags", "desktop_tags"]),
        ("DescribeFileSystems", &["file_systems", "volumes", "storage_machines"]),
        ("DescribeVolumes", &["volumes"]),
        ("DescribeStorageVirtualMachines", &["storage_machines"]),
        ("DescribeBackups", &["backups"]),
        ("ListTasks", &["sync_tasks"]),
        ("DescribeTask", &["sync_tasks"]),
        ("ListLocations", &["sync_locations"]),
        ("ListTaskExecutions", &["sync_executions"]),
        ("DescribeTaskExecution", &["sync_executions"]),
        ("ListServiceQuotas", &["quotas", "default_quotas"]),
        ("ListAWSDefaultServiceQuotas", &["default_quotas"]),
        ("DescribeKey", &["keys"]),
    ] {
        let answers = move |asked: &Asked| {
            if asked.operation == operation { Reply::Error(400, "AccessDeniedException") } else { answer(asked) }
        };
        let (estate, _server) = collected(&settings(), &everything(), Arc::new(answers)).await;
        assert_eq!(cut_lists(&estate, 1), lists, "{operation}");
        for gap in &estate.gaps[1..] {
            assert_eq!((gap.cause, gap.operation.as_str()), (GapCause::Denied, operation));
            assert!(gap.iam_action.ends_with(&format!(":{operation}")), "{gap:?}");
        }
        assert_eq!(estate.calls.retried, 0, "{operation}: a refusal is not repeated");
    }
}

#[tokio::test]
async fn a_page_that_fails_keeps_what_was_read() {
    let answers = |asked: &Asked| match (asked.operation.as_str(), asked.member("NextToken").as_str()) {
        ("DescribeWorkspaces", "1") => Reply::Error(500, "InternalServerException"),
        (_, _) => answer(asked),
    };
    let (estate, server) = collected(&settings(), &BTreeSet::from([Dataset::Workspaces]), Arc::new(answers)).await;
    let desktops = &estate.sides[0].workspaces;
    assert_eq!(desktops.items().len(), 25);
    let gap = estate.gap_of(desktops.gap().expect("a gap"));
    assert_eq!(gap.cause, GapCause::Failed);
    assert_eq!(gap.message, "InternalServerException: said InternalServerException");
    assert_eq!(server.counts()[&(PRIMARY.to_owned(), "workspaces:DescribeWorkspaces".to_owned())], 4);
    assert_eq!(estate.calls.retried, 2);
    assert!(estate.sides[1].workspaces.whole().is_ok());
}

#[tokio::test]
async fn answers_cut_short_dropped_and_throttled_are_asked_for_again() {
    let failed = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let answers = move |asked: &Asked| {
        let first = failed.lock().expect("no panic").insert(asked.clone());
        match asked.operation.as_str() {
            "DescribeIpGroups" if first => match answer(asked) {
                Reply::Ok(body) => Reply::Cut(body),
                other => other,
            },
            "DescribeWorkspaceImages" if first => Reply::Drop,
            "DescribeWorkspaceBundles" if first => Reply::Error(400, "ThrottlingException"),
            _ => answer(asked),
        }
    };
    let wanted = BTreeSet::from([Dataset::IpGroups, Dataset::Images, Dataset::Bundles]);
    let (estate, _server) = collected(&settings(), &wanted, Arc::new(answers)).await;
    assert_eq!(estate.gaps.len(), 1, "{:#?}", estate.gaps);
    assert_eq!((estate.calls.throttled, estate.calls.retried), (4, 8), "two pages of bundles in each Region");
}

#[tokio::test]
async fn answers_that_end_early_without_a_word_are_no_answers() {
    let failed = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let answers = move |asked: &Asked| match answer(asked) {
        Reply::Ok(body) if failed.lock().expect("no panic").insert(asked.clone()) => {
            // What the SDK would take for a shorter list, and for an empty one.
            let end = if body.starts_with('<') { body.rfind("</").expect("an end tag") } else { 0 };
            Reply::Ok(body[..end].to_owned())
        }
        reply => reply,
    };
    let (estate, _server) = collected(&settings(), &everything(), Arc::new(answers)).await;
    let (expected, _server) = collected(&settings(), &everything(), Arc::new(answer)).await;
    assert_eq!(estate.gaps.len(), 1, "{:#?}", estate.gaps);
    assert!(estate.calls.retried > 0);
    assert_eq!((&estate.sides, &estate.zones), (&expected.sides, &expected.zones));
}

#[tokio::test]
async fn a_body_that_stays_cut_is_malformed_and_a_status_left_out_is_partial() {
    let answers = |asked: &Asked| match asked.operation.as_str() {
        "DescribeIpGroups" => Reply::Cut(r#"{"Result":[]}"#.to_owned()),
        "DescribeWorkspacesConnectionStatus" => {
            Reply::Ok(json!({ "WorkspacesConnectionStatus": [{ "WorkspaceId": "ws-0" }] }).to_string())
        }
        "DescribeFileSystems" => Reply::Error(400, "UnknownOperationException"),
        _ => answer(asked),
    };
    let wanted = BTreeSet::from([Dataset::IpGroups, Dataset::Connections, Dataset::FileSystems]);
    let (estate, _server) = collected(&settings(), &wanted, Arc::new(answers)).await;
    let cause = |gap: Option<GapId>| estate.gap_of(gap.expect("a gap")).cause;
    assert_eq!(cause(estate.sides[1].ip_groups.gap()), GapCause::Malformed);
    assert_eq!(cause(estate.sides[1].connections.gap()), GapCause::Partial);
    assert_eq!(estate.sides[1].connections.items().len(), 1);
    assert_eq!(cause(estate.sides[1].file_systems.gap()), GapCause::Unsupported);
}

#[tokio::test]
async fn a_side_that_is_down_leaves_the_other_whole() {
    let answers = |asked: &Asked| if asked.region == PRIMARY { Reply::Drop } else { answer(asked) };
    let (estate, _server) = collected(&settings(), &everything(), Arc::new(answers)).await;
    assert_eq!(cut_lists(&estate, 1), Vec::<&str>::new());
    assert_eq!(cut_lists(&estate, 0).len(), 26);
    assert_eq!(estate.zones[0].account.as_deref(), Ok("111111111111"), "the standby side has the same identity");
    assert!(estate.gaps[1..].iter().all(|gap| gap.cause == GapCause::Unreachable), "{:#?}", estate.gaps);
}
