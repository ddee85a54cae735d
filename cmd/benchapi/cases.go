package main

import (
	"fmt"
	"net/url"
)

const (
	fewRegion  = "us-east-1"
	manyRegion = "eu-west-1"
	consumer   = "222222222222"
	cluster    = "sales"
)

// oneCase is requests that are measured: what each connection asks, in turn.
type oneCase struct {
	name        string
	connections int
	slipher     func(*slipher) [][]call
	moto        func(*moto) [][]call // nil where moto does not offer it
}

func cases(set settings) []oneCase {
	few, many := inRegion(set, fewRegion), inRegion(set, manyRegion)
	snapshots := func(more string) string { return "Action=DescribeClusterSnapshots&MaxRecords=100" + more }
	of := fmt.Sprintf(" of %d", set.many)
	return []oneCase{
		few.both("DescribeClusters", "Action=DescribeClusters"),
		few.both(fmt.Sprintf("the first 100 snapshots of %d", set.few), snapshots("")),
		many.both("the first 100 snapshots"+of, snapshots("")),
		many.both("one snapshot by its name,"+of, snapshots("&SnapshotIdentifier="+first)),
		many.ours("the first 100 of a cluster,"+of, snapshots("&ClusterIdentifier="+cluster)),
		many.ours("the first 100 of a type,"+of, snapshots("&SnapshotType=manual")),
		many.ours("the first 100 since a time,"+of, snapshots("&StartTime=2020-01-01T00:00:00Z")),
		many.ours("none since a time,"+of, snapshots("&StartTime=2100-01-01T00:00:00Z")),
		many.ours("one snapshot by a tag,"+of, snapshots("&TagKeys.TagKey.1="+tagKey)),
		{name: "those shared with the caller," + of, connections: set.connections, slipher: func(s *slipher) [][]call {
			return repeat(s.call(manyRegion, s.consumer, snapshots("&OwnerAccount="+s.owner.Account)), set.connections)
		}},
		{name: "authorise and revoke, a pair", connections: set.sharing, slipher: func(s *slipher) [][]call {
			all := make([][]call, 0, set.sharing)
			for i := range set.sharing {
				share := "&AccountWithRestoreAccess=" + consumer + "&SnapshotIdentifier=" + url.QueryEscape(copyName(i+1))
				all = append(all, []call{
					s.call(fewRegion, s.owner, "Action=AuthorizeSnapshotAccess"+share),
					s.call(fewRegion, s.owner, "Action=RevokeSnapshotAccess"+share),
				})
			}
			return all
		}},
	}
}

type place struct {
	connections int
	region      string
}

func inRegion(set settings, region string) place { return place{set.connections, region} }

func (p place) ours(name, form string) oneCase {
	return oneCase{name: name, connections: p.connections, slipher: func(s *slipher) [][]call {
		return repeat(s.call(p.region, s.owner, form), p.connections)
	}}
}

func (p place) both(name, form string) oneCase {
	c := p.ours(name, form)
	c.moto = func(m *moto) [][]call { return repeat(m.call(p.region, form), p.connections) }
	return c
}

func repeat(one call, connections int) [][]call {
	all := make([][]call, connections)
	for i := range all {
		all[i] = []call{one}
	}
	return all
}
