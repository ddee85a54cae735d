package state

import (
	"crypto/sha256"
	"encoding/hex"
)

// NetworkID names a part of the network that every account has in a region, which is there in name only.
func NetworkID(kind, account, region string) string {
	sum := sha256.Sum256([]byte(kind + "/" + account + "/" + region))
	return kind + "-" + hex.EncodeToString(sum[:])[:17]
}

// SecurityGroups are those of the cluster, or the default one of the account's network.
func (c Cluster) SecurityGroups(account, region string) []string {
	if len(c.VpcSecurityGroups) == 0 {
		return []string{NetworkID("sg", account, region)}
	}
	return c.VpcSecurityGroups
}
