//! The twin, read by clients that nobody here wrote: boto3 and the AWS CLI.

mod changes;

use crate::support::python;
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use deskpair::twin::Service;
use deskpair::twin::model::facts;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Every operation that the twin serves, `service:Operation` by the name in its signature.
fn served() -> BTreeSet<String> {
    let of = |service: Service| facts(service).operations.keys().map(move |name| format!("{service}:{name}"));
    Service::ALL.into_iter().flat_map(of).collect()
}

/// The twin's name for a service of boto3's and the CLI's.
fn named(service: &str) -> &str {
    match service {
        "resourcegroupstaggingapi" => "tagging",
        "service-quotas" => "servicequotas",
        other => other,
    }
}

#[test]
fn boto3_reads_every_operation_and_every_answer_fits_its_model() {
    let Some(python) = python::program("python") else { return };
    for drift in ["none", "sample"] {
        let sandbox = Sandbox::new();
        let twin = TwinProcess::start(&sandbox, ["--desktops", "120", "--drift", drift, "--time-scale", "100000"]);
        let answer = sandbox.program(&python, [python::script("read_twin.py")]).envs(&twin).run().expect(0);
        let read: BTreeSet<String> = answer
            .out
            .lines()
            .filter_map(|line| line.strip_prefix("ok ")?.split(' ').next()?.split_once(':'))
            .map(|(service, operation)| format!("{}:{operation}", named(service)))
            .collect();
        let unread: Vec<_> = served().difference(&read).cloned().collect();
        assert!(unread.is_empty(), "read_twin.py does not read {unread:?}: {answer}");
    }
}

#[test]
fn the_twin_asks_of_inputs_what_botocores_model_asks() {
    let Some(python) = python::program("python") else { return };
    let sandbox = Sandbox::new();
    let script = python::script("extract_model.py");
    sandbox.program(&python, [script.as_os_str(), "--check".as_ref()]).run().expect(0);
}

/// The AWS CLI on a twin, and what it has called.
struct Cli<'t> {
    aws: PathBuf,
    sandbox: &'t Sandbox,
    twin: &'t TwinProcess,
    called: RefCell<BTreeSet<String>>,
}

impl Cli<'_> {
    /// `aws SERVICE OPERATION …`, its answer; every page of it, as the CLI does by itself.
    fn call(&self, service: &str, operation: &str, arguments: &[&str]) -> Value {
        let mut all = vec![service, operation, "--output", "json"];
        all.extend(arguments);
        let run = self.sandbox.program(&self.aws, &all).envs(self.twin);
        let answer = run.env("AWS_MAX_ATTEMPTS", "2").run().expect(0);
        let name: String = operation
            .split('-')
            .map(|word| match word {
                "ldaps" => "LDAPS".to_owned(),
                "aws" => "AWS".to_owned(),
                word => {
                    let (first, rest) = word.split_at(1);
                    format!("{}{rest}", first.to_uppercase())
                }
            })
            .collect();
        self.called.borrow_mut().insert(format!("{}:{name}", named(service)));
        if answer.out.trim().is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    fn workspaces(&self) {
        let call = |operation, arguments: &[&str]| self.call("workspaces", operation, arguments);
        let desktops = items(&call("describe-workspaces", &[]), "Workspaces");
        assert_eq!(desktops.len(), 60, "every page");
        let distinct: BTreeSet<&str> = desktops.iter().map(|desktop| text(desktop, "WorkspaceId")).collect();
        assert_eq!(distinct.len(), 60, "each desktop once");
        let one = text(&desktops[0], "WorkspaceId");
        let status = items(
            &call("describe-workspaces-connection-status", &["--workspace-ids", one]),
            "WorkspacesConnectionStatus",
        );
        assert_eq!(text(&status[0], "WorkspaceId"), one);
        let tags = items(&call("describe-tags", &["--resource-id", one]), "TagList");
        assert!(!tags.is_empty());
        let directories = items(&call("describe-workspace-directories", &[]), "Directories");
        let directory = text(&directories[0], "DirectoryId");
        assert!(
            !items(&call("describe-client-properties", &["--resource-ids", directory]), "ClientPropertiesList")
                .is_empty()
        );
        assert!(call("describe-client-branding", &["--resource-id", directory]).is_object());
        assert_eq!(text(&call("describe-account", &[]), "DedicatedTenancySupport"), "ENABLED");
        let add_ins = items(&call("describe-connect-client-add-ins", &["--resource-id", directory]), "AddIns");
        assert_eq!(text(&add_ins[0], "ResourceId"), directory);
        let images = items(&call("describe-workspace-images", &[]), "Images");
        let bundles = items(&call("describe-workspace-bundles", &[]), "Bundles");
        let (image, bundle) = (text(&images[0], "ImageId"), text(&bundles[0], "BundleId"));
        let offered = items(&call("describe-workspace-bundles", &["--owner", "AMAZON"]), "Bundles");
        assert!(offered.len() > 25 && offered.iter().all(|bundle| text(bundle, "Owner") == "AMAZON"), "every page");
        let permissions = call("describe-workspace-image-permissions", &["--image-id", image]);
        assert_eq!(text(&permissions, "ImageId"), image);
        let applications = items(&call("describe-applications", &[]), "Applications");
        let application =
            ["describe-image-associations", "--image-id", image, "describe-bundle-associations", "--bundle-id", bundle];
        for [operation, name, id] in application.as_chunks::<3>().0 {
            let brought = call(operation, &[name, id, "--associated-resource-types", "APPLICATION"]);
            for brought in items(&brought, "Associations") {
                let id = text(&brought, "AssociatedResourceId");
                assert!(applications.iter().any(|known| text(known, "ApplicationId") == id), "{id}");
            }
        }
        assert!(!items(&call("describe-ip-groups", &[]), "Result").is_empty());
        let aliases = items(&call("describe-connection-aliases", &[]), "ConnectionAliases");
        call("describe-connection-alias-permissions", &["--alias-id", text(&aliases[0], "AliasId")]);
        let made = call("create-connection-alias", &["--connection-string", "cli-probe.example.com"]);
        let made = text(&made, "AliasId");
        let known = items(&call("describe-connection-aliases", &["--alias-ids", made]), "ConnectionAliases");
        assert_eq!(text(&known[0], "ConnectionString"), "cli-probe.example.com");
        call("delete-connection-alias", &["--alias-id", made]);
    }

    fn files(&self) {
        assert!(!items(&self.call("fsx", "describe-file-systems", &[]), "FileSystems").is_empty());
        let backups = items(&self.call("fsx", "describe-backups", &[]), "Backups");
        let source = text(&backups[0], "BackupId");
        let there = ["--region", "us-west-2", "--source-region", "us-east-1", "--source-backup-id", source];
        let copied = self.call("fsx", "copy-backup", &there);
        assert_eq!(text(&copied["Backup"], "SourceBackupId"), source);
        let copy = ["--region", "us-west-2", "--backup-id", text(&copied["Backup"], "BackupId")];
        assert_eq!(text(&self.call("fsx", "delete-backup", &copy), "Lifecycle"), "DELETED");
        let volumes = items(&self.call("fsx", "describe-volumes", &[]), "Volumes");
        let filter = format!("Name=file-system-id,Values={}", text(&volumes[0], "FileSystemId"));
        let some = items(&self.call("fsx", "describe-volumes", &["--filters", &filter]), "Volumes");
        assert!(!some.is_empty() && some.len() < volumes.len(), "of one file system");
        let snapshots = items(&self.call("fsx", "describe-snapshots", &[]), "Snapshots");
        let of_one = format!("Name=volume-id,Values={}", text(&snapshots[0], "VolumeId"));
        assert!(!items(&self.call("fsx", "describe-snapshots", &["--filters", &of_one]), "Snapshots").is_empty());
        let machines = items(&self.call("fsx", "describe-storage-virtual-machines", &[]), "StorageVirtualMachines");
        assert_eq!(text(&machines[0], "FileSystemId"), text(&volumes[0], "FileSystemId"));
        assert!(!items(&self.call("datasync", "list-locations", &["--region", "us-west-2"]), "Locations").is_empty());
        // A task lives where it was made, which may be either Region.
        let (region, task) = ["us-east-1", "us-west-2"]
            .into_iter()
            .find_map(|region| {
                let tasks = items(&self.call("datasync", "list-tasks", &["--region", region]), "Tasks");
                Some((region, text(tasks.first()?, "TaskArn").to_owned()))
            })
            .expect("a task carries files over");
        let there = |operation, name, arn: &str| self.call("datasync", operation, &["--region", region, name, arn]);
        assert_eq!(text(&there("describe-task", "--task-arn", &task), "TaskArn"), task);
        let hourly = "ScheduleExpression=rate(1 hour),Status=DISABLED";
        self.call("datasync", "update-task", &["--region", region, "--task-arn", &task, "--schedule", hourly]);
        assert_eq!(text(&there("describe-task", "--task-arn", &task)["Schedule"], "Status"), "DISABLED");
        let runs = items(&there("list-task-executions", "--task-arn", &task), "TaskExecutions");
        let run = text(&runs[0], "TaskExecutionArn");
        assert_eq!(text(&there("describe-task-execution", "--task-execution-arn", run), "TaskExecutionArn"), run);
    }

    fn zones(&self) {
        let call = |operation, arguments: &[&str]| self.call("route53", operation, arguments);
        let zones = items(&call("list-hosted-zones", &[]), "HostedZones");
        assert_eq!(items(&call("list-hosted-zones-by-name", &[]), "HostedZones").len(), zones.len());
        let (zone, name) = (text(&zones[0], "Id"), text(&zones[0], "Name"));
        assert_eq!(text(&call("get-hosted-zone", &["--id", zone])["HostedZone"], "Id"), zone);
        let sets = items(&call("list-resource-record-sets", &["--hosted-zone-id", zone]), "ResourceRecordSets");
        assert!(sets.iter().any(|set| text(set, "Type") == "SOA"));
        let checks = items(&call("list-health-checks", &[]), "HealthChecks");
        let check = checks
            .iter()
            .find(|check| text(&check["HealthCheckConfig"], "Type") != "CALCULATED")
            .expect("a health check");
        let of_check = ["--health-check-id", text(check, "Id")];
        assert!(call("get-health-check-status", &of_check).is_object());
        let version = call("get-health-check", &of_check)["HealthCheck"]["HealthCheckVersion"].to_string();
        let moved = [&of_check[..], &["--health-check-version", &version, "--disabled", "--inverted"]].concat();
        let moved = call("update-health-check", &moved);
        assert_eq!(moved["HealthCheck"]["HealthCheckConfig"]["Inverted"], true, "{moved}");
        let batch = format!(
            r#"{{"Changes":[{{"Action":"UPSERT","ResourceRecordSet":{{"Name":"cli-probe.{name}","Type":"TXT","TTL":60,"ResourceRecords":[{{"Value":"\"probe\""}}]}}}}]}}"#
        );
        let change = call("change-resource-record-sets", &["--hosted-zone-id", zone, "--change-batch", &batch]);
        let change = text(&change["ChangeInfo"], "Id");
        assert_eq!(text(&call("get-change", &["--id", change])["ChangeInfo"], "Id"), change);
        call("update-hosted-zone-features", &["--hosted-zone-id", zone, "--no-enable-accelerated-recovery"]);
    }

    fn rest(&self) {
        let directories = items(&self.call("ds", "describe-directories", &[]), "DirectoryDescriptions");
        let id = text(directories.first().expect("a directory"), "DirectoryId");
        for (operation, list) in [
            ("describe-client-authentication-settings", "ClientAuthenticationSettingsInfo"),
            ("describe-ldaps-settings", "LDAPSSettingsInfo"),
            ("list-certificates", "CertificatesInfo"),
        ] {
            items(&self.call("ds", operation, &["--directory-id", id]), list);
        }
        let managed = directories.iter().find(|known| text(known, "Type") == "MicrosoftAD").expect("a managed AD");
        for (operation, list) in [
            ("describe-regions", "RegionsDescription"),
            ("describe-domain-controllers", "DomainControllers"),
            ("describe-trusts", "Trusts"),
        ] {
            let told = items(&self.call("ds", operation, &["--directory-id", text(managed, "DirectoryId")]), list);
            assert_eq!(text(&told[0], "DirectoryId"), text(managed, "DirectoryId"));
        }
        let tagged = self.call(
            "resourcegroupstaggingapi",
            "get-resources",
            &["--resource-type-filters", "workspaces:workspace"],
        );
        assert!(items(&tagged, "ResourceTagMappingList").len() >= 60, "every page");
        let vpcs = items(&self.call("ec2", "describe-vpcs", &[]), "Vpcs");
        let groups = items(&self.call("ec2", "describe-security-groups", &[]), "SecurityGroups");
        let endpoints = items(&self.call("ec2", "describe-vpc-endpoints", &[]), "VpcEndpoints");
        for inside in groups.iter().chain(&endpoints) {
            assert!(vpcs.iter().any(|vpc| text(vpc, "VpcId") == text(inside, "VpcId")), "{inside}");
        }
        for (operation, list) in [
            ("describe-subnets", "Subnets"),
            ("describe-route-tables", "RouteTables"),
            ("describe-dhcp-options", "DhcpOptions"),
            ("describe-network-interfaces", "NetworkInterfaces"),
        ] {
            assert!(!items(&self.call("ec2", operation, &[]), list).is_empty(), "{operation}");
        }
        let of_workspaces = ["--service-code", "workspaces"];
        let quotas = items(&self.call("service-quotas", "list-service-quotas", &of_workspaces), "Quotas");
        assert!(quotas.iter().any(|quota| text(quota, "QuotaCode") == "L-34278094" && quota["Value"].is_f64()));
        let defaults = self.call("service-quotas", "list-aws-default-service-quotas", &of_workspaces);
        assert!(!items(&defaults, "Quotas").is_empty());
        let code = ["--service-code", "workspaces", "--quota-code", "L-34278094"];
        let more = [&code[..], &["--desired-value", "100000"]].concat();
        let asked = self.call("service-quotas", "request-service-quota-increase", &more);
        let history = self.call("service-quotas", "list-requested-service-quota-change-history-by-quota", &code);
        assert_eq!(items(&history, "RequestedQuotas")[0]["Id"], asked["RequestedQuota"]["Id"]);
        let there = ["--region", "us-west-2"];
        let desktops = items(&self.call("workspaces", "describe-workspaces", &there), "Workspaces");
        let key =
            desktops.iter().find_map(|desktop| desktop["VolumeEncryptionKey"].as_str()).expect("an encrypted one");
        let told = self.call("kms", "describe-key", &["--region", "us-west-2", "--key-id", key]);
        assert_eq!(text(&told["KeyMetadata"], "Arn"), key);
        let account = self.call("sts", "get-caller-identity", &[]);
        let account = text(&account, "Account");
        self.identity(account);
        let role = format!("arn:aws:iam::{account}:role/deskpair-scan");
        let assumed = self.call("sts", "assume-role", &["--role-arn", &role, "--role-session-name", "cli"]);
        assert!(!text(&assumed["Credentials"], "SessionToken").is_empty());
    }
}

impl Cli<'_> {
    /// The private CA of standby desktops, and what a declared role may do.
    fn identity(&self, account: &str) {
        let there = ["--region", "us-west-2"];
        let registered = items(&self.call("workspaces", "describe-workspace-directories", &there), "Directories");
        let arn = text(&registered[0]["CertificateBasedAuthProperties"], "CertificateAuthorityArn");
        let asked = ["--region", "us-west-2", "--certificate-authority-arn", arn];
        let authority = self.call("acm-pca", "describe-certificate-authority", &asked);
        assert_eq!(text(&authority["CertificateAuthority"], "Arn"), arn);
        let role = format!("arn:aws:iam::{account}:role/NorhavenFailover");
        let asked = ["--policy-source-arn", &role, "--resource-arns", "*", "--action-names"];
        let actions = ["workspaces:DescribeWorkspaces", "workspaces:DescribeConnectionAliases"];
        let told = self.call("iam", "simulate-principal-policy", &[&asked[..], &actions[..]].concat());
        let decisions = items(&told, "EvaluationResults");
        assert_eq!(decisions.len(), 2);
        assert!(decisions.iter().all(|one| text(one, "EvalDecision") == "allowed"), "{told}");
    }
}

/// The items of a member.
#[track_caller]
fn items(answer: &Value, member: &str) -> Vec<Value> {
    answer[member].as_array().unwrap_or_else(|| panic!("no {member} in {answer}")).clone()
}

/// A member's text.
#[track_caller]
fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}"))
}

/// Runs a part of the CLI's calls on a twin of its own.
fn cli(part: impl Fn(&Cli<'_>)) -> Option<BTreeSet<String>> {
    let aws = python::program("aws")?;
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "60", "--drift", "none", "--time-scale", "100000"]);
    let cli = Cli { aws, sandbox: &sandbox, twin: &twin, called: RefCell::default() };
    part(&cli);
    Some(cli.called.into_inner())
}

/// What the AWS CLI of requirements.txt, whose models are older than boto3's, cannot call: boto3 does.
const LACKED_BY_THE_CLI: [&str; 1] = ["route53:ListResourceRecordSetProtections"];

#[test]
fn the_aws_cli_reads_every_operation() {
    let parts: [fn(&Cli<'_>); 7] = [
        |cli| cli.workspaces(),
        |cli| cli.files(),
        |cli| cli.zones(),
        |cli| cli.rest(),
        |cli| changes::directories(cli),
        |cli| changes::images(cli),
        |cli| changes::desktops(cli),
    ];
    let called = std::thread::scope(|scope| {
        let running: Vec<_> = parts.map(|part| scope.spawn(move || cli(part))).into();
        running.into_iter().map(|part| part.join().expect("a part of the calls fails")).collect::<Option<Vec<_>>>()
    });
    let Some(called) = called else { return };
    let called: BTreeSet<String> = called.into_iter().flatten().collect();
    let unread: Vec<_> =
        served().difference(&called).filter(|name| !LACKED_BY_THE_CLI.contains(&name.as_str())).cloned().collect();
    assert!(unread.is_empty(), "nothing here calls {unread:?}");
}
