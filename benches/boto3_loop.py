"""The yardstick: a bare boto3 loop that only lists WorkSpaces, directories, images and tags in two Regions, one after the other.

Usage: boto3_loop.py     (endpoint and credentials from the environment that `deskpair twin` prints)
"""

import resource
import time

import boto3

began = time.perf_counter()
calls = 0
desktops = {}
for region in ("us-east-1", "us-west-2"):
    workspaces = boto3.client("workspaces", region_name=region)
    tagging = boto3.client("resourcegroupstaggingapi", region_name=region)
    for name, result in (
        ("describe_workspaces", "Workspaces"),
        ("describe_workspace_directories", "Directories"),
        ("describe_workspace_images", "Images"),
    ):
        for page in workspaces.get_paginator(name).paginate():
            calls += 1
            if result == "Workspaces":
                desktops.setdefault(region, set()).update(one["UserName"].lower() for one in page[result])
    for page in tagging.get_paginator("get_resources").paginate(ResourceTypeFilters=["workspaces:workspace"], ResourcesPerPage=100):
        calls += 1
missing = len(desktops["us-east-1"] - desktops["us-west-2"])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"boto3 loop: {time.perf_counter() - began:.2f} s, {peak} MB, {calls} calls, {missing} people without a counterpart")
