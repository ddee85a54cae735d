package test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
)

// damageTable is what was done to installations, and what came of each.
type damageTable struct {
	mu   sync.Mutex
	rows []*damaged
}

// damaged is one thing that was done. It is found unless something says otherwise.
type damaged struct {
	what            string
	missed, wrongly []string
}

func (d *damageTable) row(what string) *damaged {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rows = append(d.rows, &damaged{what: what})
	return d.rows[len(d.rows)-1]
}

// mustSay wants the report of a command to name the damage.
func (r *damaged) mustSay(by, report string, words ...string) {
	for _, word := range words {
		if !strings.Contains(report, word) {
			r.missed = append(r.missed, by+" does not say "+word)
		}
	}
}

func (r *damaged) served(what string) { r.wrongly = append(r.wrongly, what) }

func (r *damaged) verdict() string {
	switch {
	case len(r.wrongly) > 0:
		return "served wrongly: " + strings.Join(r.wrongly, "; ")
	case len(r.missed) > 0:
		return "not found: " + strings.Join(r.missed, "; ")
	}
	return "found"
}

// print is the table that make damage shows.
func (d *damageTable) print(t *testing.T) {
	slices.SortFunc(d.rows, func(a, b *damaged) int { return strings.Compare(a.what, b.what) })
	var table strings.Builder
	for _, row := range d.rows {
		verdict := row.verdict()
		table.WriteString("\n" + row.what + strings.Repeat(" ", max(1, 62-len([]rune(row.what)))) + verdict)
		if verdict != "found" {
			t.Errorf("%s: %s", row.what, verdict)
		}
	}
	t.Log(table.String())
}

// endsAtStart says what slipher ends with instead of serving.
func endsAtStart(t *testing.T, p *program) (said string, refused bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, binary, append([]string{"serve", "--data", p.dir, "--listen", "127.0.0.1:0"}, p.args...)...)
	command.Env = append(command.Environ(), p.env...)
	out, err := command.CombinedOutput()
	_, ended := errors.AsType[*exec.ExitError](err)
	return string(out), ended && ctx.Err() == nil
}

// harmMetadataLog flips a bit in different places of the log that a kill leaves.
func (d *damageTable) harmMetadataLog(t *testing.T, deep bool) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	for range 12 {
		if _, err := client.CreateSnapshotSchedule(t.Context(), &redshift.CreateSnapshotScheduleInput{ScheduleDefinitions: []string{"rate(12 hours)"}}); err != nil {
			t.Fatal(err)
		}
	}
	p.kill()
	path := filepath.Join(p.dir, "meta.db-wal")
	sound, err := os.ReadFile(path)
	const header, frame = 32, 24 + 4096
	frames := (len(sound) - header) / frame
	if err != nil || frames < 4 {
		t.Fatalf("the log has %d frames, %v", frames, err)
	}
	places := map[string]int{"5 %": frames / 20, "30 %": frames * 3 / 10, "60 %": frames * 6 / 10, "90 %": min(frames*9/10, frames-2)}
	if !deep {
		places = map[string]int{"60 %": places["60 %"]}
	}
	for at, number := range places {
		row := d.row("2  one bit at " + at + " of the metadata's log")
		altered := bytes.Clone(sound)
		altered[header+number*frame+24+100] ^= 1
		check(t, os.WriteFile(path, altered, 0o600))
		report, _ := doctor(t, p.dir)
		row.mustSay("the doctor", report, "problem", "log is damaged", "--accept-loss")
		if said, refused := endsAtStart(t, p); !refused || !strings.Contains(said, "log is damaged") {
			row.served("it starts: " + said)
		}
	}
	check(t, os.WriteFile(path, sound, 0o600))
	p.start()
	out, err := p.client("default").DescribeSnapshotSchedules(t.Context(), &redshift.DescribeSnapshotSchedulesInput{})
	if err != nil || len(out.SnapshotSchedules) != 12 {
		t.Errorf("with the log as it was: %v, want 12 schedules", err)
	}
}

// harmMetadataRows flips a bit of a policy that denies, and one of a snapshot; both are given up in the end.
func (d *damageTable) harmMetadataRows(t *testing.T) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	filled(t, p, client, "sales")
	createSnapshot(t, client, "sales", "wednesday")
	user := denied(t, p)
	p.stop()
	flip := func(text string) {
		path := filepath.Join(p.dir, "meta.db")
		content, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(content, []byte(text)) {
			t.Fatalf("%q is not in the metadata: %v", text, err)
		}
		flipped := []byte(text)
		flipped[1] ^= 1
		check(t, os.WriteFile(path, bytes.ReplaceAll(content, []byte(text), flipped), 0o600)) // what was a row before stays in the file for a while
	}
	policy, snapshot := d.row("3  one bit of a policy that denies"), d.row("3  one bit of a snapshot's record")
	flip("redshift:Describe*")
	flip(`"Identifier":"wednesday"`)
	stopped, _ := doctor(t, p.dir)
	policy.mustSay("the doctor", stopped, `problem  metadata        user "dan"`)
	snapshot.mustSay("the doctor", stopped, `problem  metadata        snapshot "`)
	p.start()
	if _, err := user().DescribeClusters(t.Context(), &redshift.DescribeClustersInput{}); err == nil {
		policy.served("the denied user is let in")
	}
	listed, err := p.client("default").DescribeClusterSnapshots(t.Context(), &redshift.DescribeClusterSnapshotsInput{})
	if err != nil || len(listed.Snapshots) != 0 {
		snapshot.served("the record is shown")
	}
	awaitCluster(t, p.client("default"), "sales", "available")
	running, _ := doctor(t, p.dir)
	policy.mustSay("the doctor of a running slipher", running, `problem  metadata        user "dan"`)
	p.stop()
	arguments := []string{"doctor", "--data", p.dir}
	for _, name := range regexp.MustCompile(`--give-up '([^']+)'`).FindAllStringSubmatch(stopped, -1) {
		arguments = append(arguments, "--give-up", name[1])
	}
	if out, _ := exec.Command(binary, arguments...).CombinedOutput(); !strings.Contains(string(out), "the code of every row fits") {
		t.Errorf("the damaged rows cannot be given up:\n%s", out)
	}
}

// denied is a user whom one policy allows everything, and another one nothing of Redshift that begins with Describe.
func denied(t *testing.T, p *program) func() *redshift.Client {
	t.Helper()
	office := iam.NewFromConfig(p.awsConfig("default"))
	name := aws.String("dan")
	if _, err := office.CreateUser(t.Context(), &iam.CreateUserInput{UserName: name}); err != nil {
		t.Fatal(err)
	}
	for policy, document := range map[string]string{
		"allow": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
		"deny":  `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"redshift:Describe*","Resource":"*"}]}`,
	} {
		if _, err := office.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String(policy), PolicyDocument: aws.String(document)}); err != nil {
			t.Fatal(err)
		}
	}
	key, err := office.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: name})
	if err != nil {
		t.Fatal(err)
	}
	return func() *redshift.Client {
		config := p.awsConfig("default")
		config.Credentials = credentials.NewStaticCredentialsProvider(aws.ToString(key.AccessKey.AccessKeyId), aws.ToString(key.AccessKey.SecretAccessKey), "")
		return redshift.NewFromConfig(config)
	}
}

// harmTableRestores kills nodes, and what fills their files, while a table is restored.
func (d *damageTable) harmTableRestores(t *testing.T) {
	t.Parallel()
	p := serve(t, "--bandwidth", "2MB/s")
	client := p.client("default")
	createCluster(t, client, "sales")
	loadRows(t, p, "sales", client)
	createSnapshot(t, client, "sales", "monday")
	for name, victims := range map[string]func() []int{
		"5  the node killed in the middle of a table restore": func() []int { return children(t, p.cmd.Process.Pid) },
		"6  the filler killed in a table restore": func() (fillers []int) {
			for _, node := range children(t, p.cmd.Process.Pid) {
				for _, starter := range children(t, node) {
					fillers = append(fillers, children(t, starter)...)
				}
			}
			return fillers
		},
	} {
		row := d.row(name)
		target := "copy_" + name[:1]
		if _, err := client.RestoreTableFromClusterSnapshot(t.Context(), &redshift.RestoreTableFromClusterSnapshotInput{ClusterIdentifier: aws.String("sales"),
			SnapshotIdentifier: aws.String("monday"), SourceDatabaseName: aws.String("dev"), SourceTableName: aws.String("facts"), NewTableName: &target}); err != nil {
			t.Fatal(err)
		}
		killed := false
		ended := await(t, "the table", func() (types.TableRestoreStatus, bool) {
			now := tableRestore(t, client, target)
			if !killed && aws.ToInt64(now.ProgressInMegaBytes) > 0 {
				killed = true
				for _, pid := range victims() {
					if process, err := os.FindProcess(pid); err == nil {
						process.Kill()
					}
				}
			}
			return now, now.Status == types.TableRestoreStatusTypeSucceeded || now.Status == types.TableRestoreStatusTypeFailed
		})
		if ended.Status != types.TableRestoreStatusTypeSucceeded {
			row.served("the restore is FAILED: " + aws.ToString(ended.Message))
		}
	}
}

func tableRestore(t *testing.T, client *redshift.Client, target string) types.TableRestoreStatus {
	t.Helper()
	out, err := client.DescribeTableRestoreStatus(t.Context(), &redshift.DescribeTableRestoreStatusInput{ClusterIdentifier: aws.String("sales")})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(out.TableRestoreStatusDetails, func(s types.TableRestoreStatus) bool { return aws.ToString(s.NewTableName) == target })
	if at < 0 {
		return types.TableRestoreStatus{}
	}
	return out.TableRestoreStatusDetails[at]
}

// harmStore removes an index object, and starts with another store.
func (d *damageTable) harmStore(t *testing.T) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	filled(t, p, client, "sales")
	createSnapshot(t, client, "sales", "monday")
	p.stop()
	elsewhere := d.row("–  a start with another snapshot store")
	other := &program{t: t, dir: p.dir, args: []string{"--snapshots", "file://" + t.TempDir()}}
	if said, refused := endsAtStart(t, other); !refused || !strings.Contains(said, "keeps its snapshots in another store") {
		elsewhere.served(said)
	}
	index := d.row("10 an index object of the snapshot store removed")
	objects, err := filepath.Glob(filepath.Join(p.dir, "snapshots", "*", "*", "index", "*"))
	if err != nil || len(objects) == 0 {
		t.Fatalf("no index in the store: %v", err)
	}
	check(t, os.Remove(objects[0]))
	stopped, _ := doctor(t, p.dir)
	index.mustSay("the doctor", stopped, "1 index object is missing or damaged")
	p.start()
	out, err := exec.Command(binary, "snapshot", "verify", "--all", "--data", p.dir).CombinedOutput()
	if index.mustSay("verify", string(out), "written anew"); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
	if mended, _ := doctor(t, p.dir); strings.Contains(mended, "index object") {
		t.Errorf("the index is not mended:\n%s", mended)
	}
}

// harmCertificates flips a bit in each file of tls.
func (d *damageTable) harmCertificates(t *testing.T) {
	t.Parallel()
	p := serve(t)
	p.stop()
	for _, name := range []string{"ca.key", "ca.crt", "server.key", "server.crt"} {
		row := d.row("10 one bit of tls/" + name)
		path := filepath.Join(p.dir, "tls", name)
		sound, err := os.ReadFile(path)
		check(t, err)
		altered := bytes.Clone(sound)
		altered[len(altered)/2] ^= 1
		check(t, os.WriteFile(path, altered, 0o600))
		report, _ := doctor(t, p.dir)
		row.mustSay("the doctor", report, "problem  certificate", name)
		if strings.HasPrefix(name, "ca.") {
			if said, refused := endsAtStart(t, p); !refused || !strings.Contains(said, "bring the file back from a copy") {
				row.served("it starts: " + said)
			}
			check(t, os.WriteFile(path, sound, 0o600))
			continue
		}
		p.start()
		row.mustSay("the log", p.log.String(), "made anew, by the same authority")
		p.stop()
	}
}
