//! What is collected from an estate's twin is the estate.

use super::{fault, serve};
use deskpair::collect::access::Access;
use deskpair::collect::calls::Silent;
use deskpair::collect::{Surroundings, collect};
use deskpair::twin::sample::{ACCOUNT, Drift, SampleOptions, estate};
use deskpair::twin::{Twin, TwinOptions, World, access_key, secret_key};
use deskpair_rules::model::workspace::TagRow;
use deskpair_rules::model::{Dataset, Estate, GapCause, GapId, Moment, Slice, Symbols};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

fn drifted(people: u32) -> Estate {
    let taken_at = Moment::from_secs(1_800_000_000);
    let mut estate = estate(&SampleOptions { people, seed: 7, drift: Drift::Sample, taken_at, pilot: false });
    estate.settings.limits.services = ["workspaces", "route53"].map(|name| (name.to_owned(), None)).into();
    estate.settings.limits.backoff_ms = 1;
    estate.settings.limits.attempt_timeout_ms = 2_000;
    estate.settings.limits.attempts = 1;
    estate
}

async fn collected(twin: &Twin, estate: &Estate) -> Estate {
    let credentials = aws_credential_types::Credentials::from_keys(access_key(ACCOUNT), secret_key(), None);
    let surroundings = Surroundings {
        access: Access::Local { endpoint: twin.endpoint(), credentials },
        deadline: None,
        progress: Arc::new(Silent),
        clock: || Moment::from_secs(1_800_000_000),
        seed: 1,
    };
    let asked = [Dataset::Txt, Dataset::Delegation, Dataset::Dnssec, Dataset::Probes];
    let wanted: BTreeSet<Dataset> = Dataset::ALL.into_iter().filter(|dataset| !asked.contains(dataset)).collect();
    collect(&estate.settings, &wanted, &surroundings).await.unwrap()
}

/// Every list of an estate, in words: texts in the place of numbers, gaps in the place of their ids.
fn told(estate: &Estate) -> Vec<(String, Vec<String>)> {
    let mut out = Vec::new();
    let ends = |gap: Option<GapId>| match gap {
        None => "whole".to_owned(),
        Some(gap) => {
            let mut gap = estate.gap_of(gap).clone();
            // What a client says of an answer that it cannot read, or that does not come, is not the service's words.
            if [GapCause::Malformed, GapCause::Unreachable, GapCause::TimedOut].contains(&gap.cause) {
                gap.message.clear();
            }
            format!("cut: {gap}")
        }
    };
    fn items<T: Debug>(list: &Slice<T>) -> Vec<String> {
        list.items().iter().map(|item| format!("{item:?}")).collect()
    }
    fn tags(list: &Slice<TagRow>, symbols: &Symbols) -> Vec<String> {
        let text = |sym| symbols.text(sym);
        list.items().iter().map(|row| format!("{} {}={}", text(row.arn), text(row.key), text(row.value))).collect()
    }
    for side in &estate.sides {
        let mut put = |name: &str, mut items: Vec<String>, gap: Option<GapId>| {
            items.push(ends(gap));
            out.push((format!("{} {name}", side.place.region), items));
        };
        put("account", vec![side.account.clone().unwrap_or_default()], side.account.as_ref().err().copied());
        put("directories", items(&side.directories), side.directories.gap());
        put("registrations", items(&side.registrations), side.registrations.gap());
        put("client properties", items(&side.client_properties), side.client_properties.gap());
        put("account settings", items(&side.account_settings), side.account_settings.gap());
        put("amazon bundles", items(&side.amazon_bundles), side.amazon_bundles.gap());
        put("applications", items(&side.applications), side.applications.gap());
        put("security groups", items(&side.security_groups), side.security_groups.gap());
        put("endpoints", items(&side.vpc_endpoints), side.vpc_endpoints.gap());
        put("vpcs", items(&side.vpcs), side.vpcs.gap());
        for (id, list) in &side.client_authentications {
            put(&format!("DescribeClientAuthenticationSettings of {id}"), items(list), list.gap());
        }
        for (id, list) in &side.ldaps_settings {
            put(&format!("DescribeLDAPSSettings of {id}"), items(list), list.gap());
        }
        for (id, list) in &side.certificates {
            put(&format!("ListCertificates of {id}"), items(list), list.gap());
        }
        for (id, list) in &side.directory_regions {
            put(&format!("DescribeRegions of {id}"), items(list), list.gap());
        }
        for (id, list) in &side.domain_controllers {
            put(&format!("DescribeDomainControllers of {id}"), items(list), list.gap());
        }
        for (id, list) in &side.trusts {
            put(&format!("DescribeTrusts of {id}"), items(list), list.gap());
        }
        for (arn, list) in &side.certificate_authorities {
            put(&format!("DescribeCertificateAuthority of {arn}"), items(list), list.gap());
        }
        for (role, list) in &side.stream_permissions {
            put(&format!("sessions of {role}"), items(list), list.gap());
        }
        for (role, list) in &side.failover_permissions {
            put(&format!("failovers of {role}"), items(list), list.gap());
        }
        put("subnets", items(&side.subnets), side.subnets.gap());
        put("route tables", items(&side.route_tables), side.route_tables.gap());
        put("dhcp options", items(&side.dhcp_options), side.dhcp_options.gap());
        let interfaces = side.network_interfaces.items().iter().map(|row| {
            let said = [row.subnet, row.groups, row.description].map(|sym| estate.symbols.text(sym));
            format!("{} {said:?}", row.address)
        });
        put("network interfaces", interfaces.collect(), side.network_interfaces.gap());
        for (id, list) in &side.add_ins {
            put(&format!("add-ins of {id}"), items(list), list.gap());
        }
        for (id, list) in &side.image_permissions {
            put(&format!("permissions of {id}"), items(list), list.gap());
        }
        for (id, list) in side.image_applications.iter().chain(&side.bundle_applications) {
            put(&format!("applications of {id}"), items(list), list.gap());
        }
        put("images", items(&side.images), side.images.gap());
        put("bundles", items(&side.bundles), side.bundles.gap());
        put("ip groups", items(&side.ip_groups), side.ip_groups.gap());
        put("aliases", items(&side.aliases), side.aliases.gap());
        for (id, list) in &side.branding {
            put(&format!("branding of {id}"), items(list), list.gap());
        }
        for (id, list) in &side.alias_permissions {
            put(&format!("permissions of {id}"), items(list), list.gap());
        }
        let rows = side.workspaces.items().iter();
        let rows = rows.map(|row| format!("{:?}", row.record(&estate.symbols, &side.extras))).collect();
        put("workspaces", rows, side.workspaces.gap());
        let text = |sym| estate.symbols.text(sym);
        let connections =
            side.connections.items().iter().map(|row| {
                format!("{} {} {:?} {:?}", text(row.workspace), text(row.state), row.checked, row.last_known)
            });
        put("connections", connections.collect(), side.connections.gap());
        put("resource tags", tags(&side.resource_tags, &estate.symbols), side.resource_tags.gap());
        put("desktop tags", tags(&side.desktop_tags, &estate.symbols), side.desktop_tags.gap());
        put("file systems", items(&side.file_systems), side.file_systems.gap());
        put("volumes", items(&side.volumes), side.volumes.gap());
        put("snapshots", items(&side.snapshots), side.snapshots.gap());
        put("storage machines", items(&side.storage_machines), side.storage_machines.gap());
        put("backups", items(&side.backups), side.backups.gap());
        put("tasks", items(&side.sync_tasks), side.sync_tasks.gap());
        put("locations", items(&side.sync_locations), side.sync_locations.gap());
        for (arn, list) in &side.sync_executions {
            put(&format!("executions of {arn}"), items(list), list.gap());
        }
        put("quotas", items(&side.quotas), side.quotas.gap());
        put("quotas by default", items(&side.default_quotas), side.default_quotas.gap());
        for (named, list) in &side.keys {
            put(&format!("key {named}"), items(list), list.gap());
        }
    }
    for book in &estate.zones {
        let mut put = |name: &str, mut items: Vec<String>, gap: Option<GapId>| {
            items.push(ends(gap));
            out.push((name.to_owned(), items));
        };
        put("zones", items(&book.zones), book.zones.gap());
        for (id, list) in &book.details {
            put(&format!("details of {id}"), items(list), list.gap());
        }
        for (id, list) in &book.record_sets {
            put(&format!("record sets of {id}"), items(list), list.gap());
        }
        for (id, list) in &book.texts {
            put(&format!("other texts of {id}"), items(list), list.gap());
        }
        for (id, list) in &book.protections {
            put(&format!("protections of {id}"), items(list), list.gap());
        }
        let mut checks = book.health_checks.clone();
        let sets = || book.record_sets.values().flat_map(|list| list.items());
        for check in checks.items_mut() {
            // Nobody asks what the checkers saw of a check that no record rests on.
            if !sets().any(|set| set.health_check_id == check.id) {
                check.observations.clear();
            }
        }
        put("health checks", items(&checks), checks.gap());
    }
    out
}

/// What no rule reads of one of the sides, and no call is made for.
const ONE_SIDED: [&str; 6] =
    [" amazon bundles", " connections", " resource tags", " snapshots", " quotas", " quotas by default"];

/// All that was collected is as it was.
fn assert_same(found: &Estate, wanted: &Estate) {
    let (found, mut wanted) = (told(found), told(wanted));
    for ((name, found), (_, wanted)) in found.iter().zip(&mut wanted) {
        let spared = ONE_SIDED.iter().any(|list| name.ends_with(list));
        if spared && found.len() == 1 && found[0].contains("was not collected") {
            wanted.clone_from(found);
        }
    }
    let names = |told: &[(String, Vec<String>)]| told.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&found), names(&wanted));
    for ((name, found), (_, wanted)) in found.iter().zip(&wanted) {
        for (at, (found, wanted)) in found.iter().zip(wanted).enumerate() {
            assert_eq!(found, wanted, "{name}, item {at}");
        }
        assert_eq!(found.len(), wanted.len(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collected_estate_is_collected_again_from_its_twin() {
    let sample = drifted(120);
    let twin = serve(World::from_estate(&sample), TwinOptions::default()).await;
    let first = collected(&twin, &sample).await;
    assert_same(&first, &sample);
    assert_eq!(first.gaps.len(), 1, "{:?}", first.gaps);
    twin.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_is_one_with_a_pilot_alias() {
    let taken_at = Moment::from_secs(1_800_000_000);
    let mut sample = estate(&SampleOptions { people: 40, seed: 7, drift: Drift::None, taken_at, pilot: true });
    sample.settings.limits.services = ["workspaces", "route53"].map(|name| (name.to_owned(), None)).into();
    let twin = serve(World::from_estate(&sample), TwinOptions::default()).await;
    let found = collected(&twin, &sample).await;
    assert_same(&found, &sample);
    assert_eq!(found.settings.pairs[0].drill_alias, sample.settings.pairs[0].drill_alias);
    twin.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_are_its_gaps() {
    let sample = drifted(120);
    let options = TwinOptions {
        faults: [
            "us-east-1 workspaces:DescribeWorkspaces Throttle#3..",
            "us-east-1 workspaces:DescribeIpGroups AccessDenied",
            "us-west-2 workspaces:DescribeClientBranding AccessDenied",
            "us-west-2 workspaces:DescribeConnectionAliasPermissions AccessDenied",
            "us-west-2 workspaces:DescribeWorkspaceBundles Down",
            "us-east-1 workspaces:DescribeAccount AccessDenied",
            "us-west-2 workspaces:DescribeConnectClientAddIns Throttle",
            "eu-west-1 workspaces:DescribeWorkspaceImagePermissions AccessDenied#2..",
            "us-east-1 workspaces:DescribeImageAssociations AccessDenied",
            "us-east-1 workspaces:DescribeBundleAssociations Drop",
            "us-west-2 workspaces:DescribeApplications Malformed",
            "us-east-1 ec2:DescribeSecurityGroups AccessDenied",
            "us-west-2 ec2:DescribeVpcEndpoints Down",
            "us-west-2 ec2:DescribeVpcs Drop",
            "us-east-1 ec2:DescribeSubnets Throttle",
            "us-west-2 ec2:DescribeRouteTables AccessDenied",
            "eu-west-1 ec2:DescribeDhcpOptions Malformed",
            "us-west-2 ec2:DescribeNetworkInterfaces AccessDenied",
            "us-west-2 datasync:DescribeTask AccessDenied",
            "us-west-2 kms:DescribeKey AccessDenied",
            "eu-central-1 servicequotas:ListServiceQuotas Throttle",
            "us-west-2 servicequotas:ListAWSDefaultServiceQuotas AccessDenied",
            "us-east-1 ds:DescribeDirectories HangBefore",
            "us-west-2 fsx:DescribeBackups Drop",
            "us-west-2 fsx:DescribeVolumes AccessDenied",
            "us-west-2 fsx:DescribeStorageVirtualMachines Throttle",
            "us-east-1 fsx:DescribeFileSystems Malformed",
            "us-west-2 tagging:GetResources AccessDenied",
            "global route53:ListResourceRecordSets AccessDenied",
            "global route53:GetHostedZone AccessDenied",
            "global route53:ListResourceRecordSetProtections Malformed",
            "global route53:ListHealthChecks Throttle",
        ]
        .map(fault)
        .into(),
        ..TwinOptions::default()
    };
    let twin = serve(World::from_estate(&sample), options).await;
    let first = collected(&twin, &sample).await;
    let causes: BTreeSet<GapCause> = first.gaps.iter().map(|gap| gap.cause).collect();
    for cause in [
        GapCause::Denied,
        GapCause::Throttled,
        GapCause::Failed,
        GapCause::TimedOut,
        GapCause::Unreachable,
        GapCause::Malformed,
    ] {
        assert!(causes.contains(&cause), "{cause:?} is not among {causes:?}");
    }
    twin.stop().await;
    let twin = serve(World::from_estate(&first), TwinOptions::default()).await;
    let second = collected(&twin, &first).await;
    assert_same(&second, &first);
    twin.stop().await;
}
