package snapshot

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// timed says that a search goes by the snapshots' create times. Those that others share are few.
func (s search) timed() bool {
	return s.owner == s.caller.Account && !(s.StartTime.IsZero() && s.EndTime.IsZero())
}

// between reads the page of a search by time, in the order of the create times.
func (s search) between(tx *meta.Tx) (found []state.SnapshotRecord, marker string, err error) {
	span := meta.Span{Name: state.CreatedIn(s.owner, s.caller.Region), Limit: s.page.Limit + 1}
	if !s.StartTime.IsZero() {
		span.From = state.IDAt(s.StartTime.UnixNano())
	}
	if !s.EndTime.IsZero() {
		span.UpTo = state.IDAt(s.EndTime.UnixNano())
	}
	if s.page.After != "" {
		time, id, whole := strings.Cut(s.page.After, "/")
		if !whole {
			return nil, "", api.InvalidParameterValue("The marker is not one of this list: use the one that the page before ended with.")
		}
		span.After = meta.Position{Value: time, Account: s.owner, Region: s.caller.Region, ID: id}
	}
	for {
		batch, err := state.Snapshots.InOrder(tx, span)
		if err != nil {
			return nil, "", err
		}
		for _, record := range batch {
			if !s.matches(record) {
				continue
			}
			if len(found) == s.page.Limit {
				last := positionOf(found[len(found)-1])
				return found, s.page.Marker(last.Value + "/" + last.ID), nil
			}
			found = append(found, record)
		}
		if len(batch) < span.Limit {
			return found, "", nil
		}
		span.After = positionOf(batch[len(batch)-1])
	}
}

func positionOf(record state.SnapshotRecord) meta.Position {
	return meta.Position{Value: state.IDAt(record.Body.CreateTime().UnixNano()), Account: record.Account, Region: record.Region, ID: record.ID}
}
