//! The collectors against the twin, over sockets: how many calls, what a denied one costs, and what trouble does not change.

use deskpair::collect::access::Access;
use deskpair::collect::calls::Silent;
use deskpair::collect::{Surroundings, collect, datasets};
use deskpair::twin::buckets::Limits;
use deskpair::twin::sample::{ACCOUNT, Drift, SampleOptions, estate};
use deskpair::twin::{Twin, TwinOptions, World, access_key, secret_key};
use deskpair_rules::model::route53::{HealthCheck, RecordProtection, RecordSet};
use deskpair_rules::model::{Dataset, Estate, GapCause, Moment, Slice};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const TAKEN_AT: Moment = Moment::from_secs(1_800_000_000);

fn sample(people: u32) -> Estate {
    let mut estate = estate(&SampleOptions { people, seed: 11, drift: Drift::None, taken_at: TAKEN_AT, pilot: false });
    for dataset in Dataset::ALL {
        for operation in datasets::operations(dataset) {
            estate.settings.limits.services.insert(operation.service.name().to_owned(), None);
        }
    }
    estate.settings.limits.backoff_ms = 1;
    // A check that the alias's record rests on, so that its status is asked for.
    let check = HealthCheck {
        id: "11111111-2222-3333-4444-555555555555".to_owned(),
        caller_reference: "alias".to_owned(),
        health_check_version: Some(1),
        r#type: "HTTPS".to_owned(),
        fully_qualified_domain_name: "health.example.com".to_owned(),
        ..HealthCheck::default()
    };
    for set in estate.zones[0].record_sets.values_mut().flat_map(Slice::items_mut) {
        set.health_check_id.clone_from(&check.id);
    }
    estate.zones[0].health_checks.items_mut().push(check);
    // More texts and protections than a page holds.
    let book = &mut estate.zones[0];
    for (zone, texts) in &mut book.texts {
        let like = texts.items()[0].clone();
        let more = (0..400).map(|at| RecordSet { name: format!("host{at:03}.{}", like.name), ..like.clone() });
        let more: Vec<RecordSet> = more.collect();
        let protections = more.iter().take(301).map(|set| RecordProtection {
            record_name: set.name.clone(),
            record_type: "TXT".to_owned(),
            comment: String::new(),
        });
        book.protections.insert(zone.clone(), Slice::whole_of(protections.collect()));
        texts.items_mut().extend(more);
    }
    estate
}

/// Everything but questions to name servers and dependencies, which are none of AWS's.
fn wanted() -> BTreeSet<Dataset> {
    let asked = [Dataset::Txt, Dataset::Delegation, Dataset::Dnssec, Dataset::Probes];
    Dataset::ALL.into_iter().filter(|dataset| !asked.contains(dataset)).collect()
}

async fn twin(estate: &Estate, limits: Limits, faults: &[String]) -> Twin {
    let faults = faults.iter().map(|fault| fault.parse().expect(fault)).collect();
    let options = TwinOptions { limits, faults, seed: 3, ..TwinOptions::default() };
    Twin::start(World::from_estate(estate), options).await.expect("loopback")
}

async fn collected(twin: &Twin, estate: &Estate, wanted: &BTreeSet<Dataset>) -> Estate {
    let credentials = aws_credential_types::Credentials::from_keys(access_key(ACCOUNT), secret_key(), None);
    let surroundings = Surroundings {
        access: Access::Local { endpoint: twin.endpoint(), credentials },
        deadline: Some(Duration::from_secs(120)),
        progress: Arc::new(Silent),
        clock: || TAKEN_AT,
        seed: 5,
    };
    collect(&estate.settings, wanted, &surroundings).await.expect("a loopback endpoint")
}

fn made(estate: &Estate, region: &str, operation: &str) -> u64 {
    estate.calls.made[ACCOUNT][region].get(operation).copied().unwrap_or_default()
}

/// The pages of a list that is not empty, or the one that says so.
fn pages(items: usize, size: usize) -> u64 {
    items.div_ceil(size).max(1) as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_the_pages_that_must_be_read() {
    let sample = sample(130);
    let twin = twin(&sample, Limits::None, &[]).await;
    let estate = collected(&twin, &sample, &wanted()).await;
    assert_eq!(estate.gaps.len(), 1, "{:#?}", estate.gaps);
    let mut expected_in_all = 0;
    for (at, side) in estate.sides.iter().enumerate() {
        let tagged = side.resource_tags.items().iter().chain(side.desktop_tags.items()).map(|row| row.arn);
        let tagged = tagged.collect::<BTreeSet<_>>().len();
        let executions: usize = side.sync_executions.values().map(|list| list.items().len()).sum();
        // Of standby sides alone.
        let offered = side.amazon_bundles.items().len().div_ceil(25) as u64;
        assert_eq!(offered, if at == estate.pairs[0].standby as usize { 2 } else { 0 });
        let expected = [
            ("sts:GetCallerIdentity", 1),
            ("ds:DescribeDirectories", 1),
            ("ds:DescribeClientAuthenticationSettings", side.client_authentications.len() as u64),
            ("ds:DescribeLDAPSSettings", side.ldaps_settings.len() as u64),
            ("ds:ListCertificates", side.certificates.len() as u64),
            ("ds:DescribeRegions", side.directory_regions.len() as u64),
            ("ds:DescribeDomainControllers", side.domain_controllers.len() as u64),
            ("ds:DescribeTrusts", side.trusts.len() as u64),
            ("acm-pca:DescribeCertificateAuthority", side.certificate_authorities.len() as u64),
            ("workspaces:DescribeWorkspaceDirectories", pages(side.registrations.items().len(), 25)),
            ("workspaces:DescribeClientProperties", pages(side.registrations.items().len(), 25)),
            ("workspaces:DescribeWorkspaceImages", pages(side.images.items().len(), 25)),
            ("workspaces:DescribeWorkspaceBundles", pages(side.bundles.items().len(), 25) + offered),
            ("workspaces:DescribeAccount", 1),
            ("workspaces:DescribeConnectClientAddIns", side.add_ins.len() as u64),
            ("workspaces:DescribeWorkspaceImagePermissions", side.images.items().len() as u64),
            ("workspaces:DescribeImageAssociations", side.images.items().len() as u64),
            ("workspaces:DescribeBundleAssociations", side.bundles.items().len() as u64),
            ("workspaces:DescribeApplications", pages(side.applications.items().len(), 25)),
            ("ec2:DescribeSecurityGroups", 1),
            ("ec2:DescribeVpcEndpoints", 1),
            ("ec2:DescribeVpcs", 1),
            ("ec2:DescribeSubnets", 1),
            ("ec2:DescribeRouteTables", 1),
            ("ec2:DescribeDhcpOptions", 1),
            ("ec2:DescribeNetworkInterfaces", pages(side.network_interfaces.items().len(), 1000)),
            ("workspaces:DescribeIpGroups", pages(side.ip_groups.items().len(), 25)),
            ("workspaces:DescribeConnectionAliases", pages(side.aliases.items().len(), 25)),
            ("workspaces:DescribeClientBranding", side.branding.len() as u64),
            ("workspaces:DescribeConnectionAliasPermissions", side.alias_permissions.len() as u64),
            ("workspaces:DescribeWorkspaces", pages(side.workspaces.items().len(), 25)),
            ("workspaces:DescribeWorkspacesConnectionStatus", side.connections.items().len().div_ceil(25) as u64),
            ("tagging:GetResources", pages(tagged, 100)),
            ("fsx:DescribeFileSystems", pages(side.file_systems.items().len(), 50)),
            ("fsx:DescribeVolumes", pages(side.volumes.items().len(), 50)),
            (
                "fsx:DescribeSnapshots",
                if side.snapshots.gap().is_some() { 0 } else { pages(side.snapshots.items().len(), 50) },
            ),
            ("fsx:DescribeStorageVirtualMachines", pages(side.storage_machines.items().len(), 50)),
            ("fsx:DescribeBackups", pages(side.backups.items().len(), 50)),
            ("datasync:ListTasks", pages(side.sync_tasks.items().len(), 100)),
            ("datasync:DescribeTask", side.sync_tasks.items().len() as u64),
            ("datasync:ListLocations", pages(side.sync_locations.items().len(), 100)),
            ("datasync:ListTaskExecutions", side.sync_executions.len() as u64),
            ("datasync:DescribeTaskExecution", executions as u64),
            ("servicequotas:ListServiceQuotas", u64::from(at == estate.pairs[0].standby as usize)),
            ("servicequotas:ListAWSDefaultServiceQuotas", u64::from(at == estate.pairs[0].standby as usize)),
            ("kms:DescribeKey", side.keys.len() as u64),
        ];
        for (operation, calls) in expected {
            assert_eq!(made(&estate, &side.place.region, operation), calls, "{operation} in {}", side.place.region);
            expected_in_all += calls;
        }
        assert_eq!(side.workspaces.items().len(), sample.sides[at].workspaces.items().len());
    }
    let standby = &estate.sides[estate.pairs[0].standby as usize];
    assert_eq!(standby.connections.items().len(), standby.workspaces.items().len(), "one directory holds them all");
    let book = &estate.zones[0];
    let (record_sets, texts): (usize, usize) = (
        book.record_sets.values().map(|list| list.items().len()).sum(),
        book.texts.values().map(|list| list.items().len()).sum(),
    );
    assert_eq!(texts, sample.zones[0].texts.values().map(|list| list.items().len()).sum::<usize>());
    // The whole zone is one list: its NS and SOA are on its pages too.
    for (operation, calls) in [
        ("route53:ListHostedZones", pages(book.zones.items().len(), 100)),
        ("route53:GetHostedZone", book.details.len() as u64),
        ("route53:ListResourceRecordSets", pages(record_sets + texts + 2, 300)),
        ("route53:ListResourceRecordSetProtections", 2),
        ("route53:ListHealthChecks", pages(book.health_checks.items().len(), 100)),
        ("route53:GetHealthCheckStatus", 1),
        // Of a session, of lists, of a desktop, of the zone, of a change, of lists of Route 53.
        ("iam:SimulatePrincipalPolicy", 6),
    ] {
        assert_eq!(made(&estate, "global", operation), calls, "{operation}");
        expected_in_all += calls;
    }
    assert_eq!(twin.calls().len() as u64, expected_in_all, "every call that was made was expected and counted");
    assert_eq!((estate.calls.throttled, estate.calls.retried), (0, 0));
    twin.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_denied_operation_hides_its_own_datasets_and_no_other() {
    let sample = sample(30);
    let hidden = |estate: &Estate, operation: &str| {
        for gap in &estate.gaps[1..] {
            assert_eq!(gap.cause, GapCause::Denied, "{gap}");
            assert_eq!(format!("{}:{}", gap.service, gap.operation), operation, "{gap}");
            assert!(gap.iam_action.ends_with(&format!(":{}", gap.operation)), "{gap:?}");
            assert!(!gap.message.is_empty());
        }
        estate.gaps.len() - 1
    };
    let operations: BTreeSet<String> = Dataset::ALL
        .into_iter()
        .flat_map(datasets::operations)
        .chain([&datasets::GET_CALLER_IDENTITY])
        .map(ToString::to_string)
        .collect();
    assert_eq!(operations.len(), 53, "{operations:?}");
    for operation in operations {
        let twin = twin(&sample, Limits::None, &[format!("* {operation} AccessDenied")]).await;
        let estate = collected(&twin, &sample, &wanted()).await;
        assert!(hidden(&estate, &operation) > 0, "{operation} was denied and nothing is missing");
        assert_eq!(estate.calls.retried, 0, "{operation}");
        for dataset in Dataset::ALL {
            let rests = datasets::with_needs(&BTreeSet::from([dataset]));
            let asks =
                |dataset: &Dataset| datasets::operations(*dataset).iter().any(|one| one.to_string() == operation);
            if !rests.iter().any(asks) {
                assert_eq!(hides(&estate, dataset), None, "{dataset:?} does not rest on {operation}");
            }
        }
        twin.stop().await;
    }
}

/// What hides a part of a dataset on the standby side.
fn hides(estate: &Estate, dataset: Dataset) -> Option<String> {
    let side = &estate.sides[estate.pairs[0].standby as usize];
    let book = &estate.zones[0];
    let of_primary = &estate.sides[estate.pairs[0].primary as usize];
    let gap = match dataset {
        Dataset::Directories => side.directories.gap(),
        Dataset::Registrations => side.registrations.gap(),
        Dataset::ClientProperties => side.client_properties.gap(),
        Dataset::Images => side.images.gap(),
        Dataset::Bundles => side.bundles.gap(),
        Dataset::IpGroups => side.ip_groups.gap(),
        Dataset::Branding => side.branding.values().find_map(Slice::gap),
        Dataset::Aliases => side.aliases.gap(),
        Dataset::AliasPermissions => side.alias_permissions.values().find_map(Slice::gap),
        Dataset::Workspaces => side.workspaces.gap(),
        Dataset::Connections => side.connections.gap(),
        Dataset::ResourceTags => side.resource_tags.gap(),
        Dataset::DesktopTags => side.desktop_tags.gap(),
        Dataset::PrimaryDesktopTags => estate.sides[estate.pairs[0].primary as usize].desktop_tags.gap(),
        Dataset::FileSystems => side.file_systems.gap(),
        Dataset::Backups => side.backups.gap(),
        Dataset::SyncTasks => side.sync_tasks.gap(),
        Dataset::SyncLocations => side.sync_locations.gap(),
        Dataset::SyncExecutions => side.sync_executions.values().find_map(Slice::gap),
        Dataset::Account => side.account_settings.gap(),
        Dataset::AddIns => side.add_ins.values().find_map(Slice::gap),
        Dataset::ClientAuthentications => side.client_authentications.values().find_map(Slice::gap),
        Dataset::LdapsSettings => side.ldaps_settings.values().find_map(Slice::gap),
        Dataset::Certificates => side.certificates.values().find_map(Slice::gap),
        Dataset::DirectoryRegions => of_primary.directory_regions.values().find_map(Slice::gap),
        Dataset::DomainControllers => side.domain_controllers.values().find_map(Slice::gap),
        Dataset::Trusts => of_primary.trusts.values().find_map(Slice::gap),
        Dataset::CertificateAuthorities => side.certificate_authorities.values().find_map(Slice::gap),
        Dataset::StreamPermissions => side.stream_permissions.values().find_map(Slice::gap),
        Dataset::FailoverPermissions => side.failover_permissions.values().find_map(Slice::gap),
        Dataset::ImagePermissions => side.image_permissions.values().find_map(Slice::gap),
        Dataset::ImageApplications => side.image_applications.values().find_map(Slice::gap),
        Dataset::AmazonBundles => side.amazon_bundles.gap(),
        Dataset::BundleApplications => side.bundle_applications.values().find_map(Slice::gap),
        Dataset::Applications => side.applications.gap(),
        Dataset::Logos => side.logos.gap(),
        Dataset::SecurityGroups => side.security_groups.gap(),
        Dataset::VpcEndpoints => side.vpc_endpoints.gap(),
        Dataset::Vpcs => side.vpcs.gap(),
        Dataset::Subnets => side.subnets.gap(),
        Dataset::RouteTables => side.route_tables.gap(),
        Dataset::DhcpOptions => side.dhcp_options.gap(),
        Dataset::NetworkInterfaces => side.network_interfaces.gap(),
        Dataset::Volumes => side.volumes.gap(),
        Dataset::Snapshots => estate.sides[estate.pairs[0].primary as usize].snapshots.gap(),
        Dataset::StorageMachines => side.storage_machines.gap(),
        Dataset::Quotas => side.quotas.gap(),
        Dataset::DefaultQuotas => side.default_quotas.gap(),
        Dataset::Keys => side.keys.values().find_map(Slice::gap),
        Dataset::Zones => book.zones.gap(),
        Dataset::ZoneDetails => book.details.values().find_map(Slice::gap),
        Dataset::ZoneTexts => book.texts.values().find_map(Slice::gap),
        Dataset::Protections => book.protections.values().find_map(Slice::gap),
        Dataset::RecordSets => book.record_sets.values().find_map(Slice::gap),
        Dataset::HealthChecks => book.health_checks.gap(),
        Dataset::Txt | Dataset::Delegation | Dataset::Dnssec | Dataset::Probes => None,
    };
    gap.map(|gap| estate.gap_of(gap).to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_that_passes_changes_nothing_but_the_number_of_calls() {
    let sample = sample(130);
    let calm = twin(&sample, Limits::None, &[]).await;
    let expected = collected(&calm, &sample, &wanted()).await;
    calm.stop().await;
    for trouble in ["Throttle 30%", "Drop 20%", "Malformed 20%", "Down 20%"] {
        let rough = twin(&sample, Limits::None, &[format!("* * {trouble}")]).await;
        let estate = collected(&rough, &sample, &wanted()).await;
        assert_eq!(estate.gaps.len(), 1, "{trouble}: {:#?}", estate.gaps);
        assert_eq!(estate.zones, expected.zones, "{trouble}");
        for (side, expected) in estate.sides.iter().zip(&expected.sides) {
            assert!(side == expected, "{trouble}: another {}", side.place.region);
        }
        assert!(estate.calls.retried > 0, "{trouble}: no trouble came");
        assert_eq!(estate.calls.throttled > 0, trouble.starts_with("Throttle"), "{trouble}");
        rough.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_services_own_rates_nothing_is_throttled() {
    let mut sample = sample(55);
    sample.settings.limits.services.clear();
    let twin = twin(&sample, Limits::Aws, &[]).await;
    let estate = collected(&twin, &sample, &wanted()).await;
    assert_eq!(estate.gaps.len(), 1, "{:#?}", estate.gaps);
    assert_eq!((estate.calls.throttled, estate.calls.retried), (0, 0));
    twin.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_down_costs_the_other_nothing() {
    let sample = sample(30);
    let twin = twin(&sample, Limits::None, &["us-east-1 * Down".to_owned()]).await;
    let mut impatient = sample.clone();
    impatient.settings.limits.attempts = 2;
    let estate = collected(&twin, &impatient, &wanted()).await;
    // Route 53 is global, but its control plane lives in this very Region (AWS-FACTS §4).
    let regional = |dataset: &Dataset| datasets::operations(*dataset).iter().any(|one| !one.service.is_global());
    let of_the_primary = |dataset: &Dataset| matches!(dataset, Dataset::PrimaryDesktopTags | Dataset::Snapshots);
    for dataset in Dataset::ALL.into_iter().filter(regional).filter(|dataset| !of_the_primary(dataset)) {
        assert_eq!(hides(&estate, dataset), None, "{dataset:?}");
    }
    let primary = &estate.sides[estate.pairs[0].primary as usize];
    assert!(primary.workspaces.whole().is_err() && primary.account.is_err());
    twin.stop().await;
}
