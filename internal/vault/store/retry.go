package store

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// Retrying is a bucket that tries again what failed for a reason that may pass. An object that is missing, a refusal and a
// request that makes no sense come back at once; what does not pass comes back as the last try's error.
type Retrying struct {
	Bucket
	Now    func() time.Time
	Tries  int                                        // of one operation, 10 when 0
	Within time.Duration                              // no try begins later than this after the first, a minute when 0
	Sleep  func(context.Context, time.Duration) error // nil waits
	Chance func() float64                             // from 0 to 1; nil draws
}

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 10 * time.Second

	// A try ends when the store takes longer for an answer than this and moves fewer bytes a second than that.
	answerTime   = 30 * time.Second
	slowestBytes = 64 << 10
	listingTime  = 5 * time.Minute
)

// timeFor is how long moving so many bytes may take.
func timeFor(bytes int64) time.Duration {
	return answerTime + time.Duration(bytes)*time.Second/slowestBytes
}

// Put is tried again with the whole content: an object is written whole or not at all.
func (r Retrying) Put(ctx context.Context, key string, content []byte) error {
	return r.try(ctx, timeFor(int64(len(content))), func(ctx context.Context) error { return r.Bucket.Put(ctx, key, content) })
}

// List is tried again from the start, and has more time than other answers, since it is many pages.
func (r Retrying) List(ctx context.Context, prefix string) (objects []Object, err error) {
	err = r.try(ctx, listingTime, func(ctx context.Context) error {
		objects, err = r.Bucket.List(ctx, prefix)
		return err
	})
	return objects, err
}

// Delete is tried again, as deleting what is not there is no error.
func (r Retrying) Delete(ctx context.Context, key string) error {
	return r.try(ctx, answerTime, func(ctx context.Context) error { return r.Bucket.Delete(ctx, key) })
}

// try repeats one step, each time for so long at most.
func (r Retrying) try(ctx context.Context, limit time.Duration, step func(context.Context) error) error {
	tries := r.begin()
	for {
		within, cancel := context.WithTimeout(ctx, limit)
		err := step(within)
		cancel()
		if err == nil {
			return nil
		}
		if err := tries.again(ctx, err); err != nil {
			return err
		}
	}
}

// tries counts those of one operation.
type tries struct {
	Retrying
	began time.Time
	made  int
}

func (r Retrying) begin() *tries {
	if r.Tries == 0 {
		r.Tries = 10
	}
	if r.Within == 0 {
		r.Within = time.Minute
	}
	if r.Sleep == nil {
		r.Sleep = sleep
	}
	if r.Chance == nil {
		r.Chance = rand.Float64
	}
	return &tries{Retrying: r, began: r.Now()}
}

// again waits until it is time for the next try, or returns why there is none.
func (t *tries) again(ctx context.Context, cause error) error {
	t.made++
	if ctx.Err() != nil || lasting(cause) {
		return cause
	}
	pause := t.pause()
	if took := t.Now().Sub(t.began); t.made >= t.Tries || took+pause > t.Within {
		return fmt.Errorf("%w (given up after %d tries in %s)", cause, t.made, took.Round(100*time.Millisecond))
	}
	if err := t.Sleep(ctx, pause); err != nil {
		return cause
	}
	return nil
}

// pause doubles from try to try. Chance keeps many who were refused at the same moment from coming back at the same moment.
func (t *tries) pause() time.Duration {
	longest := longestPause
	if doublings := t.made - 1; doublings < 7 {
		longest = min(longest, firstPause<<doublings)
	}
	return longest/2 + time.Duration(t.Chance()*float64(longest/2))
}

func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Get goes on where the answer broke off, as often as all its tries allow.
func (r Retrying) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	tries := r.begin()
	reader := &resumingReader{
		open:   func(offset, length int64) (io.ReadCloser, error) { return r.openWithin(ctx, key, offset, length) },
		again:  func(cause error) error { return tries.again(ctx, cause) },
		offset: offset, left: length,
	}
	if err := reader.reopen(); err != nil {
		return nil, err
	}
	return reader, nil
}

// openWithin limits the time until the answer's last byte is read, when it is known how many there are.
func (r Retrying) openWithin(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	cancel := func() {}
	if length >= 0 {
		ctx, cancel = context.WithTimeout(ctx, timeFor(length))
	}
	opened, err := r.Bucket.Get(ctx, key, offset, length)
	if err != nil {
		cancel()
		return nil, err
	}
	return limitedReader{opened, cancel}, nil
}

type limitedReader struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (l limitedReader) Close() error {
	defer l.cancel()
	return l.ReadCloser.Close()
}

// resumingReader reads one range, from several answers when need be.
type resumingReader struct {
	open   func(offset, length int64) (io.ReadCloser, error)
	again  func(cause error) error
	offset int64
	left   int64 // -1 to the object's end
	answer io.ReadCloser
}

func (r *resumingReader) reopen() error {
	for {
		opened, err := r.open(r.offset, r.left)
		if err == nil {
			r.answer = opened
			return nil
		}
		if err := r.again(err); err != nil {
			return err
		}
	}
}

func (r *resumingReader) Read(into []byte) (int, error) {
	for {
		n, err := r.answer.Read(into)
		r.offset += int64(n)
		if r.left >= 0 {
			r.left -= int64(n)
		}
		if err == nil || err == io.EOF {
			return n, err
		}
		if err := r.resume(err); err != nil {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
	}
}

// resume asks for what is left. When nothing is, the error came too late to matter.
func (r *resumingReader) resume(cause error) error {
	if r.left == 0 {
		return io.EOF
	}
	if err := r.again(cause); err != nil {
		return err
	}
	r.answer.Close() // it has failed already
	r.answer = noAnswer{}
	return r.reopen()
}

func (r *resumingReader) Close() error { return r.answer.Close() }

// noAnswer stands where an answer was.
type noAnswer struct{}

func (noAnswer) Read([]byte) (int, error) { return 0, errBrokenOff }
func (noAnswer) Close() error             { return nil }
