package snapshot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// describe answers the caller's snapshots, or those of OwnerAccount that are shared with the caller.
func (f family) describe(ctx context.Context, caller api.Caller, in *redshift.DescribeClusterSnapshotsMessage) (*redshift.SnapshotMessage, error) {
	wanted, err := newSearch(caller, in)
	if err != nil {
		return nil, err
	}
	out := &redshift.SnapshotMessage{Snapshots: []redshift.Snapshot{}}
	err = f.store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := f.find(tx, wanted)
		for _, record := range found {
			out.Snapshots = append(out.Snapshots, f.render.DescribedSnapshot(record, caller.Account))
		}
		out.Marker = marker
		return err
	})
	return out, err
}

// search is a checked request.
type search struct {
	*redshift.DescribeClusterSnapshotsMessage
	caller api.Caller
	one    *state.Locator // the request names one snapshot
	owner  string
	page   paging.Page
}

func newSearch(caller api.Caller, in *redshift.DescribeClusterSnapshotsMessage) (search, error) {
	s := search{DescribeClusterSnapshotsMessage: in, caller: caller, owner: cmp.Or(in.OwnerAccount, caller.Account)}
	switch {
	case in.SnapshotIdentifier != "" && in.SnapshotArn != "":
		return s, api.InvalidParameterCombination("You can specify either SnapshotIdentifier or SnapshotArn, but not both.")
	case in.ClusterIdentifier != "" && (in.SnapshotIdentifier != "" || in.SnapshotArn != ""):
		return s, api.InvalidParameterCombination("You can specify either ClusterIdentifier, or SnapshotIdentifier or SnapshotArn, but not both.")
	case in.OwnerAccount != "" && !state.AccountForm.MatchString(in.OwnerAccount):
		return s, api.InvalidParameterValue("%q is not an account: OwnerAccount is a number of 12 digits.", in.OwnerAccount)
	case in.SnapshotType != "" && in.SnapshotType != state.Manual && in.SnapshotType != state.Automated:
		return s, api.InvalidParameterValue("There are no snapshots of type %q; there are automated and manual.", in.SnapshotType)
	case api.Value(in.ClusterExists, false) && in.ClusterIdentifier == "":
		return s, api.InvalidParameterCombination("ClusterExists needs a ClusterIdentifier when it is true.")
	case !in.StartTime.IsZero() && !in.EndTime.IsZero() && in.EndTime.Before(in.StartTime):
		return s, api.InvalidParameterCombination("StartTime must be before EndTime.")
	}
	if err := api.First(s.nameOne, func() error { return state.CheckTagFilter(in.TagKeys, in.TagValues) }); err != nil {
		return s, err
	}
	var err error
	s.page, err = paging.New("snapshots", in.MaxRecords, in.Marker)
	return s, err
}

func (s *search) nameOne() error {
	if s.SnapshotIdentifier != "" {
		s.one = &state.Locator{Owner: s.owner, Region: s.caller.Region, Identifier: s.SnapshotIdentifier}
	}
	if s.SnapshotArn == "" {
		return nil
	}
	named, err := state.LocateARN(s.SnapshotArn)
	if err != nil {
		return err
	}
	if named.Serverless {
		return state.ServerlessSnapshot()
	}
	if s.OwnerAccount != "" && s.OwnerAccount != named.Owner {
		return api.InvalidParameterCombination("OwnerAccount %s is not the account of SnapshotArn %s.", s.OwnerAccount, s.SnapshotArn)
	}
	s.owner, s.one = named.Owner, &named
	return nil
}

func (f family) find(tx *meta.Tx, s search) (found []state.SnapshotRecord, marker string, err error) {
	seen, err := f.mayLook(tx, s)
	switch {
	case err != nil:
		return nil, "", err
	case s.one != nil:
		return s.findOne(tx, seen)
	case !seen:
		return nil, "", nil
	}
	if nothing, err := s.excluded(tx); err != nil || nothing {
		return nil, "", err
	}
	if len(s.SortingEntities) > 0 {
		return s.sorted(tx)
	}
	if s.timed() {
		return s.between(tx)
	}
	return paging.List(tx, state.Snapshots, s.query(), s.page, s.matches)
}

// mayLook says whether the owner's snapshots can be seen at all. Those of inactive accounts cannot; shared ones are not found by tags.
func (f family) mayLook(tx *meta.Tx, s search) (bool, error) {
	if s.owner == s.caller.Account {
		return true, nil
	}
	if len(s.TagKeys)+len(s.TagValues) > 0 {
		return false, nil
	}
	return f.warehouse.Config().Accounts.Active(tx, s.owner)
}

func (s search) findOne(tx *meta.Tx, seen bool) ([]state.SnapshotRecord, string, error) {
	record, err := s.one.Find(tx, s.caller.Region)
	if err != nil && !errors.Is(err, meta.ErrNotFound) {
		return nil, "", err
	}
	if err != nil || !seen || !s.visible(record) {
		return nil, "", s.one.NotFound()
	}
	if !s.matches(record) {
		return nil, "", nil
	}
	return []state.SnapshotRecord{record}, "", nil
}

func (s search) visible(record state.SnapshotRecord) bool {
	return record.Account == s.caller.Account || record.Body.SharedWith(s.caller.Account)
}

// excluded says whether ClusterExists contradicts what the caller's cluster of that name is. Of another account's clusters nothing is
// told but what its shared snapshots show.
func (s search) excluded(tx *meta.Tx) (bool, error) {
	if s.ClusterExists == nil || s.ClusterIdentifier == "" || s.owner != s.caller.Account {
		return false, nil
	}
	_, err := state.Clusters.Find(tx, state.ClusterKey(s.caller, s.ClusterIdentifier))
	if errors.Is(err, meta.ErrNotFound) {
		if *s.ClusterExists {
			return true, state.ClusterNotFound(s.ClusterIdentifier)
		}
		return false, nil
	}
	return !*s.ClusterExists, err
}

// query picks the index that is likely to leave the least for matches to sort out.
func (s search) query() meta.Query {
	query := meta.Query{Account: s.owner, Region: s.caller.Region}
	switch {
	case s.owner != s.caller.Account:
		query.Index = state.SharedWith(s.caller.Account)
	case len(s.TagKeys) == 1 && len(s.TagValues) == 0:
		query.Index = state.TagKeyed(s.TagKeys[0])
	case len(s.TagKeys) == 0 && len(s.TagValues) == 1:
		query.Index = state.TagValued(s.TagValues[0])
	case s.ClusterIdentifier != "":
		query.Index = state.OfCluster(s.ClusterIdentifier)
	case !api.Value(s.ClusterExists, true):
		query.Index = state.Orphaned()
	case s.SnapshotType != "":
		query.Index = state.OfType(s.SnapshotType)
	}
	return query
}

func (s search) matches(record state.SnapshotRecord) bool {
	body := record.Body
	taken := body.CreateTime()
	return s.visible(record) &&
		(s.ClusterIdentifier == "" || s.ClusterIdentifier == body.ClusterIdentifier) &&
		(s.SnapshotType == "" || s.SnapshotType == body.Type) &&
		(s.ClusterExists == nil || *s.ClusterExists != body.Orphan) &&
		(s.StartTime.IsZero() || !taken.Before(s.StartTime)) &&
		(s.EndTime.IsZero() || !taken.After(s.EndTime)) &&
		state.Tagged(body.Tags, s.TagKeys, s.TagValues)
}

// sorted reads all that match, since an order by size or time backwards has no index.
func (s search) sorted(tx *meta.Tx) ([]state.SnapshotRecord, string, error) {
	order, err := sortingOrder(s.SortingEntities)
	if err != nil {
		return nil, "", err
	}
	all, err := state.Snapshots.List(tx, s.query())
	if err != nil {
		return nil, "", err
	}
	all = slices.DeleteFunc(all, func(record state.SnapshotRecord) bool { return !s.matches(record) })
	slices.SortStableFunc(all, order)
	return paging.Cut(all, s.page)
}

type order func(a, b state.SnapshotRecord) int

func sortingOrder(entities []redshift.SnapshotSortingEntity) (order, error) {
	attributes := map[string]order{
		redshift.SnapshotAttributeToSortBySourceType: func(a, b state.SnapshotRecord) int { return strings.Compare(a.Body.Type, b.Body.Type) },
		redshift.SnapshotAttributeToSortByTotalSize:  func(a, b state.SnapshotRecord) int { return cmp.Compare(a.Body.TotalBytes, b.Body.TotalBytes) },
		redshift.SnapshotAttributeToSortByCreateTime: func(a, b state.SnapshotRecord) int { return a.Body.CreateTime().Compare(b.Body.CreateTime()) },
	}
	var orders []order
	for _, entity := range entities {
		by, known := attributes[entity.Attribute]
		if !known {
			return nil, api.InvalidParameterValue("Snapshots cannot be sorted by %q.", entity.Attribute)
		}
		switch entity.SortOrder {
		case redshift.SortByOrderDesc:
			orders = append(orders, func(a, b state.SnapshotRecord) int { return by(b, a) })
		case "", redshift.SortByOrderAsc:
			orders = append(orders, by)
		default:
			return nil, api.InvalidParameterValue("%q is not a sort order; there are ASC and DESC.", entity.SortOrder)
		}
	}
	return func(a, b state.SnapshotRecord) int {
		for _, by := range orders {
			if compared := by(a, b); compared != 0 {
				return compared
			}
		}
		return 0
	}, nil
}
