// Package throttle bounds how often each of many may do something: one token bucket for each, and no more of them than a number, beyond which the
// least recently used is forgotten. It knows neither requests nor logins, and no clock: its caller brings the time.
package throttle

import (
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// Rate is what each may do: so many a second in the long run, and Burst at once. The zero Rate is no limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Buckets are the token buckets of all. Its methods may be called at the same time; those of a nil Buckets limit nobody.
type Buckets struct {
	rate Rate

	mu sync.Mutex
	of *simplelru.LRU[string, *rate.Limiter]
}

// New makes room for that many buckets. Without a rate it returns nil.
func New(each Rate, most int) *Buckets {
	if each.PerSecond <= 0 {
		return nil
	}
	of, err := simplelru.NewLRU[string, *rate.Limiter](most, nil)
	if err != nil {
		panic(err) // most is a number of ours
	}
	return &Buckets{rate: each, of: of}
}

// Take takes a token, and says whether there was one.
func (b *Buckets) Take(who string, now time.Time) bool {
	return b == nil || b.bucket(who).AllowN(now, 1)
}

// Charge takes a token also where there is none: what is owed has to be waited for.
func (b *Buckets) Charge(who string, now time.Time) {
	if b != nil {
		b.bucket(who).ReserveN(now, 1)
	}
}

// Wait is how long it takes until there is a token, and takes none.
func (b *Buckets) Wait(who string, now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	limiter, known := b.of.Get(who)
	b.mu.Unlock()
	if !known {
		return 0
	}
	missing := 1 - limiter.TokensAt(now)
	return max(0, time.Duration(missing/b.rate.PerSecond*float64(time.Second)))
}

// Forgive gives all tokens back.
func (b *Buckets) Forgive(who string) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.of.Remove(who)
}

func (b *Buckets) bucket(who string) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, known := b.of.Get(who)
	if !known {
		limiter = rate.NewLimiter(rate.Limit(b.rate.PerSecond), b.rate.Burst)
		b.of.Add(who, limiter)
	}
	return limiter
}

// Source is what an IP address counts as: of IPv6 the network of 64 bits, since whoever has one address there has them all.
func Source(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	network, _ := ip.Prefix(64) // of 128 bits
	return network.String()
}
