package test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"slipher/internal/sigv4"
)

// leaks gathers the secrets of a story, and everything that slipher said on the way.
type leaks struct {
	t       *testing.T
	p       *program
	secrets map[string]string // by what they are
	said    strings.Builder   // error texts, and answers that are to hold no secret
}

func (l *leaks) secret(what, value string) string {
	l.t.Helper()
	if len(value) < 8 {
		l.t.Fatalf("there is no %s", what)
	}
	l.secrets[what] = value
	return value
}

// call sends a request of the Query protocol, or of JSON where body is an object. Refusals are kept; an answer is returned, since it may well hold a secret.
func (l *leaks) call(key sigv4.Signer, service, action, body string) (answer string, ok bool) {
	l.t.Helper()
	r, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, l.p.url+"/", strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", map[string]string{"kms": "TrentService.", "secretsmanager": "secretsmanager."}[service]+action)
	}
	key.Region, key.Service = "us-east-1", service
	if err := key.Sign(r, []byte(body), time.Now()); err != nil {
		l.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		fmt.Fprintf(&l.said, "%s %s: %s\n", service, action, text)
	}
	return string(text), response.StatusCode == http.StatusOK
}

// query is a call of the Query protocol.
func (l *leaks) query(key sigv4.Signer, service, action string, parameters ...string) (answer string, ok bool) {
	l.t.Helper()
	version := map[string]string{"redshift": "2012-12-01", "sts": "2011-06-15", "iam": "2010-05-08"}[service]
	form := url.Values{"Action": {action}, "Version": {version}}
	for i := 0; i < len(parameters); i += 2 {
		form.Set(parameters[i], parameters[i+1])
	}
	return l.call(key, service, action, form.Encode())
}

// harvest takes the secrets out of an answer.
func (l *leaks) harvest(what, answer string) {
	for _, found := range regexp.MustCompile(`<(SecretAccessKey|SessionToken|DbPassword)>([^<]+)<`).FindAllStringSubmatch(answer, -1) {
		l.secret(what+"'s "+found[1], found[2])
	}
	for _, found := range regexp.MustCompile(`"(Plaintext|SecretString|RandomPassword)":"([^"]+)"`).FindAllStringSubmatch(answer, -1) {
		l.secret(what+"'s "+found[1], found[2])
	}
}

func (l *leaks) profile(name string) sigv4.Signer {
	l.t.Helper()
	found, err := l.p.awsConfig(name).Credentials.Retrieve(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return sigv4.Signer{AccessKeyID: found.AccessKeyID, Secret: l.secret("secret key of "+name, found.SecretAccessKey)}
}

// sql runs a statement as a user of the cluster; what is refused is kept.
func (l *leaks) sql(dsn string, statements ...string) {
	l.t.Helper()
	conn, err := pgx.Connect(l.t.Context(), dsn)
	if err != nil {
		message := err.Error()
		if at := strings.Index(message, "server error"); at >= 0 {
			message = message[at:]
		}
		fmt.Fprintln(&l.said, message)
		return
	}
	defer conn.Close(l.t.Context())
	for _, statement := range statements {
		if _, err := conn.Exec(l.t.Context(), statement); err != nil {
			fmt.Fprintln(&l.said, err)
		}
		if _, err := conn.Exec(l.t.Context(), statement, pgx.QueryExecModeSimpleProtocol); err != nil {
			fmt.Fprintln(&l.said, err)
		}
	}
}

// TestNoSecretIsAnywhere tells a whole story whose secrets are known, with slipher as talkative as it can be, and looks for them in all that it leaves:
// its log, its files, its answers to what it refuses, its processes.
func TestNoSecretIsAnywhere(t *testing.T) {
	t.Parallel()
	p := serve(t, "--log-level", "DEBUG")
	l := &leaks{t: t, p: p, secrets: map[string]string{}}
	root := l.profile("default")
	p.createAccount(accountB, "consumer")
	l.profile("consumer")

	l.tellOfClusters(root)
	l.tellOfKeys(root)
	l.tellOfIdentities(root)
	l.searchProcesses()
	l.searchFiles()
	l.search("the log", []byte(p.log.String()))
	l.search("what was refused", []byte(l.said.String()))
	p.stop()
	l.searchFiles()
	t.Logf("looked for: %s", strings.Join(slices.Sorted(maps.Keys(l.secrets)), ", "))
	if len(l.secrets) < 9 {
		t.Errorf("there are %d secrets only", len(l.secrets))
	}
	for what, file := range l.kept() {
		if !bytes.Contains([]byte(read(t, filepath.Join(p.dir, file))), []byte(l.secrets[what])) {
			t.Errorf("%s does not hold the %s, so what is searched for is not what there is", file, what)
		}
	}
}

func (l *leaks) tellOfClusters(root sigv4.Signer) {
	l.t.Helper()
	first, second := l.secret("first password", "Marked1first9Vq2"), l.secret("second password", "Marked2second8Kx7")
	wrong := l.secret("wrong password", "Marked3wrong5Bn1")
	create := func(id, password string, more ...string) {
		l.query(root, "redshift", "CreateCluster", append([]string{"ClusterIdentifier", id, "NodeType", "ra3.large", "ClusterType", "single-node",
			"MasterUsername", "awsuser", "MasterUserPassword", password}, more...)...)
	}
	create("warehouse", first)
	client := l.p.client("default")
	cluster := awaitCluster(l.t, client, "warehouse", "available")
	create("warehouse", second)
	create("Not A Name", second)
	create("other", second+"/")                 // a character that no password may have
	create("other", second, "Surprise", second) // a parameter that does not exist
	l.sql(dsn(cluster, wrong))
	user := l.secret("password of a SQL user", "Marked4user3Hm6")
	l.sql(dsn(cluster, first), "CREATE USER reader PASSWORD '"+user+"'", "CREATE USER reader PASWORD '"+user+"'", "SELECT 1; ALTER USER awsuser PASSWORD '"+user+"'; SELECT",
		"ALTER USER reader PASSWORD '"+user+"' VALID UNTIL 'noon'", "CREATE USER writer PASSWORD 'md5"+user+"'")
	createSnapshot(l.t, client, "warehouse", "monday")
	l.query(root, "redshift", "ModifyCluster", "ClusterIdentifier", "warehouse", "MasterUserPassword", second)
	await(l.t, "the second password", func() (error, bool) {
		conn, err := pgx.Connect(l.t.Context(), dsn(cluster, second))
		if err == nil {
			conn.Close(l.t.Context())
		}
		return err, err == nil
	})
	if answer, ok := l.query(root, "redshift", "GetClusterCredentials", "ClusterIdentifier", "warehouse", "DbUser", "awsuser"); ok {
		l.harvest("cluster credentials", answer)
	}
	if _, ok := l.query(root, "redshift", "CreateCluster", "ClusterIdentifier", "managed", "NodeType", "ra3.large", "ClusterType", "single-node",
		"MasterUsername", "awsuser", "ManageMasterPassword", "true"); ok {
		managed := awaitCluster(l.t, client, "managed", "available")
		if managed.MasterPasswordSecretArn != nil {
			answer, _ := l.call(root, "secretsmanager", "GetSecretValue", `{"SecretId":"`+*managed.MasterPasswordSecretArn+`"}`)
			if password := regexp.MustCompile(`\\"password\\":\s*\\"(.+?)\\"[,}]`).FindStringSubmatch(answer); password != nil {
				l.secret("managed password", strings.ReplaceAll(password[1], `\\`, `\`))
			}
		}
	}
}

func (l *leaks) tellOfKeys(root sigv4.Signer) {
	l.t.Helper()
	plaintext := l.secret("plaintext", "Marked5plaintext7Rt4")
	made, ok := l.call(root, "kms", "CreateKey", `{}`)
	if !ok {
		l.t.Fatal(made)
	}
	id := regexp.MustCompile(`"KeyId":"([^"]+)"`).FindStringSubmatch(made)[1]
	l.call(root, "kms", "Encrypt", `{"KeyId":"`+id+`","Plaintext":"`+base64.StdEncoding.EncodeToString([]byte(plaintext))+`"}`)
	l.call(root, "kms", "Encrypt", `{"KeyId":"nobody","Plaintext":"`+base64.StdEncoding.EncodeToString([]byte(plaintext))+`"}`)
	l.call(root, "kms", "CreateKey", `{"Description":`+plaintext) // cut off
	if answer, ok := l.call(root, "kms", "GenerateDataKey", `{"KeyId":"`+id+`","KeySpec":"AES_256"}`); ok {
		l.harvest("data key", answer)
	}
	value := l.secret("secret string", "Marked6secret2Lp8")
	l.call(root, "secretsmanager", "CreateSecret", `{"Name":"marked","SecretString":"`+value+`"}`)
	l.call(root, "secretsmanager", "CreateSecret", `{"Name":"marked","SecretString":"`+value+`"}`)
	l.call(root, "secretsmanager", "PutSecretValue", `{"SecretId":"nobody","SecretString":"`+value+`"}`)
	l.call(root, "secretsmanager", "GetSecretValue", `{"SecretId":"marked"}`)
	if answer, ok := l.call(root, "secretsmanager", "GetRandomPassword", `{"ExcludePunctuation":true}`); ok {
		l.harvest("random password", answer)
	}
}

func (l *leaks) tellOfIdentities(root sigv4.Signer) {
	l.t.Helper()
	forged := root
	forged.Secret = l.secret("forged secret key", "Marked7forged4Wz9")
	l.query(forged, "redshift", "DescribeClusters")
	for _, call := range [][]string{
		{"sts", "GetSessionToken"},
		{"iam", "CreateUser", "UserName", "reader"},
		{"iam", "CreateAccessKey", "UserName", "reader"},
		{"iam", "CreateRole", "RoleName", "auditor", "AssumeRolePolicyDocument",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + accountA + `:root"},"Action":"sts:AssumeRole"}]}`},
		{"sts", "AssumeRole", "RoleArn", "arn:aws:iam::" + accountA + ":role/auditor", "RoleSessionName", "night"},
	} {
		if answer, ok := l.query(root, call[0], call[1], call[2:]...); ok {
			l.harvest(call[1], answer)
		}
	}
}

// kept are the files that hold secrets, for they are made to.
func (l *leaks) kept() map[string]string {
	return map[string]string{"secret key of default": "credentials", "secret key of consumer": "credentials", "key of the authority": "tls/ca.key", "key of the API": "tls/server.key"}
}

func (l *leaks) searchFiles() {
	l.t.Helper()
	for what, file := range map[string]string{"key of the authority": "tls/ca.key", "key of the API": "tls/server.key"} {
		lines := strings.Split(strings.TrimSpace(read(l.t, filepath.Join(l.p.dir, file))), "\n")
		l.secret(what, lines[len(lines)/2])
	}
	l.searchFolder(l.p.dir)
	if _, err := os.Stat(filepath.Join(l.p.dir, "serve.json")); err == nil {
		l.searchFolder(l.p.runDir())
	}
}

func (l *leaks) searchFolder(dir string) {
	l.t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // it has gone meanwhile
		}
		l.checkMode(path, entry)
		if !entry.Type().IsRegular() {
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return nil //nolint:nilerr // it has gone meanwhile
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		l.search(name, body)
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

// checkMode wants files that nobody else reads, in folders that nobody else enters. A certificate is for everybody, behind a closed folder.
func (l *leaks) checkMode(path string, entry fs.DirEntry) {
	l.t.Helper()
	info, err := entry.Info()
	if err != nil || path == l.p.dir || entry.Type()&fs.ModeSymlink != 0 {
		return
	}
	if info.Mode().Perm()&0o077 != 0 {
		l.t.Errorf("%s is open to others: %v", path, info.Mode())
	}
}

func (l *leaks) searchProcesses() {
	l.t.Helper()
	for kind, pids := range l.p.processes() {
		for _, pid := range pids {
			for _, name := range []string{"cmdline", "environ"} {
				body, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
				if err == nil {
					l.search("the "+name+" of slipher "+kind, body)
				}
			}
		}
	}
}

// search looks for every secret in the forms in which it could be written.
func (l *leaks) search(where string, text []byte) {
	l.t.Helper()
	for what, secret := range l.secrets {
		if where == l.kept()[what] {
			continue
		}
		// Within a longer text base64 has one of three forms; what is left out depends on the neighbours.
		forms := []string{secret, hex.EncodeToString([]byte(secret)), url.QueryEscape(secret)}
		for shift := range 3 {
			encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
			forms = append(forms, encoded[(shift*8+5)/6:len(encoded)-1])
		}
		for _, form := range forms {
			if at := bytes.Index(text, []byte(form)); at >= 0 {
				l.t.Errorf("%s holds the %s: …%q…", where, what, text[max(0, at-80):min(len(text), at+len(form)+20)])
				break
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
