#!/usr/bin/env python3
"""Writes src/twin/model/*.json: what AWS's service model asks of the inputs of the operations that the twin serves.

Only facts are taken: names, types, required members, bounds, patterns, enums, wire names, HTTP bindings, error names and
status codes. The source is the botocore that this Python has installed.

    python3 tests/peers/extract_model.py            writes the files
    python3 tests/peers/extract_model.py --check    compares, writes nothing; ends with 1 where they differ
"""

import gzip
import json
import pathlib
import sys

import botocore

BOTOCORE = "1.44.5"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "src" / "twin" / "model"

OPERATIONS = {
    "workspaces": [
        "CreateConnectionAlias",
        "DeleteConnectionAlias",
        "DescribeAccount",
        "DescribeApplications",
        "DescribeBundleAssociations",
        "DescribeClientBranding",
        "DescribeClientProperties",
        "DescribeConnectionAliasPermissions",
        "DescribeConnectionAliases",
        "DescribeConnectClientAddIns",
        "DescribeImageAssociations",
        "DescribeIpGroups",
        "DescribeTags",
        "DescribeWorkspaceBundles",
        "DescribeWorkspaceDirectories",
        "DescribeWorkspaceImagePermissions",
        "DescribeWorkspaceImages",
        "DescribeWorkspaces",
        "DescribeWorkspacesConnectionStatus",
        "AssociateIpGroups",
        "AuthorizeIpRules",
        "CreateIpGroup",
        "DeleteIpGroup",
        "DisassociateIpGroups",
        "RevokeIpRules",
        "UpdateRulesOfIpGroup",
        "ModifyCertificateBasedAuthProperties",
        "ModifyClientProperties",
        "ModifyEndpointEncryptionMode",
        "ModifySamlProperties",
        "ModifySelfservicePermissions",
        "ModifyStreamingProperties",
        "ModifyWorkspaceAccessProperties",
        "ModifyWorkspaceCreationProperties",
        "DeleteClientBranding",
        "ImportClientBranding",
        "CopyWorkspaceImage",
        "CreateWorkspaceBundle",
        "DeleteWorkspaceBundle",
        "DeleteWorkspaceImage",
        "UpdateWorkspaceBundle",
        "UpdateWorkspaceImagePermission",
        "AssociateConnectionAlias",
        "DisassociateConnectionAlias",
        "UpdateConnectionAliasPermission",
        "CreateConnectClientAddIn",
        "CreateStandbyWorkspaces",
        "CreateTags",
        "CreateWorkspaces",
        "DeleteConnectClientAddIn",
        "DeleteTags",
        "DeregisterWorkspaceDirectory",
        "ModifyWorkspaceProperties",
        "RegisterWorkspaceDirectory",
        "StartWorkspaces",
        "StopWorkspaces",
        "TerminateWorkspaces",
        "UpdateConnectClientAddIn",
    ],
    "ds": [
        "DeleteDirectory",
        "DescribeClientAuthenticationSettings",
        "DescribeDirectories",
        "DescribeDomainControllers",
        "DescribeLDAPSSettings",
        "DescribeRegions",
        "DescribeTrusts",
        "ListCertificates",
    ],
    "fsx": [
        "DescribeBackups",
        "DescribeFileSystems",
        "DescribeSnapshots",
        "DescribeStorageVirtualMachines",
        "DescribeVolumes",
        "CopyBackup",
        "DeleteBackup",
    ],
    "datasync": [
        "DescribeTask",
        "DescribeTaskExecution",
        "ListLocations",
        "ListTaskExecutions",
        "ListTasks",
        "UpdateTask",
    ],
    "resourcegroupstaggingapi": ["GetResources"],
    "route53": [
        "ChangeResourceRecordSets",
        "GetChange",
        "GetHealthCheck",
        "GetHealthCheckStatus",
        "GetHostedZone",
        "ListHealthChecks",
        "ListHostedZones",
        "ListHostedZonesByName",
        "ListResourceRecordSetProtections",
        "ListResourceRecordSets",
        "UpdateHealthCheck",
        "UpdateHostedZoneFeatures",
    ],
    "ec2": [
        "DescribeDhcpOptions",
        "DescribeNetworkInterfaces",
        "DescribeRouteTables",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVpcEndpoints",
        "DescribeVpcs",
    ],
    "sts": ["AssumeRole", "GetCallerIdentity"],
    "service-quotas": [
        "ListAWSDefaultServiceQuotas",
        "ListRequestedServiceQuotaChangeHistoryByQuota",
        "ListServiceQuotas",
        "RequestServiceQuotaIncrease",
    ],
    "kms": ["DescribeKey"],
    "acm-pca": ["DescribeCertificateAuthority"],
    "iam": ["SimulatePrincipalPolicy"],
}

# The protocol the twin speaks, where the model offers several (AWS-FACTS: the SDKs speak JSON 1.1 to these).
PREFERRED = ["json", "rest-xml", "ec2", "query"]


def load(service):
    versions = sorted((pathlib.Path(botocore.__file__).parent / "data" / service).glob("*/service-2.json*"))
    if not versions:
        sys.exit(f"this botocore has no model of {service}")
    raw = versions[-1].read_bytes()
    return json.loads(gzip.decompress(raw) if versions[-1].suffix == ".gz" else raw)


def wire_name(protocol, name, member):
    """The member's name on the wire: EC2's Query protocol has rules of its own."""
    if protocol == "ec2":
        if "queryName" in member:
            return member["queryName"]
        wire = member.get("locationName", name)
        return wire[0].upper() + wire[1:]
    return member.get("locationName", name)


def compact_shape(protocol, shape):
    out = {"type": shape["type"]}
    for key in ("min", "max", "pattern", "enum"):
        if key in shape:
            out[key] = shape[key]
    if shape["type"] == "structure":
        if shape.get("required"):
            out["required"] = sorted(shape["required"])
        members = {}
        for name, member in shape["members"].items():
            entry = {"shape": member["shape"]}
            wire = wire_name(protocol, name, member)
            if protocol != "json" and wire != name:
                entry["wire"] = wire
            if "location" in member:
                entry["location"] = member["location"]
            members[name] = entry
        out["members"] = members
    elif shape["type"] == "list":
        out["member"] = shape["member"]["shape"]
        if protocol == "rest-xml":
            out["wire"] = shape["member"].get("locationName", "member")
    elif shape["type"] == "map":
        out["key"] = shape["key"]["shape"]
        out["value"] = shape["value"]["shape"]
    return out


def extract(service, operations):
    model = load(service)
    meta = model["metadata"]
    offered = meta.get("protocols", [meta["protocol"]])
    protocol = next(name for name in PREFERRED if name in offered)
    shapes, errors = {}, {}

    def walk(name):
        if name in shapes:
            return
        shape = model["shapes"][name]
        shapes[name] = compact_shape(protocol, shape)
        for member in shape.get("members", {}).values():
            walk(member["shape"])
        for part in ("member", "key", "value"):
            if part in shape:
                walk(shape[part]["shape"])

    served = {}
    for name in operations:
        operation = model["operations"][name]
        entry = {}
        if "input" in operation:
            entry["input"] = operation["input"]["shape"]
            walk(entry["input"])
        if protocol == "rest-xml":
            entry["method"] = operation["http"]["method"]
            entry["uri"] = operation["http"]["requestUri"]
        declared = [error["shape"] for error in operation.get("errors", [])]
        if declared:
            entry["errors"] = sorted(declared)
        for error in declared:
            facts = model["shapes"][error].get("error", {})
            known = {}
            if "code" in facts:
                known["code"] = facts["code"]
            if "httpStatusCode" in facts:
                known["status"] = facts["httpStatusCode"]
            errors[error] = known
        served[name] = entry
    out = {
        "service": meta.get("signingName", meta["endpointPrefix"]),
        "protocol": protocol,
        "version": meta["apiVersion"],
    }
    if "targetPrefix" in meta:
        out["target"] = meta["targetPrefix"]
    namespace = model["operations"].get("ChangeResourceRecordSets", {}).get("input", {}).get("xmlNamespace", {})
    if protocol in ("rest-xml", "query"):
        out["namespace"] = namespace.get("uri") or meta["xmlNamespace"]
    elif protocol == "ec2":
        out["namespace"] = meta["xmlNamespace"]
    out["operations"] = served
    out["errors"] = dict(sorted(errors.items()))
    out["shapes"] = dict(sorted(shapes.items()))
    return out


def main():
    if botocore.__version__ != BOTOCORE:
        print(f"note: the files cite botocore {BOTOCORE}, this one is {botocore.__version__}", file=sys.stderr)
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    differing = []
    for service, operations in OPERATIONS.items():
        # One shape a line keeps the files short and their history readable.
        lines = ["{"]
        facts = extract(service, operations)
        keys = list(facts)
        for key in keys:
            comma = "" if key == keys[-1] else ","
            if key in ("operations", "errors", "shapes"):
                lines.append(f' "{key}": {{')
                names = list(facts[key])
                for name in names:
                    end = "" if name == names[-1] else ","
                    lines.append(f'  "{name}": {json.dumps(facts[key][name])}{end}')
                lines.append(f" }}{comma}")
            else:
                lines.append(f' "{key}": {json.dumps(facts[key])}{comma}')
        lines.append("}")
        text = "\n".join(lines) + "\n"
        path = TARGET / f"{service}.json"
        if check:
            if not path.exists() or path.read_text() != text:
                differing.append(path.name)
        else:
            path.write_text(text)
    if differing:
        sys.exit(f"differing from botocore {botocore.__version__}: {', '.join(differing)}")


if __name__ == "__main__":
    main()
