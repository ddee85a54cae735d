"""Runs moto's server with the given numbers of snapshots: motoserver.py PORT REGION=COUNT ..."""
import sys

from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.server import main

port, *regions = sys.argv[1:]
for argument in regions:
    region, count = argument.split("=")
    redshift = get_backend("redshift")[DEFAULT_ACCOUNT_ID][region]
    redshift.create_cluster(
        cluster_identifier="sales", node_type="ra3.large", master_username="awsuser", master_user_password="Redshift1", db_name="dev",
        cluster_type="single-node", cluster_security_groups=[], vpc_security_group_ids=[], cluster_subnet_group_name=None, availability_zone=None,
        preferred_maintenance_window=None, cluster_parameter_group_name=None, automated_snapshot_retention_period=1, port=None, cluster_version=None,
        allow_version_upgrade=None, number_of_nodes=None, publicly_accessible=None, encrypted=None, region_name=region,
    )
    for number in range(int(count)):
        redshift.create_cluster_snapshot("sales", "snapshot" if number == 0 else f"snapshot-{number:06}", region, [])
main(["-H", "127.0.0.1", "-p", port])
