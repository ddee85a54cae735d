package main

import (
	"fmt"
	"math"
	"net"

	"golang.org/x/net/netutil"

	"slipher/internal/awsapi"
	"slipher/internal/throttle"
)

// doorOptions bound what clients can ask of one slipher.
type doorOptions struct {
	Rate           float64 `default:"10000" placeholder:"NUMBER" help:"API requests a second of one account, twice that at once; beyond it they are told Throttling (0: no limit)."`
	APIConnections int     `name:"api-connections" default:"1000" placeholder:"NUMBER" help:"API connections at the same time; more of them wait."`
	SQLConnections int     `name:"sql-connections" default:"500" placeholder:"NUMBER" help:"SQL sessions of one cluster at the same time; more are refused with 53300."`
}

// Callers without a key of an account have no rate of their own; so much is answered from one address before all of it is told Throttling.
var unknownRate = throttle.Rate{PerSecond: 100, Burst: 1000}

func (o doorOptions) check() error {
	switch {
	case o.Rate < 0 || math.IsNaN(o.Rate) || o.Rate > 1e9:
		return fmt.Errorf("--rate is %g: give a number of requests a second, or 0 for no limit", o.Rate)
	case o.APIConnections < 1:
		return fmt.Errorf("--api-connections is %d: the API needs room for at least one", o.APIConnections)
	case o.SQLConnections < 1:
		return fmt.Errorf("--sql-connections is %d: a cluster needs room for at least one", o.SQLConnections)
	}
	return nil
}

// rates limit nobody where no account is limited.
func (o doorOptions) rates() awsapi.Rates {
	if o.Rate == 0 {
		return awsapi.Rates{}
	}
	return awsapi.Rates{Account: throttle.Rate{PerSecond: o.Rate, Burst: int(math.Ceil(2 * o.Rate))}, Unknown: unknownRate}
}

// bounded lets so many connections in at the same time. Who has not sent a request's head within ten seconds loses its place.
func (o doorOptions) bounded(listener net.Listener) net.Listener {
	return netutil.LimitListener(listener, o.APIConnections)
}
