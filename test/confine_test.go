package test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"

	"slipher/internal/nodeapi"
)

// The processes of a running slipher have given up what they do not need, and the node has tried from within that it reaches no files but its own.
func TestProcessesAreConfined(t *testing.T) {
	t.Parallel()
	p := serve(t)
	createCluster(t, p.client("default"), "warehouse")
	processes := p.processes()
	t.Logf("processes: %v", processes)
	for _, kind := range []string{"serve", "node"} {
		pids := processes[kind]
		if len(pids) != 1 {
			t.Fatalf("there are %d processes of slipher %s", len(pids), kind)
		}
		limits := readProc(t, pids[0], "limits")
		if !strings.Contains(limits, "Max core file size        0                    0") {
			t.Errorf("slipher %s may leave a core file:\n%s", kind, limits)
		}
	}
	for _, kind := range []string{"node", "start-fillers"} {
		for _, pid := range processes[kind] {
			if !strings.Contains(readProc(t, pid, "status"), "NoNewPrivs:\t1") {
				t.Errorf("slipher %s may get new privileges", kind)
			}
		}
	}
	if strings.Contains(p.log.String(), "the kernel has no Landlock") {
		t.Skip("the kernel has no Landlock")
	}
	if !p.nodeStatus().Limited {
		t.Error("the node's files are not limited")
	}
}

// A limited node cannot mount; what fills its restored files still can.
func TestRestoresAreLazyBesideALimitedNode(t *testing.T) {
	t.Parallel()
	p := serve(t)
	examined, _ := exec.Command(binary, "doctor", "--data", p.dir).CombinedOutput()
	if !strings.Contains(string(examined), "FUSE can be used") || !strings.Contains(string(examined), "Landlock keeps") {
		t.Skipf("it has to be both here:\n%s", examined)
	}
	client := p.client("default")
	createCluster(t, client, "warehouse")
	createSnapshot(t, client, "warehouse", "snapshot")
	if _, err := client.RestoreFromClusterSnapshot(t.Context(), &redshift.RestoreFromClusterSnapshotInput{
		ClusterIdentifier: aws.String("restored"), SnapshotIdentifier: aws.String("snapshot")}); err != nil {
		t.Fatal(err)
	}
	cluster := awaitRestored(t, client, "restored")
	if got := query1[int32](t, connect(t, cluster), "SELECT 42"); got != 42 {
		t.Errorf("got %d", got)
	}
	if strings.Contains(p.log.String(), "opens when its restore is done") {
		t.Errorf("the restore was not lazy:\n%s", p.log)
	}
	for _, pid := range p.processes()["start-fillers"] {
		t.Logf("memory of what starts fillers: %s", readProc(t, pid, "smaps_rollup"))
	}
}

// processes are those of this slipher, by their command.
func (p *program) processes() map[string][]int {
	p.t.Helper()
	parents, commands := map[int]int{}, map[int]string{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		p.t.Skip(err)
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		parents[pid], _ = strconv.Atoi(fields[1])
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if words := strings.Split(string(line), "\x00"); len(words) > 1 {
			commands[pid] = words[1]
		}
	}
	found := map[string][]int{}
	for pid := range parents {
		for above := pid; above != 0; above = parents[above] {
			if above == p.cmd.Process.Pid {
				found[commands[pid]] = append(found[commands[pid]], pid)
				break
			}
		}
	}
	return found
}

func readProc(t *testing.T, pid int, name string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// runDir is the folder of this slipher's sockets.
func (p *program) runDir() string {
	p.t.Helper()
	body, err := os.ReadFile(filepath.Join(p.dir, "serve.json"))
	if err != nil {
		p.t.Fatal(err)
	}
	var announced struct{ Admin string }
	if err := json.Unmarshal(body, &announced); err != nil {
		p.t.Fatal(err)
	}
	return filepath.Dir(announced.Admin)
}

// nodeStatus is what the one node says of itself.
func (p *program) nodeStatus() (status nodeapi.Status) {
	p.t.Helper()
	sockets, err := filepath.Glob(filepath.Join(p.runDir(), "node-*.sock"))
	if err != nil || len(sockets) != 1 {
		p.t.Fatalf("sockets of nodes: %v, %v", sockets, err)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", sockets[0])
	}}}
	defer client.CloseIdleConnections()
	response, err := client.Get("http://node" + nodeapi.PathStatus)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&status); err != nil {
		p.t.Fatal(err)
	}
	return status
}
