package awsapi

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsredshift "github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/smithy-go"

	"slipher/internal/api"
	"slipher/internal/audit"
	"slipher/internal/throttle"
)

// clock is a time that tests move.
type clock struct{ now atomic.Pointer[time.Time] }

func clockAt(at time.Time) *clock {
	c := &clock{}
	c.now.Store(&at)
	return c
}

func (c *clock) read() time.Time       { return *c.now.Load() }
func (c *clock) move(by time.Duration) { at := c.read().Add(by); c.now.Store(&at) }

func wantRefusal(t *testing.T, a answer, status int, code string) {
	t.Helper()
	if a.status != status || a.code() != code {
		t.Errorf("got %d %s, want %d %s", a.status, a.text, status, code)
	}
}

func TestAnAccountHasItsRate(t *testing.T) {
	t.Parallel()
	now := clockAt(noon)
	d := openDoor(t, describing, func(c *Config) {
		c.Now = now.read
		c.Rates.Account = throttle.Rate{PerSecond: 2, Burst: 3}
	})
	for range 3 {
		wantRefusal(t, d.post(t, owner, "redshift", describeForm), 200, "")
	}
	refused := d.post(t, owner, "redshift", describeForm)
	wantRefusal(t, refused, 400, "Throttling")
	if refused.message() != "Rate exceeded" {
		t.Errorf("it says %q", refused.message())
	}
	wantRefusal(t, d.post(t, owner, "sts", "Action=GetCallerIdentity&Version=2011-06-15"), 400, "Throttling")
	wantRefusal(t, d.post(t, consumer, "redshift", describeForm), 200, "")
	now.move(500 * time.Millisecond)
	wantRefusal(t, d.post(t, owner, "redshift", describeForm), 200, "")
	wantRefusal(t, d.post(t, owner, "redshift", describeForm), 400, "Throttling")
}

// Whoever does not prove to be of an account takes nothing of its rate.
func TestForgeriesCostTheirAddressOnly(t *testing.T) {
	t.Parallel()
	now := clockAt(noon)
	var recorded atomic.Int32
	d := openDoor(t, describing, func(c *Config) {
		c.Now = now.read
		c.Audit = func(audit.Event) { recorded.Add(1) }
		c.Rates = Rates{Account: throttle.Rate{PerSecond: 1, Burst: 2}, Unknown: throttle.Rate{PerSecond: 1, Burst: 3}}
	})
	wantRefusal(t, d.post(t, owner, "redshift", describeForm), 200, "")
	forged := func(key string) answer {
		r := d.request(t, http.MethodPost, "/", describeForm)
		signFor(t, r, owner, "redshift", "another body")
		if key != "" {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), keyOf(owner).ID, key, 1))
		}
		return d.send(t, r)
	}
	wantRefusal(t, forged(""), 403, "SignatureDoesNotMatch")
	wantRefusal(t, forged("AKIANOBODY"), 403, "InvalidClientTokenId")
	wantRefusal(t, d.send(t, d.request(t, http.MethodPost, "/", describeForm)), 403, "MissingAuthenticationToken")
	before := recorded.Load()
	for range 5 {
		wantRefusal(t, forged(""), 400, "Throttling")
		wantRefusal(t, forged("AKIANOBODY"), 400, "Throttling")
		wantRefusal(t, d.send(t, d.request(t, http.MethodPost, "/", describeForm)), 400, "Throttling")
	}
	if got := recorded.Load(); before != 4 || got != before {
		t.Errorf("%d events are recorded, and %d of what came beyond the rate", before, got-before)
	}
	wantRefusal(t, d.post(t, owner, "redshift", describeForm), 200, "") // from the same address
	wantRefusal(t, d.post(t, consumer, "redshift", describeForm), 400, "Throttling")
	now.move(2 * time.Second)
	wantRefusal(t, d.post(t, consumer, "redshift", describeForm), 200, "")
	wantRefusal(t, forged(""), 403, "SignatureDoesNotMatch")
}

func TestJSONServicesSayThrottlingException(t *testing.T) {
	t.Parallel()
	var refused *api.Fault
	if !errors.As(throttled(), &refused) {
		t.Fatalf("got %v", throttled())
	}
	fault := jsonProtocol{}.spelled(refused)
	if fault.Code != "ThrottlingException" || fault.Status != 400 {
		t.Errorf("got %d %s", fault.Status, fault.Code)
	}
}

// AWS's own client takes the refusal for what it is: it waits and tries again.
func TestClientsTryAgain(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	d := openDoor(t, describing, realClock, func(c *Config) {
		c.Rates.Account = throttle.Rate{PerSecond: 0.001, Burst: 1}
		c.Audit = func(audit.Event) { asked.Add(1) }
	})
	key := keyOf(owner)
	client := awsredshift.New(awsredshift.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(d.URL), Credentials: credentials.NewStaticCredentialsProvider(key.ID, key.Secret, ""),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 3, time.Millisecond }),
	})
	if _, err := client.DescribeClusters(t.Context(), &awsredshift.DescribeClustersInput{}); err != nil {
		t.Fatal(err)
	}
	_, err := client.DescribeClusters(t.Context(), &awsredshift.DescribeClustersInput{})
	if fault, ok := errors.AsType[smithy.APIError](err); !ok || fault.ErrorCode() != "Throttling" {
		t.Errorf("got %v", err)
	}
	if got := asked.Load(); got != 1+3 {
		t.Errorf("the client asked %d times, want 4", got)
	}
}
