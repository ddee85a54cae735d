package state

import (
	"errors"
	"strings"

	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
)

// SubnetGroup is kept under its name in lower case. The default group is in no record.
type SubnetGroup struct {
	Description string
	Subnets     []string // identifiers
	Tags        []Tag    `json:",omitempty"`
}

// SubnetGroupRecord may be the default group, which is stored nowhere.
type SubnetGroupRecord = meta.Record[SubnetGroup]

// SubnetGroups has the groups that accounts have made.
var SubnetGroups = meta.Records[SubnetGroup]{Kind: "subnet group"}

// DefaultSubnetGroupName is that of the group which every account has in every region.
const DefaultSubnetGroupName = "default"

// DefaultSubnetGroup has a subnet in each of three Availability Zones.
func DefaultSubnetGroup(account, region string) SubnetGroupRecord {
	group := SubnetGroup{Description: DefaultSubnetGroupName}
	for _, zone := range []string{"a", "b", "c"} {
		group.Subnets = append(group.Subnets, NetworkID("subnet", account, region+zone))
	}
	return SubnetGroupRecord{Key: meta.Key{Account: account, Region: region, ID: DefaultSubnetGroupName}, Body: group}
}

// FindSubnetGroup answers a group of the account, the default group, or ClusterSubnetGroupNotFound. The name may be in upper case.
func FindSubnetGroup(tx *meta.Tx, account, region, name string) (SubnetGroupRecord, error) {
	id := strings.ToLower(name)
	if id == DefaultSubnetGroupName {
		return DefaultSubnetGroup(account, region), nil
	}
	found, err := SubnetGroups.Find(tx, meta.Key{Account: account, Region: region, ID: id})
	if id == "" || errors.Is(err, meta.ErrNotFound) {
		return found, refusal.ClusterSubnetGroupNotFound.Because("Subnet group %s not found.", name)
	}
	return found, err
}

// InSubnetGroup is the entry of clusters in a group other than the default one.
func InSubnetGroup(name string) meta.Entry { return meta.Entry{Name: "subnet group", Value: name} }

// SubnetGroupFor is what a new cluster keeps of the group that a request names; nothing for the default group.
func SubnetGroupFor(tx *meta.Tx, account, region, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	group, err := FindSubnetGroup(tx, account, region, name)
	if err != nil || group.ID == DefaultSubnetGroupName {
		return "", err
	}
	return group.ID, nil
}
