package redshifttest_test

import (
	"flag"
	"fmt"
	"hash/crc32"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipher/internal/fleet"
	"slipher/internal/testbed"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// TestLives runs the scripts of testdata. A request is an operation with its parameters or a command of the script below. "| Status Port" after it
// shows only those members of the answer.
func TestLives(t *testing.T) {
	t.Parallel()
	testbed.Scripts(t, *update, func(t *testing.T) func(string) string { return newScript(t).run })
}

// script is one run of a file.
type script struct {
	t       *testing.T
	bed     *testbed.Bed
	account string
	names   map[string]string // stand-ins of what differs from run to run
	hold    *testbed.Hold
}

func newScript(t *testing.T) *script {
	return &script{t: t, bed: testbed.New(t, testbed.Config{}), account: testbed.Owner, names: map[string]string{}}
}

func (s *script) run(request string) string {
	s.t.Helper()
	var out strings.Builder
	for _, line := range s.answer(request) {
		fmt.Fprintln(&out, s.stable(line))
	}
	return out.String()
}

// answer runs one line.
func (s *script) answer(line string) []string {
	s.t.Helper()
	request, projection, _ := strings.Cut(line, " | ")
	words := split(request)
	if command := commands[words[0]]; command != nil {
		return command(s, words[1:])
	}
	answer, err := s.bed.Call(s.account, words[0], words[1:]...)
	if err != nil {
		return []string{testbed.RenderError(err)}
	}
	return project(testbed.Render(answer), strings.Fields(projection))
}

var word = regexp.MustCompile(`(?:[^\s"]|"[^"]*")+`)

// split cuts a line into words; blanks between double quotes belong to them.
func split(line string) []string {
	words := word.FindAllString(line, -1)
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], `"`, "")
	}
	return words
}

func project(lines, members []string) []string {
	if len(members) == 0 {
		return lines
	}
	return slices.DeleteFunc(lines, func(line string) bool {
		path, _, _ := strings.Cut(line, " = ")
		return !slices.ContainsFunc(members, func(member string) bool { return strings.Contains(path, member) })
	})
}

var commands = map[string]func(s *script, words []string) []string{
	"as":      func(s *script, words []string) []string { s.account = words[0]; return nil },
	"in":      func(s *script, words []string) []string { s.bed.In(words[0]); return nil },
	"clock":   (*script).clock,
	"pass":    (*script).pass,
	"changes": (*script).changes,
	"jobs":    (*script).jobs,
	"wait":    (*script).wait,
	"write":   (*script).write,
	"read":    (*script).read,
	"tables":  (*script).tables,
	"node":    (*script).node,
	"set":     (*script).set,
	"logins":  (*script).logins,
	"hold":    func(s *script, words []string) []string { s.hold = s.bed.Hold(words[0]); return nil },
	"held":    func(s *script, _ []string) []string { s.hold.Reached(s.bed); return nil },
	"report":  func(s *script, _ []string) []string { s.hold.Report(s.bed); return nil },
	"release": func(s *script, _ []string) []string { s.hold.Release(); return nil },
	"damage":  func(s *script, _ []string) []string { s.hold.Fail(damaged); return nil },
	"fail":    (*script).fail,
	"login":   (*script).login,
	"key":     (*script).key,
	"disable": (*script).disable,
	"log":     (*script).log,
	"bucket":  (*script).bucket,
	"restart": (*script).restart,
	"close":   func(s *script, words []string) []string { s.bed.Accounts.Close(words[0]); return nil },
}

func (s *script) duration(text string) time.Duration {
	duration, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return duration
}

// clock: "8h" moves the clock.
func (s *script) clock(words []string) []string {
	s.bed.Clock.Advance(s.duration(words[0]))
	s.bed.Store.Wake()
	return nil
}

// pass: "8h" moves the clock and waits until everything that is due then has happened; "8h 1" while one job is held.
func (s *script) pass(words []string) []string {
	s.clock(words)
	held := 0
	if len(words) > 1 {
		held, _ = strconv.Atoi(words[1])
	}
	s.bed.RestBeside(held)
	return nil
}

// jobs: "stop" lets them wait until "run".
func (s *script) jobs(words []string) []string {
	if words[0] == "stop" {
		s.bed.StopJobs()
	} else {
		s.bed.RunJobs()
	}
	return nil
}

// restart: "24h" ends the process, and starts another after that time; without one after a second.
func (s *script) restart(words []string) []string {
	if len(words) == 0 {
		s.bed.Restart()
	} else {
		s.bed.RestartAfter(s.duration(words[0]))
	}
	return nil
}

// changes: "a 5368709120" has the cluster's node say that it has written so many bytes more.
func (s *script) changes(words []string) []string {
	bytes, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	s.bed.Nodes.Changed(s.bed.Key(s.account, words[0]), bytes)
	return nil
}

// wait: "cluster a available", "restore a completed", "snapshot s failed", "table SUCCEEDED" for the last request, "store empty",
// "store us-east-1 empty" for the scopes of one region.
func (s *script) wait(words []string) []string {
	switch words[0] {
	case "cluster":
		s.bed.AwaitCluster(s.account, words[1], words[2])
	case "restore":
		s.bed.AwaitRestore(s.account, words[1], words[2])
	case "snapshot":
		s.bed.AwaitSnapshot(s.account, words[1], strings.Join(words[2:], " "))
	case "table":
		s.bed.Await("the last table restore to be "+words[1], func() bool { return lastTable(s.bed, s.account).Status == words[1] })
	case "store":
		s.bed.Await("the snapshot store to be empty", func() bool { return len(s.storedIn(words[1])) == 0 })
	case "password":
		s.bed.Await("the password to be set", func() bool {
			return s.bed.Cluster(s.account, words[1]).PendingModifiedValues.MasterUserPassword == ""
		})
	}
	return nil
}

// storedIn is what the store holds of a region's scopes; of all when region is "empty".
func (s *script) storedIn(region string) []string {
	return slices.DeleteFunc(s.bed.Stored(), func(name string) bool { return region != "empty" && !strings.HasPrefix(name, "/"+region+"/") })
}

// write: "a 300000 seed" fills the cluster with so many bytes.
func (s *script) write(words []string) []string {
	size, err := strconv.Atoi(words[1])
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.bed.Nodes.Write(s.bed.Key(s.account, words[0]), rows(size, words[2])); err != nil {
		s.t.Fatal(err)
	}
	return nil
}

func (s *script) read(words []string) []string {
	content, err := s.bed.Nodes.Read(s.bed.Key(s.account, words[0]))
	if err != nil {
		s.t.Fatal(err)
	}
	return []string{fmt.Sprintf("%d bytes, checksum %08x", len(content), crc32.ChecksumIEEE(content))}
}

// tables: "a" lists the tables that were restored into the cluster.
func (s *script) tables(words []string) []string {
	held, err := s.bed.Nodes.Tables(s.bed.Key(s.account, words[0]))
	if err != nil {
		s.t.Fatal(err)
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(held)) {
		lines = append(lines, fmt.Sprintf("%s: %d bytes, checksum %08x", name, len(held[name]), crc32.ChecksumIEEE(held[name])))
	}
	return lines
}

// node: "a" says whether the cluster's node serves.
func (s *script) node(words []string) []string {
	if spec, open := s.bed.Nodes.Serves(s.bed.Key(s.account, words[0])); open {
		return []string{fmt.Sprintf("serves at %s:%d", spec.Address, spec.Port)}
	}
	return []string{"does not serve"}
}

// set: "a search_path require_ssl" says what the cluster's node has been told of parameters.
func (s *script) set(words []string) []string {
	var lines []string
	parameters := s.bed.Nodes.Parameters(s.bed.Key(s.account, words[0]))
	for _, name := range words[1:] {
		lines = append(lines, fmt.Sprintf("%s = %s", name, parameters[name]))
	}
	return lines
}

// logins: "a" lists the passwords that are good for a while which the cluster's node knows.
func (s *script) logins(words []string) []string {
	var lines []string
	for _, login := range s.bed.Nodes.Logins(s.bed.Key(s.account, words[0])) {
		lines = append(lines, fmt.Sprintf("%s as %s create=%t groups=%v database=%q until %s",
			login.Name, login.User, login.Create, login.Groups, login.Database, time.UnixMilli(login.ExpiresUnixMS).UTC().Format(time.TimeOnly)))
	}
	return lines
}

var damaged = &fleet.NodeError{Message: "a block is missing", Damaged: true}

// fail: "save damaged", "save broken 3" make the next calls fail.
func (s *script) fail(words []string) []string {
	err := errPassing
	if words[1] == "damaged" {
		err = damaged
	}
	times := 1
	if len(words) > 2 {
		times, _ = strconv.Atoi(words[2])
	}
	for range times {
		s.bed.Nodes.Fail(words[0], err)
	}
	return nil
}

var unstable = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|127\.83\.[0-9]+\.[0-9]+|:secret:\S+`)

// stable gives what differs from run to run a name by the order of its first appearance.
func (s *script) stable(line string) string {
	return unstable.ReplaceAllStringFunc(line, func(found string) string {
		kind := "id"
		switch {
		case strings.HasPrefix(found, "127."):
			kind = "address"
		case strings.HasPrefix(found, ":secret:"):
			kind = "secret"
		}
		if s.names[found] == "" {
			s.names[found] = fmt.Sprintf("<%s %d>", kind, len(s.names)+1)
		}
		return s.names[found]
	})
}

// rows are bytes that no two seeds have in common, block by block.
func rows(size int, seed string) []byte {
	made := make([]byte, 0, size+64)
	for i := 0; len(made) < size; i++ {
		made = fmt.Appendf(made, "%s %d %08x\n", seed, i, crc32.ChecksumIEEE(fmt.Appendf(nil, "%s/%d", seed, i)))
	}
	return made[:size]
}

func difference(want, got string) string { return testbed.Difference(want, got) }
