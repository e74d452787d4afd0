"""Serves moto's AWS on a loopback port, seeded by boto3 with a small deployment in two Regions: what moto knows of it.

Prints `ready PORT` and then serves until its standard input closes.
"""

import os
import sys

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_EC2_METADATA_DISABLED="true")
for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
    os.environ.pop(name, None)

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
_, port = server.get_host_and_port()
endpoint = f"http://127.0.0.1:{port}"


def client(service, region="us-east-1"):
    return boto3.client(service, region_name=region, endpoint_url=endpoint)


for region, users in (("us-east-1", ["anna", "bert", "carla"]), ("us-west-2", ["anna", "bert"])):
    ec2 = client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]][:2]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{at}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for at, zone in enumerate(zones)
    ]
    ds = client("ds", region)
    directory = ds.connect_directory(
        Name="corp.example.com",
        ShortName="CORP",
        Password="Not-A-Real-1",
        Size="Small",
        ConnectSettings={
            "VpcId": vpc,
            "SubnetIds": subnets,
            "CustomerDnsIps": ["10.0.0.10", "10.0.1.10"],
            "CustomerUserName": f"svc-{region}",
        },
    )["DirectoryId"]
    workspaces = client("workspaces", region)
    workspaces.register_workspace_directory(DirectoryId=directory, SubnetIds=subnets)
    made = workspaces.create_workspaces(
        Workspaces=[
            {"DirectoryId": directory, "UserName": user, "BundleId": "wsb-bh8rsxt14", "Tags": [{"Key": "team", "Value": "peers"}]}
            for user in users
        ]
    )
    assert not made["FailedRequests"], made["FailedRequests"]
    workspaces.create_workspace_image(
        Name="standard-image", Description="as good as new", WorkspaceId=made["PendingRequests"][0]["WorkspaceId"]
    )
    client("fsx", region).create_file_system(
        FileSystemType="WINDOWS",
        StorageCapacity=300,
        StorageType="SSD",
        SubnetIds=subnets[:1],
        SecurityGroupIds=[],
        WindowsConfiguration={"ThroughputCapacity": 32, "DeploymentType": "SINGLE_AZ_2"},
    )
    print(f"directory {region} {directory}", flush=True)

route53 = client("route53")
zone = route53.create_hosted_zone(Name="corp.example.com", CallerReference="deskpair")["HostedZone"]["Id"]
route53.change_resource_record_sets(
    HostedZoneId=zone,
    ChangeBatch={
        "Changes": [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {
                    "Name": "desktop.corp.example.com",
                    "Type": "TXT",
                    "TTL": 60,
                    "ResourceRecords": [{"Value": '"abc123def456"'}],
                },
            }
        ]
    },
)
print(f"ready {port}", flush=True)
sys.stdin.read()
server.stop()
