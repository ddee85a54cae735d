package policy

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func parse(t testing.TB, kind Kind, name, document string) *Policy {
	t.Helper()
	parsed, err := Parse(kind, name, document)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return parsed
}

func TestSizeLeavesWhiteSpaceOut(t *testing.T) {
	t.Parallel()
	document := func(length int) string {
		frame := `{"Version":"2012-10-17","Statement":{"Sid":"","Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}}`
		return strings.Replace(frame, `""`, `"`+strings.Repeat("a", length-len(frame))+`"`, 1) + strings.Repeat(" \n\t\r", 100)
	}
	if size := Size(document(2048)); size != 2048 {
		t.Errorf("got a size of %d, want 2048", size)
	}
	if _, err := Parse(TrustPolicy, "", document(2048)); err != nil {
		t.Errorf("a document of the full size is refused: %v", err)
	}
	var size *SizeError
	if _, err := Parse(TrustPolicy, "", document(2049)); !errors.As(err, &size) {
		t.Fatalf("got %v, want a SizeError", err)
	}
	if size.Size != 2049 || size.Limit != 2048 || size.Kind != TrustPolicy {
		t.Errorf("got %+v, want 2049 of 2048", size)
	}
	if _, err := Parse(KeyPolicy, "", strings.Repeat(" ", maxDocument+1)); !errors.As(err, &size) {
		t.Errorf("got %v for endless white space, want a SizeError", err)
	}
}

func TestLimitsOfKinds(t *testing.T) {
	t.Parallel()
	for kind, rules := range rulesOf {
		_, err := Parse(kind, "", `"`+strings.Repeat("a", rules.size)+`"`)
		if want := fmt.Sprintf("has %d characters without white space; %s may have %d", rules.size+2, rules.name, rules.size); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestDocumentsKeepTheirNames(t *testing.T) {
	t.Parallel()
	parsed := parse(t, KeyPolicy, "key k1", `{"Id":"key-default-1","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}`)
	if parsed.Name != "key k1" || parsed.ID != "key-default-1" || parsed.Kind != KeyPolicy {
		t.Errorf("got %q, %q, %v", parsed.Name, parsed.ID, parsed.Kind)
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	context := Context{}
	context.SetTags("aws:RequestTag", map[string]string{"Team": "data"})
	context.SetTime(time.Date(2026, 1, 31, 13, 0, 0, 0, time.FixedZone("", 3600)))
	for key, want := range map[string]string{
		"aws:requesttag/team": "data",
		"aws:currenttime":     "2026-01-31T12:00:00Z",
		"aws:epochtime":       "1769860800",
	} {
		if got, _ := context.single(key); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
}

// Actions longer than any that there is are found neither by name nor by service, and nothing breaks.
func TestOverlongActions(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 500)
	policies := Policies{Identity: []*Policy{parse(t, InlinePolicy, "some", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"redshift:*","Resource":"*"}}`)}}
	ada := Principal{Type: User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/ada"}
	for action, want := range map[string]bool{"redshift:" + long: true, long + ":PauseCluster": false, long: false, "": false, ":": false} {
		if decision := policies.Decide(NewRequest(ada, action, "*")); decision.Allowed != want {
			t.Errorf("%q: got %s", action, decision)
		}
	}
}
