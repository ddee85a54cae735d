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
