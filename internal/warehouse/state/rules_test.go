package state_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipher/internal/warehouse/state"
)

func TestReservedWordsAreSorted(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(state.ReservedWords) {
		t.Error("reserved words are found by binary search and must be sorted")
	}
	if !state.ReservedWord("verbose") || !state.ReservedWord("AES128") || state.ReservedWord("sales") {
		t.Error("reserved words are not told from others")
	}
}

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for password, valid := range map[string]bool{
		"Redshift1":                     true,
		"A1" + strings.Repeat("a", 62):  true,
		"A1" + strings.Repeat("a", 63):  false,
		"Short1a":                       false,
		"nouppercase1":                  false,
		"NOLOWERCASE1":                  false,
		"NoDigitsHere":                  false,
		"With Space1":                   false,
		`With"Quote1`:                   false,
		"With/Slash1":                   false,
		"Umlaut\u00e4Umlaut1":           false,
		"~!#$%^&*()_+-={}[]|;:<>,.?Aa1": true,
	} {
		if err := state.CheckPassword(password); (err == nil) != valid {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestMaintenanceWindow(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	for text, next := range map[string]string{
		"mon:09:00-mon:10:00": "2026-01-12T09:00:00Z",
		"mon:10:00-mon:11:00": "2026-01-12T10:00:00Z",
		"mon:10:01-mon:11:00": "2026-01-05T10:01:00Z",
		"sun:23:15-mon:03:15": "2026-01-11T23:15:00Z",
		"Wed:00:00-Thu:00:00": "2026-01-07T00:00:00Z",
	} {
		window, err := state.ParseWindow(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := window.Next(monday).Format(time.RFC3339); got != next || window.String() != strings.ToLower(text) {
			t.Errorf("%s: next %s, want %s; written %s", text, got, next, window)
		}
	}
	for _, text := range []string{"", "mon:09:00", "mon:24:00-tue:01:00", "mon:09:60-mon:11:00", "xyz:09:00-mon:11:00", "mon:09:00-mon:09:29", "mon:09:00-tue:09:01", "mon:9:00-mon:11:00"} {
		if window, err := state.ParseWindow(text); err == nil {
			t.Errorf("%q is taken for %s", text, window)
		}
	}
}

func TestRandomWindowIsValid(t *testing.T) {
	t.Parallel()
	for day := range 7 {
		for half := range 16 {
			window, err := state.RandomWindow("eu-west-1", strings.NewReader(string([]byte{byte(day), byte(half)})))
			if err != nil {
				t.Fatal(err)
			}
			if again, err := state.ParseWindow(window.String()); err != nil || again != window {
				t.Errorf("%s: %v", window, err)
			}
		}
	}
}

func FuzzMaintenanceWindow(f *testing.F) {
	f.Add("sun:23:15-mon:03:15")
	f.Fuzz(func(t *testing.T, text string) {
		window, err := state.ParseWindow(text)
		if err != nil {
			return
		}
		if again, err := state.ParseWindow(window.String()); err != nil || again != window {
			t.Errorf("%q becomes %s, which becomes %s (%v)", text, window, again, err)
		}
	})
}

func FuzzSnapshotARN(f *testing.F) {
	f.Add(state.SnapshotARN("111111111111", "us-east-1", "sales", "monday"))
	f.Add("arn:aws:redshift-serverless:us-east-1:111111111111:snapshot/8f6c")
	f.Fuzz(func(t *testing.T, arn string) {
		located, err := state.LocateARN(arn)
		if err != nil || located.Serverless {
			return
		}
		again, err := state.LocateARN(state.SnapshotARN(located.Owner, located.Region, located.Cluster, located.Identifier))
		if err != nil || again != located {
			t.Errorf("%q is %+v, written again %+v (%v)", arn, located, again, err)
		}
	})
}
