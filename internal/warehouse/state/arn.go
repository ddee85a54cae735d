package state

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/meta"
)

// ARN is what follows arn:aws:redshift.
type ARN struct {
	Service, Region, Account string
	Kind, Name               string // "cluster" and its identifier, "snapshot" and <cluster>/<snapshot>
}

// Key is that of a record which is kept under the resource's name.
func (r ARN) Key() meta.Key {
	return meta.Key{Account: r.Account, Region: r.Region, ID: r.Name}
}

// String is the ARN in the one form that policies know, whatever partition it was written with.
func (r ARN) String() string {
	separator := ":"
	if r.Service == serverlessService {
		separator = "/"
	}
	return "arn:aws:" + r.Service + ":" + r.Region + ":" + r.Account + ":" + r.Kind + separator + r.Name
}

// serverlessService names Redshift Serverless, whose ARNs have a slash after the kind.
const serverlessService = "redshift-serverless"

// ARNOf is the ARN of a resource whose record is kept under its name.
func ARNOf(key meta.Key, kind string) string {
	return "arn:aws:redshift:" + key.Region + ":" + key.Account + ":" + kind + ":" + key.ID
}

// SnapshotARN has the cluster's name in it, and so another one when the cluster is renamed.
func SnapshotARN(account, region, cluster, snapshot string) string {
	return "arn:aws:redshift:" + region + ":" + account + ":snapshot:" + cluster + "/" + snapshot
}

// NamespaceARN has the cluster's namespace in it, which no rename changes.
func NamespaceARN(account, region, namespace string) string {
	return "arn:aws:redshift:" + region + ":" + account + ":namespace:" + namespace
}

// ParseARN reads the names of provisioned resources and of Redshift Serverless.
func ParseARN(arn string) (ARN, error) {
	invalid := api.InvalidParameterValue("%q is not the Amazon Resource Name of a Redshift resource.", arn)
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || !strings.HasPrefix(parts[2], "redshift") {
		return ARN{}, invalid
	}
	separator := ":"
	if parts[2] == serverlessService {
		separator = "/"
	}
	kind, name, found := strings.Cut(parts[5], separator)
	if !found || kind == "" || name == "" {
		return ARN{}, invalid
	}
	return ARN{Service: parts[2], Region: parts[3], Account: parts[4], Kind: kind, Name: name}, nil
}
