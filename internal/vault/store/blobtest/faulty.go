package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"

	"slipher/internal/vault/store"
)

// ErrInjected is the error of every fault.
var ErrInjected = errors.New("injected fault")

// Fault is what happens to one operation.
type Fault int

// What may happen, as disks, networks and object stores have it.
const (
	Works      Fault = iota
	Refused          // nothing happens, an error is reported
	AnswerLost       // it happens, and an error is reported nevertheless
	Torn             // a put leaves the first half of the object, a get reads the first half of the range; then an error
	Short            // a get ends early and reports nothing; otherwise like Refused
	Full             // a put finds no space and leaves nothing; otherwise works
	Lied             // a put leaves the first half and reports success, as a loss of power may; otherwise like Refused
)

// Op is one operation on the bucket.
type Op struct {
	Number int    // from 0
	Kind   string // put, get, list, delete
	Key    string
}

// Faulty is a bucket that fails as Fault decides, which is called for one operation at a time. It may use the bucket
// beneath, but not this one. Before is called with every operation, by several goroutines at once; a store is slow while it
// does not return. Both may be nil.
type Faulty struct {
	store.Bucket
	Fault  func(Op) Fault
	Before func(Op)

	mu    sync.Mutex
	count int
}

// CrashAt lets the store fail from one operation on, as it does for a process that was killed. The operation itself meets how.
func CrashAt(number int, how Fault) func(Op) Fault {
	return func(op Op) Fault {
		switch {
		case op.Number < number:
			return Works
		case op.Number == number:
			return how
		default:
			return Refused
		}
	}
}

// Count is how many operations there were.
func (f *Faulty) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// SetFault replaces Fault while the bucket is in use.
func (f *Faulty) SetFault(fault func(Op) Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Fault = fault
}

func (f *Faulty) decide(kind, key string) Fault {
	op, fault := f.number(kind, key)
	if f.Before != nil {
		f.Before(op)
	}
	return fault
}

func (f *Faulty) number(kind, key string) (Op, Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	op := Op{Number: f.count, Kind: kind, Key: key}
	f.count++
	if f.Fault == nil {
		return op, Works
	}
	return op, f.Fault(op)
}

// Put writes all of the content, half of it or nothing, as the fault says.
func (f *Faulty) Put(ctx context.Context, key string, content []byte) error {
	fault := f.decide("put", key)
	switch fault {
	case Works:
		return f.Bucket.Put(ctx, key, content)
	case Torn:
		content = content[:len(content)/2]
	case Lied:
		return f.Bucket.Put(ctx, key, content[:len(content)/2])
	case Full:
		return fmt.Errorf("%w: %w", ErrInjected, syscall.ENOSPC)
	case Refused, Short:
		return ErrInjected
	case AnswerLost:
	}
	if err := f.Bucket.Put(ctx, key, content); err != nil {
		return err
	}
	return ErrInjected
}

// Get answers the range, the first half of it or nothing. A read that ends early reports it, or does not, as the fault says.
func (f *Faulty) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	fault := f.decide("get", key)
	if fault == Refused || fault == AnswerLost || fault == Lied {
		return nil, ErrInjected
	}
	reader, err := f.Bucket.Get(ctx, key, offset, length)
	if err != nil || fault == Works || fault == Full {
		return reader, err
	}
	whole, err := io.ReadAll(reader)
	if err := errors.Join(err, reader.Close()); err != nil {
		return nil, err
	}
	half := io.Reader(bytes.NewReader(whole[:len(whole)/2]))
	if fault == Torn {
		half = io.MultiReader(half, failing{})
	}
	return io.NopCloser(half), nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, ErrInjected }

// List answers all or fails: no store that we know leaves names out.
func (f *Faulty) List(ctx context.Context, prefix string) ([]store.Object, error) {
	if fault := f.decide("list", prefix); fault != Works && fault != Full {
		return nil, ErrInjected
	}
	return f.Bucket.List(ctx, prefix)
}

// Delete is done or not, and may report a failure either way.
func (f *Faulty) Delete(ctx context.Context, key string) error {
	switch f.decide("delete", key) {
	case Works, Full:
		return f.Bucket.Delete(ctx, key)
	case AnswerLost:
		return errors.Join(ErrInjected, f.Bucket.Delete(ctx, key))
	default:
		return ErrInjected
	}
}
