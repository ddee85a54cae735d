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

// arnOf is the ARN of a resource whose record is kept under its name.
func arnOf(key meta.Key, kind string) string {
	return "arn:aws:redshift:" + key.Region + ":" + key.Account + ":" + kind + ":" + key.ID
}

func snapshotARN(account, region, cluster, snapshot string) string {
	return "arn:aws:redshift:" + region + ":" + account + ":snapshot:" + cluster + "/" + snapshot
}

func namespaceARN(account, region, namespace string) string {
	return "arn:aws:redshift:" + region + ":" + account + ":namespace:" + namespace
}

// parseARN reads the names of provisioned resources and of Redshift Serverless, which has a slash after the kind.
func parseARN(arn string) (resourceARN, error) {
	invalid := api.InvalidParameterValue("%q is not the Amazon Resource Name of a Redshift resource.", arn)
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || !strings.HasPrefix(parts[2], "redshift") {
		return resourceARN{}, invalid
	}
	separator := ":"
	if parts[2] == "redshift-serverless" {
		separator = "/"
	}
	kind, name, found := strings.Cut(parts[5], separator)
	if !found || kind == "" || name == "" {
		return resourceARN{}, invalid
	}
	return resourceARN{service: parts[2], region: parts[3], account: parts[4], kind: kind, name: name}, nil
}
