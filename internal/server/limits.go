package server

import (
	"fmt"
	"math"
	"net"

	"golang.org/x/net/netutil"

	"slipher/internal/awsapi"
	"slipher/internal/throttle"
)

// Door bounds what clients can ask of one slipher.
type Door struct {
	Rate           float64 // API requests a second of one account, twice that at once; 0 is no limit
	APIConnections int     // at the same time; more of them wait
	SQLConnections int     // of one cluster at the same time; more are refused with 53300
}

// Callers without a key of an account have no rate of their own; so much is answered from one address before all of it is told Throttling.
var unknownRate = throttle.Rate{PerSecond: 100, Burst: 1000}

func (d Door) check() error {
	switch {
	case d.Rate < 0 || math.IsNaN(d.Rate) || d.Rate > 1e9:
		return fmt.Errorf("--rate is %g: give a number of requests a second, or 0 for no limit", d.Rate)
	case d.APIConnections < 1:
		return fmt.Errorf("--api-connections is %d: the API needs room for at least one", d.APIConnections)
	case d.SQLConnections < 1:
		return fmt.Errorf("--sql-connections is %d: a cluster needs room for at least one", d.SQLConnections)
	}
	return nil
}

// rates limit nobody where no account is limited.
func (d Door) rates() awsapi.Rates {
	if d.Rate == 0 {
		return awsapi.Rates{}
	}
	return awsapi.Rates{Account: throttle.Rate{PerSecond: d.Rate, Burst: int(math.Ceil(2 * d.Rate))}, Unknown: unknownRate}
}

// bounded lets so many connections in at the same time. Who has not sent a request's head within ten seconds loses its place.
func (d Door) bounded(listener net.Listener) net.Listener {
	return netutil.LimitListener(listener, d.APIConnections)
}
