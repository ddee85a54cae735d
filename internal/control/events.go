package control

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// event is what DescribeEvents answers. Its id orders it by time.
type event struct {
	Source     string // identifier of the cluster or snapshot
	SourceType string
	Number     string // of REDSHIFT-EVENT-
	Category   string
	Severity   string
	Message    string
	Date       time.Time
}

var events = meta.Records[event]{Kind: "event", Index: func(e event) []meta.Entry {
	return []meta.Entry{fromSource(e.SourceType, e.Source), ofSourceType(e.SourceType)}
}}

// Upper and lower case are the same source, as they are the same cluster and the same snapshot.
func fromSource(kind, id string) meta.Entry {
	return meta.Entry{Name: "source", Value: kind + "/" + strings.ToLower(id)}
}
func ofSourceType(kind string) meta.Entry { return meta.Entry{Name: "source type", Value: kind} }

const (
	sourceCluster  = redshift.SourceTypeCluster
	sourceSnapshot = redshift.SourceTypeClusterSnapshot
	eventsKept     = 14 * 24 * time.Hour
)

// tell records an event of a cluster. The message's verbs are filled with the cluster's name and the time.
func (c *Control) tell(tx *meta.Tx, record state.ClusterRecord, number, format string, more ...any) error {
	message := fmt.Sprintf(format, append([]any{record.ID, c.minute()}, more...)...)
	return c.insertEvent(tx, record.Key, event{Source: record.ID, SourceType: sourceCluster, Number: number, Message: message})
}

// tellSnapshot records an event of a snapshot. The message's verbs are filled with its name, the cluster's name and the time.
func (c *Control) tellSnapshot(tx *meta.Tx, record state.SnapshotRecord, number, format string) error {
	message := fmt.Sprintf(format, record.Body.Identifier, record.Body.ClusterIdentifier, c.minute())
	return c.insertEvent(tx, record.Key, event{Source: record.Body.Identifier, SourceType: sourceSnapshot, Number: number, Message: message})
}

// tellOf records an event of something else. The message's verbs are filled with its name and the time.
func (c *Control) tellOf(tx *meta.Tx, at meta.Key, sourceType, number, format string, more ...any) error {
	message := fmt.Sprintf(format, append([]any{at.ID, c.minute()}, more...)...)
	return c.insertEvent(tx, at, event{Source: at.ID, SourceType: sourceType, Number: number, Message: message})
}

func (c *Control) minute() string { return c.now().Format("2006-01-02 15:04") + " UTC" }

func (c *Control) insertEvent(tx *meta.Tx, at meta.Key, happened event) error {
	kind, err := kindOf(happened.SourceType, happened.Number)
	if err != nil {
		return err
	}
	happened.Category, happened.Severity = kind.category, kind.severity
	at.ID = c.orderedID()
	happened.Date = c.now()
	if _, err := events.Insert(tx, at, happened); err != nil {
		return err
	}
	return c.forgetOldEvents(tx, at)
}

// forgetOldEvents removes a few at a time: with every new event it catches up by one.
func (c *Control) forgetOldEvents(tx *meta.Tx, at meta.Key) error {
	oldest, err := events.List(tx, meta.Query{Account: at.Account, Region: at.Region, Limit: 2})
	if err != nil {
		return err
	}
	for _, old := range oldest {
		if c.now().Sub(old.Body.Date) <= eventsKept {
			break
		}
		if err := events.Delete(tx, old.Key); err != nil {
			return err
		}
	}
	return nil
}

// DescribeEvents answers the events of the last hour, or of the span asked for within the last 14 days.
func (c *Control) DescribeEvents(ctx context.Context, caller api.Caller, in *redshift.DescribeEventsMessage) (*redshift.EventsMessage, error) {
	if in.SourceIdentifier != "" && in.SourceType == "" {
		return nil, api.InvalidParameterCombination("SourceIdentifier needs a SourceType.")
	}
	if in.SourceType != "" {
		if err := checkSourceType(in.SourceType); err != nil {
			return nil, err
		}
	}
	span, err := c.eventSpan(in)
	if err != nil {
		return nil, err
	}
	page, err := paging.New("events", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	page.After = max(page.After, state.IDAt(span.begin.UnixNano()))
	query := meta.Query{Account: caller.Account, Region: caller.Region, Index: eventIndex(in)}
	out := &redshift.EventsMessage{Events: []redshift.Event{}}
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := paging.List(tx, events, query, page, func(r meta.Record[event]) bool { return span.holds(r.Body.Date) })
		for _, record := range found {
			out.Events = append(out.Events, record.Body.shape())
		}
		out.Marker = marker
		return err
	})
	return out, err
}

type Span struct{ begin, end time.Time }

func (s Span) holds(at time.Time) bool { return !at.Before(s.begin) && !at.After(s.end) }

func (c *Control) eventSpan(in *redshift.DescribeEventsMessage) (Span, error) {
	minutes := api.Value(in.Duration, 60)
	if minutes < 1 || minutes > int(eventsKept/time.Minute) {
		return Span{}, api.InvalidParameterValue("Duration must be between 1 and %d minutes, not %d.", int(eventsKept/time.Minute), minutes)
	}
	duration := time.Duration(minutes) * time.Minute
	asked := Span{in.StartTime, in.EndTime}
	switch {
	case asked.begin.IsZero() && asked.end.IsZero():
		asked = Span{c.now().Add(-duration), c.now()}
	case asked.begin.IsZero():
		asked.begin = asked.end.Add(-duration)
	case asked.end.IsZero() && in.Duration != nil:
		asked.end = asked.begin.Add(duration)
	case asked.end.IsZero():
		asked.end = c.now()
	}
	if kept := c.now().Add(-eventsKept); asked.begin.Before(kept) {
		asked.begin = kept
	}
	if asked.end.Before(asked.begin) {
		return Span{}, api.InvalidParameterCombination("StartTime must be before EndTime.")
	}
	return asked, nil
}

func eventIndex(in *redshift.DescribeEventsMessage) meta.Entry {
	switch {
	case in.SourceIdentifier != "":
		return fromSource(in.SourceType, in.SourceIdentifier)
	case in.SourceType != "":
		return ofSourceType(in.SourceType)
	}
	return meta.Entry{}
}

func (e event) shape() redshift.Event {
	return redshift.Event{
		SourceIdentifier: e.Source,
		SourceType:       e.SourceType,
		Message:          e.Message,
		EventCategories:  []string{e.Category},
		Severity:         e.Severity,
		Date:             e.Date,
		EventId:          eventID(e.Number),
	}
}
