package control

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

// DescribeClusterSnapshots answers the caller's snapshots, or those of OwnerAccount that are shared with the caller.
func (c *Control) DescribeClusterSnapshots(ctx context.Context, caller api.Caller, in *redshift.DescribeClusterSnapshotsMessage) (*redshift.SnapshotMessage, error) {
	search, err := newSnapshotSearch(caller, in)
	if err != nil {
		return nil, err
	}
	out := &redshift.SnapshotMessage{Snapshots: []redshift.Snapshot{}}
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := c.search(tx, search)
		for _, record := range found {
			out.Snapshots = append(out.Snapshots, c.snapshotShape(record, view{account: caller.Account, describes: true}))
		}
		out.Marker = marker
		return err
	})
	return out, err
}

// snapshotSearch is a checked request.
type snapshotSearch struct {
	*redshift.DescribeClusterSnapshotsMessage
	caller api.Caller
	one    *locator // the request names one snapshot
	owner  string
	page   page
}

func newSnapshotSearch(caller api.Caller, in *redshift.DescribeClusterSnapshotsMessage) (snapshotSearch, error) {
	search := snapshotSearch{DescribeClusterSnapshotsMessage: in, caller: caller, owner: or(in.OwnerAccount, caller.Account)}
	switch {
	case in.SnapshotIdentifier != "" && in.SnapshotArn != "":
		return search, api.InvalidParameterCombination("You can specify either SnapshotIdentifier or SnapshotArn, but not both.")
	case in.OwnerAccount != "" && !accountForm.MatchString(in.OwnerAccount):
		return search, api.InvalidParameterValue("%q is not an account: OwnerAccount is a number of 12 digits.", in.OwnerAccount)
	case in.SnapshotType != "" && in.SnapshotType != manual && in.SnapshotType != automated:
		return search, api.InvalidParameterValue("There are no snapshots of type %q; there are automated and manual.", in.SnapshotType)
	case value(in.ClusterExists, false) && in.ClusterIdentifier == "":
		return search, api.InvalidParameterCombination("ClusterExists needs a ClusterIdentifier when it is true.")
	case !in.StartTime.IsZero() && !in.EndTime.IsZero() && in.EndTime.Before(in.StartTime):
		return search, api.InvalidParameterCombination("StartTime must be before EndTime.")
	}
	if err := first(search.nameOne, func() error { return checkTagFilter(in.TagKeys, in.TagValues) }); err != nil {
		return search, err
	}
	var err error
	search.page, err = newPage("snapshots", in.MaxRecords, in.Marker)
	return search, err
}

func (s *snapshotSearch) nameOne() error {
	if s.SnapshotIdentifier != "" {
		s.one = &locator{owner: s.owner, region: s.caller.Region, identifier: s.SnapshotIdentifier}
	}
	if s.SnapshotArn == "" {
		return nil
	}
	named, err := locateARN(s.SnapshotArn)
	if err != nil {
		return err
	}
	if named.serverless {
		return serverlessSnapshot()
	}
	if s.OwnerAccount != "" && s.OwnerAccount != named.owner {
		return api.InvalidParameterCombination("OwnerAccount %s is not the account of SnapshotArn %s.", s.OwnerAccount, s.SnapshotArn)
	}
	s.owner, s.one = named.owner, &named
	return nil
}

func (c *Control) search(tx *meta.Tx, search snapshotSearch) (found []snapshotRecord, marker string, err error) {
	seen, err := c.mayLook(tx, search)
	switch {
	case err != nil:
		return nil, "", err
	case search.one != nil:
		return search.findOne(tx, seen)
	case !seen:
		return nil, "", nil
	}
	if nothing, err := search.excluded(tx); err != nil || nothing {
		return nil, "", err
	}
	if len(search.SortingEntities) > 0 {
		return search.sorted(tx)
	}
	if search.timed() {
		return search.between(tx)
	}
	return list(tx, snapshots, search.query(), search.page, search.matches)
}

// mayLook says whether the owner's snapshots can be seen at all. Those of inactive accounts cannot; shared ones are not found by tags.
func (c *Control) mayLook(tx *meta.Tx, search snapshotSearch) (bool, error) {
	if search.owner == search.caller.Account {
		return true, nil
	}
	if len(search.TagKeys)+len(search.TagValues) > 0 {
		return false, nil
	}
	return c.config.Accounts.Active(tx, search.owner)
}

func (s snapshotSearch) findOne(tx *meta.Tx, seen bool) ([]snapshotRecord, string, error) {
	record, err := s.one.find(tx, s.caller.Region)
	if err != nil && !errors.Is(err, meta.ErrNotFound) {
		return nil, "", err
	}
	if err != nil || !seen || !s.visible(record) {
		return nil, "", s.one.notFound()
	}
	if s.ClusterIdentifier != "" && s.ClusterIdentifier != record.Body.ClusterIdentifier || !s.matches(record) {
		return nil, "", nil
	}
	return []snapshotRecord{record}, "", nil
}

func (s snapshotSearch) visible(record snapshotRecord) bool {
	return record.Account == s.caller.Account || record.Body.sharedWith(s.caller.Account)
}

// excluded says whether ClusterExists contradicts what the caller's cluster of that name is. Of another account's clusters nothing is
// told but what its shared snapshots show.
func (s snapshotSearch) excluded(tx *meta.Tx) (bool, error) {
	if s.ClusterExists == nil || s.ClusterIdentifier == "" || s.owner != s.caller.Account {
		return false, nil
	}
	_, err := clusters.Find(tx, clusterKey(s.caller, s.ClusterIdentifier))
	if errors.Is(err, meta.ErrNotFound) {
		if *s.ClusterExists {
			return true, clusterNotFound(s.ClusterIdentifier)
		}
		return false, nil
	}
	return !*s.ClusterExists, err
}

// query picks the index that is likely to leave the least for matches to sort out.
func (s snapshotSearch) query() meta.Query {
	query := meta.Query{Account: s.owner, Region: s.caller.Region}
	switch {
	case s.owner != s.caller.Account:
		query.Index = sharedWith(s.caller.Account)
	case len(s.TagKeys) == 1 && len(s.TagValues) == 0:
		query.Index = tagKeyed(s.TagKeys[0])
	case len(s.TagKeys) == 0 && len(s.TagValues) == 1:
		query.Index = tagValued(s.TagValues[0])
	case s.ClusterIdentifier != "":
		query.Index = ofCluster(s.ClusterIdentifier)
	case !value(s.ClusterExists, true):
		query.Index = orphaned()
	case s.SnapshotType != "":
		query.Index = ofType(s.SnapshotType)
	}
	return query
}

func (s snapshotSearch) matches(record snapshotRecord) bool {
	body := record.Body
	taken := body.createTime()
	return s.visible(record) &&
		(s.ClusterIdentifier == "" || s.ClusterIdentifier == body.ClusterIdentifier) &&
		(s.SnapshotType == "" || s.SnapshotType == body.Type) &&
		(s.ClusterExists == nil || *s.ClusterExists != body.Orphan) &&
		(s.StartTime.IsZero() || !taken.Before(s.StartTime)) &&
		(s.EndTime.IsZero() || !taken.After(s.EndTime)) &&
		tagged(body.Tags, s.TagKeys, s.TagValues)
}

// sorted reads all that match, since an order by size or time backwards has no index.
func (s snapshotSearch) sorted(tx *meta.Tx) ([]snapshotRecord, string, error) {
	order, err := sortingOrder(s.SortingEntities)
	if err != nil {
		return nil, "", err
	}
	all, err := snapshots.List(tx, s.query())
	if err != nil {
		return nil, "", err
	}
	all = slices.DeleteFunc(all, func(record snapshotRecord) bool { return !s.matches(record) })
	slices.SortStableFunc(all, order)
	return cut(all, s.page)
}

type order func(a, b snapshotRecord) int

func sortingOrder(entities []redshift.SnapshotSortingEntity) (order, error) {
	attributes := map[string]order{
		redshift.SnapshotAttributeToSortBySourceType: func(a, b snapshotRecord) int { return strings.Compare(a.Body.Type, b.Body.Type) },
		redshift.SnapshotAttributeToSortByTotalSize:  func(a, b snapshotRecord) int { return cmp.Compare(a.Body.TotalBytes, b.Body.TotalBytes) },
		redshift.SnapshotAttributeToSortByCreateTime: func(a, b snapshotRecord) int { return a.Body.createTime().Compare(b.Body.createTime()) },
	}
	var orders []order
	for _, entity := range entities {
		by, known := attributes[entity.Attribute]
		if !known {
			return nil, api.InvalidParameterValue("Snapshots cannot be sorted by %q.", entity.Attribute)
		}
		switch entity.SortOrder {
		case redshift.SortByOrderDesc:
			orders = append(orders, func(a, b snapshotRecord) int { return by(b, a) })
		case "", redshift.SortByOrderAsc:
			orders = append(orders, by)
		default:
			return nil, api.InvalidParameterValue("%q is not a sort order; there are ASC and DESC.", entity.SortOrder)
		}
	}
	return func(a, b snapshotRecord) int {
		for _, by := range orders {
			if compared := by(a, b); compared != 0 {
				return compared
			}
		}
		return 0
	}, nil
}
