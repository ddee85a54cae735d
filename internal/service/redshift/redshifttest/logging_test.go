package redshifttest_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"slipher/internal/sqllog"
	"slipher/internal/testbed"
)

// log: "a connectionlog authenticated ann" has the node of a record something; "a useractivitylog ann SELECT 1" and "a userlog create ann" likewise.
func (s *script) log(words []string) []string {
	record := sqllog.Record{Log: sqllog.Kind(words[1]), DBName: "dev"}
	switch record.Log {
	case sqllog.Activity:
		record.UserName, record.Query = words[2], strings.Join(words[3:], " ")
	case sqllog.Users:
		record.Action, record.UserName = words[2], words[3]
	default:
		record.Event, record.UserName = words[2], words[3]
	}
	s.bed.Log(s.bed.Key(s.account, words[0]), record)
	return nil
}

// bucket: "make logs", "remove logs", "refuse", "allow" and "show logs".
func (s *script) bucket(words []string) (shown []string) {
	var err error
	switch words[0] {
	case "make":
		err = os.MkdirAll(s.bed.LogBucket(words[1]), 0o700)
	case "remove":
		err = os.RemoveAll(s.bed.LogBucket(words[1]))
	case "refuse", "allow":
		s.bed.RefuseLogs(words[0] == "refuse")
	case "show":
		objects := s.bed.Delivered(words[1])
		for _, key := range slices.Sorted(maps.Keys(objects)) {
			shown = append(append(shown, key), strings.Split(strings.TrimRight(objects[key], "\n"), "\n")...)
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return shown
}

// TestBusyClustersGetSeveralObjects delivers 18 MB of text at one time.
func TestBusyClustersGetSeveralObjects(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "a", nil)
	if err := os.MkdirAll(bed.LogBucket("logs"), 0o700); err != nil {
		t.Fatal(err)
	}
	bed.Must(testbed.Owner, "EnableLogging", "ClusterIdentifier=a", "BucketName=logs")
	want := 0
	for range 300 {
		bed.Log(bed.Key(testbed.Owner, "a"), sqllog.Record{Log: sqllog.Activity, Query: fmt.Sprint(want, strings.Repeat("x", 60<<10))})
		want++
	}
	bed.Clock.Advance(time.Hour)
	bed.Rest()
	objects, lines := bed.Delivered("logs"), 0
	for _, text := range objects {
		lines += strings.Count(text, "\n")
	}
	if len(objects) != 3 || lines != want {
		t.Errorf("%d objects with %d lines, want 3 with %d", len(objects), lines, want)
	}
}

// TestDeliveryIsRepeatable has objects written whose delivery nobody takes note of, kills slipher, and wants each line once all the same.
func TestDeliveryIsRepeatable(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "a", nil)
	if err := os.MkdirAll(bed.LogBucket("logs"), 0o700); err != nil {
		t.Fatal(err)
	}
	bed.Must(testbed.Owner, "EnableLogging", "ClusterIdentifier=a", "BucketName=logs")
	key := bed.Key(testbed.Owner, "a")
	bed.LoseAnswers(true)
	for hour := range 3 {
		bed.Log(key, sqllog.Record{Log: sqllog.Users, UserName: fmt.Sprint("user", hour)}, sqllog.Record{Log: sqllog.Connections, UserName: fmt.Sprint("user", hour)})
		bed.Clock.Advance(time.Hour)
		bed.Rest()
		bed.Restart()
	}
	bed.LoseAnswers(false)
	bed.Clock.Advance(time.Hour)
	bed.Rest()
	all := ""
	for _, text := range bed.Delivered("logs") {
		all += text
	}
	for hour := range 3 {
		if got := strings.Count(all, fmt.Sprint("|user", hour, " ")); got != 2 {
			t.Errorf("user%d is in %d lines, want one of each log", hour, got)
		}
	}
	events := testbed.Render(bed.Must(testbed.Owner, "DescribeEvents", "SourceType=cluster", "SourceIdentifier=a", "Duration=600"))
	if got := strings.Count(strings.Join(events, "\n"), "REDSHIFT-EVENT-3504"); got != 1 {
		t.Errorf("%d events tell of it, want 1", got)
	}
}
