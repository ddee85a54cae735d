package control

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/meta"
)

// resourceARN is what follows arn:aws:redshift.
type resourceARN struct {
	service, region, account string
	kind, name               string // "cluster" and its identifier, "snapshot" and <cluster>/<snapshot>
}

// key is that of a record which is kept under the resource's name.
func (r resourceARN) key() meta.Key {
	return meta.Key{Account: r.account, Region: r.region, ID: r.name}
}

// String is the ARN in the one form that policies know, whatever partition it was written with.
func (r resourceARN) String() string {
	separator := ":"
	if r.service == serverlessService {
		separator = "/"
	}
	return "arn:aws:" + r.service + ":" + r.region + ":" + r.account + ":" + r.kind + separator + r.name
}

// serverlessService names Redshift Serverless, whose ARNs have a slash after the kind.
const serverlessService = "redshift-serverless"

// arnOf is the ARN of a resource whose record is kept under its name.
func arnOf(key meta.Key, kind string) string {
	return "arn:aws:redshift:" + key.Region + ":" + key.Account + ":" + kind + ":" + key.ID
}

func snapshotARN(account, region, cluster, snapshot string) string {
	return "arn:aws:redshift:" + region + ":" + account + ":snapshot:" + cluster + "/" + snapshot
}

// arn is the name that a request gave the snapshot; * stands for what it left out.
func (l locator) arn() string {
	return snapshotARN(l.owner, l.region, or(l.cluster, "*"), or(l.identifier, "*"))
}

func namespaceARN(account, region, namespace string) string {
	return "arn:aws:redshift:" + region + ":" + account + ":namespace:" + namespace
}

// parseARN reads the names of provisioned resources and of Redshift Serverless.
func parseARN(arn string) (resourceARN, error) {
	invalid := api.InvalidParameterValue("%q is not the Amazon Resource Name of a Redshift resource.", arn)
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || !strings.HasPrefix(parts[2], "redshift") {
		return resourceARN{}, invalid
	}
	separator := ":"
	if parts[2] == serverlessService {
		separator = "/"
	}
	kind, name, found := strings.Cut(parts[5], separator)
	if !found || kind == "" || name == "" {
		return resourceARN{}, invalid
	}
	return resourceARN{service: parts[2], region: parts[3], account: parts[4], kind: kind, name: name}, nil
}
