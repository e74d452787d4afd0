"""Reads every operation of a running twin with boto3 and holds each answer against botocore's service model.

botocore parses leniently: what the model does not know is dropped, and nothing is checked. So the raw parsed answer is walked beside
the output shape here: required members, enums, patterns, lengths, ranges; and for the JSON protocols no member that the model lacks.

Usage: read_twin.py            (endpoint and credentials from the environment that `deskpair twin` prints)
Prints one line an operation, `ok SERVICE:Operation ANSWERS`, and ends with 1 where something was wrong.
"""

import json
import os
import re
import sys

import boto3
import botocore.config
import botocore.exceptions

PRIMARY, STANDBY = os.environ.get("DESKPAIR_REGIONS", "us-east-1 us-west-2").split()
CONFIG = botocore.config.Config(retries={"total_max_attempts": 8, "mode": "standard"})
problems = []
answers = {}


def client(service, region=PRIMARY):
    made = boto3.client(service, region_name=region, config=CONFIG)

    def keep(http_response, parsed, model, **_):
        if http_response.status_code >= 300:
            return
        name = f"{service}:{model.name}"
        answers[name] = answers.get(name, 0) + 1
        if model.output_shape is not None:
            value = {key: item for key, item in parsed.items() if key != "ResponseMetadata"}
            walk(name, model.output_shape, value)
            if model.service_model.metadata["protocol"] == "json" and http_response.content:
                members(name, model.output_shape, json.loads(http_response.content))

    made.meta.events.register("after-call.*", keep)
    return made


def problem(where, what):
    if len(problems) < 200:
        problems.append(f"{where}: {what}")


def walk(where, shape, value):
    """The value's form, by the shape."""
    kind = shape.type_name
    if kind == "structure":
        for required in shape.required_members:
            if required not in value:
                problem(where, f"required member {required} is missing")
        for name, item in value.items():
            if name in shape.members:
                walk(f"{where}.{name}", shape.members[name], item)
    elif kind == "list":
        length(where, shape, len(value))
        for at, item in enumerate(value):
            walk(f"{where}[{at}]", shape.member, item)
    elif kind == "map":
        for name, item in value.items():
            walk(f"{where}.{name}", shape.key, name)
            walk(f"{where}.{name}", shape.value, item)
    elif kind == "string":
        length(where, shape, len(value))
        if shape.enum and value not in shape.enum:
            problem(where, f"{value!r} is none of {shape.enum}")
        pattern = shape.metadata.get("pattern")
        if pattern and not matches(pattern, value):
            problem(where, f"{value!r} does not match {pattern}")
    elif kind in ("integer", "long", "float", "double"):
        for bound, wrong in (("min", lambda low: value < low), ("max", lambda high: value > high)):
            if bound in shape.metadata and wrong(shape.metadata[bound]):
                problem(where, f"{value} passes {bound} {shape.metadata[bound]}")


def matches(pattern, value):
    """Whether the pattern describes the whole value. The models write Java's patterns."""
    pattern = pattern.replace(r"\p{ASCII}", r"\x00-\x7f").replace(r"\p{Alnum}", "a-zA-Z0-9")
    try:
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    except re.error:
        return True


def length(where, shape, size):
    for bound, wrong in (("min", lambda low: size < low), ("max", lambda high: size > high)):
        # An empty list under a list's minimum is how AWS answers "none".
        if bound in shape.metadata and wrong(shape.metadata[bound]) and not (bound == "min" and shape.type_name == "list"):
            problem(where, f"length {size} passes {bound} {shape.metadata[bound]}")


def members(where, shape, raw):
    """No member that the model lacks, which the parser would drop in silence."""
    if raw is None:
        return
    if shape.type_name == "structure":
        for name, item in raw.items():
            if name not in shape.members:
                problem(where, f"the model has no member {name}")
            else:
                members(f"{where}.{name}", shape.members[name], item)
    elif shape.type_name == "list":
        for at, item in enumerate(raw):
            members(f"{where}[{at}]", shape.member, item)
    elif shape.type_name == "map":
        for name, item in raw.items():
            members(f"{where}.{name}", shape.value, item)


def every(call, result, token="NextToken", **arguments):
    """All items of a listing, page by page."""
    items, seen = [], set()
    while True:
        page = call(**arguments)
        items += page.get(result, [])
        following = page.get(token)
        if not following:
            return items
        if following in seen:
            problem(str(result), "a token came twice")
            return items
        seen.add(following)
        arguments["NextToken"] = following


def refused(name, code, call, **arguments):
    """The call is refused with this error code."""
    try:
        call(**arguments)
        problem(name, f"was answered, and AWS refuses it with {code}")
    except botocore.exceptions.ClientError as error:
        got = error.response["Error"]["Code"]
        if got != code:
            problem(name, f"was refused with {got}, and AWS says {code}: {error}")
        else:
            answers[f"{name} refused"] = 1


def read_workspaces(region):
    workspaces = client("workspaces", region)
    directories = every(workspaces.describe_workspace_directories, "Directories")
    ids = [directory["DirectoryId"] for directory in directories]
    for at in range(0, len(ids), 25):
        workspaces.describe_client_properties(ResourceIds=ids[at : at + 25])
    for directory in ids:
        workspaces.describe_client_branding(ResourceId=directory)
        every(workspaces.describe_connect_client_add_ins, "AddIns", ResourceId=directory)
    workspaces.describe_account()
    images = every(workspaces.describe_workspace_images, "Images")
    bundles = every(workspaces.describe_workspace_bundles, "Bundles")
    offered = every(workspaces.describe_workspace_bundles, "Bundles", Owner="AMAZON")
    if offered:
        found = workspaces.describe_workspace_bundles(BundleIds=[offered[0]["BundleId"]])["Bundles"]
        if found != offered[:1]:
            problem("workspaces:DescribeWorkspaceBundles", f"by id {found}")
    applications = {one["ApplicationId"] for one in every(workspaces.describe_applications, "Applications")}
    kind = ["APPLICATION"]
    used = {bundle.get("ImageId") for bundle in bundles}
    for image in (image["ImageId"] for image in images if image["ImageId"] in used):
        every(workspaces.describe_workspace_image_permissions, "ImagePermissions", ImageId=image)
        brought = workspaces.describe_image_associations(ImageId=image, AssociatedResourceTypes=kind)["Associations"]
        if not applications.issuperset(one["AssociatedResourceId"] for one in brought):
            problem("workspaces:DescribeImageAssociations", f"{image} brings what is no application")
    for bundle in bundles:
        workspaces.describe_bundle_associations(BundleId=bundle["BundleId"], AssociatedResourceTypes=kind)
    every(workspaces.describe_ip_groups, "Result")
    aliases = every(workspaces.describe_connection_aliases, "ConnectionAliases")
    for alias in aliases:
        every(workspaces.describe_connection_alias_permissions, "ConnectionAliasPermissions", AliasId=alias["AliasId"])
    desktops = every(workspaces.describe_workspaces, "Workspaces")
    some = [desktop["WorkspaceId"] for desktop in desktops[:25]]
    if some:
        every(workspaces.describe_workspaces_connection_status, "WorkspacesConnectionStatus", WorkspaceIds=some)
        workspaces.describe_workspaces(WorkspaceIds=some)
        workspaces.describe_tags(ResourceId=some[0])
    by_directory = sum(len(every(workspaces.describe_workspaces, "Workspaces", DirectoryId=one)) for one in ids)
    if by_directory != len(desktops):
        problem("workspaces:DescribeWorkspaces", f"{by_directory} by directory, {len(desktops)} in all")
    if len(desktops) > 25:
        page = workspaces.describe_workspaces()
        if len(page["Workspaces"]) != 25:
            problem("workspaces:DescribeWorkspaces", f"a page of {len(page['Workspaces'])}")
        refused(
            "workspaces:DescribeWorkspaces foreign token",
            "InvalidParameterValuesException",
            workspaces.describe_workspaces,
            NextToken="bm90IG1pbmU=",
        )
    refused(
        "workspaces:DescribeWorkspaces limit",
        "ValidationException",
        raw(workspaces).describe_workspaces,
        Limit=26,
    )
    refused(
        "workspaces:DescribeWorkspaceImagePermissions nothing there",
        "ResourceNotFoundException",
        workspaces.describe_workspace_image_permissions,
        ImageId="wsi-000000000",
    )
    refused(
        "workspaces:DescribeBundleAssociations without a type",
        "ValidationException",
        raw(workspaces).describe_bundle_associations,
        BundleId="wsb-000000000",
    )
    refused(
        "workspaces:DescribeTags nothing there",
        "ResourceNotFoundException",
        workspaces.describe_tags,
        ResourceId="ws-000000000",
    )
    return directories, images, bundles, desktops


def raw(made):
    """A client that sends what botocore itself would have refused."""
    return boto3.client(
        made.meta.service_model.service_name,
        region_name=made.meta.region_name,
        config=CONFIG.merge(botocore.config.Config(parameter_validation=False)),
    )


def read_volumes(fsx):
    volumes = every(fsx.describe_volumes, "Volumes")
    machines = every(fsx.describe_storage_virtual_machines, "StorageVirtualMachines")
    snapshots = every(fsx.describe_snapshots, "Snapshots")
    for filtered, call, items, name, values in (
        ("DescribeVolumes", fsx.describe_volumes, "Volumes", "file-system-id", [one["FileSystemId"] for one in volumes]),
        ("DescribeSnapshots", fsx.describe_snapshots, "Snapshots", "volume-id", [one["VolumeId"] for one in snapshots]),
    ):
        for value in sorted(set(values)):
            found = every(call, items, Filters=[{"Name": name, "Values": [value]}])
            if len(found) != values.count(value):
                problem(f"fsx:{filtered}", f"{len(found)} of {value}, {values.count(value)} in all")
    if volumes:
        some = [one["VolumeId"] for one in volumes[:3]]
        found = [one["VolumeId"] for one in fsx.describe_volumes(VolumeIds=some)["Volumes"]]
        if found != some:
            problem("fsx:DescribeVolumes", f"{found} for {some}")
    for name, code, call, arguments in (
        ("DescribeVolumes", "VolumeNotFound", fsx.describe_volumes, {"VolumeIds": ["fsvol-00000000000000000"]}),
        ("DescribeSnapshots", "SnapshotNotFound", fsx.describe_snapshots, {"SnapshotIds": ["fsvolsnap-00000000000000000"]}),
        (
            "DescribeStorageVirtualMachines",
            "StorageVirtualMachineNotFound",
            fsx.describe_storage_virtual_machines,
            {"StorageVirtualMachineIds": ["svm-00000000000000000"]},
        ),
    ):
        refused(f"fsx:{name} nothing there", code, call, **arguments)
    if machines and not any(one["FileSystemId"] == machines[0]["FileSystemId"] for one in volumes):
        problem("fsx:DescribeStorageVirtualMachines", "one without a volume")


def read_region(region):
    directories, _, _, desktops = read_workspaces(region)
    ds = client("ds", region)
    for directory in every(ds.describe_directories, "DirectoryDescriptions"):
        told = {"DirectoryId": directory["DirectoryId"]}
        if directory["Type"] == "MicrosoftAD":
            regions = every(ds.describe_regions, "RegionsDescription", **told)
            if directory["RegionsInfo"]["PrimaryRegion"] not in [one["RegionName"] for one in regions]:
                problem("ds:DescribeRegions", f"{regions}")
            controllers = every(ds.describe_domain_controllers, "DomainControllers", **told)
            if not {one["DnsIpAddr"] for one in controllers}.issuperset(directory["DnsIpAddrs"]):
                problem("ds:DescribeDomainControllers", f"{controllers}")
            every(ds.describe_trusts, "Trusts", **told)
        if directory["Type"] == "ADConnector":
            refused("ds:DescribeRegions of a connector", "UnsupportedOperationException", ds.describe_regions, **told)
            every(ds.describe_client_authentication_settings, "ClientAuthenticationSettingsInfo", **told)
            every(ds.describe_ldaps_settings, "LDAPSSettingsInfo", **told)
            every(ds.list_certificates, "CertificatesInfo", **told)
    fsx = client("fsx", region)
    every(fsx.describe_file_systems, "FileSystems")
    every(fsx.describe_backups, "Backups")
    read_volumes(fsx)
    datasync = client("datasync", region)
    every(datasync.list_locations, "Locations")
    for task in every(datasync.list_tasks, "Tasks"):
        datasync.describe_task(TaskArn=task["TaskArn"])
        for execution in every(datasync.list_task_executions, "TaskExecutions", TaskArn=task["TaskArn"]):
            datasync.describe_task_execution(TaskExecutionArn=execution["TaskExecutionArn"])
    tagging = client("resourcegroupstaggingapi", region)
    pages = tagging.get_paginator("get_resources")
    tagged = sum(len(page["ResourceTagMappingList"]) for page in pages.paginate(ResourceTypeFilters=["workspaces"]))
    if desktops and not tagged and region == PRIMARY:
        problem("tag:GetResources", "nothing is tagged")
    ec2 = client("ec2", region)
    vpcs = {vpc["VpcId"] for vpc in every(ec2.describe_vpcs, "Vpcs")}
    for directory in directories:
        group = directory["WorkspaceCreationProperties"].get("CustomSecurityGroupId")
        if group:
            named = [{"Name": "group-id", "Values": [group, "sg-00000000000000000"]}]
            found = every(ec2.describe_security_groups, "SecurityGroups", Filters=named, MaxResults=1000)
            if [one["GroupId"] for one in found] != [group] or found[0]["VpcId"] not in vpcs:
                problem("ec2:DescribeSecurityGroups", f"{group} is {found}")
        for endpoint in directory["WorkspaceAccessProperties"].get("AccessEndpointConfig", {}).get("AccessEndpoints", []):
            named = [{"Name": "vpc-endpoint-id", "Values": [endpoint["VpcEndpointId"]]}]
            if len(every(ec2.describe_vpc_endpoints, "VpcEndpoints", Filters=named)) != 1:
                problem("ec2:DescribeVpcEndpoints", f"no {endpoint}")
    refused(
        "ec2:DescribeSecurityGroups nothing there",
        "InvalidGroup.NotFound",
        ec2.describe_security_groups,
        GroupIds=["sg-00000000000000000"],
    )
    for directory in directories:
        named = [{"Name": "subnet-id", "Values": [*directory["SubnetIds"], "subnet-00000000000000000"]}]
        subnets = every(ec2.describe_subnets, "Subnets", Filters=named, MaxResults=1000)
        if len(subnets) != len(directory["SubnetIds"]):
            problem("ec2:DescribeSubnets", f"{directory['SubnetIds']} are {subnets}")
        named = [{"Name": "vpc-id", "Values": [subnets[0]["VpcId"]]}]
        tables = every(ec2.describe_route_tables, "RouteTables", Filters=named, MaxResults=100)
        held = {link.get("SubnetId") for table in tables for link in table["Associations"]}
        if not held.issuperset(directory["SubnetIds"]) or not all(table["Routes"] for table in tables):
            problem("ec2:DescribeRouteTables", f"{tables}")
    for desktop in desktops[:3]:
        named = [{"Name": "subnet-id", "Values": [desktop["SubnetId"]]}, {"Name": "private-ip-address", "Values": [desktop["IpAddress"]]}]
        found = every(ec2.describe_network_interfaces, "NetworkInterfaces", Filters=named, MaxResults=1000)
        if [one["PrivateIpAddress"] for one in found] != [desktop["IpAddress"]] or not found[0]["Groups"]:
            problem("ec2:DescribeNetworkInterfaces", f"{desktop['WorkspaceId']} has {found}")
    for options in every(ec2.describe_dhcp_options, "DhcpOptions", MaxResults=1000):
        keys = {entry["Key"]: [value["Value"] for value in entry["Values"]] for entry in options["DhcpConfigurations"]}
        if not keys.get("domain-name-servers"):
            problem("ec2:DescribeDhcpOptions", f"{options}")
    quotas = client("service-quotas", region)
    for call in (quotas.list_service_quotas, quotas.list_aws_default_service_quotas):
        for quota in every(call, "Quotas", ServiceCode="workspaces"):
            if not isinstance(quota["Value"], float) or not quota["QuotaName"]:
                problem("servicequotas:ListServiceQuotas", f"{quota}")
    code = {"ServiceCode": "workspaces", "QuotaCode": "L-34278094"}
    if region == STANDBY:
        value = next(q["Value"] for q in every(quotas.list_service_quotas, "Quotas", **code))
        refused(
            "servicequotas:RequestServiceQuotaIncrease no more",
            "IllegalArgumentException",
            quotas.request_service_quota_increase,
            DesiredValue=value,
            **code,
        )
        asked = quotas.request_service_quota_increase(DesiredValue=value + 5, **code)["RequestedQuota"]
        requests = every(quotas.list_requested_service_quota_change_history_by_quota, "RequestedQuotas", **code)
        if [one["Id"] for one in requests] != [asked["Id"]]:
            problem("servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota", f"{requests}")
    kms = client("kms", region)
    if region != PRIMARY:
        for named in sorted({desktop["VolumeEncryptionKey"] for desktop in desktops if "VolumeEncryptionKey" in desktop}):
            told = kms.describe_key(KeyId=named)["KeyMetadata"]
            if named not in (told["KeyId"], told["Arn"]):
                problem("kms:DescribeKey", f"{told} for {named}")
    refused("kms:DescribeKey nothing there", "NotFoundException", kms.describe_key, KeyId="alias/none")
    sts = client("sts", region)
    account = sts.get_caller_identity()["Account"]
    sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/deskpair-scan", RoleSessionName="peer")
    if region == STANDBY:
        read_identity(region, account, directories)
    if not directories:
        problem("workspaces:DescribeWorkspaceDirectories", f"none in {region}")


def read_identity(region, account, directories):
    acmpca = client("acm-pca", region)
    for directory in directories:
        arn = directory["CertificateBasedAuthProperties"]["CertificateAuthorityArn"]
        told = acmpca.describe_certificate_authority(CertificateAuthorityArn=arn)["CertificateAuthority"]
        if told["Arn"] != arn:
            problem("acm-pca:DescribeCertificateAuthority", f"{arn} is {told}")
        refused(
            "acm-pca:DescribeCertificateAuthority nothing there",
            "ResourceNotFoundException",
            acmpca.describe_certificate_authority,
            CertificateAuthorityArn=arn[:-12] + "000000000000",
        )
    iam = client("iam", region)
    role = f"arn:aws:iam::{account}:role/NorhavenDesktopPeople"
    resources = [f"arn:aws:workspaces:{region}:{account}:directory/{one['DirectoryId']}" for one in directories]
    asked = {"PolicySourceArn": role, "ActionNames": ["workspaces:Stream"], "ResourceArns": resources}
    told = iam.simulate_principal_policy(**asked)["EvaluationResults"]
    if [one["EvalResourceName"] for one in told[0]["ResourceSpecificResults"]] != resources:
        problem("iam:SimulatePrincipalPolicy", f"{resources} are {told}")
    refused(
        "iam:SimulatePrincipalPolicy of nobody",
        "NoSuchEntity",
        iam.simulate_principal_policy,
        PolicySourceArn=role + "Gone",
        ActionNames=["workspaces:Stream"],
    )


def read_route53():
    route53 = client("route53")
    zones = [zone for page in route53.get_paginator("list_hosted_zones").paginate() for zone in page["HostedZones"]]
    if not zones:
        problem("route53:ListHostedZones", "no zone")
    for zone in zones:
        identifier = zone["Id"].rsplit("/", 1)[-1]
        route53.get_hosted_zone(Id=identifier)
        pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=identifier)
        sets = [one for page in pages for one in page["ResourceRecordSets"]]
        # As text with its trailing dot: a hyphen comes before a dot (the model's words on ListResourceRecordSets).
        names = [".".join(reversed(one["Name"].rstrip(".").split("."))) + "." for one in sets]
        if names != sorted(names):
            problem("route53:ListResourceRecordSets", "not in the order of reversed labels")
        protections = every(route53.list_resource_record_set_protections, "ResourceRecordSetProtections", HostedZoneId=identifier)
        if protections != every(
            route53.list_resource_record_set_protections, "ResourceRecordSetProtections", HostedZoneId=identifier, MaxResults="1"
        ):
            problem("route53:ListResourceRecordSetProtections", "pages of one are not the whole")
        for one in sets:
            if one["Type"] == "TXT" and any(not value["Value"].startswith('"') for value in one.get("ResourceRecords", [])):
                problem("route53:ListResourceRecordSets", f"{one['Name']} has a TXT value without quotes")
    route53.list_hosted_zones_by_name()
    for page in route53.get_paginator("list_health_checks").paginate():
        for check in page["HealthChecks"]:
            if check["HealthCheckConfig"]["Type"] != "CALCULATED":
                route53.get_health_check_status(HealthCheckId=check["Id"])
            alone = route53.get_health_check(HealthCheckId=check["Id"])["HealthCheck"]
            if alone != check:
                problem("route53:GetHealthCheck", f"{check['Id']} is not what the list has")
            version = check["HealthCheckVersion"]

            def switch(of, **flags):
                return route53.update_health_check(HealthCheckId=check["Id"], HealthCheckVersion=of, **flags)["HealthCheck"]

            moved = switch(version, Disabled=True, Inverted=True)
            if moved["HealthCheckVersion"] != version + 1 or not moved["HealthCheckConfig"]["Inverted"]:
                problem("route53:UpdateHealthCheck", f"{check['Id']} is not as it was asked to be")
            refused(
                "route53:UpdateHealthCheck an old version",
                "HealthCheckVersionMismatch",
                lambda: switch(version, Disabled=False, Inverted=False),
            )
            switch(version + 1, Disabled=False, Inverted=False)
    zone = zones[0]
    identifier = zone["Id"].rsplit("/", 1)[-1]
    name = f"peer-probe.{zone['Name']}"

    def change(action, value):
        record = {"Name": name, "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": value}]}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        return route53.change_resource_record_sets(HostedZoneId=identifier, ChangeBatch=batch)

    refused("route53:ChangeResourceRecordSets unquoted", "InvalidChangeBatch", lambda: change("CREATE", "bare"))
    made = change("CREATE", '"probe"')
    route53.get_change(Id=made["ChangeInfo"]["Id"].rsplit("/", 1)[-1])
    refused("route53:ChangeResourceRecordSets twice", "InvalidChangeBatch", lambda: change("CREATE", '"probe"'))
    refused("route53:ChangeResourceRecordSets other value", "InvalidChangeBatch", lambda: change("DELETE", '"other"'))
    change("DELETE", '"probe"')
    for enable, status in ((False, "DISABLED"), (True, "ENABLED")):
        route53.update_hosted_zone_features(HostedZoneId=identifier, EnableAcceleratedRecovery=enable)

        def told():
            return route53.get_hosted_zone(Id=identifier)["HostedZone"]["Features"]["AcceleratedRecoveryStatus"]

        until("route53:UpdateHostedZoneFeatures", lambda: told() == status)


def change_aliases():
    workspaces = client("workspaces", STANDBY)
    made = workspaces.create_connection_alias(ConnectionString="peer-probe.example.com")
    refused(
        "workspaces:CreateConnectionAlias twice",
        "ResourceAlreadyExistsException",
        workspaces.create_connection_alias,
        ConnectionString="peer-probe.example.com",
    )
    for _ in range(100):
        state = workspaces.describe_connection_aliases(AliasIds=[made["AliasId"]])["ConnectionAliases"][0]["State"]
        if state == "CREATED":
            break
    workspaces.delete_connection_alias(AliasId=made["AliasId"])
    refused(
        "workspaces:CreateConnectionAlias pattern",
        "ValidationException",
        raw(workspaces).create_connection_alias,
        ConnectionString="under_score.example.com",
    )


PNG = b"\x89PNG\r\n\x1a\n"


def change_ip_groups():
    workspaces = client("workspaces", STANDBY)
    directory = workspaces.describe_workspace_directories()["Directories"][0]["DirectoryId"]
    rule = {"ipRule": "192.0.2.0/24", "ruleDesc": "probe"}
    made = workspaces.create_ip_group(GroupName="peer-probe", UserRules=[rule], Tags=[{"Key": "a", "Value": "b"}])
    group = made["GroupId"]
    refused(
        "workspaces:CreateIpGroup twice",
        "ResourceAlreadyExistsException",
        workspaces.create_ip_group,
        GroupName="peer-probe",
    )
    workspaces.authorize_ip_rules(GroupId=group, UserRules=[{"ipRule": "198.51.100.0/24"}])
    workspaces.revoke_ip_rules(GroupId=group, UserRules=["198.51.100.0/24"])
    workspaces.update_rules_of_ip_group(GroupId=group, UserRules=[rule])
    workspaces.associate_ip_groups(DirectoryId=directory, GroupIds=[group])
    refused(
        "workspaces:DeleteIpGroup", "ResourceAssociatedException", workspaces.delete_ip_group, GroupId=group
    )
    workspaces.disassociate_ip_groups(DirectoryId=directory, GroupIds=[group])
    workspaces.delete_ip_group(GroupId=group)


def change_settings():
    workspaces = client("workspaces", STANDBY)
    known = workspaces.describe_workspace_directories()["Directories"][0]
    directory = known["DirectoryId"]
    workspaces.modify_workspace_creation_properties(
        ResourceId=directory, WorkspaceCreationProperties={"EnableMaintenanceMode": False}
    )
    workspaces.modify_workspace_access_properties(
        ResourceId=directory, WorkspaceAccessProperties={"DeviceTypeLinux": "DENY"}
    )
    workspaces.modify_selfservice_permissions(
        ResourceId=directory, SelfservicePermissions={"RebuildWorkspace": "ENABLED"}
    )
    workspaces.modify_client_properties(ResourceId=directory, ClientProperties={"LogUploadEnabled": "ENABLED"})
    workspaces.modify_saml_properties(
        ResourceId=directory, PropertiesToDelete=["SAML_PROPERTIES_RELAY_STATE_PARAMETER_NAME"]
    )
    workspaces.modify_certificate_based_auth_properties(
        ResourceId=directory, CertificateBasedAuthProperties={"Status": "DISABLED"}
    )
    workspaces.modify_streaming_properties(
        ResourceId=directory, StreamingProperties={"StreamingExperiencePreferredProtocol": "TCP"}
    )
    workspaces.modify_endpoint_encryption_mode(DirectoryId=directory, EndpointEncryptionMode="FIPS_VALIDATED")
    changed = workspaces.describe_workspace_directories(DirectoryIds=[directory])["Directories"][0]
    known["WorkspaceCreationProperties"]["EnableMaintenanceMode"] = False
    known["WorkspaceAccessProperties"]["DeviceTypeLinux"] = "DENY"
    known["SelfservicePermissions"]["RebuildWorkspace"] = "ENABLED"
    known["SamlProperties"].pop("RelayStateParameterName")
    known["CertificateBasedAuthProperties"]["Status"] = "DISABLED"
    known["StreamingProperties"]["StreamingExperiencePreferredProtocol"] = "TCP"
    known["EndpointEncryptionMode"] = "FIPS_VALIDATED"
    if changed != known:
        problem("workspaces:Modify…", f"{changed} instead of {known}")


def change_branding():
    workspaces = client("workspaces", STANDBY)
    directory = workspaces.describe_workspace_directories()["Directories"][0]["DirectoryId"]
    web = {"Logo": PNG + b"probe", "SupportLink": "https://help.example.com", "LoginMessage": {"en_US": "<b>Staff</b>"}}
    made = workspaces.import_client_branding(ResourceId=directory, DeviceTypeWeb=web)["DeviceTypeWeb"]
    known = workspaces.describe_client_branding(ResourceId=directory)["DeviceTypeWeb"]
    if known != made or made["LoginMessage"] != web["LoginMessage"] or not made["LogoUrl"].startswith("https://"):
        problem("workspaces:ImportClientBranding", f"{known} instead of {made}")
    refused(
        "workspaces:ImportClientBranding",
        "InvalidParameterValuesException",
        workspaces.import_client_branding,
        ResourceId=directory,
        DeviceTypeWeb={"Logo": b"GIF89a"},
    )
    workspaces.delete_client_branding(ResourceId=directory, Platforms=["DeviceTypeWeb"])


def until(told, what):
    for _ in range(200):
        if what():
            return
    problem(told, "it never comes to pass")


def change_images():
    workspaces = client("workspaces", STANDBY)
    source = client("workspaces").describe_workspace_images()["Images"][0]["ImageId"]
    made = workspaces.copy_workspace_image(
        Name="peer-probe", SourceImageId=source, SourceRegion=PRIMARY, Tags=[{"Key": "a", "Value": "b"}]
    )["ImageId"]

    def image():
        return workspaces.describe_workspace_images(ImageIds=[made])["Images"][0]

    until("workspaces:CopyWorkspaceImage", lambda: image()["State"] == "AVAILABLE")
    sharing = {"ImageId": made, "SharedAccountId": "444455556666"}
    workspaces.update_workspace_image_permission(AllowCopyImage=True, **sharing)
    refused(
        "workspaces:DeleteWorkspaceImage",
        "InvalidResourceStateException",
        workspaces.delete_workspace_image,
        ImageId=made,
    )
    workspaces.update_workspace_image_permission(AllowCopyImage=False, **sharing)
    bundle = workspaces.create_workspace_bundle(
        BundleName="peer-probe",
        BundleDescription="A probe",
        ImageId=made,
        ComputeType={"Name": "POWER"},
        UserStorage={"Capacity": "100"},
    )["WorkspaceBundle"]["BundleId"]

    def state():
        return workspaces.describe_workspace_bundles(BundleIds=[bundle])["Bundles"][0]["State"]

    until("workspaces:CreateWorkspaceBundle", lambda: state() == "AVAILABLE")
    workspaces.update_workspace_bundle(BundleId=bundle, ImageId=made)
    refused(
        "workspaces:DeleteWorkspaceImage in use",
        "ResourceAssociatedException",
        workspaces.delete_workspace_image,
        ImageId=made,
    )
    workspaces.delete_workspace_bundle(BundleId=bundle)
    workspaces.delete_workspace_image(ImageId=made)


def change_associations():
    workspaces = client("workspaces", STANDBY)
    known = next(
        alias
        for alias in workspaces.describe_connection_aliases()["ConnectionAliases"]
        if alias["Associations"][0].get("ResourceId")
    )
    identifier, directory = known["AliasId"], known["Associations"][0]["ResourceId"]

    def status():
        alias = workspaces.describe_connection_aliases(AliasIds=[identifier])["ConnectionAliases"][0]
        return alias["Associations"][0]["AssociationStatus"]

    workspaces.disassociate_connection_alias(AliasId=identifier)
    until("workspaces:DisassociateConnectionAlias", lambda: status() == "NOT_ASSOCIATED")
    for permission in (True, False):
        workspaces.update_connection_alias_permission(
            AliasId=identifier,
            ConnectionAliasPermission={"SharedAccountId": "444455556666", "AllowAssociation": permission},
        )
    workspaces.associate_connection_alias(AliasId=identifier, ResourceId=directory)
    until("workspaces:AssociateConnectionAlias", lambda: status() == "ASSOCIATED_WITH_OWNER_ACCOUNT")


def change_backups():
    fsx = client("fsx", STANDBY)
    known = client("fsx").describe_backups()["Backups"]
    source = next(backup["BackupId"] for backup in known if backup["Lifecycle"] == "AVAILABLE")
    wanted = {"SourceBackupId": source, "SourceRegion": PRIMARY, "ClientRequestToken": "peer-probe", "CopyTags": True}
    made = fsx.copy_backup(**wanted)["Backup"]
    if fsx.copy_backup(**wanted)["Backup"]["BackupId"] != made["BackupId"] or made["SourceBackupId"] != source:
        problem("fsx:CopyBackup", f"{made}")

    def state():
        return fsx.describe_backups(BackupIds=[made["BackupId"]])["Backups"][0]["Lifecycle"]

    until("fsx:CopyBackup", lambda: state() == "AVAILABLE")
    fsx.delete_backup(BackupId=made["BackupId"])
    refused("fsx:DeleteBackup", "BackupNotFound", fsx.delete_backup, BackupId=made["BackupId"])
    refused(
        "fsx:CopyBackup",
        "BackupNotFound",
        fsx.copy_backup,
        SourceBackupId="backup-00000000",
        SourceRegion=PRIMARY,
    )


def change_desktops():
    workspaces = client("workspaces")
    desktops = [one for page in workspaces.get_paginator("describe_workspaces").paginate() for one in page["Workspaces"]]
    one = next(desktop for desktop in desktops if desktop["State"] == "STOPPED" and "RelatedWorkspaces" not in desktop)
    identifier, directory = one["WorkspaceId"], one["DirectoryId"]

    def read(which):
        return workspaces.describe_workspaces(WorkspaceIds=[which])["Workspaces"]

    workspaces.start_workspaces(StartWorkspaceRequests=[{"WorkspaceId": identifier}])
    until("workspaces:StartWorkspaces", lambda: read(identifier)[0]["State"] == "AVAILABLE")
    workspaces.stop_workspaces(StopWorkspaceRequests=[{"WorkspaceId": identifier}])
    until("workspaces:StopWorkspaces", lambda: read(identifier)[0]["State"] == "STOPPED")
    workspaces.modify_workspace_properties(WorkspaceId=identifier, WorkspaceProperties={"RunningMode": "ALWAYS_ON"})
    workspaces.create_tags(ResourceId=identifier, Tags=[{"Key": "probe", "Value": "1"}])
    workspaces.delete_tags(ResourceId=identifier, TagKeys=["probe"])
    user = {"DirectoryId": directory, "UserName": "peer-probe", "BundleId": one["BundleId"]}
    made = workspaces.create_workspaces(Workspaces=[user, {**user, "UserName": one["UserName"]}])
    if [failed["ErrorCode"] for failed in made["FailedRequests"]] != ["ResourceExists.WorkSpace"]:
        problem("workspaces:CreateWorkspaces", f"{made['FailedRequests']}")
    made = made["PendingRequests"][0]["WorkspaceId"]
    until("workspaces:CreateWorkspaces", lambda: read(made)[0]["State"] == "AVAILABLE")
    workspaces.terminate_workspaces(TerminateWorkspaceRequests=[{"WorkspaceId": made}])
    until("workspaces:TerminateWorkspaces", lambda: not read(made))
    there = client("workspaces", STANDBY)
    other = there.describe_workspace_directories()["Directories"][0]["DirectoryId"]
    wanted = {"PrimaryWorkspaceId": "ws-000000000", "DirectoryId": other}
    there.create_standby_workspaces(PrimaryRegion=PRIMARY, StandbyWorkspaces=[wanted])
    refused(
        "workspaces:DeregisterWorkspaceDirectory",
        "OperationNotSupportedException",
        workspaces.deregister_workspace_directory,
        DirectoryId=directory,
    )
    for add_in in workspaces.describe_connect_client_add_ins(ResourceId=directory)["AddIns"]:
        workspaces.delete_connect_client_add_in(ResourceId=directory, AddInId=add_in["AddInId"])
    add_in = workspaces.create_connect_client_add_in(ResourceId=directory, Name="probe", URL="https://a.example")
    workspaces.update_connect_client_add_in(ResourceId=directory, AddInId=add_in["AddInId"], Name="other")
    workspaces.delete_connect_client_add_in(ResourceId=directory, AddInId=add_in["AddInId"])
    for page in range(0, len(desktops), 25):
        requests = [{"WorkspaceId": desktop["WorkspaceId"]} for desktop in desktops[page : page + 25]]
        requests = [request for request in requests if read(request["WorkspaceId"])]
        workspaces.terminate_workspaces(TerminateWorkspaceRequests=requests)
    until("workspaces:TerminateWorkspaces", lambda: not workspaces.describe_workspaces(DirectoryId=directory)["Workspaces"])
    workspaces.deregister_workspace_directory(DirectoryId=directory)

    def registered():
        known = workspaces.describe_workspace_directories()["Directories"]
        return [one["State"] for one in known if one["DirectoryId"] == directory]

    until("workspaces:DeregisterWorkspaceDirectory", lambda: registered() == [])
    workspaces.register_workspace_directory(DirectoryId=directory)
    until("workspaces:RegisterWorkspaceDirectory", lambda: registered() == ["REGISTERED"])
    ds = client("ds")
    refused("ds:DeleteDirectory in use", "ClientException", ds.delete_directory, DirectoryId=directory)
    workspaces.deregister_workspace_directory(DirectoryId=directory)
    until("workspaces:DeregisterWorkspaceDirectory", lambda: registered() == [])
    ds.delete_directory(DirectoryId=directory)
    until("ds:DeleteDirectory", lambda: directory not in [one["DirectoryId"] for one in ds.describe_directories()["DirectoryDescriptions"]])


def change_tasks():
    datasync = client("datasync", STANDBY)
    task = datasync.list_tasks()["Tasks"][0]["TaskArn"]
    schedule = datasync.describe_task(TaskArn=task)["Schedule"]
    datasync.update_task(TaskArn=task, Schedule={**schedule, "Status": "DISABLED"})
    known = datasync.describe_task(TaskArn=task)
    if known["Schedule"]["Status"] != "DISABLED" or known["ScheduleDetails"]["DisabledBy"] != "USER":
        problem("datasync:UpdateTask", known)
    datasync.update_task(TaskArn=task, Schedule=schedule)
    refused(
        "datasync:UpdateTask", "InvalidRequestException", datasync.update_task, TaskArn=task[:-17] + "0" * 17, Schedule=schedule
    )


def main():
    for region in (PRIMARY, STANDBY):
        read_region(region)
    read_route53()
    change_aliases()
    change_ip_groups()
    change_settings()
    change_branding()
    change_images()
    change_associations()
    change_backups()
    change_tasks()
    change_desktops()
    for name in sorted(answers):
        print("ok", name, answers[name])
    for line in problems:
        print("WRONG", line)
    sys.exit(1 if problems else 0)


main()
