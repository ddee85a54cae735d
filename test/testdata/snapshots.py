"""Lists, pages and tags snapshots with boto3. The arguments are how many there are, and the account that may be given access."""
import sys

import boto3
from botocore.exceptions import ClientError

total, consumer = int(sys.argv[1]), sys.argv[2]
redshift = boto3.client("redshift")


def want(what, got, wanted):
    assert got == wanted, f"{what}: got {got!r}, want {wanted!r}"


def pages(**search):
    return list(redshift.get_paginator("describe_cluster_snapshots").paginate(**search))


def names(**search):
    return [s["SnapshotIdentifier"] for page in pages(**search) for s in page["Snapshots"]]


everything = names(PaginationConfig={"PageSize": 20})
want("snapshots on all pages", len(everything), total)
want("snapshots on more than one page", len(set(everything)), total)
want("the first page", len(pages(PaginationConfig={"PageSize": 20})[0]["Snapshots"]), 20)
want("a resumed list", names(PaginationConfig={"PageSize": 20, "MaxItems": 21}), everything[:21])
want("the snapshots of a cluster", names(ClusterIdentifier="sales"), everything)
want("the snapshots of no cluster", names(ClusterIdentifier="none"), [])
want("one snapshot", names(SnapshotIdentifier=everything[3].upper()), [everything[3]])
newest = names(SortingEntities=[{"Attribute": "CREATE_TIME", "SortOrder": "DESC"}])
want("the newest first", newest, everything[::-1])

arn = redshift.describe_cluster_snapshots(SnapshotIdentifier=everything[5])["Snapshots"][0]["SnapshotArn"]
redshift.create_tags(ResourceName=arn, Tags=[{"Key": "keep", "Value": "yes"}])
want("the tagged snapshots", names(TagKeys=["keep"]), [everything[5]])
tagged = redshift.get_paginator("describe_tags").paginate(ResourceType="snapshot", TagValues=["yes"]).build_full_result()["TaggedResources"]
want("the tags", [t["Tag"] for t in tagged], [{"Key": "keep", "Value": "yes"}])
redshift.delete_tags(ResourceName=arn, TagKeys=["keep"])
want("the tagged snapshots after deletion", names(TagKeys=["keep"]), [])

redshift.authorize_snapshot_access(SnapshotIdentifier=everything[0], AccountWithRestoreAccess=consumer)
shown = redshift.describe_cluster_snapshots(SnapshotIdentifier=everything[0])["Snapshots"][0]
want("the accounts", [a["AccountId"] for a in shown["AccountsWithRestoreAccess"]], [consumer])
try:
    redshift.authorize_snapshot_access(SnapshotIdentifier=everything[0], AccountWithRestoreAccess=consumer)
except ClientError as refused:
    want("the refusal", refused.response["Error"]["Code"], "AuthorizationAlreadyExists")
else:
    raise AssertionError("the same account was authorised twice")
redshift.revoke_snapshot_access(SnapshotIdentifier=everything[0], AccountWithRestoreAccess=consumer)

events = [e for page in redshift.get_paginator("describe_events").paginate(SourceType="cluster-snapshot", PaginationConfig={"PageSize": 20}) for e in page["Events"]]
want("the events", len(events), 2 * total)
