package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"slipher/internal/sigv4"
)

// call is a request that is signed once and sent again and again; whoever receives it verifies the signature each time.
type call struct {
	url, form string
	header    http.Header
}

func newCall(url string, signer sigv4.Signer, form string) call {
	form += "&Version=2012-12-01"
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, strings.NewReader(form))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := signer.Sign(r, []byte(form), time.Now()); err != nil {
		panic(err)
	}
	return call{url: url, form: form, header: r.Header}
}

func (c call) send(ctx context.Context, client *http.Client) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, strings.NewReader(c.form))
	if err != nil {
		return err
	}
	r.Header = c.header
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		answer, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		return fmt.Errorf("%s: %s\n%s", c.form, response.Status, answer)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// figure is what the turns of one server add up to.
type figure struct {
	took  []time.Duration // by each row of calls
	spent time.Duration
	slow  bool // a turn lasted much longer than it should: there is no second one
}

func (f figure) rate() float64 {
	if f.spent == 0 {
		return 0
	}
	return float64(len(f.took)) / f.spent.Seconds()
}

func (f figure) percentile(percent int) time.Duration {
	if len(f.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(f.took))
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

// turn drives one server for a while. What is under way at the end is waited for, since it has cost the server time.
func turn(ctx context.Context, set settings, c oneCase, rows [][]call, total *figure) error {
	if total.slow {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, set.turn+set.patience)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c.connections}}
	defer client.CloseIdleConnections()
	for _, row := range rows[:1] { // the first answer opens what is opened once
		if err := asked(ctx, client, row); err != nil {
			return ignoreImpatience(err, total)
		}
	}
	var mu sync.Mutex
	var failed error
	var all sync.WaitGroup
	began := time.Now()
	for _, row := range rows {
		all.Go(func() {
			for time.Since(began) < set.turn {
				start := time.Now()
				err := asked(ctx, client, row)
				mu.Lock()
				if err == nil {
					total.took = append(total.took, time.Since(start))
				} else {
					failed = errors.Join(failed, err)
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	spent := time.Since(began)
	total.spent += spent
	total.slow = spent > 2*set.turn
	return ignoreImpatience(failed, total)
}

func asked(ctx context.Context, client *http.Client, row []call) error {
	for _, call := range row {
		if err := call.send(ctx, client); err != nil {
			return err
		}
	}
	return nil
}

// ignoreImpatience: a server that answers nothing in time has the rate that it has.
func ignoreImpatience(err error, total *figure) error {
	if errors.Is(err, context.DeadlineExceeded) {
		total.slow = true
		return nil
	}
	return err
}
