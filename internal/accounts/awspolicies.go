package accounts

import (
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"slipher/internal/meta"
)

// awsAccount owns the policies that every account has.
const awsAccount = "aws"

//go:embed managed/*.json
var managedFiles embed.FS

// awsPolicies are those of AWS that Redshift's users attach, by their ARN: the same names, documents of our own that allow what the
// AWS managed policy reference lists, as far as there are such services here.
var awsPolicies = sync.OnceValue(func() map[string]meta.Record[ManagedPolicy] {
	made := map[string]meta.Record[ManagedPolicy]{}
	files, err := managedFiles.ReadDir("managed")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		record := awsPolicy(file.Name())
		made[PolicyARNOf(record)] = record
	}
	return made
})

func awsPolicy(file string) meta.Record[ManagedPolicy] {
	text, err := managedFiles.ReadFile(path.Join("managed", file))
	if err != nil {
		panic(err)
	}
	var written struct {
		Path, Description string
		Created           time.Time
		Document          json.RawMessage
	}
	if err := json.Unmarshal(text, &written); err != nil {
		panic(file + ": " + err.Error())
	}
	name := strings.TrimSuffix(file, ".json")
	id := sha256.Sum256([]byte(name))
	return meta.Record[ManagedPolicy]{
		Key: identityKey(awsAccount, name),
		Body: ManagedPolicy{
			Name: name, Path: written.Path, Description: written.Description, Created: written.Created, Updated: written.Created,
			ID: "ANPA" + base32.StdEncoding.EncodeToString(id[:])[:17], Default: "v1", Made: 1,
			Versions: []Version{{ID: "v1", Document: string(written.Document), Created: written.Created}},
		},
	}
}

// AWSPolicies answers AWS's own policies in the order of their names.
func AWSPolicies() []meta.Record[ManagedPolicy] {
	return slices.SortedFunc(maps.Values(awsPolicies()), func(a, b meta.Record[ManagedPolicy]) int { return strings.Compare(a.ID, b.ID) })
}
