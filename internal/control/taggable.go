package control

import (
	"errors"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// taggable is a resource as the tag operations see it.
type taggable struct {
	arn, kind string
	tags      []state.Tag
	closed    error // why it takes no more tags
	put       func(tags []state.Tag) error
}

// taggableKind is a kind of resource that can have tags. find answers meta.ErrNotFound where there is no such resource.
type taggableKind struct {
	name  string // in ARNs and in answers
	title string // in requests of DescribeTags, beside the name
	find  func(tx *meta.Tx, arn state.ARN) (taggable, error)
	list  func(tx *meta.Tx, here meta.Query) ([]taggable, error)
}

// taggableKinds are all kinds that Redshift has tags for, in the order of DescribeTags.
func taggableKinds() []taggableKind {
	return []taggableKind{
		{"cluster", "Cluster", findTaggableCluster, listTaggable(state.Clusters, taggableCluster)},
		{"snapshot", "Snapshot", findTaggableSnapshot, listTaggable(state.Snapshots, taggableSnapshot)},
		keptByName("snapshotschedule", "", state.SnapshotSchedules, func(s *state.SnapshotSchedule) *[]state.Tag { return &s.Tags }),
		keptByName("snapshotcopygrant", "Snapshot copy grant", state.SnapshotCopyGrants, func(g *state.SnapshotCopyGrant) *[]state.Tag { return &g.Tags }),
		keptByName("parametergroup", "Parameter group", state.ParameterGroups, func(g *state.ParameterGroup) *[]state.Tag { return &g.Tags }),
		noneOf("subnetgroup", "Subnet group"),
		noneOf("securitygroup", "Cluster security group"),
		noneOf("securitygroupingress", "CIDR/IP"),
		noneOf("securitygroupingress", "EC2 security group"),
		noneOf("hsmconfiguration", "HSM connection"),
		noneOf("hsmclientcertificate", "HSM certificate"),
		noneOf("eventsubscription", ""),
		noneOf("usagelimit", ""),
		noneOf("integration", "Integration"),
		noneOf("redshiftidcapplication", ""),
	}
}

// noneOf is a kind of which there are none, as no operation makes any.
func noneOf(name, title string) taggableKind {
	return taggableKind{
		name: name, title: title,
		find: func(*meta.Tx, state.ARN) (taggable, error) { return taggable{}, meta.ErrNotFound },
		list: func(*meta.Tx, meta.Query) ([]taggable, error) { return nil, nil },
	}
}

// keptByName is a kind whose records have the resource's name for their id. tags points to those of a record's body.
func keptByName[T any](name, title string, records meta.Records[T], tags func(*T) *[]state.Tag) taggableKind {
	view := func(tx *meta.Tx, record meta.Record[T]) taggable {
		return taggable{arn: state.ARNOf(record.Key, name), kind: name, tags: *tags(&record.Body), put: func(changed []state.Tag) error {
			*tags(&record.Body) = changed
			return records.Put(tx, record)
		}}
	}
	find := func(tx *meta.Tx, arn state.ARN) (taggable, error) {
		record, err := records.Find(tx, arn.Key())
		return view(tx, record), err
	}
	return taggableKind{name, title, find, listTaggable(records, view)}
}

func listTaggable[T any](records meta.Records[T], view func(*meta.Tx, meta.Record[T]) taggable) func(*meta.Tx, meta.Query) ([]taggable, error) {
	return func(tx *meta.Tx, here meta.Query) ([]taggable, error) {
		found, err := records.List(tx, here)
		all := make([]taggable, len(found))
		for i, record := range found {
			all[i] = view(tx, record)
		}
		return all, err
	}
}

func findTaggableCluster(tx *meta.Tx, arn state.ARN) (taggable, error) {
	record, err := state.Clusters.Find(tx, arn.Key())
	return taggableCluster(tx, record), err
}

func taggableCluster(tx *meta.Tx, record state.ClusterRecord) taggable {
	found := taggable{arn: state.ARNOf(record.Key, "cluster"), kind: "cluster", tags: record.Body.Tags, put: func(tags []state.Tag) error {
		record.Body.Tags = tags
		return state.Clusters.Put(tx, record)
	}}
	if record.Body.Status == state.Deleting {
		found.closed = redshift.InvalidClusterState("Cannot tag the cluster %s because it is being deleted.", record.ID)
	}
	return found
}

func findTaggableSnapshot(tx *meta.Tx, arn state.ARN) (taggable, error) {
	located, ok := arn.Snapshot()
	if !ok {
		return taggable{}, meta.ErrNotFound
	}
	record, err := located.Find(tx, arn.Region)
	return taggableSnapshot(tx, record), err
}

func taggableSnapshot(tx *meta.Tx, record state.SnapshotRecord) taggable {
	arn := state.SnapshotARN(record.Account, record.Region, record.Body.ClusterIdentifier, record.Body.Identifier)
	return taggable{arn: arn, kind: "snapshot", tags: record.Body.Tags, put: func(tags []state.Tag) error {
		record.Body.Tags = tags
		return state.Snapshots.Put(tx, record)
	}}
}

// findTaggable answers a resource of the caller.
func findTaggable(tx *meta.Tx, caller api.Caller, arn string) (taggable, error) {
	parsed, err := state.ParseARN(arn)
	if err != nil {
		return taggable{}, err
	}
	unknown := redshift.ResourceNotFound("%s (%s) not found.", parsed.Kind, parsed.Name)
	if parsed.Account != caller.Account || parsed.Region != caller.Region || parsed.Service != "redshift" {
		return taggable{}, unknown
	}
	kinds := taggableKinds()
	at := slices.IndexFunc(kinds, func(kind taggableKind) bool { return kind.name == parsed.Kind })
	if at < 0 {
		return taggable{}, api.InvalidParameterValue("Resources like %q cannot be tagged.", arn)
	}
	found, err := kinds[at].find(tx, parsed)
	if errors.Is(err, meta.ErrNotFound) {
		err = unknown
	}
	return found, err
}

// kindsOfType answers the kinds that ResourceType of DescribeTags names; all if it is empty.
func kindsOfType(resourceType string) ([]taggableKind, error) {
	kinds := taggableKinds()
	if resourceType == "" {
		return kinds, nil
	}
	named := slices.DeleteFunc(kinds, func(kind taggableKind) bool {
		return !strings.EqualFold(kind.name, resourceType) && !strings.EqualFold(kind.title, resourceType)
	})
	if len(named) == 0 {
		return nil, api.InvalidParameterValue("There are no resources of type %q that can be tagged.", resourceType)
	}
	return named, nil
}
