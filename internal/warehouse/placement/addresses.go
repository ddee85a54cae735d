package placement

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net"

	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// Addresses decide where the SQL endpoints of clusters are.
type Addresses struct {
	AdvertiseHost string // every endpoint is on this host, with a port of its own
	Loopback      bool   // without AdvertiseHost: each cluster has a loopback address of its own, and the port it asked for
}

func (a Addresses) own() bool { return a.Loopback && a.AdvertiseHost == "" }

// Shown is the host that clients are told.
func (a Addresses) Shown(address string) string {
	switch {
	case address != "":
		return address
	case a.AdvertiseHost != "":
		return a.AdvertiseHost
	default:
		return "127.0.0.1"
	}
}

// Bind is the address that a node listens on. A host that is advertised may be a name, or an address in front of this machine,
// so only one that is certainly local narrows it.
func (a Addresses) Bind(address string) string {
	host := a.Shown(address)
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return host
	}
	if host == "localhost" {
		return "127.0.0.1"
	}
	return ""
}

var errNoAddress = errors.New("all addresses for SQL endpoints are taken: delete clusters that are not needed")

// Assign gives a cluster an address and a port that no other cluster has. After a failed attempt it finds another
// one, since what is free among clusters may be taken by another program.
func (a Addresses) Assign(tx *meta.Tx, body *state.Cluster) (err error) {
	if a.own() {
		body.Address, err = freeAddress(tx, fmt.Sprintf("%s/%d", body.Key, body.Attempts))
		return err
	}
	body.Address = ""
	body.Port, err = freePort(tx, body.Port)
	return err
}

const addresses = 1 << 16

// freeAddress begins at a hash of the seed and takes the next free address of 127.83.0.0/16.
func freeAddress(tx *meta.Tx, seed string) (string, error) {
	sum := sha256.Sum256([]byte(seed))
	begin := int(sum[0])<<8 | int(sum[1])
	for i := range addresses {
		number := (begin + i) % addresses
		if low := number & 255; low == 0 || low == 255 {
			continue
		}
		address := fmt.Sprintf("127.83.%d.%d", number>>8, number&255)
		if taken, err := state.Clusters.Count(tx, meta.Query{Index: state.AtAddress(address)}); err != nil || taken == 0 {
			return address, err
		}
	}
	return "", errNoAddress
}

// freePort tries the port asked for, then Redshift's ranges, then what is beyond.
func freePort(tx *meta.Tx, wanted int) (int, error) {
	for _, span := range [][2]int{{wanted, wanted}, {5431, 5455}, {8191, 65535}} {
		for port := span[0]; port <= span[1]; port++ {
			taken, err := state.Clusters.Count(tx, meta.Query{Index: state.OnPort(port)})
			if err != nil || taken == 0 {
				return port, err
			}
		}
	}
	return 0, errNoAddress
}
