package store_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"slipher/internal/vault/store"
	"slipher/internal/vault/store/blobtest"
)

// openS3 opens a bucket on a server of its own, behind what the test puts in front of it.
func openS3(t testing.TB, before func(http.Handler) http.Handler) store.Bucket {
	t.Helper()
	handler := gofakes3.New(s3mem.New(), gofakes3.WithAutoBucket(true)).Server()
	if before != nil {
		handler = before(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return openBucket(t, "s3://snapshots?prefix=a/b&endpoint="+server.URL)
}

func TestS3(t *testing.T) {
	t.Parallel()
	t.Run("conforms", func(t *testing.T) {
		t.Parallel()
		blobtest.Run(t, func(t *testing.T) store.Bucket { return openS3(t, nil) })
	})
	t.Run("puts_in_one_request", func(t *testing.T) {
		t.Parallel()
		var requests atomic.Int64
		bucket := openS3(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				next.ServeHTTP(w, r)
			})
		})
		put(t, bucket, "pack", random(t, 20<<20))
		if requests.Load() != 1 {
			t.Errorf("one object took %d requests", requests.Load())
		}
	})
	t.Run("goes_on_where_an_answer_broke_off", func(t *testing.T) {
		t.Parallel()
		var ranges []string
		bucket := openS3(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if asked := r.Header.Get("Range"); asked != "" {
					if ranges = append(ranges, asked); len(ranges) <= 2 {
						w = cutOff{w}
					}
				}
				next.ServeHTTP(w, r)
			})
		})
		content := random(t, 1<<20)
		put(t, bucket, "pack", content)
		retrying, pauses := patient(bucket.(store.Retrying).Bucket)
		reader, err := retrying.Get(t.Context(), "pack", 1000, 1<<19)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(reader)
		if err := errors.Join(err, reader.Close()); err != nil {
			t.Fatal(err)
		}
		if string(got) != string(content[1000:1000+1<<19]) {
			t.Errorf("got %d bytes that differ", len(got))
		}
		if len(ranges) != 3 || ranges[0] == ranges[1] || ranges[1] == ranges[2] || len(pauses()) != 2 {
			t.Errorf("asked for %v and waited %v, want three ranges that grow shorter", ranges, pauses())
		}
	})
}

// cutOff sends no more than half of what it announces, and closes the connection.
type cutOff struct{ http.ResponseWriter }

func (c cutOff) Write(content []byte) (int, error) {
	announced, err := strconv.Atoi(c.Header().Get("Content-Length"))
	if err != nil {
		return 0, err
	}
	c.ResponseWriter.Write(content[:min(len(content), announced/2)])
	http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// TestS3Faults wants to know of each answer whether it is worth asking again.
func TestS3Faults(t *testing.T) {
	t.Parallel()
	const tries = 4
	for name, test := range map[string]struct {
		status int
		code   string
		asked  int64
		says   string
	}{
		"forbidden":      {403, "AccessDenied", 1, "AccessDenied"},
		"wrong_key":      {403, "InvalidAccessKeyId", 1, "InvalidAccessKeyId"},
		"no_such_bucket": {404, "NoSuchBucket", 1, "NoSuchBucket"},
		"bad_request":    {400, "InvalidArgument", 1, "InvalidArgument"},
		"no_such_method": {405, "MethodNotAllowed", 1, "MethodNotAllowed"},
		"slow_down":      {503, "SlowDown", tries, "SlowDown"},
		"too_many":       {429, "TooManyRequests", tries, "TooManyRequests"},
		"internal":       {500, "InternalError", tries, "InternalError"},
		"full":           {507, "StorageFull", tries, "StorageFull"},
		"request_lost":   {400, "RequestTimeout", tries, "RequestTimeout"},
		"gateway":        {502, "", tries, "502"},
		"hung_up":        {0, "", tries, "EOF"},
	} {
		for _, step := range []string{"put", "get", "list", "delete"} {
			t.Run(name+"_"+step, func(t *testing.T) {
				t.Parallel()
				var asked atomic.Int64
				bucket := openS3(t, func(http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						io.Copy(io.Discard, r.Body)
						asked.Add(1)
						if test.status == 0 {
							panic(http.ErrAbortHandler)
						}
						w.WriteHeader(test.status)
						if test.code != "" {
							fmt.Fprintf(w, "<Error><Code>%s</Code><Message>as the test wants</Message></Error>", test.code)
						}
					})
				})
				retrying, _ := patient(bucket.(store.Retrying).Bucket)
				retrying.Tries = tries
				var err error
				switch step {
				case "put":
					err = retrying.Put(t.Context(), "a", []byte("b"))
				case "get":
					_, err = retrying.Get(t.Context(), "a", 0, 1)
				case "list":
					_, err = retrying.List(t.Context(), "a")
				case "delete":
					err = retrying.Delete(t.Context(), "a")
				}
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got %v, want an error that says %s", err, test.says)
				}
				if errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%v counts as an absent object or the end of one", err)
				}
				if asked.Load() != test.asked {
					t.Errorf("asked %d times, want %d", asked.Load(), test.asked)
				}
			})
		}
	}
}
