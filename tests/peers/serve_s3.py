"""Serves moto's S3 on a loopback port, with a bucket in another Region than its client's, one in that, and users who may do some of what a
state needs.

Who may do what is judged by moto's own IAM, signatures included. Prints the users' keys and `ready PORT`. Then it serves, and answers
each line of its standard input with a line of JSON: `list`, `get KEY`, `put KEY "TEXT"`, `delete KEY`; until that closes.
"""

import json
import os
import sys
import threading

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_EC2_METADATA_DISABLED="true")
for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
    os.environ.pop(name, None)

import boto3
from moto import settings
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

BUCKET = "corp-dr"
HOME = "corp-home"
PREFIX = "deskpair"

app = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()


def one_at_a_time(environ, start_response):
    """A conditional write is one step in S3; moto looks first and writes then, and another request could come in between."""
    with turn:
        # S3 tells everybody where a bucket is; moto's IAM cannot read a request that nobody signed.
        before = settings.INITIAL_NO_AUTH_ACTION_COUNT
        if environ["REQUEST_METHOD"] == "HEAD" and "HTTP_AUTHORIZATION" not in environ:
            settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
        try:
            return app(environ, start_response)
        finally:
            settings.INITIAL_NO_AUTH_ACTION_COUNT = before


server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_port
endpoint = f"http://127.0.0.1:{port}"

s3 = boto3.client("s3", region_name="eu-central-1", endpoint_url=endpoint)
s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
boto3.client("s3", region_name="us-east-1", endpoint_url=endpoint).create_bucket(Bucket=HOME)

# The policy is the one that the README gives, on standard input's first line, for this bucket and prefix.
whole = json.loads(sys.stdin.readline())
iam = boto3.client("iam", region_name="us-east-1", endpoint_url=endpoint)


def without(*actions):
    statements = [
        {**statement, "Action": [action for action in statement["Action"] if action not in actions]}
        for statement in whole["Statement"]
    ]
    return {**whole, "Statement": [statement for statement in statements if statement["Action"]]}


for user, policy in {
    "keeper": whole,
    "reader": without("s3:PutObject", "s3:DeleteObject"),
    "writer": without("s3:ListBucket"),
    "scanner": without("s3:DeleteObject"),
}.items():
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="state", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=user)["AccessKey"]
    print(f"user {user} {key['AccessKeyId']} {key['SecretAccessKey']}", flush=True)
    if user == "keeper":
        home = json.dumps(policy).replace(BUCKET, HOME)
        iam.put_user_policy(UserName=user, PolicyName="home", PolicyDocument=home)
        s3 = boto3.client(
            "s3",
            region_name="eu-central-1",
            endpoint_url=endpoint,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )

# With the argument `open` everybody may do everything, as whoever they are.
if sys.argv[1:] != ["open"]:
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
print(f"ready {port}", flush=True)


def answered(verb, key="", text=""):
    if verb == "list":
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=PREFIX)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]
    if verb == "get":
        return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
    if verb == "put":
        s3.put_object(Bucket=BUCKET, Key=key, Body=json.loads(text).encode())
    else:
        s3.delete_object(Bucket=BUCKET, Key=key)
    return None


for line in sys.stdin:
    print(json.dumps(answered(*line.rstrip("\n").split(" ", 2))), flush=True)
server.shutdown()
