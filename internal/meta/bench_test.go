package meta

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func BenchmarkUpdate(b *testing.B) {
	store := open(b)
	update(b, store, insert(apple(), fruit{Colour: "red"}))
	for b.Loop() {
		update(b, store, func(tx *Tx) error {
			found, err := fruits.Find(tx, apple())
			if err != nil {
				return err
			}
			found.Body.Weight++
			return fruits.Put(tx, found)
		})
	}
}

func BenchmarkFind(b *testing.B) {
	store := open(b)
	update(b, store, insert(apple(), fruit{Colour: "red"}))
	for b.Loop() {
		view(b, store, func(tx *Tx) error {
			_, err := fruits.Find(tx, apple())
			return err
		})
	}
}

// BenchmarkList reads a page of 100 from the middle of 10,000.
func BenchmarkList(b *testing.B) {
	store := open(b)
	update(b, store, func(tx *Tx) error {
		for i := range 10_000 {
			key := Key{Account: "111111111111", Region: "us-east-1", ID: fmt.Sprintf("%05d", i)}
			if err := insert(key, fruit{Colour: "red"})(tx); err != nil {
				return err
			}
		}
		return nil
	})
	for name, index := range map[string]Entry{"plain": {}, "by_entry": {Name: "colour", Value: "red"}} {
		b.Run(name, func(b *testing.B) {
			query := Query{Account: "111111111111", Region: "us-east-1", Index: index, After: "05000", Limit: 100}
			for b.Loop() {
				view(b, store, func(tx *Tx) error {
					page, err := fruits.List(tx, query)
					if len(page) != 100 || page[0].ID != "05001" {
						err = errors.New("not the page asked for")
					}
					return err
				})
			}
		})
	}
}

// BenchmarkJob is the time from before the commit that enqueues a job to its beginning.
func BenchmarkJob(b *testing.B) {
	store := open(b)
	ran := make(chan struct{})
	Handle(store, func(context.Context, greet) error { ran <- struct{}{}; return nil })
	run(b, store)
	for b.Loop() {
		enqueue(b, store, EnqueueOptions{}, greet{})
		<-ran
	}
}

// BenchmarkUpdateTogether is the time of a change when 16 goroutines make some at once.
func BenchmarkUpdateTogether(b *testing.B) {
	store := open(b)
	update(b, store, insert(apple(), fruit{Colour: "red"}))
	b.SetParallelism(8)
	b.RunParallel(func(bench *testing.PB) {
		for bench.Next() {
			update(b, store, func(tx *Tx) error {
				found, err := fruits.Find(tx, apple())
				if err != nil {
					return err
				}
				found.Body.Weight++
				return fruits.Put(tx, found)
			})
		}
	})
}

// BenchmarkCode is the time of the code of a row of usual size.
func BenchmarkCode(b *testing.B) {
	key := newCodeKey(make([]byte, 32))
	of := row{kind: "fruit", Key: apple(), version: 7, body: make([]byte, 1000)}
	for b.Loop() {
		key.ofRecord(of)
	}
}
