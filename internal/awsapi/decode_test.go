package awsapi

import (
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
)

var update = flag.Bool("update", false, "rewrite testdata from what the code answers")

// TestDecode reads testdata/decode: blocks of an operation, its form (joined by line), "----", and the input
// that comes out, shown as the XML that the same structure would give, or the refusal.
func TestDecode(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/decode/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			golden(t, path, func(given string) string {
				var out []string
				for block := range strings.SplitSeq(strings.TrimSpace(given), "\n\n") {
					question, _, _ := strings.Cut(block, "\n----")
					out = append(out, question+"\n----\n"+decodeBlock(t, question))
				}
				return strings.Join(out, "\n\n") + "\n"
			})
		})
	}
}

// golden compares a file with what answer makes of it.
func golden(t *testing.T, path string, answer func(string) string) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	got := answer(string(want))
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

func decodeBlock(t *testing.T, question string) string {
	t.Helper()
	var lines []string
	for line := range strings.SplitSeq(question, "\n") {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	operation := findOperation(t, lines[0])
	form, err := url.ParseQuery(strings.Join(lines[1:], "&"))
	if err != nil {
		t.Fatalf("%s: %v", lines[0], err)
	}
	input := operation.NewInput()
	unknown, err := Decode(operation.Name, form, input)
	if err != nil {
		return describeFault(t, err)
	}
	var w writer
	for _, name := range unknown {
		w.WriteString("passed over: " + name + "\n")
	}
	w.structure(reflect.TypeOf(input).Elem().Name(), reflect.ValueOf(input))
	return strings.TrimSpace(w.String())
}

func describeFault(t *testing.T, err error) string {
	t.Helper()
	var fault *api.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("got %v, want a fault", err)
	}
	return fmt.Sprintf("%d %s: %s", fault.Status, fault.Code, fault.Message)
}

func findOperation(t testing.TB, name string) api.Operation {
	t.Helper()
	for _, operation := range redshift.Table().Operations {
		if operation.Name == name {
			return operation
		}
	}
	t.Fatalf("there is no operation %q", name)
	return api.Operation{}
}

func TestTimestampForms(t *testing.T) {
	t.Parallel()
	second := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-01-02T15:04:05Z":           second,
		"2026-01-02T15:04:05":            second,
		"2026-01-02t15:04:05z":           second,
		"2026-01-02 15:04:05Z":           second,
		"2026-01-02T15:04:05.678Z":       second.Add(678 * time.Millisecond),
		"2026-01-02T15:04:05.678000Z":    second.Add(678 * time.Millisecond),
		"2026-01-02T15:04:05,5Z":         second.Add(500 * time.Millisecond),
		"2026-01-02T15:04:05.123456789Z": second.Add(123456789),
		"2026-01-02T16:34:05+01:30":      second,
		"2026-01-02T16:34:05+0130":       second,
		"2026-01-02T16:04:05+01":         second,
		"2026-01-02T07:04:05.25-08:00":   second.Add(250 * time.Millisecond),
		"2026-01-02T15:04Z":              second.Truncate(time.Minute),
		"2026-01-02T15:04":               second.Truncate(time.Minute),
		"2026-01-02T15:04+00:00":         second.Truncate(time.Minute),
		"2026-01-02T15Z":                 second.Truncate(time.Hour),
		"2026-01-02":                     second.Truncate(24 * time.Hour),
		"20260102T150405Z":               second,
		"20260102T150405.25Z":            second.Add(250 * time.Millisecond),
		"20260102T1504Z":                 second.Truncate(time.Minute),
		"20260102":                       second.Truncate(24 * time.Hour),
		"2026-002T15:04:05Z":             second,
		"2026002":                        second.Truncate(24 * time.Hour),
		"2026-W01-5T15:04:05Z":           second,
		"2026W015T150405Z":               second,
		"2026-W01":                       time.Date(2025, 12, 29, 0, 0, 0, 0, time.UTC),
		"2020-W53-7":                     time.Date(2021, 1, 3, 0, 0, 0, 0, time.UTC),
		"2026-01":                        time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"2026-01-01T24:00:00Z":           second.Truncate(24 * time.Hour),
		"20260101T2400+01":               second.Truncate(24 * time.Hour).Add(-time.Hour),
	} {
		got, ok := parseTimestamp(text)
		if !ok || !got.Equal(want) {
			t.Errorf("%q: got %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "T", "yesterday", "2026", "2026-13-01", "2026-02-30T00:00:00Z", "2026-01-02T25:00:00Z",
		"2026-01-02T15:04:05+", "2026-01-02T15:04:05Z ", "1767366245", "2026-01-02T", "15:04:05Z",
		"2025-W53-1", "2026-W00-1", "2026-W01-8", "2026-366", "2026-01-01T24:01:00Z"} {
		if got, ok := parseTimestamp(text); ok {
			t.Errorf("%q: got %v, want a refusal", text, got)
		}
	}
}

// An item's number says nothing about how much to allocate.
func TestDecodeGiganticIndex(t *testing.T) {
	t.Parallel()
	var in redshift.CreateTagsMessage
	form := url.Values{"ResourceName": {"arn"}, "Tags.Tag.2147483647.Key": {"z"}, "Tags.Tag.7.Key": {"a"}}
	if _, err := Decode("CreateTags", form, &in); err != nil {
		t.Fatal(err)
	}
	if len(in.Tags) != 2 || cap(in.Tags) != 2 || in.Tags[0].Key != "a" || in.Tags[1].Key != "z" {
		t.Errorf("got %+v", in.Tags)
	}
}

func TestDecodeTellsEmptyFromAbsent(t *testing.T) {
	t.Parallel()
	var absent, empty redshift.ModifyClusterMessage
	if _, err := Decode("ModifyCluster", url.Values{"ClusterIdentifier": {"c"}}, &absent); err != nil {
		t.Fatal(err)
	}
	if _, err := Decode("ModifyCluster", url.Values{"ClusterIdentifier": {"c"}, "VpcSecurityGroupIds": {""}}, &empty); err != nil {
		t.Fatal(err)
	}
	if absent.VpcSecurityGroupIds != nil {
		t.Errorf("absent: got %#v, want nil", absent.VpcSecurityGroupIds)
	}
	if empty.VpcSecurityGroupIds == nil || len(empty.VpcSecurityGroupIds) != 0 {
		t.Errorf("empty: got %#v, want an empty list", empty.VpcSecurityGroupIds)
	}
}
