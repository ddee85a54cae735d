package awsapi

import (
	"context"
	"net/http"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"slipher/internal/api"
	"slipher/internal/throttle"
)

// Rates are what the door lets through. A zero rate is no limit.
type Rates struct {
	Account throttle.Rate // requests of one account, whoever of it asks
	Unknown throttle.Rate // requests from one address by callers that prove nothing
}

// So many are remembered: whoever is forgotten begins anew.
const (
	mostAccounts = 10_000
	mostSources  = 10_000
	mostKeys     = 10_000
)

// limits are the buckets behind Rates.
type limits struct {
	accounts *throttle.Buckets
	sources  *throttle.Buckets
	proven   proven
}

func newLimits(rates Rates) *limits {
	l := &limits{accounts: throttle.New(rates.Account, mostAccounts), sources: throttle.New(rates.Unknown, mostSources)}
	l.proven.keys, _ = simplelru.NewLRU[string, struct{}](mostKeys, nil) // the number is positive
	return l
}

// proven are the access keys that have signed a request lately. Whoever has one is heard, whatever others at its address do.
type proven struct {
	mu   sync.Mutex
	keys *simplelru.LRU[string, struct{}]
}

func (p *proven) add(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys.Add(key, struct{}{})
}

func (p *proven) has(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys.Contains(key)
}

// admit spares the body and the look for the key where an address has sent too much that proved nothing.
func (s *server) admit(_ context.Context, x *exchange) error {
	if s.limits.sources.Wait(throttle.Source(x.caller.SourceIP), s.config.Now()) > 0 && !s.limits.proven.has(x.signature.AccessKeyID) {
		return throttled()
	}
	return nil
}

// throttle counts a request to the account that signed it. What others send in its name is not counted.
func (s *server) throttle(_ context.Context, x *exchange) error {
	s.limits.proven.add(x.signature.AccessKeyID)
	if !s.limits.accounts.Take(x.caller.Account, s.config.Now()) {
		return throttled()
	}
	return nil
}

// refuseUnknown counts a refusal of a caller that has proved nothing to its address. Beyond the rate all are answered alike, and none is recorded:
// it would take the disk.
func (s *server) refuseUnknown(x *exchange, err error) error {
	if s.limits.sources.Take(throttle.Source(x.caller.SourceIP), s.config.Now()) {
		return err
	}
	x.unrecorded = true
	return throttled()
}

// throttled is the refusal that every SDK waits upon and tries again.
func throttled() error { return api.NewFault("Throttling", http.StatusBadRequest, "Rate exceeded") }
